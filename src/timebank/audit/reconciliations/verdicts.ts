/** What a reconciliation looks at and what it says: both sides of a partner reference, and the words of a verdict. It gives none. */
import type { StatementLineType } from '../../words.js';
import type { Figures } from './figures.js';

export const matchStatuses = [
  'matched',
  'missing_at_partner',
  'missing_in_ledger',
  'amount_mismatch',
  'duplicate_at_partner',
  'timing_cutoff',
  'file_integrity',
] as const;
export type MatchStatus = (typeof matchStatuses)[number];

/** One value for every status, in their order. */
export function perStatus<T>(of: (status: MatchStatus) => T): Record<MatchStatus, T> {
  return Object.fromEntries(matchStatuses.map((status) => [status, of(status)])) as Record<MatchStatus, T>;
}

/** Which rule gave the verdict; what it says in words is `describeResult`'s. */
export const matchReasons = [
  'agrees',
  'refunded_in_full',
  'no_line',
  'unknown_in_ledger',
  'ledger_outside_window',
  'amounts_differ',
  'lines_exceed_movements',
  'line_repeated',
  'lines_outside_window',
  'across_cutoff',
  'amount_not_positive',
  'other_period',
] as const;
export type MatchReason = (typeof matchReasons)[number];

/** Which side fell outside the period, and on which end. */
export const timingDirections = [
  'booked_after_period',
  'booked_before_period',
  'redeemed_before_period',
  'redeemed_after_period',
] as const;
export type TimingDirection = (typeof timingDirections)[number];

/** A redemption's captures less refunds on the ledger's side; `entries` are the numbers of the entries behind it. */
export interface LedgerItem extends Figures {
  readonly redemption_id: string;
  readonly partner_reference: string;
  readonly effectiveOn: string;
  readonly entries: readonly string[];
}

/** A line of the partner's statement; points and CNY are positive, `type` carries the sign. */
export interface StatementLine extends Figures {
  readonly line: number;
  readonly partner_reference: string;
  readonly booked_on: string;
  readonly type: StatementLineType;
}

/** The period with its days `first` and `last`, and the cut-off window around it, `earliest` to `latest`; all inclusive. */
export interface MatchWindow {
  readonly first: string;
  readonly last: string;
  readonly earliest: string;
  readonly latest: string;
}

/** What the rule that decided looked at: the lines it is about, and the days on either side where they matter to it. */
export interface MatchFacts {
  readonly lines: readonly number[];
  readonly redeemedOn: readonly string[];
  readonly bookedOn: readonly string[];
}

export interface ReferenceResult {
  readonly partner_reference: string;
  readonly status: MatchStatus;
  /** For `timing_cutoff`, else null. */
  readonly direction: TimingDirection | null;
  readonly reason: MatchReason;
  readonly facts: MatchFacts;
  readonly ledger: Figures;
  readonly statement: Figures;
  /** Ledger less statement. */
  readonly difference: Figures;
  readonly redemptionIds: readonly string[];
  readonly entries: readonly string[];
  /** The lines that `statement` adds up. */
  readonly lines: readonly number[];
  /** Lines of the reference that belong to another period and are in no figure. */
  readonly outsideLines: readonly number[];
}
