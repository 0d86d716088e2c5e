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
  heldForOrders,
  memberAccount,
  opensAccount,
  remainderAccount,
  type TimebankKind,
} from '../../chart.js';
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
  readonly freeHolds: FreeHolds;
}

/**
 * As `settlePrice`, of what is held again: what is not paid goes back to who had paid it, and what is paid beyond it comes from the same.
 * Refuses: `balance_insufficient`.
 */
export function settleAgain(stage: Stage, now: OrderNow, { before, paid, freeHolds }: Repaying): HoldMoves {
  const payers = payersOf(now);
  const { share: held } = sharesOf(before, payers.length || 1);
  const { share, remainder } = sharesOf(paid, payers.length || 1);
  if (held === 0n && share === 0n) return { legs: [], opens: [], rows: [] };
  const moves = pursesOf(stage, now).map(({ member, shares }) =>
    held > share
      ? giveBack(stage, member, (held - share) * shares)
      : takeMore(stage, now, { member, amount: (share - held) * shares, freeHolds }),
  );
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
  return stage.post({ kind, reference: record, control: true, effectiveOn, legs, opens, rows });
}

/** A purse that pays so many shares of an order; `member` is null for the fund. */
interface PayingPurse {
  readonly member: string | null;
  readonly shares: bigint;
}

/** Recipients who turned out to be one person pay for both. */
function pursesOf(stage: Stage, now: OrderNow): PayingPurse[] {
  if (now.order.funding === 'fund') {
    stage.prefetch({ accounts: [heldForOrders.code, fundAccount] });
    return [{ member: null, shares: 1n }];
  }
  const members = idsNow(stage, payersOf(now).map(memberOf));
  stage.prefetch({ accounts: [heldForOrders.code, ...members.flatMap((id) => creditNeeds(id, 'coins'))] });
  return [...new Set(members)].map((member) => ({
    member,
    shares: BigInt(members.filter((one) => one === member).length),
  }));
}

interface Moves {
  readonly legs: LegDraft[];
  readonly opens: AccountSpec[];
}

function giveBack(stage: Stage, member: string | null, amount: bigint): Moves {
  const debit = heldForOrders.code;
  if (member === null) return { legs: [{ debit, credit: fundAccount, amount }], opens: [] };
  return creditMember(stage, { memberId: member, purse: 'coins', debit, amount });
}

interface TakingMore {
  readonly member: string | null;
  readonly amount: bigint;
  readonly freeHolds: FreeHolds;
}

/** Refuses: `balance_insufficient`. */
function takeMore(stage: Stage, { order }: OrderNow, { member, amount, freeHolds }: TakingMore): Moves {
  if (amount === 0n) return { legs: [], opens: [] };
  const debit = member === null ? fundAccount : memberAccount(member, 'coins');
  freeIfShort(stage, debit, amount, freeHolds);
  const purse = stage.account(debit);
  if (purse && balanceOf(purse) >= amount) return { legs: [{ debit, credit: heldForOrders.code, amount }], opens: [] };
  throw new Refusal('balance_insufficient', {
    en: `the corrected record costs more than was paid, and those who pay for order ${order.order_id} have not got the difference: correct it once they have`,
    zh: `更正后应支付的时间币多于原支付数，点单 ${order.order_id} 的支付方余额不足，请待余额足以补足差额后再更正`,
  });
}
