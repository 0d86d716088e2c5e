/**
 * The three-way match: the ledger's redemptions of a period against a partner's statement, reference by reference, with
 * totals in which every item and every line is accounted for. Pure and independent of input order; it does not know which
 * partner it is, how the statement was read, or who deals with a difference.
 */
import { addDays } from '../../../lib/clock.js';
import {
  classifyReference,
  isInPeriod,
  type LedgerItem,
  type MatchStatus,
  type MatchWindow,
  perStatus,
  type ReferenceResult,
  type StatementLine,
  signedFigures,
} from './classify.js';
import { type Figures, subtractFigures, sumFigures } from './figures.js';

export interface MatchInput {
  /** First and last day of the period, in the ledger's zone. */
  readonly period: { readonly first: string; readonly last: string };
  /** Days before and after the period in which the other side may still have the redemption. Default 1. */
  readonly cutoffDays?: number;
  /** Everything effective in the period or in the cut-off window around it. */
  readonly ledgerItems: readonly LedgerItem[];
  /** The whole file. */
  readonly lines: readonly StatementLine[];
}

export interface StatusTotals {
  readonly count: number;
  readonly ledger: Figures;
  readonly statement: Figures;
  readonly difference: Figures;
}

/** `ledger - statement = difference`, and the sum of all results' differences. */
export interface MatchTotals {
  readonly ledger: Figures;
  readonly statement: Figures;
  readonly difference: Figures;
  readonly byStatus: Readonly<Record<MatchStatus, StatusTotals>>;
  /** By date alone: what the books and the statement have within the period. */
  readonly ledgerInPeriod: Figures;
  readonly statementInPeriod: Figures;
  /** Items of a neighbouring period that no line answers; `ledger` and this are all items given. */
  readonly ledgerUnreported: Figures;
  /** Lines of another period; `statement` and this are the whole file. */
  readonly statementOutside: Figures;
}

export interface MatchResult {
  readonly window: MatchWindow;
  /** One for each reference, in the byte order of the references. */
  readonly results: readonly ReferenceResult[];
  readonly counts: Readonly<Record<MatchStatus, number>>;
  readonly totals: MatchTotals;
}

/**
 * Matches by exact reference; `classify.ts` holds the rules. A line repeated over two files is not seen here: leave out the
 * items that an earlier, signed-off run has matched.
 */
export function matchStatement(input: MatchInput): MatchResult {
  const window = windowOf(input);
  const items = byReference(input.ledgerItems);
  const lines = byReference(input.lines);
  // References are ASCII (externalIdPattern), so the order of code units is the order of bytes.
  const references = [...new Set([...items.keys(), ...lines.keys()])].sort();
  const results = references
    .map((reference) => classifyReference(reference, items.get(reference) ?? [], lines.get(reference) ?? [], window))
    .filter((result) => result !== null);
  const totals = totalsOf(input, window, results);
  return { window, results, counts: perStatus((status) => totals.byStatus[status].count), totals };
}

function byReference<T extends { readonly partner_reference: string }>(all: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(one.partner_reference);
    if (group) group.push(one);
    else groups.set(one.partner_reference, [one]);
  }
  return groups;
}

function windowOf({ period: { first, last }, cutoffDays = 1 }: MatchInput): MatchWindow {
  if (first > last || cutoffDays < 0) throw new RangeError(`not a period: ${first} to ${last}, cut-off ${cutoffDays}`);
  return { first, last, earliest: addDays(first, -cutoffDays), latest: addDays(last, cutoffDays) };
}

function totalsOf(input: MatchInput, window: MatchWindow, results: readonly ReferenceResult[]): MatchTotals {
  const ledger = sumFigures(results.map((result) => result.ledger));
  const statement = sumFigures(results.map((result) => result.statement));
  const itemsInPeriod = input.ledgerItems.filter((item) => isInPeriod(item.effectiveOn, window));
  const linesInPeriod = input.lines.filter((line) => isInPeriod(line.booked_on, window));
  return {
    ledger,
    statement,
    difference: subtractFigures(ledger, statement),
    byStatus: perStatus((status) => statusTotals(results.filter((result) => result.status === status))),
    ledgerInPeriod: sumFigures(itemsInPeriod),
    statementInPeriod: sumFigures(linesInPeriod.map(signedFigures)),
    ledgerUnreported: subtractFigures(sumFigures(input.ledgerItems), ledger),
    statementOutside: subtractFigures(sumFigures(input.lines.map(signedFigures)), statement),
  };
}

function statusTotals(results: readonly ReferenceResult[]): StatusTotals {
  return {
    count: results.length,
    ledger: sumFigures(results.map((result) => result.ledger)),
    statement: sumFigures(results.map((result) => result.statement)),
    difference: sumFigures(results.map((result) => result.difference)),
  };
}
