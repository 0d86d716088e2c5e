/**
 * The one place that knows status codes: every refusal of the domain, and everything that can go wrong at the door before the
 * domain is asked, as an RFC 9457 problem. It does not know why a refusal was thrown, nor how a reply is sent.
 */
import type { FieldError, Refusal, RefusalCode } from '../lib/refusal.js';

interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

/** One code, one status, wherever it is thrown. docs/errors.md lists them all. */
export const problemFor = {
  // accounts and entries
  account_not_found: { status: 404, title: 'No such account' },
  account_exists: { status: 409, title: 'The account exists already' },
  account_closed: { status: 422, title: 'The account is closed' },
  account_frozen: { status: 422, title: 'The account is frozen' },
  account_restricted: { status: 422, title: 'The account is kept by the time bank' },
  amount_invalid: { status: 422, title: 'The amount is not one the asset can hold' },
  asset_not_found: { status: 404, title: 'No such asset' },
  asset_mismatch: { status: 422, title: 'The accounts of a leg differ in asset' },
  balance_insufficient: { status: 422, title: 'The balance is too low' },
  ceiling_exceeded: { status: 422, title: 'The balance would pass its ceiling' },
  leg_invalid: { status: 422, title: 'A leg cannot be posted' },
  leg_restricted: { status: 422, title: 'An entry of this kind may not move this' },
  entry_not_found: { status: 404, title: 'No such entry' },
  entry_already_reversed: { status: 409, title: 'The entry is reversed already' },
  entry_not_reversible: { status: 422, title: 'The entry cannot be reversed' },
  entry_too_large: { status: 422, title: 'The entry is too large for the log' },
  period_closed: { status: 422, title: 'The accounting period is closed' },
  period_invalid: { status: 422, title: 'The accounting period cannot be used so' },
  date_in_future: { status: 422, title: 'The date lies in the future' },
  date_before_original: { status: 422, title: 'The date lies before what is corrected' },
  adjustment_not_found: { status: 404, title: 'No such adjustment' },
  adjustment_decided: { status: 409, title: 'The adjustment is decided already' },
  adjustment_undecided: { status: 409, title: 'The adjustment is not decided yet' },
  text_absent: { status: 409, title: 'There is no text to erase' },
  // the lane
  ledger_not_found: { status: 404, title: 'No such ledger' },
  ledger_busy: { status: 503, title: 'The ledger has too much to do' },
  ledger_unavailable: { status: 503, title: 'The ledger cannot be reached' },
  storage_full: { status: 503, title: 'The database has no room left' },
  idempotency_key_missing: { status: 400, title: 'The Idempotency-Key header is missing' },
  idempotency_key_invalid: { status: 400, title: 'The Idempotency-Key header is malformed' },
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key belongs to another request' },
  idempotency_key_in_flight: { status: 409, title: 'The first request with this Idempotency-Key is still running' },
  // people
  org_unit_not_found: { status: 404, title: 'No such organisation unit' },
  org_unit_exists: { status: 409, title: 'The organisation unit exists already' },
  org_unit_level_invalid: { status: 422, title: 'The organisation unit does not fit below its parent' },
  member_not_found: { status: 404, title: 'No such member' },
  opening_points_exist: { status: 409, title: 'The member was opened with points already' },
  member_exists: { status: 409, title: 'The member exists already' },
  // service
  service_record_not_found: { status: 404, title: 'No such service record' },
  service_record_exists: { status: 409, title: 'The service is recorded already' },
  service_overlap: { status: 422, title: 'The service overlaps another of the same member' },
  service_time_invalid: { status: 422, title: 'The times of the service are not possible' },
  service_type_unknown: { status: 422, title: 'The type of service is not known' },
  self_approval: { status: 422, title: 'No one approves what is their own' },
  approver_invalid: { status: 422, title: 'A service is approved by a person' },
  recorder_not_found: { status: 404, title: 'No such recorder' },
  rule_set_not_found: { status: 404, title: 'No such rule set' },
  rule_set_not_effective: { status: 422, title: 'The rules were not in force on that day' },
  // partners
  partner_not_found: { status: 404, title: 'No such partner' },
  partner_exists: { status: 409, title: 'The partner exists already' },
  partner_reference_exists: { status: 409, title: 'The partner has used this reference' },
  backdating_refused: { status: 422, title: 'The date lies too far back' },
  redemption_not_found: { status: 404, title: 'No such redemption' },
  redemption_not_open: { status: 409, title: 'The redemption is no longer open' },
  hold_expired: { status: 422, title: 'The hold has expired' },
  capture_exceeds_hold: { status: 422, title: 'More than is held' },
  refund_exceeds_capture: { status: 422, title: 'More than was captured' },
  // credentials
  credential_not_found: { status: 404, title: 'No such credentials' },
  credential_ended: { status: 409, title: 'The credentials have ended' },
  subject_not_found: { status: 404, title: 'Nobody is known under this pseudonym' },
  // files
  import_not_found: { status: 404, title: 'No such import' },
  import_already_committed: { status: 409, title: 'The import is committed already' },
  file_invalid: { status: 422, title: 'The file cannot be read' },
  file_expired: { status: 410, title: 'The file is not kept any more' },
  partner_statement_not_found: { status: 404, title: 'No such partner statement' },
  partner_statement_exists: { status: 409, title: 'A statement of this number or a later one was sent' },
  reconciliation_not_found: { status: 404, title: 'No such reconciliation' },
  reconciliation_running: { status: 409, title: 'The reconciliation is still being computed' },
  reconciliation_failed: { status: 409, title: 'The reconciliation could not be computed' },
  // jobs
  job_not_found: { status: 404, title: 'No such job' },
  job_ended: { status: 409, title: 'The job has ended' },
  job_in_progress: { status: 409, title: 'A job is doing this already' },
  job_cancelled: { status: 409, title: 'The job was cancelled' },
  // the door
  request_invalid: { status: 400, title: 'The request is not well formed' },
  unauthenticated: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'The token does not allow this' },
  not_found: { status: 404, title: 'Nothing is here' },
  rate_limited: { status: 429, title: 'Too many requests' },
  client_invalid: { status: 401, title: 'The client or its secret is wrong' },
} as const satisfies Record<RefusalCode, ProblemKind>;

/** What only HTTP can get wrong: these never leave the domain as a refusal. Documented beside the others. */
export const doorProblems = {
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  body_too_large: { status: 413, title: 'The body is too large' },
  media_type_unsupported: { status: 415, title: 'The media type of the body is not supported' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal_error: { status: 500, title: 'The service failed' },
} as const satisfies Record<string, ProblemKind>;

export type DoorCode = keyof typeof doorProblems;
export type ProblemCode = RefusalCode | DoorCode;

export const problemType = 'application/problem+json';

export interface RenderedProblem {
  readonly status: number;
  /** The JSON text of the problem. */
  readonly body: string;
}

/** The problem that answers a refusal. `requestId` lets support find the request in the log. */
export function renderProblem(refusal: Refusal, requestId: string): RenderedProblem {
  return render(refusal.code, refusal.message, requestId, refusal.facts.errors);
}

/** The problem for what went wrong before the domain was asked. */
export function renderDoorProblem(code: DoorCode, detail: string, requestId: string): RenderedProblem {
  return render(code, detail, requestId, undefined);
}

/** Seconds for Retry-After where waiting helps; undefined where it does not. */
export function retryAfterOf(refusal: Refusal): number | undefined {
  const { retryAfterSeconds } = refusal.facts;
  if (retryAfterSeconds !== undefined) return Math.max(1, Math.ceil(retryAfterSeconds));
  return defaultRetryAfterSeconds[refusal.code];
}

const defaultRetryAfterSeconds: Partial<Record<RefusalCode, number>> = {
  ledger_busy: 1,
  ledger_unavailable: 2,
  storage_full: 30,
  idempotency_key_in_flight: 1,
  reconciliation_running: 2,
  rate_limited: 60,
};

const codeInside = /^\{"type":"urn:timeledger:problem:(\w+)"/;

/** The code of a problem from its text. */
export function codeOfProblem(body: string): string | undefined {
  return codeInside.exec(body)?.[1];
}

export function kindOf(code: ProblemCode): ProblemKind {
  return code in problemFor ? problemFor[code as RefusalCode] : doorProblems[code as DoorCode];
}

/** The members that are the same for every problem of a code, written once: refusals come by the thousand on a bad day. */
const heads = new Map<ProblemCode, { status: number; text: string }>();

function headOf(code: ProblemCode): { status: number; text: string } {
  let head = heads.get(code);
  if (!head) {
    const { status, title } = kindOf(code);
    const text = JSON.stringify({ type: `urn:timeledger:problem:${code}`, title, status, code });
    head = { status, text: text.slice(0, -1) };
    heads.set(code, head);
  }
  return head;
}

function render(
  code: ProblemCode,
  detail: string,
  requestId: string,
  errors: readonly FieldError[] | undefined,
): RenderedProblem {
  const { status, text } = headOf(code);
  const tail = errors && errors.length > 0 ? `,"errors":${JSON.stringify(errors)}` : '';
  return {
    status,
    body: `${text},"detail":${JSON.stringify(detail)},"request_id":${JSON.stringify(requestId)}${tail}}`,
  };
}
