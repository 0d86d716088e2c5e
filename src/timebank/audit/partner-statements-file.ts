/**
 * The partner's statement as the lines the match takes. A reference may stand on several lines: whether that is a refund
 * or a duplicate is for the match to say.
 */

import type { Charset } from '../../lib/encoding.js';
import { amountCny, date, externalId, oneOf, wholeFrom } from '../files/fields.js';
import { scanTable, type TypedFile } from '../files/table.js';
import { statementLineTypes } from '../words.js';
import type { StatementLine } from './reconciliations/verdicts.js';

const columns = {
  partner_reference: externalId,
  booked_on: date,
  points: wholeFrom(1n),
  amount_cny: amountCny,
  type: oneOf(statementLineTypes),
};

/** Refuses: `file_invalid` (see `readCsv`); single rows are in `errors`. */
export function readBankStatement(bytes: Uint8Array, charset: Charset | null = null): TypedFile<StatementLine> {
  return scanTable(bytes, { columns }, charset, ({ amount_cny: amountCny, ...line }) => ({ ...line, amountCny }));
}
