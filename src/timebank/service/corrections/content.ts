/**
 * What a correction says: what is to stand in the place of a record, whole, so that two people can be seen to say the same. It does not know who
 * they are.
 */
import { formatInstant, parseInstant } from '../../../lib/clock.js';
import { Refusal } from '../../../lib/refusal.js';
import type { ProofGrade } from '../../service-words.js';
import type { ServiceRecord } from '../standing.js';
import type { ServiceCorrection } from './carry-out.js';

/** What is asked for: what is left out stays as it was recorded. */
export interface CorrectionFields {
  /** The id of the record that takes its place. */
  readonly external_id?: string | undefined;
  readonly service_type?: string | undefined;
  readonly planned_start?: string | undefined;
  readonly planned_end?: string | undefined;
  readonly check_in?: string | undefined;
  readonly check_out?: string | undefined;
  readonly proof_grade?: ProofGrade | undefined;
  readonly recorded_by?: string | undefined;
  /** Nothing takes its place. */
  readonly annul?: true | undefined;
  readonly reason: string;
}

/** What a second person has to ask for, too. */
const contentColumns = [
  'annul',
  'external_id',
  'service_type',
  'planned_start',
  'planned_end',
  'check_in',
  'check_out',
  'proof_grade',
  'recorded_by',
  'reason',
] as const;

/** What differs between a proposal and what is asked for. A reason that was erased with a person says nothing any more. */
export function differencesOf(proposed: ServiceCorrection, content: Content): string[] {
  const columns = contentColumns.filter((column) => column !== 'reason' || proposed.reason !== null);
  return columns.filter((column) => proposed[column] !== content[column]);
}

const recordedColumns = [
  'service_type',
  'planned_start',
  'planned_end',
  'check_in',
  'check_out',
  'proof_grade',
  'recorded_by',
] as const;

export type Content = ReturnType<typeof replaced> | ReturnType<typeof annulled>;

/** What is to stand in the place of a record, whole. Refuses: `correction_invalid`. */
export function contentOf(record: ServiceRecord, fields: CorrectionFields): Content {
  if (fields.annul) {
    if (fields.external_id === undefined && recordedColumns.every((column) => fields[column] === undefined))
      return annulled(fields.reason);
    throw new Refusal('correction_invalid', {
      en: 'a record is annulled, or something takes its place',
      zh: '记录要么作废，要么由新的内容取代，不能同时提出',
    });
  }
  if (record.recipient_id === null)
    throw new Refusal('correction_invalid', {
      en: `service record ${record.service_record_id} has no recipient: it can be annulled, and recorded anew`,
      zh: `志愿服务记录 ${record.service_record_id} 没有受助人，只能作废后重新记录`,
    });
  const content = replaced(record, fields);
  if (recordedColumns.some((column) => content[column] !== record[column])) return content;
  throw new Refusal('correction_invalid', {
    en: `service record ${record.service_record_id} says so already`,
    zh: `志愿服务记录 ${record.service_record_id} 与所求一致，无须更正`,
  });
}

function replaced(record: ServiceRecord, fields: CorrectionFields) {
  const instant = (asked: string | undefined, recorded: string) =>
    asked === undefined ? recorded : formatInstant(parseInstant(asked));
  return {
    annul: false as const,
    external_id: fields.external_id ?? null,
    service_type: fields.service_type ?? record.service_type,
    planned_start: instant(fields.planned_start, record.planned_start),
    planned_end: instant(fields.planned_end, record.planned_end),
    check_in: instant(fields.check_in, record.check_in),
    check_out: instant(fields.check_out, record.check_out),
    proof_grade: fields.proof_grade ?? (record.proof_grade as ProofGrade),
    recorded_by: fields.recorded_by ?? record.recorded_by,
    reason: fields.reason,
  };
}

function annulled(reason: string) {
  const nothing = { service_type: null, planned_start: null, planned_end: null, check_in: null, check_out: null };
  return { annul: true as const, external_id: null, ...nothing, proof_grade: null, recorded_by: null, reason };
}
