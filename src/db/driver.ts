/** Around the driver's statements: what it gets wrong is set right, and a pool takes on no more than it can do. It opens no connection. */
import type { Sql } from 'postgres';
import { Refusal } from '../lib/refusal.js';

/** A result as the driver hands it over; `command` is null when the server never completed one. */
type Rows = unknown[] & { readonly command?: string | null };

/** How the driver settles a statement, and whether it is read by a cursor. */
interface Settling {
  resolve: (rows: Rows) => void;
  reject: (error: Error) => void;
  cursorFn?: unknown;
}

/**
 * What driver 3.4.9 gets wrong when connections die, set right, for a row that seems not to be there is a wrong answer:
 * - The rows of a statement stand behind those that one before it on the same connection had sent before it failed (its issue
 *   1181): the result begins with holes. They are taken out.
 * - A statement written to a connection that was reset in the same turn of the event loop comes back empty once the next has
 *   connected anew. It fails as lost.
 */
export function trustworthy(sql: Sql): Sql {
  const unsafe = sql.unsafe;
  return Object.assign(sql, {
    unsafe: (...statement: Parameters<typeof unsafe>) => {
      const query = unsafe(...statement) as ReturnType<typeof unsafe> & Settling;
      const { resolve } = query;
      query.resolve = (rows) => {
        if (rows.command === null && !query.cursorFn) {
          query.reject(Object.assign(new Error('the connection was lost'), { code: 'CONNECTION_CLOSED' }));
          return;
        }
        if (rows.length > 0 && !(0 in rows)) rows.splice(0, Number(Object.keys(rows)[0]));
        resolve(rows);
      };
      return query;
    },
  });
}

/** Refuses statements beyond a bound at once: what waits longer than its asker does is work for nobody. */
export function bounded(sql: Sql, most = Number.POSITIVE_INFINITY): Sql {
  if (most === Number.POSITIVE_INFINITY) return sql;
  const unsafe = sql.unsafe;
  let under = 0;
  return Object.assign(sql, {
    unsafe: (...statement: Parameters<typeof unsafe>) => {
      if (under >= most) {
        throw new Refusal(
          'ledger_busy',
          { en: 'too many reads are waiting for the books', zh: '等待读取账簿的请求过多' },
          { retryAfterSeconds: 1 },
        );
      }
      const query = unsafe(...statement) as ReturnType<typeof unsafe> & Settling;
      const { resolve, reject } = query;
      let open = true;
      const settled = <Outcome>(settle: (outcome: Outcome) => void) => {
        return (outcome: Outcome) => {
          if (open) under -= 1;
          open = false;
          settle(outcome);
        };
      };
      under += 1;
      query.resolve = settled(resolve);
      query.reject = settled(reject);
      return query;
    },
  });
}
