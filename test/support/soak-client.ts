/**
 * One client of the soak: it asks for one thing after another, each under a key of its own and at whichever service, again and again
 * until it is told what became of it, and remembers that. Now and then it asks again for what it was told long ago.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from './random.js';

export interface Tokens {
  readonly wang: string;
  readonly li: string;
  readonly shop: string;
}

export interface Asked {
  readonly kind: 'entry' | 'hold' | 'capture';
  readonly reference: string;
  readonly token: string;
  readonly path: string;
  readonly key: string;
  readonly body: object | undefined;
}

export interface Remembered extends Asked {
  readonly status: number;
  readonly text: string;
}

export class SoakClient {
  done = false;
  retries = 0;
  repeated = 0;
  readonly remembered: Remembered[] = [];
  readonly faults: string[] = [];
  #asked = 0;

  constructor(
    readonly name: string,
    readonly urls: readonly string[],
    readonly tokens: Tokens,
    readonly random: Random,
  ) {}

  /** Until `done`; nothing is left unanswered. */
  async work(): Promise<void> {
    while (!this.done) {
      const turn = this.random.below(10);
      if (turn === 0 && this.remembered.length > 0) {
        this.repeated += 1;
        this.faults.push(...(await this.repeat(this.random.pick(this.remembered))));
      } else if (turn < 4) await this.redeem();
      else await this.post();
    }
  }

  /** What is amiss with the answer to a request that was answered before: nothing, if it is the same. */
  async repeat({ status, text, ...asked }: Remembered): Promise<string[]> {
    const again = await this.#untilTold(asked);
    if (again.status === status && again.text === text) return [];
    return [`${asked.reference}: told ${status} ${text}, then ${again.status} ${again.text}`];
  }

  /** An entry; every seventh takes from an account that is always empty. */
  async post(): Promise<void> {
    const reference = this.#reference();
    const debit = this.random.below(7) === 0 ? 'test:empty' : 'test:source';
    const body = { kind: 'adjustment', reference, legs: [{ debit, credit: 'test:full', amount: '0.01' }] };
    const told = await this.#ask({ kind: 'entry', reference, token: this.tokens.wang, path: '/v1/entries', body });
    const wanted = debit === 'test:empty' ? 422 : 201;
    if (told.status !== wanted) this.faults.push(`${reference}: ${told.status} ${told.text}, not ${wanted}`);
  }

  /** A point is held, and captured more often than not. */
  async redeem(): Promise<void> {
    const reference = this.#reference();
    const token = this.tokens.shop;
    const body = { partner_reference: reference, member: 'M1', points: '1' };
    const held = await this.#ask({ kind: 'hold', reference, token, path: '/v1/redemptions', body });
    if (held.status !== 201) {
      this.faults.push(`${reference}: ${held.status} ${held.text}`);
      return;
    }
    if (this.random.below(3) === 0) return;
    const { id } = JSON.parse(held.text) as { id: string };
    const path = `/v1/redemptions/${id}/captures`;
    const captured = await this.#ask({ kind: 'capture', reference, token, path, body: undefined });
    if (captured.status !== 201) this.faults.push(`${reference}: ${captured.status} ${captured.text}`);
  }

  #reference(): string {
    this.#asked += 1;
    return `${this.name}-${this.#asked}`;
  }

  async #ask(request: Omit<Asked, 'key'>): Promise<Remembered> {
    const asked = { ...request, key: randomUUID() };
    const told = { ...asked, ...(await this.#untilTold(asked)) };
    this.remembered.push(told);
    return told;
  }

  async #untilTold(asked: Asked): Promise<{ status: number; text: string }> {
    for (;;) {
      const told = await this.#send(asked).catch(() => null);
      if (told && isFinal(told)) return told;
      this.retries += 1;
      await sleep(30 + this.random.below(100));
    }
  }

  async #send({ token, path, key, body }: Asked): Promise<{ status: number; text: string }> {
    const response = await fetch(new URL(path, this.random.pick(this.urls)), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'idempotency-key': key,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(40_000),
    });
    return { status: response.status, text: await response.text() };
  }
}

/** Whether an answer says what became of a request: not so a 5xx, a limit, or another sending of it that is still under way. */
function isFinal({ status, text }: { status: number; text: string }): boolean {
  return status < 500 && status !== 429 && !text.includes('idempotency_key_in_flight');
}
