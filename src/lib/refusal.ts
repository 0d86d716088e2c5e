/**
 * A refusal is the service saying no to a request it understood: an expected answer, not a fault. It carries a code in
 * the domain's words and the facts behind it, said in both languages; it knows no status code (see http/problem-kinds.ts) and never a stack
 * worth reading.
 */
import type { Words } from './language.js';

/** Every code a refusal can carry, noun first. docs/errors.md explains each; a test holds the two lists together. */
export const refusalCodes = [
  // accounts and entries
  'account_not_found',
  'account_exists',
  'account_closed',
  'account_frozen',
  'account_restricted',
  'amount_invalid',
  'asset_not_found',
  'asset_mismatch',
  'balance_insufficient',
  'ceiling_exceeded',
  'leg_invalid',
  'leg_restricted',
  'entry_not_found',
  'entry_already_reversed',
  'entry_not_reversible',
  'entry_too_large',
  'period_closed',
  'period_invalid',
  'date_in_future',
  'date_before_original',
  'adjustment_not_found',
  'adjustment_decided',
  'adjustment_undecided',
  'text_absent',
  // the lane
  'ledger_not_found',
  'ledger_busy',
  'ledger_unavailable',
  'storage_full',
  'idempotency_key_missing',
  'idempotency_key_invalid',
  'idempotency_key_reused',
  'idempotency_key_in_flight',
  // people
  'org_unit_not_found',
  'org_unit_exists',
  'org_unit_level_invalid',
  'org_unit_closed',
  'org_unit_in_use',
  'org_unit_unchanged',
  'county_exists',
  'member_not_found',
  'member_exists',
  'member_has_gifts',
  'opening_points_exist',
  'intake_item_not_found',
  'intake_item_conflict',
  'intake_batch_not_found',
  'intake_batch_closed',
  'member_suspended',
  'member_inactive',
  'member_merged',
  'member_unchanged',
  'member_state_invalid',
  'second_unit_invalid',
  'member_merge_invalid',
  'member_merge_blocked',
  'member_merge_not_found',
  'member_has_holds',
  'member_has_orders',
  'closing_open',
  'closing_not_found',
  'beneficiary_invalid',
  'kin_not_found',
  'kin_exists',
  'kin_invalid',
  'kin_limit',
  'kin_decided',
  'weekly_hours_invalid',
  'station_not_found',
  'station_exists',
  'station_closed',
  'specialty_unknown',
  'specialty_exists',
  'talent_not_found',
  'talent_exists',
  'talent_ended',
  'qualification_not_found',
  'qualification_ended',
  'team_not_found',
  'team_exists',
  'team_dissolved',
  'team_member_not_found',
  'team_member_exists',
  'team_leader_required',
  'care_subject_not_found',
  'care_subject_exists',
  'care_subject_ended',
  // personal data
  'consent_missing',
  'consent_exists',
  'consent_not_found',
  'national_id_invalid',
  'unmask_not_allowed',
  'member_erased',
  'erasure_not_requested',
  // service
  'service_record_not_found',
  'service_record_exists',
  'service_overlap',
  'service_time_invalid',
  'service_type_unknown',
  'service_record_corrected',
  'correction_invalid',
  'correction_differs',
  'correction_not_found',
  'correction_undecided',
  'order_not_found',
  'order_exists',
  'order_state_invalid',
  'order_role_invalid',
  'order_time_invalid',
  'order_full',
  'order_joined',
  'recurrence_invalid',
  'offer_not_found',
  'offer_exists',
  'offer_not_open',
  'proof_invalid',
  'proof_replaced',
  'evidence_invalid',
  'evidence_missing',
  'evidence_not_found',
  'record_too_late',
  'reason_missing',
  'code_invalid',
  'code_locked',
  'verdict_invalid',
  'redeem_age_not_met',
  'fund_not_for_member',
  'gift_decided',
  'gift_invalid',
  'gift_limit',
  'gift_not_found',
  'gift_restricted',
  'grant_decided',
  'grant_not_found',
  'qualification_missing',
  'self_approval',
  'approver_invalid',
  'recorder_not_found',
  'rule_set_not_found',
  'rule_set_not_effective',
  'rule_set_invalid',
  'rule_set_overlap',
  'rule_set_decided',
  'rule_set_outdated',
  'recomputation_not_found',
  'spot_check_not_found',
  'record_not_drawn',
  'recomputation_decided',
  'certificate_not_found',
  'certificate_empty',
  'certificate_too_long',
  'certificate_revoked',
  'award_round_not_found',
  'award_round_state_invalid',
  'award_round_empty',
  'award_round_too_large',
  'award_criteria_invalid',
  'award_notice_invalid',
  'award_notice_running',
  'award_candidate_not_found',
  'award_objection_not_found',
  'award_objection_exists',
  'award_objection_answered',
  'award_objections_open',
  'award_party_voted',
  'award_not_found',
  'award_revoked',
  'award_revocation_open',
  'award_revocation_not_found',
  // partners
  'partner_not_found',
  'partner_exists',
  'partner_reference_exists',
  'backdating_refused',
  'redemption_not_found',
  'redemption_not_open',
  'hold_expired',
  'capture_exceeds_hold',
  'refund_exceeds_capture',
  // credentials
  'credential_not_found',
  'credential_ended',
  'subject_not_found',
  // files
  'import_not_found',
  'import_already_committed',
  'import_mapping_not_found',
  'import_mapping_invalid',
  'file_invalid',
  'file_expired',
  'partner_statement_not_found',
  'partner_statement_exists',
  'reconciliation_not_found',
  'reconciliation_running',
  'reconciliation_failed',
  // jobs
  'job_not_found',
  'job_ended',
  'job_in_progress',
  'job_cancelled',
  // the door
  'request_invalid',
  'unauthenticated',
  'forbidden',
  'not_found',
  'rate_limited',
  'client_invalid',
] as const;

export type RefusalCode = (typeof refusalCodes)[number];

/** One place in the request that is wrong: `pointer` is a JSON Pointer into the body, or `/query/x`, or `/lines/12`. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: Words;
}

export interface RefusalFacts {
  /** The places that are wrong, for a form or a file. */
  readonly errors?: readonly FieldError[];
  /** Seconds after which the same request may succeed. */
  readonly retryAfterSeconds?: number;
}

/** The expected "no": thrown where it is decided, rendered once, in one language, by http/problems.ts or the CLI. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: RefusalCode,
    readonly detail: Words,
    readonly facts: RefusalFacts = {},
  ) {
    // Refusals are answers, thousands a second on a bad day: no stack is taken.
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    // For logs and tests.
    super(detail.en);
    Error.stackTraceLimit = limit;
  }
}
