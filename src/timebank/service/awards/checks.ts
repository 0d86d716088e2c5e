/**
 * What must hold of awards, for `verify`: what each round found is what it finds today in the books of its entry; and as SQL, where $1 is the ledger,
 * that nothing was awarded or revoked but by as many different people as it takes. Each check selects key, expected and actual, only where they differ.
 */
import type { TransactionSql } from 'postgres';
import { type TextRow, textColumns } from '../../../ledger/rows.js';
import type { Findings } from '../../../ledger/verify/findings.js';
import { DamagedData } from '../../../lib/damage.js';
import type { Words } from '../../../lib/language.js';
import { countyPlan } from '../../chart.js';
import { personIn } from '../../credit/merge-checks.js';
import { snapshotOf } from './reads.js';
import type { AwardRound } from './round.js';
import { awardRoundRows } from './rows.js';
import { snapshotMethod } from './snapshot.js';

const quorum = `case r.criteria::json ->> 'decision' when 'majority' then 2 else 3 end`;

export const awardChecks: readonly { readonly name: Words; readonly sql: string; readonly finding?: Words }[] = [
  {
    name: { en: 'candidates of an award round = those it found', zh: '评选候选人数 = 名单人数' },
    sql: `select r.round_id::text as key, r.candidates::text as expected, count(c.number)::text as actual
      from timebank.award_rounds r
      left join timebank.award_candidates c on c.ledger_id = $1 and c.round_id = r.round_id
      where r.ledger_id = $1 group by r.round_id, r.candidates having r.candidates <> count(c.number)`,
  },
  {
    name: { en: 'awards = awards that rounds have decided', zh: '荣誉 = 评选所授予的荣誉' },
    sql: `select r.round_id::text as key, coalesce(r.awards, 0)::text as expected, count(w.number)::text as actual
      from timebank.award_rounds r
      left join timebank.awards w on w.ledger_id = $1 and w.round_id = r.round_id
      where r.ledger_id = $1 group by r.round_id, r.awards having coalesce(r.awards, 0) <> count(w.number)`,
  },
  {
    name: { en: 'an award goes to a candidate who stands', zh: '当选者 = 名单上未被取消资格的候选人' },
    finding: {
      en: 'the round has no such candidate, or an objection was upheld',
      zh: '名单上没有该候选人，或异议已成立',
    },
    sql: `select concat_ws('/', w.round_id, w.number) as key, '1' as expected, '0' as actual
      from timebank.awards w
      left join timebank.award_candidates c on c.ledger_id = $1 and c.round_id = w.round_id and c.number = w.number
        and (c.member_id, c.place, c.level) is not distinct from (w.member_id, w.place, w.level)
      where w.ledger_id = $1 and (c.number is null or exists (select from timebank.award_objections o
        where o.ledger_id = $1 and o.round_id = w.round_id and o.candidate = w.number and o.state = 'upheld'))`,
  },
  {
    name: { en: 'a round is decided by three parties after its notice', zh: '评选由三方在公示期满后表决' },
    finding: {
      en: 'three different people have not voted so, or an objection was not answered',
      zh: '三方未由不同人员如此表决，或尚有异议未答复',
    },
    sql: `select r.round_id::text as key, '1' as expected, '0' as actual from timebank.award_rounds r
      cross join lateral (select count(distinct ${personIn('v.voted_by')}) as people, count(*) filter (where v.approve) as approvals,
          min(v.voted_at) as first_at from timebank.award_votes v where v.ledger_id = $1 and v.round_id = r.round_id) v
      where r.ledger_id = $1 and r.state in ('awarded', 'refused') and (v.people <> 3 or (v.approvals >= ${quorum}) <> (r.state = 'awarded')
        or (v.first_at at time zone '${countyPlan.zone}')::date <= r.notice_until
        or exists (select from timebank.award_objections o where o.ledger_id = $1 and o.round_id = r.round_id and o.state = 'open'))`,
  },
  {
    name: {
      en: 'awards that were revoked = revocations that two people decided',
      zh: '已撤销的荣誉 = 由两人决定的撤销',
    },
    finding: { en: 'two different people have not decided it', zh: '没有由不同的两人决定的撤销与之对应' },
    sql: `select e.number::text as key, '1' as expected, '0' as actual
      from timeledger.entries e
      left join timebank.award_revocations v on v.ledger_id = $1 and v.revoked_entry = e.number and v.state = 'revoked'
        and ${personIn('v.proposed_by')} <> ${personIn('v.decided_by')}
      where e.ledger_id = $1 and e.kind = 'award_revoked' and v.number is null`,
  },
];

/** Returns how many rounds were compared. */
export async function verifyAwards(sql: TransactionSql, ledgerId: number, findings: Findings): Promise<number> {
  const rows = await sql.unsafe(
    `select ${textColumns(awardRoundRows, 'r')} from timebank.award_rounds r where r.ledger_id = $1 order by r.round_id`,
    [ledgerId],
  );
  const rounds = rows.map((row) => awardRoundRows.decode(row as TextRow) as AwardRound);
  // Another version may find others, and be right to.
  for (const round of rounds.filter(({ method }) => method === snapshotMethod)) {
    const again = await foundAgain(sql, ledgerId, round);
    findings.compare(
      'award_rounds',
      round.round_id,
      { snapshot_sha256: round.snapshot_sha256 },
      { snapshot_sha256: again },
    );
  }
  return rounds.length;
}

/** Null: its criteria cannot be read. */
async function foundAgain(sql: TransactionSql, ledgerId: number, round: AwardRound): Promise<string | null> {
  try {
    return (await snapshotOf(sql, ledgerId, round)).sha256;
  } catch (error) {
    if (error instanceof DamagedData) return null;
    throw error;
  }
}
