/** Verifying the head: what every commit compares and sets must be what the replay came to. */
import type { TransactionSql } from 'postgres';
import { instantColumn } from '../../db/instants.js';
import { verifyBatches } from './batches.js';
import { type Findings, missing } from './findings.js';
import type { Replay } from './replay.js';

export async function verifyHead(
  sql: TransactionSql,
  ledgerId: number,
  entries: number,
  replay: Replay,
  findings: Findings,
): Promise<void> {
  const [head] = await sql.unsafe(
    `select h.batch_seq::text, h.batch_id::text, h.entry_count::text, h.account_count::text, h.closed_through::text, h.forgotten_batch::text,
       encode(h.frontier, 'hex') as frontier,
       ${instantColumn('h.recorded_at')} as recorded_at
     from timeledger.heads h where h.ledger_id = $1`,
    [ledgerId],
  );
  if (!head) return findings.add('heads', ledgerId, missing);
  findings.compare('heads', ledgerId, head, {
    entry_count: String(entries),
    account_count: String(replay.accounts.size),
    closed_through: replay.closedThrough,
    recorded_at: replay.recordedAt,
    frontier: replay.frontier.encode().toString('hex'),
  });
  await verifyBatches(
    sql,
    ledgerId,
    {
      seq: BigInt(head['batch_seq'] as string),
      id: head['batch_id'] as string,
      forgotten: BigInt(head['forgotten_batch'] as string),
      recordedAt: head['recorded_at'] as string,
    },
    findings,
  );
}
