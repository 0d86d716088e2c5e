/** What the bench asks PostgreSQL itself: how durable it is set to be, how large its tables are, how long the journal is. */
import type { Pool } from '#src/db/connect.js';
import type { Measurement, StorageFacts } from './results.js';

const settings = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_sync_method',
  'wal_level',
  'commit_delay',
  'data_checksums',
  'shared_buffers',
  'max_wal_size',
];

/** Settings that say what a commit is worth, as `show` prints them. */
export async function readSettings(sql: Pool): Promise<Record<string, string>> {
  const facts: Record<string, string> = {};
  for (const name of settings) {
    const [row] = await sql.unsafe(`select current_setting('${name}') as value`);
    facts[name] = String(row?.['value']);
  }
  return facts;
}

/** Entries in a ledger's journal. */
export async function countEntries(sql: Pool, code: string): Promise<number> {
  const [row] = await sql`
    select h.entry_count::text as count from timeledger.heads h join timeledger.ledgers l using (ledger_id) where l.code = ${code}`;
  return Number(row?.['count'] ?? 0);
}

/** Writes out what is only in memory, so that runs begin alike and sizes are true. */
export async function checkpoint(sql: Pool): Promise<void> {
  await sql.unsafe('checkpoint');
}

export type Sizes = ReadonlyMap<string, number>;

/** Bytes of every table with its indexes, after a checkpoint. */
export async function readSizes(sql: Pool): Promise<Sizes> {
  await checkpoint(sql);
  const rows = await sql`
    select relname as name, pg_total_relation_size(c.oid)::text as bytes
    from pg_class c where relnamespace in ('timeledger'::regnamespace, 'timebank'::regnamespace) and relkind in ('r', 'p')`;
  return new Map(rows.map((row) => [row['name'] as string, Number(row['bytes'])]));
}

/** How much the tables grew for each request that a run had acknowledged, which posted an entry each. */
export function growthOf(before: Sizes, after: Sizes, { name, acknowledged: entries }: Measurement): StorageFacts {
  const grown = [...after].map(([name, bytes]): [string, number] => [name, bytes - (before.get(name) ?? 0)]);
  const shown = grown.filter(([, bytes]) => bytes !== 0).sort(([, a], [, b]) => b - a);
  const total = grown.reduce((sum, [, bytes]) => sum + bytes, 0);
  return {
    name,
    entries,
    bytes_per_entry: total / entries,
    tables: Object.fromEntries(shown.map(([name, bytes]) => [name, bytes / entries])),
  };
}
