/**
 * A service record turns out to be wrong: one person proposes what is to take its place, or that nothing does, and another carries it out by
 * asking for the same. What is carried out, and what follows from it for other records, is said elsewhere.
 */
import { change } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { formatInstant, parseInstant } from '../../../lib/clock.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import { newSalt } from '../../credit/adjustments.js';
import type { FreeHolds } from '../../credit/receivable.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { isOneOf, personOf } from '../../people/actors.js';
import { idsOf, type Member, refuseMerged, requireMember } from '../../people/members.js';
import { isUnitWithin, type Reach } from '../../people/reach.js';
import { memberRows } from '../../people/rows.js';
import type { ProofGrade } from '../../words.js';
import { serviceCorrectionRows, serviceRecordRows } from '../rows.js';
import { checkServiceTimes, serviceTimesOf } from '../service-times.js';
import type { ServiceRecord } from '../standing.js';
import { type CarriedOut, carryOutCorrection, type ServiceCorrection } from './carry-out.js';

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

/** Who corrects; `alias` is a member's id that they have beside a pseudonym. */
export interface Corrector {
  readonly actor: string;
  readonly alias?: string | undefined;
  readonly reach: Reach;
}

export interface CorrectionRequest extends Corrector {
  readonly id: string;
  readonly fields: CorrectionFields;
  /** For the record that takes its place, where none is asked for. */
  readonly newId: string;
  readonly freeHolds: FreeHolds;
}

/** A correction as it stands, and what it brought about once it is carried out. */
export interface CorrectionOutcome {
  readonly correction: ServiceCorrection;
  readonly carriedOut: CarriedOut | null;
}

/**
 * Proposes a correction, or carries out what another person has proposed; who has proposed one may propose another in its place.
 * Refuses, in order: `service_record_not_found` (also out of reach), `service_record_corrected`, `record_paid_by_order`, `member_merged`,
 * `correction_invalid` (it changes nothing, annuls and changes, or there is no
 * recipient), `service_time_invalid`, `self_approval` (who gave or received it, or one's
 * own proposal), `correction_differs` (from what the other person proposed); then what `carryOutCorrection` refuses.
 */
export function correctService(stage: Stage, rules: RuleSet, request: CorrectionRequest): CorrectionOutcome {
  const { id, fields, actor, alias } = request;
  const { record, volunteer } = requireCorrectable(stage, id, request.reach);
  const content = contentOf(record, fields);
  if (!content.annul) checkServiceTimes(serviceTimesOf(content), rules);
  refuseParties(stage, { record, volunteer }, request);
  const proposed = stage.row(serviceCorrectionRows, id);
  if (proposed?.status !== 'proposed') return propose(stage, record, content, actor);
  const isSame = contentColumns.every((column) => proposed[column] === content[column]);
  if (isOneOf([personOf(proposed.proposed_by)], actor, alias)) {
    if (!isSame) return propose(stage, record, content, actor);
    throw new Refusal('self_approval', {
      en: 'who proposed a correction does not carry it out',
      zh: '提出更正的人不能执行该更正',
    });
  }
  if (!isSame) throw differs(contentColumns.filter((column) => proposed[column] !== content[column]));
  const decided = { decided_by: actor, decided_at: instantOf(stage) };
  const carriedOut = carryOutCorrection(stage, rules, { ...request, record, proposed, decided });
  return { correction: carriedOut.correction, carriedOut };
}

/** Takes a proposal back, whoever made it. Refuses: `service_record_not_found` (also out of reach), `correction_not_found` (none, or decided). */
export function withdrawCorrection(stage: Stage, id: string, { reach, actor }: Corrector): CorrectionOutcome {
  requireRecordWithin(stage, id, reach);
  const row = requireCorrection(stage, id);
  if (row.status !== 'proposed') throw noCorrection(id);
  const withdrawn = { ...row, status: 'withdrawn' as const, decided_by: actor, decided_at: instantOf(stage) };
  return journal(stage, 'service_correction_withdrawn', withdrawn);
}

/** Refuses: `correction_not_found`. */
export function requireCorrection(stage: Stage, id: string): ServiceCorrection {
  const row = stage.row(serviceCorrectionRows, id);
  if (!row) throw noCorrection(id);
  return row;
}

export function noCorrection(id: string): Refusal {
  return new Refusal('correction_not_found', {
    en: `nobody has proposed to correct service record ${id}, or not any more`,
    zh: `没有对志愿服务记录 ${id} 待执行的更正`,
  });
}

/** Refuses: `service_record_not_found`, also when its volunteer is out of reach. */
export function requireRecordWithin(
  stage: Stage,
  id: string,
  reach: Reach,
): { record: ServiceRecord; volunteer: Member } {
  const record = stage.row(serviceRecordRows, id);
  if (record) {
    const volunteer = requireMember(stage, record.volunteer_id);
    const { merged_into: into } = volunteer;
    const now = into === null ? volunteer : requireMember(stage, into);
    const units = [now.org_unit_id, now.second_org_unit_id];
    if (units.some((unit) => unit !== null && isUnitWithin(stage, reach, unit))) return { record, volunteer };
  }
  throw new Refusal('service_record_not_found', {
    en: `there is no service record ${id}`,
    zh: `没有志愿服务记录 ${id}`,
  });
}

/** Refuses: `service_record_not_found`, `service_record_corrected`, `record_paid_by_order`, `member_merged`. */
function requireCorrectable(stage: Stage, id: string, reach: Reach) {
  const found = requireRecordWithin(stage, id, reach);
  const { record, volunteer } = found;
  const before = stage.row(serviceCorrectionRows, id);
  if (before?.status === 'carried_out')
    throw new Refusal('service_record_corrected', {
      en: `service record ${id} was corrected${before.corrected_by === null ? ': nothing took its place' : ` by ${before.corrected_by}`}`,
      zh: `志愿服务记录 ${id} 已更正${before.corrected_by === null ? '（已作废）' : `为 ${before.corrected_by}`}`,
    });
  if (record.funding !== null)
    throw new Refusal('record_paid_by_order', {
      en: `the coins of service record ${id} were paid in order ${record.order_id}: correct them by an adjustment`,
      zh: `志愿服务记录 ${id} 的时间币由点单 ${record.order_id} 支付，请通过调账更正`,
    });
  refuseMerged(volunteer);
  return found;
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

const recordedColumns = [
  'service_type',
  'planned_start',
  'planned_end',
  'check_in',
  'check_out',
  'proof_grade',
  'recorded_by',
] as const;

type Content = ReturnType<typeof replaced> | ReturnType<typeof annulled>;

/** What is to stand in the place of a record, whole. Refuses: `correction_invalid`. */
function contentOf(record: ServiceRecord, fields: CorrectionFields): Content {
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

/** Refuses: `self_approval` (who gave or received the service, under whatever id). */
function refuseParties(
  stage: Stage,
  { record, volunteer }: { record: ServiceRecord; volunteer: Member },
  { actor, alias }: Corrector,
): void {
  const recipient = record.recipient_id === null ? null : stage.row(memberRows, record.recipient_id);
  const parties = [...idsOf(volunteer), ...(recipient ? idsOf(recipient) : [])];
  if (!isOneOf(parties, actor, alias)) return;
  throw new Refusal('self_approval', {
    en: 'who gave or received a service does not correct its record',
    zh: '志愿者和受助人不能更正自己的服务记录',
  });
}

function differs(columns: readonly string[]): Refusal {
  return new Refusal('correction_differs', {
    en: `another person proposed another ${columns.join(', ')}`,
    zh: `与他人提出的更正不一致：${columns.join('、')}`,
  });
}

function propose(stage: Stage, record: ServiceRecord, content: Content, actor: string): CorrectionOutcome {
  return journal(stage, 'service_correction_proposed', {
    service_record_id: record.service_record_id,
    volunteer_id: record.volunteer_id,
    week: record.week,
    status: 'proposed',
    ...content,
    salt: newSalt(),
    proposed_by: actor,
    proposed_at: instantOf(stage),
    decided_by: null,
    decided_at: null,
    corrected_by: null,
    reversed_on: null,
  });
}

function journal(stage: Stage, kind: TimebankKind, row: ServiceCorrection): CorrectionOutcome {
  const { number } = stage.post({ kind, rows: [change(serviceCorrectionRows, row)] });
  return { correction: { ...row, entry: number }, carriedOut: null };
}

const instantOf = (stage: Stage) => formatInstant(BigInt(stage.now) * 1000n);
