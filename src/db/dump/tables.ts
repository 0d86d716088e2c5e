/** The tables of some schemas, as the database's own catalogue has them: what a dump holds, and what it is loaded into. */
import type { ISql } from 'postgres';

export interface TableShape {
  readonly schema: string;
  readonly table: string;
  /** Those that are stored as given: a generated column makes itself. */
  readonly columns: readonly string[];
}

export async function listTables(sql: ISql, schemas: readonly string[]): Promise<TableShape[]> {
  const rows = await sql<TableShape[]>`
    select n.nspname as schema, c.relname as table, json_agg(a.attname order by a.attnum) as columns
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relkind = 'r' and n.nspname = any(string_to_array(${schemas.join()}, ','))
    group by 1, 2 order by 1, 2`;
  return rows.map(({ schema, table, columns }) => ({ schema, table, columns }));
}

/** `"timeledger"."entries" ("ledger_id", ...)`, as COPY wants it. */
export function copyTarget({ schema, table, columns }: TableShape): string {
  return `${identifier(schema)}.${identifier(table)} (${columns.map(identifier).join(', ')})`;
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
