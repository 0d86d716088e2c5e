/** Reading corrections of service records: what was proposed, by whom, and what became of it. */
import type { Pool } from '../../../db/connect.js';
import { type TextRow, textColumns } from '../../../ledger/rows.js';
import { memberWithinSql, type Reach } from '../../people/reach.js';
import type { ServiceCorrectionStatus } from '../../service-words.js';
import { serviceCorrectionRows } from '../rows.js';
import type { ServiceCorrection } from './carry-out.js';
import { noCorrection } from './correction.js';

const select = `select ${textColumns(serviceCorrectionRows, 'c')} from timebank.service_corrections c
  join timebank.members v on v.ledger_id = $1 and v.member_id = c.volunteer_id
  join timebank.members m on m.ledger_id = $1 and m.member_id = coalesce(v.merged_into, v.member_id)
  where c.ledger_id = $1`;

/** Corrections by the id of the record, from after an id on, of volunteers within reach. */
export async function listCorrections(
  sql: Pool,
  ledgerId: number,
  page: { status: ServiceCorrectionStatus | null; reach: Reach; after: string; limit: number },
): Promise<ServiceCorrectionView[]> {
  const rows = await sql.unsafe(
    `${select} and c.service_record_id > $2 and ($4::text is null or c.status = $4::text) and ${memberWithinSql('m', '$5')}
     order by c.service_record_id limit $3`,
    [ledgerId, page.after, page.limit, page.status, page.reach],
    { prepare: true },
  );
  return rows.map((row) => viewCorrection(serviceCorrectionRows.decode(row as TextRow)));
}

/** The last correction of a record. Refuses: `correction_not_found`, also when its volunteer is out of reach. */
export async function readCorrection(
  sql: Pool,
  ledgerId: number,
  id: string,
  reach: Reach,
): Promise<ServiceCorrectionView> {
  const [row] = await sql.unsafe(
    `${select} and c.service_record_id = $2 and ${memberWithinSql('m', '$3')}`,
    [ledgerId, id, reach],
    { prepare: true },
  );
  if (!row) throw noCorrection(id);
  return viewCorrection(serviceCorrectionRows.decode(row as TextRow));
}

/** A correction as the interface shows it; `entry` is the number of the entry that last changed it. */
export function viewCorrection(row: ServiceCorrection) {
  return {
    service_record: row.service_record_id,
    status: row.status,
    annul: row.annul,
    external_id: row.external_id,
    service_type: row.service_type,
    planned_start: row.planned_start,
    planned_end: row.planned_end,
    check_in: row.check_in,
    check_out: row.check_out,
    proof_grade: row.proof_grade,
    recorded_by: row.recorded_by,
    reason: row.reason,
    proposed_by: row.proposed_by,
    proposed_at: row.proposed_at,
    decided_by: row.decided_by,
    decided_at: row.decided_at,
    corrected_by: row.corrected_by,
    reversed_on: row.reversed_on,
    entry: String(row.entry),
  };
}

export type ServiceCorrectionView = ReturnType<typeof viewCorrection>;
