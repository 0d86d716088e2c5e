/**
 * Grants: coins of the fund that a member in need can pay orders with until the end of the year, and can give to nobody. One person proposes, another
 * approves, and only then they are the member's. That somebody is granted something says that they are in need: the leaf of a proposal names nobody.
 */
import { balanceOf } from '../../../ledger/accounts.js';
import { change, type EntryDraft } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { formatAmount, parseAmount } from '../../../lib/decimal.js';
import { Refusal } from '../../../lib/refusal.js';
import { newSalt } from '../../../lib/salt.js';
import { assetOfPurse, fundAccount, grantsAccount, opensGrants, type TimebankKind } from '../../chart.js';
import { isCaredFor } from '../../people/care/care.js';
import { idsOf, type Member, memberNotFound, requireActive, requireMember } from '../../people/members.js';
import { isErased, requireNotErased } from '../../people/personal-data/not-erased.js';
import { isMemberWithin, type Reach } from '../../people/reach.js';
import { type Beside, isFirstPerson, isOneOf, keptAlias } from '../../people/second-person.js';
import { type FreeHolds, freeIfShort } from '../receivable.js';
import { type GrantState, grantStatesZh } from './grant-words.js';
import { needsOfGrants, openedPurse, yearOf } from './purses.js';
import { grantRows } from './rows.js';

export type Grant = ReturnType<typeof grantRows.decode>;

/** Who proposes or decides, and how far they see. */
export interface Granting extends Beside {
  readonly reach: Reach;
  readonly actor: string;
}

export interface GrantRequest {
  /** A new UUID for the grant. */
  readonly id: string;
  readonly member: string;
  /** Coins, as a decimal string. */
  readonly amount: string;
  /** Of the document that says so. */
  readonly documentNumber: string;
  readonly reason: string | null;
}

const { scale } = assetOfPurse('coins');

/** The fund pays for members in need. Refuses: `fund_not_for_member`. */
export function requireInNeed(stage: Stage, member: string): void {
  if (isCaredFor(stage, member, 'hardship')) return;
  throw new Refusal('fund_not_for_member', {
    en: `${member} is not on the care registry for hardship`,
    zh: `${member} 不在困难关爱名册中`,
  });
}

/**
 * Proposes a grant; nothing moves yet. Of an id that was merged, it is for who the member is now.
 * Refuses, in order: `member_not_found` (also out of reach), `member_suspended`, `member_inactive`, `member_erased`, `self_approval` (to oneself),
 * `amount_invalid`, `fund_not_for_member`.
 */
export function proposeGrant(stage: Stage, request: GrantRequest, granting: Granting): Grant {
  const member = memberNow(stage, request.member);
  if (!isMemberWithin(stage, granting.reach, member)) throw memberNotFound(request.member);
  requireGrantable(stage, member, granting);
  const amount = parseAmount(request.amount, scale);
  if (amount <= 0n)
    throw new Refusal('amount_invalid', { en: 'a grant is more than nothing', zh: '资助数额必须大于零' });
  requireInNeed(stage, member.member_id);
  return journal(stage, 'grant_proposed', {
    grant_id: request.id,
    member_id: member.member_id,
    amount,
    state: 'proposed',
    year: null,
    document_number: request.documentNumber,
    reason: request.reason,
    rejection: null,
    salt: newSalt(),
    proposed_by: granting.actor,
    proposed_alias: keptAlias(granting, nameOf(request.id)),
    proposed_at: stage.instant,
    decided_by: null,
    decided_at: null,
  });
}

/**
 * Gives what another person has proposed, for this year.
 * Refuses, in order: `grant_not_found` (also out of reach), `grant_decided`, `self_approval` (who proposed it, under whatever role, or the member),
 * `member_suspended`, `member_inactive`, `member_erased`, `fund_not_for_member`, `balance_insufficient` (of the fund), then what `Stage.post` refuses.
 */
export function approveGrant(stage: Stage, id: string, granting: Granting & { readonly freeHolds: FreeHolds }): Grant {
  const grant = requireProposed(stage, id, granting.reach);
  const first = { actor: grant.proposed_by, alias: grant.proposed_alias };
  if (isFirstPerson(stage, nameOf(id), first, granting))
    throw new Refusal('self_approval', {
      en: 'who proposed a grant cannot approve it',
      zh: '提出资助的人不能审批该资助',
    });
  const member = memberNow(stage, grant.member_id);
  requireGrantable(stage, member, granting);
  requireInNeed(stage, member.member_id);
  const name = { memberId: member.member_id, year: yearOf(stage.today) };
  stage.prefetch(needsOfGrants([name]));
  requireFunded(stage, grant.amount, granting.freeHolds);
  const given: Grant = { ...grant, state: 'given', year: name.year, ...decided(stage, granting.actor) };
  return journal(stage, 'grant_given', given, {
    control: true,
    legs: [{ debit: fundAccount, credit: grantsAccount(name), amount: grant.amount }],
    opens: opensGrants(stage, name),
    rows: [openedPurse(stage, name)],
  });
}

/** Refuses: `grant_not_found` (also out of reach), `grant_decided`. Whoever proposed it may withdraw it so. */
export function rejectGrant(
  stage: Stage,
  id: string,
  { reach, actor, reason }: Pick<Granting, 'reach' | 'actor'> & { readonly reason: string | null },
): Grant {
  const grant = requireProposed(stage, id, reach);
  return journal(stage, 'grant_rejected', {
    ...grant,
    state: 'rejected',
    // Nothing is written any more about who is erased.
    rejection: isErased(stage, memberNow(stage, grant.member_id).member_id) ? null : reason,
    ...decided(stage, actor),
  });
}

/** Who a member is now. Refuses: `member_not_found`. */
function memberNow(stage: Stage, id: string): Member {
  const member = requireMember(stage, id);
  return member.merged_into === null ? member : requireMember(stage, member.merged_into);
}

/** Refuses: `self_approval`, `member_suspended`, `member_inactive`, `member_erased`. */
function requireGrantable(stage: Stage, member: Member, { actor, alias }: Granting): void {
  requireActive(stage, member);
  requireNotErased(stage, member.member_id);
  if (!isOneOf(stage, idsOf(member), actor, alias)) return;
  throw new Refusal('self_approval', {
    en: 'nobody proposes or approves a grant to themselves',
    zh: '任何人不得提出或审批给本人的资助',
  });
}

/** What the fund holds past its time is given back before it is said to be short. Refuses: `balance_insufficient`. */
function requireFunded(stage: Stage, amount: bigint, freeHolds: FreeHolds): void {
  freeIfShort(stage, fundAccount, amount, freeHolds);
  const fund = stage.account(fundAccount);
  if (fund && balanceOf(fund) >= amount) return;
  throw new Refusal('balance_insufficient', {
    en: `the fund does not hold ${formatAmount(amount, scale)} coins`,
    zh: `基金余额不足 ${formatAmount(amount, scale)}`,
  });
}

/** Refuses: `grant_not_found` (also out of reach), `grant_decided`. */
function requireProposed(stage: Stage, id: string, reach: Reach): Grant {
  const grant = stage.row(grantRows, id);
  if (!grant || !isMemberWithin(stage, reach, memberNow(stage, grant.member_id))) throw grantNotFound(id);
  if (grant.state === 'proposed') return grant;
  throw new Refusal('grant_decided', {
    en: `grant ${id} is ${grant.state} already`,
    zh: `资助 ${id} ${grantStatesZh[grant.state]}`,
  });
}

export function grantNotFound(id: string): Refusal {
  return new Refusal('grant_not_found', { en: `there is no grant ${id}`, zh: `没有编号为 ${id} 的资助` });
}

/** How what is sealed for the row of a grant names it. */
const nameOf = (id: string) => `grants/${id}`;

const decided = (stage: Stage, actor: string) => ({
  proposed_alias: null,
  decided_by: actor,
  decided_at: stage.instant,
});

function journal(
  stage: Stage,
  kind: TimebankKind,
  grant: Omit<Grant, 'entry'>,
  draft: Omit<EntryDraft, 'kind'> = {},
): Grant {
  const rows = [change(grantRows, grant), ...(draft.rows ?? [])];
  const { number } = stage.post({ ...draft, kind, rows });
  return { ...grant, entry: number };
}

/** A grant as the interface shows it; `entry` is the number of the entry that last changed it. */
export function viewGrant(grant: Grant) {
  const { grant_id: id, member_id: member, state, year, document_number, reason, rejection } = grant;
  const { proposed_by, proposed_at, decided_by, decided_at } = grant;
  return {
    ...{ id, member },
    amount: formatAmount(grant.amount, scale),
    state: state as GrantState,
    expires_on: year === null ? null : lastDayOf(year),
    ...{ document_number, reason, proposed_by, proposed_at, decided_by, decided_at, rejection },
    entry: String(grant.entry),
  };
}

export type GrantView = ReturnType<typeof viewGrant>;

/** The last day on which grants of a year can be used. */
export const lastDayOf = (year: number) => `${year}-12-31`;
