/** A report can be made again to the byte, and its control figures say what its rows add up to. */
import t from 'tap';
import { readCsv } from '../../../../src/lib/csv.js';
import { matchStatement } from '../../../../src/timebank/audit/reconciliations/match.js';
import {
  reconciliationCsv,
  reconciliationReport,
  reportColumns,
} from '../../../../src/timebank/audit/reconciliations/report.js';

const context = {
  partner: 'xc-bank',
  period: '2026-10',
  from: '2026-10-01',
  to: '2026-10-31',
  sequence: 1,
  zone: 'Asia/Shanghai',
  cutoffDays: 1,
  rules: 'xinchang-pilot/1',
  watermark: '4711',
  inputSha256: 'ab'.repeat(32),
};

const item = (partner_reference: string, points: bigint, effectiveOn: string, entry: string) => ({
  redemption_id: `id-${partner_reference}`,
  partner_reference,
  points,
  amountCny: points * 10n,
  effectiveOn,
  entries: [entry],
});
const line = (number: number, partner_reference: string, points: bigint, booked_on: string) => ({
  line: number,
  partner_reference,
  booked_on,
  points,
  amountCny: points * 10n,
  type: 'redeem' as const,
});

const items = [
  item('R1', 50n, '2026-10-02', '11'),
  item('R2', 30n, '2026-10-03', '12'),
  item('R3', 20n, '2026-10-31', '13'),
  item('R4', 10n, '2026-10-05', '14'),
  item('R9', 70n, '2026-11-01', '15'),
];
const lines = [
  line(2, 'R1', 50n, '2026-10-02'),
  line(3, 'R2', 35n, '2026-10-03'),
  line(4, 'R3', 20n, '2026-11-01'),
  line(5, 'R4', 10n, '2026-12-05'),
];
const match = (ledgerItems = items, statement = lines) =>
  matchStatement({ period: { first: '2026-10-01', last: '2026-10-31' }, ledgerItems, lines: statement });

t.test('the report names its input, its parameters, its counts and its breaks', async (t) => {
  const report = reconciliationReport(match(), context);
  t.match(report, {
    partner: 'xc-bank',
    period: '2026-10',
    watermark: '4711',
    input_sha256: 'ab'.repeat(32),
    parameters: {
      first: '2026-10-01',
      last: '2026-10-31',
      zone: 'Asia/Shanghai',
      cutoff_days: 1,
      rules: 'xinchang-pilot/1',
    },
    counts: { matched: 1, amount_mismatch: 1, timing_cutoff: 1, missing_at_partner: 1, missing_in_ledger: 0 },
    references: { matched: ['R1'], amount_mismatch: ['R2'], timing_cutoff: ['R3'], missing_at_partner: ['R4'] },
  });
  t.same(
    report.breaks.map((one) => one.partner_reference),
    ['R2', 'R3', 'R4'],
  );
  t.match(report.breaks[1], {
    direction: 'booked_after_period',
    lines: [4],
    outside_lines: [],
    redemptions: ['id-R3'],
    entries: ['13'],
  });
});

t.test('the control figures are the sums of both sides, and what is left out is stated', async (t) => {
  const { control } = reconciliationReport(match(), context);
  t.same(control.ledger, { points: '110', cny: '11.00' });
  t.same(control.statement, { points: '105', cny: '10.50' });
  t.same(control.difference, { points: '5', cny: '0.50' });
  t.same(control.explained.amount_mismatch.difference, { points: '-5', cny: '-0.50' });
  t.same(control.explained.missing_at_partner.difference, { points: '10', cny: '1.00' });
  t.same(control.ledger_in_period, { points: '110', cny: '11.00' });
  t.same(control.statement_in_period, { points: '85', cny: '8.50' });
  t.same(control.ledger_unreported, { points: '70', cny: '7.00' });
  t.same(control.statement_outside, { points: '10', cny: '1.00' });
});

t.test('the same inputs in another order give the same bytes', async (t) => {
  const [one, other] = [match(), match([...items].reverse(), [...lines].reverse())];
  t.equal(JSON.stringify(reconciliationReport(other, context)), JSON.stringify(reconciliationReport(one, context)));
  t.equal(reconciliationCsv(other), reconciliationCsv(one));
});

t.test('the CSV has a row for each reference and keeps negative amounts as numbers', async (t) => {
  const csv = reconciliationCsv(match());
  t.match(csv, /^partner_reference,status,[^\r]*,detail\r\n/);
  const { rows } = readCsv(new TextEncoder().encode(csv), reportColumns);
  t.same(
    rows.map(({ values }) => values.partner_reference),
    ['R1', 'R2', 'R3', 'R4'],
  );
  t.match(rows[1]?.values, {
    status: 'amount_mismatch',
    ledger_cny: '3.00',
    difference_points: '-5',
    difference_cny: '-0.50',
  });
  t.match(rows[3]?.values, { lines: '', outside_lines: '5', statement_points: '0' });
});
