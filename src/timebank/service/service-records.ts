/**
 * Service recorded: hours post as they were given, coins as the rules mint them, and every difference between the two is
 * stored with its reason. Knows the rules and the books, not where a visit was reported.
 */

import { balanceOf } from '../../ledger/accounts.js';
import { change, type LegDraft, type StagedEntry } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { addDays, dateInZone, formatInstant, parseInstant, weekOf } from '../../lib/clock.js';
import { Refusal } from '../../lib/refusal.js';
import { memberAccount, opensMemberAccount, type TimebankKind } from '../chart.js';
import { type Minting, mintCoins } from '../credit/mint.js';
import { type ProofGrade, type RuleSet, ruleSetName } from '../credit/rule-set.js';
import { type Member, requireMember } from '../people/members.js';
import { memberRows } from '../people/rows.js';
import { serviceDifferenceRows, serviceRecordRows } from './rows.js';
import { checkServiceTimes, overlaps } from './service-times.js';

/** A visit as reported. Times are RFC 3339 with offset. */
export interface Visit {
  readonly external_id: string;
  readonly volunteer: string;
  readonly recipient: string;
  readonly service_type: string;
  readonly planned_start: string;
  readonly planned_end: string;
  readonly check_in: string;
  readonly check_out: string;
  readonly proof_grade: ProofGrade;
  /** Who wrote it down: an organisation unit or a person. */
  readonly recorded_by: string;
}

export type ServiceRecord = NonNullable<ReturnType<typeof serviceRecordRows.decode>>;

/** Why some hours did not become coins, in hundredths; negative where a carry made the coins more. */
export interface ServiceDifference {
  readonly code: string;
  readonly amount: bigint;
}

export interface RecordedService {
  readonly entry: StagedEntry;
  readonly record: ServiceRecord;
  readonly differences: readonly ServiceDifference[];
}

/**
 * Records a visit and mints what the rules grant.
 * Refuses: `service_record_exists`, `service_time_invalid`, `self_approval`, `member_not_found`, `service_overlap`,
 * `service_type_unknown`, `period_closed`.
 */
export function recordService(stage: Stage, rules: RuleSet, visit: Visit, approvedBy: string): RecordedService {
  if (stage.row(serviceRecordRows, visit.external_id)) {
    throw new Refusal('service_record_exists', `service record ${visit.external_id} exists already`);
  }
  checkServiceTimes({ planned: interval(visit.planned_start, visit.planned_end), actual: actualTime(visit) }, rules);
  requireThreePeople(visit, approvedBy);
  const servedOn = dateInZone(Date.parse(visit.check_in), stage.zone);
  const around = recordsAround(stage, visit, servedOn);
  const member = requireMember(stage, visit.volunteer);
  requireMember(stage, visit.recipient);
  refuseOverlap(visit, around);
  const minting = mintFor(stage, rules, visit, servedOn, around, member);
  return post(stage, rules, { visit, approvedBy, servedOn, member, minting });
}

/** Recorder, approver and volunteer are three, and nobody serves themselves. */
function requireThreePeople(visit: Visit, approvedBy: string): void {
  const approver = approvedBy.slice(approvedBy.indexOf(':') + 1);
  const distinct = new Set([visit.recorded_by, approver, visit.volunteer]);
  if (distinct.size < 3) {
    throw new Refusal('self_approval', 'recorder, approver and volunteer must be three different people');
  }
  if (visit.volunteer === visit.recipient)
    throw new Refusal('self_approval', 'a volunteer cannot be the recipient of the service');
}

function interval(start: string, end: string) {
  return { start: Date.parse(start), end: Date.parse(end) };
}

function actualTime(visit: Pick<Visit, 'check_in' | 'check_out'>) {
  return interval(visit.check_in, visit.check_out);
}

/** The volunteer's records of the weeks this one can touch; everything the decision needs is asked for at once. */
function recordsAround(stage: Stage, visit: Visit, servedOn: string): ServiceRecord[] {
  const lastDay = dateInZone(Date.parse(visit.check_out), stage.zone);
  const weeks = [...new Set([addDays(servedOn, -1), servedOn, lastDay].map(weekOf))];
  stage.prefetch({
    accounts: [memberAccount(visit.volunteer, 'coins'), memberAccount(visit.volunteer, 'hours')],
    rows: [
      [memberRows, visit.volunteer],
      [memberRows, visit.recipient],
    ],
    lists: weeks.map((week) => [serviceRecordRows, 'week', visit.volunteer, week] as const),
  });
  return weeks.flatMap((week) => stage.rows(serviceRecordRows, 'week', visit.volunteer, week));
}

function refuseOverlap(visit: Visit, around: readonly ServiceRecord[]): void {
  const other = around.find((record) => overlaps(actualTime(visit), actualTime(record)));
  if (other) {
    throw new Refusal('service_overlap', `volunteer ${visit.volunteer} was at ${other.service_record_id} at that time`);
  }
}

function mintFor(
  stage: Stage,
  rules: RuleSet,
  visit: Visit,
  servedOn: string,
  around: readonly ServiceRecord[],
  member: Member,
): Minting {
  const week = weekOf(servedOn);
  const thisWeek = around.filter((record) => record.week === week);
  const purse = stage.account(memberAccount(visit.volunteer, 'coins'));
  return mintCoins({
    rules,
    grade: visit.proof_grade,
    serviceType: visit.service_type,
    minutesPresent: minutes(visit.check_in, visit.check_out),
    minutesPlanned: minutes(visit.planned_start, visit.planned_end),
    alreadyToday: eligible(thisWeek.filter((record) => record.served_on === servedOn)),
    alreadyThisWeek: eligible(thisWeek),
    carryIn: member.carry,
    coinBalance: purse ? balanceOf(purse) : 0n,
  });
}

/** Whole minutes begun and ended: seconds of a minute not completed do not count. */
function minutes(start: string, end: string): number {
  return Math.floor((Date.parse(end) - Date.parse(start)) / 60_000);
}

function eligible(records: readonly ServiceRecord[]): bigint {
  return records.reduce((sum, record) => sum + record.eligible, 0n);
}

interface Recording {
  readonly visit: Visit;
  readonly approvedBy: string;
  readonly servedOn: string;
  readonly member: Member;
  readonly minting: Minting;
}

function post(stage: Stage, rules: RuleSet, recording: Recording): RecordedService {
  const { visit, member, minting } = recording;
  const { volunteer, external_id: id } = visit;
  const leg = (debit: string, credit: string, amount: bigint): LegDraft[] =>
    amount > 0n ? [{ debit, credit, amount }] : [];
  const record = recordOf(recording, rules);
  const { differences } = minting;
  const entry = stage.post({
    kind: 'service_recorded' satisfies TimebankKind,
    effectiveOn: recording.servedOn,
    control: true,
    ruleSet: record.rule_set,
    opens: [
      ...(minting.hours > 0n ? opensMemberAccount(stage, volunteer, 'hours') : []),
      ...(minting.toMember > 0n ? opensMemberAccount(stage, volunteer, 'coins') : []),
    ],
    legs: [
      ...leg('record:service', memberAccount(volunteer, 'hours'), minting.hours),
      ...leg('coin:issuance', memberAccount(volunteer, 'coins'), minting.toMember),
      ...leg('coin:issuance', rules.holding_cap_excess, minting.toPool),
    ],
    rows: [
      change(memberRows, { ...member, carry: minting.carryOut }),
      change(serviceRecordRows, record),
      ...differences.map(({ code, amount }) => change(serviceDifferenceRows, { service_record_id: id, code, amount })),
    ],
  });
  return { entry, record, differences };
}

function recordOf({ visit, approvedBy, servedOn, minting }: Recording, rules: RuleSet): ServiceRecord {
  const instant = (text: string) => formatInstant(parseInstant(text));
  return {
    service_record_id: visit.external_id,
    volunteer_id: visit.volunteer,
    recipient_id: visit.recipient,
    service_type: visit.service_type,
    planned_start: instant(visit.planned_start),
    planned_end: instant(visit.planned_end),
    check_in: instant(visit.check_in),
    check_out: instant(visit.check_out),
    served_on: servedOn,
    week: weekOf(servedOn),
    proof_grade: visit.proof_grade,
    recorded_by: visit.recorded_by,
    approved_by: approvedBy,
    rule_set: ruleSetName(rules),
    hours: minting.hours,
    eligible: minting.eligible,
    coins: minting.toMember,
    to_pool: minting.toPool,
  };
}
