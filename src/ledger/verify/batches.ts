/**
 * Verifying the lane's memory: batches without a gap from the last that was forgotten to the head's, each bound to its keys and
 * answers by its digest. Forgetting keeps the last batch, so that the head's is always there to be compared.
 */
import type { TransactionSql } from 'postgres';
import { instantColumn } from '../../db/instants.js';
import type { Words } from '../../lib/language.js';
import { array } from '../composites.js';
import { digestBatch } from '../seal.js';
import type { Findings } from './findings.js';

/** What the head says of the last batch. */
export interface LastBatch {
  readonly seq: bigint;
  readonly id: string;
  /** Answers of batches up to and with this one are forgotten. */
  readonly forgotten: bigint;
  readonly recordedAt: string;
}

interface StoredBatch {
  readonly batch_seq: string;
  readonly batch_id: string;
  readonly recorded_at: string;
  readonly digest: string;
  readonly answers: string;
  readonly positions: readonly number[] | null;
  readonly keys: readonly string[] | null;
  readonly fingerprints: readonly string[] | null;
}

/** A batch has the answers to up to a thousand requests: few at a time. */
const piece = 20;

const noBatch = '00000000-0000-0000-0000-000000000000';

export async function verifyBatches(
  sql: TransactionSql,
  ledgerId: number,
  head: LastBatch,
  findings: Findings,
): Promise<void> {
  if (head.forgotten < 0n || head.forgotten > head.seq)
    findings.add('heads', ledgerId, {
      en: `forgotten_batch is ${head.forgotten}, where there were ${head.seq} batches`,
      zh: `forgotten_batch 为 ${head.forgotten}，而总共只有 ${head.seq} 个批次`,
    });
  const query = sql.unsafe(
    `select b.batch_seq::text, b.batch_id::text, encode(b.digest, 'hex') as digest, b.answers,
       ${instantColumn('b.recorded_at')} as recorded_at, k.positions, k.keys, k.fingerprints
     from timeledger.batches b
     left join (select batch_seq, array_to_json(array_agg(position order by position)) as positions,
         array_to_json(array_agg(key order by position)) as keys,
         array_to_json(array_agg(fingerprint::text order by position)) as fingerprints
       from timeledger.idempotency_keys where ledger_id = $1 group by batch_seq) k on k.batch_seq = b.batch_seq
     where b.ledger_id = $1 order by b.batch_seq`,
    [ledgerId],
  );
  const chain = new Chain(ledgerId, head, findings);
  for await (const rows of query.cursor(piece))
    for (const row of rows as unknown as StoredBatch[]) {
      chain.take(row);
      verifyBatch(row, findings);
    }
  chain.end();
  await verifyLooseKeys(sql, ledgerId, findings);
}

/** The order of the batches: from the last forgotten one to the head's, later ones later. */
class Chain {
  private last: bigint;
  private recordedAt = '';
  private final: StoredBatch | null = null;

  constructor(
    private readonly ledgerId: number,
    private readonly head: LastBatch,
    private readonly findings: Findings,
  ) {
    this.last = head.forgotten;
  }

  take(batch: StoredBatch): void {
    const seq = BigInt(batch.batch_seq);
    const { seq: end, forgotten } = this.head;
    // The last batch is kept whatever its age.
    if (seq > end || (seq <= forgotten && seq !== end)) {
      const why =
        seq > end
          ? { en: `the head's last batch is ${end}`, zh: `最后一个批次应为 ${end}` }
          : { en: `all up to ${forgotten} were forgotten`, zh: `${forgotten} 及以前的批次均已清除` };
      this.findings.add('batches', batch.batch_seq, {
        en: `is there, though ${why.en}`,
        zh: `不应存在：${why.zh}`,
      });
      return;
    }
    this.findings.missing('batches', this.last + 1n, seq - 1n);
    if (batch.recorded_at < this.recordedAt)
      this.findings.add('batches', batch.batch_seq, {
        en: `was recorded at ${batch.recorded_at}, before the one before it`,
        zh: `记账时间 ${batch.recorded_at} 早于前一批次`,
      });
    this.last = seq;
    this.recordedAt = batch.recorded_at;
    if (seq === this.head.seq) this.final = batch;
  }

  end(): void {
    const { head, final, ledgerId, findings } = this;
    findings.missing('batches', this.last + 1n, head.seq);
    if (head.seq === 0n) {
      if (head.id !== noBatch)
        findings.add('heads', ledgerId, {
          en: `batch_id is ${head.id}, where there was no batch yet`,
          zh: `batch_id 为 ${head.id}，而尚无任何批次`,
        });
    } else if (!final) {
      if (this.last >= head.seq)
        findings.add('batches', String(head.seq), {
          en: 'is missing: the last batch is never forgotten',
          zh: '缺失：最后一个批次不会被清除',
        });
    } else {
      if (final.batch_id !== head.id)
        findings.add('heads', ledgerId, {
          en: `batch_id is not that of batch ${head.seq}`,
          zh: `batch_id 与批次 ${head.seq} 不符`,
        });
      if (final.recorded_at < head.recordedAt)
        findings.add('batches', final.batch_seq, {
          en: `was recorded at ${final.recorded_at}, before the last entry`,
          zh: `记账时间 ${final.recorded_at} 早于最后一张凭证`,
        });
    }
  }
}

function verifyBatch(batch: StoredBatch, findings: Findings): void {
  const { batch_seq, positions, keys, fingerprints } = batch;
  if (positions?.some((position, i) => position !== i))
    findings.add('idempotency_keys', batchKey(batch_seq), { en: 'have a gap in their positions', zh: '序号不连续' });
  const digest = digestBatch({
    batchSeq: Number(batch_seq),
    batchId: batch.batch_id,
    recordedAt: batch.recorded_at,
    keys: array(keys ?? []),
    fingerprints: array(fingerprints ?? []),
    answers: batch.answers,
  });
  if (digest !== batch.digest)
    findings.add('batches', batch_seq, {
      en: 'its keys and answers do not match its digest',
      zh: '幂等键和应答与摘要不符',
    });
}

async function verifyLooseKeys(sql: TransactionSql, ledgerId: number, findings: Findings): Promise<void> {
  const loose = await sql.unsafe(
    `select k.batch_seq::text, count(*)::int as count from timeledger.idempotency_keys k where k.ledger_id = $1
       and not exists (select from timeledger.batches b where b.ledger_id = $1 and b.batch_seq = k.batch_seq)
     group by k.batch_seq order by k.batch_seq limit 100`,
    [ledgerId],
  );
  for (const row of loose)
    findings.add('idempotency_keys', batchKey(row['batch_seq'] as string), {
      en: `${row['count']} keys belong to a batch that is not there`,
      zh: `有 ${row['count']} 个幂等键，但批次不存在`,
    });
}

function batchKey(seq: string): Words {
  return { en: `batch ${seq}`, zh: `批次 ${seq}` };
}
