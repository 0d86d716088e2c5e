/**
 * Control accounts against their sub-ledgers: what redemptions, service records, opening points and adjustments say is what the
 * accounts say, and nothing was posted to the time bank's own accounts that the table of movements does not have. Service against
 * its reasons: no hour unexplained, no carry lost. And staged rows with what sealed them.
 */
import type { TransactionSql } from 'postgres';
import { manualKinds } from '../ledger/entries.js';
import type { Findings } from '../ledger/verify/findings.js';
import { verifySealed } from '../ledger/verify/sealed.js';
import type { Words } from '../lib/language.js';
import { verifyResults } from './audit/reconciliations/verify.js';
import { heldForOrders, remainderAccount } from './chart.js';
import { closingChecks } from './credit/closings/checks.js';
import { grantChecks } from './credit/grants/checks.js';
import { intakeChecks, intakeEntryKinds, intakePoints } from './credit/intake/checks.js';
import { lotChecks } from './credit/lots/checks.js';
import { mergeChecks, nowIs, ofPersons } from './credit/merge-checks.js';
import { verifyStagedImports } from './imports/verify.js';
import { mayPost } from './movements.js';
import { movementRows, movingKindsSql } from './partners/redemptions/movements.js';
import { allSealed } from './rows.js';
import { awardChecks, verifyAwards } from './service/awards/checks.js';
import { certificateChecks } from './service/certificates/reads.js';
import { remainders, serviceChecks, standing } from './service/checks.js';
import { limitChecks } from './service/limits/checks.js';
import { evidenceChecks } from './service/orders/evidence-reads.js';

/** `sql` selects rows of key, expected and actual, all text; $1 is the ledger. */
interface Check {
  /** The English is its code. */
  readonly name: Words;
  readonly sql: string;
  /** Said of a row instead of the two sums. */
  readonly finding?: Words;
}

/** For each partner: a sum over its redemptions, against its control account. */
function ofPartner(name: Words, sum: string, account: string): Check {
  const sql = `select p.partner_id as key,
        (select coalesce(sum(${sum}), 0) from timebank.redemptions r
          where r.ledger_id = $1 and r.partner_id = p.partner_id)::text as expected,
        (select credits - debits from timeledger.accounts a
          where a.ledger_id = $1 and a.code = ${account})::text as actual
      from timebank.partners p where p.ledger_id = $1`;
  return { name, sql };
}

/**
 * What entries of some kinds have posted to accounts, and their reversals have taken back: `key`, and debits less credits.
 * `accounts` selects account_id and key.
 */
const posted = (accounts: string, kinds: string) => `
  select a.key, sum(p.amount) as amount from (${accounts}) a
  join timeledger.postings p on p.ledger_id = $1 and p.account_id = a.account_id
  join timeledger.entries e on e.ledger_id = $1 and e.number = p.entry
  left join timeledger.entries o on o.ledger_id = $1 and o.number = e.reverses
  where coalesce(o.kind, e.kind) ${kinds} group by a.key`;

const byHandKinds = `(${manualKinds.map((kind) => `'${kind}'`).join(', ')})`;

/** One account of the chart, under its code. */
const chartAccount = (code: string) =>
  `select account_id, code as key from timeledger.accounts where ledger_id = $1 and code = '${code}'`;

/** What each member holds less what they owe of an asset: purse and receivable, under the id of who the member is now. */
const memberAccounts = (purse: string) =>
  `select account_id, ${nowIs(`split_part(code, ':', 2)`)} as key from timeledger.accounts
   where ledger_id = $1 and code like 'member:%:${purse}' and split_part(code, ':', 3) in ('${purse}', 'receivable')`;

/** The sums of a sub-ledger (`rows` selects key and amount) against what was posted (credits less debits if `credited`). */
function ofRows(name: Words, rows: string, postings: string, credited: boolean): Check {
  const sql = `select coalesce(r.key, p.key) as key, coalesce(r.amount, 0)::text as expected,
        (${credited ? '-' : ''}coalesce(p.amount, 0))::text as actual
      from (${rows}) r full join (${postings}) p on p.key = r.key
      where coalesce(r.amount, 0) <> ${credited ? '-' : ''}coalesce(p.amount, 0)`;
  return { name, sql };
}

const records = (key: string, sum: string, condition = '') =>
  `select ${key} as key, sum(${sum}) as amount from (${standing}) s where true ${condition} group by 1`;
const openings = (key: string) =>
  `select ${key} as key, sum(points) as amount from timebank.opening_points where ledger_id = $1 and state = 'counted' group by 1`;

const checks: readonly Check[] = [
  ofPartner(
    { en: 'open authorisations = held account', zh: '未核销的冻结 = 冻结账户' },
    'r.authorised - r.captured - r.released',
    `'held:redemptions:' || p.partner_id`,
  ),
  ofPartner(
    { en: 'captured less refunded points = redeemed account', zh: '核销积分减退还积分 = 已兑换账户' },
    'r.captured - r.refunded',
    `'partner:' || p.partner_id || ':redeemed'`,
  ),
  ofPartner(
    { en: 'captured less refunded CNY = payable account', zh: '核销金额减退还金额 = 应付账户' },
    'r.captured_cny - r.refunded_cny',
    `'partner:' || p.partner_id || ':payable'`,
  ),
  {
    name: {
      en: 'movements of a redemption = its captured less refunded points and CNY',
      zh: '每笔兑换的变动合计 = 核销减退还的积分和金额',
    },
    sql: `select r.redemption_id::text as key, concat_ws(' ', r.captured - r.refunded, r.captured_cny - r.refunded_cny) as expected,
        concat_ws(' ', m.points, m.cny) as actual
      from timebank.redemptions r
      cross join lateral (select coalesce(sum(m.points::bigint), 0) as points, coalesce(sum(m.amount_cny::bigint), 0) as cny
        from ${movementRows}) m
      where r.ledger_id = $1 and (r.captured - r.refunded, r.captured_cny - r.refunded_cny) is distinct from (m.points, m.cny)`,
  },
  {
    name: { en: 'movements of redemptions = postings of their entries', zh: '兑换的变动 = 相应凭证的过账' },
    sql: `select coalesce(m.key, p.key) as key, coalesce(m.points, 0)::text as expected, coalesce(p.points, 0)::text as actual
      from (select concat_ws(' ', r.partner_id, m.entry) as key, sum(m.points::bigint) as points
        from timebank.redemptions r cross join lateral ${movementRows} where r.ledger_id = $1 group by 1) m
      full join (select concat_ws(' ', split_part(a.code, ':', 2), p.entry) as key, sum(-p.amount) as points
        from timeledger.accounts a join timeledger.postings p on p.ledger_id = $1 and p.account_id = a.account_id
        join timeledger.entries e on e.ledger_id = $1 and e.number = p.entry
          and e.kind in ${movingKindsSql}
        where a.ledger_id = $1 and a.code like 'partner:%:redeemed' group by 1) p on p.key = m.key
      where m.points is distinct from p.points`,
  },
  ofRows(
    { en: 'hours of service records = hours recorded', zh: '服务记录的时长 = 入账的时长' },
    records(`'record:service'`, 'hours'),
    posted(chartAccount('record:service'), `not in ${byHandKinds}`),
    false,
  ),
  ofRows(
    { en: 'hours of service records = hours of each member', zh: '服务记录的时长 = 各成员的时长' },
    ofPersons(records('volunteer_id', 'hours')),
    posted(memberAccounts('hours'), `not in ${byHandKinds}`),
    true,
  ),
  ofRows(
    { en: 'coins of service records = coins minted', zh: '服务记录的时间币 = 铸币数' },
    records(`'coin:issuance'`, 'coins + to_pool', 'and funding is null'),
    posted(chartAccount('coin:issuance'), `not in ${byHandKinds}`),
    false,
  ),
  ofRows(
    { en: 'coins held of people of orders = held account', zh: '点单中冻结的时间币 = 冻结账户' },
    `select '${heldForOrders.code}' as key, sum(held) as amount from timebank.order_people where ledger_id = $1`,
    `select a.code as key, a.debits - a.credits as amount from timeledger.accounts a where a.ledger_id = $1 and a.code = '${heldForOrders.code}'`,
    true,
  ),
  ofRows(
    { en: 'gifts that are not answered = held accounts', zh: '待接受的转赠 = 冻结账户' },
    `select 'held:gifts:' || purse as key, sum(amount) as amount from timebank.gifts where ledger_id = $1 and state = 'offered' group by 1`,
    `select a.code as key, a.debits - a.credits as amount from timeledger.accounts a where a.ledger_id = $1 and a.code like 'held:gifts:%'`,
    true,
  ),
  ofRows(
    {
      en: 'remainders of shares that were paid for service records = remainder account',
      zh: '服务记录的分摊尾差 = 分摊尾差账户',
    },
    `select '${remainderAccount.code}' as key, sum(r.amount) as amount from (${remainders}) r`,
    posted(chartAccount(remainderAccount.code), `not in ${byHandKinds}`),
    true,
  ),
  ...serviceChecks,
  ofRows(
    { en: 'opening points = points issued for them', zh: '期初积分 = 所发放的积分' },
    openings(`'point:issuance'`),
    posted(chartAccount('point:issuance'), `= 'opening_points'`),
    false,
  ),
  ofRows(
    { en: 'opening points = points of each member from them', zh: '期初积分 = 各成员所得的期初积分' },
    ofPersons(openings('member_id')),
    posted(memberAccounts('points'), `= 'opening_points'`),
    true,
  ),
  ofRows(
    { en: 'points of items from other platforms = points issued for them', zh: '报送记录的积分 = 为其发放的积分' },
    intakePoints(`'point:issuance'`),
    posted(chartAccount('point:issuance'), intakeEntryKinds),
    false,
  ),
  ofRows(
    {
      en: 'points of items from other platforms = points of each member from them',
      zh: '报送记录的积分 = 各成员由此所得的积分',
    },
    ofPersons(intakePoints('member_id')),
    posted(memberAccounts('points'), intakeEntryKinds),
    true,
  ),
  ...intakeChecks,
  ...mergeChecks,
  ...closingChecks,
  ...grantChecks,
  ...lotChecks,
  ...evidenceChecks,
  ...certificateChecks,
  ...limitChecks,
  ...awardChecks,
  {
    name: {
      en: 'entries by hand on own accounts = adjustments that were decided',
      zh: '专用账户的手工凭证 = 已批准的调账',
    },
    finding: { en: 'no adjustment was decided for it', zh: '没有已批准的调账与之对应' },
    sql: `select e.number::text as key, '1' as expected, '0' as actual
      from (select distinct p.entry from timeledger.accounts a
        join timeledger.postings p on p.ledger_id = $1 and p.account_id = a.account_id where a.ledger_id = $1 and a.control) own
      join timeledger.entries e on e.ledger_id = $1 and e.number = own.entry and e.kind in ${byHandKinds}
      left join (select case l.kind when 'reversal' then l.reverses
          when 'text_erased' then substring(l.leaf from '"erases":"([0-9]{1,15})"')::bigint else l.number end as number
        from timebank.adjustments d
        join timeledger.entries l on l.ledger_id = $1 and l.number = d.entry
        where d.ledger_id = $1 and d.state in ('posted', 'reversed')) d
        on d.number = e.number
      where d.number is null`,
  },
];

/** Returns how many comparisons were made. */
export async function verifyControls(sql: TransactionSql, ledgerId: number, findings: Findings): Promise<number> {
  for (const { name, sql: statement, finding } of checks) {
    for (const row of await sql.unsafe(statement, [ledgerId])) {
      const { key, expected, actual } = row;
      if (expected !== actual) findings.add(name, key as string, finding ?? sumsDiffer(expected, actual));
    }
  }
  for (const table of allSealed) await verifySealed(sql, ledgerId, table, findings);
  await verifyStagedImports(sql, ledgerId, findings);
  const results = await verifyResults(sql, ledgerId, findings);
  const rounds = await verifyAwards(sql, ledgerId, findings);
  return checks.length + allSealed.length + 1 + results + rounds + (await verifyMovements(sql, ledgerId, findings));
}

function sumsDiffer(expected: string, actual: string | null): Words {
  return {
    en: `${expected} by the sub-ledger, ${actual ?? 'no account'} in the books`,
    zh: `明细账为 ${expected}，账簿${actual === null ? '中没有该账户' : `为 ${actual}`}`,
  };
}

/** What was posted to the time bank's own accounts, by kind, asset, side and account, a name in a code being any. */
const shapes = `
  select e.kind, a.asset, a.shape, p.amount > 0 as debited, min(e.number)::text as first
  from (select account_id, asset, regexp_replace(code, '^(member|partner|held:redemptions):[^:]+', '\\1:*') as shape
    from timeledger.accounts where ledger_id = $1 and control) a
  join timeledger.postings p on p.ledger_id = $1 and p.account_id = a.account_id
  join timeledger.entries e on e.ledger_id = $1 and e.number = p.entry
  group by 1, 2, 3, 4`;

async function verifyMovements(sql: TransactionSql, ledgerId: number, findings: Findings): Promise<number> {
  const rows = await sql.unsafe(shapes, [ledgerId]);
  for (const { kind, asset, shape, debited, first } of rows) {
    const side = debited ? 'debit' : 'credit';
    if (mayPost(kind, asset, side, shape)) continue;
    findings.add('movements', first, {
      en: `an entry of kind ${kind} has a ${side} of ${asset} at ${shape}, which it may not have`,
      zh: `${kind} 类凭证不得${debited ? '借记' : '贷记'}账户 ${shape} 的 ${asset}`,
    });
  }
  return 1;
}
