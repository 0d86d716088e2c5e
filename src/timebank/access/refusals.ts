/**
 * Redemptions that were refused: a refusal writes no entry, and answers are forgotten, but an auditor counts what was refused at the
 * counter. Written off the lane, many at a time, before the refusal is told: whoever has heard one finds it here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '../../db/connect.js';
import { instantColumn } from '../../db/instants.js';
import { Refusal } from '../../lib/refusal.js';

export interface RefusedRedemption {
  readonly ledger_id: number;
  /** The request's idempotency key as the lane knows it: repeating the request is not another refusal. */
  readonly key: string;
  readonly partner_id: string;
  readonly partner_reference: string;
  readonly code: string;
  /** RFC 3339 */
  readonly refused_at: string;
}

/** As long as the lane waits for an answer of the database. */
const deadlineMilliseconds = 20_000;

/** Writes refusals: while some are on their way, others gather. */
export class RefusalRecorder {
  private waiting: RefusedRedemption[] = [];
  private writing: Promise<void> | null = null;
  private next: Promise<void> | null = null;

  constructor(
    private readonly sql: Pool,
    private readonly log: (message: string, error: unknown) => void = () => {},
  ) {}

  /** Resolves when the refusal is written. Refuses: `ledger_unavailable`. */
  record(refusal: RefusedRedemption): Promise<void> {
    this.waiting.push(refusal);
    this.next ??= this.flush(this.writing);
    return this.next;
  }

  private async flush(before: Promise<void> | null): Promise<void> {
    // Also when there is nothing to wait for: what is refused in this turn of the event loop goes together.
    await before?.catch(() => {});
    const rows = this.waiting;
    this.waiting = [];
    this.writing = this.next;
    this.next = null;
    await this.write(rows);
  }

  private async write(rows: readonly RefusedRedemption[]): Promise<void> {
    const late = new AbortController();
    const deadline = sleep(deadlineMilliseconds, undefined, { signal: late.signal, ref: false }).then(() => {
      throw new Error('no answer in time');
    });
    const written = this.sql.unsafe('select access.record_refusals($1::text::jsonb)', [JSON.stringify(rows)]);
    try {
      await Promise.race([written, deadline]);
    } catch (error) {
      this.log('refusals cannot be recorded', error);
      throw new Refusal(
        'ledger_unavailable',
        {
          en: 'the refusal cannot be recorded: repeat the request with the same key',
          zh: '无法登记此次拒绝，请用同一幂等键重发',
        },
        {
          retryAfterSeconds: 5,
        },
      );
    } finally {
      late.abort();
      deadline.catch(() => {});
      written.catch(() => {});
    }
  }
}

export interface RefusalFilter {
  readonly partner: string | null;
  readonly code: string | null;
  /** Days in the ledger's zone, inclusive. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface Refused {
  readonly partner: string;
  readonly partner_reference: string;
  readonly code: string;
  readonly refused_at: string;
}

const matching = `r.ledger_id = $1 and ($2::text is null or r.partner_id = $2::text) and ($3::text is null or r.code = $3::text)
  and ($4::text is null or r.refused_at >= $4::text::date::timestamp at time zone $6::text)
  and ($5::text is null or r.refused_at < ($5::text::date + 1)::timestamp at time zone $6::text)`;

const instant = instantColumn('r.refused_at');

/** Refusals in the order in which they were told, from after one on (its moment and key; null: from the first). */
export async function listRefusals(
  sql: Pool,
  ledger: { readonly id: number; readonly zone: string },
  filter: RefusalFilter,
  page: { readonly after: readonly [refusedAt: string, key: string] | null; readonly limit: number },
): Promise<(Refused & { readonly key: string })[]> {
  const [refusedAt = null, key = null] = page.after ?? [];
  const rows = await sql.unsafe(
    `select r.key::text as key, r.partner_id as partner, r.partner_reference, r.code, ${instant} as refused_at
     from access.refusals r
     where ${matching} and ($7::text is null or (r.refused_at, r.key) > ($7::text::timestamptz, $8::text::uuid))
     order by r.refused_at, r.key limit $9`,
    [...valuesOf(ledger, filter), refusedAt, key, page.limit],
    { prepare: true },
  );
  return rows as unknown as (Refused & { readonly key: string })[];
}

export interface RefusalCount {
  readonly partner: string;
  readonly code: string;
  readonly count: number;
}

/** How many there were, by partner and code. */
export async function countRefusals(
  sql: Pool,
  ledger: { readonly id: number; readonly zone: string },
  filter: RefusalFilter,
): Promise<RefusalCount[]> {
  const rows = await sql.unsafe(
    `select r.partner_id as partner, r.code, count(*)::integer as count from access.refusals r
     where ${matching} group by r.partner_id, r.code order by r.partner_id, r.code`,
    valuesOf(ledger, filter),
    { prepare: true },
  );
  return rows as unknown as RefusalCount[];
}

function valuesOf({ id, zone }: { readonly id: number; readonly zone: string }, filter: RefusalFilter) {
  return [id, filter.partner, filter.code, filter.from, filter.to, zone];
}
