/**
 * On which days things can be: nothing in the books lies in the future, nor takes effect in what is closed. The one judgement of it, for days and for moments. A day is judged by the calendar
 * of the ledger's zone, a moment by the batch's reading of the clock. Knows no field by name: it is told what to judge.
 */
import { addDays, formatInstant, parseInstant } from '../lib/clock.js';
import { Refusal } from '../lib/refusal.js';
import type { Stage } from './stage.js';

/** How far the clock of a device or of a partner may run ahead of ours. */
const toleranceMinutes = 5n;

/** Refuses: `date_in_future` (a day `YYYY-MM-DD` after today in the ledger's zone). */
export function refuseFutureDay(stage: Pick<Stage, 'today'>, day: string): void {
  if (day <= stage.today) return;
  throw new Refusal('date_in_future', {
    en: `${day} lies in the future: today is ${stage.today}`,
    zh: `${day} 晚于今天（${stage.today}）`,
  });
}

/** Refuses: `date_in_future` (an RFC 3339 instant more than five minutes after now). */
export function refuseFutureMoment(stage: Pick<Stage, 'now'>, moment: string): void {
  const now = BigInt(stage.now) * 1000n;
  if (parseInstant(moment) <= now + toleranceMinutes * 60_000_000n) return;
  throw new Refusal('date_in_future', {
    en: `${moment} lies in the future: now is ${formatInstant(now)}`,
    zh: `${moment} 晚于当前时间（${formatInstant(now)}）`,
  });
}

/** A day or, once its period is closed, the first open day: what comes late has a way into the books. */
export function firstOpenDay({ closedDay }: Pick<Stage, 'closedDay'>, day: string): string {
  return closedDay !== null && day <= closedDay ? addDays(closedDay, 1) : day;
}
