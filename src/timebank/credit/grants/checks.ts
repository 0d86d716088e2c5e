/**
 * What must hold of grants and their purses, as SQL for `verify`, where $1 is the ledger: each check selects key, expected and actual, and only where
 * they differ. It compares nothing itself.
 */
import type { Words } from '../../../lib/language.js';
import { countyPlan } from '../../chart.js';
import { nowIs, personIn } from '../merge-checks.js';

/** SQL: a person and a year as one key, both being columns, and sums by it. */
const byYear = (rows: string) =>
  `select concat_ws(' ', x.key, x.year) as key, sum(x.amount) as amount from (
    select ${nowIs('r.member_id')} as key, r.year, r.amount from (${rows}) r) x group by 1`;

/** SQL: what entries of some kinds moved to purses of grants, less what they took. */
const moved = (kinds: string) =>
  byYear(`
  select split_part(a.code, ':', 2) as member_id, split_part(a.code, ':', 4)::integer as year, -p.amount as amount
  from timeledger.accounts a
  join timeledger.postings p on p.ledger_id = $1 and p.account_id = a.account_id
  join timeledger.entries e on e.ledger_id = $1 and e.number = p.entry and e.kind in (${kinds})
  where a.ledger_id = $1 and a.code like 'member:%:grants:%'`);

const compared = (rows: string, postings: string, sign: '' | '-') => `
  select coalesce(r.key, p.key) as key, coalesce(r.amount, 0)::text as expected, (${sign}coalesce(p.amount, 0))::text as actual
  from (${byYear(rows)}) r full join (${postings}) p on p.key = r.key
  where coalesce(r.amount, 0) <> ${sign}coalesce(p.amount, 0)`;

export const grantChecks: readonly { readonly name: Words; readonly sql: string; readonly finding?: Words }[] = [
  {
    name: {
      en: 'grants that were given = what came to the purse of each member and year',
      zh: '已发放的资助 = 各成员各年度资助账户所得',
    },
    sql: compared(
      `select g.member_id, g.year, g.amount from timebank.grants g where g.ledger_id = $1 and g.state = 'given'`,
      moved(`'grant_given'`),
      '',
    ),
  },
  {
    name: {
      en: 'what purses of grants say went back to the fund = postings of such entries',
      zh: '资助账户所记退回基金的数额 = 相应凭证的过账',
    },
    sql: compared(
      'select q.member_id, q.year, q.returned as amount from timebank.grant_purses q where q.ledger_id = $1',
      moved(`'grants_expired', 'grants_reinstated', 'member_settled'`),
      '-',
    ),
  },
  {
    name: { en: 'grants are held for orders in their own year only', zh: '资助只在当年为点单冻结' },
    finding: { en: 'the year of the grants is not that of the entry', zh: '资助的年度与凭证的年度不符' },
    sql: `select e.number::text as key, '1' as expected, '0' as actual
      from timeledger.accounts a
      join timeledger.postings p on p.ledger_id = $1 and p.account_id = a.account_id
      join timeledger.entries e on e.ledger_id = $1 and e.number = p.entry and e.kind in ('grant_given', 'order_accepted')
      where a.ledger_id = $1 and a.code like 'member:%:grants:%'
        and split_part(a.code, ':', 4)::integer <> extract(year from e.recorded_at at time zone '${countyPlan.zone}')`,
  },
  {
    name: { en: 'entries that give grants = grants that two people decided', zh: '资助发放凭证 = 由两人批准的资助' },
    finding: { en: 'no grant was decided by two people for it', zh: '没有由两人批准的资助与之对应' },
    sql: `select e.number::text as key, '1' as expected, '0' as actual
      from timeledger.entries e
      left join timebank.grants g on g.ledger_id = $1 and g.state = 'given' and ${personIn('g.proposed_by')} <> ${personIn('g.decided_by')}
        and g.grant_id = (jsonb_path_query_first(e.leaf::jsonb, '$.rows[*] ? (@.table == "grants").key') #>> '{}')::uuid
      where e.ledger_id = $1 and e.kind = 'grant_given' and g.grant_id is null`,
  },
];
