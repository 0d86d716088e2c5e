/**
 * The rule set: every number the scheme turns on, as versioned data. A journal entry names the version it was made under. Nothing here
 * applies a rule, reads a clock or knows which members exist.
 */
import type { QualificationKind, TalentCategory } from '../community-words.js';
import type { WeeklyHours } from '../people/weekly-hours.js';
import type { DispatchReason, ProofGrade } from '../service-words.js';
import type { AnomalyRules } from './anomaly-rules.js';
import type { GiftPurse } from './gifts/gift-words.js';

/** Amounts are decimal strings in the unit named; percentages, counts and lengths of time are whole numbers. */
export interface RuleValues {
  /** COIN for an hour of service, before the coefficient of the service type. */
  readonly coin_per_hour: string;
  /** Service type -> factor on `coin_per_hour`; the keys are the closed list of what may be recorded. */
  readonly service_coefficients: Readonly<Record<string, string>>;
  /** Service type -> COIN for a visit, however long it was: in the place of `coin_per_hour`. */
  readonly visit_coins: Readonly<Record<string, string>>;
  /** Level of talent, as recorded on the day of service, and station of the order -> further factors; one that is not named counts 1.00. */
  readonly level_coefficients: Readonly<Record<string, string>>;
  readonly station_coefficients: Readonly<Record<string, string>>;
  /** Service type -> when and where it mints. */
  readonly calendar_bound: Readonly<Record<string, CalendarBound>>;
  /** Service types that mint once in a life, as an orientation does. */
  readonly once_service_types: readonly string[];
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
  /** Applied after those three, in their order. */
  readonly further_caps: readonly FurtherCap[];
  /** Applied after all caps, in their order. */
  readonly budgets: readonly ProgrammeBudget[];
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
  /** Which purses members may give of, and how long what they offer waits to be accepted. */
  readonly gift_purses: readonly GiftPurse[];
  readonly gift_hours: number;
  /** What may be given in a month to others than spouse and lineal kin: COIN, POINT. */
  readonly gift_others_month_coins: string;
  readonly gift_others_month_points: string;
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
  /** From where on something looks wrong. */
  readonly anomaly_thresholds: AnomalyRules;
  /** How long the original of a partner's statement is kept. */
  readonly statement_original_years: number;
}

/** A service mints when it begins within these hours of the week, and was recorded by one of the units or one below; no units: by anybody. */
export interface CalendarBound {
  readonly hours: readonly WeeklyHours[];
  readonly units: readonly string[];
}

/**
 * What the records of a day, a week from Monday, a calendar month or a year can mint, by their days of service: in COIN, in whole steps of
 * `rounding_step`, and by how many of them can mint at all; null: as many as there are. `pair`: those of one volunteer for one recipient.
 * What a member's day and week can mint in COIN, `cap_day` and `cap_week` say.
 */
export type FurtherCap = MemberCap | UnitCap;

interface CapTerms {
  readonly within: 'day' | 'week' | 'month' | 'year';
  readonly coins: string | null;
  readonly records: number | null;
}

export interface MemberCap extends CapTerms {
  readonly per: 'member' | 'pair';
}

/** For each of these units by itself: all records of those who belonged to it, or to one below it, on the day of service. */
export interface UnitCap extends CapTerms {
  readonly per: 'unit';
  readonly units: readonly string[];
}

/** COIN that services of these types can mint in a month, in a year, or as long as there is the programme, for all members together. */
export interface ProgrammeBudget {
  readonly programme: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly service_types: readonly string[];
  readonly within: 'month' | 'year' | 'whole';
  readonly coins: string;
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
