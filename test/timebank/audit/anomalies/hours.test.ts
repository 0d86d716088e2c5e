/** Guarantees of the checks on when service took place: each finds what reaches its threshold, and not what lies just below. */
import { test } from 'tap';
import { changeMemberState } from '../../../../src/timebank/people/member-changes.js';
import { must } from '../../../support/story.js';
import { merge, town } from './town.js';

test('whoever is at two places at one time is found, as volunteer or as recipient, over midnight, too', async (t) => {
  const { visit, found } = await town(t);
  await visit('V1', 'M1', 'M2', '10-05 09:00:00', '10:00:00');
  await visit('V2', 'M3', 'M1', '10-05 09:55:00', '10:30:00');
  await visit('V3', 'M4', 'M2', '10-05 09:56:00', '10:30:00');
  t.same(await found('overlapping_hours'), ['M1: time_together 5 <- V1 V2']);
  t.same(await found('overlapping_hours', { overlap_minutes: 4 }), [
    'M1: time_together 5 <- V1 V2',
    'M2: time_together 4 <- V1 V3',
  ]);
  await visit('V4', 'M5', 'M6', '10-07 23:00:00', '10-08 01:00:00');
  await visit('V5', 'M4', 'M6', '10-08 00:30:00', '02:00:00');
  await visit('V6', 'M3', 'M6', '10-08 02:00:00', '03:00:00');
  const night = 'M6: time_together 30 <- V4 V5';
  t.same(await found('overlapping_hours'), [night, 'M1: time_together 5 <- V1 V2'], 'the longer time comes first');
  t.same(await found('overlapping_hours', {}, ['2026-10-08', '2026-10-08']), [night]);
  t.same(await found('overlapping_hours', {}, ['2026-10-07', '2026-10-07']), []);
});

test('time at night adds up from so many minutes of a service on, by the clock of the zone', async (t) => {
  const { visit, found } = await town(t);
  await visit('V1', 'M1', 'M2', '10-05 21:00:00', '22:30:00');
  await visit('V2', 'M1', 'M2', '10-06 04:30:00', '06:00:00');
  await visit('V3', 'M3', 'M2', '10-05 21:00:00', '22:29:00');
  await visit('V4', 'M4', 'M2', '10-07 21:00:00', '10-08 06:00:00');
  await visit('V5', 'M5', 'M2', '10-09 05:00:00', '22:00:00');
  t.same(await found('night_hours'), [
    'M4: records 1, night_time 420, longest_night 420 <- V4',
    'M1: records 2, night_time 60, longest_night 30 <- V1 V2',
  ]);
  t.same(
    await found('night_hours', { night_from: '05:00', night_to: '22:00', night_minutes: 1_020 }),
    ['M5: records 1, night_time 1020, longest_night 1020 <- V5'],
    'a span within a day is one, too',
  );
});

test('a streak of round times is found, one that is broken by a second is not', async (t) => {
  const { visit, found } = await town(t);
  for (const [volunteer, last] of [
    ['M1', '11:30:00'],
    ['M3', '11:30:01'],
  ] as const) {
    await visit(`${volunteer}-1`, volunteer, 'M2', '10-05 09:00:00', '09:30:00');
    await visit(`${volunteer}-2`, volunteer, 'M2', '10-06 09:07:13', '10:07:13');
    await visit(`${volunteer}-3`, volunteer, 'M2', '10-07 10:00:00', last);
    await visit(`${volunteer}-4`, volunteer, 'M2', '10-08 10:00:00', '10:31:00');
    await visit(`${volunteer}-5`, volunteer, 'M2', '10-09 10:00:00', '11:00:00');
  }
  t.same(await found('round_streak', { round_streak: 3 }), ['M1: records 3, hours 3.00 <- M1-1 M1-2 M1-3']);
  t.same(await found('round_streak', { round_streak: 4 }), []);
  t.equal((await found('round_streak', { round_streak: 2 })).length, 2);
});

test('service from the day after a death on is found, of a volunteer and of a recipient, under the id of now', async (t) => {
  const { lane, visit, found } = await town(t);
  await visit('V1', 'M1', 'M2', '10-10 09:00:00', '10:00:00');
  await visit('V2', 'M1', 'M2', '10-11 09:00:00', '10:00:00');
  await visit('V3', 'M3', 'M1', '10-12 11:00:00', '12:30:00');
  await visit('V4', 'M4', 'M5', '10-12 11:00:00', '12:30:00');
  await visit('V5', 'M6', 'M5', '10-12 13:00:00', '14:00:00');
  await merge(lane, 'M6', 'M4');
  t.same(await found('hours_after_death'), []);
  for (const [id, effectiveOn] of [
    ['M1', '2026-10-10'],
    ['M4', '2026-10-11'],
  ] as const)
    await must(lane, (stage) => changeMemberState(stage, { id, reach: null, state: 'deceased', effectiveOn }).member);
  const died = 'M1: records 2, hours 2.50, days_after_death 2 <- V2 V3';
  t.same(await found('hours_after_death'), [died, 'M4: records 2, hours 2.50, days_after_death 1 <- V4 V5']);
  t.same(await found('hours_after_death', { after_death_days: 2 }), [
    'M1: records 1, hours 1.50, days_after_death 2 <- V3',
  ]);
});
