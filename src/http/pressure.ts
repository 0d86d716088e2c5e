/**
 * Shedding load: while the event loop is slow or the heap is nearly full, requests are refused at once, before anything is read
 * of them. It knows no route but by what its config says.
 */
import { getHeapStatistics } from 'node:v8';
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../lib/refusal.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** False: answered under any pressure. */
    sheds?: false;
  }
}

/**
 * Refuses: `ledger_busy`, for any route that does not say otherwise. By default when the event loop is two seconds late on average
 * over a second: far beyond what a burst of good requests does, and before clients give up.
 */
export async function registerPressure(
  app: FastifyInstance,
  { maxDelayMilliseconds = 2_000 }: { maxDelayMilliseconds?: number } = {},
): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: maxDelayMilliseconds,
    maxHeapUsedBytes: Math.floor(getHeapStatistics().heap_size_limit * 0.9),
    pressureHandler: shed,
  });
}

/** The plugin waits for what this returns, and hands a rejection to the error handler; it would not catch a throw. */
async function shed(request: FastifyRequest, _reply: unknown, _type: string, value: number | undefined): Promise<void> {
  // Infinite: not one sample in the last second. One long block that is over is no reason to turn anybody away.
  if (request.routeOptions.config.sheds === false || value === Number.POSITIVE_INFINITY) return;
  throw new Refusal('ledger_busy', 'The service has more to do than it can; it will have caught up soon.', {
    retryAfterSeconds: 2,
  });
}
