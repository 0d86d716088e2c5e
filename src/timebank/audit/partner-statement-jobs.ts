/**
 * Taking a partner's statement in, as a job of two parts: a worker reads the file and stages its lines, one command in the lane seals
 * them. Either part may be begun again: staging starts over, and what is sealed is sealed.
 */

import type { Pool } from '../../db/connect.js';
import type { Lane } from '../../ledger/lane.js';
import { encodeRow, RowsDigest } from '../../ledger/rows.js';
import { runInLane } from '../../ledger/run-in-lane.js';
import type { Clock } from '../../lib/clock.js';
import { dateInZone } from '../../lib/clock.js';
import { fileInvalid } from '../../lib/csv/errors.js';
import { sumLimit } from '../../lib/decimal.js';
import type { Charset } from '../../lib/encoding.js';
import { Refusal } from '../../lib/refusal.js';
import { dropBlob, keepBlob, readBlob } from '../../work/blobs.js';
import type { Claim } from '../../work/claims.js';
import type { Outcome, Run } from '../../work/runner.js';
import { readRulesOn } from '../credit/rule-set-reads.js';
import { receiveStatement, type StagedStatement } from './partner-statements.js';
import { readBankStatement } from './partner-statements-file.js';
import type { DateRange } from './range.js';
import { signedFigures } from './reconciliations/classify.js';
import { sumFigures } from './reconciliations/figures.js';
import type { StatementLine } from './reconciliations/verdicts.js';
import { partnerStatementLineRows } from './rows.js';

/** What is asked for. The file, its lines and the statement have one id. */
export interface StatementUpload extends DateRange {
  readonly id: string;
  /** Of the file, hexadecimal. */
  readonly sha256: string;
  readonly partnerId: string;
  /** As it was declared; null: as the file shows. */
  readonly charset: Charset | null;
  /** The partner's own number of the statement; absent: the next one. */
  readonly sequence?: number | undefined;
  readonly fileName: string | null;
  /** The client whose credentials were used. */
  readonly client: string | null;
}

/** What the second part is handed: sums as text, because it is kept as JSON. */
interface Sealing extends StatementUpload {
  readonly staged: Omit<StagedStatement, 'points' | 'amountCny'> & {
    readonly points: string;
    readonly amountCny: string;
  };
}

export interface ReceivedStatement {
  readonly statement: string;
  /** The same file had been taken in before, as this statement. */
  readonly known: boolean;
}

/** Lines a statement of the database stages: some 400 kB. */
const linesAtOnce = 2_000;

/** The worker's part. Refuses: `file_invalid`, with every line that is wrong: a statement is taken in whole or not at all. */
export async function stageStatement(sql: Pool, { job, claim, progress }: Run): Promise<Outcome> {
  const upload = job.input as StatementUpload;
  const { rows, errors } = readBankStatement(await readBlob(sql, job.ledgerId, upload.id), upload);
  if (errors.length > 0) throw fileInvalid(errors);
  // Unsigned: no sum over some of the lines can be larger, whatever is a refund.
  const largest = sumFigures(rows);
  if (largest.points > sumLimit || largest.amountCny > sumLimit)
    throw new Refusal('file_invalid', {
      en: 'the points or the amounts of all lines together are more than can be kept',
      zh: '各行积分或金额合计超出可记录的范围',
    });
  const { points, amountCny } = sumFigures(rows.map(signedFigures));
  await sql.unsafe(`select work.drop_statement_lines($1, $2::text::uuid)`, [job.ledgerId, upload.id]);
  const digest = new RowsDigest();
  for (let done = 0; done < rows.length; done += linesAtOnce) {
    await progress(done, rows.length);
    await stageLines(sql, claim, upload.id, rows.slice(done, done + linesAtOnce), digest);
  }
  const { sha256 } = upload;
  const sums = { points: points.toString(), amountCny: amountCny.toString() };
  const staged = { sha256, lineCount: rows.length, linesSha256: digest.toString(), ...sums };
  return { next: 'lane', input: { ...upload, staged } satisfies Sealing };
}

async function stageLines(
  sql: Pool,
  { ledgerId, jobId, claimant }: Claim,
  id: string,
  lines: readonly StatementLine[],
  digest: RowsDigest,
): Promise<void> {
  const texts = lines.map(({ amountCny, ...line }) =>
    encodeRow(partnerStatementLineRows, { ...line, partner_statement_id: id, amount_cny: amountCny }),
  );
  for (const text of texts) digest.add(text);
  await sql.unsafe(
    `select work.stage_statement_lines($1, $2::text::uuid, $3::text::uuid, $4::text::uuid, $5::text::json)`,
    [ledgerId, jobId, claimant, id, `[${texts.join(',')}]`],
    { prepare: true },
  );
}

export interface SealingTools {
  readonly sql: Pool;
  readonly lane: Lane;
  readonly clock: Clock;
}

/** The lane's part: seals what is staged. Refuses: `partner_not_found`, `partner_statement_exists`; `file_expired` (swept before it could be sealed). */
export async function sealStatement({ sql, lane, clock }: SealingTools, { job }: Run): Promise<Outcome> {
  const { id, partnerId, from, to, sequence, fileName, client, staged } = job.input as Sealing;
  const { statement_original_years: years } = await readRulesOn(
    sql,
    job.ledgerId,
    dateInZone(clock(), lane.facts.zone),
  );
  const until = new Date(clock());
  until.setUTCFullYear(until.getUTCFullYear() + years);
  // From here on the file is not swept, and with it what was staged.
  if (!(await keepBlob(sql, job.ledgerId, id, until.toISOString())))
    throw new Refusal('file_expired', {
      en: 'the file waited for a day and was swept: send it again',
      zh: '文件等待超过一天，已被清理，请重新发送',
    });
  const figures = { points: BigInt(staged.points), amountCny: BigInt(staged.amountCny) };
  const request = { id, partnerId, from, to, sequence, fileName, staged: { ...staged, ...figures } };
  try {
    const submission = { actor: job.owner, client: client ?? undefined };
    const { statement } = await runInLane(lane, submission, (stage) => receiveStatement(stage, request));
    const known = statement.partner_statement_id !== id;
    if (known) await discard(sql, job.ledgerId, id);
    return { result: { statement: statement.partner_statement_id, known } satisfies ReceivedStatement };
  } catch (error) {
    if (error instanceof Refusal && isFinal(error)) await discard(sql, job.ledgerId, id);
    throw error;
  }
}

/** Whether the file can never be sealed as it was sent. */
function isFinal({ code }: Refusal): boolean {
  return code === 'partner_not_found' || code === 'partner_statement_exists';
}

async function discard(sql: Pool, ledgerId: number, id: string): Promise<void> {
  await sql.unsafe(`select work.drop_statement_lines($1, $2::text::uuid)`, [ledgerId, id]);
  await dropBlob(sql, ledgerId, id);
}
