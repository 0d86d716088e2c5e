/**
 * Two members who are one person become one: proposed by one person, carried out by another. All that the one has and owes comes to the
 * other in one entry, which mints nothing, and so does what the registries have of them (see people/merging.ts); service records, opening points and past redemptions stay where they were written, and
 * are found under both ids. It does not know what holds points: the caller does.
 */
import { type AccountSpec, balanceOf } from '../../ledger/accounts.js';
import { change, type EntryDraft, type LegDraft, type RowChange } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { least } from '../../lib/decimal.js';
import { Refusal } from '../../lib/refusal.js';
import {
  allPurses,
  memberAccount,
  opensMemberAccount,
  type Purse,
  receivableAccount,
  type TimebankKind,
} from '../chart.js';
import { refuseOpenKin } from '../people/kin.js';
import { memberHistory } from '../people/member-changes.js';
import { idsOf, type Member, refuseMerged, requireActive } from '../people/members.js';
import { carryRegistries, refuseUnmergeable } from '../people/merging.js';
import { requireNotErased } from '../people/personal-data/not-erased.js';
import { type Reach, requireMemberWithin } from '../people/reach.js';
import { memberRows } from '../people/rows.js';
import { type Beside, isFirstPerson, isOneOf, keptAlias } from '../people/second-person.js';
import { refuseOpenClosing } from './closings/closing.js';
import { carryGrants } from './grants/carry.js';
import { expireLots } from './lots/expire.js';
import { creditNeeds, type FreeHolds } from './receivable.js';
import { memberMergeRows } from './rows.js';

export type MemberMerge = ReturnType<typeof memberMergeRows.decode>;

export interface MergeRequest extends Beside {
  /** The id that ends. */
  readonly id: string;
  /** The one that stays. */
  readonly into: string;
  readonly reach: Reach;
  readonly actor: string;
  /** Refuses `member_has_holds` while points of a member are held. */
  readonly refuseHolds: (stage: Stage, memberId: string) => void;
  readonly freeHolds: FreeHolds;
  /** Refuses `member_merge_blocked` where both have given service at one time. */
  readonly refuseServedTwice: (stage: Stage, loser: Member, winner: Member) => void;
}

interface Pair {
  readonly loser: Member;
  readonly winner: Member;
}

/**
 * Proposes a merge, or carries out what another person has proposed; naming another one to stay proposes anew.
 * Refuses, in order: `member_merge_invalid` (with itself), `member_not_found` (either), `member_merged` (either), `member_suspended`,
 * `member_inactive` (either; who has left can end), `member_erased` (either), `self_approval` (of one's own, or of one's own proposal), `kin_exists` (they are
 * relatives), `closing_open` (either), `member_merge_blocked`, `member_has_holds`, `member_has_orders`, `member_has_gifts`.
 */
export function mergeMembers(stage: Stage, request: MergeRequest): MemberMerge {
  const pair = requirePair(stage, request);
  const { id, into, actor, alias } = request;
  if (isOneOf(stage, [id, into], actor, alias)) throw ownMerge();
  refuseOpenKin(stage, pair.loser, pair.winner);
  for (const one of [id, into]) refuseOpenClosing(stage, one);
  refuseUnmergeable(stage, pair.loser, pair.winner);
  request.refuseServedTwice(stage, pair.loser, pair.winner);
  const proposed = stage.row(memberMergeRows, id);
  if (proposed?.status !== 'proposed' || proposed.into_id !== into) return propose(stage, request);
  const first = { actor: proposed.proposed_by, alias: proposed.proposed_alias };
  if (isFirstPerson(stage, nameOf(id), first, request)) throw ownMerge();
  return carryOut(stage, request, pair, proposed);
}

/** Takes a proposal back, whoever made it. Refuses: `member_not_found`, `member_merge_not_found` (none, or decided). */
export function withdrawMerge(stage: Stage, { id, reach, actor }: { id: string; reach: Reach; actor: string }) {
  requireMemberWithin(stage, reach, id);
  const row = stage.row(memberMergeRows, id);
  if (row?.status !== 'proposed')
    throw new Refusal('member_merge_not_found', {
      en: `nobody has proposed to merge ${id}, or not any more`,
      zh: `没有对成员 ${id} 待执行的合并`,
    });
  return journal(stage, 'member_merge_withdrawn', { ...row, status: 'withdrawn', ...decided(stage, actor) });
}

/** Refuses: `member_merge_invalid`, `member_not_found`, `member_merged`, `member_suspended`, `member_inactive`, `member_erased`. */
function requirePair(stage: Stage, { id, into, reach }: MergeRequest): Pair {
  if (id === into)
    throw new Refusal('member_merge_invalid', {
      en: 'a member cannot be merged into themselves',
      zh: '成员不能与自己合并',
    });
  const loser = requireMemberWithin(stage, reach, id);
  const winner = requireMemberWithin(stage, reach, into);
  refuseMerged(loser);
  // A state that binds is not shed by becoming somebody else; what is erased is not joined by what is not.
  if (loser.state !== 'left') requireActive(stage, loser);
  for (const one of [id, into]) requireNotErased(stage, one);
  return { loser, winner: requireActive(stage, winner) };
}

function ownMerge(): Refusal {
  return new Refusal('self_approval', {
    en: 'nobody merges themselves, nor carries out the merge that they proposed',
    zh: '任何人不得合并本人，也不得执行自己提出的合并',
  });
}

function propose(stage: Stage, request: MergeRequest): MemberMerge {
  const { id, into, actor } = request;
  return journal(stage, 'member_merge_proposed', {
    member_id: id,
    into_id: into,
    status: 'proposed',
    proposed_by: actor,
    proposed_alias: keptAlias(request, nameOf(id)),
    proposed_at: stage.instant,
    decided_by: null,
    decided_at: null,
  });
}

/** Refuses: `member_has_holds`, `member_has_orders`, `member_has_gifts`. */
function carryOut(stage: Stage, request: MergeRequest, pair: Pair, proposed: MemberMerge): MemberMerge {
  const { id, into, actor } = request;
  request.refuseHolds(stage, id);
  request.freeHolds.ofMember(stage, into);
  for (const memberId of [id, into]) expireLots(stage, { memberId, purse: 'points' });
  stage.prefetch({ accounts: allPurses.flatMap((purse) => [...creditNeeds(id, purse), ...creditNeeds(into, purse)]) });
  const moves = allPurses.map((purse) => movesOf(stage, { purse, from: id, to: into }));
  const grants = carryGrants(stage, id, into);
  const row = { ...proposed, status: 'merged' as const, ...decided(stage, actor) };
  const carried = carryRegistries(stage, id, into);
  return journal(stage, 'member_merged', row, {
    control: true,
    opens: [...moves.flatMap(({ opens }) => opens), ...grants.opens],
    legs: [...moves.flatMap(({ legs }) => legs), ...grants.legs],
    rows: [...mergedRows(stage, pair), ...grants.rows, ...carried],
  });
}

function journal(
  stage: Stage,
  kind: TimebankKind,
  row: MemberMerge,
  draft: Omit<EntryDraft, 'kind'> = {},
): MemberMerge {
  const { number } = stage.post({ ...draft, kind, rows: [change(memberMergeRows, row), ...(draft.rows ?? [])] });
  return { ...row, entry: number };
}

/** All that one has and owes of an asset comes to the other; a debt of either is paid with what there is before the rest moves. */
function movesOf(
  stage: Stage,
  { purse, from, to }: { purse: Purse; from: string; to: string },
): { legs: LegDraft[]; opens: AccountSpec[] } {
  const [purseFrom, purseTo] = [memberAccount(from, purse), memberAccount(to, purse)];
  const [debtFrom, debtTo] = [receivableAccount(from, purse), receivableAccount(to, purse)];
  const [held, heldThere] = [balanceAt(stage, purseFrom), balanceAt(stage, purseTo)];
  const [owed, owedThere] = [balanceAt(stage, debtFrom.code), balanceAt(stage, debtTo.code)];
  const paysOwn = least(held, owed);
  const paysThere = least(held - paysOwn, owedThere);
  const moves = held - paysOwn - paysThere;
  const paidThere = least(owed - paysOwn, heldThere);
  const owes = owed - paysOwn - paidThere;
  const legs: LegDraft[] = [
    { debit: purseFrom, credit: debtFrom.code, amount: paysOwn },
    { debit: purseFrom, credit: debtTo.code, amount: paysThere },
    { debit: purseFrom, credit: purseTo, amount: moves },
    { debit: purseTo, credit: debtFrom.code, amount: paidThere },
    { debit: debtTo.code, credit: debtFrom.code, amount: owes },
  ].filter(({ amount }) => amount > 0n);
  return {
    legs,
    opens: [
      ...(moves > 0n ? opensMemberAccount(stage, to, purse) : []),
      ...(owes > 0n && !stage.account(debtTo.code) ? [debtTo] : []),
    ],
  };
}

function balanceAt(stage: Stage, code: string): bigint {
  const account = stage.account(code);
  return account ? balanceOf(account) : 0n;
}

/**
 * Both members as they stand now, those that were merged into the one that ends, and its history. What both carry adds up; what comes to a
 * whole step is minted with the next record, within its caps.
 */
function mergedRows(stage: Stage, { loser, winner }: Pair): RowChange[] {
  const { member_id: into } = winner;
  const earlier = idsOf(loser).slice(1);
  stage.prefetch({ rows: earlier.map((one) => [memberRows, one] as const) });
  const ended: Member = { ...loser, state: 'merged', merged_into: into, merged_from: null, carry: 0n };
  const stays: Member = {
    ...winner,
    carry: winner.carry + loser.carry,
    merged_from: [...idsOf(winner).slice(1), ...idsOf(loser)].join(' '),
  };
  return [
    change(memberRows, ended),
    change(memberRows, stays),
    ...earlier.flatMap((one) => {
      const row = stage.row(memberRows, one);
      return row ? [change(memberRows, { ...row, merged_into: into })] : [];
    }),
    memberHistory(stage, loser, ended, { became: 'merged', effectiveOn: stage.today }),
  ];
}

const decided = (stage: Stage, actor: string) => ({
  proposed_alias: null,
  decided_by: actor,
  decided_at: stage.instant,
});

/** How what is sealed for the row of a merge names it. */
const nameOf = (id: string) => `member_merges/${id}`;
