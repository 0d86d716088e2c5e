/** Why hours did not become coins, in words. */
import type { Words } from '#src/lib/language.js';

const differencesZh: Readonly<Record<string, string>> = {
  professional_service: '专业服务',
  proof_grade_c: '凭证等级 C',
  cap_day: '超过每日上限',
  cap_week: '超过每周上限',
  cap_visit: '超过单次上限',
  holding_cap: '超过存储上限',
  presence_short: '在场时间不足',
  kin: '配偶或直系亲属',
  cap_month: '超过每月上限',
  cap_year: '超过每年上限',
  cap_pair: '超过同一受助人上限',
  cap_records: '超过次数上限',
  service_coefficient: '服务类型系数',
  visit_basis: '按次计币',
  level_coefficient: '达人等级系数',
  station_coefficient: '站点系数',
  outside_calendar: '不在规定时段',
  minted_once: '仅限一次',
  rounding_carry: '结转零头',
  not_volunteering: '不属于志愿服务',
};

export function differenceWords(code: string): Words {
  return { en: code, zh: differencesZh[code] ?? code };
}
