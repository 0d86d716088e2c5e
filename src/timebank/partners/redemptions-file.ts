/** The file of redemptions, one row a partner reference, in the order in which they were asked for. It knows no balance. */
import type { Charset } from '../../lib/encoding.js';
import { externalId, instant, wholeFrom } from '../files/fields.js';
import { type RowOf, readTable, type TypedFile } from '../files/table.js';

const columns = {
  partner_reference: externalId,
  member: externalId,
  points: wholeFrom(1n),
  requested_at: instant,
  terminal: externalId,
};

export type RedemptionRow = RowOf<typeof columns>;

/** Refuses: `file_invalid` (see `readCsv`); single rows are in `errors`. */
export function readRedemptions(bytes: Uint8Array, charset: Charset | null = null): TypedFile<RedemptionRow> {
  return readTable(bytes, { columns, unique: 'partner_reference' }, charset);
}
