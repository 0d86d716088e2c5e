/** Which times make a service, and when two of them collide. */
import fc from 'fast-check';
import t from 'tap';
import { xinchangPilot1 } from '../../../src/timebank/credit/xinchang-pilot.js';
import {
  checkServiceTimes,
  durationOf,
  type Interval,
  intervalOf,
  overlaps,
} from '../../../src/timebank/service/service-times.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
t.comment(`seed ${seed}`);

const between = (start: string, end: string): Interval =>
  intervalOf(`2026-10-${start}:00+08:00`, `2026-10-${end}:00+08:00`);
const planned = between('10T09:00', '10T11:00');
const refused = { name: 'Refusal', code: 'service_time_invalid' };
const check = (actual: Interval, plan = planned) => checkServiceTimes({ planned: plan, actual }, xinchangPilot1);

t.test('an ordinary visit passes, also to the full 24 hours', async (t) => {
  t.doesNotThrow(() => check(between('10T09:05', '10T10:58')));
  t.doesNotThrow(() => check(between('10T09:00', '11T09:00')));
});

t.test('check-out at or before check-in is refused', async (t) => {
  t.throws(() => check(between('10T09:00', '10T09:00')), { ...refused, message: /after check-in/ });
  t.throws(() => check(between('10T09:00', '10T08:59')), refused);
});

t.test('a service is as long as its times say, to the microsecond', async (t) => {
  const instant = (second: string) => `2026-10-10T09:00:${second}+08:00`;
  t.equal(durationOf(intervalOf(instant('00'), instant('01'))), 1_000_000n);
  t.equal(durationOf(intervalOf(instant('00.0000010'), instant('00.000002'))), 1n);
  t.equal(durationOf(intervalOf('2026-10-10T09:00:00+08:00', '2026-10-10T01:00:00.5Z')), 500_000n);
  t.doesNotThrow(() => check(intervalOf(instant('00.000001'), instant('00.000002'))));
  t.throws(() => check(intervalOf(instant('00.000002'), instant('00.000001'))), refused);
});

t.test('check-in lies within two hours of the planned start, before or after, to the microsecond', async (t) => {
  for (const actual of [between('10T07:00', '10T08:00'), between('10T11:00', '10T11:30')])
    t.doesNotThrow(() => check(actual));
  const late = { start: between('10T11:00', '10T12:00').start + 1n, end: between('10T11:00', '10T12:00').end };
  const early = { start: between('10T07:00', '10T08:00').start - 1n, end: between('10T07:00', '10T08:00').end };
  for (const actual of [late, early])
    t.throws(() => check(actual), { ...refused, message: /120 minutes .* change the plan/ });
  t.throws(() => check(between('10T12:00', '10T13:00'), between('10T09:00', '10T10:00')), refused);
});

t.test(
  'more than 24 hours, a plan that ends before it starts, and a check-in on another day are refused',
  async (t) => {
    t.throws(() => check(between('10T09:00', '11T09:01')), { ...refused, message: /at most 24 hours/ });
    t.throws(() => check(planned, between('10T09:00', '10T08:00')), { ...refused, message: /planned end/ });
    t.throws(() => check(planned, between('10T09:00', '12T09:00')), { ...refused, message: /a plan covers/ });
    t.throws(() => check(between('13T09:00', '13T10:00')), { ...refused, message: /from the planned start/ });
  },
);

t.test('a time of another century is refused', async (t) => {
  for (const year of ['1999', '2100', '2206', '0001']) {
    const actual = intervalOf(`${year}-06-10T09:00:00Z`, `${year}-06-10T10:00:00Z`);
    t.throws(() => check(actual), { ...refused, message: /2000 to 2099/ }, year);
  }
});

t.test('intervals that only touch do not overlap', async (t) => {
  t.equal(overlaps({ start: 0n, end: 10n }, { start: 10n, end: 20n }), false);
  t.equal(overlaps({ start: 0n, end: 11n }, { start: 10n, end: 20n }), true);
  t.equal(overlaps({ start: 0n, end: 30n }, { start: 10n, end: 20n }), true, 'one within the other');
});

t.test('two intervals overlap exactly when some instant lies in both', async () => {
  const interval = fc
    .tuple(fc.nat(12), fc.integer({ min: 1, max: 6 }))
    .map(([start, length]) => ({ start: BigInt(start), end: BigInt(start + length) }));
  fc.assert(
    fc.property(interval, interval, (a, b) => {
      const within = (x: Interval) => (instant: bigint) => instant >= x.start && instant < x.end;
      const shared = Array.from({ length: 20 }, (_, instant) => BigInt(instant)).some(
        (i) => within(a)(i) && within(b)(i),
      );
      return overlaps(a, b) === shared && overlaps(b, a) === shared;
    }),
    { seed },
  );
});
