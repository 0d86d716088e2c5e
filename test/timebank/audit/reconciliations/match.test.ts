/** Each verdict of the match, by the smallest example that earns it. October 2026, a cut-off of one day, points at 0.10. */
import t from 'tap';
import type {
  LedgerItem,
  ReferenceResult,
  StatementLine,
} from '../../../../src/timebank/audit/reconciliations/verdicts.js';
import { matchStatement } from '../../../support/match.js';

const period = { first: '2026-10-01', last: '2026-10-31' };

const item = (points: number, effectiveOn = '2026-10-10', entries = ['7'], reference = 'R1'): LedgerItem => ({
  redemption_id: `id-${reference}`,
  partner_reference: reference,
  points: BigInt(points),
  amountCny: BigInt(points * 10),
  effectiveOn,
  entries,
});

/** A line is numbered by its place in the statement; negative points are a refund. */
type Booking = [points: number, bookedOn?: string, cny?: number];
const lines = (...bookings: Booking[]): StatementLine[] =>
  bookings.map(([points, bookedOn = '2026-10-10', cny = points * 10], at) => ({
    line: at + 2,
    partner_reference: 'R1',
    booked_on: bookedOn,
    points: BigInt(Math.abs(points)),
    amountCny: BigInt(Math.abs(cny)),
    type: points < 0 ? 'refund' : 'redeem',
  }));

const match = (ledgerItems: LedgerItem[], statement: StatementLine[], cutoffDays?: number) =>
  matchStatement({ period, ledgerItems, lines: statement, ...(cutoffDays === undefined ? {} : { cutoffDays }) });

/** "status direction ledger/statement/difference points [outside lines]" of the one result. */
function verdict(ledgerItems: LedgerItem[], statement: StatementLine[], cutoffDays?: number): string {
  const { results } = match(ledgerItems, statement, cutoffDays);
  return results.map(describe).join('; ') || 'not reported';
}
function describe({ status, direction, ledger, statement, difference, outsideLines }: ReferenceResult): string {
  const sides = `${ledger.points}/${statement.points}/${difference.points}`;
  return [status, direction, sides, outsideLines.length > 0 ? `outside ${outsideLines}` : null]
    .filter(Boolean)
    .join(' ');
}

t.test('one line with the same points and money in the period is matched', async (t) => {
  const { results, counts, totals } = match([item(50)], lines([50]));
  t.same(results, [
    {
      partner_reference: 'R1',
      status: 'matched',
      direction: null,
      ledger: { points: 50n, amountCny: 500n },
      statement: { points: 50n, amountCny: 500n },
      difference: { points: 0n, amountCny: 0n },
      redemptionIds: ['id-R1'],
      entries: ['7'],
      lines: [2],
      outsideLines: [],
      reason: 'agrees',
      facts: { lines: [2], redeemedOn: [], bookedOn: [] },
    },
  ]);
  t.equal(counts.matched, 1);
  t.same(totals.difference, { points: 0n, amountCny: 0n });
});

t.test('a redemption without a line is missing at the partner', async (t) => {
  t.equal(verdict([item(50)], []), 'missing_at_partner 50/0/50');
});

t.test(
  'a redemption refunded in full that the partner never lists is matched: neither side claims anything',
  async (t) => {
    t.equal(verdict([item(0, '2026-10-10', ['7', '8'])], []), 'matched 0/0/0');
  },
);

t.test('a reference the ledger does not know is missing there, with all its lines in one result', async (t) => {
  t.equal(verdict([], lines([50], [30], [-10, '2026-12-24'])), 'missing_in_ledger 0/70/-70');
  t.same(match([], lines([50], [30])).results[0]?.lines, [2, 3]);
});

t.test('a difference of one point or one cent is an amount mismatch', async (t) => {
  t.equal(verdict([item(50)], lines([51])), 'amount_mismatch 50/51/-1');
  const cent = match([item(50)], lines([50, '2026-10-10', 501])).results[0];
  t.same([cent?.status, cent?.difference], ['amount_mismatch', { points: 0n, amountCny: -1n }]);
  t.equal(cent?.reason, 'amounts_differ');
});

t.test(
  'booked in the next period within the cut-off is timing, a day later it is missing at the partner',
  async (t) => {
    t.equal(verdict([item(50, '2026-10-31')], lines([50, '2026-11-01'])), 'timing_cutoff booked_after_period 50/50/0');
    const late = match([item(50, '2026-10-31')], lines([50, '2026-11-02']));
    t.equal(late.results.map(describe).join(), 'missing_at_partner 50/0/50 outside 2');
    t.match(late.results[0], { reason: 'lines_outside_window', facts: { lines: [2], bookedOn: ['2026-11-02'] } });
    t.equal(late.totals.statementOutside.points, 50n, 'the line is in no figure but accounted for');
    t.equal(
      verdict([item(50, '2026-10-31')], lines([50, '2026-11-03']), 3),
      'timing_cutoff booked_after_period 50/50/0',
    );
    t.equal(verdict([item(50, '2026-10-31')], lines([50, '2026-11-01']), 0), 'missing_at_partner 50/0/50 outside 2');
  },
);

t.test('the mirror: redeemed just before or after the period and booked in it is timing', async (t) => {
  t.equal(verdict([item(50, '2026-09-30')], lines([50, '2026-10-01'])), 'timing_cutoff redeemed_before_period 50/50/0');
  t.equal(verdict([item(50, '2026-11-01')], lines([50, '2026-10-31'])), 'timing_cutoff redeemed_after_period 50/50/0');
  t.equal(verdict([item(50, '2026-10-01')], lines([50, '2026-09-30'])), 'timing_cutoff booked_before_period 50/50/0');
});

t.test('a redemption of a neighbouring period without a line is not reported', async (t) => {
  const { results, totals } = match([item(50, '2026-09-30'), item(20, '2026-11-01', ['9'], 'R2')], []);
  t.same(results, []);
  t.equal(totals.ledgerUnreported.points, 70n);
});

t.test('an amount that differs wins over the cut-off', async (t) => {
  t.equal(verdict([item(50, '2026-10-31')], lines([40, '2026-11-01'])), 'amount_mismatch 50/40/10');
  t.equal(verdict([item(50, '2026-10-31')], lines([40, '2026-12-01'])), 'amount_mismatch 50/40/10');
});

t.test('several lines that add up are matched as a group if movements or a refund explain them', async (t) => {
  t.equal(verdict([item(50, '2026-10-10', ['7', '8'])], lines([20], [30])), 'matched 50/50/0');
  t.equal(verdict([item(30, '2026-10-10', ['7', '9'])], lines([50], [-20])), 'matched 30/30/0');
  t.equal(verdict([item(0, '2026-10-10', ['7', '9'])], lines([50], [-50])), 'matched 0/0/0');
  t.equal(verdict([item(50)], lines([50], [50], [-50])), 'matched 50/50/0', 'the partner took its own duplicate back');
  t.equal(verdict([item(-50)], lines([-50])), 'matched -50/-50/0', 'a refund of an earlier month');
  t.equal(verdict([item(50)], lines([20], [30])), 'amount_mismatch 50/50/0', 'one movement does not explain two lines');
});

t.test('a line that repeats the full amount is a duplicate, once and not also matched', async (t) => {
  t.equal(verdict([item(50)], lines([50], [50])), 'duplicate_at_partner 50/100/-50');
  t.equal(verdict([item(50)], lines([50], [50, '2026-12-24'], [50])), 'duplicate_at_partner 50/150/-100');
  t.equal(verdict([item(50)], lines([50], [30])), 'amount_mismatch 50/80/-30');
  t.equal(verdict([item(50)], lines([50], [50, '2026-10-10', 501])), 'amount_mismatch 50/100/-50');
  t.equal(verdict([item(100, '2026-10-10', ['7', '8'])], lines([50], [50])), 'matched 100/100/0', 'two captures of 50');
});

t.test('a refund just after the period is taken in when only it explains the lines', async (t) => {
  const both = [item(50, '2026-10-31'), item(-50, '2026-11-01', ['9'])];
  t.equal(verdict(both, lines([50, '2026-10-31'])), 'matched 50/50/0');
  t.equal(verdict(both, lines([50, '2026-10-31'], [-50, '2026-11-01'])), 'timing_cutoff booked_after_period 0/0/0');
});

t.test(
  'lines within and beyond the window that only agree together are an amount mismatch of what is within',
  async (t) => {
    t.equal(
      verdict([item(50, '2026-10-10', ['7', '8'])], lines([20], [30, '2026-12-24'])),
      'amount_mismatch 50/20/30 outside 3',
    );
  },
);

t.test('a line in the period for a redemption far outside it is missing in the ledger of this period', async (t) => {
  const { results } = match([item(50, '2026-08-01')], lines([50]));
  t.equal(results.map(describe).join(), 'missing_in_ledger 0/50/-50');
  t.match(results[0], { reason: 'ledger_outside_window', facts: { redeemedOn: ['2026-08-01'] } });
});

t.test(
  'lines that belong in another file, or whose amount is not positive, break the integrity of the file',
  async (t) => {
    t.equal(verdict([item(50, '2026-11-01')], lines([50, '2026-11-01'])), 'file_integrity 0/50/-50');
    t.equal(verdict([item(50)], lines([0])), 'file_integrity 50/0/50');
  },
);

t.test('results stand in the order of the references, entries and lines in the order of their numbers', async (t) => {
  const items = [
    item(10, '2026-10-02', ['100', '9', '20'], 'b'),
    item(10, '2026-10-02', ['3'], 'B'),
    item(10, '2026-10-02', ['4'], 'a1'),
  ];
  const { results } = match(items, lines([5], [5]).reverse());
  t.same(
    results.map((result) => result.partner_reference),
    ['B', 'R1', 'a1', 'b'],
  );
  t.same(results[3]?.entries, ['9', '20', '100']);
  t.same(results[1]?.lines, [2, 3]);
});

t.test('a period that ends before it starts is a bug of the caller', async (t) => {
  t.throws(
    () => matchStatement({ period: { first: '2026-10-02', last: '2026-10-01' }, ledgerItems: [], lines: [] }),
    RangeError,
  );
});
