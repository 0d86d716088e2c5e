/**
 * The words of what a community has: talents, stations, teams, the care registry. Closed lists, as in words.ts.
 */

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
