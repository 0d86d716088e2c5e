/**
 * Coins held for orders: taken from who pays when a volunteer accepts, paid or given back when the order ends. What is held of a recipient
 * stands in their row of the order; the sum of all is the balance of `held:orders` at every moment. Posts nothing itself.
 */
import { type AccountSpec, balanceOf } from '../../../ledger/accounts.js';
import { change, type LegDraft, type RowChange } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { fundAccount, heldForOrders, memberAccount, opensAccount, remainderAccount } from '../../chart.js';
import { creditMember, creditNeeds } from '../../credit/receivable.js';
import { isCaredFor } from '../../people/care/care.js';
import { orderPeopleRows } from './rows.js';
import type { Order, OrderPerson } from './state.js';
import { type OrderNow, recipientsOf } from './who.js';

/** Parts of an entry; none of an order whose coins are minted. */
export interface HoldMoves {
  readonly legs: LegDraft[];
  readonly opens: AccountSpec[];
  readonly rows: RowChange[];
}

/** The fund pays for members in need. Refuses: `fund_not_for_member`. */
export function requireInNeed(stage: Stage, member: string): void {
  if (isCaredFor(stage, member, 'hardship')) return;
  throw new Refusal('fund_not_for_member', {
    en: `${member} is not on the care registry for hardship`,
    zh: `${member} 不在困难关爱名册中`,
  });
}

/** What each of `people` pays of an amount, in hundredths: the same, rounded up; the remainder is what that is too much. */
export function sharesOf(amount: bigint, people: number): { share: bigint; remainder: bigint } {
  const count = BigInt(people);
  const share = (amount + count - 1n) / count;
  return { share, remainder: share * count - amount };
}

/** Who pays: the recipients, all of them the same; for an order that the fund pays, the recipient's row stands for the fund. */
export function payersOf(now: OrderNow): OrderPerson[] {
  const { order } = now;
  if (order.price === 0n) return [];
  const recipients = recipientsOf(now);
  return order.funding === 'fund' ? recipients.filter(({ member_id }) => member_id === order.recipient_id) : recipients;
}

function purseOf({ funding }: Order, { member_id }: OrderPerson): string {
  return funding === 'fund' ? fundAccount : memberAccount(member_id, 'coins');
}

/** Holds the price of one more volunteer. Each recipient is committed from the first on. Refuses: `balance_insufficient`. */
export function holdPrice(stage: Stage, now: OrderNow): HoldMoves {
  const { order } = now;
  const payers = payersOf(now);
  if (payers.length > 0)
    stage.prefetch({ accounts: [heldForOrders.code, ...payers.map((one) => purseOf(order, one))] });
  const { share } = sharesOf(order.price, payers.length || 1);
  for (const one of payers) requireCoins(stage, purseOf(order, one), share);
  const commits = recipientsOf(now).filter((one) => payers.includes(one) || one.attendance === 'waiting');
  return {
    legs: payers.map((one) => ({ debit: purseOf(order, one), credit: heldForOrders.code, amount: share })),
    opens: payers.length === 0 ? [] : opensAccount(stage, heldForOrders),
    rows: commits.map((one) =>
      change(orderPeopleRows, {
        ...one,
        attendance: 'committed',
        held: one.held + (payers.includes(one) ? share : 0n),
      }),
    ),
  };
}

/** The volunteer, who asks, learns that this order cannot be paid, and not what others have. Refuses: `balance_insufficient`. */
function requireCoins(stage: Stage, code: string, amount: bigint): void {
  const purse = stage.account(code);
  if (purse && balanceOf(purse) >= amount) return;
  throw new Refusal('balance_insufficient', {
    en: 'the coins of who pays for this order do not suffice',
    zh: '该点单支付方的时间币不足',
  });
}

/**
 * Takes what was held for one volunteer: what is paid is the recording's to post; this gives the rest back to who paid it, and the remainder
 * of shares to its account. `paid` is what the volunteer and the pool receive together, at most the price.
 */
export function settlePrice(stage: Stage, now: OrderNow, paid: bigint): HoldMoves {
  const payers = payersOf(now);
  if (payers.length === 0) return nothing;
  prefetchPurses(stage, now.order, payers);
  const { share: held } = sharesOf(now.order.price, payers.length);
  const { share, remainder } = sharesOf(paid, payers.length);
  const back = payers.map((one) => giveBack(stage, now.order, one, held - share));
  return {
    legs: [
      ...back.flatMap(({ legs }) => legs),
      ...(remainder > 0n ? [{ debit: heldForOrders.code, credit: remainderAccount.code, amount: remainder }] : []),
    ],
    opens: [...back.flatMap(({ opens }) => opens), ...(remainder > 0n ? opensAccount(stage, remainderAccount) : [])],
    rows: payers.map((one) => change(orderPeopleRows, { ...one, held: one.held - held })),
  };
}

/** As `settlePrice` of nothing, for a volunteer who is not expected any more; without another one the recipients wait again. */
export function releasePrice(stage: Stage, now: OrderNow, isLast: boolean): HoldMoves {
  const settled = settlePrice(stage, now, 0n);
  if (!isLast) return settled;
  // What the others were held for went back with them.
  const rows = recipientsOf(now).map((one) => change(orderPeopleRows, { ...one, attendance: 'waiting', held: 0n }));
  return { ...settled, rows };
}

/** Gives everything back that is still held for an order, and lets its recipients go. */
export function releaseHolds(stage: Stage, now: OrderNow): HoldMoves {
  const recipients = recipientsOf(now);
  prefetchPurses(
    stage,
    now.order,
    recipients.filter(({ held }) => held > 0n),
  );
  const back = recipients.map((one) => giveBack(stage, now.order, one, one.held));
  return {
    legs: back.flatMap(({ legs }) => legs),
    opens: back.flatMap(({ opens }) => opens),
    rows: recipients.map((one) => change(orderPeopleRows, { ...one, attendance: 'released', held: 0n })),
  };
}

/** All purses that something goes back to, in one round, however many they are. */
function prefetchPurses(stage: Stage, { funding }: Order, people: readonly OrderPerson[]): void {
  if (people.length === 0) return;
  const purses =
    funding === 'fund' ? [fundAccount] : people.flatMap(({ member_id }) => creditNeeds(member_id, 'coins'));
  stage.prefetch({ accounts: [heldForOrders.code, ...purses] });
}

function giveBack(stage: Stage, order: Order, { member_id: memberId }: OrderPerson, amount: bigint) {
  if (amount === 0n) return nothing;
  const debit = heldForOrders.code;
  if (order.funding === 'fund') return { legs: [{ debit, credit: fundAccount, amount }], opens: [] };
  return creditMember(stage, { memberId, purse: 'coins', debit, amount });
}

const nothing: HoldMoves = { legs: [], opens: [], rows: [] };
