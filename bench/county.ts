/**
 * A county to find candidates in: 100,000 members in 3,133 units, a tenth of them talents, 300,000 records of the last sixty days and 20,000
 * accepted orders. Entered as rows, many to an entry, with what verification holds against them: that no hour was minted, and that the
 * hours are their volunteers'. Everything is drawn with a fixed seed.
 */
import type { Pool } from '#src/db/connect.js';
import { change, type RowChange } from '#src/ledger/drafts.js';
import type { Lane } from '#src/ledger/lane.js';
import { addDays, dateInZone, weekOf } from '#src/lib/clock.js';
import { memberAccount, opensMemberAccount } from '#src/timebank/chart.js';
import { ruleSetName } from '#src/timebank/credit/rule-set.js';
import { xinchangPilot1 } from '#src/timebank/credit/xinchang-pilot.js';
import { memberRows, orgUnitRows } from '#src/timebank/people/rows.js';
import { talentRows } from '#src/timebank/people/talents/rows.js';
import type { OrgUnitLevel } from '#src/timebank/people-words.js';
import { orderPeopleRows, orderRows } from '#src/timebank/service/orders/rows.js';
import { noDeadline } from '#src/timebank/service/orders/state.js';
import { serviceDifferenceRows, serviceRecordRows } from '#src/timebank/service/rows.js';
import { orgUnitId, residentCount, residentId, soughtCount, soughtId } from './names.js';
import { submit } from './population.js';

/** Units of a level, each below one of the level above in turn. */
const levels: readonly (readonly [OrgUnitLevel, string, number])[] = [
  ['subdistrict', 'S', 12],
  ['community', 'C', 120],
  ['estate', 'E', 1_000],
  ['stairwell', 'T', 2_000],
];

const acceptedCount = 20_000;
/** Every fifth resident has given service; so many at once have their records entered. */
const volunteersAtOnce = 20;
const hour = 3_600_000;
const zone = 'Asia/Shanghai';
const openHours = ['08:00-12:00', '09:00-11:00', '14:00-18:00', '13:00-20:00'];
/** A twelfth of talents has each: what the service types are called, and some that are no service. */
const specialties = [...Object.keys(xinchangPilot1.service_categories), 'chess', 'gardening', 'music'];
/** Types of service that take no qualification. */
const services = Object.keys(xinchangPilot1.service_categories).filter(
  (type) => !(type in xinchangPilot1.professional_service_types),
);

/** Registers the county below the unit that all members of the bench belong to. */
export async function registerResidents(lane: Lane): Promise<void> {
  const draw = drawing();
  await enter(lane, 'org_unit_registered', units());
  await enter(lane, 'member_registered', residents(draw));
  await enter(lane, 'talent_registered', talents(draw));
  await enter(lane, 'order_accepted', accepted(draw));
  await enter(lane, 'order_placed', sought(draw));
  for (let i = 0; i < residentCount; i += 5 * volunteersAtOnce)
    await Promise.all(Array.from({ length: volunteersAtOnce }, (_, k) => enterRecords(lane, i + 5 * k, draw)));
}

/** As a database that has been used for a while: indexes can be read alone, plans know how large tables are. */
export async function settleTables(sql: Pool): Promise<void> {
  await sql.unsafe('vacuum (analyze)');
}

const rowsPerEntry = 150;

async function enter(lane: Lane, kind: string, rows: Iterable<RowChange>): Promise<void> {
  const all = [...rows];
  for (let at = 0; at < all.length; at += rowsPerEntry)
    await submit(lane, 1, (stage) => stage.post({ kind, rows: all.slice(at, at + rowsPerEntry) }));
}

function* units(): Generator<RowChange> {
  let above = [orgUnitId];
  for (const [level, letter, count] of levels) {
    const ids = Array.from({ length: count }, (_, i) => `${letter}${i}`);
    for (const [i, id] of ids.entries()) {
      const parent_id = above[i % above.length] ?? null;
      yield change(orgUnitRows, { org_unit_id: id, parent_id, level, name: id, closed_on: null });
    }
    above = ids;
  }
}

/** One in fifty has a second home, one in a hundred is suspended. */
function* residents(draw: Draw): Generator<RowChange> {
  for (let i = 0; i < residentCount; i++) {
    const home = draw(4) === 0 ? `E${draw(1_000)}` : `T${draw(2_000)}`;
    yield change(memberRows, {
      ...{ member_id: residentId(i), org_unit_id: home, second_org_unit_id: i % 50 === 0 ? `C${draw(120)}` : null },
      ...{ state: draw(100) === 0 ? 'suspended' : 'active', carry: 0n, merged_into: null, merged_from: null },
    });
  }
}

/** Every tenth resident; half have said in which hours of the week they have time. */
function* talents(draw: Draw): Generator<RowChange> {
  for (let i = 0; i < residentCount; i += 10) {
    const days = [1 + draw(7), 1 + draw(7)].sort();
    const said = [...new Set(days)].map((day) => `${day} ${openHours[draw(openHours.length)]}`).join(',');
    yield change(talentRows, {
      ...{ member_id: residentId(i), registry: 'silver', interests: '', level: null, level_on: null },
      categories: ['ecology', 'social_governance', 'culture_education'][draw(3)] ?? 'ecology',
      specialties: specialties[draw(specialties.length)] ?? '',
      availability: draw(2) === 0 ? said : '',
      ...{ registered_on: addDays(dateInZone(Date.now(), zone), -90), ended_on: null },
    });
  }
}

/** Orders of the coming fortnight, each with a volunteer who is a talent. */
function* accepted(draw: Draw): Generator<RowChange> {
  for (let i = 0; i < acceptedCount; i++) {
    const start = begins(1 + draw(14), draw);
    yield* order(`A${i}`, { recipient: 1 + 10 * draw(10_000), start, volunteer: 10 * draw(10_000), draw });
  }
}

/** Those that somebody is sought for, in the coming week. */
function* sought(draw: Draw): Generator<RowChange> {
  for (let i = 0; i < soughtCount; i++)
    yield* order(soughtId(i), {
      recipient: 2 + 10 * draw(10_000),
      start: begins(1 + draw(7), draw),
      volunteer: null,
      draw,
    });
}

interface OrderSpec {
  readonly recipient: number;
  readonly start: number;
  readonly volunteer: number | null;
  readonly draw: Draw;
}

function* order(id: string, { recipient, start, volunteer, draw }: OrderSpec): Generator<RowChange> {
  const instant = (time: number) => `${new Date(time).toISOString().slice(0, -1)}000Z`;
  const plan = { planned_start: instant(start), planned_end: instant(start + hour) };
  const nobody = { check_in: null, check_in_proof: null, check_in_by: null };
  const part = {
    ...{ order_id: id, ...plan, week: weekOf(dateInZone(start, zone)), held: 0n, ...nobody },
    ...{ check_out: null, check_out_proof: null, check_out_by: null, service_record_id: null, verdict_minutes: null },
    grants_year: null,
  };
  yield change(orderRows, {
    ...{ order_id: id, recipient_id: residentId(recipient), org_unit_id: `T${draw(2_000)}`, ...plan, ...noDeadline },
    ...{ status: volunteer === null ? 'requested' : 'accepted', placed_by: 'operator:bench', on_behalf: true },
    ...{ service_type: services[draw(services.length)] ?? 'errand', mode: 'home', station_id: null },
    ...{ volunteers_needed: 1, recipients: 1, funding: 'mint', price: 0n, written_agreement: false, history: '' },
    deadline_at: volunteer === null ? plan.planned_start : instant(start + 73 * hour),
    lapses_to: 'expired',
    ...{ recipient_minutes: null, verdict_minutes: null, rating: null, confirmed_by: null },
    ...{ series_id: null, series_weekday: null, series_until: null },
  });
  const attendance = volunteer === null ? 'waiting' : 'committed';
  yield change(orderPeopleRows, { ...part, member_id: residentId(recipient), role: 'recipient', attendance });
  if (volunteer !== null)
    yield change(orderPeopleRows, {
      ...part,
      member_id: residentId(volunteer),
      role: 'volunteer',
      attendance: 'accepted',
    });
}

/** A full hour of the day, so many days ahead. */
function begins(days: number, draw: Draw): number {
  const midnight = Date.parse(`${addDays(dateInZone(Date.now(), zone), days)}T00:00:00+08:00`);
  return midnight + (8 + draw(10)) * hour;
}

/** An hour each, fifteen on average in sixty days; few give much. */
async function enterRecords(lane: Lane, index: number, draw: Draw): Promise<void> {
  const volunteer = residentId(index);
  const count = Math.round((45 * draw(1_000) ** 2) / 1_000_000);
  if (count === 0) return;
  const rows = Array.from({ length: count }, (_, i) => record(volunteer, i, begins(-1 - draw(59), draw))).flat();
  await submit(lane, 100, (stage) =>
    stage.post({
      kind: 'service_recorded',
      control: true,
      opens: opensMemberAccount(stage, volunteer, 'hours'),
      legs: [{ debit: 'record:service', credit: memberAccount(volunteer, 'hours'), amount: 100n * BigInt(count) }],
      rows,
    }),
  );
}

function record(volunteer: string, index: number, start: number): RowChange[] {
  const service_record_id = `${volunteer}-${index}`;
  const instant = (time: number) => `${new Date(time).toISOString().slice(0, -1)}000Z`;
  const times = { planned_start: instant(start), planned_end: instant(start + hour) };
  const served = dateInZone(start, zone);
  return [
    change(serviceRecordRows, {
      ...{ service_record_id, volunteer_id: volunteer, recipient_id: null, service_type: 'errand', ...times },
      ...{ check_in: times.planned_start, check_out: times.planned_end, proof_grade: 'A', recorded_by: 'bench' },
      ...{ served_on: served, week: weekOf(served), effective_on: served, approved_by: 'operator:bench' },
      ...{ rule_set: ruleSetName(xinchangPilot1), hours: 100n, coins: 0n, to_pool: 0n },
      ...{ order_id: null, funding: null, corrects: null },
    }),
    change(serviceDifferenceRows, { service_record_id, code: 'cap_week', amount: 100n }),
  ];
}

type Draw = (limit: number) => number;

/** mulberry32: the same county every time. */
function drawing(): Draw {
  let state = 2026;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return Math.floor((((x ^ (x >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}
