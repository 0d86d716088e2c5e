/**
 * Log-ins that failed: counted, marked for the log and, once there have been many from one place, told to slow down. They are counted
 * after the token or the secret was looked at, so that nobody's failures keep a good one out.
 */
import type { FastifyRequest } from 'fastify';
import type { Counter } from 'prom-client';
import type { Clock } from '../lib/clock.js';
import { Refusal } from '../lib/refusal.js';
import { addressOf, FixedWindow } from './rate-limit.js';
import { noteOf } from './request-log.js';

export type SignInKind = 'token' | 'client';

export class SignInFailures {
  private readonly window: FixedWindow;

  constructor(
    /** A minute, from one address under one name. */
    limit: number,
    clock: Clock,
    private readonly counter: Counter<'kind'>,
  ) {
    this.window = new FixedWindow(limit, clock);
  }

  /** What to answer in the place of `refusal`. `client`: the client id that was tried, '' for a token. */
  answer(request: FastifyRequest, kind: SignInKind, client: string, refusal: Refusal): Refusal {
    this.counter.inc({ kind });
    const note = noteOf(request);
    note.signIn = kind;
    note.network = networkOf(addressOf(request));
    if (this.window.take(`${addressOf(request)} ${client.slice(0, 160)}`) >= 0) return refusal;
    return new Refusal(
      'rate_limited',
      { en: 'Too many log-ins have failed from this address.', zh: '来自此地址的登录失败次数过多。' },
      {
        retryAfterSeconds: this.window.secondsLeft(),
      },
    );
  }
}

/** Enough to see where an attack comes from, too little to tell a household. */
function networkOf(address: string): string {
  return /^\d+\.\d+\.\d+\.\d+$/.test(address) ? address.replace(/\d+$/, '0/24') : address;
}
