/**
 * Coins held for orders: taken from who pays when a volunteer accepts, paid or given back when the order ends. What is held of a recipient
 * stands in their row of the order; the sum of all is the balance of `held:orders` at every moment. What was held of grants goes back to the purse of
 * its year, over or not; whoever posts it lets it go on from there (`returnOver`). Posts nothing itself.
 */
import { type AccountSpec, balanceOf } from '../../../ledger/accounts.js';
import { change, type LegDraft, type RowChange } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import {
  fundAccount,
  grantsAccount,
  heldForOrders,
  memberAccount,
  opensAccount,
  remainderAccount,
} from '../../chart.js';
import { needsOfGrants, yearOf } from '../../credit/grants/purses.js';
import { creditMember, creditNeeds } from '../../credit/receivable.js';
import { orderPeopleRows } from './rows.js';
import type { Order, OrderPerson } from './state.js';
import { type OrderNow, recipientsOf, volunteersOf } from './who.js';

/** Parts of an entry; none of an order whose coins are minted. */
export interface HoldMoves {
  readonly legs: LegDraft[];
  readonly opens: AccountSpec[];
  readonly rows: RowChange[];
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

/** From the grants of which year a volunteer who comes now is paid; null: who pays has other coins. */
export function grantsYearNow(stage: Stage, { funding }: Order): number | null {
  return funding === 'grant' ? yearOf(stage.today) : null;
}

/** `grantsYear` of an order that is paid by grants: which purse of theirs it is. */
function purseOf({ funding }: Order, { member_id: memberId }: OrderPerson, grantsYear: number | null): string {
  if (funding === 'fund') return fundAccount;
  return grantsYear === null ? memberAccount(memberId, 'coins') : grantsAccount({ memberId, year: grantsYear });
}

/** Holds the price of one more volunteer. Each recipient is committed from the first on. Refuses: `balance_insufficient`. */
export function holdPrice(stage: Stage, now: OrderNow): HoldMoves {
  const { order } = now;
  const payers = payersOf(now);
  const year = grantsYearNow(stage, order);
  const purse = (one: OrderPerson) => purseOf(order, one, year);
  if (payers.length > 0) stage.prefetch({ accounts: [heldForOrders.code, ...payers.map(purse)] });
  const { share } = sharesOf(order.price, payers.length || 1);
  for (const one of payers) requireCoins(stage, purse(one), share);
  const commits = recipientsOf(now).filter((one) => payers.includes(one) || one.attendance === 'waiting');
  return {
    legs: payers.map((one) => ({ debit: purse(one), credit: heldForOrders.code, amount: share })),
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

/** What is held for one volunteer, who has the year of the grants that it came from. */
type HeldFor = Pick<OrderPerson, 'grants_year'>;

/**
 * Takes what was held for one volunteer: what is paid is the recording's to post; this gives the rest back to who paid it, and the remainder
 * of shares to its account. `paid` is what the volunteer and the pool receive together, at most the price.
 */
export function settlePrice(stage: Stage, now: OrderNow, { grants_year: year }: HeldFor, paid: bigint): HoldMoves {
  const payers = payersOf(now);
  if (payers.length === 0) return nothing;
  prefetchPurses(stage, now.order, payers, [year]);
  const { share: held } = sharesOf(now.order.price, payers.length);
  const { share, remainder } = sharesOf(paid, payers.length);
  const back = payers.map((one) => giveBack(stage, now.order, one, { year, amount: held - share }));
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
export function releasePrice(stage: Stage, now: OrderNow, volunteer: HeldFor, isLast: boolean): HoldMoves {
  const settled = settlePrice(stage, now, volunteer, 0n);
  if (!isLast) return settled;
  // What the others were held for went back with them.
  const rows = recipientsOf(now).map((one) => change(orderPeopleRows, { ...one, attendance: 'waiting', held: 0n }));
  return { ...settled, rows };
}

/** Gives everything back that is still held for an order, and lets its recipients go. */
export function releaseHolds(stage: Stage, now: OrderNow): HoldMoves {
  const recipients = recipientsOf(now);
  const holds = recipients.flatMap((one) => holdsOf(now, one).map((hold) => ({ one, hold })));
  prefetchPurses(
    stage,
    now.order,
    holds.map(({ one }) => one),
    holds.map(({ hold }) => hold.year),
  );
  const back = holds.map(({ one, hold }) => giveBack(stage, now.order, one, hold));
  return {
    legs: back.flatMap(({ legs }) => legs),
    opens: back.flatMap(({ opens }) => opens),
    rows: recipients.map((one) => change(orderPeopleRows, { ...one, attendance: 'released', held: 0n })),
  };
}

/** What is held of who pays, or of the fund; of an order that is paid by grants, from the purse of which year. */
interface Hold {
  readonly year: number | null;
  readonly amount: bigint;
}

/** Of grants, a share for each volunteer who is still in the order, by the year in which they came. */
function holdsOf(now: OrderNow, { held }: OrderPerson): Hold[] {
  if (held === 0n) return [];
  if (now.order.funding !== 'grant') return [{ year: null, amount: held }];
  const { share } = sharesOf(now.order.price, payersOf(now).length);
  const years = volunteersOf(now).flatMap(({ grants_year: year }) => year ?? []);
  const holds = [...new Set(years)].map((year) => ({
    year,
    amount: share * BigInt(years.filter((one) => one === year).length),
  }));
  if (holds.reduce((sum, { amount }) => sum + amount, 0n) !== held)
    throw new Error(`what is held for order ${now.order.order_id} is not what its volunteers are held for`);
  return holds;
}

/** All purses that something goes back to, in one round, however many they are. */
function prefetchPurses(
  stage: Stage,
  { funding }: Order,
  people: readonly OrderPerson[],
  years: readonly (number | null)[],
): void {
  if (people.length === 0) return;
  const held = heldForOrders.code;
  if (funding === 'grant') {
    const names = people.flatMap(({ member_id: memberId }) =>
      years.flatMap((year) => (year === null ? [] : [{ memberId, year }])),
    );
    const { accounts, rows } = needsOfGrants(names);
    stage.prefetch({ accounts: [held, fundAccount, ...accounts], rows });
    return;
  }
  const purses =
    funding === 'fund' ? [fundAccount] : people.flatMap(({ member_id }) => creditNeeds(member_id, 'coins'));
  stage.prefetch({ accounts: [held, ...purses] });
}

function giveBack(stage: Stage, order: Order, one: OrderPerson, { year, amount }: Hold) {
  if (amount === 0n) return nothing;
  const debit = heldForOrders.code;
  if (order.funding !== 'recipient') return { legs: [{ debit, credit: purseOf(order, one, year), amount }], opens: [] };
  return creditMember(stage, { memberId: one.member_id, purse: 'coins', debit, amount });
}

const nothing: HoldMoves = { legs: [], opens: [], rows: [] };
