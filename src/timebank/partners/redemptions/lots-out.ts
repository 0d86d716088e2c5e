/**
 * Which lots the points of a redemption came from that did not go back: it stands in the redemption's row, the earliest expiry first. What is
 * captured are the first of them, and what goes back the last, so that what a member gets back can be used longest.
 */
import { type LotPart, never, readParts, splitParts, sumOfParts, writeParts } from '../../credit/lots/parts.js';
import type { Redemption } from './redemption.js';

/** Of a redemption that was authorised before lots were kept: points that do not expire. */
function partsOut({ lots, authorised, released, refunded }: Redemption): LotPart[] {
  if (lots !== null) return readParts(lots);
  const out = authorised - released - refunded;
  return out > 0n ? [{ expiresOn: never, amount: out }] : [];
}

/** The lots of the next points to be captured. */
export function lotsOfCapture(redemption: Redemption, points: bigint): LotPart[] {
  const { rest } = splitParts(partsOut(redemption), redemption.captured - redemption.refunded);
  return splitParts(rest, points).first;
}

/**
 * The lots that points go back to, and what is left in the row. Open points are the last, so that a release takes from the end; a refund takes the
 * last of the captured ones.
 */
export function giveBack(redemption: Redemption, points: bigint, from: 'open' | 'captured') {
  const parts = partsOut(redemption);
  const stay = from === 'open' ? sumOfParts(parts) - points : redemption.captured - redemption.refunded - points;
  const { first, rest } = splitParts(parts, stay);
  const { first: back, rest: open } = splitParts(rest, points);
  return { back, lots: writeParts([...first, ...open]) };
}
