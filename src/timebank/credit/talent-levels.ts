/** Which level of a talent the rules make of hours given and of how people rated them. Pure; it does not know whose they are. */
import { Decimal } from 'decimal.js';
import { parseAmount } from '../../lib/decimal.js';
import type { RuleSet, TalentLevel } from './rule-set.js';

/**
 * The highest level that hundredths of an hour and a mean rating reach; null: none. Without a rating, because nobody has rated yet, hours
 * alone count.
 */
export function talentLevelOf(rules: RuleSet, hours: bigint, rating: string | null = null): number | null {
  const reached = rules.talent_levels.filter((level) => isReached(level, hours, rating)).map(({ level }) => level);
  return reached.length === 0 ? null : Math.max(...reached);
}

/**
 * Since which day the level is what it is now, from the hours at the end of each day on which they changed, oldest first; null: there is none.
 */
export function talentLevelSince(
  rules: RuleSet,
  days: readonly { readonly day: string; readonly balance: bigint }[],
  rating: string | null = null,
): string | null {
  const levels = days.map(({ balance }) => talentLevelOf(rules, balance, rating));
  const level = levels.at(-1) ?? null;
  if (level === null) return null;
  const before = levels.findLastIndex((one) => one !== level);
  return days[before + 1]?.day ?? null;
}

function isReached({ min_hours, min_rating }: TalentLevel, hours: bigint, rating: string | null): boolean {
  if (hours < parseAmount(min_hours, 2)) return false;
  return rating === null || min_rating === null || new Decimal(rating).gte(min_rating);
}
