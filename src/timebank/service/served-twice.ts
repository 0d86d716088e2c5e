/** That two members who are to become one have given service at one time: one person has not, so that hours would count twice. Decides no merge. */
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import { idsOf, type Member } from '../people/members.js';
import { type Interval, intervalOf, overlaps } from './service-times.js';
import { allStandingRecords, type ServiceRecord } from './standing.js';

/** Refuses: `member_merge_blocked`, naming two records of which one is to be annulled first. */
export function refuseServedTwice(stage: Stage, one: Member, other: Member): void {
  const [first, second] = [one, other].map((member) => timed(allStandingRecords(stage, idsOf(member))));
  const found = firstOverlap(first ?? [], second ?? []);
  if (!found) return;
  const [mine, theirs] = found.map(({ record }) => record.service_record_id);
  throw new Refusal('member_merge_blocked', {
    en: `${one.member_id} and ${other.member_id} have given service at one time, ${mine} and ${theirs}: annul the one that is wrong first`,
    zh: `${one.member_id} 与 ${other.member_id} 在同一时段均有服务记录（${mine}、${theirs}），请先将有误的一条作废`,
  });
}

interface Timed {
  readonly record: ServiceRecord;
  readonly time: Interval;
}

/** By when they began. */
function timed(records: readonly ServiceRecord[]): Timed[] {
  return records
    .map((record) => ({ record, time: intervalOf(record.check_in, record.check_out) }))
    .sort((a, b) => (a.time.start < b.time.start ? -1 : 1));
}

/** Within either list nothing overlaps, so that each step leaves behind what ends first. */
function firstOverlap(first: readonly Timed[], second: readonly Timed[]): readonly [Timed, Timed] | null {
  let [i, j] = [0, 0];
  for (;;) {
    const [one, other] = [first[i], second[j]];
    if (!one || !other) return null;
    if (overlaps(one.time, other.time)) return [one, other];
    if (one.time.end <= other.time.start) i += 1;
    else j += 1;
  }
}
