/** Guarantees of the checks on who approves: by the day of the approval, whatever role somebody acts in. */
import { test } from 'tap';
import { town } from './town.js';

test('who approved mostly for one volunteer is found, from so many records on', async (t) => {
  const { visit, found } = await town(t);
  const [wang, wangElsewhere, li] = ['operator:wang', 'coordinator:wang', 'coordinator:li'];
  await visit('V1', 'M1', 'M2', '10-05 09:00:00', '10:00:00', wang);
  await visit('V2', 'M1', 'M2', '10-06 09:00:00', '10:00:00', wangElsewhere);
  await visit('V3', 'M3', 'M2', '10-07 09:00:00', '10:00:00', wang);
  await visit('V4', 'M4', 'M2', '10-08 09:00:00', '10:00:00', wang);
  for (const day of ['05', '06', '07']) await visit(`W${day}`, 'M5', 'M6', `10-${day} 09:00:00`, '10:00:00', li);
  const four = { approvals_min: 4, approvals_share_percent: 50 };
  t.same(await found('approvals_for_one', four), [
    'wang M1: approvals 4, approvals_for_volunteer 2, share 50 <- V1 V2',
  ]);
  t.same(await found('approvals_for_one', { ...four, approvals_share_percent: 51 }), []);
  t.equal((await found('approvals_for_one', { ...four, approvals_min: 3 })).length, 2);
  t.same(await found('approvals_for_one', four, ['2026-10-01', '2026-10-31']), [], 'they were approved in November');
  t.equal((await found('approvals_for_one', four, ['2026-11-02', '2026-11-02'])).length, 1);
});

test('many approvals within minutes are found, a second later they are not', async (t) => {
  const { visit, found, advance } = await town(t);
  for (const [by, volunteer, seconds] of [
    ['operator:wang', 'M1', 60],
    ['operator:li', 'M3', 61],
  ] as const) {
    for (const day of ['05', '06', '07']) {
      advance(seconds * 1_000);
      await visit(`${volunteer}-${day}`, volunteer, 'M2', `10-${day} 09:00:00`, '10:00:00', by);
    }
  }
  const burst = { approvals_burst: 3, approvals_burst_minutes: 2 };
  t.same(await found('approvals_in_burst', burst), ['wang: approvals_at_once 3 <- M1-05 M1-06 M1-07']);
  t.same(await found('approvals_in_burst', { ...burst, approvals_burst: 4 }), []);
  t.equal((await found('approvals_in_burst', { ...burst, approvals_burst_minutes: 3 })).length, 2);
  t.same(await found('approvals_in_burst', burst, ['2026-11-03', '2026-11-30']), []);
});
