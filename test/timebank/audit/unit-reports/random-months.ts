/**
 * Two months of a small county by chance, put into the tables as they are, past the lane: people who move and turn out to be others, units that move,
 * service with corrections and recomputations, points in and out, orders. Beside each thing that counts stands what it is, plainly, for a second
 * reckoning: who did it, on which day, and what it adds to which figure.
 */
import type { Pool } from '../../../../src/db/connect.js';
import { addDays, weekOf } from '../../../../src/lib/clock.js';
import { addMovement } from '../../../../src/timebank/partners/redemptions/movements.js';
import { type Random, shuffled } from '../../../support/random.js';
import { type Row, settleCounty } from '../../service/dispatch/random-county.js';

/** An act of a member; `unit`: of an order, where it was placed for, whoever moves. */
export interface Act {
  readonly column: string;
  readonly member: string;
  readonly day: string;
  readonly entry: number;
  readonly amount: bigint;
  readonly unit?: string;
}

interface Move {
  readonly on: string;
  readonly to: string;
}

export interface Months {
  /** Where each member and each unit belonged at first, and where from which days on. */
  readonly homes: ReadonlyMap<string, { readonly first: string; readonly moves: readonly Move[] }>;
  readonly places: ReadonlyMap<string, { readonly first: string | null; readonly moves: readonly Move[] }>;
  /** The person that a member turned out to be. */
  readonly person: (member: string) => string;
  readonly acts: readonly Act[];
}

const plain = { ledger_id: 1, entry: 1 };
export const firstDay = '2026-09-01';
export const partners = ['xc-bank', 'shop'];
const reasons = ['kin', 'cap_day', 'cap_week', 'holding_cap', 'rounding_carry', 'visit_basis'];
/** The journal has an entry every hour, so that its numbers tell when something was recorded. */
const entryOf = (day: string, hour: number) =>
  Math.round((Date.parse(`${day}T00:00:00+08:00`) - Date.parse(`${firstDay}T00:00:00+08:00`)) / 3_600_000) + hour + 1;
export const lastEntryNumber = entryOf('2026-11-30', 0);

export async function settleMonths(owner: Pool, random: Random): Promise<Months> {
  const day = () => addDays(firstDay, random.below(60));
  const units = ['XC', ...Array.from({ length: 9 }, (_, i) => `U${i}`)];
  const places = new Map(
    units.map((id, at) => {
      // Always below one that comes earlier: no move makes a circle.
      const above = () => (at === 0 ? null : random.pick(units.slice(0, at)));
      const moves = at > 1 && random.below(3) === 0 ? [{ on: day(), to: above() as string }] : [];
      return [id, { first: above(), moves }] as const;
    }),
  );
  const ids = Array.from({ length: 40 }, (_, i) => `M${i}`);
  const homes = new Map(
    ids.map((id) => {
      const days = random.below(3) > 0 ? [] : [day(), day()].slice(random.below(2)).sort();
      return [id, { first: random.pick(units), moves: days.map((on) => ({ on, to: random.pick(units) })) }] as const;
    }),
  );
  const into = new Map(ids.slice(0, 6).map((id) => [id, random.pick(ids.slice(6))]));
  const tables: Record<string, Row[]> = {};
  const put = (table: string, ...rows: Row[]) => {
    tables[table] = [...(tables[table] ?? []), ...rows];
  };
  for (const [id, { first, moves }] of places) putUnit(put, id, first, moves);
  for (const [id, home] of homes) putMember(put, id, home, into.get(id) ?? null);
  put(
    'partners',
    ...partners.map((id) => ({
      ...plain,
      partner_id: id,
      name: id,
      kind: 'shop',
      point_price: '0.10',
      may_backdate: true,
    })),
  );
  const acts: Act[] = [];
  const entries = new Set<number>();
  for (let i = 0; i < 120; i += 1) {
    // No two records have one entry.
    let [on, entry] = ['', 0];
    do {
      on = day();
      entry = entryOf(on, random.below(24));
    } while (entries.has(entry));
    entries.add(entry);
    acts.push(...putRecord(put, random, { id: `V${i}`, member: random.pick(ids), day: on, entry }));
  }
  for (const id of shuffled(ids, random).slice(0, 25)) acts.push(...putPoints(put, random, id, day()));
  for (let i = 0; i < 60; i += 1) acts.push(...putRedemption(put, random, i, random.pick(ids), day()));
  const order = (i: number) => ({ id: `N${i}`, member: random.pick(ids), unit: random.pick(units) });
  for (let i = 0; i < 40; i += 1) acts.push(...putOrder(put, random, { ...order(i), day: day() }));
  // The very first entry of a month is of that month.
  acts.push(...putOrder(put, random, { ...order(40), day: '2026-10-01', hour: 0 }));
  await settleCounty(owner, tables);
  await owner.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`insert into timeledger.entries (ledger_id, effective_on, number, recorded_at, kind, leaf)
      select 1, '2026-09-01', n, ${`${firstDay} 00:00:00+08`}::timestamptz + (n - 1) * interval '1 hour', 'x', '{}' from generate_series(1, ${lastEntryNumber}::int) n
      on conflict (ledger_id, number) do update set recorded_at = excluded.recorded_at`;
    await sql`update timeledger.heads set entry_count = ${lastEntryNumber} where ledger_id = 1`;
  });
  return { homes, places, person: (member) => into.get(member) ?? member, acts };
}

type Put = (table: string, ...rows: Row[]) => void;

function putUnit(put: Put, id: string, first: string | null, moves: readonly Move[]): void {
  const row = { ...plain, org_unit_id: id, name: id };
  const level = id === 'XC' ? 'county' : 'community';
  put('org_units', { ...row, level, parent_id: moves.at(-1)?.to ?? first });
  const change = { ...row, changed_by: 'operator:one' };
  put('org_unit_changes', { ...change, kind: 'registered', effective_on: '2026-01-01', parent_id: first });
  put(
    'org_unit_changes',
    ...moves.map(({ on, to }, at) => ({ ...change, kind: 'moved', effective_on: on, parent_id: to, entry: at + 2 })),
  );
}

function putMember(
  put: Put,
  id: string,
  { first, moves }: { first: string; moves: readonly Move[] },
  into: string | null,
) {
  const state = into === null ? 'active' : 'merged';
  put('members', {
    ...plain,
    member_id: id,
    org_unit_id: moves.at(-1)?.to ?? first,
    state,
    carry: 0,
    merged_into: into,
  });
  put(
    'member_changes',
    ...moves.map(({ on, to }, at) => ({
      ...{ ...plain, member_id: id, kind: 'transferred', effective_on: on, org_unit_id: to, state: 'active' },
      ...{
        was_org_unit_id: moves[at - 1]?.to ?? first,
        was_state: 'active',
        changed_by: 'operator:one',
        entry: at + 2,
      },
    })),
    // A new card is no move, whatever it says of the unit.
    {
      ...plain,
      member_id: id,
      kind: 'card_replaced',
      effective_on: '2026-09-20',
      org_unit_id: 'XC',
      was_org_unit_id: 'XC',
      state: 'active',
      was_state: 'active',
      changed_by: 'operator:one',
      entry: 9,
    },
  );
}

function putRecord(
  put: Put,
  random: Random,
  { id, member, day, entry }: { id: string; member: string; day: string; entry: number },
): Act[] {
  const funding = random.pick([null, null, 'recipient', 'fund']);
  const coins = BigInt(50 * random.below(5));
  const differences = shuffled(reasons, random)
    .slice(0, random.below(4))
    .map((code) => ({
      code,
      amount: BigInt(code === 'rounding_carry' ? 1 + random.below(80) - 90 : 1 + random.below(80)),
    }));
  const hours = coins + differences.reduce((sum, { amount }) => sum + amount, 0n) + 200n;
  const all = [...differences, { code: 'proof_grade_c', amount: 200n }];
  const [start, end] = [`${day}T09:00:00+08:00`, `${day}T12:00:00+08:00`];
  const who = { service_record_id: id, volunteer_id: member, week: weekOf(day) };
  put('service_records', {
    ...{
      ...plain,
      ...who,
      entry,
      service_type: 'errand',
      planned_start: start,
      planned_end: end,
      check_in: start,
      check_out: end,
    },
    ...{ served_on: day, effective_on: day, proof_grade: 'A', recorded_by: 'op1', approved_by: 'op2', rule_set: 'x-1' },
    ...{ hours: Number(hours), coins: Number(coins), to_pool: 0, funding },
  });
  put(
    'service_differences',
    ...all.map(({ code, amount }) => ({ ...plain, service_record_id: id, code, amount: Number(amount) })),
  );
  const correction = random.pick([null, null, null, 'proposed', 'carried_out', 'withdrawn']);
  if (correction !== null) {
    const decided = correction === 'proposed' ? {} : { decided_by: 'operator:two', decided_at: end };
    const proposed = { status: correction, annul: true, salt: 's', proposed_by: 'operator:one', proposed_at: end };
    put('service_corrections', {
      ...plain,
      ...who,
      ...proposed,
      ...decided,
      ...(correction === 'carried_out' && { reversed_on: day }),
    });
  }
  const changes = new Map<string, bigint>(all.map(({ code, amount }) => [code, amount]));
  let received = coins;
  for (let again = 0; again < random.below(3); again += 1) {
    const parts = {
      cap_day: random.below(50),
      cap_week: -random.below(50),
      rounding_carry: random.below(20),
      to_pool: random.below(30),
    };
    const [kin, basis] = [random.below(40), -random.below(40)];
    const sum = Object.values(parts).reduce((total, one) => total + one, 0) + kin + basis;
    // What is recomputed adds up to nothing; coins cannot fall below nothing, and do not here.
    const given = -sum;
    if (received + BigInt(given) < 0n) break;
    received += BigInt(given);
    put('service_recomputations', {
      ...{ ...plain, ...who, served_on: day, ...parts, coins: given, other: kin + basis },
      ...{ others: `kin ${kin},visit_basis ${basis}`, entry: entry + 1 + again },
    });
    const { to_pool: pooled, ...codes } = parts;
    for (const [code, amount] of Object.entries({ ...codes, holding_cap: pooled }))
      changes.set(code, (changes.get(code) ?? 0n) + BigInt(amount));
    changes.set('kin', (changes.get('kin') ?? 0n) + BigInt(kin));
    changes.set('visit_basis', (changes.get('visit_basis') ?? 0n) + BigInt(basis));
  }
  if (correction === 'carried_out') return [];
  const act = (column: string, amount: bigint) => ({ column, member, day, entry, amount });
  return [
    act('hours', hours),
    act(funding === null ? 'coins_minted' : 'coins_paid', received),
    ...[...changes].map(([code, amount]) => act(`shortfall:${code}`, amount)),
  ].filter(({ amount }) => amount !== 0n);
}

function putPoints(put: Put, random: Random, member: string, day: string): Act[] {
  const [entry, points] = [entryOf(day, 1), 10 * (1 + random.below(9))];
  const state = random.pick(['counted', 'counted', 'reversed']);
  put('opening_points', {
    ...plain,
    member_id: member,
    occurrences: points / 10,
    points,
    effective_on: day,
    state,
    entry,
  });
  const [given, taken] = [1 + random.below(50), 1 + random.below(50)];
  const purse = `member:${member}:points`;
  const legs = [
    { debit: 'point:issuance', credit: purse, amount: String(given) },
    { debit: purse, credit: 'point:issuance', amount: String(taken) },
    { debit: 'point:issuance', credit: `member:${member}:receivable:points`, amount: '7' },
    { debit: 'coin:issuance', credit: `member:${member}:coins`, amount: '1.50' },
  ];
  const adjusted = random.pick(['posted', 'proposed', 'reversed']);
  const decided = adjusted === 'proposed' ? {} : { decided_by: 'operator:two', decided_at: `${day}T10:00:00+08:00` };
  put('adjustments', {
    ...{
      ...plain,
      adjustment_id: uuidOf(random),
      state: adjusted,
      kind: 'adjustment',
      effective_on: day,
      entry: entry + 1,
    },
    ...{
      legs: JSON.stringify(legs),
      salt: 's',
      proposed_by: 'operator:one',
      proposed_at: `${day}T10:00:00+08:00`,
      ...decided,
    },
  });
  const act = (amount: number, at: number) => ({
    column: 'points_earned',
    member,
    day,
    entry: at,
    amount: BigInt(amount),
  });
  return [
    ...(state === 'counted' ? [act(points, entry)] : []),
    ...(adjusted === 'posted' ? [act(given, entry + 1), act(-taken, entry + 1)] : []),
  ];
}

function putRedemption(put: Put, random: Random, at: number, member: string, day: string): Act[] {
  const partner = random.pick(partners);
  const captured = 10 + random.below(90);
  const refunded = random.below(2) === 0 ? 0 : 1 + random.below(captured);
  const later = addDays(day, random.below(20));
  const [entry, back] = [entryOf(day, 2), entryOf(later, 3)];
  const first = addMovement('', { entry, effectiveOn: day, points: BigInt(captured), amountCny: BigInt(captured) });
  const both = addMovement(first, {
    entry: back,
    effectiveOn: later,
    points: BigInt(-refunded),
    amountCny: BigInt(-refunded),
  });
  put('redemptions', {
    ...{
      ...plain,
      redemption_id: uuidOf(random),
      partner_id: partner,
      partner_reference: `B${at}`,
      member_id: member,
      status: 'captured',
    },
    ...{ authorised: captured, captured, released: 0, refunded, captured_cny: captured, refunded_cny: refunded },
    ...{
      movements: refunded > 0 ? both : first,
      entry: Math.max(entry, refunded > 0 ? back : entry),
      effective_on: day,
      expires_at: `${day}T10:00:00+08:00`,
    },
  });
  return ['points_redeemed', `partner:${partner}`].flatMap((column) => [
    { column, member, day, entry, amount: BigInt(captured) },
    ...(refunded > 0 ? [{ column, member, day: later, entry: back, amount: BigInt(-refunded) }] : []),
  ]);
}

function putOrder(
  put: Put,
  random: Random,
  {
    id,
    member,
    day,
    unit,
    hour = random.below(24),
  }: Readonly<Record<'id' | 'member' | 'day' | 'unit', string>> & { hour?: number },
): Act[] {
  const [entry, behalf] = [entryOf(day, hour), random.below(2) === 0];
  const [start, end] = ['2026-12-01T09:00:00+08:00', '2026-12-01T10:00:00+08:00'];
  put('orders', {
    ...{
      ...plain,
      order_id: id,
      status: 'requested',
      recipient_id: member,
      org_unit_id: unit,
      placed_by: 'operator:one',
      on_behalf: behalf,
    },
    ...{
      service_type: 'errand',
      mode: 'home',
      planned_start: start,
      planned_end: end,
      volunteers_needed: 1,
      recipients: 1,
    },
    ...{ funding: 'mint', price: 0, written_agreement: false, history: `placed@${entry} cancelled@${entry + 5}` },
  });
  return ['orders_placed', behalf ? 'orders_on_behalf' : 'orders_by_resident'].map((column) => ({
    ...{ column, member, day, entry, amount: 1n, unit },
  }));
}

function uuidOf(random: Random): string {
  const hex = Array.from({ length: 32 }, () => random.below(16).toString(16)).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
