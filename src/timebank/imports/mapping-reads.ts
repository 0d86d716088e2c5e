/** Reading the mappings of headers. */
import type { Pool } from '../../db/connect.js';
import { type TextRow, textColumns } from '../../ledger/rows.js';
import { Refusal } from '../../lib/refusal.js';
import type { ImportKind } from '../words.js';
import { type MappingView, type UsedMapping, viewMapping } from './mappings.js';
import { importMappingRows } from './rows.js';

const columns = textColumns(importMappingRows, 'm');
const viewOf = (row: Record<string, unknown>) => viewMapping(importMappingRows.decode(row as TextRow));

/** Mappings by id, from after an id on, of one kind or all (null). */
export async function listMappings(
  sql: Pool,
  ledgerId: number,
  page: { readonly kind: ImportKind | null; readonly after: string; readonly limit: number },
): Promise<MappingView[]> {
  const rows = await sql.unsafe(
    `select ${columns} from timebank.import_mappings m
     where m.ledger_id = $1 and m.mapping_id > $2 and ($4::text is null or m.kind = $4::text)
     order by m.mapping_id limit $3`,
    [ledgerId, page.after, page.limit, page.kind],
    { prepare: true },
  );
  return rows.map(viewOf);
}

/** Refuses: `import_mapping_not_found`. */
export async function readMapping(sql: Pool, ledgerId: number, id: string): Promise<MappingView> {
  const [row] = await sql.unsafe(
    `select ${columns} from timebank.import_mappings m where m.ledger_id = $1 and m.mapping_id = $2`,
    [ledgerId, id],
    { prepare: true },
  );
  if (!row)
    throw new Refusal('import_mapping_not_found', {
      en: `there is no mapping of headers ${id}`,
      zh: `没有编号为 ${id} 的表头对照`,
    });
  return viewOf(row);
}

/**
 * The mapping for a file of a kind, as it stands now; none was named: undefined.
 * Refuses: `import_mapping_not_found`, `request_invalid` (one for another kind).
 */
export async function mappingFor(
  sql: Pool,
  ledgerId: number,
  { kind, mapping: id }: { readonly kind: ImportKind; readonly mapping?: string | undefined },
): Promise<UsedMapping | undefined> {
  if (id === undefined) return undefined;
  const { kind: ownKind, columns, entry } = await readMapping(sql, ledgerId, id);
  if (ownKind === kind) return { id, entry: Number(entry), columns };
  throw new Refusal(
    'request_invalid',
    {
      en: `The mapping ${id} is for ${ownKind}, not for ${kind}.`,
      zh: `表头对照 ${id} 用于 ${ownKind}，不能用于 ${kind}。`,
    },
    { errors: [{ pointer: '/query/mapping', detail: { en: `is for ${ownKind}`, zh: `用于 ${ownKind}` } }] },
  );
}
