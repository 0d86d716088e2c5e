/**
 * A spot check: service records are drawn, and people are asked whether the service was given. The draw is an entry, which says from what and how many;
 * its seed is the root of the log with that entry in it, which nobody knows before it is committed and anybody can read afterwards. So nobody
 * chooses what is drawn, and everybody can repeat it: see `draw`.
 */
import { createHash } from 'node:crypto';
import { refuseFutureDay } from '../../../ledger/dates.js';
import { change } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import { personOf } from '../../people/actors.js';
import { idsBehind, idsOf, requireMember } from '../../people/members.js';
import { isOneOf } from '../../people/second-person.js';
import { serviceRecordRows } from '../../service/rows.js';
import type { ProofGrade } from '../../service-words.js';
import { spotCheckResultRows, spotCheckRows } from '../rows.js';
import type { SpotCheckOutcome } from './spot-check-words.js';

export type SpotCheck = ReturnType<typeof spotCheckRows.decode>;
export type SpotCheckResult = ReturnType<typeof spotCheckResultRows.decode>;

export interface SpotCheckRequest {
  /** A new UUID. */
  readonly id: string;
  /** Days of service, both included. */
  readonly from: string;
  readonly to: string;
  readonly proofGrade: ProofGrade | null;
  /** How many records are drawn, if there are as many. */
  readonly count: number;
}

/**
 * Of records, by id, those that are drawn: `count` of them in the order of SHA-256 over the seed, as base64, a line feed and the id. Pure: whoever
 * has the ids and the checkpoint comes to the same.
 */
export function draw(records: readonly string[], seed: string, count: number): string[] {
  return records
    .map((id) => [createHash('sha256').update(`${seed}\n${id}`).digest('hex'), id] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .slice(0, count)
    .map(([, id]) => id);
}

/** Refuses: `date_in_future` (a day that is not over yet may still get records). */
export function orderSpotCheck(stage: Stage, request: SpotCheckRequest): SpotCheck {
  refuseFutureDay(stage, request.to);
  const row = {
    spot_check_id: request.id,
    from: request.from,
    to: request.to,
    proof_grade: request.proofGrade,
    count: request.count,
    drawn_by: stage.actingAs,
    drawn_at: stage.instant,
  };
  const kind = 'spot_check_drawn' satisfies TimebankKind;
  const { number } = stage.post({ kind, reference: request.id, rows: [change(spotCheckRows, row)] });
  return { ...row, entry: number };
}

export interface ResultRequest {
  readonly id: string;
  readonly record: string;
  readonly outcome: SpotCheckOutcome;
  /** The day on which somebody was asked. */
  readonly checkedOn: string;
  readonly actor: string;
  readonly alias: string | undefined;
}

/**
 * Says what was found of a record that was drawn; a later word takes the place of an earlier one. That it was drawn the caller has seen: it
 * never changes. Refuses: `date_in_future`, `service_record_not_found`, `self_approval` (who gave, received, recorded or approved it).
 */
export function recordResult(stage: Stage, request: ResultRequest): SpotCheckResult {
  refuseFutureDay(stage, request.checkedOn);
  const record = stage.row(serviceRecordRows, request.record);
  if (!record)
    throw new Refusal('service_record_not_found', {
      en: `there is no service record ${request.record}`,
      zh: `没有编号为 ${request.record} 的志愿服务记录`,
    });
  const members = [record.volunteer_id, ...(record.recipient_id === null ? [] : [record.recipient_id])];
  const people = [
    ...members.flatMap((id) => idsOf(requireMember(stage, id))),
    ...[record.recorded_by, personOf(record.approved_by)].flatMap((name) => idsBehind(stage, name)),
  ];
  if (isOneOf(stage, people, request.actor, request.alias))
    throw new Refusal('self_approval', {
      en: 'nobody checks a record in which they had a part',
      zh: '任何人不得抽查本人参与、受助、登记或审批的服务记录',
    });
  const row = {
    spot_check_id: request.id,
    service_record_id: request.record,
    outcome: request.outcome,
    checked_on: request.checkedOn,
    checked_by: request.actor,
  };
  const kind = 'spot_check_result_recorded' satisfies TimebankKind;
  const { number } = stage.post({ kind, reference: request.id, rows: [change(spotCheckResultRows, row)] });
  return { ...row, entry: number };
}
