/**
 * `timeledger verify`: shows what was compared and what differs. Exits with 0 when everything agrees, 1 when anything differs, 2
 * when it could not look.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Config } from '../config.js';
import { openCommandDatabase } from '../database.js';
import { describeTarget, openPool, type Pool, StartError } from '../db/connect.js';
import { checkServer } from '../db/migrate.js';
import { NoteError, type NoteVerifier, parseVerifierKey } from '../ledger/log/checkpoint.js';
import type { CheckpointResult, SavedCheckpoints } from '../ledger/verify/checkpoints.js';
import { type Verification, verifyLedger } from '../ledger/verify/verify.js';
import { type Language, sameIn, type Words } from '../lib/language.js';
import { verifyControls } from '../timebank/controls.js';
import { allRows } from '../timebank/rows.js';
import { type Progress, progressBar } from './progress.js';

export interface VerifyCommandOptions {
  readonly ledger?: string;
  readonly json: boolean;
  readonly language: Language;
  /** Files with a checkpoint each. */
  readonly checkpoint?: readonly string[];
  /** Verifier keys, or files with one a line. */
  readonly vkey?: readonly string[];
}

export async function verifyCommand(config: Config, options: VerifyCommandOptions): Promise<void> {
  const checkpoints = readCheckpoints(options);
  const database = await openCommandDatabase(config);
  const sql = openPool(database.target, { max: 1, applicationName: 'timeledger verify' });
  try {
    await checkServer(sql, describeTarget(database.target));
    const codes = await ledgersToVerify(sql, options);
    const results: Verification[] = [];
    for (const code of codes) results.push(await verifyOne(sql, code, progressBar(`verifying ${code}`), checkpoints));
    if (options.json) console.log(JSON.stringify(options.ledger === undefined ? results : results[0], null, 2));
    else for (const result of results) console.log(describe(result, options.language));
    if (results.some((result) => !result.ok)) process.exitCode = 1;
  } finally {
    await sql.end({ timeout: 5 });
    await database.stop();
  }
}

/** Every ledger of a database. */
export async function verifyAll(sql: Pool): Promise<Verification[]> {
  const results: Verification[] = [];
  for (const code of await ledgersToVerify(sql, {}))
    results.push(await verifyOne(sql, code, progressBar(`verifying ${code}`)));
  return results;
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

/** Refuses (StartError): a file that cannot be read, a key that is none, a checkpoint without a key or a key without a checkpoint. */
function readCheckpoints({ checkpoint = [], vkey = [] }: VerifyCommandOptions): SavedCheckpoints | undefined {
  if (checkpoint.length === 0 && vkey.length === 0) return undefined;
  if (vkey.length === 0) throw new StartError('a checkpoint is worth what its signature is: name its key with --vkey');
  if (checkpoint.length === 0)
    throw new StartError('--vkey names the key of a checkpoint: name its file with --checkpoint');
  return {
    notes: checkpoint.map((file) => ({ name: file, note: readText(file) })),
    keys: vkey.flatMap((key) => readKeys(key)),
  };
}

function readText(file: string): string {
  try {
    // Bytes that are no UTF-8 must not be taken for other characters than they were signed as.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    throw new StartError(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The keys that an argument is, or that stand in the file it names. */
function readKeys(argument: string): NoteVerifier[] {
  const lines = existsSync(argument) ? readText(argument).split('\n') : [argument];
  const keys = lines.map((line) => line.trim()).filter((line) => line !== '');
  if (keys.length === 0) throw new StartError(`${argument} holds no key`);
  try {
    return keys.map(parseVerifierKey);
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    throw new StartError(`--vkey ${argument} is neither a file nor a verifier key (name+id+key): ${error.message}`);
  }
}

/** Refuses (StartError): no books at all, no such ledger, checkpoints for several ledgers at once. */
async function ledgersToVerify(
  sql: Pool,
  { ledger, checkpoint = [] }: Partial<Pick<VerifyCommandOptions, 'ledger' | 'checkpoint'>>,
): Promise<string[]> {
  const [exists] = await sql`select to_regclass('timeledger.ledgers') is not null as there`;
  if (!exists?.['there']) throw new StartError('there are no books in this database yet');
  const rows = await sql`select code from timeledger.ledgers order by code`;
  const codes = rows.map((row) => row['code'] as string);
  if (ledger !== undefined && !codes.includes(ledger))
    throw new StartError(`there is no ledger "${ledger}"; there is ${codes.join(', ') || 'none'}`);
  if (codes.length === 0) throw new StartError('there is no ledger in this database yet');
  if (ledger === undefined && checkpoint.length > 0 && codes.length > 1)
    throw new StartError(`there are ledgers ${codes.join(', ')}: say with --ledger which one the checkpoints are of`);
  return ledger === undefined ? codes : [ledger];
}

/** What was done with each kind of thing that was compared. */
const meanings: Readonly<Record<keyof Verification['checked'], Words>> = {
  entries: { en: 'hashed again and replayed in order', zh: '凭证：重新计算哈希并按顺序重放' },
  postings: { en: 'follow from the entries, with version and balance', zh: '过账：与凭证相符，版本和余额一致' },
  accounts: { en: 'hold the sums of their postings', zh: '账户：等于其过账合计' },
  daily_balances: { en: 'are the sums of the postings of their day', zh: '每日发生额：等于当日过账合计' },
  log_nodes: { en: 'are the hashes of the entries below them', zh: '日志节点：等于其下凭证的哈希' },
  rows: { en: 'of the time bank are as an entry left them', zh: '业务记录：与凭证所写一致' },
  controls: { en: 'of accounts with their sub-ledgers', zh: '统制账户：与明细账相符' },
};

/** A verification for people to read. What a finding says is for whoever mends it, in English. */
export function describe(result: Verification, language: Language): string {
  const { ledger, ok, checked, tree_size, root, checkpoints, findings, finding_count } = result;
  const differ = countDifferences(result);
  const [leaves, more] = [grouped(Number(tree_size)), grouped(finding_count - findings.length)];
  const lines: Words[] = [
    {
      en: `ledger ${ledger}: ${ok ? 'everything agrees' : differ.en}`,
      zh: `账本 ${ledger}：${ok ? '全部相符' : differ.zh}`,
    },
    ...Object.entries(meanings).map(([what, meaning]) => {
      const count = grouped(checked[what as keyof typeof checked]).padStart(14);
      return {
        en: `  ${what.replace('_', ' ').padEnd(16)}${count}  compared: ${meaning.en}`,
        zh: `${count}  ${meaning.zh}`,
      };
    }),
    { en: `  tree of ${leaves} leaves, root ${root}`, zh: `  日志树共 ${leaves} 个叶，根 ${root}` },
    ...checkpoints.map(describeCheckpoint),
  ];
  if (checkpoints.length === 0)
    lines.push({
      en: '  no saved checkpoint was compared: history rewritten as a whole would not show',
      zh: '  未与另存的检查点比对：若历史被整体改写，此处无法发现',
    });
  for (const { table, key, detail } of findings) lines.push(sameIn(`  ! ${table} ${key}: ${detail}`));
  if (finding_count > findings.length) lines.push({ en: `  … and ${more} more`, zh: `  … 另有 ${more} 处` });
  return lines.map((line) => line[language]).join('\n');
}

/** `412 differences (entries 1, postings 411)` */
function countDifferences({ finding_count, finding_counts }: Verification): Words {
  const places = Object.entries(finding_counts).map(([table, count]) => `${table} ${grouped(count)}`);
  const count = grouped(finding_count);
  return {
    en: `${count} ${finding_count === 1 ? 'difference' : 'differences'} (${places.join(', ')})`,
    zh: `有 ${count} 处不符（${places.join('，')}）`,
  };
}

function describeCheckpoint({ name, tree_size, agrees }: CheckpointResult): Words {
  const size = tree_size === null ? null : grouped(Number(tree_size));
  return {
    en: `  checkpoint ${name}${size === null ? '' : ` of ${size} entries`}: ${agrees ? 'signed, and these entries are still the same' : 'does not agree'}`,
    zh: `  检查点 ${name}${size === null ? '' : `（${size} 张凭证）`}：${agrees ? '签名有效，凭证未变' : '不符'}`,
  };
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}
