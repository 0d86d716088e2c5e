/**
 * A redemption: points authorised at a partner and what became of them. `authorised -> captured` in whole or in parts, `voided` or
 * `expired` for what was not captured, then refunded in whole or in parts. Open = authorised - captured - released, and the
 * sum of open amounts is the balance of the partner's held account at every moment.
 */
import { change, type RowChange } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { hasCome } from '../../../lib/clock.js';
import { formatAmount, parseAmount } from '../../../lib/decimal.js';
import { Refusal } from '../../../lib/refusal.js';
import type { RedemptionStatus } from '../../words.js';
import { redemptionRows } from '../rows.js';

export type Redemption = ReturnType<typeof redemptionRows.decode>;

/** Points held and neither captured nor released. */
export function openPoints(redemption: Redemption): bigint {
  return redemption.authorised - redemption.captured - redemption.released;
}

/** Expiry is judged when a hold is used, whatever jobs have run. `now` is milliseconds since the epoch. */
export function isExpired(redemption: Redemption, now: number): boolean {
  return openPoints(redemption) > 0n && hasCome(redemption.expires_at, now);
}

/** The status that follows from the amounts; `ended` is how the last open points were released, if they were. */
function statusOf(redemption: Redemption, ended: 'voided' | 'expired' | null): RedemptionStatus {
  if (openPoints(redemption) > 0n) return redemption.captured > 0n ? 'partially_captured' : 'authorised';
  if (redemption.refunded > 0n) return redemption.refunded === redemption.captured ? 'refunded' : 'partially_refunded';
  if (redemption.captured > 0n) return 'captured';
  return ended ?? 'voided';
}

/** CNY in fen for points at a price of decimal CNY a point, of at most 4 decimals; rounded half up to the fen. */
export function priceOf(points: bigint, pointPrice: string): bigint {
  const hundredths = points * parseAmount(pointPrice, 4);
  return (hundredths + 50n) / 100n;
}

/**
 * How far what is owed for a redemption moves, in fen, when `points` are captured (positive) or refunded (negative): it is always
 * the price of the points that were captured and not refunded, so that no order of parts gains or loses a fen.
 */
export function moveOwed(redemption: Redemption, points: bigint, pointPrice: string): bigint {
  const owed = redemption.captured_cny - redemption.refunded_cny;
  return priceOf(redemption.captured - redemption.refunded + points, pointPrice) - owed;
}

/** A redemption by id. Refuses: `redemption_not_found`, also when it is another partner's. */
export function requireRedemption(stage: Stage, id: string, partnerId: string | null): Redemption {
  const redemption = stage.row(redemptionRows, id);
  if (!redemption || (partnerId !== null && redemption.partner_id !== partnerId)) {
    throw new Refusal('redemption_not_found', { en: `there is no redemption ${id}`, zh: `没有编号为 ${id} 的兑换` });
  }
  return redemption;
}

/** The redemption as it will stand, with its status brought up to date. Of one that holds nothing little is heard again. */
export function redemptionChange(redemption: Redemption, ended: 'voided' | 'expired' | null = null): RowChange {
  return change(redemptionRows, { ...redemption, status: statusOf(redemption, ended) }, openPoints(redemption) > 0n);
}

/** A redemption as it will stand once what expired of it is given back: what is held past its time is free already. */
function asExpired(redemption: Redemption): Redemption {
  const released = { ...redemption, released: redemption.released + openPoints(redemption) };
  return { ...released, status: statusOf(released, 'expired') };
}

/** A redemption as the interface shows it; `now` judges its expiry. Points are whole decimal strings. */
export function viewRedemption(redemption: Redemption, entry: number, now: number) {
  const shown = isExpired(redemption, now) ? asExpired(redemption) : redemption;
  return {
    id: shown.redemption_id,
    partner: shown.partner_id,
    partner_reference: shown.partner_reference,
    member: shown.member_id,
    status: statusOf(shown, shown.status === 'expired' ? 'expired' : null),
    authorised: shown.authorised.toString(),
    captured: shown.captured.toString(),
    released: shown.released.toString(),
    refunded: shown.refunded.toString(),
    captured_cny: formatAmount(shown.captured_cny, 2),
    refunded_cny: formatAmount(shown.refunded_cny, 2),
    effective_on: shown.effective_on,
    expires_at: shown.expires_at,
    entry: String(entry),
  };
}

export type RedemptionView = ReturnType<typeof viewRedemption>;
