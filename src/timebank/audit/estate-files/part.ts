/** What a file of the pack is made of: its columns with their meaning, and its rows as they are read, a portion at a time. */
import type { ISql, TransactionSql } from 'postgres';
import { portionsOf } from '../../../db/portions.js';
import type { Words } from '../../../lib/language.js';
import type { Figures } from './figures.js';
import type { EstateScope } from './scope.js';
import type { Stay } from './stays.js';

export interface Column {
  readonly name: string;
  readonly means: Words;
}

export const column = (name: string, zh: string, en: string): Column => ({ name, means: { zh, en } });

/** A row, of as many cells as there are columns. */
export type Row = readonly string[];

/** What all files of a pack are made from. Rows that pass are counted in the figures. */
export interface Source {
  readonly sql: TransactionSql;
  readonly scope: EstateScope;
  readonly stays: readonly Stay[];
  readonly figures: Figures;
}

/** A file of rows. */
export interface Sheet {
  readonly name: string;
  readonly means: Words;
  readonly columns: readonly Column[];
  readonly rows: (source: Source) => AsyncIterable<readonly Row[]>;
}

const portion = 500;

/** The rows of a statement, some at a time, each as the columns that are named in it. */
export async function* rowsOf<Found>(
  sql: ISql,
  statement: string,
  parameters: (string | number)[],
): AsyncGenerator<readonly Found[]> {
  for await (const rows of portionsOf(sql.unsafe(statement, parameters), portion))
    yield rows as unknown as readonly Found[];
}
