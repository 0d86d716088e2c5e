/**
 * From where on something looks wrong: the thresholds of the report on anomalies, as data, with the defaults of the pilot. A figure that reaches its
 * threshold is found; what lies just below is not. Nothing here looks for anything, and no threshold punishes anybody.
 */
import type { Words } from '../../lib/language.js';
import type { AnomalyUnit } from '../anomaly-words.js';

/** Hours, coins and points are decimal strings, times of day `HH:MM` in the ledger's zone, everything else whole numbers. */
export interface AnomalyRules {
  /** Hours from the end of one service to the beginning of the other, at most, for two members who served each other. */
  readonly mutual_service_hours: number;
  /** Records of one volunteer for one recipient, at least, within `frequent_pair_days` days. */
  readonly frequent_pair_records: number;
  readonly frequent_pair_days: number;
  /** Percent of what somebody approved, at least, that went to one volunteer; of fewer than `approvals_min` records nothing is said. */
  readonly approvals_share_percent: number;
  readonly approvals_min: number;
  /** Approvals of one person, at least, within `approvals_burst_minutes` minutes. All volunteers of one order are one approval. */
  readonly approvals_burst: number;
  readonly approvals_burst_minutes: number;
  /** Minutes, at least, that two services of one member have in common. */
  readonly overlap_minutes: number;
  /** When the night begins and ends: on the next day unless it ends later than it begins. */
  readonly night_from: string;
  readonly night_to: string;
  /** Minutes of one service, at least, that lie in the night. */
  readonly night_minutes: number;
  /** Services one after another, at least, that each lasted a multiple of `round_minutes` minutes. */
  readonly round_streak: number;
  readonly round_minutes: number;
  /** Days from the day of a death to the service, at least. */
  readonly after_death_days: number;
  /** Hours given to one relative, at least, in the days of the report. */
  readonly household_hours: string;
  /** Minutes from receiving points to redeeming, at most, of at least `quick_redemption_points` points. */
  readonly quick_redemption_minutes: number;
  readonly quick_redemption_points: string;
  /** Coins, or points, at least, that were there `idle_months` months before the last day of the report, none spent since. */
  readonly idle_coins: string;
  readonly idle_points: string;
  readonly idle_months: number;
}

export type AnomalyRuleKey = keyof AnomalyRules;

/** Ours, for the county to confirm: loose enough for neighbours who help each other every week. */
export const pilotAnomalyRules: AnomalyRules = {
  mutual_service_hours: 24,
  frequent_pair_records: 20,
  frequent_pair_days: 30,
  approvals_share_percent: 50,
  approvals_min: 20,
  approvals_burst: 20,
  approvals_burst_minutes: 5,
  overlap_minutes: 5,
  night_from: '22:00',
  night_to: '05:00',
  night_minutes: 30,
  round_streak: 10,
  round_minutes: 30,
  after_death_days: 1,
  household_hours: '4.00',
  quick_redemption_minutes: 10,
  quick_redemption_points: '100',
  idle_coins: '500.00',
  idle_points: '5000',
  idle_months: 12,
};

/** What each threshold is counted in, and what it is called. */
export const anomalyRuleWords: Readonly<Record<AnomalyRuleKey, { readonly unit: AnomalyUnit; readonly words: Words }>> =
  {
    mutual_service_hours: { unit: 'hours', words: { en: 'time between at most', zh: '互相服务最长间隔' } },
    frequent_pair_records: { unit: 'records', words: { en: 'records at least', zh: '同一受助人服务记录下限' } },
    frequent_pair_days: { unit: 'days', words: { en: 'within', zh: '同一受助人统计天数' } },
    approvals_share_percent: { unit: 'percent', words: { en: 'share at least', zh: '同一志愿者占比下限' } },
    approvals_min: { unit: 'records', words: { en: 'of at least', zh: '审批记录总数下限' } },
    approvals_burst: { unit: 'approvals', words: { en: 'approvals at least', zh: '集中审批次数下限' } },
    approvals_burst_minutes: { unit: 'minutes', words: { en: 'within', zh: '集中审批统计时长' } },
    overlap_minutes: { unit: 'minutes', words: { en: 'at one time at least', zh: '重叠时间下限' } },
    night_from: { unit: 'clock', words: { en: 'night from', zh: '夜间起始时刻' } },
    night_to: { unit: 'clock', words: { en: 'night to', zh: '夜间终止时刻' } },
    night_minutes: { unit: 'minutes', words: { en: 'at night at least', zh: '夜间时长下限' } },
    round_streak: { unit: 'records', words: { en: 'one after another at least', zh: '整数时长连续记录下限' } },
    round_minutes: { unit: 'minutes', words: { en: 'round time', zh: '整数时长基数' } },
    after_death_days: { unit: 'days', words: { en: 'after the death at least', zh: '去世后天数下限' } },
    household_hours: { unit: 'hours', words: { en: 'hours at least', zh: '为亲属服务时长下限' } },
    quick_redemption_minutes: { unit: 'minutes', words: { en: 'time between at most', zh: '到账至兑换最长间隔' } },
    quick_redemption_points: { unit: 'points', words: { en: 'redeemed at least', zh: '兑换积分下限' } },
    idle_coins: { unit: 'coins', words: { en: 'held at least', zh: '持有时间币下限' } },
    idle_points: { unit: 'points', words: { en: 'held at least', zh: '持有积分下限' } },
    idle_months: { unit: 'months', words: { en: 'without spending for', zh: '未支出时长下限' } },
  };
