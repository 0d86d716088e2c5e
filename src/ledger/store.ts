/**
 * The lane's connection: one, its own, so that what it sends arrives in order. A commit is one statement; nothing here opens a
 * database transaction. Says of every error what it means for the batch that met it.
 */
import type { Sql } from 'postgres';
import { type Fault, faultOf } from '../db/connect.js';

/** 'moved': another process wrote first. 'not_unique': an idempotency key is remembered already. */
export type CommitOutcome = 'committed' | 'moved' | 'not_unique';

export interface LaneStore {
  sql(): Sql;
  /** Reads in time, or throws what is worth another try: a connection can die without a word. */
  read<Result>(load: (sql: Sql) => Promise<Result>): Promise<Result>;
  /** One statement, sent at once: behind what is still unanswered. */
  commit(ledgerId: number, parameters: readonly (string | null)[]): Promise<CommitOutcome>;
  /** What an error of a read or a commit means; see `Fault`. */
  faultOf(error: unknown): Fault;
  close(): Promise<void>;
}

const parameterCount = 12;
const statement = `select timeledger.commit_batch(${Array.from({ length: parameterCount }, (_, i) => `$${i + 1}::text`).join(', ')}) as outcome`;

/** Thrown when a statement is not answered in time: as unknown as a lost connection. */
class Unanswered extends Error {}

/** A store over connections that `open` makes; a connection that does not answer in time is thrown away for a new one. */
export function openStore(open: () => Sql, options: { timeoutMilliseconds?: number } = {}): LaneStore {
  let sql = open();
  const timeout = options.timeoutMilliseconds ?? 20_000;
  /** Once for one connection, however many statements on it are late. */
  const renew = (stale: Sql) => {
    if (stale !== sql) return;
    sql = open();
    void stale.end({ timeout: 0 }).catch(() => {});
  };
  return {
    sql: () => sql,
    faultOf: (error) => (error instanceof Unanswered ? 'lost' : faultOf(error)),
    close: () => sql.end({ timeout: 5 }),
    read: (load) => {
      const used = sql;
      return within(load(used), timeout, () => renew(used));
    },
    async commit(ledgerId, parameters) {
      const used = sql;
      const query = used.unsafe(statement, [String(ledgerId), ...parameters], { prepare: true });
      try {
        const [row] = await within(query, timeout, () => renew(used));
        if (row === undefined) throw new Unanswered('the commit was answered with nothing');
        return row['outcome'] as CommitOutcome;
      } catch (error) {
        if (isNotUnique(error)) return 'not_unique';
        throw error;
      }
    },
  };
}

function isNotUnique(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}

async function within<Result>(query: Promise<Result>, milliseconds: number, late: () => void): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const alarm = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      late();
      reject(new Unanswered(`no answer within ${milliseconds} ms`));
    }, milliseconds);
  });
  try {
    return await Promise.race([query, alarm]);
  } finally {
    clearTimeout(timer);
  }
}
