/**
 * Who is whose relative: claimed by one person with a document, verified by another with the elder's consent, ended when it is so no
 * more. `member` is the elder whose coins relatives may redeem. It does not know what follows from kinship.
 */
import { refuseFutureDay } from '../../ledger/dates.js';
import { change } from '../../ledger/drafts.js';
import { type ErasureReason, postErasure, textAbsent } from '../../ledger/erasure.js';
import type { Needs } from '../../ledger/missing.js';
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import { newSalt } from '../../lib/salt.js';
import type { TimebankKind } from '../chart.js';
import { type KinEndReason, type KinRelation, lineRelations } from '../people-words.js';
import { formerOf, hasEvidence, type Kin, kinshipOn, withoutEvidence } from './kin-history.js';
import { idsBehind, idsOf, type Member, refuseMerged, requireMember } from './members.js';
import { requireNotErased } from './personal-data/not-erased.js';
import { type Reach, requireMemberWithin } from './reach.js';
import { kinRows, memberRows } from './rows.js';
import { type Beside, isFirstPerson, isOneOf, keptAlias } from './second-person.js';

/** Whose relation to whom, and who says so. */
interface KinRequest extends Beside {
  readonly member: string;
  readonly relative: string;
  readonly reach: Reach;
  readonly actor: string;
}

export interface KinClaim extends KinRequest {
  /** What the relative is to the member. */
  readonly relation: KinRelation;
  /** The document that says so. */
  readonly evidence: string;
  /** How many relatives a member may have, claimed or verified. */
  readonly most: number;
}

/**
 * Refuses, in order: `kin_invalid` (with oneself), `member_not_found` (either), `member_merged` (either), `member_erased` (either),
 * `self_approval` (one's own), `kin_exists`, `kin_limit`.
 */
export function claimKin(stage: Stage, claim: KinClaim): Kin {
  const { member, relative, reach } = claim;
  if (member === relative)
    throw new Refusal('kin_invalid', { en: 'nobody is their own relative', zh: '任何人不能是自己的亲属' });
  const [elder, other] = [member, relative].map((id) => requireMemberWithin(stage, reach, id)) as [Member, Member];
  for (const one of [elder, other]) {
    refuseMerged(one);
    requireNotErased(stage, one.member_id);
  }
  refuseOwn(stage, claim);
  refuseOpenKin(stage, elder, other);
  const count = idsOf(elder)
    .flatMap((id) => stage.rows(kinRows, 'member', id))
    .filter(isOpen).length;
  if (count >= claim.most)
    throw new Refusal('kin_limit', {
      en: `member ${member} has ${count} relatives, the rules allow ${claim.most}`,
      zh: `成员 ${member} 已有 ${count} 名亲属，规则最多允许 ${claim.most} 名`,
    });
  return journal(stage, 'kin_claimed', {
    member_id: member,
    relative_id: relative,
    relation: claim.relation,
    state: 'claimed',
    evidence: claim.evidence,
    salt: newSalt(),
    claimed_by: claim.actor,
    claimed_at: stage.instant,
    elder_consent_on: null,
    verified_by: null,
    verified_at: null,
    ended_by: null,
    ended_on: null,
    end_reason: null,
    former: formerOf(stage.row(kinRows, member, relative)),
    claimed_alias: keptAlias(claim, nameOf(member, relative)),
  });
}

/**
 * Verifies what another person has claimed; `elderConsentOn` is the day on which the elder consented.
 * Refuses: `member_not_found`, `member_merged`, `kin_not_found`, `kin_decided`, `self_approval` (who claimed it, or one of the two), `date_in_future`.
 */
export function verifyKin(stage: Stage, request: KinRequest & { readonly elderConsentOn: string }): Kin {
  const row = requireKin(stage, request);
  if (row.state !== 'claimed') throw decided(row);
  refuseOwn(stage, request, row);
  refuseFutureDay(stage, request.elderConsentOn);
  const { actor, elderConsentOn } = request;
  const verification = {
    elder_consent_on: elderConsentOn,
    verified_by: actor,
    verified_at: stage.instant,
    claimed_alias: null,
  };
  return journal(stage, 'kin_verified', { ...row, state: 'verified', ...verification });
}

/** Refuses: `member_not_found`, `member_merged`, `kin_not_found`, `kin_decided` (ended before), `self_approval` (one of the two). */
export function endKin(stage: Stage, request: KinRequest & { readonly reasonCode?: KinEndReason | undefined }): Kin {
  const row = requireKin(stage, request);
  if (row.state === 'ended') throw decided(row);
  refuseOwn(stage, request);
  const { actor, reasonCode = null } = request;
  const end = { ended_by: actor, ended_on: stage.today, end_reason: reasonCode, claimed_alias: null };
  return journal(stage, 'kin_ended', { ...row, state: 'ended', ...end });
}

/** Erases what was written of the evidence, of former relations of the two and under any ids of theirs, too. Refuses: `member_not_found`, `member_merged`, `kin_not_found`, `text_absent`. */
export function eraseKinEvidence(stage: Stage, request: KinRequest & { readonly reason: ErasureReason }): Kin {
  const rows = requireAllKin(stage, request);
  // The old salt goes with the words: with it, a guess of them could be confirmed by the digest that is in the log.
  const erased = rows.filter(hasEvidence).map((row): Kin => ({ ...withoutEvidence(row), salt: newSalt() }));
  const [first] = erased;
  if (!first) throw textAbsent({ en: 'this relation', zh: '该亲属关系' });
  const { number } = postErasure(stage, request.reason, { rows: erased.map((row) => change(kinRows, row)) });
  return { ...first, entry: number };
}

/** Under any ids of the two, what stands first. Refuses: as `requireAllKin`. */
function requireKin(stage: Stage, request: KinRequest): Kin {
  return requireAllKin(stage, request)[0];
}

/** All of the two, under any of their ids, what stands first. Refuses: `member_not_found`, `member_merged` (the elder), `kin_not_found`. */
function requireAllKin(stage: Stage, { member, relative, reach }: KinRequest): [Kin, ...Kin[]] {
  const elder = requireMemberWithin(stage, reach, member);
  refuseMerged(elder);
  const other = idsBehind(stage, relative);
  const pairs = idsOf(elder).flatMap((id) => other.map((one) => [kinRows, id, one] as const));
  stage.prefetch({ rows: pairs });
  const rows = pairs.flatMap(([table, ...pair]) => stage.row(table, ...pair) ?? []);
  const [first, ...others] = [...rows.filter(isOpen), ...rows.filter((row) => !isOpen(row))];
  if (first) return [first, ...others];
  throw new Refusal('kin_not_found', {
    en: `${relative} is not known as a relative of ${member}`,
    zh: `${relative} 未登记为 ${member} 的亲属`,
  });
}

function decided(row: Kin): Refusal {
  return new Refusal('kin_decided', {
    en: `the relation of ${row.relative_id} to ${row.member_id} is ${row.state} already`,
    zh: `${row.relative_id} 与 ${row.member_id} 的亲属关系${row.state === 'ended' ? '已终止' : '已核实'}`,
  });
}

/** Refuses: `self_approval` (one of the two, or who claimed it). */
function refuseOwn(stage: Stage, request: KinRequest, claimed?: Kin): void {
  const { member, relative, actor, alias } = request;
  const isOwn = isOneOf(stage, [member, relative], actor, alias);
  if (!isOwn && !(claimed && isClaimer(stage, claimed, request))) return;
  throw new Refusal('self_approval', {
    en: 'nobody claims or verifies a relation of their own, nor verifies what they claimed',
    zh: '任何人不得登记或核实本人的亲属关系，也不得核实自己登记的亲属关系',
  });
}

function isClaimer(stage: Stage, row: Kin, request: KinRequest): boolean {
  const first = { actor: row.claimed_by, alias: row.claimed_alias };
  return isFirstPerson(stage, nameOf(row.member_id, row.relative_id), first, request);
}

/** How what is sealed for a row names it. */
const nameOf = (member: string, relative: string) => `kin/${member}/${relative}`;

/** That one is the other's relative, either way, stands already. Refuses: `kin_exists`. */
export function refuseOpenKin(stage: Stage, one: Member, other: Member): void {
  const found = relationsOf(stage, one, other).find(isOpen);
  if (!found) return;
  throw new Refusal('kin_exists', {
    en: `${found.relative_id} is ${found.state} as a relative of ${found.member_id}`,
    zh: `${found.relative_id} 已${found.state === 'claimed' ? '登记' : '核实'}为 ${found.member_id} 的亲属`,
  });
}

/** What `kinshipOf` reads of two members of whom neither was made of others: for the `prefetch` of its callers. */
export function kinNeeds(one: string, other: string): NonNullable<Needs['rows']> {
  return [
    [kinRows, one, other],
    [kinRows, other, one],
  ];
}

/** How two members, by id, are verified to be related on a day, whichever of them is the other's relative; or null. Refuses: `member_not_found`. */
export function kinshipOf(stage: Stage, one: string, other: string, day: string): KinRelation | null {
  return kinshipOn(relationsOf(stage, requireMember(stage, one), requireMember(stage, other)), day, stage.zone);
}

/** Whether two members, by id, are verified as spouses or lineal kin on a day. Refuses: `member_not_found`. */
export function areLineKin(stage: Stage, one: string, other: string, day: string): boolean {
  const relation = kinshipOf(stage, one, other, day);
  return relation !== null && lineRelations.includes(relation);
}

/** Has loaded what `kinshipOf` reads of a member and each of several others, however many. All must be loaded; who is no member is left out. */
export function prefetchKinships(stage: Stage, one: string, others: readonly string[]): void {
  const [first, ...rest] = [one, ...others].map((id) => stage.row(memberRows, id));
  if (!first) return;
  const pairs = rest.flatMap((other) => (other ? pairsOf(first, other) : []));
  stage.prefetch({ rows: pairs.flatMap((pair) => kinNeeds(...pair)) });
}

function relationsOf(stage: Stage, one: Member, other: Member): Kin[] {
  const pairs = pairsOf(one, other);
  stage.prefetch({ rows: pairs.flatMap((pair) => kinNeeds(...pair)) });
  return pairs
    .flatMap(([id, second]) => [stage.row(kinRows, id, second), stage.row(kinRows, second, id)])
    .filter((row) => row !== null);
}

/** Every id of the one with every id of the other. */
function pairsOf(one: Member, other: Member): (readonly [string, string])[] {
  return idsOf(one).flatMap((id) => idsOf(other).map((second) => [id, second] as const));
}

const isOpen = ({ state }: Kin) => state !== 'ended';

function journal(stage: Stage, kind: TimebankKind, row: Omit<Kin, 'entry'>): Kin {
  const { number } = stage.post({ kind, rows: [change(kinRows, row)] });
  return { ...row, entry: number };
}
