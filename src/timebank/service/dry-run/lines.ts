/** Every record of a dry run as a line of CSV: what it brought, what the draft would have made of it, and why. Ids and codes need no quotes. */
import { formatAmount } from '../../../lib/decimal.js';
import type { PastPerson } from './past.js';
import type { Replayed } from './replay.js';

const columns = [
  'service_record',
  'volunteer',
  'org_unit',
  'served_on',
  'service_type',
  'rule_set',
  'hours',
  'coins',
  'draft_coins',
  'difference',
  'to_pool',
  'draft_to_pool',
  'reasons',
  'draft_reasons',
] as const;

export type LineCells = Readonly<Record<(typeof columns)[number], string>>;

export const headLine = `${columns.join(',')}\r\n`;

export function lineOf({ id, unit }: Pick<PastPerson, 'id' | 'unit'>, { record, after }: Replayed): string {
  const cells: LineCells = {
    service_record: record.id,
    volunteer: id,
    org_unit: unit,
    served_on: record.servedOn,
    service_type: record.serviceType,
    rule_set: record.ruleSet,
    hours: text(record.hours),
    coins: text(record.coins),
    draft_coins: text(after.toMember),
    difference: text(after.toMember - record.coins),
    to_pool: text(record.toPool),
    draft_to_pool: text(after.toPool),
    reasons: reasonsOf(record.differences),
    draft_reasons: reasonsOf(after.differences),
  };
  return `${columns.map((column) => cells[column]).join(',')}\r\n`;
}

/** A line as it was written. */
export function cellsOf(line: string): LineCells {
  const cells = line.split(',');
  if (cells.length !== columns.length) throw new Error(`a line of a dry run has ${cells.length} cells`);
  return Object.fromEntries(columns.map((column, i) => [column, cells[i]])) as unknown as LineCells;
}

/** `cap_day 0.50; rounding_carry 0.17` */
function reasonsOf(differences: ReadonlyMap<string, bigint>): string {
  return [...differences].map(([code, amount]) => `${code} ${text(amount)}`).join('; ');
}

const text = (hundredths: bigint) => formatAmount(hundredths, 2);
