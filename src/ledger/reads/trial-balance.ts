/**
 * The trial balance, both ways: by days of effect and as recorded (each account's last posting at or before an entry), account by
 * account or summed up by class. Debit balances equal credit balances for every asset, or the books are broken. PostgreSQL adds
 * up, in one statement and so at one moment; here rows are only shown, some at a time.
 */
import type { Row, Sql } from 'postgres';
import { portionsOf } from '../../db/portions.js';
import { formatAmount } from '../../lib/decimal.js';
import { type AccountType, isDebitNormal } from '../accounts.js';
import { isBelowFloor, requireEntry } from './accounts.js';

/** A day of effect, whenever it was recorded; or the journal up to an entry. */
export type TrialMoment = { readonly asOf: string } | { readonly atEntry: number };

/** How codes of accounts become classes: each pattern (POSIX) is replaced in its turn. */
export type ClassPatterns = readonly (readonly [pattern: string, replacement: string])[];

export interface TrialSelection {
  readonly moment: TrialMoment;
  /** Only accounts of this type; null: of any. */
  readonly type: AccountType | null;
  /** Only accounts of this class; null: of any. */
  readonly accountClass: string | null;
  readonly classes: ClassPatterns;
}

/** An account's line; `debits` and `credits` are those of its asset, over all accounts that were asked for. */
export interface TrialLine {
  readonly asset: string;
  readonly debits: string;
  readonly credits: string;
  readonly account: {
    readonly code: string;
    readonly type: AccountType;
    readonly balance: string;
    /** Floors hold as recorded: with effect on a day, what was dated back may have taken the balance below. */
    readonly below_floor: boolean;
  };
}

export interface ClassLine {
  readonly asset: string;
  readonly debits: string;
  readonly credits: string;
  readonly class: {
    readonly class: string;
    readonly type: AccountType;
    readonly accounts: number;
    readonly balance: string;
  };
}

/** Where a page starts: after this account. */
export interface TrialPosition {
  readonly asset: string;
  readonly code: string;
}

/**
 * Debits less credits of every account by a day. Accounts whose latest day of effect is not later have it in their row; only the
 * days of the others are added up.
 */
const netAsOf = `
  select a.code, a.asset, a.type, a.floor, case when a.day <= $2::text::date then a.debits - a.credits else d.net end as net
  from timeledger.accounts a
  left join lateral (select sum(d.debits - d.credits) as net from timeledger.earlier_days d
    where d.ledger_id = $1 and d.account_id = a.account_id and d.day <= $2::text::date and a.day > $2::text::date) d on true
  where a.ledger_id = $1 and a.day is not null`;

const netAtEntry = `
  select a.code, a.asset, a.type, a.floor, case when a.type in ('asset', 'expense') then p.balance else -p.balance end as net
  from timeledger.accounts a
  cross join lateral (select balance from timeledger.postings p
    where p.ledger_id = $1 and p.account_id = a.account_id and p.entry <= $2::text::bigint
    order by p.entry desc, p.version desc limit 1) p
  where a.ledger_id = $1`;

const totals = `sum(greatest(net, 0)) over (partition by asset) as debits, sum(greatest(-net, 0)) over (partition by asset) as credits`;

/** The selected accounts' nets, as \`n\`. Accounts without a posting by then have none and are left out. */
function netsOf({ moment, classes }: TrialSelection): string {
  const accountClass = classes.reduce(
    (code, _, i) => `regexp_replace(${code}, $${5 + 2 * i}, $${6 + 2 * i})`,
    'x.code',
  );
  return `(select * from (select x.*, ${accountClass} as class from (${'asOf' in moment ? netAsOf : netAtEntry}) x) x
    where x.net is not null and ($3::text is null or x.type = $3::text) and ($4::text is null or x.class = $4::text)) n`;
}

function parametersOf(
  ledgerId: number,
  { moment, type, accountClass, classes }: TrialSelection,
): (string | number | null)[] {
  const at = 'asOf' in moment ? moment.asOf : String(moment.atEntry);
  return [ledgerId, at, type, accountClass, ...classes.flat()];
}

/** Every line, some at a time. Refuses: `entry_not_found` (not written yet). */
export async function* trialLines(
  sql: Sql,
  ledgerId: number,
  selection: TrialSelection,
): AsyncGenerator<readonly TrialLine[]> {
  await requireMoment(sql, ledgerId, selection.moment);
  const statement = `${select('code')} from (select n.*, ${totals} from ${netsOf(selection)}) t ${scale} order by t.asset, t.code`;
  for await (const rows of portionsOf(sql.unsafe(statement, parametersOf(ledgerId, selection)), 500)) {
    yield rows.map(lineOf);
  }
}

/** One page of lines. Refuses: `entry_not_found` (not written yet). */
export async function trialPage(
  sql: Sql,
  ledgerId: number,
  selection: TrialSelection,
  page: { after: TrialPosition | null; limit: number },
): Promise<TrialLine[]> {
  await requireMoment(sql, ledgerId, selection.moment);
  const parameters = parametersOf(ledgerId, selection);
  const at = parameters.length;
  const rows = await sql.unsafe(
    `${select('code')} from (select n.*, ${totals} from ${netsOf(selection)}) t ${scale}
     where (t.asset, t.code) > ($${at + 1}::text, $${at + 2}::text) order by t.asset, t.code limit $${at + 3}`,
    [...parameters, page.after?.asset ?? '', page.after?.code ?? '', page.limit],
  );
  return rows.map(lineOf);
}

/** The classes of the selected accounts, each summed up. Refuses: `entry_not_found` (not written yet). */
export async function trialClasses(sql: Sql, ledgerId: number, selection: TrialSelection): Promise<ClassLine[]> {
  await requireMoment(sql, ledgerId, selection.moment);
  const rows = await sql.unsafe(
    `${select('class')}, t.accounts from (
       select asset, class, type, count(*)::int as accounts, sum(net) as net,
         sum(sum(greatest(net, 0))) over (partition by asset) as debits,
         sum(sum(greatest(-net, 0))) over (partition by asset) as credits
       from ${netsOf(selection)} group by asset, class, type) t ${scale} order by t.asset, t.class, t.type`,
    parametersOf(ledgerId, selection),
  );
  return rows.map((row) => {
    const { code, ...rest } = shownOf(row);
    return { ...sidesOf(row), class: { class: code, ...rest, accounts: row['accounts'] as number } };
  });
}

const scale = `join timeledger.assets s on s.ledger_id = $1 and s.asset = t.asset`;

function select(code: 'code' | 'class'): string {
  const floor = code === 'code' ? ', t.floor::text' : '';
  return `select t.asset, t.${code} as code, t.type, s.scale::int as scale, t.net::text, t.debits::text, t.credits::text${floor}`;
}

function lineOf(row: Row): TrialLine {
  const floor = row['floor'] === null ? null : BigInt(row['floor'] as string);
  return { ...sidesOf(row), account: { ...shownOf(row), below_floor: isBelowFloor({ floor }, balanceOf(row)) } };
}

function sidesOf(row: Row) {
  const amount = (name: string) => formatAmount(BigInt(row[name] as string), row['scale'] as number);
  return { asset: row['asset'] as string, debits: amount('debits'), credits: amount('credits') };
}

function shownOf(row: Row) {
  const balance = formatAmount(balanceOf(row), row['scale'] as number);
  return { code: row['code'] as string, type: row['type'] as AccountType, balance };
}

/** On the normal side, minor units. */
function balanceOf(row: Row): bigint {
  const net = BigInt(row['net'] as string);
  return isDebitNormal(row['type'] as AccountType) ? net : -net;
}

async function requireMoment(sql: Sql, ledgerId: number, moment: TrialMoment): Promise<void> {
  if ('atEntry' in moment) await requireEntry(sql, ledgerId, moment.atEntry);
}
