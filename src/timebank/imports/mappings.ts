/**
 * What the headers of an office mean: for a kind of file, a column for each. A mapping is stored under an id; another under the same id takes its
 * place, and each is an entry. A file that names one is read by it as it stands then: its lines are staged already mapped, and its import
 * says by which entry.
 */
import { change } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { folded, type HeaderMapping } from '../../lib/csv/header.js';
import type { Words } from '../../lib/language.js';
import { type FieldError, Refusal } from '../../lib/refusal.js';
import type { TimebankKind } from '../chart.js';
import type { ImportKind } from '../words.js';
import { columnsOf } from './kinds.js';
import { importMappingRows } from './rows.js';

export interface ImportMapping {
  readonly id: string;
  readonly kind: ImportKind;
  readonly columns: HeaderMapping;
}

/** A mapping as it stood when a file was sent; `entry` is the number of the entry that stored it so. */
export interface UsedMapping {
  readonly id: string;
  readonly entry: number;
  readonly columns: HeaderMapping;
}

export type MappingRow = ReturnType<typeof importMappingRows.decode>;

/** Refuses: `import_mapping_invalid` (a mapping of that id is for another kind; a column that the kind has not; headers that read the same). */
export function storeMapping(stage: Stage, mapping: ImportMapping): MappingRow {
  const known = stage.row(importMappingRows, mapping.id);
  const faults = [...(known && known.kind !== mapping.kind ? [otherKind(known)] : []), ...faultsOf(mapping)];
  if (faults.length > 0)
    throw new Refusal(
      'import_mapping_invalid',
      { en: 'the headers cannot be mapped so', zh: '表头对照有误' },
      { errors: faults },
    );
  const row = { mapping_id: mapping.id, kind: mapping.kind, columns: JSON.stringify(mapping.columns) };
  const { number } = stage.post({
    kind: 'import_mapping_stored' satisfies TimebankKind,
    rows: [change(importMappingRows, row)],
  });
  return { ...row, entry: number };
}

function otherKind({ mapping_id: id, kind }: MappingRow): FieldError {
  return {
    pointer: '/kind',
    detail: { en: `is not ${kind}, for which ${id} is`, zh: `表头对照 ${id} 的种类为 ${kind}，不能更改` },
  };
}

/** In the order of the headers, each with its place in the request. */
function faultsOf({ kind, columns }: ImportMapping): FieldError[] {
  const codes = columnsOf(kind).map(({ code }) => code);
  const seen = new Set<string>();
  return Object.entries(columns).flatMap(([header, code]) => {
    const fault = targetFault(code, codes) ?? headerFault(folded(header), seen);
    return fault === null ? [] : [{ pointer: `/columns/${escaped(header)}`, detail: fault }];
  });
}

function targetFault(code: string | null, codes: readonly string[]): Words | null {
  if (code === null || codes.includes(code)) return null;
  return { en: `must be one of ${codes.join(', ')}`, zh: `应为 ${codes.join('、')} 之一` };
}

function headerFault(header: string, seen: Set<string>): Words | null {
  if (header === '') return { en: 'is no header: nothing of it is compared', zh: '不能作为表头：没有可比对的字符' };
  if (seen.has(header)) return { en: 'reads the same as a header before it', zh: '与前面的某个表头视为相同' };
  seen.add(header);
  return null;
}

/** As RFC 6901 has it. */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** A mapping as the interface shows it. */
export function viewMapping({ mapping_id: id, kind, columns, entry }: MappingRow) {
  return {
    id,
    kind: kind as ImportKind,
    columns: JSON.parse(columns) as Record<string, string | null>,
    entry: String(entry),
  };
}

export type MappingView = ReturnType<typeof viewMapping>;
