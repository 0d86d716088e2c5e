/**
 * Reading the journal by pages: numbers that share all but their last bits. A page comes as a few long texts instead of some
 * thousand rows, because the driver's work for each value costs more than hashing it; only a page that is not what it should
 * be is read again row by row.
 */
import type { TransactionSql } from 'postgres';
import { instantColumn } from '../../db/instants.js';

const pageBits = 10n;

/** The columns of `entries` that the leaf repeats, as one line; `entryLine` writes the same. */
const lineColumns = `concat_ws(' ', e.number, e.kind, e.effective_on, e.recorded_at, e.reverses)`;

export interface EntryPage {
  /** The first and the last number the page may hold. */
  readonly first: bigint;
  readonly last: bigint;
  readonly leaves: readonly string[];
  /** A line for each entry: see `entryLine`. */
  readonly lines: string;
  /** The first number behind the page, or null. */
  readonly next: string | null;
}

/** The first number of the journal, or null. */
export async function firstNumber(sql: TransactionSql, ledgerId: number): Promise<string | null> {
  const [row] = await sql.unsafe(`select min(number)::text as number from timeledger.entries where ledger_id = $1`, [
    ledgerId,
  ]);
  return (row?.['number'] as string | null | undefined) ?? null;
}

export async function readPage(sql: TransactionSql, ledgerId: number, number: string): Promise<EntryPage> {
  const [first, last] = boundsOf(BigInt(number));
  const [row] = await sql.unsafe(
    `select count(*)::int as count, string_agg(e.leaf, E'\\n' order by e.number) as leaves,
       string_agg(${lineColumns}, E'\\n' order by e.number) as lines,
       (select min(n.number)::text from timeledger.entries n where n.ledger_id = $1 and n.number > $3::text::bigint) as next
     from timeledger.entries e
     where e.ledger_id = $1 and e.number between $2::text::bigint and $3::text::bigint`,
    [ledgerId, String(first), String(last)],
    { prepare: true },
  );
  const leaves = String(row?.['leaves'] ?? '').split('\n');
  const whole = leaves.length === row?.['count'];
  return {
    first,
    last,
    // A leaf with a line feed in it is none that we wrote, and would be taken for two.
    leaves: whole ? leaves : (await readRows(sql, ledgerId, first)).map((entry) => entry.leaf),
    lines: String(row?.['lines'] ?? ''),
    next: (row?.['next'] as string | null | undefined) ?? null,
  };
}

export interface EntryColumns {
  readonly number: string;
  readonly kind: string;
  readonly effective_on: string;
  readonly recorded_at: string;
  readonly reverses: string | null;
  readonly leaf: string;
}

/** The entries one by one, of the page that holds a number. */
export async function readRows(sql: TransactionSql, ledgerId: number, number: bigint): Promise<EntryColumns[]> {
  const [first, last] = boundsOf(number);
  return (await sql.unsafe(
    `select e.number::text, e.kind, e.effective_on::text, e.reverses::text, coalesce(e.leaf, '') as leaf,
       ${instantColumn('e.recorded_at')} as recorded_at
     from timeledger.entries e
     where e.ledger_id = $1 and e.number between $2::text::bigint and $3::text::bigint order by e.number`,
    [ledgerId, String(first), String(last)],
  )) as unknown as EntryColumns[];
}

/** What the database says of an entry in a page's lines, made from its leaf. */
export function entryLine(leaf: {
  number: string;
  kind: string;
  effective_on: string;
  recorded_at: string;
  reverses?: string;
}): string {
  const reverses = leaf.reverses === undefined ? '' : ` ${leaf.reverses}`;
  return `${leaf.number} ${leaf.kind} ${leaf.effective_on} ${instantText(leaf.recorded_at)}${reverses}`;
}

/** `2026-10-01T01:21:00.500000Z` as PostgreSQL prints it in UTC, `2026-10-01 01:21:00.5+00`: without zeros at the end. */
function instantText(instant: string): string {
  let end = instant.length - 1;
  while (instant.charCodeAt(end - 1) === 0x30) end -= 1;
  if (instant[end - 1] === '.') end -= 1;
  return `${instant.slice(0, 10)} ${instant.slice(11, end)}+00`;
}

/** Postings by pages of their entries, a line each in the order of entry, account and version: see `postingLine`. */
export function postingPages(ledgerId: number): string {
  return `select (p.entry >> ${pageBits} << ${pageBits})::text as entry,
      string_agg(concat_ws(' ', p.entry, p.account_id, p.version, p.amount, p.balance, p.effective_on), E'\\n'
        order by p.entry, p.account_id, p.version) as lines
    from timeledger.postings p where p.ledger_id = ${Number(ledgerId)}
    group by p.entry >> ${pageBits} order by p.entry >> ${pageBits}`;
}

export function postingLine(
  entry: string,
  posting: { account: { id: number }; version: number; amount: bigint; balance: bigint },
  day: string,
): string {
  return `${entry} ${posting.account.id} ${posting.version} ${posting.amount} ${posting.balance} ${day}`;
}

function boundsOf(number: bigint): [first: bigint, last: bigint] {
  const first = (number >> pageBits) << pageBits;
  return [first, first + (1n << pageBits) - 1n];
}
