/**
 * Taking a file through a lane: stage it, look at its lines again, commit it chunk by chunk. Each chunk is a submission of its
 * own, so that other writers get their turn in between and an import that is cut short goes on where it stopped.
 */
import type { Lane } from '../../ledger/lane.js';
import type { Stage } from '../../ledger/stage.js';
import type { Charset } from '../../lib/encoding.js';
import { Refusal } from '../../lib/refusal.js';
import type { RuleSet } from '../credit/rule-set.js';
import type { ImportKind } from '../words.js';
import {
  chunkLines,
  commitChunk,
  type Import,
  type ImportLineState,
  isLastChunk,
  parseForImport,
  requireImport,
  stageImport,
  tryLines,
} from './import.js';
import type { ParsedImport } from './kinds.js';

export interface StageFileRequest {
  readonly rules: RuleSet;
  readonly id: string;
  readonly kind: ImportKind;
  readonly fileName: string | null;
  readonly bytes: Buffer;
  /** As it was declared; null: the file says. */
  readonly charset: Charset | null;
  readonly effectiveOn: string | null;
  /** Who imports, as `role:subject`. */
  readonly actor: string;
  /** Who approves what the file records, when it is not who imports. */
  readonly approvedBy?: string | undefined;
}

/** Takes a file in and says what importing it would do. Refuses: `file_invalid`, `ledger_busy`, `ledger_unavailable`. */
export function stageFile(
  lane: Lane,
  request: StageFileRequest,
): Promise<{ import: Import; lines: ImportLineState[] }> {
  const { rules, actor, approvedBy = actor } = request;
  const parsed = parseForImport(request.kind, request.bytes, rules, request.charset);
  const weight = lineCount(parsed);
  return run(lane, { actor, weight }, (stage) =>
    stageImport(stage, rules, { ...request, approvedBy, broughtBy: actor }, parsed),
  );
}

export interface CommitRequest {
  readonly rules: RuleSet;
  readonly id: string;
  readonly kind: ImportKind;
  readonly bytes: Uint8Array;
  readonly charset: Charset | null;
  readonly actor: string;
  readonly approvedBy?: string | undefined;
  /** Lines dealt with so far, of all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Commits a staged import to its end. Refuses: `import_not_found`, `import_already_committed`, `ledger_busy`, `ledger_unavailable`. */
export async function commitImport(lane: Lane, request: CommitRequest): Promise<void> {
  const { rules, id, actor, approvedBy = actor, onProgress } = request;
  const parsed = parseForImport(request.kind, request.bytes, rules, request.charset);
  await commitUpToLast(lane, { rules, id, actor, approvedBy, parsed, onProgress });
  const { done, total } = await run(lane, { actor, weight: chunkLines }, (stage) =>
    commitChunk(stage, rules, id, parsed, approvedBy),
  );
  onProgress?.(done, total);
}

/**
 * Commits all chunks but the last, which the caller commits together with its own answer: whoever commits the last chunk has
 * committed the import, and nobody else has. Refuses: `import_not_found`, `ledger_busy`, `ledger_unavailable`.
 */
export async function commitUpToLast(
  lane: Lane,
  request: {
    readonly rules: RuleSet;
    readonly id: string;
    readonly actor: string;
    readonly approvedBy?: string | undefined;
    readonly parsed: ParsedImport;
    readonly onProgress?: CommitRequest['onProgress'] | undefined;
  },
): Promise<void> {
  const { rules, id, actor, approvedBy = actor, parsed, onProgress } = request;
  for (;;) {
    const next = await run(lane, { actor, weight: chunkLines }, (stage) => {
      const staged = requireImport(stage, id);
      return isLastChunk(staged) ? staged : commitChunk(stage, rules, id, parsed, approvedBy);
    });
    onProgress?.(next.done, next.total);
    if (isLastChunk(next)) return;
  }
}

/** What importing the file now would do, line by line; nothing is written. Refuses: `file_invalid`, `ledger_busy`, `ledger_unavailable`. */
export function previewLines(
  lane: Lane,
  request: Pick<StageFileRequest, 'rules' | 'kind' | 'charset' | 'effectiveOn' | 'actor' | 'approvedBy'> & {
    bytes: Uint8Array;
  },
): Promise<ImportLineState[]> {
  const { rules, actor, approvedBy = actor, effectiveOn } = request;
  const parsed = parseForImport(request.kind, request.bytes, rules, request.charset);
  const terms = { rules, approvedBy, effectiveOn };
  return run(lane, { actor, weight: lineCount(parsed), dryRun: true }, (stage) => tryLines(stage, parsed, terms));
}

/** How much of a batch a file takes when it is tried whole. */
export function lineCount(parsed: ParsedImport): number {
  return Math.max(1, parsed.lines.length);
}

/** Submits a command whose answer is for this process alone; a refusal is thrown. */
async function run<Result>(
  lane: Lane,
  submission: { actor: string; weight: number; dryRun?: boolean },
  decide: (stage: Stage) => Result,
): Promise<Result> {
  // A command may be decided several times; the last outcome is the one that was committed.
  let last: { readonly outcome: Result } | undefined;
  await lane.submit<Result>({
    ...submission,
    decide,
    answer: (outcome) => {
      if (outcome instanceof Refusal) throw outcome;
      last = { outcome };
      return { code: 0, body: '' };
    },
  });
  if (!last) throw new Error('the lane answered a command that it never decided');
  return last.outcome;
}
