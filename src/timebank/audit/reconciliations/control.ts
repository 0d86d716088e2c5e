/**
 * The totals of a match, in which every redemption and every line is accounted for, and the books beside them: what a run keeps
 * and its report shows.
 */

import { equalFigures, type Figures } from './figures.js';
import type { MatchTotals } from './match.js';
import { type ReportFigures, type ReportSides, showFigures, showSides } from './results.js';
import { type MatchStatus, perStatus } from './verdicts.js';

export interface Control extends ReportSides {
  /** What each status contributes to both sides and to the difference; the differences add up to `difference`. */
  readonly explained: Readonly<Record<MatchStatus, ReportSides & { readonly count: number }>>;
  /** By date alone, for comparison with the settlement and with the partner's own month. */
  readonly ledger_in_period: ReportFigures;
  readonly statement_in_period: ReportFigures;
  /** Redemptions of neighbouring periods without a line, and lines of other periods: in neither side above. */
  readonly ledger_unreported: ReportFigures;
  readonly statement_outside: ReportFigures;
  /** Captures less refunds on the partner's accounts in the books, effective in the period, up to the watermark. */
  readonly ledger_postings: ReportFigures;
  /** Whether `ledger_postings` equals `ledger_in_period`. */
  readonly books_agree: boolean;
}

export function controlOf(totals: MatchTotals, books: Figures): Control {
  return {
    ...showSides(totals),
    explained: perStatus((status) => ({
      count: totals.byStatus[status].count,
      ...showSides(totals.byStatus[status]),
    })),
    ledger_in_period: showFigures(totals.ledgerInPeriod),
    statement_in_period: showFigures(totals.statementInPeriod),
    ledger_unreported: showFigures(totals.ledgerUnreported),
    statement_outside: showFigures(totals.statementOutside),
    ledger_postings: showFigures(books),
    books_agree: equalFigures(books, totals.ledgerInPeriod),
  };
}

/** How many references have each verdict. */
export function countsOf({ explained }: Control): Record<MatchStatus, number> {
  return perStatus((status) => explained[status].count);
}
