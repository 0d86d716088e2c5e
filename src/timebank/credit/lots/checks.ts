/**
 * What must hold of lots, as SQL for `verify`, where $1 is the ledger: each check selects key, expected and actual, and only where they differ. It
 * compares nothing itself.
 */
import type { Words } from '../../../lib/language.js';
import { partRows } from './parts.js';

/** Purses that were filled before lots were kept, and not touched since, have none. */
export const lotChecks: readonly { readonly name: Words; readonly sql: string }[] = [
  {
    name: { en: 'what remains of the lots of a purse = its balance', zh: '账户各批次的剩余合计 = 账户余额' },
    sql: `select l.member_id || ':' || l.purse as key, l.remaining::text as expected, coalesce(a.credits - a.debits, 0)::text as actual
      from (select member_id, purse, sum(remaining) as remaining from timebank.lots where ledger_id = $1 group by 1, 2) l
      left join timeledger.accounts a on a.ledger_id = $1 and a.code = 'member:' || l.member_id || ':' || l.purse
      where l.remaining <> coalesce(a.credits - a.debits, 0)`,
  },
  {
    name: {
      en: 'what expired of the lots of members = points posted as expired',
      zh: '各批次的过期合计 = 入账的过期积分',
    },
    sql: `select coalesce(l.key, p.key) as key, coalesce(l.expired, 0)::text as expected, coalesce(p.amount, 0)::text as actual
      from (select member_id || ':' || purse as key, sum(expired) as expired from timebank.lots where ledger_id = $1 group by 1) l
      full join (select split_part(a.code, ':', 2) || ':' || split_part(a.code, ':', 3) as key, sum(p.amount) as amount
        from timeledger.entries e
        join timeledger.postings p on p.ledger_id = $1 and p.entry = e.number
        join timeledger.accounts a on a.ledger_id = $1 and a.account_id = p.account_id and a.code like 'member:%'
        where e.ledger_id = $1 and e.kind in ('points_expired', 'points_reinstated') group by 1) p on p.key = l.key
      where coalesce(l.expired, 0) <> coalesce(p.amount, 0)`,
  },
  {
    name: {
      en: 'lots of a redemption that did not go back = its authorised less released and refunded points',
      zh: '每笔兑换所占用的批次 = 冻结积分减去解冻和退还的积分',
    },
    sql: `select r.redemption_id::text as key, (r.authorised - r.released - r.refunded)::text as expected, o.points::text as actual
      from timebank.redemptions r
      cross join lateral (select coalesce(sum(p.amount), 0) as points from ${partRows('r.lots')}) o
      where r.ledger_id = $1 and r.lots is not null and o.points <> r.authorised - r.released - r.refunded`,
  },
  {
    name: { en: 'lots of a gift of points = its amount', zh: '每笔积分转赠所占用的批次 = 转赠数额' },
    sql: `select g.gift_id::text as key, g.amount::text as expected, o.points::text as actual
      from timebank.gifts g
      cross join lateral (select coalesce(sum(p.amount), 0) as points from ${partRows('g.lots')}) o
      where g.ledger_id = $1 and g.purse = 'points' and o.points <> g.amount`,
  },
];
