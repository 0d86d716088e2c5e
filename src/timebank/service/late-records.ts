/**
 * What is recorded long after it was given takes a second approver: the first approval is kept, and the same request by somebody else
 * carries it out. Files of other platforms and of old paper do not come this way: an import names its approver. Knows no order.
 */
import { hash } from 'node:crypto';
import { change } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import type { TimebankKind } from '../chart.js';
import type { RuleSet } from '../credit/rule-set.js';
import { isOneOf, personOf } from '../people/actors.js';
import type { LateRecordKind } from '../words.js';
import { workingDaysBetween } from './calendar/working-days.js';
import { requireFourPeople, requireRegistered } from './four-people.js';
import { lateRecordRows, serviceRecordRows } from './rows.js';
import { type RecordedService, recordService, refuseBefore, type Visit } from './service-records.js';
import { checkServiceTimes, dayOf, serviceTimesOf } from './service-times.js';

/** What is approved late: a second approval is of the same thing, or it is a first one. */
export interface LateApproval {
  readonly about: LateRecordKind;
  readonly id: string;
  readonly servedOn: string;
  /** All that is recorded, as text. */
  readonly content: string;
  /** `role:subject` */
  readonly actor: string;
  /** A member's id that the actor has beside a pseudonym. */
  readonly alias?: string | undefined;
}

/**
 * Records a visit; one that comes late, with its second approval. A first one is journalled and answered with the refusal that comes back.
 * Refuses, of a late one first: `service_time_invalid`, `rule_set_not_effective`, `approver_invalid`, `self_approval` (also who approved it first), `member_not_found`,
 * `member_merged`, `recorder_not_found`, `record_too_late`; then as `recordService`.
 */
export function approveVisit(
  stage: Stage,
  rules: RuleSet,
  visit: Visit,
  approvedBy: string,
  alias?: string | undefined,
): RecordedService | Refusal {
  const { external_id: id, volunteer, recipient, recorded_by: recordedBy } = visit;
  const times = serviceTimesOf(visit);
  const servedOn = dayOf(times.actual.start, stage.zone);
  if (isLate(stage, rules, servedOn) && !stage.row(serviceRecordRows, id)) {
    checkServiceTimes(times, rules);
    refuseBefore(rules, servedOn);
    const people = { volunteer, recipient, recordedBy, approvedBy };
    requireFourPeople(people);
    requireRegistered(stage, people, alias);
    const { check_in, check_out, planned_start, planned_end, service_type, proof_grade } = visit;
    const content = [volunteer, recipient, recordedBy, service_type, proof_grade];
    content.push(check_in, check_out, planned_start, planned_end);
    const approval = { about: 'visit', id, servedOn, content: content.join('\n'), actor: approvedBy, alias } as const;
    const waits = approveLate(stage, rules, approval);
    if (waits) return waits;
  }
  return recordService(stage, rules, visit, approvedBy, alias);
}

/**
 * Null: it is not late, or somebody else has approved the same before, and now both are on record. Otherwise this is the first approval:
 * it is journalled, and the refusal that comes back, `record_too_late`, says what is missing.
 * Refuses: `self_approval` (the first approver is no second one).
 */
export function approveLate(stage: Stage, rules: RuleSet, approval: LateApproval): Refusal | null {
  const { about, id, servedOn, actor, alias } = approval;
  if (!isLate(stage, rules, servedOn)) return null;
  const content = hash('sha256', approval.content);
  const first = stage.row(lateRecordRows, about, id);
  const isSecond = first !== null && first.content === content && first.second_approver === null;
  if (isSecond && isOneOf([personOf(first.first_approver)], actor, alias))
    throw new Refusal('self_approval', {
      en: 'who has approved a late record first is not its second approver',
      zh: '逾期补录的两次审批不得为同一人',
    });
  const row = isSecond
    ? { ...first, second_approver: actor }
    : { kind: about, record_id: id, content, first_approver: actor, second_approver: null };
  stage.post({ kind: 'late_record_approved' satisfies TimebankKind, rows: [change(lateRecordRows, row)] });
  return isSecond ? null : tooLate(rules, servedOn);
}

function isLate({ today }: Stage, { late_record_working_days: most }: RuleSet, servedOn: string): boolean {
  return workingDaysBetween(servedOn, today, most + 1) > most;
}

function tooLate({ late_record_working_days: most }: RuleSet, servedOn: string): Refusal {
  return new Refusal('record_too_late', {
    en: `the service was on ${servedOn}, more than ${most} working days ago: this approval is kept, and the same request by a second person records it`,
    zh: `服务发生于 ${servedOn}，已超过 ${most} 个工作日：本次审批已保留，须由第二人提交相同请求方可入账`,
  });
}
