/**
 * What other platforms send: acts that they have counted, and issues that residents reported and that were resolved. An item has one id of its
 * platform's for ever: sent again as it stands it changes nothing, sent otherwise it is a new version, which posts what it brings more or less.
 * Points go by the rules of the day on which it happened. Knows no batch but by name.
 */
import { firstOpenDay, refuseFutureDay } from '../../../ledger/dates.js';
import { change, type RowChange, type StagedEntry } from '../../../ledger/drafts.js';
import type { Needs } from '../../../ledger/missing.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import type { IntakeKind, IntakeState } from '../../intake-words.js';
import { type Member, refuseMerged, requireActiveOn, requireMember } from '../../people/members.js';
import { memberRows } from '../../people/rows.js';
import { expiryOfEarned } from '../lots/age.js';
import { openList } from '../lots/open-lots.js';
import { creditNeeds, type FreeHolds } from '../receivable.js';
import { lotRows } from '../rows.js';
import { ruleSetName } from '../rule-set.js';
import { approvedList, rulesOn } from '../rules-in-force.js';
import { batchNeeds, rowsOfBatch } from './batch.js';
import { type Earned, movePoints } from './points.js';
import { intakeItemRows, intakeVersionRows } from './rows.js';

type ItemRow = ReturnType<typeof intakeItemRows.decode>;
export type Item = ItemRow & { readonly entry: number };

/** What a platform sends. */
export interface Sent {
  readonly platform: string;
  readonly externalId: string;
  readonly what: IntakeKind;
  readonly member: string;
  readonly occurredOn: string;
  /** Of an issue 1. */
  readonly occurrences: number;
  readonly state: IntakeState;
  /** The platform's number of the version: what has a lower one than what stands came late, and changes nothing. Null: it gives none. */
  readonly revision: number | null;
  readonly batch: string | null;
}

/** What `takeIn` reads, the lot that the points come to included. */
function needsOf(stage: Stage, { platform, member, occurredOn, batch }: Sent): Needs {
  return {
    accounts: ['point:issuance', ...creditNeeds(member, 'points')],
    rows: [
      [memberRows, member],
      [lotRows, member, 'points', expiryOfEarned(stage, occurredOn)],
      ...batchNeeds(platform, batch),
    ],
    lists: [approvedList, openList({ memberId: member, purse: 'points' })],
  };
}

/**
 * Takes an item in and returns it as it stands then. Where it is there already as it is sent, or in a later revision, nothing is posted;
 * the same in a later revision than stands is a version that moves nothing.
 * Refuses: `intake_item_conflict` (the id is of another kind of item, or the revision says something else), `intake_batch_closed`, `date_in_future`, `member_not_found`, `member_merged`, `member_suspended`, `member_inactive`, `rule_set_not_effective`.
 */
export function takeIn(stage: Stage, sent: Sent, freeHolds: FreeHolds): Item {
  return stage.prefetching(
    () => needsOf(stage, sent),
    () => {
      const known = stage.uniqueRow(intakeItemRows, 'key', sent.platform, sent.externalId);
      if (known && isSettled(sent, known)) return known as Item;
      const batch = rowsOfBatch(stage, sent.platform, sent.batch);
      refuseFutureDay(stage, sent.occurredOn);
      requireTarget(stage, sent, known);
      return postVersion(stage, known, judged(stage, sent, known), { freeHolds, rows: batch });
    },
  );
}

/** Whether what is sent asks for nothing. Refuses: `intake_item_conflict`. */
function isSettled(sent: Sent, known: ItemRow): boolean {
  const { externalId, what, revision } = sent;
  if (what !== known.kind)
    throw conflict({
      en: `${externalId} is of kind ${known.kind}`,
      zh: `${externalId} 已用于另一类报送（${known.kind}）`,
    });
  if (revision === null) return saysTheSame(sent, known);
  // The same in a later revision is a word that stands: what comes between the two is late.
  if (known.revision === null || revision > known.revision) return false;
  if (revision === known.revision && !saysTheSame(sent, known))
    throw conflict({
      en: `revision ${revision} of ${externalId} says something else already`,
      zh: `${externalId} 的修订号 ${revision} 已用于其他内容`,
    });
  return true;
}

function saysTheSame({ member, occurredOn, occurrences, state }: Sent, known: ItemRow): boolean {
  return (
    member === known.member_id &&
    occurredOn === known.occurred_on &&
    occurrences === known.occurrences &&
    state === known.state
  );
}

function conflict(detail: Refusal['detail']): Refusal {
  return new Refusal('intake_item_conflict', detail);
}

/** Points come to members who took part on that day; what brings none only has to be somebody's. A member who was merged keeps what they had. */
function requireTarget(stage: Stage, sent: Sent, known: ItemRow | null): void {
  const member = requireMember(stage, sent.member);
  if (known?.member_id !== sent.member) refuseMerged(member);
  if (isEarning(sent.state) && member.merged_into === null) requireActiveOn(stage, member, sent.occurredOn);
}

const isEarning = (state: IntakeState) => state === 'counted' || state === 'resolved';

type Version = Omit<ItemRow, 'entry'>;

/** The next version of an item, as what was sent makes it; saying the same again is worth the same. Refuses: `rule_set_not_effective`. */
function judged(stage: Stage, sent: Sent, known: ItemRow | null): Version {
  const { platform, externalId, what, member, occurredOn, occurrences, state, revision, batch } = sent;
  return {
    platform_id: platform,
    external_id: externalId,
    version: (known?.version ?? 0) + 1,
    revision: revision ?? known?.revision ?? null,
    replaces: known?.version ?? null,
    kind: what,
    member_id: member,
    occurred_on: occurredOn,
    occurrences,
    state,
    batch_id: batch,
    ...worthOf(stage, sent, known),
  };
}

function worthOf(stage: Stage, sent: Sent, known: ItemRow | null): Pick<Version, 'points' | 'expires_on' | 'rule_set'> {
  if (!isEarning(sent.state)) return { points: 0n, expires_on: null, rule_set: null };
  if (known && saysTheSame(sent, known))
    return { points: known.points, expires_on: known.expires_on, rule_set: known.rule_set };
  const rules = rulesOn(stage, sent.occurredOn);
  const each = sent.what === 'service_count' ? rules.points_per_occurrence : rules.points_per_resolved_issue;
  const points = BigInt(each) * BigInt(sent.occurrences);
  // A rule that gives nothing is a rule, but there is nothing that could expire.
  const expires_on = points === 0n ? null : expiryOfEarned(stage, sent.occurredOn);
  return { points, expires_on, rule_set: ruleSetName(rules) };
}

/** Posts a version of an item in the place of the one that stands: the points that it brings more or less, and of whom. */
export function postVersion(
  stage: Stage,
  known: ItemRow | null,
  next: Version,
  { freeHolds, rows = [] }: { readonly freeHolds: FreeHolds; readonly rows?: readonly RowChange[] },
): Item {
  const [was, now] = [known && earnedOf(stage, known), earnedOf(stage, next)];
  const entry = stage.post({
    kind: kindOf(was, now),
    effectiveOn: now && !was ? firstOpenDay(stage, next.occurred_on) : stage.today,
    reference: next.external_id,
    reason: next.kind,
    control: true,
    ...movePoints(stage, was, now, freeHolds),
    ...(next.rule_set !== null && { ruleSet: next.rule_set }),
    rows: [...versionRows(known, next), ...rows],
  });
  return { ...next, entry: entry.number };
}

/** The row of an item that changes, and, of one that was there, that of the version which does not stand any more. */
export function versionRows(known: ItemRow | null, next: Version): RowChange[] {
  // Nearly no item is asked for again: the memory does not hold it.
  const changed = change(intakeItemRows, next, false);
  if (!known) return [changed];
  const { entry = 0, ...before } = known;
  return [changed, change(intakeVersionRows, { ...before, posted: entry })];
}

function kindOf(was: Earned | null, now: Earned | null): StagedEntry['draft']['kind'] & TimebankKind {
  if (was && now) return 'intake_corrected';
  if (was) return 'intake_withdrawn';
  return now ? 'intake_counted' : 'intake_recorded';
}

/** Who has the points of an item now. Null: it brings none. */
export function earnedOf(stage: Stage, { member_id, points, expires_on }: Version): Earned | null {
  if (points === 0n || expires_on === null) return null;
  return { memberId: holderOf(requireMember(stage, member_id)), points, expiresOn: expires_on };
}

const holderOf = ({ merged_into, member_id }: Member) => merged_into ?? member_id;

export function itemNotFound(externalId: string): Refusal {
  return new Refusal('intake_item_not_found', {
    en: `there is no item ${externalId}`,
    zh: `没有编号为 ${externalId} 的报送记录`,
  });
}
