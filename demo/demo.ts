/** `timeledger demo`: a service of its own on a database of its own, one morning, one county's month, a report; then everything is removed, or kept. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Cleanup } from '#src/commands/cleanup.js';
import { makeLedger } from '#src/commands/ledger.js';
import { progressBar } from '#src/commands/progress.js';
import { verifyOne } from '#src/commands/verify/verify.js';
import { type Config, readConfig } from '#src/config.js';
import { keyDirectory, openCommandDatabase } from '#src/database.js';
import { openPool, StartError } from '#src/db/connect.js';
import { issueToken, type Role, tokenKeysOf } from '#src/http/tokens.js';
import { readKeys } from '#src/keys.js';
import type { Verification } from '#src/ledger/verify/verify.js';
import { type Clock, systemClock } from '#src/lib/clock.js';
import { padEndColumns } from '#src/lib/columns.js';
import { type Language, sameIn, type Words } from '#src/lib/language.js';
import { firstLedger, startServer } from '#src/server.js';
import { Client } from './client.js';
import { DemoClock, MorningClock } from './clock.js';
import { type CreditContext, runCredit, saturday } from './credit.js';
import { creditText } from './credit-report.js';
import { type CountyFiles, readCountyFiles } from './files.js';
import { type MonthContext, type MonthResult, runMonth } from './month.js';
import { type MorningContext, type MorningResult, runMorning } from './morning.js';
import { community, morningLedger } from './morning-people.js';
import { morningText } from './morning-report.js';
import { reportText, resultOf } from './report.js';

export interface DemoOptions {
  /** A directory with a county's files. Default: the sample county's. */
  readonly data?: string;
  /** A new directory in which the county's database and keys are left. Default: everything is removed. */
  readonly keep?: string;
  readonly json: boolean;
  readonly language: Language;
}

const sampleData = fileURLToPath(new URL('../../test/data/xinchang', import.meta.url));

/** Refuses (StartError, one line): files that are missing or not of that form; a directory to keep it in that is in use. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { language } = options;
  const started = performance.now();
  const files = readCountyFiles(resolve(options.data ?? sampleData));
  const cleanup = new Cleanup(language);
  try {
    const dataDir = options.keep === undefined ? temporary(cleanup) : fresh(resolve(options.keep));
    const config = configOf(dataDir);
    const clock = new MorningClock('08:00');
    const server = await startServer(config, clock.now);
    cleanup.add(() => server.close());
    const watched = { url: server.url, language, config, cleanup };
    await makeLedger(config, morningLedger, clock.now);
    const morning = await watchMorning(watched, clock);
    const verifiedMorning = await verifyBooks(config, morningLedger, language);
    if (!options.json) console.log(morningText(morning, verifiedMorning, language));
    const credit = await showCredit(options, cleanup);
    clock.catchUp();
    const month = await watchMonth(watched, files);
    const verification = await verifyBooks(config, firstLedger, language);
    const seconds = (performance.now() - started) / 1000;
    console.log(
      options.json ? JSON.stringify(resultOf(month)) : reportText(month, verification, { seconds, language }),
    );
    if (options.keep !== undefined) tellKept(dataDir, options);
    else if (!options.json) console.log(gone[language]);
    const agrees = [verifiedMorning, credit, verification].every(({ ok }) => ok);
    if (!agrees || !month.proof.holds) process.exitCode = 1;
  } finally {
    await cleanup.run();
  }
}

const configOf = (dataDir: string): Config =>
  readConfig({ DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error', RATE_LIMIT_PER_MINUTE: '0' });

/** Years pass in it: it has a service, a clock and a database of its own, which nobody keeps. */
async function showCredit({ json, language }: DemoOptions, cleanup: Cleanup): Promise<Verification> {
  const config = configOf(temporary(cleanup));
  const clock = new DemoClock(saturday(), '08:00');
  const server = await startServer(config, clock.now);
  cleanup.add(() => server.close());
  const issue = tokensOf(config, firstLedger, clock.now);
  const client: CreditContext['client'] = (role, subject) => new Client(server.url, issue(role, subject), language);
  const watched = { url: server.url, language, config, cleanup };
  const visit = async (path: string) =>
    (await fetch(new URL(path, server.url), { headers: { 'accept-language': 'zh' } })).text();
  const steps = await watch(watched, (progress) => runCredit({ clock, client, visit, progress }));
  const verification = await verifyBooks(config, firstLedger, language);
  if (!json) console.log(creditText(steps, verification, language));
  return verification;
}

const gone: Words = {
  en: 'Its database is gone now; --keep DIR leaves it.',
  zh: '所用数据库现已删除；如需保留，请使用 --keep DIR。',
};

function temporary(cleanup: Cleanup): string {
  const made = mkdtempSync(join(tmpdir(), 'timeledger-demo-'));
  cleanup.add(() => rmSync(made, { recursive: true, force: true }));
  chmodSync(made, 0o755);
  return made;
}

function fresh(directory: string): string {
  if (existsSync(directory) && readdirSync(directory).length > 0)
    throw new StartError({
      en: `${directory} is not empty: name a directory that is not there yet`,
      zh: `目录 ${directory} 不为空：请指定一个尚不存在的目录`,
    });
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** How to go on with what was left; beside a result that is JSON alone, on standard error. */
function tellKept(directory: string, { json, language }: DemoOptions): void {
  const first: Words = {
    en: `Kept in ${directory}. To look around, in two terminals:`,
    zh: `已保留在 ${directory}。如要查看，请在两个终端中运行：`,
  };
  const lines = [
    '',
    first[language],
    `  DATA_DIR=${directory} npm start`,
    `  DATA_DIR=${directory} npx timeledger token --ledger ${firstLedger} --role auditor`,
  ];
  (json ? console.error : console.log)(lines.join('\n'));
}

/** The demo's service, and how what happens on it is shown. */
interface Watched {
  readonly url: string;
  readonly language: Language;
  readonly config: Config;
  readonly cleanup: Cleanup;
}

async function watchMorning(watched: Watched, clock: MorningClock): Promise<MorningResult> {
  const { url, language, config } = watched;
  const issue = tokensOf(config, morningLedger, clock.now);
  const client: MorningContext['client'] = (role, subject) =>
    new Client(url, issue(role, subject, role === 'coordinator' ? community : undefined), language);
  return watch(watched, (progress) => runMorning({ clock, client, progress }));
}

async function watchMonth(watched: Watched, files: CountyFiles): Promise<MonthResult> {
  const { url, language, config } = watched;
  const issue = tokensOf(config, firstLedger, systemClock);
  const tokenOf = (role: Role) => issue(role, `demo-${role}`);
  return watch(watched, (progress) => runMonth({ url, files, language, tokenOf, progress }));
}

const tokenSeconds = 6 * 3_600;

function tokensOf(config: Config, ledger: string, clock: Clock) {
  const keys = tokenKeysOf(readKeys(keyDirectory(config)).tokens[0].key);
  return (role: Role, subject: string, orgUnit?: string) =>
    issueToken(keys, { issuer: config.issuer, ledger, role, subject, orgUnit }, tokenSeconds, clock);
}

/** Shows how far some work is, until it ends. */
async function watch<Result>(
  { language, cleanup }: Watched,
  work: (progress: MonthContext['progress']) => Promise<Result>,
): Promise<Result> {
  let bar = progressBar(sameIn(''), language);
  let shown = '';
  const progress = ({ en, zh }: Words, done: number, total: number) => {
    if (cleanup.interrupted) throw new StartError({ en: 'interrupted', zh: '已中断' });
    if (en !== shown) {
      bar.end();
      bar = progressBar({ en: en.padEnd(26), zh: padEndColumns(zh, 26) }, language);
      shown = en;
    }
    bar.show(done, total);
  };
  try {
    return await work(progress);
  } finally {
    bar.end();
  }
}

async function verifyBooks(config: Config, ledger: string, language: Language) {
  const database = await openCommandDatabase(config);
  const sql = openPool(database.target, { max: 1, applicationName: 'timeledger verify' });
  try {
    return await verifyOne(sql, ledger, progressBar({ en: 'verifying', zh: '正在核验' }, language));
  } finally {
    await sql.end({ timeout: 5 });
  }
}
