/**
 * What must hold of service records and their corrections, as SQL for `verify`, where $1 is the ledger: each check selects key, expected and
 * actual, and only where they differ. What was reversed counts no more; that is read from the journal. It compares nothing itself.
 */
import type { Words } from '../../lib/language.js';
import { heldForOrders } from '../chart.js';
import { nowIs, ofPersons } from '../credit/merge-checks.js';

/** SQL: the entry in `column` was not reversed. */
const notReversed = (column: string) =>
  `not exists (select from timeledger.entries v where v.ledger_id = $1 and v.reverses = ${column})`;

/**
 * SQL: records that count, with coins as they stand and what each added to what its volunteer carries. $1 is the ledger.
 */
export const standing = `
  select r.service_record_id, r.volunteer_id, r.order_id, r.funding, r.hours, r.coins + coalesce(c.coins, 0) as coins, r.to_pool + coalesce(c.to_pool, 0) as to_pool,
    coalesce(d.amount, 0) + coalesce(c.carried, 0) as carried
  from timebank.service_records r
  left join timebank.service_differences d on d.ledger_id = $1 and d.service_record_id = r.service_record_id and d.code = 'rounding_carry'
  left join (select service_record_id, sum(coins) as coins, sum(to_pool) as to_pool, sum(rounding_carry) as carried
    from timebank.service_recomputations where ledger_id = $1 group by service_record_id) c on c.service_record_id = r.service_record_id
  where r.ledger_id = $1 and ${notReversed('r.entry')}`;

/** SQL: how many equal shares were paid of the order `o`, and how many coins all of them are for `paid`, which is a sum. */
const shares = `case o.funding when 'fund' then 1 else o.recipients end`;
const sharesPaid = (paid: string) => `div(${paid} + ${shares} - 1, ${shares}) * ${shares}`;

/** SQL: what the shares that recipients paid for records that count are more than their coins. $1 is the ledger. */
export const remainders = `
  select ${sharesPaid('s.coins + s.to_pool')} - (s.coins + s.to_pool) as amount
  from (${standing}) s join timebank.orders o on o.ledger_id = $1 and o.order_id = s.order_id where s.funding is not null`;

/** What entries brought each member: entry, who they are now, and coins. */
const coinsByEntry = `select p.entry, ${nowIs(`split_part(a.code, ':', 2)`)} as member_id, sum(-p.amount) as amount
        from timeledger.accounts a join timeledger.postings p on p.ledger_id = $1 and p.account_id = a.account_id
        where a.ledger_id = $1 and a.asset = 'COIN' and a.code like 'member:%' group by 1, 2`;

/** Who stands behind `role:subject`. */
const personIn = (actor: string) => `regexp_replace(${actor}, '^([a-z]+:)+', '')`;

/** SQL: coins that purses of grants have paid: what of them is held for orders, and what was paid for records that count. $1 is the ledger. */
const paidByGrants = `(select coalesce(sum(p.held), 0) from timebank.order_people p
    join timebank.orders o on o.ledger_id = $1 and o.order_id = p.order_id and o.funding = 'grant' where p.ledger_id = $1)
  + (select coalesce(sum(${sharesPaid('s.coins + s.to_pool')}), 0) from (${standing}) s
    join timebank.orders o on o.ledger_id = $1 and o.order_id = s.order_id where s.funding = 'grant')`;

export const serviceChecks: readonly { readonly name: Words; readonly sql: string; readonly finding?: Words }[] = [
  {
    name: {
      en: 'hours = coins to the member + differences, for every service record',
      zh: '每条志愿服务记录的时长 = 成员所得时间币 + 差异',
    },
    sql: `select s.service_record_id as key, s.hours::text as expected, (s.coins + coalesce(d.amount, 0))::text as actual
      from timebank.service_records s
      left join (select service_record_id, sum(amount) as amount from timebank.service_differences
        where ledger_id = $1 group by service_record_id) d on d.service_record_id = s.service_record_id
      where s.ledger_id = $1 and s.hours <> s.coins + coalesce(d.amount, 0)`,
  },
  {
    name: {
      en: 'what a member carries = what the differences of their service records say was carried',
      zh: '成员的结转零头 = 其服务记录差异中结转的零头',
    },
    sql: `select m.member_id as key, coalesce(c.amount, 0)::text as expected, m.carry::text as actual
      from timebank.members m
      left join (${ofPersons(`select s.volunteer_id as key, sum(s.carried) as amount from (${standing}) s group by 1`)}) c on c.key = m.member_id
      where m.ledger_id = $1 and m.carry <> coalesce(c.amount, 0)`,
  },
  {
    name: {
      en: 'coins of a service record = coins its entry brought the volunteer',
      zh: '服务记录的时间币 = 其凭证记入志愿者的时间币',
    },
    sql: `select r.service_record_id as key, r.coins::text as expected, coalesce(p.amount, 0)::text as actual
      from timebank.service_records r
      left join (select p.entry, split_part(a.code, ':', 2) as member_id, sum(-p.amount) as amount
        from timeledger.accounts a join timeledger.postings p on p.ledger_id = $1 and p.account_id = a.account_id
        where a.ledger_id = $1 and a.asset = 'COIN' and a.code like 'member:%' group by 1, 2) p
        on p.entry = r.entry and p.member_id = r.volunteer_id
      where r.ledger_id = $1 and r.coins <> coalesce(p.amount, 0)`,
  },
  {
    name: {
      en: 'coins of a recomputation = coins its entry brought the volunteer',
      zh: '重新计算的时间币 = 其凭证记入志愿者的时间币',
    },
    sql: `select concat_ws(' ', c.service_record_id, c.entry) as key, c.coins::text as expected, coalesce(p.amount, 0)::text as actual
      from timebank.service_recomputations c
      left join (${coinsByEntry}) p on p.entry = c.entry and p.member_id = ${nowIs('c.volunteer_id')}
      where c.ledger_id = $1 and c.coins <> coalesce(p.amount, 0)`,
  },
  {
    name: {
      en: 'what is held again for a paid record that was reversed = what was paid for it',
      zh: '冲销点单已支付的服务记录后重新冻结的时间币 = 原支付的时间币',
    },
    sql: `select r.service_record_id as key, (${sharesPaid('r.coins + r.to_pool')})::text as expected, coalesce(p.amount, 0)::text as actual
      from timebank.service_records r
      join timebank.orders o on o.ledger_id = $1 and o.order_id = r.order_id
      join timeledger.entries v on v.ledger_id = $1 and v.reverses = r.entry
      left join (select p.entry, sum(-p.amount) as amount from timeledger.accounts a
        join timeledger.postings p on p.ledger_id = $1 and p.account_id = a.account_id
        where a.ledger_id = $1 and a.code = '${heldForOrders.code}' group by 1) p on p.entry = v.number
      where r.ledger_id = $1 and r.funding is not null and ${sharesPaid('r.coins + r.to_pool')} <> coalesce(p.amount, 0)`,
  },
  {
    name: {
      en: 'what was granted = what stands + what is held or was paid for orders + what went back to the fund',
      zh: '发放的资助 = 资助余额 + 点单冻结和支付的资助 + 退回基金的资助',
    },
    sql: `select 'grants' as key, v.granted::text as expected, v.found::text as actual
      from (select (select coalesce(sum(g.amount), 0) from timebank.grants g where g.ledger_id = $1 and g.state = 'given') as granted,
        (select coalesce(sum(a.credits - a.debits), 0) from timeledger.accounts a where a.ledger_id = $1 and a.code like 'member:%:grants:%')
        + ${paidByGrants}
        + (select coalesce(sum(p.returned), 0) from timebank.grant_purses p where p.ledger_id = $1) as found) v
      where v.granted <> v.found`,
  },
  {
    name: { en: 'service records that were reversed = corrections carried out', zh: '已冲销的服务记录 = 已执行的更正' },
    finding: {
      en: 'no correction was carried out by two people for it, or not reversed',
      zh: '没有由两人执行的更正，或未冲销',
    },
    sql: `select coalesce(r.service_record_id, c.service_record_id) as key, '1' as expected, '0' as actual
      from (select r.service_record_id from timebank.service_records r where r.ledger_id = $1 and not ${notReversed('r.entry')}) r
      full join (select c.service_record_id, ${personIn('c.proposed_by')} <> ${personIn('c.decided_by')} as by_two
        from timebank.service_corrections c where c.ledger_id = $1 and c.status = 'carried_out') c
        on c.service_record_id = r.service_record_id
      where r.service_record_id is null or c.by_two is not true`,
  },
  {
    name: {
      en: 'what takes the place of a service record = what its correction names',
      zh: '取代服务记录的记录 = 其更正所指的记录',
    },
    sql: `select coalesce(r.key, c.key) as key, coalesce(c.by, '-') as expected, coalesce(r.by, '-') as actual
      from (select corrects as key, service_record_id as by from timebank.service_records where ledger_id = $1 and corrects is not null) r
      full join (select service_record_id as key, corrected_by as by from timebank.service_corrections
        where ledger_id = $1 and corrected_by is not null) c on c.key = r.key
      where c.by is distinct from r.by`,
  },
];
