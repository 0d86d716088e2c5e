/**
 * Guarantees of what rounds of awards find: whom a plain reckoning finds, the same bytes at any later time, and the same people in whatever order their
 * records have arrived.
 */
import t from 'tap';
import type { RankingCriteria } from '../../../../src/timebank/service/awards/criteria.js';
import type { SnapshotAsked } from '../../../../src/timebank/service/awards/snapshot.js';
import { books, booksBalance } from '../../../support/books.js';
import { runsOf, seeded, seedOf, shuffled } from '../../../support/random.js';
import { anyQuestion, record, services, settleTown, snapshot, Town } from './town.js';

t.test('what is found is what a plain reckoning finds, and the same bytes whatever happens later', async (t) => {
  const random = seeded(seedOf(t));
  for (let story = 0; story < runsOf(2); story += 1) {
    const b = await books(t);
    const town = new Town(b, random, await settleTown(b, random));
    const given = services(random, 60);
    const answered: [SnapshotAsked, string][] = [];
    let found = 0;
    for (let i = 0; i < 90; i += 1) {
      await town.step(given);
      if (i % 3 > 0) continue;
      const asked = await anyQuestion(b, random);
      const { candidates, text } = await snapshot(b, asked);
      t.same(
        candidates.map(({ member, place, value, records, reached_on }) => ({
          member,
          place,
          value,
          records,
          reached_on,
        })),
        town.find(asked),
        JSON.stringify(asked),
      );
      found += candidates.length;
      answered.push([asked, text]);
    }
    t.ok(found > 0, 'somebody was found');
    for (const [asked, text] of answered)
      t.equal((await snapshot(b, asked)).text, text, `as of entry ${asked.atEntry}`);
    await booksBalance(t, b.owner);
  }
});

t.test('the same records in another order of arrival find the same, by every measure and tie rule', async (t) => {
  const random = seeded(seedOf(t));
  const seed = random.below(2 ** 31);
  const given = services(random, 30);
  const towns = [];
  for (const order of [given, shuffled(given, random)]) {
    const b = await books(t);
    await settleTown(b, seeded(seed));
    for (const one of order) t.equal((await record(b.lane, one)).code, undefined, one.id);
    towns.push(b);
  }
  const [first, second] = towns;
  if (!first || !second) throw new Error('there are two towns');
  const base = { award: 'any', name: '任何', kind: 'ranking', minimum_hours: '0.00', minimum_records: 0 } as const;
  const rest = { places: 3, notice_working_days: 5, decision: 'unanimous' } as const;
  for (const measure of ['hours', 'records', 'recipients'] as const)
    for (const tie_rule of ['share', 'more_records', 'earlier_reached'] as const) {
      const criteria: RankingCriteria = { ...base, ...rest, measure, tie_rule };
      const asked = { criteria, unit: 'XC', from: null, to: '2026-10-31', atEntry: 1_000 };
      const one = await snapshot(first, asked);
      t.ok(one.candidates.length >= 3, 'as many as there are places, or more');
      t.equal((await snapshot(second, asked)).text, one.text, `${measure} ${tie_rule}`);
    }
});

t.test('who ties for the last place wins with it, unless the tie rule tells them apart', async (t) => {
  const b = await books(t);
  await settleTown(b, seeded(1));
  const at = (id: string, volunteer: string, day: string, hour: number, minutes: number) =>
    record(b.lane, { id, volunteer, recipient: 'M9', day, hour, minutes });
  // M1 and M2: two hours, M1 in one visit on the later day, M2 in two; M3: one hour.
  await at('V1', 'M1', '2026-10-22', 8, 120);
  await at('V2', 'M2', '2026-10-20', 8, 60);
  await at('V3', 'M2', '2026-10-21', 8, 60);
  await at('V4', 'M3', '2026-10-20', 8, 60);
  const find = async (tie_rule: RankingCriteria['tie_rule'], places = 1) => {
    const criteria: RankingCriteria = {
      ...{ award: 'any', name: '任何', kind: 'ranking', measure: 'hours', places, tie_rule },
      ...{ minimum_hours: '0.00', minimum_records: 0, notice_working_days: 5, decision: 'unanimous' },
    };
    const asked = { criteria, unit: 'XC', from: null, to: '2026-10-31', atEntry: 1_000 };
    const { candidates, ranked } = await snapshot(b, asked);
    t.equal(ranked, 3);
    return candidates.map(({ member, place }) => `${member} ${place}`);
  };
  t.same(await find('share'), ['M1 1', 'M2 1']);
  t.same(await find('more_records'), ['M2 1']);
  t.same(await find('earlier_reached'), ['M2 1']);
  t.same(await find('share', 3), ['M1 1', 'M2 1', 'M3 3'], 'the place after a shared one is left out');
  await booksBalance(t, b.owner);
});
