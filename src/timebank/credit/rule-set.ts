/**
 * The rule set: every number the scheme turns on, as versioned data, and the one that every ledger begins with. A journal entry
 * names the version it was made under. Nothing here applies a rule, reads a clock or knows which members exist.
 */
import type { QualificationKind, TalentCategory } from '../community-words.js';
import type { DispatchReason, ProofGrade } from '../service-words.js';

/** Amounts are decimal strings in the unit named; percentages, counts and lengths of time are whole numbers. */
export interface RuleValues {
  /** COIN for an hour of service, before the coefficient of the service type. */
  readonly coin_per_hour: string;
  /** Service type -> factor on `coin_per_hour`; the keys are the closed list of what may be recorded. */
  readonly service_coefficients: Readonly<Record<string, string>>;
  /** What happens to a service type that is not in the list; `accept` counts it at 1.00. */
  readonly unknown_service_type: 'refuse' | 'accept';
  /** How a duration becomes hundredths of an hour (at least one), and hours times a coefficient hundredths of a coin. */
  readonly hours_rounding: 'half_up';
  readonly coefficient_rounding: 'half_up';
  /** COIN are minted downwards in this step; what is left is carried to the member's next record, never dropped. */
  readonly rounding_step: string;
  /** Present for less than this share of the planned duration, a record mints nothing. */
  readonly presence_min_percent: number;
  /** A check-in further than this from the planned start, before or after, belongs to another plan. */
  readonly plan_shift_max_minutes: number;
  /** COIN one record, one service date and one ISO week (from Monday) can mint, in whole steps of `rounding_step`. */
  readonly cap_visit: string;
  readonly cap_day: string;
  readonly cap_week: string;
  /** COIN a member may hold; the excess goes to the account `holding_cap_excess`. */
  readonly holding_cap: string;
  readonly holding_cap_excess: string;
  readonly minting_grades: readonly ProofGrade[];
  readonly overlap: 'refuse';
  /** A record longer than this is a forgotten check-out, not a service. */
  readonly service_max_hours: number;
  /**
   * Service type -> the qualification it takes of the volunteer, on the day of service. Such service is work of a profession: its hours
   * are recorded and mint nothing.
   */
  readonly professional_service_types: Readonly<Record<string, QualificationKind>>;
  /** From the lowest up: what a talent's level takes. */
  readonly talent_levels: readonly TalentLevel[];
  readonly earn_from_kin: boolean;
  readonly adjustment_approvers: number;
  /** Up to this much of an asset, in its own units, an adjustment is posted by who proposes it; above it somebody else approves. */
  readonly adjustment_alone_max: string;
  /** What each reason to propose a volunteer for an order weighs: those of the nearest and best come to 1.00. */
  readonly dispatch_weights: Readonly<Record<DispatchReason, string>>;
  /** Service type -> the category of talent it belongs to. */
  readonly service_categories: Readonly<Record<string, TalentCategory>>;
  /** From this many hours in 30 days on, given or promised, `low_load` weighs nothing; below, in proportion, rounded down. */
  readonly dispatch_full_load_hours: string;
  /** How long an offered order waits for an answer, at most until it begins. */
  readonly offer_reply_hours: number;
  readonly confirm_timeout_hours: number;
  readonly confirm_automatic_grades: readonly ProofGrade[];
  readonly approval_days: number;
  readonly escalation_days: number;
  /** Two sides' times within this are averaged, further apart disputed; the result is clamped to the plan +/- the percentage. */
  readonly hours_tolerance_minutes: number;
  readonly hours_clamp_percent: number;
  /** Recorded later than this after the day of service, it takes a second approver. */
  readonly late_record_working_days: number;
  readonly redeem_age_years: number;
  readonly redeem_relatives_max: number;
  /** POINT for one act counted by another platform, and for one resolved issue. */
  readonly points_per_occurrence: string;
  readonly points_per_resolved_issue: string;
  readonly points_expiry_years: number;
  readonly points_expiry_warning_days: readonly number[];
  /** Years; null: coins do not expire. */
  readonly coin_expiry_years: number | null;
  readonly hold_ttl_hours: number;
  readonly code_bits: number;
  readonly code_ttl_minutes: number;
  readonly code_typed_digits: number;
  readonly code_typed_tries: number;
  readonly code_lock_minutes: number;
  /** How long a QR code on a screen is good, and by how much the clocks of those who scan it may be off. */
  readonly qr_valid_seconds: number;
  readonly qr_clock_tolerance_seconds: number;
  /** CNY for one POINT between sponsor and partner, unless the catalogue item has its own. */
  readonly point_price: string;
  /** Published figures about fewer people than this are withheld. */
  readonly publish_min_group: number;
  /** How long the original of a partner's statement is kept. */
  readonly statement_original_years: number;
}

/** `min_hours` HOUR given, and a mean rating of at least `min_rating`, where people have rated and a level asks for one. */
export interface TalentLevel {
  readonly level: number;
  readonly min_hours: string;
  readonly min_rating: string | null;
}

/** S: taken from the scheme named; D: our default, for the county to confirm; C: decided by the county, by the document named. */
export interface Basis {
  readonly kind: 'S' | 'D' | 'S, D' | 'C';
  readonly source: string;
}

export interface RuleSet extends RuleValues {
  readonly id: string;
  readonly version: number;
  /** First service date it applies to, in the ledger's zone. */
  readonly effective_from: string;
  readonly basis: { readonly [K in keyof RuleValues]: Basis };
}

/** The name an entry stores and the API shows: `xinchang-pilot/1`. */
export function ruleSetName(rules: Pick<RuleSet, 'id' | 'version'>): string {
  return `${rules.id}/${rules.version}`;
}

const sourced = (source: string): Basis => ({ kind: 'S', source });
const ours = (source: string): Basis => ({ kind: 'D', source });
const adapted = (source: string): Basis => ({ kind: 'S, D', source });

const basis: RuleSet['basis'] = {
  coin_per_hour: sourced('Beijing, Shanghai, Nanjing'),
  service_coefficients: adapted('Beijing, Shanghai, Nanjing weigh types; all equal here until the county weighs them'),
  unknown_service_type: ours('a type nobody has weighed earns nothing by accident'),
  hours_rounding: ours('a minute is 1.67 hundredths of an hour; the duration is exact until here'),
  coefficient_rounding: ours('same as the hours'),
  rounding_step: adapted('Ruian'),
  presence_min_percent: sourced('Yunnan'),
  plan_shift_max_minutes: ours('who comes at another time changes the plan first'),
  cap_visit: sourced('Hailin, Changning, KISS'),
  cap_day: sourced('Hailin, Changning, KISS'),
  cap_week: sourced('Hailin, Changning, KISS'),
  holding_cap: sourced('Nanjing'),
  holding_cap_excess: sourced('Nanjing'),
  minting_grades: adapted('the grades are a sourced idea, which of them mint is ours'),
  overlap: ours('a documented hole elsewhere'),
  service_max_hours: ours('longer than a day is a forgotten check-out'),
  professional_service_types: ours(
    'nursing and medical help take a qualification and are no exchange between neighbours',
  ),
  talent_levels: ours('by hours, and by ratings once there are any'),
  earn_from_kin: sourced('St. Gallen: spouse and lineal kin'),
  adjustment_approvers: sourced('with a document number'),
  adjustment_alone_max: ours('nothing is corrected by one person'),
  dispatch_weights: ours('who lives near comes first, then who knows the work, has time and has given less of late'),
  service_categories: ours('the county names seven categories, and no type of service to go with them'),
  dispatch_full_load_hours: ours('five hours a week for four weeks'),
  offer_reply_hours: ours('a day to think it over'),
  confirm_timeout_hours: adapted('NEXUS'),
  confirm_automatic_grades: adapted('NEXUS'),
  approval_days: adapted('NEXUS'),
  escalation_days: adapted('NEXUS'),
  hours_tolerance_minutes: sourced('NEXUS'),
  hours_clamp_percent: sourced('NEXUS'),
  late_record_working_days: sourced('民政部令67号: within ten working days'),
  redeem_age_years: adapted('on the day, for coins; points have no age limit'),
  redeem_relatives_max: adapted('lineal, verified, with the consent of the elder'),
  points_per_occurrence: ours('import from other platforms'),
  points_per_resolved_issue: ours('per resolved issue, by external id'),
  points_expiry_years: adapted('Huangshan; earliest expiry is spent first, a gift keeps its expiry'),
  points_expiry_warning_days: adapted('Huangshan'),
  coin_expiry_years: ours('none'),
  hold_ttl_hours: adapted('judged at use, not when a job runs'),
  code_bits: adapted('ASVS'),
  code_ttl_minutes: adapted('ASVS'),
  code_typed_digits: adapted('ASVS'),
  code_typed_tries: adapted('ASVS'),
  code_lock_minutes: adapted('ASVS'),
  qr_valid_seconds: ours('a photograph of a screen that is sent on is too late'),
  qr_clock_tolerance_seconds: ours('clocks of phones and tablets'),
  point_price: ours('each catalogue item may have its own'),
  publish_min_group: sourced('NEXUS'),
  statement_original_years: sourced('Measures for accounting archives: bank statements, ten years'),
};

/** The pilot's rules as published; never edited, only followed by a next version. Source: domain.md section 4. */
export const xinchangPilot1: RuleSet = {
  id: 'xinchang-pilot',
  version: 1,
  effective_from: '2026-01-01',
  coin_per_hour: '1.00',
  service_coefficients: {
    companionship: '1.00',
    digital_help: '1.00',
    errand: '1.00',
    health_talk: '1.00',
    household_help: '1.00',
    legal_aid: '1.00',
    meal_delivery: '1.00',
    medical: '1.00',
    nursing: '1.00',
  },
  unknown_service_type: 'refuse',
  hours_rounding: 'half_up',
  coefficient_rounding: 'half_up',
  rounding_step: '0.50',
  presence_min_percent: 60,
  plan_shift_max_minutes: 120,
  cap_visit: '2.00',
  cap_day: '2.00',
  cap_week: '6.00',
  holding_cap: '1500.00',
  holding_cap_excess: 'pool:community',
  minting_grades: ['A', 'B'],
  overlap: 'refuse',
  service_max_hours: 24,
  professional_service_types: { medical: 'medicine', nursing: 'medicine' },
  talent_levels: [
    { level: 1, min_hours: '10.00', min_rating: null },
    { level: 2, min_hours: '50.00', min_rating: null },
    { level: 3, min_hours: '150.00', min_rating: '4.00' },
    { level: 4, min_hours: '400.00', min_rating: '4.50' },
    { level: 5, min_hours: '1000.00', min_rating: '4.80' },
  ],
  earn_from_kin: false,
  adjustment_approvers: 2,
  adjustment_alone_max: '0',
  dispatch_weights: {
    same_stairwell: '0.35',
    same_estate: '0.33',
    same_community: '0.30',
    same_subdistrict: '0.15',
    specialty: '0.25',
    category: '0.10',
    available: '0.20',
    low_load: '0.10',
  },
  service_categories: {
    companionship: 'social_governance',
    digital_help: 'culture_education',
    errand: 'social_governance',
    health_talk: 'culture_education',
    household_help: 'social_governance',
    legal_aid: 'social_governance',
    meal_delivery: 'social_governance',
    medical: 'social_governance',
    nursing: 'social_governance',
  },
  dispatch_full_load_hours: '20.00',
  offer_reply_hours: 24,
  confirm_timeout_hours: 72,
  confirm_automatic_grades: ['A'],
  approval_days: 7,
  escalation_days: 14,
  hours_tolerance_minutes: 15,
  hours_clamp_percent: 25,
  late_record_working_days: 10,
  redeem_age_years: 60,
  redeem_relatives_max: 3,
  points_per_occurrence: '10',
  points_per_resolved_issue: '20',
  points_expiry_years: 3,
  points_expiry_warning_days: [30, 7],
  coin_expiry_years: null,
  hold_ttl_hours: 24,
  code_bits: 130,
  code_ttl_minutes: 10,
  code_typed_digits: 6,
  code_typed_tries: 5,
  code_lock_minutes: 30,
  qr_valid_seconds: 60,
  qr_clock_tolerance_seconds: 5,
  point_price: '0.10',
  publish_min_group: 10,
  statement_original_years: 10,
  basis,
};
