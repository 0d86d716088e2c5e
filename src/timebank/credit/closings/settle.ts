/**
 * Settling a member's accounts in one entry: debts are paid first from what is there, the rest goes on, and what is still owed is written off where
 * everybody sees it. Grants are the fund's again. Hours stay. It does not know who may ask for it.
 */
import type { AccountSpec } from '../../../ledger/accounts.js';
import type { LegDraft, RowChange } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { least } from '../../../lib/decimal.js';
import {
  communityAccount,
  lapsedAccount,
  memberAccount,
  opensAccount,
  receivableAccount,
  writtenOffAccount,
} from '../../chart.js';
import { closeGrants } from '../grants/carry.js';
import { expireLots } from '../lots/expire.js';
import { creditMember, creditNeeds } from '../receivable.js';
import { type Closing, decidedBy, journal, settledPurses, standingOf } from './closing.js';
import type { ClosingDestination } from './closing-words.js';

export interface Settlement {
  readonly closing: Closing;
  readonly destination: ClosingDestination;
  /** With destination `kin`, who has it. */
  readonly beneficiary: string | null;
  readonly actor: string;
  /** What else changes with the entry. */
  readonly rows: readonly RowChange[];
  /** Frees what is past its time, and refuses while anything of a member is held or bound. */
  readonly refuseHeld: (stage: Stage, memberId: string) => void;
}

type Settled = (typeof settledPurses)[number];

/** Refuses: `member_has_holds`, `member_has_orders`, `member_has_gifts`, and what `Stage.post` refuses. */
export function settleMember(stage: Stage, settlement: Settlement): Closing {
  const { closing, destination, beneficiary, actor, rows } = settlement;
  const { member_id: memberId } = closing;
  settlement.refuseHeld(stage, memberId);
  const owners = [memberId, ...(beneficiary === null ? [] : [beneficiary])];
  for (const owner of owners) expireLots(stage, { memberId: owner, purse: 'points' });
  const chart = settledPurses.flatMap((purse) => [lapsedAccount(purse).code, writtenOffAccount(purse).code]);
  const purses = owners.flatMap((owner) => settledPurses.flatMap((purse) => creditNeeds(owner, purse)));
  stage.prefetch({ accounts: [communityAccount, ...chart, ...purses] });
  const [coins, points] = settledPurses.map((purse) => movesOf(stage, purse, settlement)) as [Moves, Moves];
  const grants = closeGrants(stage, memberId);
  const settled = {
    ...closing,
    state: 'settled' as const,
    destination,
    beneficiary_id: beneficiary,
    ...decidedBy(stage, actor),
    settlement: stage.watermark + 1,
    ...{ coins: coins.moved, coins_repaid: coins.repaid, coins_written_off: coins.writtenOff },
    ...{ points: points.moved, points_repaid: points.repaid, points_written_off: points.writtenOff },
  };
  return journal(stage, 'member_settled', settled, {
    control: true,
    legs: [...coins.legs, ...grants.legs, ...points.legs].filter(({ amount }) => amount !== 0n),
    opens: [...coins.opens, ...points.opens],
    rows: [...rows, ...grants.rows],
  });
}

interface Moves {
  readonly legs: readonly LegDraft[];
  readonly opens: readonly AccountSpec[];
  readonly moved: bigint;
  readonly repaid: bigint;
  readonly writtenOff: bigint;
}

function movesOf(stage: Stage, purse: Settled, { closing, destination, beneficiary }: Settlement): Moves {
  const { member_id: memberId } = closing;
  const { held, owed } = standingOf(stage, memberId, purse);
  const repaid = least(held, owed);
  const [moved, writtenOff] = [held - repaid, owed - repaid];
  const [debit, debt] = [memberAccount(memberId, purse), receivableAccount(memberId, purse).code];
  const on =
    beneficiary === null
      ? onTo(stage, { debit, amount: moved, to: destination === 'pool' && purse === 'coins' ? null : purse })
      : creditMember(stage, { memberId: beneficiary, purse, debit, amount: moved });
  const loss = writtenOffAccount(purse);
  return {
    legs: [{ debit, credit: debt, amount: repaid }, ...on.legs, { debit: loss.code, credit: debt, amount: writtenOff }],
    opens: [...on.opens, ...(writtenOff > 0n ? opensAccount(stage, loss) : [])],
    ...{ moved, repaid, writtenOff },
  };
}

/** Into the pool (null), or to where what lapses of a purse goes: of points there is no pool. */
function onTo(
  stage: Stage,
  { debit, amount, to }: { readonly debit: string; readonly amount: bigint; readonly to: Settled | null },
): { legs: LegDraft[]; opens: AccountSpec[] } {
  if (to === null) return { legs: [{ debit, credit: communityAccount, amount }], opens: [] };
  const lapsed = lapsedAccount(to);
  return { legs: [{ debit, credit: lapsed.code, amount }], opens: amount > 0n ? opensAccount(stage, lapsed) : [] };
}
