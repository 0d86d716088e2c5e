/** Which level of a talent the rules make of hours given and of how people rated them. Pure; it does not know whose they are. */
import { parseAmount } from '../../lib/decimal.js';
import type { RuleSet, TalentLevel } from './rule-set.js';

/** What a level rests on. */
export interface TalentFigures {
  /** Hundredths of an hour. */
  readonly hours: bigint;
  /** How many orders were rated, and what the ratings come to, each of 1 to 5. */
  readonly ratings: number;
  readonly ratingSum: bigint;
}

/** Of somebody who has given nothing. */
export const noFigures: TalentFigures = { hours: 0n, ratings: 0, ratingSum: 0n };

/** Figures at the end of a day on which they changed. */
export interface DayFigures extends TalentFigures {
  readonly day: string;
}

export interface LevelChange extends DayFigures {
  /** From this day on; null: below the first. */
  readonly level: number | null;
}

/**
 * The mean of the ratings in hundredths, null when nobody has rated. It is rounded down, so that one below what a level asks for is never
 * shown as what it asks for: rules name ratings to the hundredth, and the exact mean reaches one of those just when this does.
 */
export function meanRating({ ratings, ratingSum }: TalentFigures): bigint | null {
  return ratings === 0 ? null : (ratingSum * 100n) / BigInt(ratings);
}

/** The highest level that hours and mean rating reach; null: none. While nobody has rated, hours alone count. */
export function talentLevelOf(rules: RuleSet, figures: TalentFigures): number | null {
  const reached = rules.talent_levels.filter((level) => isReached(level, figures)).map(({ level }) => level);
  return reached.length === 0 ? null : Math.max(...reached);
}

/** How the level went, from the figures of each day on which they changed; both oldest first. Below the first level nothing has changed yet. */
export function talentLevelChanges(rules: RuleSet, days: readonly DayFigures[]): LevelChange[] {
  const levels = days.map((figures) => ({ ...figures, level: talentLevelOf(rules, figures) }));
  return levels.filter(({ level }, i) => level !== (levels[i - 1]?.level ?? null));
}

/** Since which day the level is what the last of its changes made it; null: there is none. */
export function levelSince(changes: readonly LevelChange[]): string | null {
  const last = changes.at(-1);
  return last === undefined || last.level === null ? null : last.day;
}

function isReached({ min_hours, min_rating }: TalentLevel, figures: TalentFigures): boolean {
  if (figures.hours < parseAmount(min_hours, 2)) return false;
  const rating = meanRating(figures);
  return rating === null || min_rating === null || rating >= parseAmount(min_rating, 2);
}
