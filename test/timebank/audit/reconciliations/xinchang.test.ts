/** The county's October: a ledger built by the simple rule against the bank's file gives the published breaks, by name. */

import { readFileSync } from 'node:fs';
import t from 'tap';
import { periodBounds } from '../../../../src/lib/clock.js';
import { readBankStatement } from '../../../../src/timebank/audit/partner-statements-file.js';
import type { LedgerItem } from '../../../../src/timebank/audit/reconciliations/verdicts.js';
import { openingPointsTable } from '../../../../src/timebank/credit/opening-points-file.js';
import { readTable } from '../../../../src/timebank/files/table.js';
import { redemptionTable } from '../../../../src/timebank/partners/redemptions-file.js';
import { matchStatement } from '../../../support/match.js';
import { root } from '../../../support/root.js';

const data = (name: string) => readFileSync(new URL(`test/data/xinchang/${name}`, root));
const expected = JSON.parse(data('expected.json').toString()) as {
  period: string;
  counts: Record<string, number>;
  references: Record<string, string[]>;
  redeemed_points: number;
  statement_points: number;
};

/** Opening balances, then redemptions in file order, each accepted if the balance suffices; entries numbered from 1. */
function ledgerByTheSimpleRule() {
  const balances = new Map(
    readTable(data('opening-points.csv'), openingPointsTable(10n)).rows.map((row) => [row.member, row.points]),
  );
  const items: LedgerItem[] = [];
  const refused: string[] = [];
  for (const { partner_reference, member, points, requested_at } of readTable(data('redemptions.csv'), redemptionTable)
    .rows) {
    const balance = balances.get(member) ?? 0n;
    if (balance < points) {
      refused.push(partner_reference);
      continue;
    }
    balances.set(member, balance - points);
    const number = String(items.length + 1);
    const effectiveOn = requested_at.slice(0, 10);
    items.push({
      redemption_id: number,
      partner_reference,
      points,
      amountCny: points * 10n,
      effectiveOn,
      entries: [number],
    });
  }
  return { items, refused };
}

const { items, refused } = ledgerByTheSimpleRule();
const statement = readBankStatement(data('bank-statement-2026-10.csv')).rows;
const result = matchStatement({ period: periodBounds('2026-10'), ledgerItems: items, lines: statement });

t.test('the simple rule refuses the published redemptions', async (t) => {
  t.same([...refused].sort(), expected.references['refused']);
});

t.test('every break is found, by reference, and no other', async (t) => {
  const { refused: _refused, ...counts } = expected.counts;
  t.same(result.counts, { ...counts, file_integrity: 0 });
  for (const status of Object.keys(counts).filter((name) => name !== 'matched')) {
    const found = result.results.filter((one) => one.status === status).map((one) => one.partner_reference);
    t.same(found, expected.references[status], status);
  }
});

t.test('both totals are the published ones, and the breaks explain what lies between them', async (t) => {
  const { ledger, statement: claimed, difference, byStatus } = result.totals;
  t.equal(ledger.points, BigInt(expected.redeemed_points));
  t.equal(claimed.points, BigInt(expected.statement_points));
  t.equal(difference.points, 625n);
  t.equal(difference.amountCny, 6250n);
  const breaks = [
    byStatus.missing_at_partner,
    byStatus.missing_in_ledger,
    byStatus.amount_mismatch,
    byStatus.duplicate_at_partner,
  ];
  t.equal(
    breaks.reduce((sum, one) => sum + one.difference.points, 0n),
    difference.points,
  );
  t.equal(byStatus.matched.difference.points, 0n);
});
