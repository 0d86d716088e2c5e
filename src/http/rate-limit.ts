/**
 * How often a client may ask: a fixed window of one minute a client, kept in this process, told in the headers of the IETF
 * draft (draft-ietf-httpapi-ratelimit-headers). Written here because @fastify/rate-limit counts in a promise (1.4 µs a request,
 * and an asynchronous hook) and speaks an older draft. Several processes each count their own.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../lib/clock.js';
import { Refusal } from '../lib/refusal.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `none`: probes, which must never be refused, and sign-in, which counts by itself. Default: `default`. */
    limit?: 'default' | 'none';
  }
  interface FastifyRequest {
    /** Who is counted: the principal's client, set by the guard; undefined before, and on public routes. */
    client: string | undefined;
  }
}

const windowMilliseconds = 60_000;

/** Names counted at most; beyond, strangers share one count, so that made-up names fill no memory. */
const maxCounted = 100_000;
const strangers = '';

/** Requests of each client since the window began. Windows begin with the minute, so that all processes begin theirs at once. */
export class FixedWindow {
  private readonly used = new Map<string, { count: number }>();
  private ends = 0;

  constructor(
    readonly limit: number,
    private readonly clock: Clock,
  ) {}

  /** Counts one request. What is left in this window; -1 when there was nothing left. */
  take(client: string): number {
    this.roll();
    let counter = this.used.get(client);
    if (counter === undefined) {
      const name = this.used.size < maxCounted ? client : strangers;
      counter = this.used.get(name) ?? { count: 0 };
      this.used.set(name, counter);
    }
    if (counter.count >= this.limit) return -1;
    counter.count += 1;
    return this.limit - counter.count;
  }

  /** Until the window ends; at least 1. */
  secondsLeft(): number {
    return Math.max(1, Math.ceil((this.ends - this.clock()) / 1_000));
  }

  /** Forgetting everyone at once also bounds the memory: no client outlives its minute. */
  private roll(): void {
    const now = this.clock();
    if (now < this.ends) return;
    this.used.clear();
    this.ends = now - (now % windowMilliseconds) + windowMilliseconds;
  }
}

/** One limit: `take` counts a request, tells what is left in the answer's headers, and refuses when nothing is. */
export class RateLimit {
  private readonly window: FixedWindow;
  private readonly policy: string;

  constructor(
    private readonly name: string,
    limit: number,
    clock: Clock,
  ) {
    this.window = new FixedWindow(limit, clock);
    this.policy = `"${name}";q=${limit};w=${windowMilliseconds / 1_000}`;
  }

  /** The refusal `rate_limited`, or undefined. */
  take(client: string, reply: FastifyReply): Refusal | undefined {
    const left = this.window.take(client);
    const seconds = this.window.secondsLeft();
    reply
      .header('ratelimit-policy', this.policy)
      .header('ratelimit', `"${this.name}";r=${Math.max(left, 0)};t=${seconds}`);
    if (left >= 0) return undefined;
    const { limit } = this.window;
    const detail = { en: `More than ${limit} requests in a minute.`, zh: `一分钟内的请求超过 ${limit} 个。` };
    return new Refusal('rate_limited', detail, { retryAfterSeconds: seconds });
  }
}

export interface RateLimitOptions {
  /** Requests a minute and client; 0: as many as they like. */
  readonly limit: number;
  readonly clock: Clock;
}

/** Counts every request of the routes that follow. Register it after the guard: a client is known by its principal. */
export function registerRateLimit(app: FastifyInstance, { limit, clock }: RateLimitOptions): void {
  if (!app.hasRequestDecorator('client')) app.decorateRequest('client', undefined);
  if (limit === 0) return;
  const general = new RateLimit('default', limit, clock);
  app.addHook('onRoute', (route) => {
    if (route.config?.limit === 'none') return;
    const count = (request: FastifyRequest, reply: FastifyReply, done: (refusal?: Refusal) => void) =>
      done(general.take(clientOf(request), reply));
    route.onRequest = [...[route.onRequest ?? []].flat(), count];
  });
}

/** Who is counted: the client, or the address of somebody without a token. */
export function clientOf(request: FastifyRequest): string {
  return request.client ?? addressOf(request);
}

/** Where a request comes from. Of an IPv6 address the first half: the rest is the visitor's to choose. */
export function addressOf(request: FastifyRequest): string {
  const { ip } = request;
  if (ip === undefined || !ip.includes(':') || ip.includes('.')) return ip ?? 'unknown';
  const [head = '', tail] = ip.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? 0 : tail.split(':').length;
  while (tail !== undefined && groups.length + after < 8) groups.push('0');
  return `${groups.slice(0, 4).join(':')}::/64`;
}
