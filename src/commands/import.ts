/**
 * `timeledger import`: one file through the same jobs as over HTTP. Beside a running service they are the service's to carry out; if
 * nobody takes them up, or nobody can, this process does it itself.
 */
import { randomUUID } from 'node:crypto';
import { serviceRole } from '../app.js';
import type { Config } from '../config.js';
import { migrateDatabase, openCommandDatabase } from '../database.js';
import { openPool, type Pool } from '../db/connect.js';
import { roles } from '../http/tokens.js';
import type { Lane } from '../ledger/lane.js';
import { Lanes } from '../ledger/ledgers.js';
import { openStore } from '../ledger/store.js';
import { isDate, systemClock } from '../lib/clock.js';
import { type CsvPreview, previewOf } from '../lib/csv.js';
import type { Charset } from '../lib/encoding.js';
import { externalIdShape, idFault, newId } from '../lib/ids.js';
import { inLanguage, type Language, type Words } from '../lib/language.js';
import { Refusal, type RefusalCode } from '../lib/refusal.js';
import { invisible } from '../lib/text.js';
import { xinchangPilot1 } from '../timebank/credit/rule-set.js';
import { type Import, type ImportLineState, viewImport } from '../timebank/imports/import.js';
import type { ImportCommit, ImportUpload, TriedImport } from '../timebank/imports/import-jobs.js';
import { listImportLines } from '../timebank/imports/reads.js';
import { laneWorks, workerWorks } from '../timebank/jobs.js';
import { commandLineActor, requireApprover } from '../timebank/service/four-people.js';
import type { ImportKind } from '../timebank/words.js';
import { writeBlob } from '../work/blobs.js';
import { addJob, hasEnded, type Job, type NewJob, waitForJob } from '../work/jobs.js';
import { Runner } from '../work/runner.js';
import { progressBar } from './progress.js';

export interface ImportCommandOptions {
  readonly ledger: string;
  readonly kind: ImportKind;
  readonly name: string;
  readonly bytes: Buffer;
  /** Of the file; absent: as the file shows. */
  readonly charset?: Charset | undefined;
  readonly effectiveOn?: string | undefined;
  /** Whose redemptions they are; only for redemptions, and there required. */
  readonly partner?: string | undefined;
  /** Who approves the visits of the file; only for visits, and there required. */
  readonly approvedBy?: string | undefined;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly language: Language;
}

const actor = commandLineActor;
const shownErrors = 20;
const dayMilliseconds = 86_400_000;
/** What somebody else may take up is left to them for so long. */
const patienceSeconds = 3;

/** What the command works with. */
interface Desk {
  readonly sql: Pool;
  readonly lane: Lane;
  readonly lanes: Lanes;
  /** Nobody else can be at work on this database. */
  readonly alone: boolean;
}

/** Refuses: `request_invalid`, `ledger_not_found`, `file_invalid`. Rows in error are told and set the exit status to 2. */
export async function importFile(config: Config, options: ImportCommandOptions): Promise<void> {
  if (options.effectiveOn !== undefined && !isDate(options.effectiveOn)) {
    throw new Refusal('request_invalid', {
      en: `--effective-on ${options.effectiveOn} is not a date (YYYY-MM-DD) that exists, from 2000 to 2099`,
      zh: `--effective-on ${options.effectiveOn} 不是 2000 至 2099 年间实际存在的日期（YYYY-MM-DD）`,
    });
  }
  requirePartner(options);
  const approvedBy = approverOf(options);
  const decoded = previewOf(options.bytes, options.charset ?? null);
  if (!options.json) console.log(previewText(options.name, decoded, options.language));
  const database = await openCommandDatabase(config);
  const reach = { applicationName: 'timeledger import', role: serviceRole };
  const lanes = new Lanes(() => openStore(() => openPool(database.target, { ...reach, max: 1, plansAnew: true })), {
    clock: systemClock,
  });
  try {
    await migrateDatabase(database.target);
    const sql = openPool(database.target, { ...reach, max: 4 });
    try {
      await run(
        { sql, lanes, lane: await lanes.of(options.ledger), alone: database.alone },
        { ...options, approvedBy },
        decoded,
      );
    } finally {
      await sql.end({ timeout: 5 });
    }
  } finally {
    await lanes.close();
    await database.stop();
  }
}

/**
 * Who approves, as `role:subject`; a bare subject is an operator's. Refuses: `request_invalid` (not named for visits, named for
 * another kind, or not one who may approve), `approver_invalid`.
 */
function approverOf({ kind, approvedBy }: ImportCommandOptions): string | undefined {
  if (kind !== 'visits') {
    if (approvedBy === undefined) return undefined;
    throw new Refusal('request_invalid', {
      en: `--approved-by is only for visits, not for ${kind}`,
      zh: `--approved-by 只用于 visits，不可用于 ${kind}`,
    });
  }
  if (approvedBy === undefined || !/^[\x21-\x7e]{1,128}$/.test(approvedBy)) {
    throw new Refusal('request_invalid', {
      en: 'visits need --approved-by SUBJECT: who approves them, in visible ASCII',
      zh: '导入 visits 须用 --approved-by 指明审批人（可见的 ASCII 字符）',
    });
  }
  const role = roles.find((known) => approvedBy.startsWith(`${known}:`));
  if (role !== undefined && role !== 'operator' && role !== 'coordinator') {
    throw new Refusal('request_invalid', {
      en: `--approved-by ${approvedBy}: operators and coordinators approve`,
      zh: `--approved-by ${approvedBy}：只有 operator 和 coordinator 可以审批`,
    });
  }
  const approver = role === undefined ? `operator:${approvedBy}` : approvedBy;
  requireApprover(approver);
  return approver;
}

/** Refuses: `request_invalid` (no partner for redemptions, one for another kind, or none that could be). */
function requirePartner({ kind, partner }: ImportCommandOptions): void {
  if (kind !== 'redemptions') {
    if (partner === undefined) return;
    throw new Refusal('request_invalid', {
      en: `--partner is only for redemptions, not for ${kind}`,
      zh: `--partner 只用于 redemptions，不可用于 ${kind}`,
    });
  }
  if (partner === undefined) {
    throw new Refusal('request_invalid', {
      en: 'redemptions need --partner ID: at which partner they were',
      zh: '导入 redemptions 须用 --partner ID 指明合作方',
    });
  }
  if (!externalIdShape.test(partner)) {
    const fault = idFault(partner);
    throw new Refusal('request_invalid', {
      en: `--partner is not an id: it ${fault.en}`,
      zh: `--partner 不是有效的编号：${fault.zh}`,
    });
  }
}

async function run(desk: Desk, options: ImportCommandOptions, decoded: CsvPreview): Promise<void> {
  const tried = await tryFile(desk, options);
  if (options.dryRun) {
    report(tried.import, tried.lines.filter(isError), decoded, options);
    return;
  }
  const { import_id: id } = tried.import;
  const input = { id, client: null, approvedBy: options.approvedBy } satisfies ImportCommit;
  const committed = await carryOut(desk, { kind: 'import_commit', runsOn: 'lane', subject: id, input }, options.name);
  report((committed as { import: Import }).import, await readErrors(desk, id), decoded, options);
}

async function tryFile(desk: Desk, options: ImportCommandOptions): Promise<TriedImport> {
  const { kind, name, bytes, charset, effectiveOn, partner, approvedBy, dryRun } = options;
  const now = systemClock();
  const times = {
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + dayMilliseconds).toISOString(),
  };
  const { id, sha256 } = await writeBlob(desk.sql, desk.lane.facts.id, { id: newId(), ...times }, whole(bytes));
  const file = { id, sha256, kind, fileName: name, charset: charset ?? null };
  const terms = { effectiveOn: effectiveOn ?? null, partner: partner ?? null, approvedBy };
  const upload = { ...file, ...terms, dryRun, client: null };
  const job = { kind: 'import_stage', runsOn: 'worker', input: upload satisfies ImportUpload } as const;
  return (await carryOut(desk, job, name)) as TriedImport;
}

async function* whole(bytes: Buffer) {
  yield bytes;
}

/** Has a job carried out, here if nobody else does, and shows how far it is. Refuses as the job does. */
async function carryOut(desk: Desk, asked: Omit<NewJob, 'id' | 'owner'>, name: string): Promise<unknown> {
  const { sql, lane, lanes, alone } = desk;
  let job = await addJob(sql, lane.facts.id, { ...asked, id: newId(), owner: actor });
  const tools = { sql, lanes, rules: xinchangPilot1, clock: systemClock };
  const log = (message: string, error?: unknown) => console.error(message, error ?? '');
  const shared = { sql, log, claimant: randomUUID(), only: job.id, idleMilliseconds: 100 } as const;
  const terms = { ...shared, patienceSeconds: alone ? 0 : patienceSeconds };
  const runners: Runner[] = [
    new Runner({ ...terms, runsOn: 'worker', works: workerWorks(tools), ended: () => runners[1]?.wake() }),
    new Runner({ ...terms, runsOn: 'lane', works: laneWorks(tools) }),
  ];
  for (const runner of runners) runner.start();
  const bar = progressBar(`${asked.kind === 'import_stage' ? 'reading' : 'importing'} ${name}`);
  try {
    while (!hasEnded(job)) {
      job = await waitForJob(sql, job, { milliseconds: 200, signal: new AbortController().signal });
      if (job.total !== null) bar.show(job.done, job.total);
    }
  } finally {
    bar.end();
    for (const runner of runners) await runner.stop();
  }
  return resultOf(job);
}

function resultOf(job: Job): unknown {
  if (job.state === 'done') return job.result;
  const {
    code = 'job_cancelled',
    detail = { en: 'the job was cancelled', zh: '作业已取消' },
    errors,
  } = job.problem ?? {};
  if (code === 'job_failed') throw new Error(`job ${job.id} failed: ${detail.en}`);
  throw new Refusal(code as RefusalCode, detail, errors ? { errors } : {});
}

async function readErrors({ sql, lane }: Desk, id: string): Promise<ImportLineState[]> {
  const errors: ImportLineState[] = [];
  for (;;) {
    const after = errors.at(-1)?.line ?? 0;
    const page = await listImportLines(sql, lane.facts.id, id, { state: 'error', after, limit: 1_000 });
    if (page.length === 0) return errors;
    errors.push(...page);
  }
}

function isError({ state }: ImportLineState): boolean {
  return state === 'error';
}

const unseen = new RegExp(invisible, 'gu');

/** How the file reads, on a line for each row: wrong characters show here, before anything is written. */
function previewText(name: string, { encoding, header, rows }: CsvPreview, language: Language): string {
  const first: Words = { en: `${name} read as ${encoding}:`, zh: `${name}，按 ${encoding} 读取：` };
  return [
    first[language],
    ...[header, ...rows].map((cells) => `  ${cells.join(' | ').replace(unseen, '\uFFFD')}`),
  ].join('\n');
}

function report(
  row: Import,
  errors: readonly ImportLineState[],
  preview: CsvPreview,
  { json, name, language }: ImportCommandOptions,
): void {
  const { ready, imported, skipped, errors: faulty } = viewImport(row).counts;
  const counts = { ready, imported, skipped, errors: faulty };
  if (json) console.log(JSON.stringify({ counts, errors: inLanguage(errors, language), preview }, null, 2));
  else {
    const told: Words = {
      en: `${name}: ${ready} ready, ${imported} imported, ${skipped} skipped, ${faulty} errors`,
      zh: `${name}：可导入 ${ready} 行，已导入 ${imported} 行，已跳过 ${skipped} 行，有误 ${faulty} 行`,
    };
    console.log(told[language]);
    for (const { line, code, reason } of errors.slice(0, shownErrors)) {
      const { en = '', zh = '' } = reason ?? {};
      const said: Words = { en: `  line ${line}: ${code}: ${en}`, zh: `  第 ${line} 行：${code}：${zh}` };
      console.log(said[language]);
    }
    const more = faulty - Math.min(errors.length, shownErrors);
    const all = errors.length === faulty;
    const rest: Words = {
      en: `  … and ${more} more; --json shows ${all ? 'all' : errors.length}`,
      zh: `  … 另有 ${more} 行；--json 列出${all ? '全部' : ` ${errors.length} 行`}`,
    };
    if (more > 0) console.log(rest[language]);
  }
  if (faulty > 0) process.exitCode = 2;
}
