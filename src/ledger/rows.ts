/**
 * Rows of the floors above that ride in the lane's commit. A row table is described by its drizzle table; from that come the
 * columns to load and write, and the digest that binds each row to the leaf of the entry that last changed it. This floor
 * does not know what the rows mean.
 */
import { createHash, hash } from 'node:crypto';
import { getTableColumns, getTableName } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { instantColumn } from '../db/instants.js';

/** A row as text: every value the string PostgreSQL would print, or null; without `ledger_id`, its keys in order. */
export type TextRow = Readonly<Record<string, string | null>>;

/** How a column's text is read: 'instant' has microseconds in UTC, `2026-10-01T01:21:00.000000Z`. */
type Codec = 'text' | 'bigint' | 'number' | 'boolean' | 'instant';

type Camel = Record<string, unknown>;

/**
 * A table whose rows the lane may write. `Row` is the row as the domain sees it, without `ledger_id` and `entry`.
 * Mutable rows are digested one by one, so that each can change later; immutable ones together, per entry.
 */
export interface RowTable<Row> {
  readonly name: string;
  readonly mutable: boolean;
  readonly key: readonly string[];
  /** Named column lists by which a command may look rows up; the primary key is always there as `key`. */
  readonly indexes: ReadonlyMap<string, readonly string[]>;
  /** All but `ledger_id`, in the order of their names. */
  readonly columns: ReadonlyMap<string, Codec>;
  /** The same columns, each with how it stands in a row's text: `"name":`. */
  readonly fields: readonly (readonly [string, string])[];
  /** SQL types of the columns, for look-ups. */
  readonly types: ReadonlyMap<string, string>;
  readonly decode: (row: TextRow) => Row;
}

/** Whole rows as the domain holds them. */
export type DomainRow<Table extends PgTable> = Omit<Table['$inferSelect'], 'ledger_id' | 'entry'> & { entry?: number };

interface TableOptions {
  readonly key: readonly string[];
  readonly indexes?: Record<string, readonly string[]>;
}

/**
 * Describes a table to the lane. The table must have `ledger_id` first in its primary key and a bigint column `entry`, the
 * number of the entry that last changed the row.
 */
export function rowTable<Table extends PgTable>(
  table: Table,
  options: TableOptions & { mutable: boolean },
): RowTable<DomainRow<Table>> {
  const described = describeTable(table, options);
  if (!described.types.has('entry')) throw new Error(`${described.name} lacks entry`);
  return described;
}

/**
 * A table whose rows are too many for the lane: they are staged outside it and mean nothing until a row of the lane's, the seal,
 * holds their count and the digest over them (see `RowsDigest`), in the order of an integer column.
 */
export interface SealedTable<Row> extends RowTable<Row> {
  readonly seal: RowTable<unknown>;
  /** The seal's key, by which the rows name it. */
  readonly id: string;
  readonly order: string;
  /** The seal's columns. */
  readonly count: string;
  readonly digest: string;
}

/** Describes a sealed table. It has no column `entry`: the entry is the seal's. */
export function sealedTable<Table extends PgTable>(
  table: Table,
  options: TableOptions & Pick<SealedTable<unknown>, 'seal' | 'id' | 'order' | 'count' | 'digest'>,
): SealedTable<DomainRow<Table>> {
  const { seal, id, order, count, digest } = options;
  return { ...describeTable(table, { ...options, mutable: false }), seal, id, order, count, digest };
}

function describeTable<Table extends PgTable>(
  table: Table,
  options: TableOptions & { mutable: boolean },
): RowTable<DomainRow<Table>> {
  const columns = new Map<string, Codec>();
  const types = new Map<string, string>();
  // In the order of their names, so that a row's text is canonical as it is built and as it is selected.
  const sorted = Object.values(getTableColumns(table)).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const column of sorted) {
    types.set(column.name, column.getSQLType());
    if (column.name !== 'ledger_id') columns.set(column.name, codecOf(column.getSQLType(), column.dataType));
  }
  if (!types.has('ledger_id')) throw new Error(`${getTableName(table)} lacks ledger_id`);
  return {
    name: getTableName(table),
    mutable: options.mutable,
    key: options.key,
    indexes: new Map(Object.entries({ key: options.key, ...options.indexes })),
    columns,
    fields: [...columns.keys()].map((name) => [name, `"${name}":`]),
    types,
    decode: (row) => decodeRow(columns, row) as DomainRow<Table>,
  };
}

function codecOf(sqlType: string, dataType: string): Codec {
  if (sqlType.startsWith('timestamp')) return 'instant';
  if (dataType === 'bigint' || dataType === 'number' || dataType === 'boolean') return dataType;
  return 'text';
}

function decodeRow(columns: ReadonlyMap<string, Codec>, row: TextRow): Camel {
  const decoded: Camel = {};
  for (const [name, codec] of columns) {
    const text = row[name] ?? null;
    decoded[name] = text === null ? null : decodeValue(codec, text);
  }
  return decoded;
}

function decodeValue(codec: Codec, text: string): unknown {
  if (codec === 'bigint') return BigInt(text);
  if (codec === 'number') return Number(text);
  if (codec === 'boolean') return text === 'true';
  return text;
}

/**
 * The canonical text of a domain row, RFC 8785: what is digested, and what the commit writes the row from. Columns that are null are left
 * out, so that a column that a later version adds changes no digest. The same as `storedText` once it is stored. A missing column is a bug
 * and throws.
 */
export function encodeRow(table: Pick<RowTable<unknown>, 'name' | 'fields'>, row: object): string {
  let json = '';
  for (const [name, before] of table.fields) {
    const value = (row as Camel)[name];
    if (value === undefined) throw new Error(`a row of ${table.name} lacks ${name}`);
    if (value !== null) json += (json === '' ? '{' : ',') + before + valueJson(value);
  }
  return `${json}}`;
}

/** Text that JSON quotes as it is. */
const plain = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

function valueJson(value: unknown): string {
  return typeof value === 'string' && !plain.test(value) ? JSON.stringify(value) : `"${value}"`;
}

/** SQL that selects a table's columns as the text `encodeRow` writes, so that a stored row digests as it was written. */
export function textColumns(table: Pick<RowTable<unknown>, 'columns'>, alias: string): string {
  return [...table.columns]
    .map(([name, codec]) =>
      codec === 'instant'
        ? `${instantColumn(`${alias}."${name}"`)} as "${name}"`
        : `${alias}."${name}"::text as "${name}"`,
    )
    .join(', ');
}

/** SQL for the canonical text of a row that was selected by its `textColumns`. */
export function storedText(alias: string): string {
  return `json_strip_nulls(row_to_json(${alias}))::text`;
}

/** The values of an index, joined: how rows are kept in memory and named in leaves. */
export function indexKey(columns: readonly string[], row: object): string {
  return joinKey(columns.map((name) => valueText(row, name)));
}

/** The values of an index as one text. */
export function joinKey(values: readonly string[]): string {
  return values.join('\u001f');
}

/** How a leaf names a row: its key's values with a slash between. */
export function rowName(table: Pick<RowTable<unknown>, 'key'>, row: object): string {
  return table.key.map((name) => valueText(row, name)).join('/');
}

/** A value of a domain row, or of its text, as text. A missing column is a bug and throws. */
function valueText(row: object, name: string): string {
  const value = (row as Camel)[name];
  if (value === undefined) throw new Error(`a row lacks ${name}`);
  return value === null ? '' : String(value);
}

/** base64url SHA-256 over rows' canonical texts, one line each, lines sorted. */
export function digestRows(texts: readonly string[]): string {
  return hash('sha256', texts.length === 1 ? (texts[0] as string) : [...texts].sort().join('\n'), 'base64url');
}

/** hexadecimal SHA-256 over rows' canonical texts in their order, each with a line feed: of any number of rows, one at a time. */
export class RowsDigest {
  private readonly hash = createHash('sha256');
  count = 0;

  add(text: string): void {
    this.hash.update(text).update('\n');
    this.count += 1;
  }

  toString(): string {
    return this.hash.copy().digest('hex');
  }
}
