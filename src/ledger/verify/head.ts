/** Verifying the head and the lane's memory: batches without a gap, each bound to its keys and answers by its digest. */
import type { TransactionSql } from 'postgres';
import { array } from '../composites.js';
import { digestBatch } from '../seal.js';
import type { Findings } from './findings.js';
import type { Replay } from './replay.js';

/** The head must be what the replay came to. Returns the number of the last batch. */
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
       to_char(h.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as recorded_at
     from timeledger.heads h where h.ledger_id = $1`,
    [ledgerId],
  );
  if (!head) return findings.add('heads', ledgerId, 'is missing');
  findings.compare('heads', ledgerId, head, {
    entry_count: String(entries),
    account_count: String(replay.accounts.size),
    closed_through: replay.closedThrough,
    recorded_at: replay.recordedAt,
    frontier: replay.frontier.encode().toString('hex'),
  });
  await verifyBatches(sql, ledgerId, head, findings);
}

async function verifyBatches(
  sql: TransactionSql,
  ledgerId: number,
  head: Record<string, unknown>,
  findings: Findings,
): Promise<void> {
  const query = sql.unsafe(
    `select b.batch_seq::text, b.batch_id::text, encode(b.digest, 'hex') as digest, b.answers,
       to_char(b.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as recorded_at, k.positions, k.keys, k.fingerprints
     from timeledger.batches b
     left join (select batch_seq, array_to_json(array_agg(position order by position)) as positions,
         array_to_json(array_agg(key order by position)) as keys,
         array_to_json(array_agg(fingerprint::text order by position)) as fingerprints
       from timeledger.idempotency_keys where ledger_id = $1 group by batch_seq) k on k.batch_seq = b.batch_seq
     where b.ledger_id = $1 order by b.batch_seq`,
    [ledgerId],
  );
  const last = Number(head['batch_seq']);
  let seq = Number(head['forgotten_batch']);
  for await (const rows of query.cursor(1_000)) {
    for (const row of rows) {
      const number = Number(row['batch_seq']);
      for (seq += 1; seq < number; seq++) findings.add('batches', seq, 'is missing');
      verifyBatch(number, row, findings);
      if (number === last && row['batch_id'] !== head['batch_id'])
        findings.add('heads', ledgerId, `batch_id is not that of batch ${last}`);
    }
  }
  for (seq += 1; seq <= last; seq++) findings.add('batches', seq, 'is missing');
  if (seq - 1 > last) findings.add('heads', ledgerId, `batch_seq is ${last}, but batch ${seq - 1} is there`);
  const loose = await sql.unsafe(
    `select distinct k.batch_seq::text as batch_seq from timeledger.idempotency_keys k where k.ledger_id = $1
       and not exists (select from timeledger.batches b where b.ledger_id = $1 and b.batch_seq = k.batch_seq) limit 100`,
    [ledgerId],
  );
  for (const row of loose)
    findings.add('idempotency_keys', `batch ${row['batch_seq']}`, 'belong to a batch that is not there');
}

function verifyBatch(number: number, row: Record<string, unknown>, findings: Findings): void {
  const positions = (row['positions'] as number[] | null) ?? [];
  if (positions.some((position, i) => position !== i))
    findings.add('idempotency_keys', `batch ${number}`, 'have a gap in their positions');
  const digest = digestBatch({
    batchSeq: number,
    batchId: row['batch_id'] as string,
    recordedAt: row['recorded_at'] as string,
    keys: array((row['keys'] as string[] | null) ?? []),
    fingerprints: array((row['fingerprints'] as string[] | null) ?? []),
    answers: row['answers'] as string,
  });
  if (digest !== row['digest']) findings.add('batches', number, 'its keys and answers do not match its digest');
}
