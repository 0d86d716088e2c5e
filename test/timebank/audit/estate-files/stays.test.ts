/**
 * Guarantees of stays, for random changes of a member: they are the days on which the member belonged to the units, by what was known at the watermark, told by
 * a calendar that is filled in day by day.
 */
import t from 'tap';
import { addDays, daysFrom } from '../../../../src/lib/clock.js';
import { type MemberPast, type Stay, staysOf } from '../../../../src/timebank/audit/estate-files/stays.js';
import { type Random, runsOf, seeded, seedOf } from '../../../support/random.js';

const scope = { first: '2026-10-01', last: '2026-10-31', units: ['E1', 'E1-S1'], watermark: '50' };
const units = ['E1', 'E1-S1', 'E2'] as const;
const states = ['active', 'suspended'] as const;

/** Changes follow each other in time, some of them written after the watermark. */
function randomPast(random: Random): MemberPast {
  let now: { unit: string; state: (typeof states)[number] } = { unit: random.pick(units), state: 'active' };
  let [entry, on] = [0, '2026-09-20'];
  const changes = Array.from({ length: random.below(7) }, () => {
    const before = now;
    now = { unit: random.pick(units), state: random.pick(states) };
    entry += 1 + random.below(20);
    on = addDays(on, random.below(12));
    return { entry, on, ...now, was_unit: before.unit, was_state: before.state };
  });
  return { id: 'M1', name: '何根仙', ...now, merged_into: null, changes };
}

/** Where the member belonged on each day, as far as it was known. */
function unitsByDay({ unit, changes }: MemberPast): Map<string, string> {
  const start = changes[0]?.was_unit ?? unit;
  const calendar = new Map(daysFrom('2026-09-01', scope.last, 100).map((day) => [day, start]));
  for (const change of changes.filter(({ entry }) => entry <= 50))
    for (const day of calendar.keys()) if (day >= change.on) calendar.set(day, change.unit);
  return calendar;
}

t.test('a day is in a stay if and only if the member belonged there, and stays do not touch', (t) => {
  const random = seeded(seedOf(t));
  for (let run = 0; run < runsOf(2_000); run += 1) {
    const past = randomPast(random);
    const stays = staysOf(past, scope);
    const calendar = unitsByDay(past);
    const days = daysFrom(scope.first, scope.last, 31);
    const within = (day: string) => stays.filter((stay) => stay.first <= day && day <= stay.last).length;
    const wrong = days.filter((day) => within(day) !== (scope.units.includes(calendar.get(day) ?? '') ? 1 : 0));
    const ends = stays.every((stay, at) => {
      const next = stays[at + 1];
      return stay.unit === calendar.get(stay.last) && (!next || next.first > addDays(stay.last, 1));
    });
    const within31 = stays.every(({ first, last }) => scope.first <= first && first <= last && last <= scope.last);
    if (wrong.length > 0 || !ends || !within31) {
      t.fail(JSON.stringify({ past, stays, wrong }));
      break;
    }
  }
  t.pass();
  t.end();
});

t.test('what is written after the watermark changes no stay', (t) => {
  const random = seeded(seedOf(t));
  for (let run = 0; run < runsOf(2_000); run += 1) {
    const past = randomPast(random);
    const last = past.changes.at(-1);
    const unit = random.pick(units);
    const more = {
      ...{ entry: 51 + random.below(9) + (last?.entry ?? 0), on: addDays(last?.on ?? '2026-10-05', random.below(9)) },
      ...{ unit, state: 'suspended' as const, was_unit: past.unit, was_state: past.state },
    };
    const later: MemberPast = { ...past, unit, state: more.state, changes: [...past.changes, more] };
    const [before, after] = [staysOf(past, scope), staysOf(later, scope)];
    if (JSON.stringify(before) !== JSON.stringify(after)) {
      t.fail(JSON.stringify({ past, later, before, after }));
      break;
    }
  }
  t.pass();
  t.end();
});

t.test('of a name the first character is left, however long it is', (t) => {
  const named = (name: string | null): Stay['name'] | undefined =>
    staysOf({ id: 'M1', name, unit: 'E1', state: 'active', merged_into: null, changes: [] }, scope)[0]?.name;
  t.strictSame(['何根仙', '何仙', '阿卜杜拉·买买提', '𠮷野家', '何', '', null].map(named), [
    '何**',
    '何**',
    '阿**',
    '𠮷**',
    '*',
    '',
    '',
  ]);
  t.end();
});
