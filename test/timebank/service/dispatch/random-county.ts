/**
 * A small county by chance, put into the tables as it is, past the lane: homes, talents, records of service with corrections, and orders
 * that people are in at all times around nine o'clock on 2026-11-02, so that everything that can bear on a candidate happens.
 */
import type { Pool } from '../../../../src/db/connect.js';
import { dateInZone, weekOf } from '../../../../src/lib/clock.js';
import type { Random } from '../../../support/random.js';

export type Row = Readonly<Record<string, unknown>>;
export type County = Record<
  | 'org_units'
  | 'members'
  | 'erasures'
  | 'talents'
  | 'talent_qualifications'
  | 'kin'
  | 'orders'
  | 'order_people'
  | 'offers'
  | 'service_records'
  | 'service_corrections',
  Row[]
>;

export const now = Date.parse('2026-11-02T09:00:00+08:00');
export const zone = 'Asia/Shanghai';

const half = 1_800_000;
const at = (halves: number) => new Date(now + halves * half).toISOString();
const day = (instant: string) => dateInZone(Date.parse(instant), zone);
const plain = { ledger_id: 1, entry: 1 };
const salt = 'salt';

export const services = ['errand', 'nursing', 'digital_help'];
const availabilities = ['', '', '1 08:00-12:00', '1 13:00-20:00,2 08:00-20:00', '2 09:00-10:30,3 09:00-18:00'];

export function randomCounty(random: Random): County {
  const units = unitsOf(random);
  const homes = units.slice(1).map((unit) => String(unit['org_unit_id']));
  const ids = Array.from({ length: 90 }, (_, i) => `M${String(random.below(10))}${i}`);
  const members = membersOf(random, ids, homes);
  const active = members.filter(({ state }) => state === 'active').map((one) => String(one['member_id']));
  const talents = ids.flatMap((id) => talentsOf(random, id));
  const orders = Array.from({ length: 50 }, (_, i) =>
    orderOf(random, `O${i}`, homes, random.pick(active), random.pick(ids)),
  );
  const records = Array.from({ length: 160 }, (_, i) => recordOf(random, `R${i}`, random.pick(ids)));
  return {
    org_units: units,
    members,
    erasures: ids.filter(() => random.below(15) === 0).map((id) => erasureOf(random, id)),
    talents,
    talent_qualifications: ids.flatMap((id) => qualificationsOf(random, id)),
    kin: ids.flatMap((id, i) => kinOf(random, id, ids[(i + 1 + random.below(9)) % ids.length] ?? id)),
    orders,
    order_people: orders.flatMap((order) => peopleOf(random, order, active)),
    offers: orders.flatMap((order) => offersOf(random, order, ids)),
    service_records: records,
    service_corrections: records.filter(() => random.below(4) === 0).map((record) => correctionOf(random, record)),
  };
}

/** Puts a county into a ledger that has none, without triggers. */
export async function settleCounty(owner: Pool, county: Readonly<Record<string, readonly Row[]>>): Promise<void> {
  await owner.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    for (const [table, rows] of Object.entries(county))
      await sql.unsafe(
        `insert into timebank.${table} select * from json_populate_recordset(null::timebank.${table}, $1::text::json)`,
        [JSON.stringify(rows)],
      );
  });
}

/** Two subdistricts and a township, each with communities or villages, estates and stairwells. */
function unitsOf(random: Random): Row[] {
  const units: Row[] = [];
  const add = (id: string, parent: string | null, level: string) => {
    units.push({ ...plain, org_unit_id: id, parent_id: parent, level, name: id });
    return id;
  };
  const county = add('XC', null, 'county');
  for (const top of [0, 1, 2]) {
    const rural = top === 2;
    const subdistrict = add(`S${top}`, county, rural ? 'township' : 'subdistrict');
    for (let i = 0; i < 2; i++) {
      const community = add(`${subdistrict}C${i}`, subdistrict, rural ? 'village' : 'community');
      for (let k = 0; k < 1 + random.below(2); k++) {
        const estate = add(`${community}E${k}`, community, 'estate');
        for (let n = 0; n < 1 + random.below(2); n++) add(`${estate}T${n}`, estate, 'stairwell');
      }
    }
  }
  return units;
}

function membersOf(random: Random, ids: readonly string[], homes: readonly string[]): Row[] {
  const members = ids.map((id) => {
    const home = random.pick(homes);
    const second = random.below(4) === 0 ? random.pick(homes) : home;
    const state = random.pick(['active', 'active', 'active', 'active', 'active', 'suspended', 'left', 'merged']);
    return { ...plain, member_id: id, org_unit_id: home, second_org_unit_id: second === home ? null : second, state };
  });
  const winners = members.filter(({ state }) => state === 'active').map(({ member_id }) => member_id);
  const into = new Map(ids.map((id) => [id, random.pick(winners)]));
  return members.map((one) => {
    const former = members.filter(
      ({ member_id, state }) => state === 'merged' && into.get(member_id) === one.member_id,
    );
    return {
      ...one,
      carry: 0,
      merged_into: one.state === 'merged' ? into.get(one.member_id) : null,
      merged_from: former.length === 0 ? null : former.map(({ member_id }) => member_id).join(' '),
    };
  });
}

function erasureOf(random: Random, id: string): Row {
  const state = random.pick(['requested', 'erased', 'withdrawn']);
  const by = (wanted: string) => (state === wanted ? 'operator:two' : null);
  const asked = { requested_by: 'operator:one', requested_at: at(-99) };
  return { ...plain, ...asked, member_id: id, state, erased_by: by('erased'), withdrawn_by: by('withdrawn') };
}

function talentsOf(random: Random, id: string): Row[] {
  return ['silver', 'resident_expert']
    .filter(() => random.below(2) === 0)
    .map((registry) => ({
      ...plain,
      member_id: id,
      registry,
      categories: random.pick(['ecology', 'social_governance', 'social_governance culture_education']),
      specialties: random.pick(['', '', 'errand', 'digital_help errand', 'nursing', 'errands']),
      interests: '',
      availability: random.pick(availabilities),
      registered_on: '2026-01-01',
      ended_on: random.below(8) === 0 ? '2026-10-01' : null,
    }));
}

function qualificationsOf(random: Random, id: string): Row[] {
  return Array.from({ length: random.below(3) }, (_, i) => ({
    ...{ ...plain, member_id: id, registry: 'silver', number: i + 1, salt },
    kind: random.pick(['medicine', 'medicine', 'law']),
    recorded_on: '2026-01-01',
    valid_until: random.pick([null, '2026-11-01', '2026-11-02', '2027-01-01']),
    ended_on: random.pick([null, null, '2026-11-02', '2026-11-03']),
  }));
}

function kinOf(random: Random, id: string, relative: string): Row[] {
  if (random.below(2) === 0) return [];
  const ended = random.below(4) === 0;
  return [
    {
      ...{ ...plain, member_id: id, relative_id: relative, salt, claimed_by: 'operator:one', claimed_at: at(-99) },
      relation: random.pick(['child', 'spouse', 'sibling']),
      state: ended ? 'ended' : 'verified',
      ...{ verified_by: 'operator:two', verified_at: at(-98), elder_consent_on: '2026-10-01' },
      ...(ended && {
        ended_on: random.pick(['2026-11-02', '2026-11-03']),
        end_reason: random.pick(['divorce', 'mistaken']),
      }),
    },
  ];
}

function orderOf(random: Random, id: string, homes: readonly string[], recipient: string, placer: string): Row {
  // One in six is of thirty days ago, when hours begin to count, and nobody has confirmed it.
  const start = random.below(6) === 0 ? random.below(96) - 31 * 48 : random.below(36) - 12;
  const status = random.pick(['requested', 'offered', 'accepted', 'accepted', 'checked_in', 'expired']);
  return {
    ...{ ...plain, order_id: id, status, recipient_id: recipient, org_unit_id: random.pick(homes) },
    placed_by: random.pick([`member:${recipient}`, 'operator:one', `coordinator:${placer}`]),
    ...{ on_behalf: false, service_type: random.pick(services), mode: 'home' },
    ...{ planned_start: at(start), planned_end: at(start + 1 + random.below(5)) },
    ...{ volunteers_needed: 2, recipients: 1, funding: 'mint', price: 0, written_agreement: false, history: '' },
    ...(random.below(2) === 0 &&
      status !== 'expired' && { lapses_to: 'expired', deadline_at: at(random.below(3) - 1) }),
  };
}

function peopleOf(random: Random, order: Row, active: readonly string[]): Row[] {
  const { order_id, planned_start, planned_end, recipient_id } = order;
  const start = (Date.parse(String(planned_start)) - now) / half;
  const part = (member: string, role: string, attendance: string): Row => {
    const came = ['checked_in', 'checked_out', 'attended'].includes(attendance);
    const [from, to] = [start + random.below(5) - 2, start + 3 + random.below(4)];
    return {
      ...{ ...plain, order_id, member_id: member, role, attendance, planned_start, planned_end, held: 0 },
      week: weekOf(day(String(planned_start))),
      ...(came && { check_in: at(from), check_in_proof: 'reported' }),
      ...(came && attendance !== 'checked_in' && { check_out: at(to), check_out_proof: 'reported' }),
    };
  };
  const volunteers = new Set([0, 1, 2].map(() => random.pick(active)).filter((id) => id !== recipient_id));
  const standings = ['accepted', 'checked_in', 'checked_out', 'attended', 'released', 'no_show'];
  return [
    part(String(recipient_id), 'recipient', random.pick(['waiting', 'committed'])),
    ...[...volunteers].map((id) => part(id, 'volunteer', random.pick(standings))),
  ];
}

function offersOf(random: Random, { order_id }: Row, ids: readonly string[]): Row[] {
  if (random.below(2) === 0) return [];
  const asked = { volunteer_id: random.pick(ids), status: 'declined', expires_at: at(9) };
  return [{ ...plain, offer_id: `F${order_id}`, order_id, ...asked }];
}

/** Of the last forty days, or of the hours around now. */
function recordOf(random: Random, id: string, volunteer: string): Row {
  const start = random.below(2) === 0 ? random.below(24) - 12 : -random.below(40 * 48);
  const [check_in, check_out] = [at(start), at(start + 1 + random.below(4))];
  const served = day(check_in);
  return {
    ...{ ...plain, service_record_id: id, volunteer_id: volunteer, service_type: 'errand' },
    ...{ planned_start: check_in, planned_end: check_out, check_in, check_out },
    ...{ served_on: served, week: weekOf(served), effective_on: served, proof_grade: 'A' },
    ...{ recorded_by: 'op1', approved_by: 'op2', rule_set: 'x-1', hours: 50 + random.below(400), coins: 0, to_pool: 0 },
  };
}

function correctionOf(random: Random, { service_record_id, volunteer_id, week }: Row): Row {
  const status = random.pick(['proposed', 'carried_out', 'carried_out', 'withdrawn']);
  const decided = status === 'proposed' ? {} : { decided_by: 'operator:two', decided_at: at(-1) };
  return {
    ...{ ...plain, service_record_id, volunteer_id, week, status, annul: true, salt },
    ...{ proposed_by: 'operator:one', proposed_at: at(-2), ...decided },
    ...(status === 'carried_out' && { reversed_on: day(at(0)) }),
  };
}
