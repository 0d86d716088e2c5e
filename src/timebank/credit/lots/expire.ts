/**
 * What expires, and what is found to have been used in time after all. Expiry is judged by the day: before a purse is used whatever is past its
 * day leaves it, and whether the service has tidied it up by then changes neither what can be spent nor the books of any day.
 */
import { firstOpenDay } from '../../../ledger/dates.js';
import type { EntryDraft, StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { addDays } from '../../../lib/clock.js';
import { least } from '../../../lib/decimal.js';
import { expiredAccount, memberAccount, type PurseName, type TimebankKind } from '../../chart.js';
import { lotRows } from '../rows.js';
import { type AgedPurse, agedPurseOf, type Lot, openList, openLots } from './open-lots.js';
import { type LotPart, leafLots, sumOfParts } from './parts.js';

/** Why units expired: their lot came to its day, or they came back to one that had. */
export type ExpiryReason = 'lot_expired' | 'returned_after_expiry';

/** Whether an entry of a kind says what became of lots and nothing else. */
export function isOfLots(kind: string): boolean {
  return kind === 'points_expired' || kind === 'points_reinstated' || kind === 'expiry_warned';
}

/** What `expireLots` reads of purses: for a `prefetch`. */
export function needsOfExpiry(owners: readonly AgedPurse[]) {
  return {
    accounts: [expiredAccount, ...owners.map(({ memberId, purse }) => memberAccount(memberId, purse))],
    lists: owners.map(openList),
  };
}

/**
 * Takes from a purse what expired before today, each lot on the day after its last, or on the first day that is open. `returnedOn`: it came
 * back to the purse on that day. Returns the open lots that are left, the earliest expiry first. Refuses what `Stage.post` refuses.
 */
export function expireLots(stage: Stage, owner: AgedPurse, returnedOn?: string): Lot[] {
  const open = stage.prefetching(
    () => needsOfExpiry([owner]),
    () => openLots(stage, owner),
  );
  const due = open.filter(({ expires_on }) => expires_on < stage.today);
  for (const lot of due) {
    const since = firstOpenDay(stage, addDays(lot.expires_on, 1));
    post(stage, owner, {
      kind: 'points_expired',
      effectiveOn: returnedOn !== undefined && returnedOn > since ? returnedOn : since,
      reason: (returnedOn === undefined ? 'lot_expired' : 'returned_after_expiry') satisfies ExpiryReason,
      parts: [{ expiresOn: lot.expires_on, amount: lot.remaining }],
    });
  }
  return open.slice(due.length);
}

/**
 * Posts what brings units to a purse with the age that they had: what was over before expires first, for it is not what comes now, and what comes too
 * late expires at once.
 */
export function bringTo<Posted extends { readonly entry: StagedEntry }>(
  stage: Stage,
  { memberId, purse }: PurseName,
  post: () => Posted,
): Posted {
  const owner = agedPurseOf(memberAccount(memberId, purse));
  if (!owner) return post();
  expireLots(stage, owner);
  const posted = post();
  expireLots(stage, owner, posted.entry.effectiveOn);
  return posted;
}

/**
 * Puts back what expired of lots, as far as it did, as of the day on which it expired: it was used in time, and the books learn of it late; or
 * what it came from is taken back, so that nothing was there to expire.
 */
export function reinstateLots(stage: Stage, owner: AgedPurse, wanted: readonly LotPart[]): void {
  const { memberId, purse } = owner;
  stage.prefetch({
    ...needsOfExpiry([owner]),
    rows: wanted.map(({ expiresOn }) => [lotRows, memberId, purse, expiresOn] as const),
  });
  for (const { expiresOn, amount } of wanted) {
    const lot = stage.row(lotRows, memberId, purse, expiresOn);
    const back = least(amount, lot?.expired ?? 0n);
    if (back === 0n) continue;
    post(stage, owner, {
      kind: 'points_reinstated',
      effectiveOn: firstOpenDay(stage, addDays(expiresOn, 1)),
      parts: [{ expiresOn, amount: back }],
    });
  }
}

/** What expired of a purse that could still be used on a day, the earliest expiry first. */
export function expiredSince(stage: Stage, { memberId, purse }: AgedPurse, day: string): LotPart[] {
  const lots: Lot[] = stage.rows(lotRows, 'state', memberId, purse, 'expired');
  return lots
    .filter(({ expires_on }) => expires_on >= day)
    .sort((one, other) => (one.expires_on < other.expires_on ? -1 : 1))
    .map(({ expires_on, expired }) => ({ expiresOn: expires_on, amount: expired }));
}

function post(stage: Stage, { memberId, purse }: AgedPurse, { kind, effectiveOn, reason, parts }: Expiry): void {
  const code = memberAccount(memberId, purse);
  const amount = sumOfParts(parts);
  stage.post({
    kind,
    effectiveOn,
    control: true,
    lots: leafLots(parts),
    legs: [
      kind === 'points_expired'
        ? { debit: code, credit: expiredAccount, amount }
        : { debit: expiredAccount, credit: code, amount },
    ],
    ...(reason && { reason }),
  });
}

interface Expiry extends Pick<EntryDraft, 'reason'> {
  readonly kind: TimebankKind & ('points_expired' | 'points_reinstated');
  readonly effectiveOn: string;
  readonly parts: readonly LotPart[];
}
