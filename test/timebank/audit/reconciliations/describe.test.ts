/** Sentences are made from codes and numbers, whatever the run; a list of ten thousand lines is still a sentence. */
import t from 'tap';
import { describeResult } from '../../../../src/timebank/audit/reconciliations/describe.js';
import { matchReasons, type ReferenceResult } from '../../../../src/timebank/audit/reconciliations/verdicts.js';

const window = { first: '2026-10-01', last: '2026-10-31', earliest: '2026-09-30', latest: '2026-11-01' };
const figures = (points: bigint) => ({ points, amountCny: points * 10n });
const result = (given: Partial<ReferenceResult>): ReferenceResult => ({
  partner_reference: 'R1',
  status: 'matched',
  direction: null,
  reason: 'agrees',
  facts: { lines: [2], redeemedOn: ['2026-10-31'], bookedOn: ['2026-11-01'] },
  ledger: figures(50n),
  statement: figures(51n),
  difference: figures(-1n),
  redemptionIds: [],
  entries: [],
  lines: [2],
  outsideLines: [],
  ...given,
});

t.test('every reason has a sentence of its own', async (t) => {
  const sentences = matchReasons.map((reason) => describeResult(result({ reason }), window));
  t.equal(new Set(sentences).size, matchReasons.length);
});

t.test('the sentence names lines, amounts and days', async (t) => {
  t.equal(describeResult(result({}), window).en, 'line 2 agrees with the ledger to the point and the cent');
  t.equal(
    describeResult(result({ reason: 'amounts_differ' }), window).en,
    'the ledger has 50 points (5.00 CNY), the statement 51 points (5.10 CNY) on line 2',
  );
  t.equal(
    describeResult(result({ reason: 'across_cutoff' }), window).en,
    'redeemed on 2026-10-31, line 2 booked on 2026-11-01: the same amounts across the cut-off',
  );
  t.equal(
    describeResult(result({ reason: 'unknown_in_ledger' }), window).en,
    'line 2: the ledger has nothing under this reference from 2026-09-30 to 2026-11-01',
  );
});

t.test('a reference that stands on every line of a file names the first twenty', async (t) => {
  const lines = Array.from({ length: 10_000 }, (_, i) => i + 2);
  const many = result({ reason: 'line_repeated', facts: { lines, redeemedOn: [], bookedOn: [] } });
  t.match(
    describeResult(many, window).en,
    /^lines 2, 3, [\d, ]+21 and 9980 more each carry the ledger's full 50 points/,
  );
});
