/**
 * The golden reconciliation: what a version of the matcher makes of inputs that touch every rule, to the last row and the digest. A
 * change that gives another result needs another version, whose file `npm run golden` adds; the file of a version never changes.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { matcherVersion } from '../../../../src/timebank/audit/reconciliations/match.js';
import { ResultDigest, stagedRow } from '../../../../src/timebank/audit/reconciliations/results.js';
import {
  type LedgerItem,
  matchReasons,
  matchStatuses,
  type StatementLine,
  timingDirections,
} from '../../../../src/timebank/audit/reconciliations/verdicts.js';
import { matchStatement } from '../../../support/match.js';
import { root } from '../../../support/root.js';

const data = new URL('test/data/', root);
const golden = new URL(`golden-reconciliation-${matcherVersion}.json`, data);

interface Row {
  readonly points: string;
  readonly amount_cny: string;
  readonly effective_on: string;
}

const figures = ({ points, amount_cny }: Row) => ({ points: BigInt(points), amountCny: BigInt(amount_cny) });

/** The match of the inputs, in the form of the file. */
function outcome() {
  const input = JSON.parse(readFileSync(new URL('golden-reconciliation-input.json', data), 'utf8'));
  const { results, counts } = matchStatement({
    period: input.period,
    cutoffDays: input.cutoff_days,
    ledgerItems: input.redemptions.map(
      (row: Row): LedgerItem => ({ ...(row as never as LedgerItem), ...figures(row), effectiveOn: row.effective_on }),
    ),
    lines: input.lines.map((row: Row): StatementLine => ({ ...(row as never as StatementLine), ...figures(row) })),
  });
  const digest = new ResultDigest();
  for (const result of results) digest.add(result);
  return { matcher_version: matcherVersion, digest: digest.end(), counts, results: results.map(stagedRow) };
}

t.test('the inputs touch every status, reason and direction there is', async (t) => {
  const rows = outcome().results as Record<string, unknown>[];
  const seen = (column: string) => new Set(rows.map((row) => row[column]).filter((value) => value !== null));
  t.same(seen('status'), new Set(matchStatuses));
  t.same(seen('reason'), new Set(matchReasons));
  t.same(seen('direction'), new Set(timingDirections));
});

t.test('the matcher gives the rows and the digest that its version gave when it was fixed', async (t) => {
  if (process.env['TIMELEDGER_GOLDEN'] === 'write' && !existsSync(golden))
    writeFileSync(golden, `${JSON.stringify(outcome(), null, 1)}\n`);
  t.same(outcome(), JSON.parse(readFileSync(golden, 'utf8')));
});
