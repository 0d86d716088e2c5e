/**
 * The file of visits: service records of another platform. It reads each time by itself; whether they fit together, and
 * what a visit is worth, is decided by the rules. The order of its lines means nothing.
 */
import { formatInstant, parseInstant } from '../../lib/clock.js';
import { externalId, instant, oneOf, serviceType } from '../files/fields.js';
import type { RowOf, Table } from '../files/table.js';
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

export const visitTable: Table<typeof columns> = { columns, unique: 'external_id' };
export type VisitRow = RowOf<typeof columns>;

/**
 * Sorts visits as they are decided, by check-in, then id. What a visit mints depends on those decided before it: in this order a
 * file gives everyone the same coins however its lines are shuffled.
 */
export function decisionKey({ check_in, external_id }: VisitRow): string {
  return `${formatInstant(parseInstant(check_in))} ${external_id}`;
}
