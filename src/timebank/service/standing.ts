/**
 * Which service records count, and what each of them has brought: one that was corrected counts no more, and what caps or carry of others
 * changed later is added to what was recorded. It does not know who corrects, nor any rule.
 */
import type { Stage } from '../../ledger/stage.js';
import type { Figures } from '../credit/recompute.js';
import { serviceCorrectionRows, serviceDifferenceRows, serviceRecomputationRows, serviceRecordRows } from './rows.js';

export type ServiceRecord = ReturnType<typeof serviceRecordRows.decode>;

/** What `standingRecords` reads of a member. */
export function standingLists(memberId: string, weeks: readonly string[]) {
  return weeks.flatMap(
    (week) =>
      [
        [serviceRecordRows, 'week', memberId, week],
        [serviceCorrectionRows, 'week', memberId, week],
      ] as const,
  );
}

/** The records of those weeks, under any of the ids, that count. */
export function standingRecords(stage: Stage, ids: readonly string[], weeks: readonly string[]): ServiceRecord[] {
  stage.prefetch({ lists: ids.flatMap((id) => standingLists(id, weeks)) });
  return ids.flatMap((id) =>
    weeks.flatMap((week) => {
      const gone = correctedAmong(stage.rows(serviceCorrectionRows, 'week', id, week));
      return stage.rows(serviceRecordRows, 'week', id, week).filter((one) => !gone.has(one.service_record_id));
    }),
  );
}

/** All records under any of the ids that count. */
export function allStandingRecords(stage: Stage, ids: readonly string[]): ServiceRecord[] {
  const lists = ids.flatMap(
    (id) =>
      [
        [serviceRecordRows, 'volunteer', id],
        [serviceCorrectionRows, 'volunteer', id],
      ] as const,
  );
  stage.prefetch({ lists });
  return ids.flatMap((id) => {
    const gone = correctedAmong(stage.rows(serviceCorrectionRows, 'volunteer', id));
    return stage.rows(serviceRecordRows, 'volunteer', id).filter((one) => !gone.has(one.service_record_id));
  });
}

function correctedAmong(corrections: readonly { service_record_id: string; status: string }[]): Set<string> {
  return new Set(corrections.filter(({ status }) => status === 'carried_out').map(({ service_record_id: id }) => id));
}

/** What `mintedBy` reads of a member. */
export function recomputationLists(memberId: string, weeks: readonly string[]) {
  return weeks.map((week) => [serviceRecomputationRows, 'week', memberId, week] as const);
}

/** Coins minted for records, whether the member received them or the pool; what somebody paid was minted before. */
export function mintedBy(stage: Stage, records: readonly ServiceRecord[]): bigint {
  const minted = records.filter(({ funding }) => funding === null);
  stage.prefetch({ lists: minted.flatMap(({ volunteer_id: id, week }) => recomputationLists(id, [week])) });
  return minted.reduce((sum, record) => {
    const { volunteer_id: volunteer, week, service_record_id: id } = record;
    return stage
      .rows(serviceRecomputationRows, 'week', volunteer, week)
      .filter((one) => one.service_record_id === id)
      .reduce((total, { coins, to_pool }) => total + coins + to_pool, sum + record.coins + record.to_pool);
  }, 0n);
}

/** What `figuresOf` reads. */
export function figureLists(records: readonly ServiceRecord[]) {
  return records.flatMap(
    ({ service_record_id: id }) =>
      [
        [serviceDifferenceRows, 'record', id],
        [serviceRecomputationRows, 'record', id],
      ] as const,
  );
}

/** A record as it stands: what was recorded, and what was recomputed since. */
export function figuresOf(stage: Stage, record: ServiceRecord): Figures {
  stage.prefetch({ lists: figureLists([record]) });
  const id = record.service_record_id;
  const differences = stage.rows(serviceDifferenceRows, 'record', id);
  const changes = stage.rows(serviceRecomputationRows, 'record', id);
  const because = (wanted: string) => differences.find(({ code }) => code === wanted)?.amount ?? 0n;
  const sum = (column: 'coins' | 'to_pool' | 'cap_day' | 'cap_week' | 'rounding_carry', recorded: bigint) =>
    changes.reduce((total, one) => total + one[column], recorded);
  return {
    coins: sum('coins', record.coins),
    toPool: sum('to_pool', record.to_pool),
    capDay: sum('cap_day', because('cap_day')),
    capWeek: sum('cap_week', because('cap_week')),
    roundingCarry: sum('rounding_carry', because('rounding_carry')),
  };
}

/** The rule set by which a record was judged last: in a recomputation that stands, or when it was recorded. */
export function judgedBy(stage: Stage, record: ServiceRecord): string {
  const anew = stage
    .rows(serviceRecomputationRows, 'record', record.service_record_id)
    .filter(({ rule_set }) => rule_set !== null);
  const undone = stage.savepoints(
    anew.map(
      ({ entry = 0 }) =>
        () =>
          isUndone(stage, entry),
    ),
  );
  const standing = anew
    .filter((_, i) => undone[i] === false)
    .sort((one, other) => (one.entry ?? 0) - (other.entry ?? 0));
  return standing.at(-1)?.rule_set ?? record.rule_set;
}

/** Whether an entry that recomputed a record was taken back, or took one back. */
export function isUndone(stage: Stage, number: number): boolean {
  const entry = stage.entry(number);
  return entry?.reversedBy != null || entry?.kind === 'reversal';
}
