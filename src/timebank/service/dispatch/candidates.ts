/**
 * Whom to ask for an order: registered talents, the best first, each with the reasons; and who would be among them but for something. Who
 * declined counts as asked, and nothing else follows from it.
 */
import type { Pool } from '../../../db/connect.js';
import { parseInstant } from '../../../lib/clock.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { readRulesOn } from '../../credit/rule-set-reads.js';
import type { Reach } from '../../people/reach.js';
import { readWeeklyHours } from '../../people/weekly-hours.js';
import { requireState } from '../orders/state.js';
import { dayOf, intervalOf } from '../service-times.js';
import type { Group, Hours, Source } from './portions.js';
import { type At, readSought, type Sought } from './reads.js';
import { type Shortlist, shortlist } from './shortlist.js';
import { readStandings } from './standings.js';
import { readTalents, type Wanted } from './talents.js';
import { covers, piecesOf } from './time.js';

export interface CandidateQuery {
  readonly orderId: string;
  readonly reach: Reach;
  readonly limit: number;
}

/** Refuses: `order_not_found`, also when it lies out of reach; `order_state_invalid` (nobody is sought for it any more). */
export async function findCandidates(sql: Pool, at: At, { orderId, reach, limit }: CandidateQuery): Promise<Shortlist> {
  const sought = await readSought(sql, at, orderId, reach);
  requireState(sought.order, 'offer');
  const rules = await readRulesOn(sql, at.ledgerId, dayOf(parseInstant(sought.order.planned_start), at.zone));
  const wanted = wantedBy(rules, sought, at.zone);
  const taken = new Set(sought.known);
  const read = async (which: Parameters<typeof readTalents>[2]) =>
    takeFrom(taken, await readTalents(sql, at, which, wanted));
  const source: Source = {
    groups: await read('foremost'),
    rest: [
      { best: { nearest: 'subdistrict', specialty: false, category: true }, read: () => read('neighbours') },
      { best: { nearest: null, specialty: false, category: true }, read: () => read('all') },
    ],
    look: async (members) => {
      const standings = await readStandings(sql, at, sought.order, members);
      return standings.map((one, i) => ({ ...one, isKin: !rules.earn_from_kin && sought.kin.has(members[i] ?? '') }));
    },
  };
  return await shortlist(rules, source, limit);
}

/** The groups without members who were taken before, whom these join. */
function takeFrom(taken: Set<string>, groups: readonly Group[]): Group[] {
  const found = groups.map((group) => ({ ...group, members: group.members.filter((member) => !taken.has(member)) }));
  for (const { members } of found) for (const member of members) taken.add(member);
  return found;
}

function wantedBy(rules: RuleSet, { order, unit, bound }: Sought, zone: string): Wanted {
  const { service_type: type } = order;
  const of = <Value>(values: Readonly<Record<string, Value>>) =>
    Object.hasOwn(values, type) ? values[type] : undefined;
  const pieces = piecesOf(intervalOf(order.planned_start, order.planned_end), zone);
  return {
    unit,
    specialty: type,
    category: of(rules.service_categories) ?? null,
    qualification: of(rules.professional_service_types) ?? null,
    day: dayOf(parseInstant(order.planned_start), zone),
    reach: bound,
    hoursOf: (availability): Hours => {
      if (availability === '') return 'unsaid';
      return covers(readWeeklyHours(availability), pieces) ? 'free' : 'other';
    },
  };
}
