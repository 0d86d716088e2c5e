/** `timeledger verify`: shows what was compared and what differs; the exit status says whether anything did. */
import type { Config } from '../config.js';
import { openCommandDatabase } from '../database.js';
import { describeTarget, openPool, type Pool, StartError } from '../db/connect.js';
import { checkServer } from '../db/migrate.js';
import { type Verification, verifyLedger } from '../ledger/verify/verify.js';
import { verifyControls } from '../timebank/controls.js';
import { allRows } from '../timebank/rows.js';
import { type Progress, progressBar } from './progress.js';

export interface VerifyCommandOptions {
  readonly ledger?: string;
  readonly json: boolean;
}

export async function verifyCommand(config: Config, options: VerifyCommandOptions): Promise<void> {
  const database = await openCommandDatabase(config);
  const sql = openPool(database.target, { max: 1, applicationName: 'timeledger verify' });
  try {
    await checkServer(sql, describeTarget(database.target));
    const codes = await ledgersToVerify(sql, options.ledger);
    const results: Verification[] = [];
    for (const code of codes) results.push(await verifyOne(sql, code, progressBar(`verifying ${code}`)));
    if (options.json) console.log(JSON.stringify(options.ledger === undefined ? results : results[0], null, 2));
    else for (const result of results) console.log(describe(result));
    if (results.some((result) => !result.ok)) process.exitCode = 1;
  } finally {
    await sql.end({ timeout: 5 });
    await database.stop();
  }
}

/** Every ledger of a database. */
export async function verifyAll(sql: Pool): Promise<Verification[]> {
  const results: Verification[] = [];
  for (const code of await ledgersToVerify(sql, undefined))
    results.push(await verifyOne(sql, code, progressBar(`verifying ${code}`)));
  return results;
}

/** The books, the log, the rows of the time bank and its control accounts, of one ledger. */
export async function verifyOne(sql: Pool, code: string, progress: Progress): Promise<Verification> {
  try {
    return await verifyLedger(sql, code, {
      tables: allRows as never,
      controls: verifyControls,
      progress: (done, total) => progress.show(done, total),
    });
  } finally {
    progress.end();
  }
}

/** Refuses (StartError): no such ledger, or no books at all. */
async function ledgersToVerify(sql: Pool, wanted: string | undefined): Promise<string[]> {
  const [exists] = await sql`select to_regclass('timeledger.ledgers') is not null as there`;
  if (!exists?.['there']) throw new StartError('there are no books in this database yet');
  const rows = await sql`select code from timeledger.ledgers order by code`;
  const codes = rows.map((row) => row['code'] as string);
  if (wanted === undefined) return codes;
  if (!codes.includes(wanted))
    throw new StartError(`there is no ledger "${wanted}"; there is ${codes.join(', ') || 'none'}`);
  return [wanted];
}

/** A verification for people to read. */
export function describe(result: Verification): string {
  const lines = [`ledger ${result.ledger}: ${result.ok ? 'everything agrees' : `${result.finding_count} differences`}`];
  for (const [what, count] of Object.entries(result.checked)) {
    lines.push(`  ${what.replace('_', ' ').padEnd(16)}${count.toLocaleString('en').padStart(14)}  compared`);
  }
  lines.push(`  tree of ${result.tree_size} leaves, root ${result.root}`);
  for (const { table, key, detail } of result.findings) lines.push(`  ! ${table} ${key}: ${detail}`);
  if (result.finding_count > result.findings.length) {
    lines.push(`  … and ${result.finding_count - result.findings.length} more`);
  }
  return lines.join('\n');
}
