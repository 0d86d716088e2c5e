/**
 * The words of the domain: its closed lists, and the shapes of what is written freely. Schemas of the interface, readers of files and
 * checks of the tables take them from here, so that all three say the same. Dates and ids belong to no domain and are in lib.
 */
import { drawn, readable } from '../lib/text.js';

/** From the top. */
export const orgUnitLevels = [
  'county',
  'subdistrict',
  'township',
  'community',
  'village',
  'estate',
  'stairwell',
] as const;
export type OrgUnitLevel = (typeof orgUnitLevels)[number];

/** What a unit of a level may stand below; a county stands below nothing. */
export const orgUnitLevelsAbove: Readonly<Record<OrgUnitLevel, readonly OrgUnitLevel[]>> = {
  county: [],
  subdistrict: ['county'],
  township: ['county'],
  community: ['subdistrict', 'township'],
  village: ['subdistrict', 'township'],
  estate: ['community', 'village'],
  stairwell: ['estate'],
};

export const orgUnitLevelsZh: Readonly<Record<OrgUnitLevel, string>> = {
  county: '县',
  subdistrict: '街道',
  township: '乡镇',
  community: '社区',
  village: '村',
  estate: '小区',
  stairwell: '楼道',
};

/** What becomes of a unit. */
export const orgUnitChangeKinds = ['registered', 'renamed', 'moved', 'closed'] as const;
export type OrgUnitChangeKind = (typeof orgUnitChangeKinds)[number];

export const genders = ['male', 'female'] as const;
export type Gender = (typeof genders)[number];

/** Whether a member takes part. */
export const memberStates = ['active', 'suspended', 'left', 'deceased', 'merged'] as const;
export type MemberState = (typeof memberStates)[number];

export const memberStatesZh: Readonly<Record<MemberState, string>> = {
  active: '正常',
  suspended: '已暂停',
  left: '已退出',
  deceased: '已故',
  merged: '已合并',
};

/** What a member's state may become by a command of its own; `merged` comes of merging alone. */
export const memberStatesNext: Readonly<Record<MemberState, readonly MemberState[]>> = {
  active: ['suspended', 'left', 'deceased'],
  suspended: ['active', 'left', 'deceased'],
  left: ['active', 'deceased'],
  deceased: [],
  merged: [],
};

/** Why a member's state changes. */
export const memberStateReasons = [
  'own_request',
  'moved_away',
  'returned',
  'under_review',
  'rule_breach',
  'other',
] as const;
export type MemberStateReason = (typeof memberStateReasons)[number];

/** What becomes of a member. */
export const memberChangeKinds = [
  'transferred',
  'renamed',
  'suspended',
  'reactivated',
  'left',
  'deceased',
  'merged',
] as const;
export type MemberChangeKind = (typeof memberChangeKinds)[number];

/** What becomes of the proposal that two members are one person. */
export const memberMergeStatuses = ['proposed', 'merged', 'withdrawn'] as const;
export type MemberMergeStatus = (typeof memberMergeStatuses)[number];

/** What becomes of the proposal to correct a service record. */
export const serviceCorrectionStatuses = ['proposed', 'carried_out', 'withdrawn'] as const;
export type ServiceCorrectionStatus = (typeof serviceCorrectionStatuses)[number];

/** What a relative is to a member. */
export const kinRelations = [
  'spouse',
  'parent',
  'child',
  'grandparent',
  'grandchild',
  'parent_in_law',
  'child_in_law',
  'sibling',
] as const;
export type KinRelation = (typeof kinRelations)[number];

/** Relations by which service mints no coins unless the rules say otherwise: spouse and lineal kin. */
export const lineRelations: readonly KinRelation[] = kinRelations.filter((relation) => relation !== 'sibling');

/** claimed by one person, verified by another, ended. */
export const kinStates = ['claimed', 'verified', 'ended'] as const;
export type KinState = (typeof kinStates)[number];

/** Why a relation ends; one that was `mistaken` never was. */
export const kinEndReasons = ['mistaken', 'divorce', 'death', 'consent_withdrawn', 'other'] as const;
export type KinEndReason = (typeof kinEndReasons)[number];

/** The seven categories of the talent registry, a closed list of the county's. */
export const talentCategories = [
  'enterprise_aid',
  'theory_talks',
  'rural_revival',
  'social_governance',
  'culture_education',
  'ecology',
  'next_generation',
] as const;
export type TalentCategory = (typeof talentCategories)[number];

/** The two registries of people with something to give: 银龄人才 and 业主达人库. */
export const talentRegistries = ['silver', 'resident_expert'] as const;
export type TalentRegistry = (typeof talentRegistries)[number];

/** What somebody is good at, and what somebody likes: two lists of a ledger's own codes. */
export const specialtyKinds = ['specialty', 'interest'] as const;
export type SpecialtyKind = (typeof specialtyKinds)[number];

/** A code of a ledger's own list. */
export const specialtyCodePattern = '^[a-z][a-z0-9_]{0,63}$';

export const qualificationKinds = ['law', 'medicine', 'education', 'other'] as const;
export type QualificationKind = (typeof qualificationKinds)[number];

/** What becomes of somebody in a talent registry. */
export const talentChangeKinds = [
  'registered',
  'changed',
  'qualified',
  'qualification_ended',
  'level_recorded',
  'ended',
] as const;
export type TalentChangeKind = (typeof talentChangeKinds)[number];

/** 银色家园, 县级老年活动中心, 社区党群服务中心, 村文化活动室, 凉亭, 驿站, 工作室. */
export const stationKinds = [
  'silver_home',
  'county_elder_centre',
  'community_party_service_centre',
  'village_activity_room',
  'pavilion',
  'post',
  'studio',
] as const;
export type StationKind = (typeof stationKinds)[number];

export const stationFunctions = ['learning', 'volunteering', 'exchange', 'care'] as const;
export type StationFunction = (typeof stationFunctions)[number];

/** What becomes of a station. */
export const stationChangeKinds = ['registered', 'changed', 'key_rotated', 'closed'] as const;
export type StationChangeKind = (typeof stationChangeKinds)[number];

/** Degrees in WGS-84, with up to 7 decimals: a centimetre. */
export const latitudePattern = '^-?(?:[1-8]?[0-9](?:[.][0-9]{1,7})?|90(?:[.]0{1,7})?)$';
export const longitudePattern = '^-?(?:(?:[1-9]?[0-9]|1[0-7][0-9])(?:[.][0-9]{1,7})?|180(?:[.]0{1,7})?)$';

/** What becomes of a team. */
export const teamChangeKinds = ['registered', 'member_joined', 'member_left', 'leader_changed', 'dissolved'] as const;
export type TeamChangeKind = (typeof teamChangeKinds)[number];

/** Why somebody is visited: 平时有人访、感时有人解、难时有人帮、病时有人探、老时有人惦. */
export const careReasons = ['routine', 'emotional', 'hardship', 'illness', 'old_age_occasion'] as const;
export type CareReason = (typeof careReasons)[number];

/** 定点 or 上门: somebody comes to a place, or is visited at home. */
export const careModes = ['fixed', 'doorstep'] as const;
export type CareMode = (typeof careModes)[number];

/** What becomes of somebody in the care registry, visits apart. */
export const careChangeKinds = ['registered', 'changed', 'ended'] as const;
export type CareChangeKind = (typeof careChangeKinds)[number];

/** What of the care registry somebody read, and what for. */
export const careReadKinds = ['list', 'subject', 'visits', 'changes'] as const;
export type CareReadKind = (typeof careReadKinds)[number];
export const careReadPurposes = ['visit', 'planning', 'oversight'] as const;
export type CareReadPurpose = (typeof careReadPurposes)[number];

/** A: checked in and out by device; B: one side and the recipient's confirmation; C: paper. */
export const proofGrades = ['A', 'B', 'C'] as const;
export type ProofGrade = (typeof proofGrades)[number];

/** Where an order is carried out. */
export const orderModes = ['home', 'station', 'online'] as const;
export type OrderMode = (typeof orderModes)[number];

/** Where the coins of an order come from: minted by the rules, from the recipients, from the fund for members in need. */
export const orderFundings = ['mint', 'recipient', 'fund'] as const;
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

/** What is recorded late: a visit that was reported by itself, or an order. */
export const lateRecordKinds = ['order'] as const;
export type LateRecordKind = (typeof lateRecordKinds)[number];

export const partnerKinds = ['rural_commercial_bank', 'shop', 'platform'] as const;
export type PartnerKind = (typeof partnerKinds)[number];

export const redemptionStatuses = [
  'authorised',
  'partially_captured',
  'captured',
  'voided',
  'expired',
  'partially_refunded',
  'refunded',
] as const;
export type RedemptionStatus = (typeof redemptionStatuses)[number];

/** For a sentence: the redemption is so. */
export const redemptionStatusesZh: Readonly<Record<RedemptionStatus, string>> = {
  authorised: '已冻结',
  partially_captured: '已部分核销',
  captured: '已核销',
  voided: '已撤销冻结',
  expired: '冻结已到期',
  partially_refunded: '已部分退还',
  refunded: '已退还',
};

/** The statuses of redemptions that hold points, and of no others: where what has expired is looked for. */
export const openStatuses = ['authorised', 'partially_captured'] as const satisfies readonly RedemptionStatus[];

/** The kinds of files that can be imported; what each holds is in imports/kinds.ts. */
export const importKinds = ['org_units', 'members', 'opening_points', 'visits', 'redemptions'] as const;
export type ImportKind = (typeof importKinds)[number];

/** staged: some lines, or all, are still to be committed. */
export const importStates = ['staged', 'committed', 'expired'] as const;

/** What is, or will be, of a line of an import. */
export const importLineStates = ['ready', 'skipped', 'error', 'imported'] as const;

/** What a line of a partner's statement claims: a refund takes away. */
export const statementLineTypes = ['redeem', 'refund'] as const;
export type StatementLineType = (typeof statementLineTypes)[number];

/** A type of service; which there are, a rule set says. */
export const serviceTypePattern = '^[a-z][a-z0-9_]{0,63}$';

export const phonePattern = '^\\+?[0-9][0-9 -]{4,19}$';

/** Characters of a name at most, as people count them. */
export const longestName = 100;

/**
 * A name in any script, that people can read: no control, invisible, unassigned or turning character, nothing that stands for a lost
 * one, no loose accent in front. White space around it is taken off when it is kept (`tidied`).
 */
export const namePattern = `^\\s*(?!\\p{M})${drawn}(?:${readable}*${drawn})?\\s*$`;

/** The name of a file, for people: as a name, without the white space. */
export const fileNamePattern = `^${drawn}(?:${readable}*${drawn})?$`;
