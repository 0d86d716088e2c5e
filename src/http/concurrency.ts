/**
 * How much a client may have done at once of what is expensive: reports, reconciliations, imports, statements. A place is held until the
 * work is over and the answer is out, so that hanging up and asking again gains nothing. It does not know what any route does.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod, RouteOptions } from 'fastify';
import { Refusal } from '../lib/refusal.js';
import { clientOf } from './rate-limit.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of these a client may have only a few at a time. */
    expensive?: true;
  }
  interface FastifyRequest {
    /** The place it holds among its client's expensive requests. */
    place: Place | null;
  }
}

const retryAfterSeconds = 2;

/** What a request still has before it: its place is free once both are over. */
class Place {
  working = false;
  open = true;

  constructor(private readonly leave: () => void) {}

  settle(): void {
    if (!this.working && !this.open) this.leave();
  }
}

/** Bounds the routes that follow and say `expensive`. Register it after the guard and the rate limit. */
export function registerConcurrency(app: FastifyInstance, limit: number): void {
  const running = new Map<string, number>();
  app.decorateRequest('place', null);
  const enter = (request: FastifyRequest, reply: FastifyReply, done: (refusal?: Refusal) => void) => {
    const client = clientOf(request);
    const count = running.get(client) ?? 0;
    if (count >= limit) {
      const detail = {
        en: `Not more than ${limit} requests of this kind at a time: wait for the answer to one of them.`,
        zh: `此类请求同时最多 ${limit} 个，请等其中一个得到应答后再试。`,
      };
      done(new Refusal('rate_limited', detail, { retryAfterSeconds }));
      return;
    }
    running.set(client, count + 1);
    const place = new Place(() => {
      const left = (running.get(client) ?? 1) - 1;
      if (left > 0) running.set(client, left);
      else running.delete(client);
    });
    request.place = place;
    reply.raw.once('close', () => {
      place.open = false;
      place.settle();
    });
    done();
  };
  app.addHook('onRoute', (route) => {
    if (route.config?.expensive === true) bound(route, enter);
  });
}

function bound(
  route: RouteOptions,
  enter: (request: FastifyRequest, reply: FastifyReply, done: (refusal?: Refusal) => void) => void,
): void {
  const work = route.handler;
  route.onRequest = [...[route.onRequest ?? []].flat(), enter];
  const held: RouteHandlerMethod = async function held(request, reply) {
    const { place } = request;
    if (place) place.working = true;
    try {
      return await work.call(this, request, reply);
    } finally {
      if (place) place.working = false;
      place?.settle();
    }
  };
  route.handler = held;
}
