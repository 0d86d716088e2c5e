/**
 * How often a client may ask: a fixed window of one minute a client, kept in this process, told in the headers of the IETF
 * draft (draft-ietf-httpapi-ratelimit-headers). Written here because @fastify/rate-limit counts in a promise (1.4 µs a request,
 * and an asynchronous hook) and speaks an older draft. Several processes each count their own.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { Clock } from '../lib/clock.js';
import { Refusal } from '../lib/refusal.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `token`: the tight limit of sign-in, by address. `none`: probes, which must never be refused. Default: `default`. */
    limit?: 'default' | 'token' | 'none';
  }
  interface FastifyRequest {
    /** Who is counted: the principal's client, set by the guard; undefined before, and on public routes. */
    client: string | undefined;
  }
}

const windowMilliseconds = 60_000;

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
    const counter = this.used.get(client);
    if (counter === undefined) {
      this.used.set(client, { count: 1 });
      return this.limit - 1;
    }
    if (counter.count >= this.limit) return -1;
    counter.count += 1;
    return this.limit - counter.count;
  }

  /** Whether the client has used its window up; counts nothing. */
  exhausted(client: string): boolean {
    this.roll();
    return (this.used.get(client)?.count ?? 0) >= this.limit;
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

export interface RateLimitOptions {
  /** Requests a minute and client. */
  readonly limit: number;
  /** Requests a minute and address, on routes with `limit: 'token'`. */
  readonly tokenLimit: number;
  readonly clock: Clock;
}

/** Counts every request of the routes that follow. Register it after the guard: a client is known by its principal. */
export function registerRateLimit(app: FastifyInstance, options: RateLimitOptions): void {
  if (!app.hasRequestDecorator('client')) app.decorateRequest('client', undefined);
  const general = limiter('default', new FixedWindow(options.limit, options.clock), clientOf);
  const token = limiter('token', new FixedWindow(options.tokenLimit, options.clock), addressOf);
  app.addHook('onRoute', (route) => {
    const limit = route.config?.limit ?? 'default';
    if (limit === 'none') return;
    route.onRequest = [...[route.onRequest ?? []].flat(), limit === 'token' ? token : general];
  });
}

type Hook = (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => void;

/** Refuses: `rate_limited`. */
function limiter(name: string, window: FixedWindow, key: (request: FastifyRequest) => string): Hook {
  const policy = `"${name}";q=${window.limit};w=${windowMilliseconds / 1_000}`;
  return (request, reply, done) => {
    const left = window.take(key(request));
    const seconds = window.secondsLeft();
    reply.header('ratelimit-policy', policy).header('ratelimit', `"${name}";r=${Math.max(left, 0)};t=${seconds}`);
    done(left < 0 ? tooMany(window.limit, seconds) : undefined);
  };
}

function tooMany(limit: number, retryAfterSeconds: number): Refusal {
  return new Refusal('rate_limited', `More than ${limit} requests in a minute.`, { retryAfterSeconds });
}

function clientOf(request: FastifyRequest): string {
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
