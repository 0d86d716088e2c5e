/**
 * A service record turns out to be wrong: one person proposes what is to take its place, or that nothing does, and another carries it out by
 * asking for the same. What is carried out, and what follows from it for other records, is said elsewhere.
 */
import { change } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { newSalt } from '../../../lib/salt.js';
import type { TimebankKind } from '../../chart.js';
import type { FreeHolds } from '../../credit/receivable.js';
import { type Member, refuseMerged, requireMember } from '../../people/members.js';
import { isUnitWithin, type Reach } from '../../people/reach.js';
import { type Beside, isFirstPerson, isOneOf, keptAlias } from '../../people/second-person.js';
import { serviceCorrectionRows, serviceRecordRows } from '../rows.js';
import { checkedTimes } from '../service-records.js';
import type { ServiceRecord } from '../standing.js';
import { type CarriedOut, carryOutCorrection, type ServiceCorrection } from './carry-out.js';
import { type Content, type CorrectionFields, contentOf, differencesOf } from './content.js';
import { receiversOf } from './ordered.js';

/** Who corrects. */
export interface Corrector extends Beside {
  readonly actor: string;
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
 * Refuses, in order: `service_record_not_found` (also out of reach), `service_record_corrected`, `member_merged`, `correction_invalid` (it
 * changes nothing, annuls and changes, or there is no recipient), `rule_set_not_effective`, `service_time_invalid`, `self_approval` (who gave or received it, or one's
 * own proposal), `correction_differs` (from what the other person proposed); then what `carryOutCorrection` refuses.
 */
export function correctService(stage: Stage, request: CorrectionRequest): CorrectionOutcome {
  const { id, fields, actor } = request;
  const { record, volunteer } = requireCorrectable(stage, id, request.reach);
  const content = contentOf(record, fields);
  if (!content.annul) checkedTimes(stage, content);
  refuseParties(stage, { record, volunteer }, request);
  const proposed = stage.row(serviceCorrectionRows, id);
  if (proposed?.status !== 'proposed') return propose(stage, record, content, request);
  const differing = differencesOf(proposed, content);
  const first = { actor: proposed.proposed_by, alias: proposed.proposed_alias };
  if (isFirstPerson(stage, nameOf(id), first, request)) {
    if (differing.length > 0) return propose(stage, record, content, request);
    throw new Refusal('self_approval', {
      en: 'who proposed a correction does not carry it out',
      zh: '提出更正的人不能执行该更正',
    });
  }
  if (differing.length > 0)
    throw new Refusal('correction_differs', {
      en: `another person proposed another ${differing.join(', ')}`,
      zh: `与他人提出的更正不一致：${differing.join('、')}`,
    });
  const decided = { proposed_alias: null, decided_by: actor, decided_at: stage.instant };
  const carriedOut = carryOutCorrection(stage, { ...request, record, proposed, decided });
  return { correction: carriedOut.correction, carriedOut };
}

/** Takes a proposal back, whoever made it. Refuses: `service_record_not_found` (also out of reach), `correction_not_found` (none, or decided). */
export function withdrawCorrection(stage: Stage, id: string, { reach, actor }: Corrector): CorrectionOutcome {
  requireRecordWithin(stage, id, reach);
  const row = requireCorrection(stage, id);
  if (row.status !== 'proposed') throw noCorrection(id);
  const decided = { proposed_alias: null, decided_by: actor, decided_at: stage.instant };
  const withdrawn = { ...row, status: 'withdrawn' as const, ...decided };
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

/** Refuses: `service_record_not_found`, `service_record_corrected`, `member_merged` (the volunteer). */
function requireCorrectable(stage: Stage, id: string, reach: Reach) {
  const found = requireRecordWithin(stage, id, reach);
  const { volunteer } = found;
  const before = stage.row(serviceCorrectionRows, id);
  if (before?.status === 'carried_out')
    throw new Refusal('service_record_corrected', {
      en: `service record ${id} was corrected${before.corrected_by === null ? ': nothing took its place' : ` by ${before.corrected_by}`}`,
      zh: `志愿服务记录 ${id} 已更正${before.corrected_by === null ? '（已作废）' : `为 ${before.corrected_by}`}`,
    });
  refuseMerged(volunteer);
  return found;
}

/** Refuses: `self_approval` (who gave the service, or was one of those who received it, under whatever id). */
function refuseParties(
  stage: Stage,
  { record, volunteer }: { record: ServiceRecord; volunteer: Member },
  { actor, alias }: Corrector,
): void {
  const parties = [volunteer.member_id, ...receiversOf(stage, record)];
  if (!isOneOf(stage, parties, actor, alias)) return;
  throw new Refusal('self_approval', {
    en: 'who gave or received a service does not correct its record',
    zh: '志愿者和受助人不能更正自己的服务记录',
  });
}

function propose(stage: Stage, record: ServiceRecord, content: Content, corrector: Corrector): CorrectionOutcome {
  return journal(stage, 'service_correction_proposed', {
    service_record_id: record.service_record_id,
    volunteer_id: record.volunteer_id,
    week: record.week,
    status: 'proposed',
    ...content,
    salt: newSalt(),
    proposed_by: corrector.actor,
    proposed_alias: keptAlias(corrector, nameOf(record.service_record_id)),
    proposed_at: stage.instant,
    decided_by: null,
    decided_at: null,
    corrected_by: null,
    reversed_on: null,
  });
}

/** How what is sealed for the row of a correction names it. */
const nameOf = (id: string) => `service_corrections/${id}`;

function journal(stage: Stage, kind: TimebankKind, row: ServiceCorrection): CorrectionOutcome {
  const { number } = stage.post({ kind, rows: [change(serviceCorrectionRows, row)] });
  return { correction: { ...row, entry: number }, carriedOut: null };
}
