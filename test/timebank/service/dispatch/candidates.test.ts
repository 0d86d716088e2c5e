/**
 * Candidates held against judging everybody, plainly and slowly: everything of everybody is known in memory, and who is bound is what the
 * commands of orders say. TEST_SEED runs one again, TEST_RUNS so many times as many counties.
 */
import t from 'tap';
import type { Stage } from '../../../../src/ledger/stage.js';
import { addDays, dateInZone } from '../../../../src/lib/clock.js';
import { Refusal } from '../../../../src/lib/refusal.js';
import { xinchangPilot1 as rules } from '../../../../src/timebank/credit/xinchang-pilot.js';
import { personOf } from '../../../../src/timebank/people/actors.js';
import { memberRows } from '../../../../src/timebank/people/rows.js';
import { readWeeklyHours } from '../../../../src/timebank/people/weekly-hours.js';
import { lineRelations, type OrgUnitLevel } from '../../../../src/timebank/people-words.js';
import { findCandidates } from '../../../../src/timebank/service/dispatch/candidates.js';
import { comparePlaces, highestScore, reasonsFor, scoreOf } from '../../../../src/timebank/service/dispatch/rank.js';
import { type At, readSought } from '../../../../src/timebank/service/dispatch/reads.js';
import { readStandings } from '../../../../src/timebank/service/dispatch/standings.js';
import { covers, piecesOf } from '../../../../src/timebank/service/dispatch/time.js';
import { prefetchCommitted, refuseCommitted } from '../../../../src/timebank/service/orders/commitments.js';
import { allowedIn, judged, type Order } from '../../../../src/timebank/service/orders/state.js';
import { intervalOf } from '../../../../src/timebank/service/service-times.js';
import { type Books, books, fixedClock, run } from '../../../support/books.js';
import { runsOf, seeded, seedOf } from '../../../support/random.js';
import { type County, now, type Row, randomCounty, settleCounty, zone } from './random-county.js';

const at: At = { ledgerId: 1, zone, now };
const seed = seedOf(t);

interface World extends Books {
  readonly county: County;
  /** All ids of a member, their own first. */
  readonly idsOf: (id: string) => string[];
  readonly nowIs: (id: string) => string;
  readonly bound: (order: Order, ids: readonly string[]) => Promise<boolean[]>;
}

t.test(
  'who is bound is what accepting says, and hours count that stand, under whichever id they were given',
  async (t) => {
    const seen = { bound: 0, free: 0, former: 0 };
    for (let i = 0; i < runsOf(3); i++) {
      const world = await worldOf(t, seed + i);
      const members = world.county.members.filter(({ state }) => state !== 'merged').map(idOf);
      for (const order of await ordersOf(world)) {
        const found = await readStandings(world.owner, at, order, members);
        const bound = await world.bound(order, members);
        for (const [k, id] of members.entries()) {
          const said = `${id} for ${order.order_id} in county ${seed + i}`;
          if (found[k]?.isBound !== bound[k]) t.fail(`${said}: the command says ${bound[k]}`);
          if (found[k]?.load !== loadOf(world, id)) t.fail(`${said}: load ${found[k]?.load}, not ${loadOf(world, id)}`);
          seen[bound[k] ? 'bound' : 'free'] += 1;
          if (bound[k] && world.idsOf(id).length > 1) seen.former += 1;
        }
      }
    }
    for (const [what, times] of Object.entries(seen)) t.ok(times > 5, `${what}: ${times}`);
  },
);

t.test('candidates and who is excluded are those of judging everybody, within every reach', async (t) => {
  const codes = new Set<string>();
  for (let i = 0; i < runsOf(3); i++) {
    const world = await worldOf(t, seed + i);
    const orders = (await ordersOf(world)).filter(({ status }) => allowedIn.offer.includes(status));
    for (const order of orders.slice(0, 12)) {
      const all = await judgeAll(world, order);
      for (const reach of reachesOf(world, order))
        for (const limit of [1, 4, 20]) {
          const found = await findCandidates(world.owner, at, { orderId: order.order_id, reach, limit });
          const expected = listed(
            all.filter(({ member }) => isWithin(world, member, reach)),
            limit,
          );
          t.same(found, expected, `${order.order_id} within ${reach}, ${limit} at most, county ${seed + i}`);
          for (const { code } of found.excluded) codes.add(code);
        }
    }
  }
  t.same([...codes].sort(), ['kin', 'overlap', 'suspended', 'unavailable', 'unqualified']);
});

async function worldOf(t: Parameters<typeof books>[0], seed: number): Promise<World> {
  const set = await books(t, { clock: fixedClock(now).clock });
  const county = randomCounty(seeded(seed));
  await settleCounty(set.owner, county);
  await set.owner`analyze`;
  const members = new Map(county.members.map((one) => [idOf(one), one]));
  const nowIs = (id: string) => String(members.get(id)?.['merged_into'] ?? id);
  return {
    ...set,
    county,
    nowIs,
    idsOf: (id) => [id, ...String(members.get(id)?.['merged_from'] ?? '').split(' ')].filter((one) => one !== ''),
    bound: async (order, ids) => {
      const { result } = await run(set.lane, (stage) => judgeBound(stage, order, ids), { dryRun: true });
      return result ?? [];
    },
  };
}

function judgeBound(stage: Stage, order: Order, ids: readonly string[]): boolean[] {
  stage.prefetch({ rows: ids.map((id) => [memberRows, id] as const) });
  prefetchCommitted(stage, order, ids);
  return ids.map((id) => stage.savepoint(() => refuseCommitted(stage, order, id, 'volunteer')) instanceof Refusal);
}

const idOf = (row: Row) => String(row['member_id']);

async function ordersOf({ owner, county }: World): Promise<Order[]> {
  return await Promise.all(
    county.orders.map(async (row) => (await readSought(owner, at, String(row['order_id']), null)).order),
  );
}

/** Hundredths of an hour. */
function loadOf({ county, idsOf }: World, id: string): bigint {
  const since = addDays(dateInZone(now, zone), -30);
  const gone = county.service_corrections.filter(({ status }) => status === 'carried_out').map(recordOf);
  const given = county.service_records
    .filter((one) => idsOf(id).includes(String(one['volunteer_id'])) && String(one['served_on']) > since)
    .filter((one) => !gone.includes(recordOf(one)))
    .map(({ hours }) => Number(hours));
  const promised = county.order_people
    .filter((one) => idOf(one) === id && one['role'] === 'volunteer')
    .filter(({ attendance }) => ['accepted', 'checked_in', 'checked_out'].includes(String(attendance)))
    .filter(({ order_id }) => statusOf(county, order_id) !== 'expired')
    .filter(({ planned_start }) => dateInZone(timeOf(planned_start), zone) > since)
    .map((one) => Math.floor((timeOf(one['planned_end']) - timeOf(one['planned_start'])) / 36_000));
  return BigInt([...given, ...promised].reduce((sum, one) => sum + one, 0));
}

const recordOf = (row: Row) => row['service_record_id'];
const timeOf = (instant: unknown) => Date.parse(String(instant));

function statusOf(county: County, id: unknown): unknown {
  const order = county.orders.find(({ order_id }) => order_id === id);
  return judged({ deadline_at: null, lapses_to: null, offered_until: null, ...order } as Order, now).status;
}

/** Every talent who has no part in the order, with what speaks for them, or what excludes them. */
async function judgeAll(world: World, order: Order) {
  const { county } = world;
  const people = [...county.order_people, ...county.offers]
    .filter(({ order_id }) => order_id === order.order_id)
    .map((one) => String(one['member_id'] ?? one['volunteer_id']));
  const known = [...people, personOf(order.placed_by)].map(world.nowIs);
  const members = county.members.filter(
    (one) => one['state'] !== 'merged' && !known.includes(idOf(one)) && talentsOf(county, idOf(one)).length > 0,
  );
  const bound = await world.bound(order, members.map(idOf));
  return members.map((one, i) => judge(world, order, one, bound[i] === true));
}

function judge(world: World, order: Order, row: Row, isBound: boolean) {
  const { county } = world;
  const member = idOf(row);
  const said = talentsOf(county, member);
  const words = (column: string) => said.flatMap((one) => String(one[column]).split(' '));
  const category = rules.service_categories[order.service_type];
  const facts = {
    nearest: nearestOf(county, order.org_unit_id, row),
    specialty: words('specialties').includes(order.service_type),
    category: category !== undefined && words('categories').includes(category),
  };
  const hours = said.flatMap((one) => readWeeklyHours(String(one['availability'])));
  const pieces = piecesOf(intervalOf(order.planned_start, order.planned_end), zone);
  const isErased = county.erasures.some((one) => idOf(one) === member && one['state'] === 'erased');
  const excluded = [
    [row['state'] !== 'active' || isErased, 'suspended'],
    [!isQualified(county, order, member), 'unqualified'],
    [isKin(world, order, member), 'kin'],
    [isBound, 'overlap'],
    [hours.length > 0 && !covers(hours, pieces), 'unavailable'],
  ].find(([so]) => so);
  const reasons = reasonsFor(rules, { ...facts, available: hours.length > 0, load: loadOf(world, member) });
  if (!excluded) return { member, score: scoreOf(reasons), reasons, code: null };
  return { member, score: highestScore(rules, facts), reasons, code: String(excluded[1]) };
}

function listed(all: readonly Awaited<ReturnType<typeof judgeAll>>[number][], limit: number) {
  const sorted = [...all].sort(comparePlaces);
  const best = sorted.filter(({ code }) => code === null).slice(0, limit);
  const last = best[limit - 1];
  const excluded = sorted.filter((one) => one.code !== null && (!last || comparePlaces(one, last) < 0));
  return {
    candidates: best.map(({ member, score, reasons }) => ({ member, score, reasons })),
    excluded: excluded.slice(0, limit).map(({ member, code }) => ({ member, code })),
  };
}

function talentsOf({ talents }: County, member: string): Row[] {
  return talents.filter((one) => idOf(one) === member && one['ended_on'] === null);
}

/** A unit and all above it, from the lowest up. */
function lineOf(county: County, unit: unknown): Row[] {
  const found = county.org_units.find(({ org_unit_id }) => org_unit_id === unit);
  return found ? [found, ...lineOf(county, found['parent_id'])] : [];
}

function homesOf(county: County, row: Row): Row[][] {
  return [row['org_unit_id'], row['second_org_unit_id']].map((home) => lineOf(county, home));
}

function nearestOf(county: County, place: string, row: Row): OrgUnitLevel | null {
  const shared = lineOf(county, place).find((unit) => homesOf(county, row).some((line) => line.includes(unit)));
  return shared === undefined || shared['level'] === 'county' ? null : (shared['level'] as OrgUnitLevel);
}

function isWithin({ county }: World, member: string, reach: string | null): boolean {
  const row = county.members.find((one) => idOf(one) === member) ?? {};
  return reach === null || homesOf(county, row).some((line) => line.some((unit) => unit['org_unit_id'] === reach));
}

/** The order's own units and the whole county, as a coordinator has them, and no bound. */
function reachesOf({ county }: World, { org_unit_id: place }: Order): (string | null)[] {
  return [null, ...lineOf(county, place).map((unit) => String(unit['org_unit_id']))];
}

function isQualified(county: County, { service_type, planned_start }: Order, member: string): boolean {
  const kind = rules.professional_service_types[service_type];
  const day = dateInZone(timeOf(planned_start), zone);
  return (
    kind === undefined ||
    county.talent_qualifications.some(
      (one) =>
        idOf(one) === member &&
        one['kind'] === kind &&
        String(one['valid_until'] ?? day) >= day &&
        String(one['ended_on'] ?? '9999') > day,
    )
  );
}

/** Spouse or lineal kin of the recipient on the day, by whichever ids they were entered. */
function isKin({ county, nowIs }: World, { recipient_id, planned_start }: Order, member: string): boolean {
  const day = dateInZone(timeOf(planned_start), zone);
  return county.kin.some(
    (one) =>
      [one['member_id'], one['relative_id']]
        .map((id) => nowIs(String(id)))
        .sort()
        .join() === [recipient_id, member].sort().join() &&
      (lineRelations as readonly unknown[]).includes(one['relation']) &&
      one['end_reason'] !== 'mistaken' &&
      String(one['ended_on'] ?? '9999') > day,
  );
}
