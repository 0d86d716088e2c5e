/** One notion of a date: what the books can speak of, and nothing else, wherever it comes from. */
import fc from 'fast-check';
import t from 'tap';
import {
  addDays,
  birthDatePattern,
  dateInZone,
  datePattern,
  daysFrom,
  daysIn,
  earliestDate,
  instantPattern,
  isBirthDate,
  isDate,
  isInstant,
  isPeriod,
  latestDate,
  periodBounds,
  periodOf,
  periodsOf,
  spanPattern,
  weekOf,
} from '../../src/lib/clock.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
t.comment(`seed ${seed}`);

t.test('a date is a day of 2000 to 2099 that exists', async (t) => {
  for (const text of [earliestDate, latestDate, '2028-02-29', '2000-02-29']) t.ok(isDate(text), text);
  const years = ['0000-01-01', '0001-01-01', '1999-12-31', '2100-01-01', '9999-12-31', '20000-01-01', '+002026-01-01'];
  const days = ['2026-02-29', '2026-02-30', '2026-04-31', '2026-00-01', '2026-13-01', '2026-01-00', '2026-01-32'];
  const shapes = [
    '',
    '2026-1-1',
    '2026-01-01\n',
    ' 2026-01-01',
    '2026-01-01T00:00:00Z',
    '２０２６-01-01',
    '2026/01/01',
    '-2026-01-01',
  ];
  for (const text of [...years, ...days, ...shapes]) t.notOk(isDate(text), JSON.stringify(text));
});

t.test('a day of birth may be older', async (t) => {
  for (const text of ['1900-01-01', '1949-02-20', '2099-12-31']) t.ok(isBirthDate(text), text);
  for (const text of ['1899-12-31', '1900-02-29', '2100-01-01', '0000-01-01']) t.notOk(isBirthDate(text), text);
  t.notOk(isDate('1949-02-20'), 'which makes it no date of the books, though it was asked about just before');
});

t.test('a period is a month of 2000 to 2099', async (t) => {
  for (const text of ['2000-01', '2026-10', '2099-12']) t.ok(isPeriod(text), text);
  for (const text of ['0000-01', '0001-01', '1999-12', '2100-01', '2026-13', '2026-00', '2026-1', '2026-10-01', ''])
    t.notOk(isPeriod(text), text);
});

t.test('an instant lies on a date of the books, wherever the ledger is', async (t) => {
  for (const text of [
    '2026-10-01T09:30:00+08:00',
    '2028-02-29T23:59:59.123456Z',
    '2000-01-02T00:00:00+12:00',
    '2099-12-31T09:59:59Z',
  ])
    t.ok(isInstant(text), text);
  for (const text of [
    '1999-12-31T23:59:59Z',
    '2000-01-01T11:59:59Z',
    '2000-01-02T00:30:00+14:00',
    '2099-12-31T10:00:00Z',
    '2099-12-31T00:00:00-12:00',
    '2100-01-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59-23:59',
    '2026-02-29T00:00:00Z',
    '2026-10-01T24:00:00Z',
    '2026-10-01T09:30:60Z',
    '2026-10-01T09:30:00+24:00',
  ])
    t.notOk(isInstant(text), text);
  for (const zone of ['Etc/GMT+12', 'Pacific/Kiritimati', 'Asia/Shanghai', 'UTC']) {
    for (const text of ['2000-01-01T12:00:00Z', '2099-12-31T09:59:59.999Z'])
      t.ok(isInstant(text) && isDate(dateInZone(Date.parse(text), zone)), `${text} in ${zone}`);
  }
});

t.test('a pattern takes what its check takes, and only leaves it days that do not exist', async () => {
  const text = fc.stringMatching(/^(?:[12][0-9]{3}|0000)-[01][0-9]-[0-3][0-9]$/);
  fc.assert(
    fc.property(text, (day) => {
      const exists = !Number.isNaN(Date.parse(`${day}T00:00:00Z`)) && addDays(day, 0) === day;
      return (
        (new RegExp(datePattern).test(day) && exists) === isDate(day) &&
        (new RegExp(birthDatePattern).test(day) && exists) === isBirthDate(day) &&
        (!isInstant(`${day}T12:00:00+08:00`) || new RegExp(instantPattern).test(`${day}T12:00:00+08:00`))
      );
    }),
    { seed, numRuns: 5_000 },
  );
});

t.test('periods have bounds, and only whole months are periods', async (t) => {
  t.same(periodBounds('2028-02'), { first: '2028-02-01', last: '2028-02-29' });
  t.same(periodBounds('2099-12'), { first: '2099-12-01', last: '2099-12-31' });
  for (let month = 0; month < 1_200; month += 1) {
    const period = new Date(Date.UTC(2000, month)).toISOString().slice(0, 7);
    const { first, last } = periodBounds(period);
    if (periodOf(first, last) !== period || periodOf(first, addDays(last, -1)) !== null) t.fail(period);
  }
  for (const [first, last] of [
    ['2026-10-02', '2026-10-31'],
    ['2026-10-01', '2026-11-30'],
    ['2026-09-01', '2026-10-31'],
  ] as const)
    t.equal(periodOf(first, last), null, `${first} to ${last}`);
});

t.test('the days of a range are counted, and a range that would not end is refused', async (t) => {
  t.same(daysFrom('2026-02-27', '2026-03-01', 10), ['2026-02-27', '2026-02-28', '2026-03-01']);
  t.same(daysFrom('2026-03-01', '2026-02-27', 10), []);
  t.equal(daysIn('2026-10-01', '2026-10-31'), 31);
  t.equal(daysFrom('2000-01-01', '2000-12-31', 366).length, 366);
  t.throws(() => daysFrom('2000-01-01', '2001-01-01', 366), RangeError);
  t.throws(() => daysFrom('0000-01-01', '9999-99-99', 366), RangeError, 'days that do not exist');
  t.equal(weekOf('2000-01-01'), '1999-12-27');
});

t.test('a month, a quarter and a year are the periods in them, and nothing else is one', async (t) => {
  t.same(periodsOf('2026-10'), ['2026-10']);
  t.same(periodsOf('2026-Q1'), ['2026-01', '2026-02', '2026-03']);
  t.same(periodsOf('2026-Q4'), ['2026-10', '2026-11', '2026-12']);
  t.same([periodsOf('2026').at(0), periodsOf('2026').at(-1), periodsOf('2026').length], ['2026-01', '2026-12', 12]);
  for (const span of ['2026', '2026-01', '2026-12', '2026-Q1', '2026-Q4']) t.match(span, new RegExp(spanPattern));
  for (const span of ['1999', '2026-', '2026-00', '2026-13', '2026-Q0', '2026-Q5', '2026-q1', '2026-1'])
    t.notMatch(span, new RegExp(spanPattern));
});
