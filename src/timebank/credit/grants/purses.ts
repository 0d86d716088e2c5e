/**
 * Purses of grants: what a member was granted in a calendar year stands in one account, so that it needs no lots and is over as a whole. It pays orders
 * until the last day of its year; what remains then, or comes back later, is the fund's. That is judged by the day on which a purse is used or
 * read, and so the books of any day are the same, whatever was tidied up by then.
 */
import { balanceOf } from '../../../ledger/accounts.js';
import { firstOpenDay } from '../../../ledger/dates.js';
import { change, type RowChange, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import {
  fundAccount,
  type GrantsName,
  grantsAccount,
  grantsOf,
  heldForOrders,
  type TimebankKind,
} from '../../chart.js';
import { type FreeHolds, freeIfShort } from '../receivable.js';
import { grantPurseRows } from './rows.js';

export type GrantPurse = ReturnType<typeof grantPurseRows.decode>;

/** Why grants went back to the fund: their year is over, or they came back to a purse that had ended. */
export type GrantsReturned = 'year_over' | 'returned_after_end';

/** The year of a day, `YYYY-MM-DD`. */
export const yearOf = (day: string) => Number(day.slice(0, 4));

/** What is read of purses of grants: for a `prefetch`. */
export function needsOfGrants(names: readonly GrantsName[]) {
  return {
    accounts: names.map(grantsAccount),
    rows: names.map(({ memberId, year }) => [grantPurseRows, memberId, String(year)] as const),
  };
}

/** Refuses nothing: whoever pays orders from it has opened it. */
export function purseOfGrants(stage: Stage, { memberId, year }: GrantsName): GrantPurse | null {
  return stage.row(grantPurseRows, memberId, String(year));
}

/** What a purse holds, in hundredths, over or not. */
export function heldOfGrants(stage: Stage, name: GrantsName): bigint {
  const account = stage.account(grantsAccount(name));
  return account ? balanceOf(account) : 0n;
}

/** Whether a purse pays nothing any more: its year is over, or it was ended before. */
function isOver(stage: Stage, { year, state }: GrantPurse): boolean {
  return state === 'ended' || year < yearOf(stage.today);
}

export const nameOfPurse = ({ member_id: memberId, year }: GrantPurse): GrantsName => ({ memberId, year });

/** The purse that takes what is granted now, as it will stand. */
export function openedPurse(stage: Stage, { memberId, year }: GrantsName): RowChange {
  const known = purseOfGrants(stage, { memberId, year });
  return change(grantPurseRows, {
    ...(known ?? { member_id: memberId, year, returned: 0n }),
    state: 'open',
  });
}

/** All purses of members, by the ids that they have now. */
export function pursesOfMembers(stage: Stage, memberIds: readonly string[]): GrantPurse[] {
  const lists = memberIds.map((id) => [grantPurseRows, 'member', id] as const);
  stage.prefetch({ lists });
  return lists.flatMap(([table, index, id]) => stage.rows(table, index, id));
}

/** Ends the purses of members whose year is over: before all that somebody has moves, and before any of it is used again. Refuses what `Stage.post` refuses. */
export function expireGrants(stage: Stage, memberIds: readonly string[]): void {
  const due = pursesOfMembers(stage, memberIds).filter((purse) => isDue(stage, purse));
  stage.prefetch({ accounts: [fundAccount, ...due.map(nameOfPurse).map(grantsAccount)] });
  for (const purse of due) endPurse(stage, purse);
}

/** The same of whoever they are, the oldest first, until the fund has an amount, in hundredths, if it can. */
export function expireGrantsForFund(stage: Stage, amount: bigint): void {
  const suffices = () => {
    const fund = stage.account(fundAccount);
    return fund !== null && balanceOf(fund) >= amount;
  };
  if (suffices()) return;
  const due = stage
    .rows(grantPurseRows, 'state', 'open')
    .filter((purse) => isDue(stage, purse))
    .sort((one, other) => one.year - other.year || (one.member_id < other.member_id ? -1 : 1));
  stage.prefetch({ accounts: due.map(nameOfPurse).map(grantsAccount) });
  for (const purse of due.filter((one) => heldOfGrants(stage, nameOfPurse(one)) > 0n)) {
    if (suffices()) return;
    endPurse(stage, purse);
  }
}

const isDue = (stage: Stage, { year, state }: GrantPurse) => state === 'open' && year < yearOf(stage.today);

/** On the day after the last of its year, or on the first day that is open. */
function endPurse(stage: Stage, purse: GrantPurse): void {
  const amount = heldOfGrants(stage, nameOfPurse(purse));
  post(stage, { ...purse, state: 'ended' }, { kind: 'grants_expired', amount, reason: 'year_over' });
}

/** After an entry that has given back what was held for orders: what came to a purse that is over goes on to the fund, on the day of the entry at the earliest. */
export function returnOver(stage: Stage, { legs, effectiveOn }: StagedEntry): void {
  const back = legs.flatMap(({ debit, credit, amount }) => {
    const name = debit.code === heldForOrders.code ? grantsOf(credit.code) : null;
    return name ? [{ name, amount }] : [];
  });
  if (back.length === 0) return;
  stage.prefetch(needsOfGrants(back.map(({ name }) => name)));
  for (const { name, amount } of back) {
    const purse = purseOfGrants(stage, name);
    if (!purse) throw new Error(`${grantsAccount(name)} has no purse`);
    if (isOver(stage, purse))
      post(stage, purse, { kind: 'grants_expired', amount, reason: 'returned_after_end', since: effectiveOn });
  }
}

/**
 * Has an amount more in a purse for an order that it has paid, or says that it cannot be had. Of one that is over, the fund gives back what went to it
 * from there: the service was given in time, and the books learn late what it took. Refuses what `Stage.post` refuses.
 */
export function drawGrants(stage: Stage, name: GrantsName, amount: bigint, freeHolds: FreeHolds): boolean {
  expireGrants(stage, [name.memberId]);
  const purse = purseOfGrants(stage, name);
  if (!purse) return false;
  if (heldOfGrants(stage, name) < amount) freeHolds.ofMember(stage, name.memberId);
  if (!isOver(stage, purse)) return heldOfGrants(stage, name) >= amount;
  const over = purseOfGrants(stage, name) ?? purse;
  freeIfShort(stage, fundAccount, amount, freeHolds);
  const fund = stage.account(fundAccount);
  if (over.returned < amount || !fund || balanceOf(fund) < amount) return false;
  post(stage, over, { kind: 'grants_reinstated', amount });
  return true;
}

interface Returning {
  readonly reason?: GrantsReturned;
  readonly kind: TimebankKind & ('grants_expired' | 'grants_reinstated');
  readonly amount: bigint;
  /** The day before which it was not there. */
  readonly since?: string;
}

function post(stage: Stage, purse: GrantPurse, { kind, amount, reason, since = '' }: Returning): void {
  const code = grantsAccount(nameOfPurse(purse));
  const isReturn = kind === 'grants_expired';
  const returned = purse.returned + (isReturn ? amount : -amount);
  const leg = isReturn ? { debit: code, credit: fundAccount } : { debit: fundAccount, credit: code };
  const over = endedOn(stage, purse);
  stage.post({
    kind,
    effectiveOn: since > over ? since : over,
    control: true,
    legs: amount > 0n ? [{ ...leg, amount }] : [],
    rows: [change(grantPurseRows, { ...purse, returned })],
    ...(reason && { reason }),
  });
}

/** From when on the fund has what a purse held: the day after its year, or today where it was ended before. */
function endedOn(stage: Stage, { year }: GrantPurse): string {
  return year < yearOf(stage.today) ? firstOpenDay(stage, `${year + 1}-01-01`) : stage.today;
}
