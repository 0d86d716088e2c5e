/** A town by chance, whose members serve, move, rest and turn out to be others; and beside it a plain reckoning of whom criteria find. */
import { randomUUID } from 'node:crypto';
import type { Lane } from '../../../../src/ledger/lane.js';
import { lastEntry } from '../../../../src/ledger/reads/accounts.js';
import type { Stage } from '../../../../src/ledger/stage.js';
import { addDays } from '../../../../src/lib/clock.js';
import { takeIn } from '../../../../src/timebank/credit/intake/item.js';
import { mergeMembers } from '../../../../src/timebank/credit/member-merge.js';
import { freeHolds, refuseHeld } from '../../../../src/timebank/free-holds.js';
import { changeMemberState, transferMember } from '../../../../src/timebank/people/member-changes.js';
import { registerMember } from '../../../../src/timebank/people/members.js';
import { moveOrgUnit, registerOrgUnit } from '../../../../src/timebank/people/org-units.js';
import type { RankingCriteria } from '../../../../src/timebank/service/awards/criteria.js';
import { type SnapshotAsked, takeSnapshot } from '../../../../src/timebank/service/awards/snapshot.js';
import { correctService } from '../../../../src/timebank/service/corrections/correction.js';
import { refuseServedTwice } from '../../../../src/timebank/service/served-twice.js';
import { recordService } from '../../../../src/timebank/service/service-records.js';
import { type Books, run } from '../../../support/books.js';
import { personalKeys } from '../../../support/personal-keys.js';
import type { Random } from '../../../support/random.js';
import { must } from '../../../support/story.js';

export const firstDay = '2026-10-20';
const days = 12;

export interface Given {
  readonly id: string;
  readonly volunteer: string;
  readonly recipient: string;
  readonly day: string;
  readonly hour: number;
  readonly minutes: number;
}

const members = Array.from({ length: 9 }, (_, i) => `M${i + 1}`);
const units = ['XC', 'A', 'A1', 'B'];

/** XC above A and B, A above A1; nine members in any of them. */
export async function settleTown({ lane }: Books, random: Random): Promise<Map<string, string>> {
  const levels = {
    XC: [null, 'county'],
    A: ['XC', 'subdistrict'],
    A1: ['A', 'community'],
    B: ['XC', 'subdistrict'],
  } as const;
  for (const [id, [above, level]] of Object.entries(levels)) {
    const unit = { external_id: id, parent_external_id: above, level, name: id };
    await must(lane, (stage) => registerOrgUnit(stage, unit));
  }
  const homes = new Map<string, string>();
  const person = {
    name: '何根仙',
    gender: 'female',
    birth_date: '1950-02-03',
    phone: null,
    talent_category: null,
  } as const;
  for (const id of members) {
    const org_unit = random.pick(units);
    homes.set(id, org_unit);
    await must(lane, (stage) => registerMember(stage, { ...person, external_id: id, org_unit }, personalKeys));
  }
  return homes;
}

/** Services of which none overlaps another of its volunteer, whoever the volunteers turn out to be: each has hours of its own. */
export function services(random: Random, count: number): Given[] {
  const slots = Array.from({ length: days * 7 }, (_, i) => ({
    day: addDays(firstDay, Math.floor(i / 7)),
    hour: 7 + 2 * (i % 7),
  }));
  return Array.from({ length: Math.min(count, slots.length) }, (_, i) => {
    const volunteer = random.pick(members);
    const [slot] = slots.splice(random.below(slots.length), 1);
    if (!slot) throw new Error('there is no slot left');
    return {
      id: `V${i}`,
      volunteer,
      recipient: random.pick(members.filter((id) => id !== volunteer)),
      ...slot,
      minutes: 30 * (1 + random.below(3)),
    };
  });
}

export function record(lane: Lane, { id, volunteer, recipient, day, hour, minutes }: Given) {
  const at = (minute: number) =>
    `${day}T${String(hour + Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00+08:00`;
  const [start, end] = [at(0), at(minutes)];
  const times = { planned_start: start, planned_end: end, check_in: start, check_out: end };
  const visit = {
    external_id: id,
    volunteer,
    recipient,
    service_type: 'errand',
    ...times,
    proof_grade: 'A',
    recorded_by: 'XC',
  } as const;
  return run(lane, (stage) => recordService(stage, visit, 'operator:test').record);
}

/** What the town is by now, kept beside the books. */
export class Town {
  readonly services: Given[] = [];
  readonly points = new Map<string, { member: string; day: string; points: number }>();
  readonly resting = new Set<string>();
  readonly into = new Map<string, string>();
  private above = 'A';

  constructor(
    private readonly books: Books,
    private readonly random: Random,
    readonly homes: Map<string, string>,
  ) {}

  person(id: string): string {
    const next = this.into.get(id);
    return next === undefined ? id : this.person(next);
  }

  /** Something happens, or is refused and does not. */
  async step(given: Given[]): Promise<void> {
    const { lane } = this.books;
    const { random } = this;
    const acts = [
      ...Array.from({ length: 8 }, () => () => this.serve(given)),
      () => this.annul(),
      () => this.count(),
      () => this.count(),
      async () => {
        const [id, unit] = [random.pick(members), random.pick(units)];
        const { code } = await run(lane, (stage) => transferMember(stage, { id, unit, reach: null }).member);
        if (!code) this.homes.set(id, unit);
      },
      async () => {
        const id = random.pick(members);
        const state = this.resting.has(id) ? ('active' as const) : ('suspended' as const);
        const { code } = await run(lane, (stage) => changeMemberState(stage, { id, reach: null, state }).member);
        if (code) return;
        if (state === 'active') this.resting.delete(id);
        else this.resting.add(id);
      },
      () => this.merge(),
      async () => {
        const to = this.above === 'A' ? 'B' : 'A';
        const { code } = await run(lane, (stage) => moveOrgUnit(stage, { id: 'A1', parent: to }));
        if (!code) this.above = to;
      },
    ];
    await random.pick(acts)();
  }

  private async serve(given: Given[]): Promise<void> {
    const next = given.pop();
    if (next && !(await record(this.books.lane, next)).code) this.services.push(next);
  }

  private async annul(): Promise<void> {
    if (this.services.length === 0) return;
    const [gone] = this.services.splice(this.random.below(this.services.length), 1);
    const fields = { annul: true, reason: '记错了' } as const;
    const asked = { id: gone?.id ?? '', reach: null, fields, newId: randomUUID(), freeHolds };
    const by = (actor: string) => (stage: Stage) => correctService(stage, { ...asked, actor }).correction;
    const first = await run(this.books.lane, by('operator:first'));
    const second = first.code ? first : await run(this.books.lane, by('operator:second'));
    if (second.code && gone) this.services.push(gone);
  }

  private async count(): Promise<void> {
    const { random } = this;
    const [id, member, occurrences] = [`C${random.below(12)}`, random.pick(members), random.below(4)];
    const day = addDays(firstDay, random.below(days));
    const state = occurrences === 0 ? 'withdrawn' : 'counted';
    const item = {
      platform: 'gold-steward',
      externalId: id,
      what: 'service_count',
      revision: null,
      batch: null,
    } as const;
    const sent = { ...item, member, occurredOn: day, occurrences: Math.max(1, occurrences), state } as const;
    const { code } = await run(this.books.lane, (stage) => takeIn(stage, sent, freeHolds).version);
    if (code) return;
    if (state === 'counted') this.points.set(id, { member, day, points: 10 * occurrences });
    else this.points.delete(id);
  }

  private async merge(): Promise<void> {
    const [id, into] = [this.random.pick(members), this.random.pick(members)];
    const holds = { refuseHolds: refuseHeld, freeHolds, refuseServedTwice };
    const by = (actor: string) => (stage: Stage) => mergeMembers(stage, { id, into, reach: null, actor, ...holds });
    const first = await run(this.books.lane, by('operator:first'));
    if (first.code || (await run(this.books.lane, by('operator:second'))).code) return;
    this.into.set(id, into);
  }

  /** What the criteria find now, worked out without the books: places, members and values. */
  find({ criteria, unit, from, to }: SnapshotAsked): object[] {
    const { measure, tie_rule: rule, places, ...least } = criteria as RankingCriteria;
    const isIn = (day: string) => day <= to && (from === null || day >= from);
    const below =
      {
        XC: units,
        A: this.above === 'A' ? ['A', 'A1'] : ['A'],
        A1: ['A1'],
        B: this.above === 'B' ? ['B', 'A1'] : ['B'],
      }[unit] ?? [];
    const people = members.filter(
      (id) => !this.into.has(id) && !this.resting.has(id) && below.includes(this.homes.get(id) ?? ''),
    );
    const figures = people.map((id) => {
      const own = this.services.filter((one) => this.person(one.volunteer) === id && isIn(one.day));
      const items = [...this.points.values()].filter((one) => this.person(one.member) === id && isIn(one.day));
      const firsts = new Map<string, string>();
      for (const { recipient, day } of own) {
        const who = this.person(recipient);
        // Who turned out to be the volunteer was no recipient of theirs.
        if (who === id) continue;
        if ((firsts.get(who) ?? day) >= day) firsts.set(who, day);
      }
      const hundredths = own.reduce((sum, one) => sum + (one.minutes * 100) / 60, 0);
      const values = {
        hours: hundredths,
        records: own.length,
        recipients: firsts.size,
        points: items.reduce((sum, one) => sum + one.points, 0),
      };
      const reached = {
        hours: own.map(({ day }) => day),
        records: own.map(({ day }) => day),
        recipients: [...firsts.values()],
        points: items.map(({ day }) => day),
      };
      return { id, hundredths, records: own.length, value: values[measure], on: reached[measure].sort().at(-1) ?? '' };
    });
    const ranked = figures.filter(
      (one) =>
        one.value > 0 && one.hundredths >= Number(least.minimum_hours) * 100 && one.records >= least.minimum_records,
    );
    const isBefore = (one: (typeof ranked)[number], other: (typeof ranked)[number]) =>
      one.value > other.value ||
      (one.value === other.value &&
        ((rule === 'more_records' && one.records > other.records) ||
          (rule === 'earlier_reached' && one.on < other.on)));
    return ranked
      .map((one) => ({ ...one, place: 1 + ranked.filter((other) => isBefore(other, one)).length }))
      .filter(({ place }) => place <= places)
      .sort((one, other) => one.place - other.place || (one.id < other.id ? -1 : 1))
      .map(({ id, place, value, records, on }) => ({
        member: id,
        place,
        value: BigInt(value),
        records,
        reached_on: on,
      }));
  }
}

/** Any criteria for a ranking, of any unit and days, in the books as they stand now. */
export async function anyQuestion({ owner, lane }: Books, random: Random): Promise<SnapshotAsked> {
  const criteria: RankingCriteria = {
    ...{ award: 'any', name: '任何', kind: 'ranking', notice_working_days: 5, decision: 'unanimous' },
    measure: random.pick(['hours', 'records', 'recipients', 'points'] as const),
    places: 1 + random.below(4),
    minimum_hours: random.pick(['0.00', '0.50', '1.50']),
    minimum_records: random.below(3),
    tie_rule: random.pick(['share', 'more_records', 'earlier_reached'] as const),
  };
  const [from, to] = [addDays(firstDay, random.below(6)), addDays(firstDay, 6 + random.below(6))];
  const atEntry = await lastEntry(owner, lane.facts.id);
  return { criteria, unit: random.pick(units), from: random.pick([null, from]), to, atEntry };
}

export const snapshot = ({ owner, lane }: Books, asked: SnapshotAsked) => takeSnapshot(owner, lane.facts.id, asked);
