/**
 * The file of a partner's redemptions, one row a partner reference. It does not name the partner: whoever brings it does. It knows no
 * balance, and the order of its lines means nothing.
 */
import { formatInstant, parseInstant } from '../../lib/clock.js';
import { externalId, instant, optional, wholeFrom } from '../files/fields.js';
import type { RowOf, Table } from '../files/table.js';

const columns = {
  partner_reference: externalId,
  member: externalId,
  points: wholeFrom(1n),
  requested_at: instant,
  terminal: optional(externalId),
};

export const redemptionTable: Table<typeof columns> = { columns, unique: 'partner_reference' };
export type RedemptionRow = RowOf<typeof columns>;

/** Sorts redemptions as they are decided, by their moment: whether one is covered depends on those before it. */
export function decisionKey({ requested_at, partner_reference }: RedemptionRow): string {
  return `${formatInstant(parseInstant(requested_at))} ${partner_reference}`;
}
