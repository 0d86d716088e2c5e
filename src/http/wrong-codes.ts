/**
 * Codes of certificates that were wrong: counted and, once there have been many from one place, told to slow down. They are counted after the
 * code was looked at, so that nobody's mistakes keep a good one out; a code has 50 bits.
 */
import type { FastifyRequest } from 'fastify';
import type { Counter } from 'prom-client';
import type { Clock } from '../lib/clock.js';
import { Refusal } from '../lib/refusal.js';
import { addressOf, FixedWindow } from './rate-limit.js';

/** A minute, from one address. */
const mostWrong = 30;

export class WrongCodes {
  private readonly window: FixedWindow;

  constructor(
    clock: Clock,
    private readonly counter: Counter,
  ) {
    this.window = new FixedWindow(mostWrong, clock);
  }

  /** Counts one. Refuses: `rate_limited` (too many). */
  count(request: FastifyRequest): void {
    this.counter.inc();
    if (this.window.take(addressOf(request)) >= 0) return;
    throw new Refusal(
      'rate_limited',
      { en: 'Too many codes from this address were wrong.', zh: '来自此地址的错误验证码过多，请稍后再试。' },
      { retryAfterSeconds: this.window.secondsLeft() },
    );
  }
}
