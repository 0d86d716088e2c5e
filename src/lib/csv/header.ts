/** Which column each cell of a header line is. */
import { unguarded } from './dialect.js';
import { fileInvalid, lineError } from './errors.js';
import type { Line } from './lines.js';

/** Where each column stands in the file. A file without a header has someone's row in its place: unknown columns are told by number. */
export function columnPositions<C extends string>(header: Line, columns: readonly C[]): [C, number][] {
  const names = header.fields.map((name) => unguarded(name.trim()));
  const isColumn = (name: string) => columns.some((column) => column === name);
  const faults = [
    ...columns
      .filter((column) => !names.includes(column))
      .map((column) => ({ en: `the column ${column} is missing`, zh: `缺少列 ${column}` })),
    ...names.flatMap((name, at) =>
      isColumn(name)
        ? []
        : [
            {
              en: `column ${at + 1} is none of ${columns.join(', ')}`,
              zh: `第 ${at + 1} 列不是 ${columns.join('、')} 中的任何一列`,
            },
          ],
    ),
    ...columns
      .filter((column) => names.indexOf(column) !== names.lastIndexOf(column))
      .map((column) => ({ en: `the column ${column} is there twice`, zh: `列 ${column} 重复出现` })),
  ];
  if (faults.length > 0) throw fileInvalid(faults.map((fault) => lineError(header.line, fault)));
  return columns.map((column) => [column, names.indexOf(column)]);
}
