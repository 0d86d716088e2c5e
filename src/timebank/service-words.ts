/**
 * The words of service: orders, whom to ask, proof, and what becomes of a record. Closed lists, as in words.ts.
 */
import { sameIn, type Words } from '../lib/language.js';

/** The types of service that the pilot's rules know, for people; a rule set may know more. */
const serviceTypeWords: Readonly<Record<string, Words>> = {
  companionship: { zh: '陪伴', en: 'companionship' },
  digital_help: { zh: '智能设备帮扶', en: 'help with devices' },
  errand: { zh: '代办跑腿', en: 'an errand' },
  health_talk: { zh: '健康讲座', en: 'a health talk' },
  household_help: { zh: '家务', en: 'household help' },
  legal_aid: { zh: '法律援助', en: 'legal aid' },
  meal_delivery: { zh: '送餐', en: 'meal delivery' },
  medical: { zh: '医疗', en: 'medical service' },
  nursing: { zh: '护理', en: 'nursing' },
};

/** A type of service in words; one that has none is called by its code. */
export function wordsOfServiceType(type: string): Words {
  return Object.hasOwn(serviceTypeWords, type) ? (serviceTypeWords[type] as Words) : sameIn(type);
}

/** Why hours did not become coins; docs/ledger.md explains each. */
export type DifferenceCode =
  | 'not_volunteering'
  | 'professional_service'
  | 'proof_grade_c'
  | 'presence_short'
  | 'kin'
  | 'outside_calendar'
  | 'minted_once'
  | 'visit_basis'
  | 'service_coefficient'
  | 'level_coefficient'
  | 'station_coefficient'
  | 'cap_visit'
  | 'cap_day'
  | 'cap_week'
  | 'cap_month'
  | 'cap_year'
  | 'cap_pair'
  | 'cap_records'
  | 'cap_unit'
  | 'budget_exhausted'
  | 'agreed_price'
  | 'rounding_carry'
  | 'holding_cap';

/** For people: why so many coins fewer, or more, than hours. */
export const differenceWords: Readonly<Record<DifferenceCode, Words>> = {
  not_volunteering: { zh: '不属于志愿服务', en: 'not volunteering' },
  professional_service: { zh: '专业服务只记时长', en: 'professional service counts in hours only' },
  proof_grade_c: { zh: '凭证等级不足', en: 'proved by a grade that mints nothing' },
  presence_short: { zh: '在场时间不足', en: 'present for too short a time' },
  kin: { zh: '受助人为配偶或直系亲属', en: 'given to a spouse or lineal kin' },
  outside_calendar: { zh: '不在规定时段或组织单元', en: 'not at the hours or places of its type' },
  minted_once: { zh: '该类服务每人只铸币一次', en: 'of a type that counts once' },
  visit_basis: { zh: '按次计币', en: 'counted by the visit' },
  service_coefficient: { zh: '服务类型系数', en: 'weight of the type of service' },
  level_coefficient: { zh: '达人等级系数', en: 'weight of the level of talent' },
  station_coefficient: { zh: '站点系数', en: 'weight of the station' },
  cap_visit: { zh: '超出单次上限', en: 'over the cap of a visit' },
  cap_day: { zh: '超出每日上限', en: 'over the cap of the day' },
  cap_week: { zh: '超出每周上限', en: 'over the cap of the week' },
  cap_month: { zh: '超出每月上限', en: 'over the cap of the month' },
  cap_year: { zh: '超出每年上限', en: 'over the cap of the year' },
  cap_pair: { zh: '超出同一受助人服务上限', en: 'over the cap for one recipient' },
  cap_records: { zh: '超出次数上限', en: 'over the number of visits that count' },
  cap_unit: { zh: '超出所在组织单元上限', en: 'over the cap of the organisation unit' },
  budget_exhausted: { zh: '项目预算已用完', en: 'the budget of the programme is used up' },
  agreed_price: { zh: '以点单约定为限', en: 'as agreed with the order' },
  rounding_carry: { zh: '结转零头', en: 'a part carried on' },
  holding_cap: { zh: '超出存储上限转入公共账户', en: 'over the holding cap, to a common pool' },
};

/** Limits that many members share: what members of a unit can mint, and what a programme can. */
export const sharedLimitKinds = ['unit', 'programme'] as const;
export type SharedLimitKind = (typeof sharedLimitKinds)[number];

/** The days that count together under a shared limit; `whole`: all days of a programme. */
export const sharedLimitPeriods = ['day', 'week', 'month', 'year', 'whole'] as const;
export type SharedLimitPeriod = (typeof sharedLimitPeriods)[number];

/** What becomes of the proposal to correct a service record. */
export const serviceCorrectionStatuses = ['proposed', 'carried_out', 'withdrawn'] as const;
export type ServiceCorrectionStatus = (typeof serviceCorrectionStatuses)[number];

/** A: checked in and out by device; B: one side and the recipient's confirmation; C: paper. */
export const proofGrades = ['A', 'B', 'C'] as const;
export type ProofGrade = (typeof proofGrades)[number];

/** Where an order is carried out. */
export const orderModes = ['home', 'station', 'online'] as const;
export type OrderMode = (typeof orderModes)[number];

/** Where the coins of an order come from: minted by the rules, from the recipients, from the fund for members in need, from what the recipients were granted of it. */
export const orderFundings = ['mint', 'recipient', 'fund', 'grant'] as const;
export type OrderFunding = (typeof orderFundings)[number];

/** In the order in which an order goes through them; the last six are its other ends and the way through a dispute. */
export const orderStatuses = [
  'requested',
  'offered',
  'accepted',
  'checked_in',
  'checked_out',
  'confirmed',
  'approved',
  'rejected',
  'cancelled',
  'expired',
  'disputed',
  'upheld',
  'to_volunteer',
  'to_recipient',
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** For a sentence: the order is so. */
export const orderStatusesZh: Readonly<Record<OrderStatus, string>> = {
  requested: '待派单',
  offered: '已派单',
  accepted: '已接单',
  checked_in: '已签到',
  checked_out: '已签出',
  confirmed: '已确认',
  approved: '已审批',
  rejected: '已驳回',
  cancelled: '已取消',
  expired: '已过期',
  disputed: '有争议',
  upheld: '争议已裁定',
  to_volunteer: '争议已裁定，以志愿者为准',
  to_recipient: '争议已裁定，以受助人为准',
};

export const verdicts = ['upheld', 'to_volunteer', 'to_recipient'] as const satisfies readonly OrderStatus[];
export type Verdict = (typeof verdicts)[number];

/** What can be asked of an order; which status allows which, service/orders/state.ts says. */
export const orderCommands = [
  'offer',
  'accept',
  'decline',
  'claim',
  'issue_code',
  'check_in',
  'check_out',
  'no_show',
  'confirm',
  'dispute',
  'verdict',
  'approve',
  'reject',
  'cancel',
] as const;
export type OrderCommand = (typeof orderCommands)[number];

/** What became of an order, as its history tells it. */
export const orderEvents = [
  'placed',
  'offered',
  'declined',
  'accepted',
  'claimed',
  'code_issued',
  'code_failed',
  'checked_in',
  'checked_out',
  'no_show',
  'confirmed',
  'disputed',
  'decided',
  'approved',
  'rejected',
  'cancelled',
  'expired',
  'corrected',
  'annulled',
] as const;
export type OrderEvent = (typeof orderEvents)[number];

export const offerStatuses = ['open', 'accepted', 'declined', 'expired', 'withdrawn'] as const;
export type OfferStatus = (typeof offerStatuses)[number];

/** Why somebody is proposed for an order; of the first four, which say how near they live, one at most. */
export const dispatchReasons = [
  'same_stairwell',
  'same_estate',
  'same_community',
  'same_subdistrict',
  'specialty',
  'category',
  'available',
  'low_load',
] as const;
export type DispatchReason = (typeof dispatchReasons)[number];

/** Why somebody who would be proposed for an order is not; where several are so, the first is said. */
export const dispatchExclusions = ['suspended', 'unqualified', 'kin', 'overlap', 'unavailable'] as const;
export type DispatchExclusion = (typeof dispatchExclusions)[number];

/** What a member is to an order. */
export const orderRoles = ['volunteer', 'recipient'] as const;
export type OrderRole = (typeof orderRoles)[number];

/** Where a member stands in an order: a volunteer from `accepted` on, a recipient from `waiting` to `committed`; the last four are ends. */
export const attendances = [
  'waiting',
  'committed',
  'accepted',
  'checked_in',
  'checked_out',
  'attended',
  'no_show',
  'left',
  'released',
] as const;
export type Attendance = (typeof attendances)[number];

/**
 * How a check-in or a check-out is known: the code of a station or a card on a screen, the same in print, digits the recipient was shown,
 * somebody's word, paper.
 */
export const proofKinds = ['qr', 'qr_printed', 'code', 'reported', 'paper'] as const;
export type ProofKind = (typeof proofKinds)[number];

/** What a QR code is of: a station, or the card of a recipient. */
export const proofPlaces = ['station', 'card'] as const;
export type ProofPlace = (typeof proofPlaces)[number];

/** What a file that proves a service on paper may be. */
export const evidenceTypes = ['image/png', 'image/jpeg', 'application/pdf'] as const;
export type EvidenceType = (typeof evidenceTypes)[number];

/** What takes a second approver when it is recorded late. */
export const lateRecordKinds = ['order'] as const;
export type LateRecordKind = (typeof lateRecordKinds)[number];

/** Whether a certificate still says what the books say: superseded once one of its records was corrected. */
export const certificateStatuses = ['valid', 'superseded', 'revoked'] as const;
export type CertificateStatus = (typeof certificateStatuses)[number];

/** Why a certificate is revoked. */
export const certificateRevocations = ['record_wrong', 'issued_in_error', 'member_asked', 'misused'] as const;
export type CertificateRevocation = (typeof certificateRevocations)[number];

/** What becomes of records judged anew: proposed, then posted line by line, or withdrawn; and undone, line by line, if two people want it. */
export const recomputationStates = ['proposed', 'posting', 'posted', 'withdrawn', 'undoing', 'undone'] as const;
export type RecomputationState = (typeof recomputationStates)[number];

export const recomputationStatesZh: Readonly<Record<RecomputationState, string>> = {
  proposed: '待审批',
  posting: '过账中',
  posted: '已过账',
  withdrawn: '已撤回',
  undoing: '撤销中',
  undone: '已撤销',
};
