/**
 * Turns at what takes the event loop milliseconds: long pages, and pieces of large answers. Two are made at a time, first come, first
 * served, however many read: everybody else waits behind two, and not behind all of them. It does not know what is made.
 */
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What it makes is made in its turn, up to the bytes of the answer. Only for what reads for a moment: others wait meanwhile. */
    inTurn?: true;
  }
  interface FastifyRequest {
    endTurn: (() => void) | null;
  }
}

export class Turns {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  /** Resolves when it is the caller's turn; what it resolves with ends that, once. */
  async take(): Promise<() => void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    let over = false;
    return () => {
      if (over) return;
      over = true;
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    };
  }
}

/** Of this process. */
export const turns = new Turns(2);

/** For the routes that follow and say `inTurn`. */
export function registerTurns(app: FastifyInstance): void {
  app.decorateRequest('endTurn', null);
  app.addHook('onRoute', (route) => {
    if (route.config?.inTurn !== true) return;
    route.preHandler = [
      ...[route.preHandler ?? []].flat(),
      async (request, reply) => {
        const end = await turns.take();
        request.endTurn = end;
        // One who hung up while waiting, or does so now, must not keep it.
        if (reply.raw.closed) end();
        else reply.raw.once('close', end);
      },
    ];
    route.onSend = [...[route.onSend ?? []].flat(), async (request) => request.endTurn?.()];
  });
}
