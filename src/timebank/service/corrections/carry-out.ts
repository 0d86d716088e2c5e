/**
 * A correction carried out, every step an entry of its own: the entry of the record is reversed, what is to take its place is recorded as any
 * record that comes late, or what was paid in an order goes back, and what follows for other records is recomputed. It does not know who may.
 */
import { firstOpenDay } from '../../../ledger/dates.js';
import type { RowChange, StagedEntry } from '../../../ledger/drafts.js';
import { change } from '../../../ledger/drafts.js';
import { reverseEntry } from '../../../ledger/reversal.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { returnOver } from '../../credit/grants/purses.js';
import { divertToReceivable, type FreeHolds } from '../../credit/receivable.js';
import { personOf } from '../../people/actors.js';
import { idsNow, requireMember } from '../../people/members.js';
import { memberRows } from '../../people/rows.js';
import { isOneOf } from '../../people/second-person.js';
import type { ProofGrade } from '../../service-words.js';
import { countNoMore } from '../limits/count.js';
import { repay } from '../orders/repay.js';
import type { RecordedService, Visit } from '../post-record.js';
import { serviceCorrectionRows, serviceRecomputationRows } from '../rows.js';
import { recordCorrected } from '../service-records.js';
import { figuresOf, isUndone, type ServiceRecord } from '../standing.js';
import { grantsYearOf, legsOfPaid, orderedAgain, orderOf, paidFor, rowsOfOrder } from './ordered.js';
import { recomputeWeek, takeBackCarry } from './recompute.js';

export type ServiceCorrection = ReturnType<typeof serviceCorrectionRows.decode>;

export interface CarryingOut {
  readonly record: ServiceRecord;
  readonly proposed: ServiceCorrection;
  readonly decided: Pick<ServiceCorrection, 'proposed_alias' | 'decided_by' | 'decided_at'>;
  /** For the record that takes its place, where none was asked for. */
  readonly newId: string;
  readonly actor: string;
  readonly alias?: string | undefined;
  readonly freeHolds: FreeHolds;
}

export interface CarriedOut {
  readonly correction: ServiceCorrection;
  readonly reversal: StagedEntry;
  /** What took its place; null: nothing. */
  readonly replacement: RecordedService | null;
  /** Entries by which other records were recomputed. */
  readonly recomputed: readonly StagedEntry[];
}

/**
 * Takes back a step that was minted of what the record carried, if that is gone; reverses the record's entries; records what takes its place,
 * or gives back what somebody paid for it; lets records of the week that a cap cut have the room that is left.
 * Refuses: `self_approval` (who recorded either, or approved it), `period_closed`, `account_frozen`, `balance_insufficient` (of the pool, which
 * has given away what it is to give back), then what `recordCorrected` refuses, and `balance_insufficient` (who paid has not got what the new
 * record costs more).
 */
export function carryOutCorrection(stage: Stage, carrying: CarryingOut): CarriedOut {
  const { record, proposed, actor, alias, freeHolds } = carrying;
  const first = [record.recorded_by, proposed.recorded_by, personOf(record.approved_by)];
  const before = first.flatMap((one) => one ?? []);
  if (isOneOf(stage, before, actor, alias))
    throw new Refusal('self_approval', {
      en: 'who recorded or approved a service does not carry out its correction',
      zh: '记录或审批该服务的人不能执行更正',
    });
  const id = record.service_record_id;
  const missing = () => figuresOf(stage, record).roundingCarry - requireMember(stage, record.volunteer_id).carry;
  const terms = { of: id, memberId: record.volunteer_id, except: [id], freeHolds };
  const taken = takeBackCarry(stage, terms, missing);
  reverseRecomputations(stage, record, freeHolds);
  const correctedBy = proposed.annul ? null : (proposed.external_id ?? carrying.newId);
  const correction: ServiceCorrection = {
    ...proposed,
    ...carrying.decided,
    status: 'carried_out',
    corrected_by: correctedBy,
    reversed_on: firstOpenDay(stage, record.effective_on),
  };
  const reversal = reverseRecord(stage, record, correction, freeHolds);
  const replacement = correctedBy === null ? null : recordAnew(stage, carrying, correctedBy);
  if (!replacement) giveBack(stage, correction, carrying);
  // What somebody paid counts under no cap: no other record has more room without it.
  const weeks = record.funding === null ? [record.week, ...taken.map(({ week }) => week)] : [];
  const given = [...new Set(weeks)].flatMap((week) =>
    recomputeWeek(stage, { of: id, member: record.volunteer_id, week }),
  );
  return {
    correction: { ...correction, entry: reversal.number },
    reversal,
    replacement,
    recomputed: [...taken.map(({ entry }) => entry), ...given],
  };
}

/** Whatever was recomputed of the record is taken back with it, the latest first; what moved no coins has nothing to take back. */
function reverseRecomputations(stage: Stage, { service_record_id: id }: ServiceRecord, freeHolds: FreeHolds): void {
  const moved = stage
    .rows(serviceRecomputationRows, 'record', id)
    .filter(({ entry = 0 }) => !isUndone(stage, entry))
    .filter(({ coins, to_pool }) => coins !== 0n || to_pool !== 0n)
    .sort((one, other) => (other.entry ?? 0) - (one.entry ?? 0));
  for (const { entry = 0 } of moved)
    reverseEntry(stage, entry, {}, { divert: divertToReceivable(freeHolds), rowsOf: () => [] });
}

/** The reversal of a record's entry: the volunteer carries no more what the record, and what was recomputed of it, had added. */
function reverseRecord(
  stage: Stage,
  record: ServiceRecord,
  correction: ServiceCorrection,
  freeHolds: FreeHolds,
): StagedEntry {
  // The history of an order names the reversal by its number: whatever is freed for it is freed before.
  if (record.order_id !== null) {
    freeHolds.ofMember(stage, record.volunteer_id);
    freeHolds.ofFund(stage, record.to_pool);
  }
  const now = orderOf(stage, record);
  const member = requireMember(stage, record.volunteer_id);
  const carry = member.carry - figuresOf(stage, record).roundingCarry;
  const rows: RowChange[] = [
    change(memberRows, { ...member, carry }),
    change(serviceCorrectionRows, correction),
    ...countNoMore(stage, record),
    ...(now ? rowsOfOrder(stage, now, record, correction.corrected_by) : []),
  ];
  const terms = { divert: divertToReceivable(freeHolds), rowsOf: () => rows, legsOf: legsOfPaid(record) };
  const effectiveOn = correction.reversed_on ?? stage.today;
  return reverseEntry(stage, record.entry ?? 0, { effective_on: effectiveOn }, terms);
}

/** Records what takes the place of a record; in an order, whoever pays for that pays for this. Refuses as `recordCorrected`. */
function recordAnew(stage: Stage, carrying: CarryingOut, id: string): RecordedService {
  const { record, proposed, actor, alias } = carrying;
  const now = orderOf(stage, record);
  const ordered = now && orderedAgain(stage, now, record, carrying);
  const recorded = recordCorrected(stage, visitOf(stage, record, proposed, id), record, { actor, alias, ordered });
  returnOver(stage, recorded.entry);
  return recorded;
}

/** What recipients or the fund paid for a record that is annulled goes back to them, on the day on which it was reversed. */
function giveBack(stage: Stage, { reversed_on }: ServiceCorrection, { record, freeHolds }: CarryingOut): void {
  const now = orderOf(stage, record);
  const effectiveOn = reversed_on ?? stage.today;
  if (!now) return;
  const what = { before: paidFor(record), grantsYear: grantsYearOf(now, record), freeHolds };
  repay(stage, now, { ...what, record: record.service_record_id, effectiveOn });
}

/** What takes the place of a record: as proposed, by and for the same people, the recipient under the id that they have now. */
function visitOf(stage: Stage, record: ServiceRecord, proposed: ServiceCorrection, id: string): Visit {
  const [recipient] = record.recipient_id === null ? [] : idsNow(stage, [record.recipient_id]);
  if (recipient === undefined) throw new Error(`service record ${record.service_record_id} has no recipient`);
  const of = <Value>(asked: Value | null, recorded: Value) => asked ?? recorded;
  return {
    external_id: id,
    volunteer: record.volunteer_id,
    recipient,
    service_type: of(proposed.service_type, record.service_type),
    planned_start: of(proposed.planned_start, record.planned_start),
    planned_end: of(proposed.planned_end, record.planned_end),
    check_in: of(proposed.check_in, record.check_in),
    check_out: of(proposed.check_out, record.check_out),
    proof_grade: of<ProofGrade>(proposed.proof_grade, record.proof_grade as ProofGrade),
    recorded_by: of(proposed.recorded_by, record.recorded_by),
  };
}
