/** The match over two whole sides at once, for tests: grouped by reference and taken in the byte order of the references. */

import { type DayRange, matchWindow, StatementMatch } from '../../src/timebank/audit/reconciliations/match.js';
import type { LedgerItem, ReferenceResult, StatementLine } from '../../src/timebank/audit/reconciliations/verdicts.js';
import { perStatus } from '../../src/timebank/audit/reconciliations/verdicts.js';

export interface MatchInput {
  readonly period: DayRange;
  /** Default 1. */
  readonly cutoffDays?: number;
  readonly ledgerItems: readonly LedgerItem[];
  readonly lines: readonly StatementLine[];
}

export function matchStatement({ period, cutoffDays = 1, ledgerItems, lines }: MatchInput) {
  const window = matchWindow(period, cutoffDays);
  const match = new StatementMatch(window);
  const [itemsOf, linesOf] = [byReference(ledgerItems), byReference(lines)];
  const results: ReferenceResult[] = [];
  for (const reference of [...new Set([...itemsOf.keys(), ...linesOf.keys()])].sort()) {
    const group = { reference, items: itemsOf.get(reference) ?? [], lines: linesOf.get(reference) ?? [] };
    const result = match.take(group);
    if (result) results.push(result);
  }
  const { totals } = match;
  return { window, results, counts: perStatus((status) => totals.byStatus[status].count), totals };
}

function byReference<T extends { readonly partner_reference: string }>(all: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(one.partner_reference, [...(groups.get(one.partner_reference) ?? []), one]);
  return groups;
}
