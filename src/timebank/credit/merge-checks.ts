/**
 * What must hold of members that were merged, as SQL for `verify`, where $1 is the ledger: each check selects key, expected and actual, and
 * only where they differ. It compares nothing itself.
 */
import type { Words } from '../../lib/language.js';

/** The id of who a member is now, `id` being that of a member of the ledger: of what was merged, the member that it was merged into. */
export const nowIs = (id: string) =>
  `coalesce((select n.merged_into from timebank.members n where n.ledger_id = $1 and n.member_id = ${id}), ${id})`;

/** Sums by member (`rows` selects key and amount) as sums by who the member is now. */
export const ofPersons = (rows: string) =>
  `select ${nowIs('x.key')} as key, sum(x.amount) as amount from (${rows}) x group by 1`;

/** Who stands behind `role:subject`. */
export const personIn = (actor: string) => `regexp_replace(${actor}, '^([a-z]+:)+', '')`;

/** Whose an account of a member is now. */
const ownerNow = nowIs(`split_part(a.code, ':', 2)`);

/** Members that were merged: nothing is left with them, and nothing went anywhere else. */
export const mergeChecks: readonly { readonly name: Words; readonly sql: string; readonly finding?: Words }[] = [
  {
    name: { en: 'a member that was merged holds and owes nothing', zh: '已合并的成员不再持有余额或欠款' },
    sql: `select a.code as key, '0' as expected, (a.credits - a.debits)::text as actual
      from timebank.members m
      join timeledger.accounts a on a.ledger_id = $1 and a.code like 'member:%' and split_part(a.code, ':', 2) = m.member_id
      where m.ledger_id = $1 and m.merged_into is not null and a.credits <> a.debits`,
  },
  {
    name: { en: 'what a merge moves stays with one person', zh: '合并只在同一人的账户之间转移' },
    sql: `select concat_ws(' ', p.entry, ${ownerNow}, a.asset) as key, '0' as expected, sum(p.amount)::text as actual
      from timeledger.entries e
      join timeledger.postings p on p.ledger_id = $1 and p.entry = e.number
      join timeledger.accounts a on a.ledger_id = $1 and a.account_id = p.account_id
      where e.ledger_id = $1 and e.kind = 'member_merged'
      group by p.entry, ${ownerNow}, a.asset having sum(p.amount) <> 0`,
  },
  {
    name: { en: 'members that were merged = merges that were decided', zh: '已合并的成员 = 已批准的合并' },
    finding: { en: 'no merge was decided by two people for it', zh: '没有由两人批准的合并与之对应' },
    sql: `select m.member_id as key, '1' as expected, '0' as actual
      from timebank.members m
      left join timebank.member_merges g on g.ledger_id = $1 and g.member_id = m.member_id and g.status = 'merged'
        and ${personIn('g.proposed_by')} <> ${personIn('g.decided_by')} and ${nowIs('g.into_id')} = m.merged_into
      where m.ledger_id = $1 and m.merged_into is not null and g.member_id is null`,
  },
];
