/**
 * Loading: the reads by which a lane learns what its batch needs. Look-ups join laterally, one index probe a key: a plain
 * `= any($1)` prepared while the table was empty would scan it for ever after.
 */
import type { ISql, Sql } from 'postgres';
import { instantColumn } from '../db/instants.js';
import { parseInstant } from '../lib/clock.js';
import { type Account, type AccountState, type AccountType, type DaySums, isDebitNormal } from './accounts.js';
import { Frontier } from './log/merkle.js';
import type { Missing } from './missing.js';
import { indexKey, joinKey, type RowTable, type TextRow, textColumns } from './rows.js';
import type { Head, Key, LaneState, LedgerFacts } from './state.js';

/** Text is cast inside the statement, so that the driver sends it as it is. */
const prepared = { prepare: true } as const;

/** The ledger of a code, or null when there is none. */
export async function loadLedger(sql: Sql, code: string): Promise<LedgerFacts | null> {
  const [row] = await sql.unsafe(
    `select ledger_id as id, code, zone, origin, log_key as "logKey" from timeledger.ledgers where code = $1`,
    [code],
    prepared,
  );
  return row ? (row as unknown as LedgerFacts) : null;
}

export async function loadHead(sql: ISql, ledgerId: number): Promise<Head> {
  const [row] = await sql.unsafe(
    `select batch_seq::text, batch_id::text, entry_count::text, account_count, frontier, closed_through::text,
       ${instantColumn('recorded_at')} as recorded_at
     from timeledger.heads where ledger_id = $1`,
    [ledgerId],
    prepared,
  );
  if (!row) throw new Error(`ledger ${ledgerId} has no head`);
  return {
    batchSeq: Number(row['batch_seq']),
    batchId: row['batch_id'] as string,
    entryCount: Number(row['entry_count']),
    accountCount: Number(row['account_count']),
    recordedAt: parseInstant(row['recorded_at'] as string),
    closedThrough: row['closed_through'] as string | null,
    frontier: Frontier.decode(row['frontier'] as Buffer, BigInt(row['entry_count'] as string)),
  };
}

export async function loadAssets(sql: Sql, state: LaneState): Promise<void> {
  const rows = await sql.unsafe(
    `select asset, scale from timeledger.assets where ledger_id = $1`,
    [state.facts.id],
    prepared,
  );
  for (const row of rows) state.assets.set(row['asset'] as string, Number(row['scale']));
}

/** The batch id under which a batch number was committed, or null. */
export async function loadBatchId(sql: Sql, ledgerId: number, batchSeq: number): Promise<string | null> {
  const [row] = await sql.unsafe(
    `select batch_id::text from timeledger.batches where ledger_id = $1 and batch_seq = $2::text::bigint`,
    [ledgerId, String(batchSeq)],
    prepared,
  );
  return (row?.['batch_id'] as string | undefined) ?? null;
}

/** Loads everything noted as missing into the memory; what is not found is known to be absent from then on. */
export async function loadMissing(sql: Sql, state: LaneState, missing: Missing): Promise<void> {
  const loads: Promise<void>[] = [];
  if (missing.accounts.size > 0) loads.push(loadAccounts(sql, state, [...missing.accounts]));
  if (missing.entries.size > 0) loads.push(loadEntries(sql, state, [...missing.entries]));
  const groups = new Map<string, { table: RowTable<unknown>; index: string; keys: (readonly string[])[] }>();
  for (const { table, index, key } of missing.rows.values()) {
    const name = `${table.name}/${index}`;
    const group = groups.get(name);
    if (group) group.keys.push(key);
    else groups.set(name, { table, index, keys: [key] });
  }
  for (const { table, index, keys } of groups.values()) loads.push(loadRows(sql, state, table, index, keys));
  await Promise.all(loads);
}

async function loadAccounts(sql: Sql, state: LaneState, codes: readonly string[]): Promise<void> {
  const rows = await sql.unsafe(
    `select ${accountColumns},
       a.day::text, a.day_debits::text, a.day_credits::text, a.day_first::text, a.day_last::text
     from jsonb_array_elements_text($2::text::jsonb) k(code)
     cross join lateral (select * from timeledger.accounts a where a.ledger_id = $1 and a.code = k.code limit 1) a`,
    [state.facts.id, JSON.stringify(codes)],
    prepared,
  );
  for (const code of codes) state.accounts.set(code, null);
  for (const row of rows) {
    const account = accountOf(row, state.assets.get(row['asset'] as string) ?? 0);
    state.accounts.set(account.code, account);
  }
}

/** What `accountOf` makes an account from, but its latest day; `a` is the account's row. */
export const accountColumns = `a.account_id, a.code, a.asset, a.type, a.state, a.control, a.floor::text, a.ceiling::text,
  a.debits::text, a.credits::text, a.version::text`;

/** An account from its row, all amounts as text; without its latest day if that was not selected. */
export function accountOf(row: Record<string, unknown>, scale: number): Account {
  const type = row['type'] as AccountType;
  const bound = (text: unknown) => (text === null ? null : BigInt(text as string));
  return {
    id: Number(row['account_id']),
    code: row['code'] as string,
    asset: row['asset'] as string,
    scale,
    type,
    debitNormal: isDebitNormal(type),
    control: row['control'] as boolean,
    floor: bound(row['floor']),
    ceiling: bound(row['ceiling']),
    state: row['state'] as AccountState,
    debits: BigInt(row['debits'] as string),
    credits: BigInt(row['credits'] as string),
    version: Number(row['version']),
    latest: latestOf(row),
  };
}

function latestOf(row: Record<string, unknown>): DaySums | null {
  if (typeof row['day'] !== 'string') return null;
  return {
    day: row['day'],
    debits: BigInt(row['day_debits'] as string),
    credits: BigInt(row['day_credits'] as string),
    first: Number(row['day_first']),
    last: Number(row['day_last']),
  };
}

async function loadEntries(sql: Sql, state: LaneState, numbers: readonly number[]): Promise<void> {
  const rows = await sql.unsafe(
    `select e.number::text, e.kind, e.effective_on::text, e.leaf,
       (select r.number::text from timeledger.entries r where r.ledger_id = $1 and r.reverses = e.number) as reversed_by,
       exists (select from timeledger.entry_texts t where t.ledger_id = $1 and t.number = e.number) as has_text
     from jsonb_array_elements_text($2::text::jsonb) k(number)
     cross join lateral
       (select * from timeledger.entries e where e.ledger_id = $1 and e.number = k.number::bigint limit 1) e`,
    [state.facts.id, JSON.stringify(numbers)],
    prepared,
  );
  for (const number of numbers) state.entries.set(number, null);
  for (const row of rows) {
    state.entries.set(Number(row['number']), {
      number: Number(row['number']),
      kind: row['kind'] as string,
      effectiveOn: row['effective_on'] as string,
      leaf: row['leaf'] as string,
      reversedBy: row['reversed_by'] === null ? null : Number(row['reversed_by']),
      hasText: row['has_text'] as boolean,
    });
  }
}

async function loadRows(
  sql: Sql,
  state: LaneState,
  table: RowTable<unknown>,
  index: string,
  keys: readonly (readonly string[])[],
): Promise<void> {
  const columns = table.indexes.get(index);
  if (!columns) throw new Error(`${table.name} has no index ${index}`);
  const match = columns.map((name, i) => `r."${name}" = (k.key ->> ${i})::${sqlTypeOf(table, name)}`).join(' and ');
  // Limit and offset fence the lateral: flattened, the planner would rather scan the table than probe its index key by key.
  const rows = await sql.unsafe(
    `select k.ord::int as ord, r.* from jsonb_array_elements($2::text::jsonb) with ordinality k(key, ord)
     cross join lateral
       (select ${textColumns(table, 'r')} from timebank."${table.name}" r
        where r.ledger_id = $1 and ${match} ${index === 'key' ? 'limit 1' : 'offset 0'}) r`,
    [state.facts.id, JSON.stringify(keys)],
    prepared,
  );
  const lists = keys.map((): object[] => []);
  for (const { ord, ...text } of rows) lists[Number(ord) - 1]?.push(shareRow(state, table, text as TextRow));
  for (const [i, key] of keys.entries()) state.rows.set(table, index, joinKey(key), lists[i] ?? []);
}

/** One row, one object: a row found by two indexes must be the same object, so that a change replaces it in both. */
function shareRow(state: LaneState, table: RowTable<unknown>, text: TextRow): object {
  const key = indexKey(table.key, text);
  const held = state.rows.get(table, 'key', key)?.[0];
  if (held) return held;
  const row = table.decode(text) as object;
  state.rows.set(table, 'key', key, [row]);
  return row;
}

function sqlTypeOf(table: RowTable<unknown>, column: string): string {
  return table.types.get(column) ?? 'text';
}

/** What is remembered under some keys, with the answers as they were given. */
export async function loadKeys(sql: Sql, state: LaneState, keys: readonly Key[]): Promise<void> {
  const rows = await sql.unsafe(
    `select i.key::text, i.fingerprint::text, split_part(b.answers, E'\n', i.position + 1) as answer
     from jsonb_array_elements_text($2::text::jsonb) k(key)
     cross join lateral
       (select * from timeledger.idempotency_keys i where i.ledger_id = $1 and i.key = k.key::uuid limit 1) i
     join timeledger.batches b on b.ledger_id = $1 and b.batch_seq = i.batch_seq`,
    [state.facts.id, JSON.stringify(keys.map(({ key }) => key))],
    prepared,
  );
  for (const row of rows) {
    const text = row['answer'] as string;
    const space = text.indexOf(' ');
    state.keys.set(row['key'] as string, {
      fingerprint: row['fingerprint'] as string,
      answer: { code: Number(text.slice(0, space)), body: text.slice(space + 1) },
    });
  }
}
