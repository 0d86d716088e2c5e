/** A report can be made again to the byte, and its control figures say what its rows add up to. */
import { createHash } from 'node:crypto';
import t from 'tap';

import { controlOf } from '../../../../src/timebank/audit/reconciliations/control.js';
import {
  type ReconciliationReport,
  type ResultSource,
  reportColumns,
  reportCsv,
  reportJson,
} from '../../../../src/timebank/audit/reconciliations/report.js';
import { ResultDigest, reportItem } from '../../../../src/timebank/audit/reconciliations/results.js';
import type { Reconciliation } from '../../../../src/timebank/audit/reconciliations/run.js';
import type { ReferenceResult } from '../../../../src/timebank/audit/reconciliations/verdicts.js';
import { readWhole } from '../../../support/csv.js';
import { matchStatement } from '../../../support/match.js';

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

/** The run that came to a match, with the books at what the redemptions of the period say. */
const runOf = ({ totals }: ReturnType<typeof match>): Reconciliation => ({
  reconciliation_id: '0199a2b4-7c3e-7d10-8f5a-2b6c9d0e1f23',
  partner_id: 'xc-bank',
  from: '2026-10-01',
  to: '2026-10-31',
  sequence: 1,
  partner_statement_id: '0199a2b4-7c3e-7d10-8f5a-2b6c9d0e1f24',
  cutoff_days: 1,
  watermark: 4711,
  rule_set: 'xinchang-pilot/1',
  statement_sha256: 'ab'.repeat(32),
  status: 'done',
  matcher_version: 1,
  attempt: '0199a2b4-7c3e-7d10-8f5a-2b6c9d0e1f25',
  result_count: 4,
  report_sha256: 'cd'.repeat(32),
  control: JSON.stringify(controlOf(totals, totals.ledgerInPeriod)),
  created_at: '2026-11-02T01:00:00.000000Z',
});

/** Results as a table hands them out: filtered, from after a reference on. */
const sourceOf = (all: readonly ReferenceResult[]): ResultSource => {
  const results: ResultSource['results'] = async (filter, { after, limit }) =>
    all
      .filter(({ status }) => filter === 'all' || (filter === 'breaks' ? status !== 'matched' : status === filter))
      .filter((result) => result.partner_reference > after)
      .slice(0, limit);
  const references: ResultSource['references'] = async (filter, page) =>
    (await results(filter, page)).map((result) => result.partner_reference);
  return { results, references };
};

async function whole(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

const jsonOf = (result: ReturnType<typeof match>) =>
  whole(reportJson(runOf(result), { zone: 'Asia/Shanghai', language: 'en' }, sourceOf(result.results)));
const reportOf = async (result: ReturnType<typeof match>) => JSON.parse(await jsonOf(result)) as ReconciliationReport;
const csvOf = (result: ReturnType<typeof match>) => whole(reportCsv(runOf(result), 'en', sourceOf(result.results)));

t.test('the report names its input, its parameters, its counts and its breaks', async (t) => {
  const report = await reportOf(match());
  t.match(report, {
    partner: 'xc-bank',
    from: '2026-10-01',
    to: '2026-10-31',
    sequence: 1,
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
  const { control } = await reportOf(match());
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
  t.equal(await jsonOf(other), await jsonOf(one));
  t.equal(await csvOf(other), await csvOf(one));
});

t.test('the CSV has a row for each reference and keeps negative amounts as numbers', async (t) => {
  const csv = await csvOf(match());
  t.match(csv, /^partner_reference,status,[^\r]*,detail\r\n/);
  const { rows } = readWhole(new TextEncoder().encode(csv), reportColumns);
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

t.test('a report of many pieces has every reference once, in order, in both forms', async (t) => {
  const many = Array.from({ length: 2_401 }, (_, i) => `P${String(i).padStart(5, '0')}`);
  const result = match(
    many.map((reference, i) => item(reference, 10n, '2026-10-05', String(i + 1))),
    many.filter((_, i) => i % 2 === 0).map((reference, i) => line(i + 2, reference, 10n, '2026-10-05')),
  );
  const { references, breaks, counts } = await reportOf(result);
  t.same(counts, { ...counts, matched: 1_201, missing_at_partner: 1_200 });
  t.same([...references.matched, ...references.missing_at_partner].sort(), many);
  t.same(
    breaks.map((one) => one.partner_reference),
    references.missing_at_partner,
  );
  const { rows } = readWhole(new TextEncoder().encode(await csvOf(result)), reportColumns);
  t.same(
    rows.map(({ values }) => values.partner_reference),
    many,
  );
});

t.test('the digest covers what is shown but the words, and can be recomputed from it', async (t) => {
  const { results, window } = match();
  const digest = new ResultDigest();
  for (const result of results) digest.add(result);
  const shown = results.map((result) => {
    const { detail, ...codes } = reportItem(result, window, 'zh');
    t.match(detail, /\p{Script=Han}/u);
    return `${JSON.stringify(codes)}\n`;
  });
  t.equal(digest.end(), createHash('sha256').update(shown.join('')).digest('hex'));
});
