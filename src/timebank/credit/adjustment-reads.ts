/** Reading adjustments, in the order in which they were proposed. */
import type { Pool } from '../../db/connect.js';
import { type TextRow, textColumns } from '../../ledger/rows.js';
import { nilId } from '../../lib/ids.js';
import { Refusal } from '../../lib/refusal.js';
import { type Adjustment, type AdjustmentState, type AdjustmentView, viewAdjustment } from './adjustments.js';
import { adjustmentRows } from './rows.js';

const columns = textColumns(adjustmentRows, 'a');

/** Adjustments by id, from after an id on ('' for the first page); null: of any state. */
export async function listAdjustments(
  sql: Pool,
  ledgerId: number,
  page: { state: AdjustmentState | null; after: string; limit: number },
): Promise<AdjustmentView[]> {
  const rows = await sql.unsafe(
    `select ${columns} from timebank.adjustments a
     where a.ledger_id = $1 and a.adjustment_id > $2::text::uuid and ($3::text is null or a.state = $3::text)
     order by a.adjustment_id limit $4`,
    [ledgerId, page.after || nilId, page.state, page.limit],
    { prepare: true },
  );
  return rows.map(viewOf);
}

/** Refuses: `adjustment_not_found`. */
export async function readAdjustment(sql: Pool, ledgerId: number, id: string): Promise<AdjustmentView> {
  const [row] = await sql.unsafe(
    `select ${columns} from timebank.adjustments a where a.ledger_id = $1 and a.adjustment_id = $2::text::uuid`,
    [ledgerId, id],
    { prepare: true },
  );
  if (!row)
    throw new Refusal('adjustment_not_found', { en: `there is no adjustment ${id}`, zh: `没有编号为 ${id} 的调账` });
  return viewOf(row);
}

function viewOf(row: Record<string, unknown>): AdjustmentView {
  return viewAdjustment(adjustmentRows.decode(row as TextRow) as Adjustment);
}
