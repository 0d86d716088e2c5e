/**
 * Shedding load: while the event loop is slow or the heap is nearly full, requests are refused at once, before anything is read
 * of them. It knows no route but by what its config says.
 */
import { getHeapStatistics } from 'node:v8';
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../lib/refusal.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** False: answered under any pressure. */
    sheds?: false;
  }
}

/** How often the plugin measures. */
const sampleMilliseconds = 1_000;

/**
 * Refuses: `ledger_busy`, for any route that does not say otherwise. By default when the event loop is two seconds late on average
 * twice in a row: far beyond what a burst of good requests does, and before clients give up; 0: never for that.
 */
export async function registerPressure(
  app: FastifyInstance,
  { maxDelayMilliseconds = 2_000 }: { readonly maxDelayMilliseconds?: number } = {},
): Promise<void> {
  const lasts = lastingDelay();
  await app.register(underPressure, {
    sampleInterval: sampleMilliseconds,
    maxEventLoopDelay: maxDelayMilliseconds,
    maxHeapUsedBytes: Math.floor(getHeapStatistics().heap_size_limit * 0.9),
    // The plugin waits for what this returns, and hands a rejection to the error handler; it would not catch a throw.
    pressureHandler: async (request, _reply, type) => {
      if (request.routeOptions.config.sheds === false) return;
      if (type === underPressure.TYPE_EVENT_LOOP_DELAY && !lasts()) return;
      throw new Refusal(
        'ledger_busy',
        {
          en: 'The service has more to do than it can; it will have caught up soon.',
          zh: '服务过于繁忙，很快会恢复。',
        },
        {
          retryAfterSeconds: 2,
        },
      );
    },
  });
}

/**
 * Whether the loop was late at the sample before, too, as far as requests saw it: one long block that is over is no reason to turn
 * anybody away.
 */
function lastingDelay(): () => boolean {
  let [since, seen] = [0, Number.NEGATIVE_INFINITY];
  return () => {
    const now = performance.now();
    if (now - seen > 3 * sampleMilliseconds) since = now;
    seen = now;
    return now - since > 1.2 * sampleMilliseconds;
  };
}
