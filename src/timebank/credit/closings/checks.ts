/**
 * What must hold of members whose accounts were settled, as SQL for `verify`, where $1 is the ledger: each check selects key, expected and actual,
 * and only where they differ. What came to such a purse later is no difference: it stands there until it is settled, too. It compares nothing itself.
 */
import type { Words } from '../../../lib/language.js';
import { personIn } from '../merge-checks.js';

const settled = `timebank.closings c where c.ledger_id = $1 and c.state = 'settled'`;

/** SQL: what the settlement of `c` posted to an account, debits less credits. */
const postedTo = (code: string) => `(select coalesce(sum(p.amount), 0) from timeledger.accounts a
  join timeledger.postings p on p.ledger_id = $1 and p.account_id = a.account_id and p.entry = c.settlement
  where a.ledger_id = $1 and a.code = ${code})`;

const purse = (name: string) => postedTo(`'member:' || c.member_id || ':${name}'`);
const debt = (name: string) => postedTo(`'member:' || c.member_id || ':receivable:${name}'`);

export const closingChecks: readonly { readonly name: Words; readonly sql: string; readonly finding?: Words }[] = [
  {
    name: {
      en: 'once settled, a member holds and owes nothing but hours',
      zh: '账户结清时，除服务时长外不再有余额或欠额',
    },
    sql: `select a.code as key, '0' as expected, sum(p.amount)::text as actual
      from (select distinct c.member_id, c.settlement from ${settled}) c
      join timeledger.accounts a on a.ledger_id = $1 and a.code like 'member:%' and split_part(a.code, ':', 2) = c.member_id and a.asset <> 'HOUR'
      join timeledger.postings p on p.ledger_id = $1 and p.account_id = a.account_id and p.entry <= c.settlement
      group by a.code, c.settlement having sum(p.amount) <> 0`,
  },
  {
    name: { en: 'what a settlement says of a member = postings of its entry', zh: '账户结清所记数额 = 相应凭证的过账' },
    sql: `select c.closing_id::text as key, s.said as expected, s.posted as actual from timebank.closings c
      cross join lateral (select
        concat_ws(' ', c.coins + c.coins_repaid, c.coins_repaid + c.coins_written_off, c.points + c.points_repaid, c.points_repaid + c.points_written_off) as said,
        concat_ws(' ', ${purse('coins')}, -${debt('coins')}, ${purse('points')}, -${debt('points')}) as posted) s
      where c.ledger_id = $1 and c.state = 'settled' and s.said <> s.posted`,
  },
  {
    name: {
      en: 'what settlements wrote off = written-off accounts',
      zh: '账户结清所核销的欠额 = 核销账户',
    },
    sql: `select v.code as key, v.amount::text as expected, coalesce(a.debits - a.credits, 0)::text as actual
      from (select 'coin:written-off' as code, coalesce(sum(c.coins_written_off), 0) as amount from ${settled}
        union all select 'point:written-off', coalesce(sum(c.points_written_off), 0) from ${settled}) v
      left join timeledger.accounts a on a.ledger_id = $1 and a.code = v.code
      where v.amount <> coalesce(a.debits - a.credits, 0)`,
  },
  {
    name: {
      en: 'what settlements left to nobody = lapsed accounts',
      zh: '账户结清时失效的余额 = 失效账户',
    },
    sql: `select v.code as key, v.amount::text as expected, coalesce(a.credits - a.debits, 0)::text as actual
      from (select 'coin:lapsed' as code, coalesce(sum(c.coins) filter (where c.destination = 'lapse'), 0) as amount from ${settled}
        union all select 'point:lapsed', coalesce(sum(c.points) filter (where c.destination <> 'kin'), 0) from ${settled}) v
      left join timeledger.accounts a on a.ledger_id = $1 and a.code = v.code
      where v.amount <> coalesce(a.credits - a.debits, 0)`,
  },
  {
    name: { en: 'settlements = closings that were decided', zh: '账户结清凭证 = 已批准的结清' },
    finding: {
      en: 'not as many different people as it takes have decided it',
      zh: '没有由规定人数的不同人员批准的结清与之对应',
    },
    sql: `select e.number::text as key, '1' as expected, '0' as actual
      from timeledger.entries e
      left join timebank.closings c on c.ledger_id = $1 and c.settlement = e.number and c.state = 'settled'
        and ${personIn('c.proposed_by')} <> ${personIn('c.decided_by')}
        and (c.cause = 'died') = (c.approved_by is not null)
        and (c.approved_by is null or ${personIn('c.approved_by')} not in (${personIn('c.proposed_by')}, ${personIn('c.decided_by')}))
      where e.ledger_id = $1 and e.kind = 'member_settled' and c.closing_id is null`,
  },
];
