/**
 * What a service that was decided on posts: hours as they were given, coins as they were minted or paid, the record, and every difference with
 * its reason. Decides nothing.
 */

import type { AccountSpec } from '../../ledger/accounts.js';
import { firstOpenDay } from '../../ledger/dates.js';
import { change, type LegDraft, type RowChange, type StagedEntry } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { formatInstant, weekOf } from '../../lib/clock.js';
import { heldForOrders, memberAccount, opensMemberAccount, type TimebankKind } from '../chart.js';
import type { Minting } from '../credit/mint.js';
import { creditMember } from '../credit/receivable.js';
import { type RuleSet, ruleSetName } from '../credit/rule-set.js';
import type { Member } from '../people/members.js';
import { memberRows } from '../people/rows.js';
import type { OrderFunding, ProofGrade } from '../service-words.js';
import { countNew } from './limits/count.js';
import type { LimitKey } from './limits/keys.js';
import { serviceDifferenceRows, serviceRecordRows } from './rows.js';
import type { ReportedTimes, ServiceTimes } from './service-times.js';
import type { ServiceRecord } from './standing.js';

/** A visit as reported. */
export interface Visit extends ReportedTimes {
  readonly external_id: string;
  readonly volunteer: string;
  readonly recipient: string;
  readonly service_type: string;
  readonly proof_grade: ProofGrade;
  /** Who wrote it down: an organisation unit or a member. */
  readonly recorded_by: string;
}

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

/** What an order adds to the record of a service that was given in it. */
export interface Ordered {
  readonly orderId: string;
  /** Where it was for one. */
  readonly station: string | null;
  /** Everybody who received it. */
  readonly recipients: readonly string[];
  readonly approvedBy: string;
  readonly alias?: string | undefined;
  /** Null: coins are minted; otherwise they come from what was held, at most what was agreed (in hundredths). */
  readonly payment: { readonly funding: OrderFunding; readonly agreed: bigint } | null;
  /** What the entry does beside, given what was paid. */
  readonly moves: (paid: bigint) => {
    legs: readonly LegDraft[];
    opens: readonly AccountSpec[];
    rows: readonly RowChange[];
  };
}

/** A visit, and what follows from its report. */
export interface Service {
  readonly visit: Visit;
  readonly times: ServiceTimes;
  readonly approvedBy: string;
  readonly alias: string | undefined;
  readonly ordered: Ordered | null;
  readonly corrects: ServiceRecord | null;
}

export interface Recording extends Service {
  /** Limits that many members share under which it counts. */
  readonly limits: readonly LimitKey[];
  readonly servedOn: string;
  readonly member: Member;
  readonly minting: Minting;
}

/** Journals the entry of a service. Refuses what `Stage.post` does. */
export function postRecord(stage: Stage, rules: RuleSet, recording: Recording): RecordedService {
  const { visit, member, minting, ordered } = recording;
  const { volunteer, external_id: id } = visit;
  const leg = (debit: string, credit: string, amount: bigint): LegDraft[] =>
    amount > 0n ? [{ debit, credit, amount }] : [];
  const record = recordOf(stage, rules, recording);
  const { differences } = minting;
  const source = ordered?.payment ? heldForOrders.code : 'coin:issuance';
  const beside = ordered?.moves(minting.minted) ?? { legs: [], opens: [], rows: [] };
  const coins = creditMember(stage, {
    memberId: volunteer,
    purse: 'coins',
    debit: source,
    amount: minting.toMember,
  });
  const entry = stage.post({
    kind: 'service_recorded' satisfies TimebankKind,
    effectiveOn: record.effective_on,
    control: true,
    ruleSet: record.rule_set,
    opens: [...opensMemberAccount(stage, volunteer, 'hours'), ...coins.opens, ...beside.opens],
    legs: [
      ...leg('record:service', memberAccount(volunteer, 'hours'), minting.hours),
      // What is paid may first have to be held.
      ...beside.legs,
      ...coins.legs,
      ...leg(source, rules.holding_cap_excess, minting.toPool),
    ],
    rows: [
      change(memberRows, { ...member, carry: minting.carryOut }),
      change(serviceRecordRows, record),
      ...differences.map(({ code, amount }) => change(serviceDifferenceRows, { service_record_id: id, code, amount })),
      ...countNew(stage, id, recording.limits, minting.minted),
      ...beside.rows,
    ],
  });
  return { entry, record, differences };
}

function recordOf(stage: Stage, rules: RuleSet, recording: Recording): ServiceRecord {
  const { visit, times, servedOn, minting } = recording;
  return {
    service_record_id: visit.external_id,
    volunteer_id: visit.volunteer,
    recipient_id: visit.recipient,
    service_type: visit.service_type,
    planned_start: formatInstant(times.planned.start),
    planned_end: formatInstant(times.planned.end),
    check_in: formatInstant(times.actual.start),
    check_out: formatInstant(times.actual.end),
    served_on: servedOn,
    week: weekOf(servedOn),
    effective_on: firstOpenDay(stage, servedOn),
    proof_grade: visit.proof_grade,
    recorded_by: visit.recorded_by,
    approved_by: recording.approvedBy,
    rule_set: ruleSetName(rules),
    hours: minting.hours,
    coins: minting.toMember,
    to_pool: minting.toPool,
    order_id: recording.ordered?.orderId ?? recording.corrects?.order_id ?? null,
    funding: recording.ordered?.payment?.funding ?? null,
    corrects: recording.corrects?.service_record_id ?? null,
  };
}
