/** From where on something looks wrong. */
import { type TProperties, type TSchema, Type } from 'typebox';
import { annotated } from '../../../http/named.js';
import { type AnomalyUnit, anomalyUnitWords } from '../../../timebank/anomaly-words.js';
import { type AnomalyRuleKey, anomalyRuleWords, pilotAnomalyRules } from '../../../timebank/credit/anomaly-rules.js';
import { timeFromPattern } from '../../../timebank/people/weekly-hours.js';

import { aboveZero, said, whole, wholePoints } from './value.js';

const bounded = (maximum: number) => whole(1, maximum);
const anomalyBounds = {
  mutual_service_hours: bounded(720),
  frequent_pair_records: bounded(10_000),
  frequent_pair_days: bounded(366),
  approvals_share_percent: bounded(100),
  approvals_min: bounded(10_000),
  approvals_burst: bounded(10_000),
  approvals_burst_minutes: bounded(1_440),
  overlap_minutes: bounded(1_440),
  night_from: Type.String({ pattern: timeFromPattern }),
  night_to: Type.String({ pattern: timeFromPattern }),
  night_minutes: bounded(1_440),
  round_streak: whole(2, 1_000),
  round_minutes: bounded(1_440),
  after_death_days: bounded(3_650),
  household_hours: aboveZero,
  quick_redemption_minutes: bounded(1_440),
  quick_redemption_points: wholePoints,
  idle_coins: aboveZero,
  idle_points: wholePoints,
  idle_months: bounded(240),
} as const satisfies Record<AnomalyRuleKey, TSchema>;

/** As other values say theirs; a time of day has none. */
function unitZh(unit: AnomalyUnit): string {
  const { zh } = anomalyUnitWords[unit];
  return zh === '' ? '' : `；单位：${zh.replace(/^ 个?/, '')}`;
}

export const auditValues = {
  anomaly_thresholds: said(
    Type.Object(
      Object.fromEntries(
        Object.entries(anomalyBounds).map(([key, schema]) => {
          const { unit, words } = anomalyRuleWords[key as AnomalyRuleKey];
          return [key, annotated(schema, { description: `${words.zh}${unitZh(unit)}。 / ${words.en}; ${unit}.` })];
        }),
      ) as TProperties,
      { additionalProperties: false },
    ),
    '异常线索的各项阈值，达到即列出。',
    'From where on something is listed as looking wrong.',
    pilotAnomalyRules,
  ),
} as const satisfies TProperties;
