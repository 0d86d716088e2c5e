/** Which level hours and ratings make: the highest that both reach, and hours alone while nobody has rated. */
import t from 'tap';
import {
  levelSince,
  meanRating,
  noFigures,
  talentLevelChanges,
  talentLevelOf,
} from '../../../src/timebank/credit/talent-levels.js';
import { xinchangPilot1 } from '../../../src/timebank/credit/xinchang-pilot.js';

/** Hundredths of an hour, and each rating. */
const figures = (hours: bigint, ...ratings: number[]) => ({
  hours,
  ratings: ratings.length,
  ratingSum: BigInt(ratings.reduce((sum, one) => sum + one, 0)),
});
const levelOf = (hours: bigint, ...ratings: number[]) => talentLevelOf(xinchangPilot1, figures(hours, ...ratings));

t.test('hours reach a level to the hundredth', async (t) => {
  for (const [hours, level] of [
    [0n, null],
    [999n, null],
    [1_000n, 1],
    [4_999n, 1],
    [5_000n, 2],
    [15_000n, 3],
    [99_999n, 4],
    [100_000n, 5],
  ] as const)
    t.equal(levelOf(hours), level, `${hours}`);
});

t.test('once there are ratings, a level takes the one it asks for', async (t) => {
  t.equal(levelOf(100_000n, 5, 5, 5, 5, 4), 5, 'just 4.80');
  t.equal(levelOf(100_000n, 5, 5, 5, 4), 4, '4.75');
  t.equal(levelOf(100_000n, 1), 2, 'the lower levels ask for none');
  t.equal(levelOf(4_999n, 5), 1, 'and hours are asked for all the same');
});

t.test('a mean just below what a level asks for neither reaches it nor looks as if it did', async (t) => {
  const ratings = [...Array(799).fill(5), ...Array(201).fill(4)];
  t.equal(meanRating(figures(0n, ...ratings)), 479n, '4.799');
  t.equal(levelOf(100_000n, ...ratings), 4);
  t.equal(levelOf(100_000n, ...ratings, 5, 5, 5, 5, 5), 5, '4.80');
  t.equal(meanRating(noFigures), null);
});

const changes = (...days: (readonly [day: string, hours: bigint, ...ratings: number[]])[]) =>
  talentLevelChanges(
    xinchangPilot1,
    days.map(([day, hours, ...ratings]) => ({ day, ...figures(hours, ...ratings) })),
  );

t.test('a level is there since the day from which on it never was another', async (t) => {
  const since = (...days: Parameters<typeof changes>) => levelSince(changes(...days));
  t.equal(since(), null);
  t.equal(since(['2026-10-01', 900n]), null, 'below the first');
  t.equal(since(['2026-10-01', 900n], ['2026-10-02', 1_000n], ['2026-10-09', 4_000n]), '2026-10-02');
  t.equal(since(['2026-10-01', 1_000n], ['2026-10-02', 900n], ['2026-10-03', 1_100n]), '2026-10-03', 'it was lost');
  t.equal(since(['2026-10-01', 6_000n], ['2026-10-02', 4_000n]), '2026-10-02', 'it fell');
  t.equal(since(['2026-10-01', 6_000n], ['2026-10-02', 900n]), null, 'and is gone');
});

t.test('each change has its day, whether hours or ratings made it, and days between are none', async (t) => {
  const days = changes(
    ['2026-10-01', 900n, 5],
    ['2026-10-02', 16_000n, 5],
    ['2026-10-03', 16_100n, 5, 4],
    ['2026-10-04', 16_100n, 5, 4, 1],
    ['2026-10-05', 16_200n, 5, 4],
    ['2026-10-06', 0n],
  );
  t.match(days, [
    { day: '2026-10-02', level: 3, ratings: 1 },
    { day: '2026-10-04', level: 2, ratings: 3, ratingSum: 10n },
    { day: '2026-10-05', level: 3 },
    { day: '2026-10-06', level: null },
  ]);
  t.equal(days.length, 4);
});
