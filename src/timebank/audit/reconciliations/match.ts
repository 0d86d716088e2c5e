/**
 * The three-way match: the ledger's redemptions of a period against a partner's statement, reference by reference, with
 * totals in which every item and every line is accounted for. It holds one reference at a time, however long the file; it does
 * not know which partner it is, where the two sides come from, or who deals with a difference.
 */
import { addDays } from '../../../lib/clock.js';
import { classifyReference, isInPeriod, signedFigures } from './classify.js';
import { addFigures, type Figures, subtractFigures, sumFigures, zeroFigures } from './figures.js';
import {
  type LedgerItem,
  type MatchStatus,
  type MatchWindow,
  perStatus,
  type ReferenceResult,
  type StatementLine,
} from './verdicts.js';

/** Changes with every rule that gives another verdict, reason or fact for the same inputs: a run says by which it was made. */
export const matcherVersion = 1;

/** The days a run is about, in the ledger's zone, both inclusive. */
export interface DayRange {
  readonly first: string;
  readonly last: string;
}

/** Everything that both sides have under one reference. */
export interface ReferenceGroup {
  readonly reference: string;
  /** Effective in the period or in the cut-off window around it. */
  readonly items: readonly LedgerItem[];
  /** Of the whole file. */
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

/** The period with the cut-off window around it. */
export function matchWindow({ first, last }: DayRange, cutoffDays: number): MatchWindow {
  if (first > last || cutoffDays < 0) throw new RangeError(`not a period: ${first} to ${last}, cut-off ${cutoffDays}`);
  return { first, last, earliest: addDays(first, -cutoffDays), latest: addDays(last, cutoffDays) };
}

/**
 * Matches by exact reference; `classify.ts` holds the rules. A line repeated over two files is not seen here: leave out the
 * items that an earlier, signed-off run has matched.
 */
export class StatementMatch {
  private readonly counts = perStatus(() => ({ count: 0, ledger: zeroFigures, statement: zeroFigures }));
  private items = { all: zeroFigures, inPeriod: zeroFigures };
  private lines = { all: zeroFigures, inPeriod: zeroFigures };

  constructor(private readonly window: MatchWindow) {}

  /** The verdict on the next reference, each taken once; null when nothing of it belongs to the period. */
  take({ reference, items, lines }: ReferenceGroup): ReferenceResult | null {
    const { window } = this;
    const signed = lines.map((line) => ({ booked_on: line.booked_on, ...signedFigures(line) }));
    this.items = added(
      this.items,
      items,
      items.filter((item) => isInPeriod(item.effectiveOn, window)),
    );
    this.lines = added(
      this.lines,
      signed,
      signed.filter((line) => isInPeriod(line.booked_on, window)),
    );
    const result = classifyReference(reference, items, lines, window);
    if (result) {
      const sums = this.counts[result.status];
      sums.count += 1;
      sums.ledger = addFigures(sums.ledger, result.ledger);
      sums.statement = addFigures(sums.statement, result.statement);
    }
    return result;
  }

  /** Over everything taken so far. */
  get totals(): MatchTotals {
    const byStatus = perStatus((status) => withDifference(this.counts[status]));
    const ledger = sumFigures(Object.values(byStatus).map((one) => one.ledger));
    const statement = sumFigures(Object.values(byStatus).map((one) => one.statement));
    return {
      ...withDifference({ ledger, statement }),
      byStatus,
      ledgerInPeriod: this.items.inPeriod,
      statementInPeriod: this.lines.inPeriod,
      ledgerUnreported: subtractFigures(this.items.all, ledger),
      statementOutside: subtractFigures(this.lines.all, statement),
    };
  }
}

function added(
  sums: { all: Figures; inPeriod: Figures },
  all: readonly Figures[],
  inPeriod: readonly Figures[],
): { all: Figures; inPeriod: Figures } {
  return {
    all: addFigures(sums.all, sumFigures(all)),
    inPeriod: addFigures(sums.inPeriod, sumFigures(inPeriod)),
  };
}

function withDifference<Sides extends { ledger: Figures; statement: Figures }>(sides: Sides) {
  return { ...sides, difference: subtractFigures(sides.ledger, sides.statement) };
}
