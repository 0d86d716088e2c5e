/** Which column each cell of a header line is: by its code, by what people call it, or as a mapping says. */
import type { Words } from '../language.js';
import { unguarded } from './dialect.js';
import { fileInvalid, lineError } from './errors.js';
import type { Line } from './lines.js';

/** A column that a file must have. */
export interface Column<C extends string = string> {
  readonly code: C;
  /** What its header may say in place of the code, the commonest first. Two columns may share a name: it alone then says neither. */
  readonly names: readonly string[];
}

/** What the headers of one office mean: the code of the column for each; null: it is not read. */
export type HeaderMapping = Readonly<Record<string, string | null>>;

/** Where the columns of a file are. */
export interface Layout<C extends string> {
  readonly positions: readonly (readonly [C, number])[];
  /** Columns in the file, those that are not read included. */
  readonly width: number;
}

/** How people call a column: its code, and in Chinese `姓名（name）`. */
export function labelOf({ code, names: [name] }: Column): Words {
  return { en: code, zh: name === undefined ? code : `${name}（${code}）` };
}

/** A header as it is compared: in one width, without white space, the star of what must be filled in, and a colon at the end. */
export function folded(header: string): string {
  return header.normalize('NFKC').replace(/[\s*]|:\s*$/g, '');
}

/**
 * Where each column stands in the file. What a mapping says of a header goes before codes, and codes before names.
 * Refuses: `file_invalid`, with every fault: columns missing, unknown, twice, or of a name that two columns share. A file without a header has
 * someone's row in its place: what is unknown is told by number.
 */
export function layoutOf<C extends string>(
  header: Line,
  columns: readonly Column<C>[],
  mapping: HeaderMapping = {},
): Layout<C> {
  const meant = meaningOf(columns, mapping);
  const cells = header.fields.map((cell) => meant(folded(unguarded(cell.trim()))));
  const placesOf = (column: Column<C>) => cells.flatMap((found, at) => (found?.includes(column) ? [at] : []));
  const faults = [
    ...columns.filter((column) => placesOf(column).length === 0).map(missing),
    ...cells.flatMap((found, at) => {
      if (found === null) return [];
      if (found.length === 0) return [unknown(at, columns)];
      return found.length > 1 ? [ambiguous(at, found)] : [];
    }),
    ...columns.flatMap((column) => {
      const places = placesOf(column).filter((at) => cells[at]?.length === 1);
      return places.length > 1 ? [repeated(places, column)] : [];
    }),
  ];
  if (faults.length > 0) throw fileInvalid(faults.map((fault) => lineError(header.line, fault)));
  return { positions: columns.map((column) => [column.code, placesOf(column)[0] ?? 0]), width: cells.length };
}

/** The columns that a folded header may mean; null: it is not read. */
function meaningOf<C extends string>(columns: readonly Column<C>[], mapping: HeaderMapping) {
  const mapped = new Map(Object.entries(mapping).map(([header, code]) => [folded(header), code]));
  return (header: string): readonly Column<C>[] | null => {
    const code = mapped.get(header) === undefined ? header : mapped.get(header);
    if (code === null) return null;
    const coded = columns.filter((column) => column.code === code);
    if (coded.length > 0 || mapped.has(header)) return coded;
    return columns.filter(({ names }) => names.some((name) => folded(name) === header));
  };
}

function missing(column: Column): Words {
  const { en, zh } = labelOf(column);
  return { en: `the column ${en} is missing`, zh: `缺少列 ${zh}` };
}

function unknown(at: number, columns: readonly Column[]): Words {
  const { en, zh } = joined(columns, ', ', '、');
  return { en: `column ${at + 1} is none of ${en}`, zh: `第 ${at + 1} 列的表头无法识别，应为 ${zh} 之一` };
}

function ambiguous(at: number, found: readonly Column[]): Words {
  const { en, zh } = joined(found, ' or ', '或');
  return {
    en: `column ${at + 1} may be ${en}: head it with one of these, or name a mapping`,
    zh: `第 ${at + 1} 列的表头可能是 ${zh}：请改用其中之一，或指定表头对照`,
  };
}

function repeated(places: readonly number[], column: Column): Words {
  const { en, zh } = labelOf(column);
  const numbers = places.map((at) => at + 1);
  return { en: `columns ${numbers.join(' and ')} are both ${en}`, zh: `第 ${numbers.join('、')} 列的表头都是 ${zh}` };
}

function joined(columns: readonly Column[], en: string, zh: string): Words {
  const labels = columns.map(labelOf);
  return { en: labels.map((label) => label.en).join(en), zh: labels.map((label) => label.zh).join(zh) };
}
