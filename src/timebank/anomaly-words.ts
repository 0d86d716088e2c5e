/**
 * The words of what looks wrong: which checks there are, what each looks for, and what its figures are called. Closed lists, as in words.ts.
 * What a check finds is for people to look into; nothing follows from it by itself.
 */
import type { Words } from '../lib/language.js';

/** In the order in which the report has them. */
export const anomalyCodes = [
  'mutual_service',
  'frequent_pair',
  'approvals_for_one',
  'approvals_in_burst',
  'overlapping_hours',
  'night_hours',
  'round_streak',
  'hours_after_death',
  'household_hours',
  'quick_redemption',
  'idle_coins',
  'idle_points',
] as const;
export type AnomalyCode = (typeof anomalyCodes)[number];

export const anomalyWords: Readonly<Record<AnomalyCode, Words>> = {
  mutual_service: {
    en: 'Two members served each other within a short time.',
    zh: '两名成员在短时间内互相服务。',
  },
  frequent_pair: {
    en: 'One member served the same recipient very often.',
    zh: '同一志愿者频繁为同一受助人服务。',
  },
  approvals_for_one: {
    en: 'Of what one person approved, a large share went to one volunteer.',
    zh: '同一审批人审批的记录中，某一志愿者所占比例较高。',
  },
  approvals_in_burst: {
    en: 'One person approved many services within minutes. Files that were imported do not count.',
    zh: '同一审批人在数分钟内审批大量服务（文件批量导入的不计）。',
  },
  overlapping_hours: {
    en: 'One member takes part in two services at one time, as volunteer or as recipient.',
    zh: '同一成员（作为志愿者或受助人）在同一时段出现在两项服务中。',
  },
  night_hours: {
    en: 'A volunteer served at night.',
    zh: '志愿者在夜间提供服务。',
  },
  round_streak: {
    en: 'Service after service of a volunteer lasted a round time, to the second.',
    zh: '志愿者连续多次服务的时长均为整数时长（如整半小时），分秒不差。',
  },
  hours_after_death: {
    en: 'A service took place after the death of its volunteer or of a recipient.',
    zh: '服务发生在志愿者或受助人去世之后。',
  },
  household_hours: {
    en: 'A member served a relative. The register of relatives is the only sign of a household that is looked at.',
    zh: '志愿者为本人亲属提供服务（是否同户仅依据已核实的亲属登记判断）。',
  },
  quick_redemption: {
    en: 'Points were redeemed within minutes of being received.',
    zh: '积分到账后数分钟内即被兑换。',
  },
  idle_coins: {
    en: 'A member has had many time coins for a long time, and has spent none.',
    zh: '成员长期持有大量时间币，其间未支出。',
  },
  idle_points: {
    en: 'A member has had many points for a long time, and has spent none.',
    zh: '成员长期持有大量积分，其间未支出。',
  },
};

/** Who somebody is in what was found. */
export const anomalyRoles = ['member', 'volunteer', 'recipient', 'approver'] as const;
export type AnomalyRole = (typeof anomalyRoles)[number];

export const anomalyRolesZh: Readonly<Record<AnomalyRole, string>> = {
  member: '成员',
  volunteer: '志愿者',
  recipient: '受助人',
  approver: '审批人',
};

/** What figures and thresholds are counted in. `clock` is a time of day, `HH:MM` in the ledger's zone. */
export const anomalyUnits = [
  'times',
  'records',
  'approvals',
  'percent',
  'minutes',
  'hours',
  'days',
  'months',
  'clock',
  'coins',
  'points',
] as const;
export type AnomalyUnit = (typeof anomalyUnits)[number];

/** As they stand behind a value. */
export const anomalyUnitWords: Readonly<Record<AnomalyUnit, Words>> = {
  times: { en: ' times', zh: ' 次' },
  records: { en: ' records', zh: ' 条' },
  approvals: { en: ' approvals', zh: ' 次' },
  percent: { en: ' %', zh: '%' },
  minutes: { en: ' minutes', zh: ' 分钟' },
  hours: { en: ' hours', zh: ' 小时' },
  days: { en: ' days', zh: ' 天' },
  months: { en: ' months', zh: ' 个月' },
  clock: { en: '', zh: '' },
  coins: { en: ' coins', zh: ' 个时间币' },
  points: { en: ' points', zh: ' 积分' },
};

export const anomalyFigures = [
  'exchanges',
  'shortest_gap',
  'records',
  'hours',
  'approvals',
  'approvals_for_volunteer',
  'share',
  'approvals_at_once',
  'time_together',
  'night_time',
  'longest_night',
  'days_after_death',
  'points_redeemed',
  'points_received',
  'time_between',
  'coins_held',
  'points_held',
  'time_idle',
] as const;
export type AnomalyFigure = (typeof anomalyFigures)[number];

export const anomalyFigureWords: Readonly<
  Record<AnomalyFigure, { readonly unit: AnomalyUnit; readonly words: Words }>
> = {
  exchanges: { unit: 'times', words: { en: 'served each other', zh: '互相服务' } },
  shortest_gap: { unit: 'minutes', words: { en: 'shortest time between', zh: '最短间隔' } },
  records: { unit: 'records', words: { en: 'service records', zh: '服务记录' } },
  hours: { unit: 'hours', words: { en: 'hours given', zh: '服务时长' } },
  approvals: { unit: 'records', words: { en: 'records approved in all', zh: '审批记录总数' } },
  approvals_for_volunteer: { unit: 'records', words: { en: 'of these for the volunteer', zh: '其中该志愿者的记录' } },
  share: { unit: 'percent', words: { en: 'share', zh: '占比' } },
  approvals_at_once: { unit: 'approvals', words: { en: 'approved at once', zh: '集中审批' } },
  time_together: { unit: 'minutes', words: { en: 'at one time', zh: '重叠时间' } },
  night_time: { unit: 'minutes', words: { en: 'at night in all', zh: '夜间时长合计' } },
  longest_night: { unit: 'minutes', words: { en: 'longest at night', zh: '单次夜间最长时长' } },
  days_after_death: { unit: 'days', words: { en: 'at most after the death', zh: '服务距去世最长' } },
  points_redeemed: { unit: 'points', words: { en: 'redeemed', zh: '兑换' } },
  points_received: { unit: 'points', words: { en: 'received shortly before', zh: '此前到账' } },
  time_between: { unit: 'minutes', words: { en: 'time between', zh: '到账至兑换间隔' } },
  coins_held: { unit: 'coins', words: { en: 'held', zh: '持有' } },
  points_held: { unit: 'points', words: { en: 'held', zh: '持有' } },
  time_idle: { unit: 'months', words: { en: 'without spending', zh: '未支出' } },
};
