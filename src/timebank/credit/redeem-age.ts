/** From which age on coins are spent on services; points have no age limit. */
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import { personRows } from '../people/rows.js';
import type { RuleSet } from './rule-set.js';

/** Refuses: `redeem_age_not_met` (younger than `redeem_age_years` on a day, or the day of birth is not known any more). */
export function requireRedeemAge(
  stage: Stage,
  { redeem_age_years: years }: Pick<RuleSet, 'redeem_age_years'>,
  memberId: string,
  day: string,
): void {
  const born = stage.row(personRows, memberId)?.birth_date ?? null;
  if (born !== null && reaches(born, years) <= day) return;
  throw new Refusal('redeem_age_not_met', {
    en: `${memberId} is not ${years} years old on ${day}`,
    zh: `${memberId} 在 ${day} 未满 ${years} 周岁`,
  });
}

/** The birthday on which so many years are reached; who was born on 29 February, on 1 March where there is none. */
function reaches(born: string, years: number): string {
  const date = new Date(`${born}T00:00:00Z`);
  date.setUTCFullYear(date.getUTCFullYear() + years);
  return date.toISOString().slice(0, 10);
}
