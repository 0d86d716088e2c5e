/**
 * Imports as jobs. A worker reads the file, tries every line and stages them; one command seals that. Committing runs where the lane
 * is, chunk by chunk. All of it may be begun again at any point: staging starts over, and a chunk whose turn is over changes nothing.
 */
import type { Pool } from '../../db/connect.js';
import { Foresight } from '../../ledger/foresight.js';
import type { Lane } from '../../ledger/lane.js';
import { readLedger } from '../../ledger/reads/ledgers.js';
import { runInLane } from '../../ledger/run-in-lane.js';
import type { Clock } from '../../lib/clock.js';
import type { Charset } from '../../lib/encoding.js';
import type { Words } from '../../lib/language.js';
import { Refusal } from '../../lib/refusal.js';
import { dropBlob, keepBlob, readBlob } from '../../work/blobs.js';
import type { Outcome, Run } from '../../work/runner.js';
import type { RuleSet } from '../credit/rule-set.js';
import type { ImportKind } from '../words.js';
import {
  applyLines,
  commitChunk,
  commitNothing,
  expired,
  expireImport,
  type Import,
  type ImportLineState,
  newImport,
  type ReadyLine,
  readyLines,
  type StagedImport,
  type StagedLine,
  stageImport,
} from './import.js';
import { type ParsedImport, parseImport } from './kinds.js';
import { findImport, findOldImports } from './reads.js';
import { dropLines, LinesDigest, readLines, stageLines } from './staged-lines.js';

export interface ImportTools {
  readonly sql: Pool;
  readonly rules: RuleSet;
  readonly clock: Clock;
}

/** What is asked for. The file, its lines and the import have one id. */
export interface ImportUpload {
  readonly id: string;
  /** Of the file, hexadecimal. */
  readonly sha256: string;
  readonly kind: ImportKind;
  readonly fileName: string | null;
  /** As it was declared; null: as the file shows. */
  readonly charset: Charset | null;
  readonly effectiveOn: string | null;
  /** Whose redemptions they are; null for every other kind. */
  readonly partner: string | null;
  /** Say what would become of each line, keep nothing. */
  readonly dryRun: boolean;
  /** Who would approve what the file records, as `role:subject`; absent: whoever asks. */
  readonly approvedBy?: string | undefined;
  /** A member's id that whoever asks has beside a pseudonym. */
  readonly alias?: string | undefined;
  /** The client whose credentials were used. */
  readonly client: string | null;
}

/** What trying a file comes to. */
export interface TriedImport {
  readonly import: Import;
  /** The first lines that are not ready, in the order of the file. */
  readonly lines: readonly ImportLineState[];
}

interface Sealing {
  readonly upload: ImportUpload;
  readonly staged: StagedImport;
  readonly lines: readonly ImportLineState[];
}

/** Lines that are tried and staged at a time. */
const triedAtOnce = 500;

/** Lines a chunk takes: few, for nothing else is decided or answered while they are. */
export const chunkLines = 25;

/** Lines a chunk takes where nobody else waits: their digests take half of what an entry may have in the log. */
export const chunkLinesAlone = 250;

/** What commits in a lane works with. */
export interface LaneTools extends ImportTools {
  readonly lane: Lane;
  readonly chunkLines?: number;
}

const tellingLines = 1_000;

/** A staged import waits for its commit for a week. */
const waitsMilliseconds = 7 * 86_400_000;

/** The worker's part. Refuses: `file_invalid`. What is wrong with single rows is told line by line. */
export async function tryImport(tools: ImportTools, run: Run): Promise<Outcome> {
  const { sql, rules, clock } = tools;
  const upload = run.job.input as ImportUpload;
  const { ledgerId } = run.job;
  const { kind, charset, partner } = upload;
  const parsed = parseImport(kind, await readBlob(sql, ledgerId, upload.id), { rules, charset, partner });
  if (!upload.dryRun) await dropLines(sql, ledgerId, upload.id);
  const { staged, lines } = await tryLines(tools, run, upload, parsed);
  if (!upload.dryRun) return { next: 'lane', input: { upload, staged, lines } satisfies Sealing };
  await dropBlob(sql, ledgerId, upload.id);
  return { result: { import: newImport(staged, clock()), lines } satisfies TriedImport };
}

/** The lines of a file in their turn, made when they are asked for: those that can be decided first, then those that could not be read. */
function inTurn(parsed: ParsedImport) {
  const { lines } = parsed;
  const faults = [...faultsOf(parsed)];
  const total = lines.length + faults.length;
  const lineAt = (at: number): StagedLine => {
    const sound = lines[at];
    const [line = 0, reason = null] = faults[at - lines.length] ?? [];
    return sound
      ? { position: at + 1, line: sound.line, external_id: sound.externalId, cells: sound.cells, ...ready }
      : { position: at + 1, line, external_id: null, cells: null, state: 'error', code: 'file_invalid', reason };
  };
  const slice = (from: number, to: number) =>
    Array.from({ length: Math.min(to, total) - from }, (_, i) => lineAt(from + i));
  return { total, slice };
}

const ready = { state: 'ready', code: null, reason: null } as const;

function faultsOf({ errors }: ParsedImport): Map<number, Words> {
  const byLine = new Map<number, Words>();
  for (const { pointer, detail } of errors) {
    const line = Number(pointer.slice('/lines/'.length));
    const before = byLine.get(line);
    byLine.set(line, before ? { en: `${before.en}; ${detail.en}`, zh: `${before.zh}；${detail.zh}` } : detail);
  }
  return byLine;
}

/** Decides every line over the books as they stand, with those before it, and stages them as they are unless it is a dry run. */
async function tryLines(
  { sql, rules, clock }: ImportTools,
  { job, claim, progress }: Run,
  upload: ImportUpload,
  parsed: ParsedImport,
): Promise<Omit<Sealing, 'upload'>> {
  const lines = inTurn(parsed);
  const foresight = await Foresight.open(sql, await readLedger(sql, job.ledgerId), clock);
  const { approvedBy = job.owner, alias, effectiveOn: since } = upload;
  const terms = { rules, approvedBy, alias, effectiveOn: since };
  const digest = new LinesDigest();
  const counts = { skipped: 0, errors: 0 };
  const telling: ImportLineState[] = [];
  for (let done = 0; done < lines.total; done += triedAtOnce) {
    await progress(done, lines.total);
    const chunk = lines.slice(done, done + triedAtOnce);
    const ready = readyLines(upload.kind, chunk);
    const tried = await foresight.decide(job.owner, (stage) => applyLines(stage, ready, terms));
    const states = tried.map(
      (line): ImportLineState => (line.state === 'imported' ? { ...line, state: 'ready' } : line),
    );
    counts.skipped += states.filter(({ state }) => state === 'skipped').length;
    counts.errors += states.filter(({ state }) => state === 'error').length;
    telling.push(...states.filter(({ state }) => state !== 'ready'));
    for (const line of chunk) digest.addLine(line);
    if (upload.dryRun) continue;
    await stageLines(
      sql,
      claim,
      upload.id,
      chunk.map((line, i) => ({ ...line, ...states[i] })),
    );
  }
  const { id, kind, fileName, sha256, effectiveOn } = upload;
  const file = { id, kind, fileName, sha256, effectiveOn, encoding: parsed.encoding, broughtBy: job.owner };
  const staged = { ...file, linesSha256: digest.toString(), total: lines.total, ...counts };
  return { staged, lines: telling.sort((a, b) => a.line - b.line).slice(0, tellingLines) };
}

/** The lane's part of staging: seals the lines; the file itself is not needed any more. Refuses: `file_expired`. */
export async function sealImport({ sql, lane, clock }: LaneTools, { job }: Run): Promise<Outcome> {
  const { upload, staged, lines } = job.input as Sealing;
  const { ledgerId } = job;
  // While the file is kept its lines are, too; it may be gone only if this part was cut short after it had sealed them.
  const kept = await keepBlob(sql, ledgerId, staged.id, new Date(clock() + waitsMilliseconds).toISOString());
  if (!kept && !(await findImport(sql, ledgerId, staged.id))) throw expired(staged.id);
  const submission = { actor: job.owner, client: upload.client ?? undefined };
  const row = await runInLane(lane, submission, (stage) => stageImport(stage, staged));
  await dropBlob(sql, ledgerId, staged.id);
  return { result: { import: row, lines } satisfies TriedImport };
}

export interface ImportCommit {
  readonly id: string;
  /** Who approves what it records, as `role:subject`; absent: whoever began the job. */
  readonly approvedBy?: string | undefined;
  /** See `ImportUpload`. */
  readonly alias?: string | undefined;
  readonly client: string | null;
}

/**
 * Commits a staged import to its end.
 * Refuses: `import_not_found`, `import_already_committed`, `file_expired`.
 */
export async function commitImport(tools: LaneTools, run: Run): Promise<Outcome> {
  const { sql } = tools;
  const { job } = run;
  const { id } = job.input as ImportCommit;
  let staged = await findImport(sql, job.ledgerId, id);
  if (!staged) throw new Refusal('import_not_found', { en: `there is no import ${id}`, zh: `没有编号为 ${id} 的导入` });
  // A job that has told of its progress may find that it has committed the last chunk itself, before it was cut short.
  if (staged.state === 'committed' && job.total === null)
    throw new Refusal('import_already_committed', { en: `import ${id} is committed already`, zh: `导入 ${id} 已提交` });
  staged = await commitChunks(tools, run, staged);
  await dropLines(sql, job.ledgerId, id);
  return { result: { import: staged } };
}

/** Commits the lines in their turn; the next are read while a chunk is decided. Refuses: `import_not_found`, `file_expired`. */
async function commitChunks(
  { sql, rules, lane, chunkLines: limit = chunkLines }: LaneTools,
  { job, progress }: Run,
  begun: Import,
): Promise<Import> {
  const { import_id: id, kind } = begun;
  const { client, approvedBy = job.owner, alias } = job.input as ImportCommit;
  const submission = { actor: job.owner, client: client ?? undefined, weight: limit };
  const terms = { rules, approvedBy, alias };
  const linesAfter = async (after: number) =>
    readyLines(kind, await readLines(sql, job.ledgerId, id, { after, limit }));
  let staged = begun;
  let chunk = await linesAfter(staged.done);
  while (staged.state !== 'committed') {
    await progress(staged.done, staged.total);
    const lines = chunk;
    const [next, following]: [Import, ReadyLine[]] = await Promise.all([
      runInLane(lane, submission, (stage) =>
        lines.length === 0 ? commitNothing(stage, id) : commitChunk(stage, id, lines, terms),
      ),
      linesAfter(staged.done + lines.length),
    ]);
    // Lines that are not there were not kept.
    if (lines.length === 0 && next.state !== 'committed') throw expired(id);
    chunk = next.done === staged.done + lines.length ? following : await linesAfter(next.done);
    staged = next;
  }
  await progress(staged.done, staged.total);
  return staged;
}

/** Gives up imports that nobody has committed in a week, and forgets their lines. Returns how many. */
export async function expireImports({ sql, lane, clock }: LaneTools, { job }: Run): Promise<number> {
  const old = await findOldImports(sql, job.ledgerId, new Date(clock() - waitsMilliseconds).toISOString());
  for (const id of old) {
    await runInLane(lane, { actor: job.owner }, (stage) => expireImport(stage, id));
    await dropLines(sql, job.ledgerId, id);
  }
  return old.length;
}
