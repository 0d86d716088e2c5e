/** What the doctor sees of the calendar: whether the holidays of this year are known, and in December those of the next. */
import { type Clock, dateInZone } from '../../lib/clock.js';
import { sameIn } from '../../lib/language.js';
import { countyPlan } from '../../timebank/chart.js';
import { calendarYears, missingYears } from '../../timebank/service/calendar/working-days.js';
import { type Check, note, ok } from './check.js';

export function checkCalendar(clock: Clock): Check {
  const missing = missingYears(dateInZone(clock(), countyPlan.zone));
  if (missing.length === 0) return ok('calendar', sameIn(calendarYears.map(({ year }) => year).join(', ')));
  const years = missing.join(', ');
  return note('calendar', {
    en: `no holidays of ${years}: Saturdays and Sundays count as free, and no other day, until a version that has them`,
    zh: `缺少 ${years} 年的节假日：升级到包含该年节假日的版本之前，仅周六、周日按休息日计算`,
  });
}
