/**
 * The legs of an adjustment: which a kind may have, whose purses they move and how much. It does not know who proposes, who approves,
 * or how they are posted.
 */
import type { AccountSpec } from '../../ledger/accounts.js';
import type { LegDraft } from '../../ledger/drafts.js';
import type { EntryRequest, ManualKind } from '../../ledger/entries.js';
import type { Stage } from '../../ledger/stage.js';
import { formatAmount, parseAmount } from '../../lib/decimal.js';
import { Refusal } from '../../lib/refusal.js';
import { assetOfPurse, opensMemberAccount, opensTeamPool, purseOf, teamOfPool } from '../chart.js';
import { mayMove } from '../movements.js';
import { refuseMerged, requireActive, requireMember } from '../people/members.js';
import { memberRows } from '../people/rows.js';
import { isOneOf } from '../people/second-person.js';
import { teamRows } from '../people/teams/rows.js';
import { requireOpenTeam } from '../people/teams/teams.js';
import { expireLots, needsOfExpiry } from './lots/expire.js';
import { agedPurseOf } from './lots/open-lots.js';
import { type FreeHolds, freeIfShort } from './receivable.js';

/** A leg whose accounts and amount have been looked at; amounts are minor units. */
export interface CheckedLeg extends LegDraft {
  readonly asset: string;
  readonly scale: number;
  readonly amount: bigint;
}

/**
 * Looks at legs as they were asked for. Refuses: `member_not_found`, `member_merged`, `member_suspended`, `member_inactive`, `leg_invalid`,
 * `account_not_found`, `asset_mismatch`, `leg_restricted`, `team_dissolved` (to whose pool it is), `amount_invalid`.
 */
export function checkLegs(stage: Stage, kind: ManualKind, legs: EntryRequest['legs']): CheckedLeg[] {
  const codes = [...new Set(legs.flatMap(({ debit, credit }) => [debit, credit]))];
  const owners = [...new Set(codes.flatMap((code) => purseOf(code)?.memberId ?? []))];
  stage.prefetch({ accounts: codes, rows: owners.map((owner) => [memberRows, owner] as const) });
  for (const owner of owners) refuseMerged(requireMember(stage, owner));
  if (kind !== 'adjustment') refuseInactive(stage, legs);
  return legs.map((leg) => checkLeg(stage, kind, leg));
}

/**
 * Who does not take part is given nothing, and who is suspended gives nothing; what somebody left behind is given as it was meant.
 * Corrections are for everybody. Refuses: `member_suspended`, `member_inactive`.
 */
function refuseInactive(stage: Stage, legs: EntryRequest['legs']): void {
  for (const { debit, credit } of legs) {
    const [giver, receiver] = [purseOf(debit)?.memberId, purseOf(credit)?.memberId];
    if (receiver !== undefined) requireActive(stage, receiver);
    if (giver !== undefined && requireMember(stage, giver).state === 'suspended') requireActive(stage, giver);
  }
}

function checkLeg(stage: Stage, kind: ManualKind, leg: EntryRequest['legs'][number]): CheckedLeg {
  const { debit, credit } = leg;
  if (debit === credit)
    throw new Refusal('leg_invalid', {
      en: `a leg cannot debit and credit ${debit} at once`,
      zh: `同一借贷行不能同时借记和贷记 ${debit}`,
    });
  const { asset, scale } = assetOf(stage, debit);
  const other = assetOf(stage, credit).asset;
  if (asset !== other)
    throw new Refusal('asset_mismatch', {
      en: `${debit} holds ${asset}, ${credit} holds ${other}`,
      zh: `${debit} 的资产是 ${asset}，${credit} 的资产是 ${other}`,
    });
  if (!mayMove(kind, asset, debit, credit)) {
    throw new Refusal('leg_restricted', {
      en: `an entry of kind ${kind} may not move ${asset} from ${debit} to ${credit}`,
      zh: `类型为 ${kind} 的凭证不得以 ${asset} 借记 ${debit}、贷记 ${credit}`,
    });
  }
  const team = teamOfPool(credit);
  if (team !== null) requireOpenTeam(stage, team);
  const amount = parseAmount(leg.amount, scale);
  if (amount <= 0n)
    throw new Refusal('amount_invalid', {
      en: 'the amount of a leg is greater than zero',
      zh: '借贷行的数额必须大于零',
    });
  return { debit, credit, asset, scale, amount };
}

/** A purse has its asset before it is opened, and so has the pool of a team. Refuses: `account_not_found`. */
function assetOf(stage: Stage, code: string): { asset: string; scale: number } {
  const purse = purseOf(code);
  if (purse) return assetOfPurse(purse.purse);
  const team = teamOfPool(code);
  if (team !== null && stage.row(teamRows, team)) return assetOfPurse('coins');
  const account = stage.account(code);
  if (!account) throw new Refusal('account_not_found', { en: `there is no account ${code}`, zh: `没有账户 ${code}` });
  return account;
}

/** Nobody has a hand in what moves a purse of their own, under any id that they have had. Refuses: `self_approval`. */
export function refuseOwnPurse(
  stage: Stage,
  legs: readonly CheckedLeg[],
  actor: string,
  alias: string | undefined,
): void {
  const owners = legs.flatMap(({ debit, credit }) => [purseOf(debit) ?? [], purseOf(credit) ?? []].flat());
  const members = owners.map(({ memberId }) => memberId);
  if (members.length === 0 || !isOneOf(stage, members, actor, alias)) return;
  throw new Refusal('self_approval', {
    en: 'nobody proposes or approves an adjustment of a purse of their own',
    zh: '任何人不得提出或审批涉及本人账户的调账',
  });
}

/** What has expired leaves the purses that give; holds past their time are given back before a purse, or the fund, is said to be short. */
export function freeHeld(stage: Stage, legs: readonly CheckedLeg[], freeHolds: FreeHolds): void {
  const givers = [...new Set(legs.map(({ debit }) => debit))];
  const aged = givers.flatMap((code) => agedPurseOf(code) ?? []);
  stage.prefetch(needsOfExpiry(aged));
  for (const owner of aged) expireLots(stage, owner);
  for (const debit of givers) {
    const taken = legs.reduce((sum, leg) => (leg.debit === debit ? sum + leg.amount : sum), 0n);
    freeIfShort(stage, debit, taken, freeHolds);
  }
}

/** Whether the legs move at most `limit` of each asset, in the asset's own units. */
export function isWithin(legs: readonly CheckedLeg[], limit: string): boolean {
  const sums = new Map<string, bigint>();
  for (const { asset, amount } of legs) sums.set(asset, (sums.get(asset) ?? 0n) + amount);
  const tenThousandths = parseAmount(limit, 4);
  return legs.every(({ asset, scale }) => (sums.get(asset) ?? 0n) * 10n ** BigInt(4 - scale) <= tenThousandths);
}

/** The purses and pools of teams that nothing was posted to yet. */
export function opensPurses(stage: Stage, legs: readonly CheckedLeg[]): AccountSpec[] {
  const codes = new Set(legs.flatMap(({ debit, credit }) => [debit, credit]));
  return [...codes].flatMap((code) => {
    const purse = purseOf(code);
    if (purse) return opensMemberAccount(stage, purse.memberId, purse.purse);
    const team = teamOfPool(code);
    return team === null ? [] : opensTeamPool(stage, team);
  });
}

export function writeLegs(legs: readonly CheckedLeg[]): string {
  return JSON.stringify(
    legs.map(({ debit, credit, amount, scale }) => ({ debit, credit, amount: formatAmount(amount, scale) })),
  );
}

/** As they stand in a row, and as the interface shows them. */
export function readLegs(legs: string): { debit: string; credit: string; amount: string }[] {
  return JSON.parse(legs);
}
