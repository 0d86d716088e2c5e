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
export const memberStates = ['active'] as const;

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

/** A: checked in and out by device; B: one side and the recipient's confirmation; C: paper. */
export const proofGrades = ['A', 'B', 'C'] as const;
export type ProofGrade = (typeof proofGrades)[number];

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

/** What is kept of a person under a key of the person's own. */
export const sealedFields = ['phone', 'national_id', 'address', 'health', 'hardship'] as const;
export type SealedField = (typeof sealedFields)[number];

/** What a person consents to, each for itself (个人信息保护法 28, 29). */
export const consentPurposes = ['service', 'health', 'special_identity', 'location', 'publication'] as const;
export type ConsentPurpose = (typeof consentPurposes)[number];

/** The consent on which a field rests. */
export const consentOfField: Readonly<Record<SealedField, ConsentPurpose>> = {
  phone: 'service',
  national_id: 'service',
  address: 'service',
  health: 'health',
  hardship: 'special_identity',
};

/** For a sentence. */
export const sealedFieldsZh: Readonly<Record<SealedField, string>> = {
  phone: '电话号码',
  national_id: '身份证号码',
  address: '住址',
  health: '健康状况',
  hardship: '困难情况',
};

/** For a sentence. */
export const consentPurposesZh: Readonly<Record<ConsentPurpose, string>> = {
  service: '互助服务',
  health: '健康信息',
  special_identity: '特定身份信息',
  location: '位置信息',
  publication: '公开展示',
};

/** Why somebody reads personal data in the clear. */
export const unmaskPurposes = [
  'service_delivery',
  'care_visit',
  'identity_check',
  'emergency',
  'own_request',
  'supervision',
] as const;
export type UnmaskPurpose = (typeof unmaskPurposes)[number];

/** Whether an erasure still waits for a second person. */
export const erasureStates = ['requested', 'erased'] as const;
export type ErasureState = (typeof erasureStates)[number];

/** The number of a resident identity card, without its check digit being looked at (GB 11643). */
export const nationalIdPattern = '^[1-9][0-9]{16}[0-9X]$';

/** What is written about a person in words: one line that people can read. */
export const personalTextPattern = `^\\s*${drawn}(?:${readable}*${drawn})?\\s*$`;

/** Characters of such a text at most. */
export const longestPersonalText = 500;

/** Characters of a name at most, as people count them. */
export const longestName = 100;

/**
 * A name in any script, that people can read: no control, invisible, unassigned or turning character, nothing that stands for a lost
 * one, no loose accent in front. White space around it is taken off when it is kept (`tidied`).
 */
export const namePattern = `^\\s*(?!\\p{M})${drawn}(?:${readable}*${drawn})?\\s*$`;

/** The name of a file, for people: as a name, without the white space. */
export const fileNamePattern = `^${drawn}(?:${readable}*${drawn})?$`;
