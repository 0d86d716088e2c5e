/**
 * The open lots of a purse as a command finds them. A purse that was filled before lots were kept has none: all of it is one lot that does not
 * expire. It changes nothing.
 */
import { balanceOf } from '../../../ledger/accounts.js';
import type { Stage } from '../../../ledger/stage.js';
import { debtOf, memberAccount, type Purse, type PurseName, purseOf } from '../../chart.js';
import { lotRows } from '../rows.js';
import { agedPurses } from './lot-words.js';
import { type LotPart, never } from './parts.js';

/** `entry` is there once it has a row. */
export type Lot = ReturnType<typeof lotRows.decode>;

/** A purse whose units have an age. */
export interface AgedPurse extends PurseName {
  readonly purse: (typeof agedPurses)[number];
}

const aged: ReadonlySet<Purse> = new Set(agedPurses);
const endings = agedPurses.map((purse) => `:${purse}`);

/** Whose aged purse an account is, if it is one. */
export function agedPurseOf(code: string): AgedPurse | null {
  // No other code ends like this, and this is asked of every leg of every entry.
  if (!endings.some((ending) => code.endsWith(ending))) return null;
  const owner = purseOf(code);
  return owner && aged.has(owner.purse) ? (owner as AgedPurse) : null;
}

/** The aged purse of who owes, if an account is what they owe of it. */
export function agedDebtorOf(code: string): AgedPurse | null {
  if (!endings.some((ending) => code.endsWith(ending))) return null;
  const owner = debtOf(code);
  return owner && aged.has(owner.purse) ? (owner as AgedPurse) : null;
}

/** What `openLots` reads: for a `prefetch`. */
export function openList({ memberId, purse }: AgedPurse) {
  return [lotRows, 'state', memberId, purse, 'open'] as const;
}

/** The open lots of a purse, those that expire first before the others. What they come to is what the purse holds, or this throws. */
export function openLots(stage: Stage, owner: AgedPurse): Lot[] {
  const account = stage.account(memberAccount(owner.memberId, owner.purse));
  const balance = account ? balanceOf(account) : 0n;
  const rows: Lot[] = stage.rows(...openList(owner));
  if (rows.length === 0 && balance > 0n) return [emptyLot(owner, never, balance)];
  const sum = rows.reduce((total, { remaining }) => total + remaining, 0n);
  if (sum !== balance) throw new Error(`the lots of ${account?.code} come to ${sum}, its balance is ${balance}`);
  return rows.sort((one, other) => (one.expires_on < other.expires_on ? -1 : 1));
}

/** What remains of lots. */
export function partsOfLots(lots: readonly Lot[]): LotPart[] {
  return lots.map(({ expires_on, remaining }) => ({ expiresOn: expires_on, amount: remaining }));
}

/** A lot that nothing was ever taken from. */
export function emptyLot({ memberId, purse }: AgedPurse, expiresOn: string, remaining = 0n): Lot {
  const state = remaining > 0n ? 'open' : 'spent';
  return { member_id: memberId, purse, expires_on: expiresOn, remaining, expired: 0n, state, warned: null };
}
