/**
 * What the owner of a database can do to the books: anything. Each deed is done in a database transaction with the triggers off,
 * verified there, and taken back, so that one set of books serves for many.
 */
import type { Pool } from '../../src/db/connect.js';
import { applyDay, type DaySums, mergeDays } from '../../src/ledger/accounts.js';
import { leafHashHex } from '../../src/ledger/log/merkle.js';
import type { SavedCheckpoints } from '../../src/ledger/verify/checkpoints.js';
import { isFault, parseLeaf } from '../../src/ledger/verify/leaf-check.js';
import { Replay } from '../../src/ledger/verify/replay.js';
import type { Verification } from '../../src/ledger/verify/verify.js';
import { formatInstant, parseInstant } from '../../src/lib/clock.js';
import { verifyBooks } from './books.js';

/** Closed lists, bounds, unique indexes and what may not be null would refuse some changes; an owner who tampers would drop them first. */
export async function dropGuards(owner: Pool): Promise<void> {
  const checks = await owner`select conrelid::regclass::text as table, conname as name from pg_constraint
    where contype = 'c' and connamespace in ('timeledger'::regnamespace, 'timebank'::regnamespace)`;
  for (const { table, name } of checks) await owner.unsafe(`alter table ${table} drop constraint ${name}`);
  const unique =
    await owner`select indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indrelid
    where i.indisunique and not i.indisprimary
      and c.relnamespace in ('timeledger'::regnamespace, 'timebank'::regnamespace)`;
  for (const { name } of unique) await owner.unsafe(`drop index ${name}`);
  const filled = await owner`select attrelid::regclass::text as table, attname as name from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    where c.relkind = 'r' and c.relnamespace in ('timeledger'::regnamespace, 'timebank'::regnamespace)
      and a.attnum > 0 and a.attnotnull and not exists (
        select from pg_index i where i.indrelid = a.attrelid and i.indisprimary and a.attnum = any(i.indkey))`;
  for (const { table, name } of filled) await owner.unsafe(`alter table ${table} alter column "${name}" drop not null`);
}

/** Does something to the books, verifies them, and takes it back. Null when the deed returned false: it changed nothing. */
export async function verifyTampered(
  owner: Pool,
  deed: (sql: Pool) => Promise<unknown>,
  checkpoints?: SavedCheckpoints,
): Promise<Verification | null> {
  const undo = new Error('taken back');
  let verification: Verification | null = null;
  await owner
    .begin(async (sql) => {
      await sql`set local session_replication_role = replica`;
      if ((await deed(sql as unknown as Pool)) !== false) {
        // Verification opens its own snapshot: here it must look at what is not committed.
        const inside = Object.assign(Object.create(sql as object), {
          begin: (_: string, act: (sql: unknown) => unknown) => act(sql),
        });
        verification = await verifyBooks(inside as Pool, checkpoints);
      }
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return verification;
}

/** Changes the leaf of one entry, and nothing else: all keys in order, as the program writes them. */
export async function rewriteLeaf(
  sql: Pool,
  number: number,
  change: (leaf: Record<string, unknown>) => object,
): Promise<void> {
  const [row] = await sql`select leaf from timeledger.entries where number = ${number}`;
  const leaf = change(JSON.parse(row?.['leaf'] as string) as Record<string, unknown>);
  const sorted = Object.fromEntries(Object.entries(leaf).sort(([a], [b]) => (a < b ? -1 : 1)));
  await sql`update timeledger.entries set leaf = ${JSON.stringify(sorted)} where number = ${number}`;
}

/**
 * Another history: takes all leaves and gives back others, which are numbered anew and keep the instants there were; where there
 * are more of them, the first lie before.
 */
export async function rewriteHistory(
  sql: Pool,
  change: (leaves: Record<string, unknown>[]) => Record<string, unknown>[],
): Promise<void> {
  const rows = await sql`select leaf from timeledger.entries order by number`;
  const before = rows.map((row) => JSON.parse(row['leaf'] as string) as Record<string, unknown>);
  const instants = before.map((leaf) => leaf['recorded_at'] as string);
  const after = change(before);
  while (instants.length < after.length) instants.unshift(formatInstant(parseInstant(instants[0] as string) - 1n));
  instants.splice(0, instants.length - after.length);
  await sql`delete from timeledger.entries`;
  for (const [i, leaf] of after.entries()) {
    const text = JSON.stringify({ ...leaf, number: String(i + 1), recorded_at: instants[i] });
    await sql`insert into timeledger.entries (ledger_id, number, effective_on, recorded_at, kind, leaf)
      values (1, ${i + 1}, '2026-01-01', now(), '', ${text})`;
  }
}

/** Recomputes hashes, tree, nodes and head from the leaves as they now stand: the log agrees with itself again. */
export async function rehash(sql: Pool): Promise<Replay> {
  const replay = new Replay();
  const rows = await sql`select e.leaf from timeledger.entries e order by e.number`;
  for (const { leaf } of rows) replay.grow(Buffer.from(leafHashHex(leaf as string), 'hex'));
  await sql`delete from timeledger.log_nodes`;
  for (const [level, hashes] of replay.nodes.entries())
    for (const [index, hash] of (hashes ?? []).entries())
      await sql`insert into timeledger.log_nodes (ledger_id, level, index, hash) values (1, ${level}, ${index}, decode(${hash}, 'hex'))`;
  const frontier = replay.frontier.encode().toString('hex');
  await sql`update timeledger.heads set entry_count = ${rows.length}, frontier = decode(${frontier}, 'hex')`;
  return replay;
}

/**
 * Makes everything follow from the leaves as they now stand, as if they had always stood so: what is left to an owner who
 * knows this program and has its source.
 */
export async function rebuild(sql: Pool): Promise<void> {
  const replay = await rehash(sql);
  const days = new Map<string, DaySums>();
  await sql`delete from timeledger.postings`;
  await sql`delete from timeledger.earlier_days`;
  for (const {
    stored,
    text,
  } of await sql`select number::text as stored, leaf as text from timeledger.entries order by number`) {
    const leaf = parseLeaf(text as string);
    if (isFault(leaf)) throw new Error(`entry ${stored}: ${leaf.fault.en}`);
    await sql`update timeledger.entries set kind = ${leaf.kind}, effective_on = ${leaf.effective_on}::text::date,
      recorded_at = ${leaf.recorded_at}::text::timestamptz, reverses = ${leaf.reverses ?? null}::text::bigint
      where number = ${stored}::text::bigint`;
    for (const { account, version, amount, balance } of replay.take(leaf, () => {})) {
      await sql`insert into timeledger.postings (ledger_id, account_id, entry, version, effective_on, amount, balance)
        values (1, ${account.id}, ${leaf.number}::text::bigint, ${version}, ${leaf.effective_on}::text::date,
          ${String(amount)}::text::bigint, ${String(balance)}::text::bigint)`;
      const earlier = applyDay(account, leaf.effective_on, amount, Number(leaf.number));
      if (!earlier) continue;
      const name = `${account.id} ${earlier.day}`;
      const known = days.get(name);
      days.set(name, known ? mergeDays(known, earlier) : earlier);
    }
  }
  for (const [name, { day, debits, credits, first, last }] of days)
    await sql`insert into timeledger.earlier_days (ledger_id, account_id, day, debits, credits, first_entry, last_entry)
      values (1, ${Number(name.split(' ')[0])}, ${day}::text::date, ${String(debits)}::text::bigint,
        ${String(credits)}::text::bigint, ${first}, ${last})`;
  await rebuildAccounts(sql, replay);
  await sql`update timeledger.heads set account_count = ${replay.accounts.size},
    recorded_at = ${replay.recordedAt}::text::timestamptz, closed_through = ${replay.closedThrough}::text::date`;
}

async function rebuildAccounts(sql: Pool, replay: Replay): Promise<void> {
  const text = (value: bigint | number | undefined | null) =>
    value === undefined || value === null ? null : String(value);
  for (const { code, floor, ceiling, debits, credits, version, latest } of replay.accounts.values())
    await sql`update timeledger.accounts set floor = ${text(floor)}::text::bigint, ceiling = ${text(ceiling)}::text::bigint,
      debits = ${text(debits)}::text::bigint, credits = ${text(credits)}::text::bigint, version = ${version},
      day = ${latest?.day ?? null}::text::date, day_debits = ${text(latest?.debits)}::text::bigint,
      day_credits = ${text(latest?.credits)}::text::bigint, day_first = ${text(latest?.first)}::text::bigint,
      day_last = ${text(latest?.last)}::text::bigint
      where code = ${code}`;
}

/** Every finding as one line. */
export function told(verification: Verification | null): string[] {
  return (verification?.findings ?? []).map(({ table, key, detail }) => `${table.en} ${key.en}: ${detail.en}`);
}

/** Numbers of entries by what they are. `plain`: adjustments that have nothing beside their legs, the last of all but one. */
export interface Numbers {
  readonly last: number;
  readonly plain: (n: number) => number;
  readonly of: (kind: string) => number;
}

export async function numbersOf(owner: Pool): Promise<Numbers> {
  const rows = await owner`select number::int, kind, leaf from timeledger.entries order by number`;
  const plain = rows.filter(({ kind, leaf }) => kind === 'adjustment' && !/"(?:text|rows)"/.test(leaf as string));
  const one = (row: Record<string, unknown> | undefined) => {
    if (!row) throw new Error('there is no such entry');
    return row['number'] as number;
  };
  return {
    last: rows.length,
    plain: (n) => one(plain[n]),
    of: (wanted) => one(rows.find(({ kind }) => kind === wanted)),
  };
}

/** Something that an owner does to the books. */
export type Deed = (sql: Pool, numbers: Numbers) => Promise<unknown>;

/** A leg as a leaf has it. */
export type Leg = { amount: string; asset: string; credit: string; debit: string };

/** Changes every leg of an entry, in its leaf alone. */
export function changeLegs(sql: Pool, number: number, change: (leg: Leg) => Partial<Leg>): Promise<void> {
  return rewriteLeaf(sql, number, (leaf) => ({
    ...leaf,
    legs: (leaf['legs'] as Leg[]).map((leg) => ({ ...leg, ...change(leg) })),
  }));
}
