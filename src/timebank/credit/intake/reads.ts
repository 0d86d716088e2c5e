/** Reading what other platforms sent: items with what they were before, and batches with how many of their items stand. */
import type { Pool } from '../../../db/connect.js';
import { textColumns } from '../../../ledger/rows.js';
import { formatAmount } from '../../../lib/decimal.js';
import { type Batch, type BatchName, batchNotFound } from './batch.js';
import { itemNotFound } from './item.js';
import { intakeBatchRows, intakeItemRows, intakeVersionRows } from './rows.js';

type ItemRow = ReturnType<typeof intakeItemRows.decode>;
type VersionRow = ReturnType<typeof intakeVersionRows.decode>;

const itemColumns = textColumns(intakeItemRows, 'i');
const versionColumns = textColumns(intakeVersionRows, 'v');
const batchColumns = textColumns(intakeBatchRows, 'b');
const prepared = { prepare: true } as const;

/** `after` is the key of the last row of the page before, or ''. */
interface Page {
  readonly after: string;
  readonly limit: number;
}

/** By platform, then id. Null: whatever it is. */
export async function listItems(
  sql: Pool,
  ledgerId: number,
  { platform, batch, after, limit }: Page & { readonly platform: string | null; readonly batch: string | null },
): Promise<ItemRow[]> {
  const [lastPlatform = '', lastId = ''] = after.split('/');
  const rows = await sql.unsafe(
    `select ${itemColumns} from timebank.intake_items i
     where i.ledger_id = $1 and ($2::text is null or i.platform_id = $2::text) and ($3::text is null or i.batch_id = $3::text)
       and (i.platform_id, i.external_id) > ($4::text, $5::text)
     order by i.platform_id, i.external_id limit $6`,
    [ledgerId, platform, batch, lastPlatform, lastId, limit],
    prepared,
  );
  return rows.map((row) => intakeItemRows.decode(row));
}

export const keyOfItem = ({ platform_id, external_id }: ItemRow) => `${platform_id}/${external_id}`;

/** An item with the versions that do not stand any more, the first one first. Refuses: `intake_item_not_found`. */
export async function readItem(
  sql: Pool,
  ledgerId: number,
  platform: string,
  externalId: string,
): Promise<{ item: ItemRow; earlier: VersionRow[] }> {
  const [[row], earlier] = await Promise.all([
    sql.unsafe(
      `select ${itemColumns} from timebank.intake_items i
       where i.ledger_id = $1 and i.platform_id = $2::text and i.external_id = $3::text`,
      [ledgerId, platform, externalId],
      prepared,
    ),
    sql.unsafe(
      `select ${versionColumns} from timebank.intake_versions v
       where v.ledger_id = $1 and v.platform_id = $2::text and v.external_id = $3::text order by v.version`,
      [ledgerId, platform, externalId],
      prepared,
    ),
  ]);
  if (!row) throw itemNotFound(externalId);
  return { item: intakeItemRows.decode(row), earlier: earlier.map((one) => intakeVersionRows.decode(one)) };
}

/** By platform, then name. Null: of every platform. */
export async function listBatches(
  sql: Pool,
  ledgerId: number,
  { platform, after, limit }: Page & { readonly platform: string | null },
): Promise<Batch[]> {
  const [lastPlatform = '', lastName = ''] = after.split('/');
  const rows = await sql.unsafe(
    `select ${batchColumns} from timebank.intake_batches b
     where b.ledger_id = $1 and ($2::text is null or b.platform_id = $2::text)
       and (b.platform_id, b.batch_id) > ($3::text, $4::text)
     order by b.platform_id, b.batch_id limit $5`,
    [ledgerId, platform, lastPlatform, lastName, limit],
    prepared,
  );
  return rows.map((row) => intakeBatchRows.decode(row));
}

export const keyOfBatch = ({ platform_id, batch_id }: Batch) => `${platform_id}/${batch_id}`;

/** Items that are the batch's now: of those that it earned points by, how many, and the points. */
export interface BatchFigures {
  readonly items: number;
  readonly standing: number;
  readonly points: bigint;
}

/** Refuses: `intake_batch_not_found`. */
export async function readBatch(
  sql: Pool,
  ledgerId: number,
  { platform, batch }: BatchName,
): Promise<{ batch: Batch; figures: BatchFigures }> {
  const [row] = await sql.unsafe(
    `select ${batchColumns}, f.items, f.standing, f.points from timebank.intake_batches b
     cross join lateral (select count(*)::int as items, count(*) filter (where i.points > 0)::int as standing,
         coalesce(sum(i.points), 0)::text as points
       from timebank.intake_items i
       where i.ledger_id = $1 and i.platform_id = b.platform_id and i.batch_id = b.batch_id) f
     where b.ledger_id = $1 and b.platform_id = $2::text and b.batch_id = $3::text`,
    [ledgerId, platform, batch],
    prepared,
  );
  if (!row) throw batchNotFound(batch);
  const figures = { items: row['items'], standing: row['standing'], points: BigInt(row['points']) };
  return { batch: intakeBatchRows.decode(row), figures };
}

/** The batches that are being undone. */
export async function readUnfinishedBatches(sql: Pool, ledgerId: number): Promise<BatchName[]> {
  const rows = await sql.unsafe(
    `select b.platform_id as platform, b.batch_id as batch from timebank.intake_batches b
     where b.ledger_id = $1 and b.state = 'undoing'`,
    [ledgerId],
    prepared,
  );
  return rows.map(({ platform, batch }) => ({ platform, batch }));
}

/** The ids of items that are a batch's, behind one of them, in their order. */
export async function readItemsOfBatch(
  sql: Pool,
  ledgerId: number,
  { platform, batch }: BatchName,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<string[]> {
  const rows = await sql.unsafe(
    `select i.external_id as id from timebank.intake_items i
     where i.ledger_id = $1 and i.platform_id = $2::text and i.batch_id = $3::text and i.external_id > $4::text
     order by i.external_id limit $5`,
    [ledgerId, platform, batch, after ?? '', limit],
    prepared,
  );
  return rows.map(({ id }) => id);
}

/** An item as the interface shows it. */
export function viewItem(row: Omit<ItemRow, 'entry'> & { readonly entry?: number }) {
  return {
    platform: row.platform_id,
    external_id: row.external_id,
    kind: row.kind,
    member: row.member_id,
    occurred_on: row.occurred_on,
    occurrences: row.occurrences,
    state: row.state,
    points: formatAmount(row.points, 0),
    expires_on: row.expires_on,
    rule_set: row.rule_set,
    batch: row.batch_id,
    revision: row.revision,
    version: row.version,
    entry: String(row.entry),
  };
}

/** The same of a version that does not stand any more. */
export function viewVersion({ posted, ...row }: VersionRow) {
  return viewItem({ ...row, entry: posted });
}

/** A batch as the interface shows it. */
export function viewBatch(row: Batch) {
  return {
    platform: row.platform_id,
    id: row.batch_id,
    state: row.state,
    done: row.done,
    left_out: row.left_out,
    undo_proposed_by: row.undo_proposed_by,
    undone_by: row.undone_by,
    entry: String(row.entry),
  };
}
