/**
 * Imports as jobs. A worker reads the file, tries every line and stages them; one command seals that. Committing runs where the lane
 * is, chunk by chunk. All of it may be begun again at any point: staging starts over, and a chunk whose turn is over changes nothing.
 */
import type { Pool } from '../../db/connect.js';
import type { Lane } from '../../ledger/lane.js';
import { runInLane } from '../../ledger/run-in-lane.js';
import type { Clock } from '../../lib/clock.js';
import type { Charset } from '../../lib/encoding.js';
import { Refusal } from '../../lib/refusal.js';
import { dropBlob, keepBlob } from '../../work/blobs.js';
import type { Outcome, Run } from '../../work/runner.js';
import type { PersonalKeys } from '../people/personal-data/personal-keys.js';
import type { ImportKind } from '../words.js';
import {
  commitChunk,
  commitNothing,
  expired,
  expireImport,
  type Import,
  type ImportLineState,
  type ReadyLine,
  readyLines,
  type StagedImport,
  stageImport,
} from './import.js';
import type { UsedMapping } from './mappings.js';
import { findImport, findImportsOf, findImportsOfErased, findOldImports } from './reads.js';
import { dropLines, readLines } from './staged-lines.js';

export interface ImportTools {
  readonly sql: Pool;
  readonly personal: PersonalKeys;
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
  /** What its headers mean, as it stood when the file was sent; absent: no mapping was named. */
  readonly mapping?: UsedMapping | undefined;
  readonly effectiveOn: string | null;
  /** Whose redemptions they are; null for every other kind. */
  readonly partner: string | null;
  /** Whose items they are; absent for every other kind. */
  readonly platform?: string | undefined;
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

/** What the worker hands to the lane. */
export interface Sealing {
  readonly upload: ImportUpload;
  readonly staged: StagedImport;
  readonly lines: readonly ImportLineState[];
}

/** Lines a chunk takes: few, for nothing else is decided or answered while they are. */
export const chunkLines = 25;

/** Lines a chunk takes where nobody else waits: their digests take half of what an entry may have in the log. */
export const chunkLinesAlone = 250;

/** What commits in a lane works with. */
export interface LaneTools extends ImportTools {
  readonly lane: Lane;
  readonly chunkLines?: number;
}

/** A staged import waits for its commit for a week. */
const waitsMilliseconds = 7 * 86_400_000;

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
  { sql, personal: keys, lane, chunkLines: limit = chunkLines }: LaneTools,
  { job, progress }: Run,
  begun: Import,
): Promise<Import> {
  const { import_id: id, kind } = begun;
  const { client, approvedBy = job.owner, alias } = job.input as ImportCommit;
  const submission = { actor: job.owner, client: client ?? undefined, weight: limit };
  const terms = { keys, approvedBy, alias };
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

/**
 * Gives up imports that nobody has committed in a week, and those that an erasure was to end when it was cut short, and forgets their lines.
 * Returns how many.
 */
export async function expireImports({ sql, lane, clock }: LaneTools, { job }: Run): Promise<number> {
  const old = await findOldImports(sql, job.ledgerId, new Date(clock() - waitsMilliseconds).toISOString());
  const ended = new Set([...old, ...(await findImportsOfErased(sql, job.ledgerId))]);
  for (const id of ended) await expireOne({ sql, lane }, id, job.owner);
  return ended.size;
}

async function expireOne({ sql, lane }: Pick<LaneTools, 'sql' | 'lane'>, id: string, actor: string): Promise<void> {
  await runInLane(lane, { actor }, (stage) => expireImport(stage, id));
  await dropLines(sql, lane.facts.id, id);
}

/** Gives up imports of members that wait for their commit and name this member, and forgets their lines. */
export async function expireImportsOf(tools: Pick<LaneTools, 'sql' | 'lane'>, memberId: string): Promise<void> {
  const named = await findImportsOf(tools.sql, tools.lane.facts.id, memberId);
  for (const id of named) await expireOne(tools, id, 'service:timeledger');
}
