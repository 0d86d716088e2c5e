/** Guarantees of the calendar: which days are worked in China, and how many lie between two. */
import t from 'tap';
import {
  calendarYears,
  isWorkingDay,
  missingYears,
  workingDaysBetween,
} from '../../../src/timebank/service/calendar/working-days.js';

t.test('holidays are free, the weekend days in their place are worked, other days go by the week', async (t) => {
  for (const [day, works] of [
    ['2026-10-01', false],
    ['2026-10-07', false],
    ['2026-10-08', true],
    ['2026-10-10', true],
    ['2026-10-11', false],
    ['2026-09-20', true],
    ['2026-02-23', false],
    ['2025-01-26', true],
    ['2025-05-02', false],
    ['2027-10-01', true],
    ['2027-10-02', false],
  ] as const)
    t.equal(isWorkingDay(day), works, day);
});

t.test('working days are counted after the first day, up to and including the last', async (t) => {
  t.equal(workingDaysBetween('2026-11-02', '2026-11-02'), 0);
  t.equal(workingDaysBetween('2026-11-02', '2026-11-03'), 1);
  t.equal(workingDaysBetween('2026-11-02', '2026-11-16'), 10);
  t.equal(workingDaysBetween('2026-11-06', '2026-11-08'), 0, 'a weekend');
  t.equal(workingDaysBetween('2026-09-30', '2026-10-10'), 3, 'a week of holidays, and the Saturday in their place');
  t.equal(workingDaysBetween('2026-11-03', '2026-11-02'), 0, 'backwards');
  t.equal(workingDaysBetween('1999-01-01', '2026-11-02', 11), 11, 'no further than is asked');
});

t.test(
  'every year names its notice; its holidays are in order, and what is worked in their place is a weekend day outside them',
  async (t) => {
    const weekday = (day: string) => new Date(`${day}T00:00:00Z`).getUTCDay();
    for (const { year, source, holidays, workingDays } of calendarYears) {
      t.match(source, new RegExp(String(year)));
      const flat = holidays.flat();
      t.same(flat, [...flat].sort());
      t.equal(holidays.length, holidays.filter(([first = '', last = '']) => first <= last).length);
      for (const day of [...flat, ...workingDays]) t.equal(day.slice(0, 4), String(year), day);
      for (const day of workingDays) {
        t.ok([0, 6].includes(weekday(day)), `${day} is a weekend day`);
        t.notOk(
          holidays.some(([first = '', last = '']) => first <= day && day <= last),
          `${day} is in no holiday`,
        );
      }
    }
  },
);

t.test('a year without a file is missing: its own, and from December on the next', async (t) => {
  t.same(missingYears('2026-11-30'), []);
  t.same(missingYears('2026-12-01'), [2027]);
  t.same(missingYears('2027-12-01'), [2027, 2028]);
});
