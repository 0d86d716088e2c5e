/**
 * What the books say of a service that the rules may ask beside its record: levels, stations, hours of the week, what other records have used
 * of further caps. Only what the rules do ask is read. It decides nothing.
 */
import type { Stage } from '../../ledger/stage.js';
import { addDays, weekOf } from '../../lib/clock.js';
import { type CapUse, noUse, type Used } from '../credit/further-caps.js';
import type { MintInput } from '../credit/mint.js';
import type { CalendarBound, MemberCap, RuleSet } from '../credit/rule-set.js';
import { isUnitWithin } from '../people/reach.js';
import { orgUnitRows } from '../people/rows.js';
import { levelOn } from '../people/talents/level-on.js';
import { periodOfCap } from './cap-periods.js';
import { covers, piecesOf } from './dispatch/time.js';
import { usedOfLimits } from './limits/count.js';
import type { LimitKey } from './limits/keys.js';
import { allStandingRecords, mintedBy, type ServiceRecord, standingRecords } from './standing.js';

/** What caps count a service by. */
export interface Counted {
  /** All ids of the volunteer. */
  readonly ids: readonly string[];
  /** All ids of whoever the record names as recipient. */
  readonly recipients: readonly string[];
  readonly servedOn: string;
  /** The record's own id: it does not count against itself. */
  readonly id: string;
  /** The limits that many members share under which it counts. */
  readonly limits: readonly LimitKey[];
}

/** A service as far as facts about it go. */
export interface Served extends Counted {
  readonly serviceType: string;
  /** Microseconds. */
  readonly began: bigint;
  readonly recordedBy: string;
  readonly station: string | null;
}

type Facts = Pick<MintInput, 'level' | 'station' | 'outsideCalendar' | 'mintedOnce' | 'used' | 'usedOfBudgets'>;

export function factsOf(stage: Stage, rules: RuleSet, served: Served): Facts {
  const { ids, serviceType, servedOn, station } = served;
  const bound = Object.hasOwn(rules.calendar_bound, serviceType) ? rules.calendar_bound[serviceType] : undefined;
  return {
    station,
    ...(Object.keys(rules.level_coefficients).length > 0 && { level: levelOn(stage, ids, servedOn) }),
    ...(bound && { outsideCalendar: !isWithin(stage, bound, served) }),
    ...(rules.once_service_types.includes(serviceType) && { mintedOnce: hasMinted(stage, served) }),
    ...usedOf(stage, rules, served),
  };
}

/** What other records have used of further caps and budgets; `own` is what the record itself has minted already. */
export function usedOf(stage: Stage, rules: RuleSet, served: Counted, own: CapUse = noUse): Used {
  const shared = usedOfLimits(stage, rules, served.limits, own);
  const used = rules.further_caps.map((cap, i) =>
    cap.per === 'unit' ? (shared.used[i] ?? null) : usedOfMember(stage, cap, served),
  );
  return { ...shared, used };
}

function usedOfMember(stage: Stage, cap: MemberCap, served: Counted): CapUse {
  const records = countedUnder(stage, cap, served);
  // All that they read at once: a year has many weeks.
  mintedBy(stage, records);
  return records.reduce((use, record) => {
    const coins = mintedBy(stage, [record]);
    return coins === 0n ? use : { coins: use.coins + coins, records: use.records + 1 };
  }, noUse);
}

/** The other records that a cap counts for a service. */
function countedUnder(stage: Stage, { per, within }: MemberCap, served: Counted): ServiceRecord[] {
  const { first, last } = periodOfCap(within, served.servedOn);
  const weeks: string[] = [];
  for (let week = weekOf(first); week <= last; week = addDays(week, 7)) weeks.push(week);
  return standingRecords(stage, served.ids, weeks).filter(
    (one) =>
      one.service_record_id !== served.id &&
      one.funding === null &&
      one.served_on >= first &&
      one.served_on <= last &&
      (per === 'member' || served.recipients.includes(one.recipient_id ?? '')),
  );
}

function isWithin(stage: Stage, { hours, units }: CalendarBound, { began, recordedBy }: Served): boolean {
  if (!covers(hours, piecesOf({ start: began, end: began + 1n }, stage.zone))) return false;
  if (units.length === 0) return true;
  return stage.row(orgUnitRows, recordedBy) !== null && units.some((unit) => isUnitWithin(stage, unit, recordedBy));
}

/** Whether another record of the type has minted for the volunteer. */
function hasMinted(stage: Stage, { ids, serviceType, id }: Served): boolean {
  const others = allStandingRecords(stage, ids).filter(
    (one) => one.service_type === serviceType && one.service_record_id !== id,
  );
  return mintedBy(stage, others) > 0n;
}
