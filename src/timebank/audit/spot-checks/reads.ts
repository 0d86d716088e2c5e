/** Reading spot checks: from what they were drawn, what was drawn, and what was found. Whatever is corrected later, a draw stays as it was. */
import type { Pool } from '../../../db/connect.js';
import type { NoteSigner } from '../../../ledger/log/checkpoint.js';
import { readCheckpointAt } from '../../../ledger/reads/log.js';
import { type TextRow, textColumns } from '../../../ledger/rows.js';
import { nilId } from '../../../lib/ids.js';
import { Refusal } from '../../../lib/refusal.js';
import type { ProofGrade } from '../../service-words.js';
import { spotCheckResultRows, spotCheckRows } from '../rows.js';
import { draw, type SpotCheck, type SpotCheckResult } from './spot-check.js';
import type { SpotCheckOutcome } from './spot-check-words.js';

const columns = textColumns(spotCheckRows, 's');
const resultColumns = textColumns(spotCheckResultRows, 't');

export function viewSpotCheck({
  spot_check_id: id,
  from,
  to,
  proof_grade,
  count,
  drawn_by,
  drawn_at,
  entry,
}: SpotCheck) {
  return {
    id,
    from,
    to,
    proof_grade: proof_grade as ProofGrade | null,
    count,
    drawn_by,
    drawn_at,
    entry: String(entry),
  };
}

/** In the order in which they were drawn, from after an id on, '' for the first page. */
export async function listSpotChecks(sql: Pool, ledgerId: number, page: { after: string; limit: number }) {
  const rows = await sql.unsafe(
    `select ${columns} from timebank.spot_checks s
     where s.ledger_id = $1 and s.spot_check_id > $2::text::uuid order by s.spot_check_id limit $3`,
    [ledgerId, page.after || nilId, page.limit],
    { prepare: true },
  );
  return rows.map((row) => viewSpotCheck(spotCheckRows.decode(row as TextRow) as SpotCheck));
}

/** What stood when it was drawn: records of those days, none of which was reversed by then. */
const population = `
  select r.service_record_id as id from timebank.service_records r
  where r.ledger_id = $1 and r.served_on between $2::text::date and $3::text::date and r.entry < $4::bigint
    and ($5::text is null or r.proof_grade = $5::text)
    and not exists (select from timeledger.entries v where v.ledger_id = $1 and v.reverses = r.entry and v.number < $4::bigint)`;

/** Refuses: `spot_check_not_found`. */
export async function readSpotCheck(sql: Pool, ledgerId: number, id: string, signer: NoteSigner) {
  const [found] = await sql.unsafe(
    `select ${columns} from timebank.spot_checks s where s.ledger_id = $1 and s.spot_check_id = $2::text::uuid`,
    [ledgerId, id],
    { prepare: true },
  );
  if (!found)
    throw new Refusal('spot_check_not_found', { en: `there is no spot check ${id}`, zh: `没有编号为 ${id} 的抽查` });
  const check = spotCheckRows.decode(found as TextRow) as SpotCheck;
  const entry = Number(check.entry);
  const { root, note } = await readCheckpointAt(sql, ledgerId, entry, signer);
  const seed = root.toString('base64');
  const parameters = [ledgerId, check.from, check.to, entry, check.proof_grade];
  const records = await sql.unsafe(population, parameters, { prepare: true });
  const drawn = draw(
    records.map((row) => row['id'] as string),
    seed,
    check.count,
  );
  const results = await readResults(sql, ledgerId, id);
  return {
    ...viewSpotCheck(check),
    seed,
    checkpoint: note,
    population: records.length,
    records: drawn.map((record) => ({ record, result: results.get(record) ?? null })),
  };
}

async function readResults(sql: Pool, ledgerId: number, id: string) {
  const rows = await sql.unsafe(
    `select ${resultColumns} from timebank.spot_check_results t where t.ledger_id = $1 and t.spot_check_id = $2::text::uuid`,
    [ledgerId, id],
    { prepare: true },
  );
  const results = rows.map((row) => spotCheckResultRows.decode(row as TextRow) as SpotCheckResult);
  return new Map(results.map((result) => [result.service_record_id, viewResult(result)]));
}

export function viewResult({ outcome, checked_on, checked_by, entry }: SpotCheckResult) {
  return { outcome: outcome as SpotCheckOutcome, checked_on, checked_by, entry: String(entry) };
}
