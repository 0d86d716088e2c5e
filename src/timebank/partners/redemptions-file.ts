/**
 * The file of a partner's redemptions, one row a partner reference. It does not name the partner: whoever brings it does. It knows no
 * balance, and the order of its lines means nothing.
 */
import { formatInstant, parseInstant } from '../../lib/clock.js';
import { externalId, instant, optional, wholeFrom } from '../files/fields.js';
import type { Names, RowOf, Table } from '../files/table.js';

const columns = {
  partner_reference: externalId,
  member: externalId,
  points: wholeFrom(1n),
  requested_at: instant,
  terminal: optional(externalId),
};

const names: Names<typeof columns> = {
  partner_reference: ['流水号', '兑换流水号', '业务流水号', '交易流水号'],
  member: ['成员', '成员编号', '会员编号', '人员编号'],
  points: ['积分', '兑换积分'],
  requested_at: ['兑换时间', '申请时间', '交易时间'],
  terminal: ['终端', '终端号', '终端编号'],
};

export const redemptionTable: Table<typeof columns> = { columns, names, unique: 'partner_reference' };
export type RedemptionRow = RowOf<typeof columns>;

/** Sorts redemptions as they are decided, by their moment: whether one is covered depends on those before it. */
export function decisionKey({ requested_at, partner_reference }: RedemptionRow): string {
  return `${formatInstant(parseInstant(requested_at))} ${partner_reference}`;
}
