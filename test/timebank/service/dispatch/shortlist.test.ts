/** Guarantees of the shortlist, held against sorting everybody: the same, whoever is looked at. */
import fc from 'fast-check';
import { test } from 'tap';
import { parseAmount } from '../../../../src/lib/decimal.js';
import { talentCategories } from '../../../../src/timebank/community-words.js';
import { xinchangPilot1 as rules } from '../../../../src/timebank/credit/xinchang-pilot.js';
import { orgUnitLevels } from '../../../../src/timebank/people-words.js';
import type { Group, Standing } from '../../../../src/timebank/service/dispatch/portions.js';
import { comparePlaces, highestScore, reasonsFor, scoreOf } from '../../../../src/timebank/service/dispatch/rank.js';
import { shortlist } from '../../../../src/timebank/service/dispatch/shortlist.js';
import { covers, piecesOf } from '../../../../src/timebank/service/dispatch/time.js';
import { intervalOf } from '../../../../src/timebank/service/service-times.js';
import { dispatchReasons } from '../../../../src/timebank/service-words.js';

const group = fc.record({
  nearest: fc.constantFrom(null, ...orgUnitLevels),
  specialty: fc.boolean(),
  category: fc.boolean(),
});
const facts = fc.record({ available: fc.boolean(), load: fc.bigInt({ min: 0n, max: 3_000n }) });
const standing: fc.Arbitrary<Standing> = fc.record({
  part: fc.constantFrom('active', 'active', 'active', 'active', 'none', 'merged'),
  isKin: fc.integer({ max: 9, min: 0 }).map((one) => one === 0),
  isBound: fc.integer({ max: 4, min: 0 }).map((one) => one === 0),
  load: fc.bigInt({ min: 0n, max: 3_000n }),
});
const common = fc.record({
  ...{ nearest: fc.constantFrom(null, ...orgUnitLevels), specialty: fc.boolean(), category: fc.boolean() },
  isQualified: fc.integer({ max: 3, min: 0 }).map((one) => one > 0),
  hours: fc.constantFrom<Group['hours']>('free', 'other', 'unsaid'),
});
const nobody: Standing = { part: 'merged', isKin: false, isBound: false, load: 0n };

test('the best of all reasons come to 1.00, and every service type has a category', async (t) => {
  const best = { nearest: 'stairwell', specialty: true, category: true } as const;
  t.equal(highestScore(rules, best), 100n);
  t.same(Object.keys(rules.dispatch_weights), dispatchReasons);
  for (const weight of Object.values(rules.dispatch_weights)) t.ok(parseAmount(weight, 2) > 0n);
  t.same(Object.keys(rules.service_categories), Object.keys(rules.service_coefficients));
  for (const category of Object.values(rules.service_categories)) t.ok(talentCategories.includes(category));
});

test('more in favour never scores less, and more load never more', async (t) => {
  fc.assert(
    fc.property(group, facts, fc.bigInt({ min: 0n, max: 3_000n }), (many, one, more) => {
      const score = (change: object) => scoreOf(reasonsFor(rules, { ...many, ...one, ...change }));
      const now = score({});
      for (const what of ['specialty', 'category', 'available'])
        if (score({ [what]: true }) < now || score({ [what]: false }) > now) return false;
      return score({ load: one.load + more }) <= now && now <= highestScore(rules, many);
    }),
  );
  t.same(
    orgUnitLevels.map((nearest) => highestScore(rules, { nearest, specialty: false, category: false })),
    [30n, 45n, 45n, 60n, 60n, 63n, 65n],
    'nearer is better',
  );
});

/** What excludes somebody, the first of several. */
function codeOf({ isQualified, hours }: Omit<Group, 'members'>, { part, isKin, isBound }: Standing): string | null {
  const codes = [
    [part === 'none', 'suspended'],
    [!isQualified, 'unqualified'],
    [isKin, 'kin'],
    [isBound, 'overlap'],
    [hours === 'other', 'unavailable'],
  ] as const;
  return codes.find(([so]) => so)?.[1] ?? null;
}

test('the shortlist is what sorting everybody gives, however few were looked at', async (t) => {
  const sizes = [1, 200].map((size) => fc.array(standing, { minLength: size, maxLength: size * 2 }));
  const population = fc.array(fc.tuple(common, fc.oneof(...sizes)), { maxLength: 6 });
  let looked = 0;
  let all = 0;
  let readings = 0;
  await fc.assert(
    fc.asyncProperty(population, fc.integer({ min: 1, max: 40 }), async (groups, limit) => {
      const known = new Map<string, Standing>();
      const people = groups.map(([common, standings], g) => ({
        ...common,
        members: standings.map((one, i) => {
          const member = `M${(i * 7_919 + g * 104_729) % 1_000_003}`;
          known.set(member, one);
          return member;
        }),
      }));
      const everybody = people.flatMap((group) =>
        group.members.flatMap((member) => {
          const one = known.get(member) ?? nobody;
          const code = codeOf(group, one);
          const own = scoreOf(reasonsFor(rules, { ...group, available: group.hours === 'free', load: one.load }));
          return one.part === 'merged'
            ? []
            : [{ member, code, score: code === null ? own : highestScore(rules, group) }];
        }),
      );
      const best = everybody
        .filter(({ code }) => code === null)
        .sort(comparePlaces)
        .slice(0, limit);
      const last = best[limit - 1];
      const excluded = everybody
        .filter((one) => one.code !== null && (!last || comparePlaces(one, last) < 0))
        .sort(comparePlaces)
        .slice(0, limit);
      const asked = new Set<string>();
      const look = async (members: readonly string[]) => {
        for (const member of members) {
          if (asked.has(member)) t.fail(`${member} is looked at twice`);
          asked.add(member);
        }
        looked += members.length;
        return members.map((member) => known.get(member) ?? nobody);
      };
      const bounds = [
        { nearest: 'subdistrict', specialty: false, category: true },
        { nearest: null, specialty: false, category: true },
      ] as const;
      // Each reading brings those that its bound covers and the next does not.
      const tierOf = (one: (typeof people)[number]) =>
        bounds.filter((bound) => highestScore(rules, one) <= highestScore(rules, bound)).length;
      const rest = bounds.map((best, i) => ({
        best,
        read: async () => {
          readings += 1;
          return people.filter((one) => tierOf(one) === i + 1);
        },
      }));
      const source = { groups: people.filter((one) => tierOf(one) === 0), rest, look };
      const found = await shortlist(rules, source, limit);
      all += known.size;
      t.same(
        found.candidates.map(({ member, score }) => ({ member, score })),
        best.map(({ member, score }) => ({ member, score })),
      );
      t.same(
        found.excluded,
        excluded.map(({ member, code }) => ({ member, code })),
      );
    }),
    { numRuns: 60 },
  );
  t.ok(looked < all, `${looked} of ${all} were looked at`);
  t.ok(readings > 0 && readings < 120, `${readings} of 120 readings were made`);
});

test('hours cover a plan by the clock of the zone, over midnight too, to the minute that is begun', async (t) => {
  const pieces = (start: string, end: string) =>
    piecesOf(intervalOf(start, end), 'Asia/Shanghai').map(({ weekday, from, to }) => `${weekday} ${from}-${to}`);
  t.same(pieces('2026-11-03T01:00:00Z', '2026-11-03T02:00:00Z'), ['2 09:00-10:00']);
  t.same(pieces('2026-11-03T09:00:59+08:00', '2026-11-03T10:00:01+08:00'), ['2 09:00-10:01']);
  t.same(pieces('2026-11-08T22:00:00+08:00', '2026-11-09T00:00:00+08:00'), ['7 22:00-24:00']);
  t.same(pieces('2026-11-08T22:00:00+08:00', '2026-11-09T01:30:00+08:00'), ['7 22:00-24:00', '1 00:00-01:30']);
  const night = piecesOf(intervalOf('2026-11-08T22:00:00+08:00', '2026-11-09T01:30:00+08:00'), 'Asia/Shanghai');
  const sunday = { weekday: 7, from: '20:00', to: '24:00' };
  t.notOk(covers([sunday], night));
  t.ok(covers([sunday, { weekday: 1, from: '00:00', to: '01:30' }], night));
});
