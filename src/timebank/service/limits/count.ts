/**
 * What has been used of limits that many members share, kept by the lane: a row for each limit and period, and one for each record that counts
 * under it, changed by the entries that mint or take back. A record counts under the limits that it fell under when it was judged, whatever
 * becomes of units and members since. Rules without such limits have nothing read and nothing written.
 */
import { change, type RowChange } from '../../../ledger/drafts.js';
import type { Needs } from '../../../ledger/missing.js';
import type { Stage } from '../../../ledger/stage.js';
import { type CapUse, noUse, type Used } from '../../credit/further-caps.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { rulesNamed } from '../../credit/rules-in-force.js';
import { type Member, requireMember } from '../../people/members.js';
import { unitsFrom } from '../../people/reach.js';
import { memberChangeRows } from '../../people/rows.js';
import { unitOn } from '../../people/unit-on.js';
import { serviceRecomputationRows } from '../rows.js';
import { figuresOf, type ServiceRecord } from '../standing.js';
import {
  hasSharedLimits,
  hasUnitCaps,
  type LimitKey,
  limitsOn,
  nameOfLimit,
  sharedLimitsOf,
  usedUnder,
} from './keys.js';
import { limitRecordRows, limitUseRows } from './rows.js';

type LimitRecord = ReturnType<typeof limitRecordRows.decode>;

interface LimitedService {
  readonly volunteer: Member;
  readonly servedOn: string;
  readonly serviceType: string;
}

/** The limits that a service falls under by these rules. */
export function limitsOfService(stage: Stage, rules: RuleSet, { volunteer, ...service }: LimitedService): LimitKey[] {
  if (!hasSharedLimits(rules)) return [];
  const units = hasUnitCaps(rules) ? unitsFrom(stage, unitOn(stage, volunteer, service.servedOn)) : [];
  const limits = limitsOn(rules, { ...service, units });
  stage.prefetch({ rows: limits.map(useKey) });
  return limits;
}

/** What is known to be read for that before it is known who the volunteer is. */
export function limitNeeds(
  rules: RuleSet,
  { volunteer, ...service }: Omit<LimitedService, 'volunteer'> & { readonly volunteer: string },
): Required<Pick<Needs, 'rows' | 'lists'>> {
  if (!hasSharedLimits(rules)) return { rows: [], lists: [] };
  return {
    rows: limitsOn(rules, { ...service, units: [] }).map(useKey),
    lists: hasUnitCaps(rules) ? [[memberChangeRows, 'member', volunteer]] : [],
  };
}

/** What all records that count have used, but for what is left out. */
export function usedOfLimits(stage: Stage, rules: RuleSet, limits: readonly LimitKey[], but: CapUse = noUse): Used {
  stage.prefetch({ rows: limits.map(useKey) });
  return usedUnder(rules, limits, (key) => {
    const { coins, records } = useOf(stage, key);
    return { coins: coins - but.coins, records: records - but.records };
  });
}

/** The limits that a record counts under. */
export function limitsOfRecord(stage: Stage, record: ServiceRecord): LimitKey[] {
  return countedOf(stage, record).filter(({ counted }) => counted);
}

/** What follows for limits when a record is recorded that has minted so much. */
export function countNew(stage: Stage, recordId: string, limits: readonly LimitKey[], coins: bigint): RowChange[] {
  return limits.flatMap((key) => [
    change(limitRecordRows, { ...limitOf(key), service_record_id: recordId, coins, counted: true }),
    changeUse(stage, key, by(0n, coins)),
  ]);
}

/** The same when a record comes to have minted more or less by the rules that it was judged by. */
export function countMore(stage: Stage, record: ServiceRecord, coins: bigint): RowChange[] {
  const limits = limitsOfRecord(stage, record);
  return limits.length === 0 ? [] : countAs(stage, record, { limits, minted: mintedOf(stage, record) + coins });
}

/** The same when it counts no more. */
export function countNoMore(stage: Stage, record: ServiceRecord): RowChange[] {
  return countAs(stage, record, { limits: [], minted: 0n });
}

export interface Counted {
  /** Under which limits a record comes to count. */
  readonly limits: readonly LimitKey[];
  /** Hundredths of a coin. */
  readonly minted: bigint;
}

/** The limits under which a record counts when it is judged anew by other rules. */
export function limitsByRules(stage: Stage, rules: RuleSet, record: ServiceRecord): LimitKey[] {
  if (!hasSharedLimits(rules)) return [];
  const { volunteer_id: id, served_on: servedOn, service_type: serviceType } = record;
  return limitsOfService(stage, rules, { volunteer: requireMember(stage, id), servedOn, serviceType });
}

/**
 * Has all that counting reads of these records loaded together, however many they are: of each, the limits that it counts under and those by the
 * rules that it is to be judged by. What is recomputed of them is loaded.
 */
export function prefetchCounts(
  stage: Stage,
  records: readonly ServiceRecord[],
  rulesOf: (record: ServiceRecord) => RuleSet | null = () => null,
): void {
  stage.savepoints(
    records.map((record) => () => {
      const rules = rulesOf(record);
      const limits = rules === null ? [] : limitsByRules(stage, rules, record);
      changesOf(stage, record, { limits, minted: 0n });
    }),
  );
}

/** The same when it comes to count under these limits, and no others, with what it has minted. */
export function countAs(stage: Stage, record: ServiceRecord, counted: Counted): RowChange[] {
  return changesOf(stage, record, counted).flatMap(({ key, before, after }) => [
    change(limitRecordRows, {
      ...limitOf(key),
      service_record_id: record.service_record_id,
      coins: after ?? 0n,
      counted: after !== null,
    }),
    changeUse(stage, key, by(before ?? 0n, after ?? 0n)),
  ]);
}

/** Whether every limit still has room for records that come to count so: none is passed that was not. */
export function haveRoom(
  stage: Stage,
  rules: RuleSet,
  records: readonly (Counted & { readonly record: ServiceRecord })[],
): boolean {
  const more = new Map<string, { readonly key: LimitKey; coins: bigint; records: number }>();
  for (const { record, ...counted } of records)
    for (const { key, before, after } of changesOf(stage, record, counted)) {
      const sum = more.get(nameOfLimit(key)) ?? { key, coins: 0n, records: 0 };
      const { coins, records } = by(before ?? 0n, after ?? 0n);
      more.set(nameOfLimit(key), { key, coins: sum.coins + coins, records: sum.records + records });
    }
  const limits = sharedLimitsOf(rules);
  return [...more.values()].every(({ key, coins, records }) => {
    const limit = limits.find(
      (one) => one.limit_kind === key.limit_kind && one.limit_of === key.limit_of && one.within === key.within,
    );
    const use = useOf(stage, key);
    const isWithin = (most: bigint | null | undefined, used: bigint, more: bigint) =>
      most === null || most === undefined || more <= 0n || used + more <= most;
    const most = limit?.records == null ? null : BigInt(limit.records);
    return isWithin(limit?.coins, use.coins, coins) && isWithin(most, BigInt(use.records), BigInt(records));
  });
}

interface Change {
  readonly key: LimitKey;
  /** Coins that count; null: it does not count. */
  readonly before: bigint | null;
  readonly after: bigint | null;
}

/** What changes of a record when it comes to count so; limits that change nothing are left out. */
function changesOf(stage: Stage, record: ServiceRecord, { limits, minted }: Counted): Change[] {
  const rows = new Map(countedOf(stage, record).map((row) => [nameOfLimit(row), row]));
  const wanted = new Set(limits.map(nameOfLimit));
  const keys = [...limits, ...[...rows].flatMap(([name, row]) => (wanted.has(name) ? [] : [row]))];
  stage.prefetch({
    rows: keys.flatMap((key) => [useKey(key), [limitRecordRows, record.service_record_id, ...columnsOf(key)] as const]),
  });
  return keys
    .map((key) => {
      const known = stage.row(limitRecordRows, record.service_record_id, ...columnsOf(key));
      const before = known?.counted ? known.coins : null;
      return { key, before, after: wanted.has(nameOfLimit(key)) ? minted : null };
    })
    .filter(({ before, after }) => before !== after);
}

/** Whether rules with such limits have ever judged a record; nothing is looked up of one that they have not. */
export function wasLimited(stage: Stage, record: ServiceRecord): boolean {
  if (record.funding !== null) return false;
  const anew = stage.rows(serviceRecomputationRows, 'record', record.service_record_id);
  const names = new Set([record.rule_set, ...anew.flatMap(({ rule_set: name }) => name ?? [])]);
  return [...names].some((name) => hasSharedLimits(rulesNamed(stage, name)));
}

function countedOf(stage: Stage, record: ServiceRecord): LimitRecord[] {
  return wasLimited(stage, record) ? stage.rows(limitRecordRows, 'record', record.service_record_id) : [];
}

function mintedOf(stage: Stage, record: ServiceRecord): bigint {
  const { coins, toPool } = figuresOf(stage, record);
  return coins + toPool;
}

function changeUse(stage: Stage, key: LimitKey, more: CapUse): RowChange {
  const { coins, records } = useOf(stage, key);
  return change(limitUseRows, { ...limitOf(key), coins: coins + more.coins, records: records + more.records });
}

/** How use changes when what a record has minted does. */
function by(before: bigint, after: bigint): CapUse {
  return { coins: after - before, records: Number(after > 0n) - Number(before > 0n) };
}

const useOf = (stage: Stage, key: LimitKey): CapUse => stage.row(limitUseRows, ...columnsOf(key)) ?? noUse;

const columnsOf = ({ limit_kind: kind, limit_of: of, within, first_on: first }: LimitKey) => [kind, of, within, first];
const useKey = (key: LimitKey) => [limitUseRows, ...columnsOf(key)] as const;
const limitOf = ({ limit_kind, limit_of, within, first_on }: LimitKey) => ({ limit_kind, limit_of, within, first_on });
