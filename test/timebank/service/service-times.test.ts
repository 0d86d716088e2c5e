/** Which times make a service, and when two of them collide. */
import fc from 'fast-check';
import t from 'tap';
import { xinchangPilot1 } from '../../../src/timebank/credit/rule-set.js';
import { checkServiceTimes, type Interval, overlaps } from '../../../src/timebank/service/service-times.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
t.comment(`seed ${seed}`);

const between = (start: string, end: string): Interval => ({
  start: Date.parse(`2026-10-${start}:00+08:00`),
  end: Date.parse(`2026-10-${end}:00+08:00`),
});
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

t.test(
  'more than 24 hours, a plan that ends before it starts, and a check-in on another day are refused',
  async (t) => {
    t.throws(() => check(between('10T09:00', '11T09:01')), { ...refused, message: /at most 24 hours/ });
    t.throws(() => check(planned, between('10T09:00', '10T08:00')), { ...refused, message: /planned end/ });
    t.throws(() => check(planned, between('10T09:00', '12T09:00')), { ...refused, message: /a plan covers/ });
    t.throws(() => check(between('13T09:00', '13T10:00')), { ...refused, message: /from the planned start/ });
  },
);

t.test('a time that does not exist or is of another century is refused', async (t) => {
  for (const start of [Number.NaN, 0, Number.POSITIVE_INFINITY, Date.UTC(2206, 9, 10)]) {
    t.throws(() => check({ start, end: start + 3_600_000 }), { ...refused, message: /2000 to 2099/ }, String(start));
  }
});

t.test('intervals that only touch do not overlap', async (t) => {
  t.equal(overlaps({ start: 0, end: 10 }, { start: 10, end: 20 }), false);
  t.equal(overlaps({ start: 0, end: 11 }, { start: 10, end: 20 }), true);
  t.equal(overlaps({ start: 0, end: 30 }, { start: 10, end: 20 }), true, 'one within the other');
});

t.test('two intervals overlap exactly when some instant lies in both', async () => {
  const interval = fc
    .tuple(fc.nat(12), fc.integer({ min: 1, max: 6 }))
    .map(([start, length]) => ({ start, end: start + length }));
  fc.assert(
    fc.property(interval, interval, (a, b) => {
      const within = (x: Interval) => (instant: number) => instant >= x.start && instant < x.end;
      const shared = Array.from({ length: 20 }, (_, instant) => instant).some((i) => within(a)(i) && within(b)(i));
      return overlaps(a, b) === shared && overlaps(b, a) === shared;
    }),
    { seed },
  );
});
