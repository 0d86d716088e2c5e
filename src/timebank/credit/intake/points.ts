/**
 * From what an item brought to what it brings: the legs of one entry, and the lots that its points come from and go to. What was taken back and is
 * spent is owed. Posts nothing but what expired meanwhile; knows no item.
 */
import type { AccountSpec } from '../../../ledger/accounts.js';
import type { EntryDraft, LegDraft } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { expireLots, reinstateLots } from '../lots/expire.js';
import { leafLots } from '../lots/parts.js';
import { creditMember, debitMember, type FreeHolds } from '../receivable.js';

const issuance = 'point:issuance';

/** Points that a member has from an item, in the lot of their last day. */
export interface Earned {
  readonly memberId: string;
  readonly points: bigint;
  readonly expiresOn: string;
}

type Moves = Required<Pick<EntryDraft, 'legs' | 'opens' | 'lots'>>;

/** Null: no points. Of the same lot only the difference moves. */
export function movePoints(
  stage: Stage,
  was: Earned | null,
  now: Earned | null,
  freeHolds: FreeHolds,
): Pick<EntryDraft, 'legs' | 'opens' | 'lots'> {
  // Nearly everything is new.
  const { legs, opens, lots } = !was && now ? give(stage, now, 0n) : movesOf(stage, was, now, freeHolds);
  if (legs.length === 0) return {};
  const isOfPurse = legs.some(({ debit, credit }) => !isDebt(debit) && !isDebt(credit));
  return { legs, opens, ...(isOfPurse && { lots }) };
}

function movesOf(stage: Stage, was: Earned | null, now: Earned | null, freeHolds: FreeHolds): Moves {
  if (was && now && was.memberId === now.memberId && was.expiresOn === now.expiresOn) {
    const more = now.points - was.points;
    return more < 0n
      ? takeBack(stage, { ...was, points: -more }, freeHolds)
      : give(stage, { ...now, points: more }, 0n);
  }
  const taken = was && takeBack(stage, was, freeHolds);
  const owed = taken && was?.memberId === now?.memberId ? taken.owed : 0n;
  const given = now && give(stage, now, owed);
  return {
    legs: [...(taken?.legs ?? []), ...(given?.legs ?? [])],
    opens: uniqueSpecs([...(taken?.opens ?? []), ...(given?.opens ?? [])]),
    lots: [...(taken?.lots ?? []), ...(given?.lots ?? [])],
  };
}

function give(stage: Stage, { memberId, points, expiresOn }: Earned, owedBesides: bigint): Moves {
  if (points === 0n) return { legs: [], opens: [], lots: [] };
  const credited = creditMember(stage, { memberId, purse: 'points', debit: issuance, amount: points, owedBesides });
  return { ...credited, lots: leafLots([{ expiresOn, amount: points }]) };
}

/** What expired of the points meanwhile is taken back, not owed. */
function takeBack(
  stage: Stage,
  { memberId, points, expiresOn }: Earned,
  freeHolds: FreeHolds,
): Moves & { readonly owed: bigint } {
  const owner = { memberId, purse: 'points' } as const;
  expireLots(stage, owner);
  reinstateLots(stage, owner, [{ expiresOn, amount: points }]);
  const { legs, opens } = debitMember(stage, { ...owner, credit: issuance, amount: points }, freeHolds);
  const taken = legs.reduce((sum, leg) => (isDebt(leg.debit) ? sum : sum + amountOf(leg)), 0n);
  return { legs, opens, lots: taken > 0n ? leafLots([{ expiresOn, amount: taken }]) : [], owed: points - taken };
}

/** Of the accounts that a leg here may have. */
const isDebt = (code: string) => code.includes(':receivable:');

const amountOf = ({ amount }: LegDraft) => BigInt(amount);

/** A purse that one leg needs and another, too, is opened once. */
function uniqueSpecs(specs: readonly AccountSpec[]): AccountSpec[] {
  return [...new Map(specs.map((spec) => [spec.code, spec])).values()];
}
