/**
 * `timeledger verify`: shows what was compared and what differs. Exits with 0 when everything agrees, 1 when anything differs, 2
 * when it could not look.
 */
import type { Config } from '../../config.js';
import { openCommandDatabase } from '../../database.js';
import { describeTarget, openPool, type Pool, StartError } from '../../db/connect.js';
import { checkServer } from '../../db/migrate.js';
import type { SavedCheckpoints } from '../../ledger/verify/checkpoints.js';
import { type Verification, verifyLedger } from '../../ledger/verify/verify.js';
import type { Language } from '../../lib/language.js';
import { verifyControls } from '../../timebank/controls.js';
import { allRows } from '../../timebank/rows.js';
import { type Progress, progressBar } from '../progress.js';
import { describe, jsonOf } from './report.js';
import { type CheckpointOptions, readCheckpoints } from './saved-checkpoints.js';

export interface VerifyCommandOptions extends CheckpointOptions {
  readonly ledger?: string;
  readonly json: boolean;
  readonly language: Language;
}

export async function verifyCommand(config: Config, options: VerifyCommandOptions): Promise<void> {
  const checkpoints = readCheckpoints(options);
  const database = await openCommandDatabase(config);
  const sql = openPool(database.target, { max: 1, applicationName: 'timeledger verify' });
  try {
    await checkServer(sql, describeTarget(database.target));
    const codes = await ledgersToVerify(sql, options);
    const results: Verification[] = [];
    for (const code of codes) results.push(await verifyOne(sql, code, barFor(code, options.language), checkpoints));
    const { json, language } = options;
    const told = results.map((result) => (json ? jsonOf(result, language) : describe(result, language)));
    if (json) console.log(JSON.stringify(options.ledger === undefined ? told : told[0], null, 2));
    else console.log(told.join('\n'));
    if (results.some((result) => !result.ok)) process.exitCode = 1;
  } finally {
    await sql.end({ timeout: 5 });
    await database.stop();
  }
}

/** Every ledger of a database. */
export async function verifyAll(sql: Pool, language: Language): Promise<Verification[]> {
  const results: Verification[] = [];
  for (const code of await ledgersToVerify(sql, {})) results.push(await verifyOne(sql, code, barFor(code, language)));
  return results;
}

function barFor(code: string, language: Language): Progress {
  return progressBar({ en: `verifying ${code}`, zh: `正在核验 ${code}` }, language);
}

/** The books, the log, the rows of the time bank and its control accounts, of one ledger. */
export async function verifyOne(
  sql: Pool,
  code: string,
  progress: Progress,
  checkpoints?: SavedCheckpoints,
): Promise<Verification> {
  try {
    return await verifyLedger(sql, code, {
      tables: allRows as never,
      controls: verifyControls,
      ...(checkpoints && { checkpoints }),
      progress: (done, total) => progress.show(done, total),
    });
  } finally {
    progress.end();
  }
}

/** Refuses (StartError): no books at all, no such ledger, checkpoints for several ledgers at once. */
async function ledgersToVerify(
  sql: Pool,
  { ledger, checkpoint = [] }: Partial<Pick<VerifyCommandOptions, 'ledger' | 'checkpoint'>>,
): Promise<string[]> {
  const [exists] = await sql`select to_regclass('timeledger.ledgers') is not null as there`;
  if (!exists?.['there'])
    throw new StartError({ en: 'there are no books in this database yet', zh: '此数据库中尚无账簿' });
  const rows = await sql`select code from timeledger.ledgers order by code`;
  const codes = rows.map((row) => row['code'] as string);
  if (ledger !== undefined && !codes.includes(ledger))
    throw new StartError({
      en: `there is no ledger "${ledger}"; there is ${codes.join(', ') || 'none'}`,
      zh: `没有账本“${ledger}”；现有账本：${codes.join('、') || '无'}`,
    });
  if (codes.length === 0)
    throw new StartError({ en: 'there is no ledger in this database yet', zh: '此数据库中尚无账本' });
  if (ledger === undefined && checkpoint.length > 0 && codes.length > 1)
    throw new StartError({
      en: `there are ledgers ${codes.join(', ')}: say with --ledger which one the checkpoints are of`,
      zh: `现有多个账本（${codes.join('、')}）：请用 --ledger 指明检查点所属的账本`,
    });
  return ledger === undefined ? codes : [ledger];
}
