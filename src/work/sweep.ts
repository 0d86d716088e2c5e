/** Tidying up: files past their time and jobs that ended long ago. Nothing depends on it but room on the disk. */
import type { Pool } from '../db/connect.js';

/** Removes files that have expired by `now`, and jobs that ended before `jobsBefore`; both RFC 3339. Returns how many of each. */
export async function sweepWork(
  sql: Pool,
  ledgerId: number,
  { now, jobsBefore }: { readonly now: string; readonly jobsBefore: string },
): Promise<{ files: number; jobs: number }> {
  return {
    files: await untilNone(sql, `select work.sweep_blobs($1, $2::text::timestamptz) as count`, [ledgerId, now]),
    jobs: await untilNone(sql, `select work.sweep_jobs($1, $2::text::timestamptz) as count`, [ledgerId, jobsBefore]),
  };
}

/** Each call removes a few, so that none holds locks for long. */
async function untilNone(sql: Pool, statement: string, parameters: [number, string]): Promise<number> {
  let sum = 0;
  for (;;) {
    const [row] = await sql.unsafe(statement, parameters, { prepare: true });
    const count = Number(row?.['count'] ?? 0);
    if (count === 0) return sum;
    sum += count;
  }
}
