/** What becomes of a member's grants when all that they have moves: with an id that was another's they go along, and who leaves or has died leaves them to the fund. */
import type { AccountSpec } from '../../../ledger/accounts.js';
import { change, type LegDraft, type RowChange } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { fundAccount, grantsAccount, opensGrants } from '../../chart.js';
import { expireGrants, heldOfGrants, nameOfPurse, needsOfGrants, purseOfGrants, pursesOfMembers } from './purses.js';
import { grantPurseRows } from './rows.js';

/** Parts of an entry. */
interface Carried {
  readonly legs: LegDraft[];
  readonly opens: AccountSpec[];
  readonly rows: RowChange[];
}

/** Whether a member holds any grants, of a year that is over, too. */
export function hasGrants(stage: Stage, memberId: string): boolean {
  const names = pursesOfMembers(stage, [memberId]).map(nameOfPurse);
  stage.prefetch(needsOfGrants(names));
  return names.some((name) => heldOfGrants(stage, name) > 0n);
}

/** Ends the purses of who leaves or has died: what they hold is the fund's. */
export function closeGrants(stage: Stage, memberId: string): Pick<Carried, 'legs' | 'rows'> {
  expireGrants(stage, [memberId]);
  const open = pursesOfMembers(stage, [memberId]).filter(({ state }) => state === 'open');
  stage.prefetch({ accounts: [fundAccount, ...open.map(nameOfPurse).map(grantsAccount)] });
  const ended = open.map((purse) => ({ purse, amount: heldOfGrants(stage, nameOfPurse(purse)) }));
  return {
    legs: ended.map(({ purse, amount }) => ({
      debit: grantsAccount(nameOfPurse(purse)),
      credit: fundAccount,
      amount,
    })),
    rows: ended.map(({ purse, amount }) =>
      change(grantPurseRows, { ...purse, state: 'ended', returned: purse.returned + amount }),
    ),
  };
}

/** The purses of one id come to those of the same years of another, with what had gone back from them to the fund. */
export function carryGrants(stage: Stage, from: string, to: string): Carried {
  expireGrants(stage, [from, to]);
  const purses = pursesOfMembers(stage, [from]);
  const names = purses.map(nameOfPurse);
  stage.prefetch(needsOfGrants([...names, ...names.map(({ year }) => ({ memberId: to, year }))]));
  const carried = purses.map((purse) => {
    const [name, into] = [nameOfPurse(purse), { memberId: to, year: purse.year }];
    const there = purseOfGrants(stage, into);
    const isOpen = purse.state === 'open' || there?.state === 'open';
    const joint = {
      ...{ member_id: to, year: purse.year },
      state: isOpen ? ('open' as const) : ('ended' as const),
      returned: purse.returned + (there?.returned ?? 0n),
    };
    return {
      leg: { debit: grantsAccount(name), credit: grantsAccount(into), amount: heldOfGrants(stage, name) },
      // What is held of it for the records of orders comes back to the purse that it is now.
      opens: opensGrants(stage, into),
      rows: [
        change(grantPurseRows, joint),
        change(grantPurseRows, { ...purse, state: 'ended' as const, returned: 0n }),
      ],
    };
  });
  return {
    legs: carried.map(({ leg }) => leg).filter(({ amount }) => amount > 0n),
    opens: carried.flatMap(({ opens }) => opens),
    rows: carried.flatMap(({ rows }) => rows),
  };
}
