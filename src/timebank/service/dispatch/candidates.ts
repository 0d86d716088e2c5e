/**
 * Whom to ask for an order: registered talents, the best first, each with the reasons; and who would be among them but for something. Who
 * declined counts as asked, and nothing else follows from it.
 */
import type { Pool } from '../../../db/connect.js';
import { parseInstant } from '../../../lib/clock.js';
import type { RuleSet } from '../../credit/rule-set.js';
import type { Reach } from '../../people/reach.js';
import { readWeeklyHours } from '../../people/weekly-hours.js';
import { requireState } from '../orders/state.js';
import { dayOf, intervalOf } from '../service-times.js';
import { type At, readSought, type Sought } from './reads.js';
import { type Group, type Shortlist, type Source, type Standing, shortlist } from './shortlist.js';
import { readStandings } from './standings.js';
import { readAll, readForemost, readNeighbours, type Wanted } from './talents.js';
import { covers, piecesOf } from './time.js';

export interface CandidateQuery {
  readonly orderId: string;
  readonly reach: Reach;
  readonly limit: number;
}

/** Refuses: `order_not_found`, also when it lies out of reach; `order_state_invalid` (nobody is sought for it any more). */
export async function findCandidates(
  sql: Pool,
  rules: RuleSet,
  at: At,
  { orderId, reach, limit }: CandidateQuery,
): Promise<Shortlist> {
  const sought = await readSought(sql, at, orderId, reach);
  requireState(sought.order, 'offer');
  const wanted = { ...wantedBy(rules, sought, at.zone), reach };
  const taken = new Set(sought.known);
  const untaken = async (reading: Promise<readonly Group[]>) => takeFrom(taken, await reading);
  return shortlist(
    rules,
    {
      groups: await untaken(readForemost(sql, at, wanted)),
      rest: [
        { best: neighbour, read: () => untaken(readNeighbours(sql, at, wanted)) },
        { best: stranger, read: () => untaken(readAll(sql, at, wanted)) },
      ],
      look: looking(sql, rules, at, sought),
    },
    limit,
  );
}

/** The most that neighbours without the specialty, and others, have in their favour. */
const neighbour = { nearest: 'subdistrict', specialty: false, category: true } as const;
const stranger = { nearest: null, specialty: false, category: true } as const;

/** The groups without members who were taken before, whom these join. */
function takeFrom(taken: Set<string>, groups: readonly Group[]): Group[] {
  const found = groups.map((group) => ({ ...group, members: group.members.filter((member) => !taken.has(member)) }));
  for (const { members } of found) for (const member of members) taken.add(member);
  return found;
}

/** Looks at members closely. */
function looking(sql: Pool, rules: RuleSet, at: At, { order, kin }: Sought): Source['look'] {
  const pieces = piecesOf(intervalOf(order.planned_start, order.planned_end), at.zone);
  return async (members) => {
    const standings = await readStandings(sql, at, order, members);
    return standings.map(({ availability, isBound, load }, i): Standing => {
      if (!rules.earn_from_kin && kin.has(members[i] ?? '')) return 'kin';
      if (isBound) return 'overlap';
      if (availability === null) return { available: false, load };
      return covers(readWeeklyHours(availability), pieces) ? { available: true, load } : 'unavailable';
    });
  };
}

function wantedBy(rules: RuleSet, { order, unit }: Sought, zone: string): Omit<Wanted, 'reach'> {
  const { service_type: type } = order;
  const of = <Value>(values: Readonly<Record<string, Value>>) =>
    Object.hasOwn(values, type) ? values[type] : undefined;
  return {
    unit,
    specialty: type,
    category: of(rules.service_categories) ?? null,
    qualification: of(rules.professional_service_types) ?? null,
    day: dayOf(parseInstant(order.planned_start), zone),
  };
}
