/** `timeledger import`: one file through the lane, as the interface does it: tried whole first, then written in chunks. */
import type { Config } from '../config.js';
import { migrateDatabase, openCommandDatabase } from '../database.js';
import { openPool } from '../db/connect.js';
import { roles } from '../http/tokens.js';
import type { Lane } from '../ledger/lane.js';
import { Lanes } from '../ledger/ledgers.js';
import { openStore } from '../ledger/store.js';
import { isDate, systemClock } from '../lib/clock.js';
import { type CsvPreview, previewOf } from '../lib/csv.js';
import type { Charset } from '../lib/encoding.js';
import { newId } from '../lib/ids.js';
import { Refusal } from '../lib/refusal.js';
import { invisible } from '../lib/text.js';
import { xinchangPilot1 } from '../timebank/credit/rule-set.js';
import { commitImport, previewLines, stageFile } from '../timebank/imports/commit.js';
import type { ImportLineState } from '../timebank/imports/import.js';
import { commandLineActor, requireApprover } from '../timebank/service/four-people.js';
import type { ImportKind } from '../timebank/words.js';
import { progressBar } from './progress.js';

export interface ImportCommandOptions {
  readonly ledger: string;
  readonly kind: ImportKind;
  readonly name: string;
  readonly bytes: Buffer;
  readonly charset?: Charset | undefined;
  readonly effectiveOn?: string | undefined;
  /** Who approves the visits of a file: a subject, or `role:subject`. */
  readonly approvedBy?: string | undefined;
  readonly dryRun: boolean;
  readonly json: boolean;
}

const actor = commandLineActor;
const shownErrors = 20;

/** Refuses: `request_invalid`, `approver_invalid`, `ledger_not_found`, `file_invalid`. Rows in error are told and set the exit status to 2. */
export async function importFile(config: Config, options: ImportCommandOptions): Promise<void> {
  if (options.effectiveOn !== undefined && !isDate(options.effectiveOn)) {
    throw new Refusal(
      'request_invalid',
      `--effective-on ${options.effectiveOn} is not a date (YYYY-MM-DD) that exists, from 2000 to 2099`,
    );
  }
  const approvedBy = approverOf(options);
  const decoded = previewOf(options.bytes, options.charset ?? null);
  if (!options.json) console.log(previewText(options.name, decoded));
  const database = await openCommandDatabase(config);
  const openLane = () => openPool(database.target, { max: 1, applicationName: 'timeledger import' });
  const lanes = new Lanes(() => openStore(openLane), { clock: systemClock });
  try {
    await migrateDatabase(database.target);
    const lane = await lanes.of(options.ledger);
    const named = { ...options, approvedBy };
    const lines = options.dryRun ? await preview(lane, named) : await write(lane, named);
    report(lines, decoded, options);
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
    throw new Refusal('request_invalid', `--approved-by is only for visits, not for ${kind}`);
  }
  if (approvedBy === undefined || !/^[\x21-\x7e]{1,128}$/.test(approvedBy)) {
    throw new Refusal('request_invalid', 'visits need --approved-by SUBJECT: who approves them, in visible ASCII');
  }
  const role = roles.find((known) => approvedBy.startsWith(`${known}:`));
  if (role !== undefined && role !== 'operator' && role !== 'coordinator') {
    throw new Refusal('request_invalid', `--approved-by ${approvedBy}: operators and coordinators approve`);
  }
  const approver = role === undefined ? `operator:${approvedBy}` : approvedBy;
  requireApprover(approver);
  return approver;
}

function preview(lane: Lane, options: ImportCommandOptions): Promise<ImportLineState[]> {
  const { kind, bytes, charset = null, effectiveOn = null, approvedBy } = options;
  return previewLines(lane, { rules: xinchangPilot1, kind, bytes, charset, effectiveOn, actor, approvedBy });
}

async function write(lane: Lane, options: ImportCommandOptions): Promise<ImportLineState[]> {
  const { kind, name, bytes, charset = null, effectiveOn = null, approvedBy } = options;
  const id = newId();
  const rules = xinchangPilot1;
  const { lines } = await stageFile(lane, {
    rules,
    id,
    kind,
    fileName: name,
    bytes,
    charset,
    effectiveOn,
    actor,
    approvedBy,
  });
  const bar = progressBar(`importing ${name}`);
  try {
    const onProgress = (done: number, total: number) => bar.show(done, total);
    await commitImport(lane, { rules, id, kind, bytes, charset, actor, approvedBy, onProgress });
  } finally {
    bar.end();
  }
  return lines.map((line): ImportLineState => (line.state === 'ready' ? { ...line, state: 'imported' } : line));
}

const unseen = new RegExp(invisible, 'gu');

/** How the file reads, on a line for each row: wrong characters show here, before anything is written. */
function previewText(name: string, { encoding, header, rows }: CsvPreview): string {
  return [
    `${name} read as ${encoding}:`,
    ...[header, ...rows].map((cells) => `  ${cells.join(' | ').replace(unseen, '\uFFFD')}`),
  ].join('\n');
}

function report(lines: readonly ImportLineState[], preview: CsvPreview, { json, name }: ImportCommandOptions): void {
  const count = (state: ImportLineState['state']) => lines.filter((line) => line.state === state).length;
  const counts = {
    ready: count('ready'),
    imported: count('imported'),
    skipped: count('skipped'),
    errors: count('error'),
  };
  const errors = lines.filter((line) => line.state === 'error');
  if (json) console.log(JSON.stringify({ counts, errors, preview }, null, 2));
  else {
    console.log(
      `${name}: ${Object.entries(counts)
        .map(([state, n]) => `${n} ${state}`)
        .join(', ')}`,
    );
    for (const { line, code, reason } of errors.slice(0, shownErrors))
      console.log(`  line ${line}: ${code}: ${reason}`);
    if (errors.length > shownErrors) console.log(`  … and ${errors.length - shownErrors} more; --json shows all`);
  }
  if (errors.length > 0) process.exitCode = 2;
}
