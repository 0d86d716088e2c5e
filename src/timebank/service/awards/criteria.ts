/**
 * Criteria of an award, as data: what is measured or has to be reached, who of equal candidates comes first, how long notice is given and how many of
 * the three parties must approve. Two are shipped; a round names one of them or brings its own. Pure.
 */
import { canonicalJson } from '../../../lib/canonical-json.js';
import { DamagedData } from '../../../lib/damage.js';
import { parseAmount } from '../../../lib/decimal.js';
import type { Words } from '../../../lib/language.js';
import { Refusal } from '../../../lib/refusal.js';
import {
  type AwardDecision,
  type AwardMeasure,
  awardKinds,
  awardMeasures,
  type TieRule,
  tieRules,
} from '../../award-words.js';

const [ranking, threshold] = awardKinds;

interface Every {
  /** What names the award: levels of one are compared over all rounds. */
  readonly award: string;
  /** What people call it. */
  readonly name: string;
  readonly notice_working_days: number;
  readonly decision: AwardDecision;
}

/** The first ones by a measure, of those who have at least what is asked of all. */
export interface RankingCriteria extends Every {
  readonly kind: typeof ranking;
  readonly measure: AwardMeasure;
  readonly places: number;
  readonly minimum_hours: string;
  readonly minimum_records: number;
  readonly tie_rule: TieRule;
}

export interface AwardLevel {
  readonly level: number;
  readonly name: string;
  readonly hours: string;
}

/** Whoever has the hours of a level that was not awarded to them before. */
export interface ThresholdCriteria extends Every {
  readonly kind: typeof threshold;
  readonly levels: readonly AwardLevel[];
}

export type AwardCriteria = RankingCriteria | ThresholdCriteria;

/** The fewest working days of a notice, whatever the criteria say. */
export const fewestNoticeDays = 5;

const star = (level: number, name: string, hours: string): AwardLevel => ({ level, name, hours });

/**
 * The places and least hours of 最美业主 are defaults of ours. The stars are those of 志愿服务记录办法 (民函〔2012〕340号): 100, 300, 600, 1,000 and 1,500
 * hours in all.
 */
export const shippedCriteria: readonly AwardCriteria[] = [
  {
    award: 'most_beautiful_owner',
    name: '最美业主',
    kind: ranking,
    measure: 'hours',
    places: 10,
    minimum_hours: '20.00',
    minimum_records: 5,
    tie_rule: 'more_records',
    notice_working_days: fewestNoticeDays,
    decision: 'unanimous',
  },
  {
    award: 'star_volunteer',
    name: '星级志愿者',
    kind: threshold,
    levels: [
      star(1, '一星级志愿者', '100.00'),
      star(2, '二星级志愿者', '300.00'),
      star(3, '三星级志愿者', '600.00'),
      star(4, '四星级志愿者', '1000.00'),
      star(5, '五星级志愿者', '1500.00'),
    ],
    notice_working_days: fewestNoticeDays,
    decision: 'unanimous',
  },
];

export const hundredths = (hours: string): bigint => parseAmount(hours, 2);

/**
 * Refuses: `award_criteria_invalid`: a level that is not above the one before it, and does not take more hours; or the name of a shipped award for
 * something else, for levels of one award are compared over all rounds.
 */
export function checkCriteria(criteria: AwardCriteria): AwardCriteria {
  const shipped = shippedCriteria.find(({ award }) => award === criteria.award);
  if (shipped && criteriaText(shipped) !== criteriaText(criteria))
    throw invalid({
      en: `${criteria.award} is an award with criteria of its own: call this one otherwise`,
      zh: `${criteria.award} 为既有荣誉（${shipped.name}）的代码，其条件不能更改，请另用代码`,
    });
  if (criteria.kind === 'ranking') return criteria;
  for (const [i, { level, hours }] of criteria.levels.entries()) {
    const before = criteria.levels[i - 1];
    if (hundredths(hours) <= 0n) throw invalid({ en: `level ${level} takes no hours`, zh: `第 ${level} 级未规定时长` });
    if (before && (before.level >= level || hundredths(before.hours) >= hundredths(hours)))
      throw invalid({
        en: `level ${level} must stand above level ${before.level}, and take more hours`,
        zh: `第 ${level} 级应高于第 ${before.level} 级，所需时长也应更多`,
      });
  }
  return criteria;
}

/** As a round keeps them. */
export const criteriaText = (criteria: AwardCriteria): string => canonicalJson(criteria);

/** Throws DamagedData when somebody else has written them. */
export function criteriaOf(text: string): AwardCriteria {
  const criteria = parsed(text);
  if (isCriteria(criteria)) return criteria;
  throw new DamagedData({ en: 'criteria of an award are not what is written here', zh: '评选条件的数据已损坏' });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isCriteria(given: unknown): given is AwardCriteria {
  if (typeof given !== 'object' || given === null) return false;
  const {
    kind,
    measure,
    tie_rule: rule,
    places,
    levels,
    ...rest
  } = given as Partial<RankingCriteria & { levels: unknown }>;
  if (kind !== 'ranking') return Array.isArray(levels) && levels.every(isLevel);
  const known = awardMeasures.some((one) => one === measure) && tieRules.some((one) => one === rule);
  return known && isHours(rest.minimum_hours) && [places, rest.minimum_records].every(Number.isInteger);
}

function isLevel(given: unknown): boolean {
  if (typeof given !== 'object' || given === null) return false;
  const { level, hours } = given as Partial<AwardLevel>;
  return Number.isInteger(level) && isHours(hours);
}

const isHours = (text: unknown) => typeof text === 'string' && /^\d{1,16}(?:\.\d{1,2})?$/.test(text);

function invalid(detail: Words): Refusal {
  return new Refusal('award_criteria_invalid', detail);
}
