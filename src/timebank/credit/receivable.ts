/**
 * What a member owes: units that were taken back after they had been spent. A balance never silently goes negative; the debt
 * stands in an account of its own, and whatever comes to the member later repays it first. Knows no reason for either.
 */
import type { AccountSpec } from '../../ledger/accounts.js';
import { balanceOf } from '../../ledger/accounts.js';
import type { LegDraft } from '../../ledger/drafts.js';
import type { Needs } from '../../ledger/missing.js';
import type { ReversalTerms } from '../../ledger/reversal.js';
import type { Stage } from '../../ledger/stage.js';
import { least } from '../../lib/decimal.js';
import {
  debtOf,
  fundAccount,
  memberAccount,
  opensMemberAccount,
  type Purse,
  type PurseName,
  purseAccount,
  purseOf,
  receivableAccount,
  receivableCode,
} from '../chart.js';
import { refuseMerged, requireMember } from '../people/members.js';
import { memberRows } from '../people/rows.js';

/** What `creditMember` reads: for the `prefetch` of its callers. */
export function creditNeeds(memberId: string, purse: Purse): string[] {
  return [memberAccount(memberId, purse), receivableCode(memberId, purse)];
}

/**
 * Credits a member with `amount`, from an account that is debited: what the member owes of that asset is repaid first, the rest
 * goes into the purse. Nothing is posted here: legs and accounts to open go into the caller's one entry, which may call this
 * once for each purse. `owedBesides`: what legs of the same entry, before these, make the member owe.
 */
export function creditMember(
  stage: Stage,
  {
    memberId,
    purse,
    debit,
    amount,
    owedBesides = 0n,
  }: PurseName & { readonly debit: string; readonly amount: bigint; readonly owedBesides?: bigint },
): { legs: LegDraft[]; opens: AccountSpec[] } {
  const receivable = receivableCode(memberId, purse);
  const repaid = least(amount, standingOf(stage, receivable) + owedBesides);
  const rest = amount - repaid;
  return {
    legs: [
      ...(repaid > 0n ? [{ debit, credit: receivable, amount: repaid }] : []),
      ...(rest > 0n ? [{ debit, credit: memberAccount(memberId, purse), amount: rest }] : []),
    ],
    opens: rest > 0n ? opensMemberAccount(stage, memberId, purse) : [],
  };
}

/**
 * Takes `amount` from a member, to an account that is credited: what the purse does not hold is owed. The reverse of `creditMember`, and like
 * it posts nothing.
 */
export function debitMember(
  stage: Stage,
  { memberId, purse, credit, amount }: PurseName & { readonly credit: string; readonly amount: bigint },
  freeHolds: FreeHolds,
): { legs: LegDraft[]; opens: AccountSpec[] } {
  const code = memberAccount(memberId, purse);
  freeIfShort(stage, code, amount, freeHolds);
  const taken = least(amount, standingOf(stage, code));
  const owed = amount - taken;
  const receivable = receivableAccount(memberId, purse);
  return {
    legs: [
      ...(taken > 0n ? [{ debit: code, credit, amount: taken }] : []),
      ...(owed > 0n ? [{ debit: receivable.code, credit, amount: owed }] : []),
    ],
    opens: owed > 0n && !stage.account(receivable.code) ? [receivable] : [],
  };
}

/**
 * Gives back what is held past its time: asked before a purse or the fund is said to be short. Credit does not know who holds; the caller
 * does.
 */
export interface FreeHolds {
  /** All that is held of a member. */
  readonly ofMember: (stage: Stage, memberId: string) => void;
  /** What is held of the fund, until it has an amount, in hundredths, if it can. */
  readonly ofFund: (stage: Stage, amount: bigint) => void;
}

/** Frees what is past its time where an account does not hold an amount that it is to be debited; of others than purses and the fund nothing is held. */
export function freeIfShort(stage: Stage, code: string, amount: bigint, freeHolds: FreeHolds): void {
  const account = stage.account(code);
  if (account && balanceOf(account) >= amount) return;
  const owner = purseOf(code);
  if (owner) freeHolds.ofMember(stage, owner.memberId);
  else if (code === fundAccount) freeHolds.ofFund(stage, amount);
}

/**
 * For `reverseEntry`: all that a reversal takes from a member is taken from the purse first, and what that does not hold is owed; all that it
 * gives repays what is owed first. So no reversal leaves a member holding and owing the same units, whichever of the two accounts the entry
 * touched. Refuses: `member_merged`: that is corrected by an adjustment of who the member is now.
 */
export function divertToReceivable(freeHolds: FreeHolds): ReversalTerms['divert'] {
  return (stage, { side, totals }, account, amount) => {
    const purse = purseOf(account.code);
    const owner = purse ?? debtOf(account.code);
    if (owner) stage.prefetch(needsOfSide(totals));
    if (owner) refuseMerged(requireMember(stage, owner.memberId));
    if (!owner) {
      if (side === 'debit') freeIfShort(stage, account.code, amount, freeHolds);
      return null;
    }
    const { memberId } = owner;
    const [own, debt] = [purseAccount(memberId, owner.purse), receivableAccount(memberId, owner.purse)];
    const total = [own, debt].reduce((sum, { code }) => sum + (totals.get(code) ?? 0n), 0n);
    if (side === 'debit') freeIfShort(stage, own.code, total, freeHolds);
    const first = side === 'debit' ? own : debt;
    const room = standingOf(stage, first.code);
    if (first.code === account.code) {
      const over = amount - least(amount, room);
      return over > 0n ? { account: purse ? debt : own, amount: over } : null;
    }
    const asked = totals.get(first.code) ?? 0n;
    const moved = asked < room ? least(amount, room - asked) : 0n;
    return moved > 0n ? { account: first, amount: moved } : null;
  };
}

/** What is read of all members on one side of a reversal, so that a long entry takes one round of loading. */
function needsOfSide(totals: ReadonlyMap<string, bigint>): Needs {
  const owners = [...totals.keys()].flatMap((code) => purseOf(code) ?? debtOf(code) ?? []);
  return {
    accounts: owners.flatMap(({ memberId, purse }) => creditNeeds(memberId, purse)),
    rows: owners.map(({ memberId }) => [memberRows, memberId] as const),
  };
}

/** What an account holds, or says is owed; nothing, if it was never opened. */
function standingOf(stage: Stage, code: string): bigint {
  const account = stage.account(code);
  return account ? balanceOf(account) : 0n;
}
