/**
 * The books of the unit: every entry that moved what a member held or owed while they belonged to it, leg by leg, and the leaves that were hashed
 * into the log, by which each line can be proved.
 */
import { instantColumn } from '../../../db/instants.js';
import { readLeaf } from '../../../ledger/leaf.js';
import { parseAmount } from '../../../lib/decimal.js';
import {
  allPurses,
  assetScales,
  debtOf,
  fundAccount,
  grantsOf,
  heldForOrders,
  memberAccount,
  purseOf,
  receivableCode,
} from '../../chart.js';
import { grantPurseRows } from '../../credit/grants/rows.js';
import { column, type Row, rowsOf, type Sheet, type Source } from './part.js';

export const entrySheet: Sheet = {
  name: 'entries.csv',
  means: {
    zh: '期间内涉及本单元成员账户的全部凭证，成员账户的每条分录一行（含对方账户）',
    en: "Every entry of the period that touches an account of the unit's members, a row for each leg of a member, the other side included",
  },
  columns: [
    column('entry', '凭证号', 'Number of the entry'),
    column('effective_on', '生效日期', 'The day on which it takes effect'),
    column('recorded_at', '记账时间（UTC）', 'When it was recorded, UTC'),
    column('kind', '凭证种类代码', 'Kind of entry'),
    column('reverses', '所冲销的凭证号', 'The entry that it reverses'),
    column('leg', '分录序号', 'Number of the leg'),
    column('debit', '借方账户', 'Debited account'),
    column('credit', '贷方账户', 'Credited account'),
    column('amount', '数额', 'Amount'),
    column('asset', '资产：HOUR 时长，COIN 时间币，POINT 积分', 'HOUR, COIN or POINT'),
    column(
      'leaf_hash',
      '日志叶的哈希，等于 SHA-256（0x00 加 leaves.txt 中的对应行）',
      'Hash of its leaf: SHA-256 of 0x00 and its line of leaves.txt',
    ),
  ],
  rows: entryRows,
};

/** A leaf a line, in the order of `entries.csv`. */
export const leafLines = {
  name: 'leaves.txt',
  means: {
    zh: 'entries.csv 中各凭证写入日志的原文，每张凭证一行',
    en: 'The leaves of the log of the entries in entries.csv, a line for each entry',
  },
  lines: leaves,
};

interface Found {
  readonly number: string;
  readonly recorded_at: string;
  readonly leaf: string;
  readonly leaf_hash: string;
}

const entries = `
  with touched as (
    select distinct p.entry
    from unnest($2::text::text[], $3::text::date[], $4::text::date[]) d(account, first, last)
    join timeledger.accounts a on a.ledger_id = $1 and a.code = d.account
    join timeledger.postings p on p.ledger_id = $1 and p.account_id = a.account_id and p.effective_on between d.first and d.last
      and p.entry <= $5::text::bigint)
  select e.number::text as number, ${instantColumn('e.recorded_at')} as recorded_at, e.leaf,
    encode(sha256('\\x00'::bytea || convert_to(e.leaf, 'UTF8')), 'hex') as leaf_hash
  from touched t join timeledger.entries e on e.ledger_id = $1 and e.number = t.entry
  order by e.number`;

function readEntries({ sql, scope, stays }: Source): AsyncGenerator<readonly Found[]> {
  const accounts = stays.flatMap(({ member, first, last }) =>
    allPurses
      .flatMap((purse) => [memberAccount(member, purse), receivableCode(member, purse)])
      .map((code) => ({ code, first, last })),
  );
  const listed = (cells: string[]) => `{${cells.join(',')}}`;
  const days = [listed(accounts.map(({ first }) => first)), listed(accounts.map(({ last }) => last))];
  return rowsOf<Found>(sql, entries, [
    scope.ledgerId,
    listed(accounts.map(({ code }) => code)),
    ...days,
    scope.watermark,
  ]);
}

async function* entryRows(source: Source): AsyncGenerator<readonly Row[]> {
  for await (const found of readEntries(source))
    yield found.flatMap(({ number, recorded_at: at, leaf, leaf_hash: hash }) => {
      const { kind, effective_on: effectiveOn, reverses = '', legs = [] } = readLeaf(leaf);
      return legs.flatMap(({ debit, credit, amount, asset }, i) => {
        if (![debit, credit].some((code) => purseOf(code) || debtOf(code))) return [];
        const minor = parseAmount(amount, assetScales.get(asset) ?? 0);
        source.figures.addLeg({ kind, effectiveOn, asset, debit, credit, amount: minor });
        return [[number, effectiveOn, at, kind, reverses, String(i + 1), debit, credit, amount, asset, hash]];
      });
    });
}

async function* leaves(source: Source): AsyncGenerator<readonly string[]> {
  for await (const found of readEntries(source)) yield found.map(({ leaf }) => (tellsOfNeed(leaf) ? '' : leaf));
}

/** Whether a leaf says that the fund granted or paid something: whoever reads it would learn who is in need. */
function tellsOfNeed(leaf: string): boolean {
  const { legs = [], accounts = [], rows = [] } = readLeaf(leaf);
  const isGrants = (code: string) => grantsOf(code) !== null;
  return (
    legs.some(
      ({ debit, credit }) =>
        isGrants(debit) || isGrants(credit) || (debit === heldForOrders.code && credit === fundAccount),
    ) ||
    accounts.some(({ code }) => isGrants(code)) ||
    rows.some(({ table }) => table === grantPurseRows.name)
  );
}
