/**
 * Service recorded: whether a visit may be, and what the rules make of it. Knows the rules and the books, not where a visit was reported, nor
 * what is posted.
 */
import { balanceOf } from '../../ledger/accounts.js';
import { refuseFutureDay, refuseFutureMoment } from '../../ledger/dates.js';
import type { Needs } from '../../ledger/missing.js';
import type { Stage } from '../../ledger/stage.js';
import { weekOf } from '../../lib/clock.js';
import { Refusal } from '../../lib/refusal.js';
import { memberAccount } from '../chart.js';
import { type Minting, mintCoins } from '../credit/mint.js';
import { payCoins } from '../credit/pay.js';
import { creditNeeds } from '../credit/receivable.js';
import type { RuleSet } from '../credit/rule-set.js';
import { rulesOn } from '../credit/rules-in-force.js';
import { kinNeeds, kinshipOf } from '../people/kin.js';
import {
  activeOnLists,
  idsBehind,
  idsOf,
  type Member,
  refuseMerged,
  requireActive,
  requireActiveOn,
} from '../people/members.js';
import { memberRows } from '../people/rows.js';
import { lineRelations } from '../people-words.js';
import { type FourPeople, requireFourPeople, requireRegistered, rowsOfPeople } from './four-people.js';
import { limitNeeds, limitsOfService } from './limits/count.js';
import { factsOf, type Served } from './minting-facts.js';
import { commitmentLists, refuseVolunteering } from './orders/commitments.js';
import {
  type Ordered,
  postRecord,
  type RecordedService,
  type Recording,
  type Service,
  type Visit,
} from './post-record.js';
import { qualificationLists, requireWasQualified } from './qualified.js';
import { serviceRecordRows } from './rows.js';
import {
  checkServiceTimes,
  dayOf,
  durationOf,
  type Interval,
  intervalOf,
  overlaps,
  type ReportedTimes,
  type ServiceTimes,
  serviceTimesOf,
  weeksAround,
} from './service-times.js';
import { mintedBy, recomputationLists, type ServiceRecord, standingLists, standingRecords } from './standing.js';

/**
 * Records a visit and mints what the rules grant. `alias`: see `requireSomebodyElse`, which callers ask first.
 * Judged by the rules of the day of service. Refuses, in order: `service_record_exists`, `rule_set_not_effective`, `service_time_invalid`,
 * `date_in_future`, `approver_invalid`, `self_approval`, `member_not_found`, `member_merged`, `recorder_not_found`, `member_suspended`, `member_inactive`
 * (the volunteer), `qualification_missing`, `service_overlap` (another record, or an order that the volunteer has accepted),
 * `service_type_unknown`.
 */
export function recordService(
  stage: Stage,
  visit: Visit,
  approvedBy: string,
  alias?: string | undefined,
): RecordedService {
  refuseRecorded(stage, visit.external_id);
  const times = checkedTimes(stage, visit);
  return record(stage, { visit, times, approvedBy, alias, ordered: null, corrects: null });
}

/**
 * Records what takes the place of a record whose entry was reversed, as any record that comes late; corrections are for everybody, whether
 * they take part or not. Refuses as `recordService`, but for `member_suspended` and `member_inactive`.
 */
export function recordCorrected(
  stage: Stage,
  visit: Visit,
  corrects: ServiceRecord,
  { actor: approvedBy, alias, ordered }: Correcting,
): RecordedService {
  refuseRecorded(stage, visit.external_id);
  const times = checkedTimes(stage, visit);
  if (ordered) prefetchOrdered(stage, [visit], ordered);
  return record(stage, { visit, times, approvedBy, alias, ordered, corrects });
}

/** Refuses: `rule_set_not_effective`, `service_time_invalid`. */
export function checkedTimes(stage: Stage, reported: ReportedTimes): ServiceTimes {
  const times = serviceTimesOf(reported);
  checkServiceTimes(times, rulesOn(stage, dayOf(times.actual.start, stage.zone)));
  return times;
}

interface Correcting {
  readonly actor: string;
  readonly alias?: string | undefined;
  /** Null: the service was given in no order. */
  readonly ordered: Ordered | null;
}

/** Refuses: `service_record_exists`. */
function refuseRecorded(stage: Stage, id: string): void {
  if (!stage.row(serviceRecordRows, id)) return;
  throw new Refusal('service_record_exists', {
    en: `service record ${id} exists already`,
    zh: `志愿服务记录 ${id} 已存在`,
  });
}

/**
 * Records a service of an order, whose times were judged as they came in. Refuses as `recordService`, from `date_in_future` on;
 * `member_suspended` and `member_inactive` are judged by the day of service.
 */
export function recordOrdered(stage: Stage, visit: Visit, ordered: Ordered): RecordedService {
  const { approvedBy, alias } = ordered;
  return record(stage, { visit, times: serviceTimesOf(visit), approvedBy, alias, ordered, corrects: null });
}

function record(stage: Stage, service: Service): RecordedService {
  const { visit, times, approvedBy, alias, ordered, corrects } = service;
  const { volunteer, recorded_by: recordedBy } = visit;
  const servedOn = dayOf(times.actual.start, stage.zone);
  refuseFutureMoment(stage, visit.check_out);
  refuseFutureDay(stage, servedOn);
  const rules = rulesOn(stage, servedOn);
  const people = { volunteer, recipients: recipientsOf(service), recordedBy, approvedBy };
  requireFourPeople(people);
  const weeks = weeksAround(times.actual, stage.zone);
  stage.prefetch(needsOf(rules, { visit, servedOn, weeks }, people));
  const member = requireRegistered(stage, people, alias);
  requirePart(stage, service, member, servedOn);
  requireWasQualified(stage, rules, visit, servedOn);
  const around = standingRecords(stage, idsOf(member), weeks);
  refuseOverlap(visit, times.actual, around);
  if (ordered === null || corrects) refuseVolunteering(stage, volunteer, weeks, times.actual);
  // What somebody pays counts under no limit.
  const limited = { volunteer: member, servedOn, serviceType: visit.service_type };
  const limits = ordered?.payment ? [] : limitsOfService(stage, rules, limited);
  const minting = mintFor(stage, rules, { ...service, servedOn, member, around, limits });
  return postRecord(stage, rules, { ...service, servedOn, member, minting, limits });
}

function recipientsOf({ visit, ordered }: Service): readonly string[] {
  return ordered?.recipients ?? [visit.recipient];
}

/**
 * A visit is recorded for whoever takes part now; an order that was served is approved for whoever took part then, so that nobody's hours
 * are lost with what becomes of them or of others; corrections are for everybody.
 * Refuses: `member_merged`, `member_suspended`, `member_inactive`.
 */
function requirePart(stage: Stage, { ordered, corrects }: Service, member: Member, servedOn: string): void {
  if (corrects !== null) refuseMerged(member);
  else if (ordered === null) requireActive(stage, member);
  else requireActiveOn(stage, member, servedOn);
}

/** Has all that recording the services of one order reads loaded together, however many volunteers there are. */
export function prefetchOrdered(
  stage: Stage,
  visits: readonly Visit[],
  { recipients, approvedBy }: Pick<Ordered, 'recipients' | 'approvedBy'>,
): void {
  const needs = visits.map((visit) => {
    const { volunteer, recorded_by: recordedBy } = visit;
    const { servedOn, weeks, rules } = whenServed(stage, visit);
    const people = { volunteer, recipients, recordedBy, approvedBy };
    const needed = needsOf(rules, { visit, servedOn, weeks }, people);
    return { ...needed, lists: [...needed.lists, ...qualificationLists(rules, visit.service_type, volunteer)] };
  });
  stage.prefetch({
    accounts: needs.flatMap(({ accounts }) => accounts),
    rows: needs.flatMap(({ rows }) => rows),
    lists: needs.flatMap(({ lists }) => lists),
  });
  prefetchFormerIds(stage, visits, recipients);
}

function whenServed(stage: Stage, visit: Visit) {
  const { actual } = serviceTimesOf(visit);
  const servedOn = dayOf(actual.start, stage.zone);
  return { servedOn, weeks: weeksAround(actual, stage.zone), rules: rulesOn(stage, servedOn) };
}

/** What is read of the same people once it is known which ids they have had, and whether they take part. */
function prefetchFormerIds(stage: Stage, visits: readonly Visit[], recipients: readonly string[]): void {
  const known = (id: string) => stage.row(memberRows, id) ?? [];
  const receivers = recipients.flatMap(known).flatMap(idsOf);
  const given = visits.flatMap((visit) => {
    const when = whenServed(stage, visit);
    return [known(visit.volunteer)].flat().map((member) => ({ member, ids: idsOf(member), ...when }));
  });
  stage.prefetch({
    rows: given
      .filter(({ rules }) => !rules.earn_from_kin)
      .flatMap(({ ids }) => ids.flatMap((id) => receivers.flatMap((one) => kinNeeds(id, one)))),
    lists: given.flatMap(({ member, ids, weeks }) => [
      ...activeOnLists(member),
      ...ids.flatMap((id) => [...standingLists(id, weeks), ...recomputationLists(id, weeks)]),
    ]),
  });
}

/** Everything the decision needs, to be asked for at once. */
function needsOf(
  rules: RuleSet,
  { visit, servedOn, weeks }: { readonly visit: Visit; readonly servedOn: string; readonly weeks: readonly string[] },
  people: FourPeople,
): Required<Needs> {
  const { volunteer, recipients } = people;
  const limited = limitNeeds(rules, { volunteer, servedOn, serviceType: visit.service_type });
  return {
    accounts: [...creditNeeds(volunteer, 'coins'), memberAccount(volunteer, 'hours')],
    rows: [
      ...rowsOfPeople(people),
      ...(rules.earn_from_kin ? [] : recipients.flatMap((one) => kinNeeds(volunteer, one))),
      ...limited.rows,
    ],
    lists: [...commitmentLists(volunteer, weeks), ...recomputationLists(volunteer, weeks), ...limited.lists],
  };
}

function refuseOverlap(visit: Visit, actual: Interval, around: readonly ServiceRecord[]): void {
  const other = around.find((record) => overlaps(actual, intervalOf(record.check_in, record.check_out)));
  if (other) {
    throw new Refusal('service_overlap', {
      en: `volunteer ${visit.volunteer} was at ${other.service_record_id} at that time`,
      zh: `志愿者 ${visit.volunteer} 在该时段已有服务 ${other.service_record_id}`,
    });
  }
}

/** A service, and what is known of it once it may be recorded. */
type Judged = Service & Pick<Recording, 'servedOn' | 'member' | 'limits'>;

function mintFor(
  stage: Stage,
  rules: RuleSet,
  service: Judged & { readonly around: readonly ServiceRecord[] },
): Minting {
  const { visit, times, servedOn, member, around, ordered } = service;
  const thatWeek = around.filter((record) => record.week === weekOf(servedOn));
  const purse = stage.account(memberAccount(visit.volunteer, 'coins'));
  const given = {
    ...factsOf(stage, rules, servedBy(stage, service)),
    rules,
    grade: visit.proof_grade,
    serviceType: visit.service_type,
    presentMicroseconds: durationOf(times.actual),
    plannedMicroseconds: durationOf(times.planned),
    carryIn: member.carry,
    coinBalance: purse ? balanceOf(purse) : 0n,
    kin: !rules.earn_from_kin && isLineKin(stage, visit.volunteer, recipientsOf(service), servedOn),
  };
  if (ordered?.payment) return payCoins({ ...given, agreed: ordered.payment.agreed });
  return mintCoins({
    ...given,
    mintedThatDay: mintedBy(
      stage,
      thatWeek.filter((record) => record.served_on === servedOn),
    ),
    mintedThatWeek: mintedBy(stage, thatWeek),
  });
}

/** What the rules may ask of a service beside its record. */
function servedBy(stage: Stage, { visit, times, servedOn, member, ordered, limits }: Judged): Served {
  return {
    ids: idsOf(member),
    recipients: idsBehind(stage, visit.recipient),
    serviceType: visit.service_type,
    servedOn,
    began: times.actual.start,
    recordedBy: visit.recorded_by,
    station: ordered?.station ?? null,
    id: visit.external_id,
    limits,
  };
}

/** Whether one of the recipients is verified as spouse or lineal kin of the volunteer on the day of service. */
function isLineKin(stage: Stage, volunteer: string, recipients: readonly string[], servedOn: string): boolean {
  return recipients.some((recipient) => {
    const relation = kinshipOf(stage, volunteer, recipient, servedOn);
    return relation !== null && lineRelations.includes(relation);
  });
}
