/**
 * The words of people: the organisation tree, members and what becomes of them, relatives. Closed lists, as in words.ts.
 */

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
  'card_replaced',
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
