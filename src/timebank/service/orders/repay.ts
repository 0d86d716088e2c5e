/**
 * Coins that were paid for a service whose record turns out to be wrong. The reversal of the record brings them back to `held:orders`, where
 * they stand with who had paid them; from there they go back, or pay for what takes the record's place. Recipients who were merged, have left
 * or died are paid and pay as who they are now. It does not know what was wrong.
 */
import { type AccountSpec, balanceOf } from '../../../ledger/accounts.js';
import { change, type LegDraft, type RowChange, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import {
  fundAccount,
  grantsAccount,
  heldForOrders,
  memberAccount,
  opensAccount,
  remainderAccount,
  type TimebankKind,
} from '../../chart.js';
import { drawGrants, needsOfGrants, returnOver, yearOf } from '../../credit/grants/purses.js';
import { creditMember, creditNeeds, type FreeHolds, freeIfShort } from '../../credit/receivable.js';
import { idsNow } from '../../people/members.js';
import { type HoldMoves, payersOf, sharesOf } from './holds.js';
import { orderPeopleRows } from './rows.js';
import { memberOf, type OrderNow } from './who.js';

/** What was paid for one record stands as held with its payers again. */
export function heldAgain(now: OrderNow, paid: bigint): RowChange[] {
  const payers = payersOf(now);
  const { share } = sharesOf(paid, payers.length || 1);
  if (share === 0n) return [];
  return payers.map((one) => change(orderPeopleRows, { ...one, held: one.held + share }));
}

interface Repaying {
  /** What the record paid that was reversed, and is held again. */
  readonly before: bigint;
  /** What takes its place pays: the volunteer and the pool together, at most the price. */
  readonly paid: bigint;
  /** Of which year the grants were that paid; null: they were none. */
  readonly grantsYear: number | null;
  readonly freeHolds: FreeHolds;
}

/**
 * As `settlePrice`, of what is held again: what is not paid goes back to who had paid it, and what is paid beyond it comes from the same.
 * Refuses: `balance_insufficient`.
 */
export function settleAgain(stage: Stage, now: OrderNow, { before, paid, grantsYear, freeHolds }: Repaying): HoldMoves {
  const payers = payersOf(now);
  const { share: held } = sharesOf(before, payers.length || 1);
  const { share, remainder } = sharesOf(paid, payers.length || 1);
  if (held === 0n && share === 0n) return { legs: [], opens: [], rows: [] };
  const moves = pursesOf(stage, now, grantsYear).map(({ member, shares }) => {
    const purse = { member, grantsYear };
    return held > share
      ? giveBack(stage, purse, (held - share) * shares)
      : takeMore(stage, now, { ...purse, amount: (share - held) * shares, freeHolds });
  });
  return {
    legs: [
      ...moves.flatMap(({ legs }) => legs),
      ...(remainder > 0n ? [{ debit: heldForOrders.code, credit: remainderAccount.code, amount: remainder }] : []),
    ],
    opens: [...moves.flatMap(({ opens }) => opens), ...(remainder > 0n ? opensAccount(stage, remainderAccount) : [])],
    rows: held === 0n ? [] : payers.map((one) => change(orderPeopleRows, { ...one, held: one.held - held })),
  };
}

/** Gives all that is held again for a record back, with effect on a day; null: nothing was paid. */
export function repay(
  stage: Stage,
  now: OrderNow,
  { record, effectiveOn, ...what }: Omit<Repaying, 'paid'> & { readonly record: string; readonly effectiveOn: string },
): StagedEntry | null {
  const { legs, opens, rows } = settleAgain(stage, now, { ...what, paid: 0n });
  if (legs.length === 0) return null;
  const kind = 'order_repaid' satisfies TimebankKind;
  const entry = stage.post({ kind, reference: record, control: true, effectiveOn, legs, opens, rows });
  returnOver(stage, entry);
  return entry;
}

/** A purse that pays so many shares of an order; `member` is null for the fund. */
interface PayingPurse {
  readonly member: string | null;
  readonly shares: bigint;
}

/** Recipients who turned out to be one person pay for both. */
function pursesOf(stage: Stage, now: OrderNow, grantsYear: number | null): PayingPurse[] {
  if (now.order.funding === 'fund') {
    stage.prefetch({ accounts: [heldForOrders.code, fundAccount] });
    return [{ member: null, shares: 1n }];
  }
  const members = idsNow(stage, payersOf(now).map(memberOf));
  const needs =
    grantsYear === null
      ? { accounts: members.flatMap((id) => creditNeeds(id, 'coins')), rows: [] }
      : needsOfGrants(members.map((memberId) => ({ memberId, year: grantsYear })));
  stage.prefetch({ accounts: [heldForOrders.code, ...needs.accounts], rows: needs.rows });
  return [...new Set(members)].map((member) => ({
    member,
    shares: BigInt(members.filter((one) => one === member).length),
  }));
}

interface Moves {
  readonly legs: LegDraft[];
  readonly opens: AccountSpec[];
}

/** Whose coins they are: of a year's grants, where that is not null; of nobody's, the fund's. */
interface Paying {
  readonly member: string | null;
  readonly grantsYear: number | null;
}

function giveBack(stage: Stage, { member, grantsYear }: Paying, amount: bigint): Moves {
  const debit = heldForOrders.code;
  if (member !== null && grantsYear === null)
    return creditMember(stage, { memberId: member, purse: 'coins', debit, amount });
  const credit = member === null ? fundAccount : grantsAccount({ memberId: member, year: grantsYear ?? 0 });
  return { legs: [{ debit, credit, amount }], opens: [] };
}

interface TakingMore extends Paying {
  readonly amount: bigint;
  readonly freeHolds: FreeHolds;
}

/** Refuses: `balance_insufficient`. */
function takeMore(stage: Stage, { order }: OrderNow, { member, grantsYear, amount, freeHolds }: TakingMore): Moves {
  if (amount === 0n) return { legs: [], opens: [] };
  const credit = heldForOrders.code;
  if (member !== null && grantsYear !== null) {
    const name = { memberId: member, year: grantsYear };
    if (drawGrants(stage, name, amount, freeHolds))
      return { legs: [{ debit: grantsAccount(name), credit, amount }], opens: [] };
    throw yearOf(stage.today) > grantsYear ? usedUp(order.order_id, grantsYear) : tooLittle(order.order_id);
  }
  const debit = member === null ? fundAccount : memberAccount(member, 'coins');
  freeIfShort(stage, debit, amount, freeHolds);
  const purse = stage.account(debit);
  if (purse && balanceOf(purse) >= amount) return { legs: [{ debit, credit, amount }], opens: [] };
  throw tooLittle(order.order_id);
}

/** No grant comes to the purse of a year that is over. */
function usedUp(orderId: string, year: number): Refusal {
  return new Refusal('balance_insufficient', {
    en: `the corrected record costs more than was paid, and of the grants of ${year} that paid for order ${orderId} not as much is left: it cannot cost more`,
    zh: `更正后应支付的时间币多于原支付数，而支付点单 ${orderId} 的 ${year} 年度资助余额不足且不再增加，更正不得超出原支付数`,
  });
}

function tooLittle(orderId: string): Refusal {
  return new Refusal('balance_insufficient', {
    en: `the corrected record costs more than was paid, and those who pay for order ${orderId} have not got the difference: correct it once they have`,
    zh: `更正后应支付的时间币多于原支付数，点单 ${orderId} 的支付方余额不足，请待余额足以补足差额后再更正`,
  });
}
