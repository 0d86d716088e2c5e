/**
 * The file of visits: service records of another platform. It reads each time by itself; whether they fit together, and
 * what a visit is worth, is decided by the rules. The order of its lines means nothing.
 */
import { formatInstant, parseInstant } from '../../lib/clock.js';
import { externalId, instant, oneOf, serviceType } from '../files/fields.js';
import type { Names, RowOf, Table } from '../files/table.js';
import { proofGrades } from '../service-words.js';

const columns = {
  external_id: externalId,
  volunteer: externalId,
  recipient: externalId,
  service_type: serviceType,
  planned_start: instant,
  planned_end: instant,
  check_in: instant,
  check_out: instant,
  proof_grade: oneOf(proofGrades),
  recorded_by_unit: externalId,
};

const names: Names<typeof columns> = {
  external_id: ['记录编号', '服务编号', '服务记录编号', '编号'],
  volunteer: ['志愿者', '志愿者编号'],
  recipient: ['受助人', '受助人编号', '服务对象', '服务对象编号'],
  service_type: ['服务类型', '服务类别', '服务项目'],
  planned_start: ['计划开始时间', '预约开始时间', '开始时间'],
  planned_end: ['计划结束时间', '预约结束时间', '结束时间'],
  check_in: ['签到时间', '签到', '实际开始时间', '开始时间'],
  check_out: ['签出时间', '签出', '签退时间', '签退', '实际结束时间', '结束时间'],
  proof_grade: ['凭证等级', '证明等级'],
  recorded_by_unit: ['记录单位', '登记单位', '记录人', '记录人编号'],
};

export const visitTable: Table<typeof columns> = { columns, names, unique: 'external_id' };
export type VisitRow = RowOf<typeof columns>;

/**
 * Sorts visits as they are decided, by check-in, then id. What a visit mints depends on those decided before it: in this order a
 * file gives everyone the same coins however its lines are shuffled.
 */
export function decisionKey({ check_in, external_id }: VisitRow): string {
  return `${formatInstant(parseInstant(check_in))} ${external_id}`;
}
