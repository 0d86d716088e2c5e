/**
 * The partner's statement as the lines the match takes. A reference may stand on several lines: whether that is a refund
 * or a duplicate is for the match to say.
 */

import type { CsvReading } from '../../lib/csv/read.js';
import { amountCny, date, externalId, oneOf, wholeFrom } from '../files/fields.js';
import { type Names, scanTable, type TypedFile } from '../files/table.js';
import { statementLineTypes } from '../words.js';
import type { StatementLine } from './reconciliations/verdicts.js';

const columns = {
  partner_reference: externalId,
  booked_on: date,
  points: wholeFrom(1n),
  amount_cny: amountCny,
  type: oneOf(statementLineTypes),
};

const names: Names<typeof columns> = {
  partner_reference: ['流水号', '兑换流水号', '业务流水号', '交易流水号'],
  booked_on: ['记账日期', '入账日期', '交易日期'],
  points: ['积分', '兑换积分'],
  amount_cny: ['金额', '人民币金额', '金额（元）'],
  type: ['类型', '交易类型', '业务类型'],
};

export const statementTable = { columns, names };

/** Refuses: `file_invalid` (see `readCsv`); single rows are in `errors`. */
export function readBankStatement(
  bytes: Uint8Array,
  reading: CsvReading = { charset: null },
): TypedFile<StatementLine> {
  return scanTable(bytes, statementTable, reading, ({ amount_cny: amountCny, ...line }) => ({ ...line, amountCny }));
}
