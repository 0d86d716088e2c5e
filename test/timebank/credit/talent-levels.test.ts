/** Which level hours and ratings make: the highest that both reach, and hours alone while nobody has rated. */
import t from 'tap';
import { xinchangPilot1 } from '../../../src/timebank/credit/rule-set.js';
import { talentLevelOf, talentLevelSince } from '../../../src/timebank/credit/talent-levels.js';

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
    t.equal(talentLevelOf(xinchangPilot1, hours), level, `${hours}`);
});

t.test('once there are ratings, a level takes the one it asks for', async (t) => {
  t.equal(talentLevelOf(xinchangPilot1, 100_000n, '4.79'), 4);
  t.equal(talentLevelOf(xinchangPilot1, 100_000n, '4.8'), 5);
  t.equal(talentLevelOf(xinchangPilot1, 100_000n, '1.00'), 2, 'the lower levels ask for none');
  t.equal(talentLevelOf(xinchangPilot1, 4_999n, '5.00'), 1);
});

t.test('a level is there since the day from which on it never was another', async (t) => {
  const since = (...days: (readonly [string, bigint])[]) =>
    talentLevelSince(
      xinchangPilot1,
      days.map(([day, balance]) => ({ day, balance })),
    );
  t.equal(since(), null);
  t.equal(since(['2026-10-01', 900n]), null, 'below the first');
  t.equal(since(['2026-10-01', 900n], ['2026-10-02', 1_000n], ['2026-10-09', 4_000n]), '2026-10-02');
  t.equal(since(['2026-10-01', 1_000n], ['2026-10-02', 900n], ['2026-10-03', 1_100n]), '2026-10-03', 'it was lost');
  t.equal(since(['2026-10-01', 6_000n], ['2026-10-02', 4_000n]), '2026-10-02', 'it fell');
});
