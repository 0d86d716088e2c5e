/** What lies in the future is refused, to the day and to the microsecond; what is over never is. */
import t from 'tap';
import { refuseFutureDay, refuseFutureMoment } from '../../src/ledger/dates.js';

const refused = { name: 'Refusal', code: 'date_in_future' };

t.test('tomorrow is refused, today and every day before it are not', async (t) => {
  const stage = { today: '2026-12-31' };
  t.throws(() => refuseFutureDay(stage, '2027-01-01'), { ...refused, message: /2027-01-01 .* today is 2026-12-31/ });
  t.throws(() => refuseFutureDay(stage, '2099-12-31'), refused);
  for (const day of ['2026-12-31', '2026-12-30', '2000-01-01']) t.doesNotThrow(() => refuseFutureDay(stage, day), day);
});

t.test('a moment may be five minutes ahead, for clocks that differ, and not a microsecond more', async (t) => {
  const stage = { now: Date.parse('2026-11-02T01:00:00Z') };
  for (const moment of [
    '2026-11-02T01:05:00Z',
    '2026-11-02T09:05:00+08:00',
    '2026-11-02T01:00:00Z',
    '2000-01-01T00:00:00Z',
  ])
    t.doesNotThrow(() => refuseFutureMoment(stage, moment), moment);
  for (const moment of ['2026-11-02T01:05:00.000001Z', '2026-11-02T09:05:00.000001+08:00', '2026-11-03T01:00:00Z'])
    t.throws(() => refuseFutureMoment(stage, moment), { ...refused, message: /now is 2026-11-02T01:00:00/ }, moment);
});
