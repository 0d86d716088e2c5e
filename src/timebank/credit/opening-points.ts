/** Points a member brings along from another platform, once: counts of acts, each worth a rule set's points. */
import { refuseFutureDay } from '../../ledger/dates.js';
import { change, type StagedEntry } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import type { TimebankKind } from '../chart.js';
import { requireActive } from '../people/members.js';
import { memberRows } from '../people/rows.js';
import { creditMember, creditNeeds } from './receivable.js';
import { openingPointRows } from './rows.js';
import { type RuleSet, ruleSetName } from './rule-set.js';

export interface OpeningPoints {
  readonly member: string;
  readonly occurrences: bigint;
  readonly points: bigint;
}

/**
 * Points whose entry was reversed do not count as present: they can be brought in anew.
 * Refuses: `date_in_future`, `member_not_found`, `member_merged`, `member_suspended`, `member_inactive`, `opening_points_exist` (with other figures than these: they are counted once),
 * `period_closed`.
 */
export function postOpeningPoints(
  stage: Stage,
  rules: RuleSet,
  opening: OpeningPoints,
  effectiveOn: string,
): StagedEntry | 'posted_before' {
  const { member, occurrences, points } = opening;
  refuseFutureDay(stage, effectiveOn);
  stage.prefetch({
    accounts: creditNeeds(member, 'points'),
    rows: [
      [memberRows, member],
      [openingPointRows, member],
    ],
  });
  requireActive(stage, member);
  const known = presentOpening(stage, member);
  if (known?.points === points && known.occurrences === occurrences) return 'posted_before';
  if (known) {
    throw new Refusal('opening_points_exist', {
      en: `member ${member} was opened with ${known.points} points already`,
      zh: `成员 ${member} 已有期初积分 ${known.points}`,
    });
  }
  const row = { member_id: member, occurrences, points, effective_on: effectiveOn, state: 'counted' };
  return stage.post({
    kind: 'opening_points' satisfies TimebankKind,
    effectiveOn,
    control: true,
    ...creditMember(stage, { memberId: member, purse: 'points', debit: 'point:issuance', amount: points }),
    ruleSet: ruleSetName(rules),
    rows: [change(openingPointRows, row)],
  });
}

/** The points a member was opened with, unless they were taken back. */
export function presentOpening(stage: Stage, member: string) {
  const row = stage.row(openingPointRows, member);
  return row?.state === 'counted' ? row : null;
}
