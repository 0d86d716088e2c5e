/** Points a member brings along from another platform, once: counts of acts, each worth a rule set's points. */

import { change, type StagedEntry } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import { memberAccount, opensMemberAccount, type TimebankKind } from '../chart.js';
import { requireMember } from '../people/members.js';
import { memberRows } from '../people/rows.js';
import { openingPointRows } from './rows.js';
import { type RuleSet, ruleSetName } from './rule-set.js';

export interface OpeningPoints {
  readonly member: string;
  readonly occurrences: bigint;
  readonly points: bigint;
}

/** Refuses: `member_not_found`, `opening_points_exist` (with other figures than these: they are counted once). */
export function postOpeningPoints(
  stage: Stage,
  rules: RuleSet,
  opening: OpeningPoints,
  effectiveOn: string,
): StagedEntry | 'posted_before' {
  const { member, occurrences, points } = opening;
  stage.prefetch({
    accounts: [memberAccount(member, 'points')],
    rows: [
      [memberRows, member],
      [openingPointRows, member],
    ],
  });
  requireMember(stage, member);
  const known = stage.row(openingPointRows, member);
  if (known?.points === points && known.occurrences === occurrences) return 'posted_before';
  if (known) {
    throw new Refusal('opening_points_exist', `member ${member} was opened with ${known.points} points already`);
  }
  const row = { member_id: member, occurrences, points, effective_on: effectiveOn };
  return stage.post({
    kind: 'opening_points' satisfies TimebankKind,
    effectiveOn,
    opens: opensMemberAccount(stage, member, 'points'),
    legs: points > 0n ? [{ debit: 'point:issuance', credit: memberAccount(member, 'points'), amount: points }] : [],
    ruleSet: ruleSetName(rules),
    rows: [change(openingPointRows, row)],
  });
}
