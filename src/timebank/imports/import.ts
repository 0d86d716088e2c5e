/**
 * Importing a file in two steps. Staging reads it, tries every row on the stage and takes it all back, so that each row is known
 * to be ready, skipped or in error before anything is written; committing writes the ready rows in chunks, each chunk one
 * command that also records what became of its lines, so that an import cut short goes on where it stopped.
 */
import { createHash, randomBytes } from 'node:crypto';
import { change } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { formatInstant } from '../../lib/clock.js';
import type { Charset, Encoding } from '../../lib/encoding.js';
import { Refusal } from '../../lib/refusal.js';
import type { TimebankKind } from '../chart.js';
import type { RuleSet } from '../credit/rule-set.js';
import type { ImportKind, ImportLineStatus, ImportState } from '../words.js';
import { type ImportLine, type ImportTerms, type ParsedImport, parseImport } from './kinds.js';
import { importLineRows, importRows } from './rows.js';

type ImportRow = ReturnType<typeof importRows.decode>;

export type Import = Omit<ImportRow, 'kind' | 'state' | 'encoding'> & {
  readonly kind: ImportKind;
  readonly state: ImportState;
  readonly encoding: Encoding;
};

/** A stored row as what only this file writes there. */
export function importOf(row: ImportRow): Import {
  return row as Import;
}

/** What is, or will be, of one line. `code` and `reason` for errors and skips. */
export interface ImportLineState {
  readonly line: number;
  readonly external_id: string | null;
  readonly state: ImportLineStatus;
  readonly code: string | null;
  readonly reason: string | null;
}

/** Lines a file may have: it is tried on the stage in one go. */
const lineLimit = 20_000;

/** Lines a chunk takes: a fraction of a batch, so that other writers are not held up. */
export const chunkLines = 250;

export interface StageRequest {
  readonly id: string;
  readonly kind: ImportKind;
  readonly fileName: string | null;
  readonly bytes: Buffer;
  readonly effectiveOn: string | null;
  readonly approvedBy: string;
  /** Whose import it is, as the journal names them. */
  readonly broughtBy: string;
}

/** Takes a file in. Refuses: `file_invalid`. What is wrong with single rows is told line by line. */
export function stageImport(stage: Stage, rules: RuleSet, request: StageRequest, parsed: ParsedImport) {
  const terms = { rules, approvedBy: request.approvedBy, effectiveOn: request.effectiveOn };
  const lines = tryLines(stage, parsed, terms);
  const count = (state: ImportLineState['state']) => lines.filter((line) => line.state === state).length;
  const row: Import = {
    import_id: request.id,
    kind: request.kind,
    file_name: request.fileName,
    brought_by: request.broughtBy,
    sha256: createHash('sha256').update(request.bytes).digest('hex'),
    effective_on: request.effectiveOn,
    encoding: parsed.encoding,
    state: 'staged',
    content: request.bytes.toString('base64'),
    salt: randomBytes(16).toString('hex'),
    total: lines.length,
    done: 0,
    imported: 0,
    skipped: count('skipped'),
    errors: count('error'),
    created_at: formatInstant(BigInt(stage.now) * 1000n),
  };
  stage.post({ kind: 'import_staged' satisfies TimebankKind, rows: [change(importRows, row)] });
  return { import: row, lines };
}

/** Refuses: `file_invalid` (not such a file, or too long to be taken in one piece). */
export function parseForImport(
  kind: ImportKind,
  bytes: Uint8Array,
  rules: RuleSet,
  charset: Charset | null,
): ParsedImport {
  const parsed = parseImport(kind, bytes, rules, charset);
  if (parsed.lines.length + faultyLines(parsed).length > lineLimit) {
    throw new Refusal('file_invalid', `the file has more than ${lineLimit} lines: split it`);
  }
  return parsed;
}

/** Decides every line on the stage and takes it back: what importing now would do. Lines see those before them. */
export function tryLines(stage: Stage, parsed: ParsedImport, terms: ImportTerms): ImportLineState[] {
  const mark = stage.mark();
  const tried = applyLines(stage, parsed.lines, terms);
  stage.rollback(mark);
  const states = tried.map((line): ImportLineState => (line.state === 'imported' ? { ...line, state: 'ready' } : line));
  return [...states, ...faultyLines(parsed)].sort((a, b) => a.line - b.line);
}

function applyLines(stage: Stage, lines: readonly ImportLine[], terms: ImportTerms): ImportLineState[] {
  const outcomes = stage.savepoints(lines.map((line) => () => line.apply(stage, terms)));
  return lines.map(({ line, externalId }, i): ImportLineState => {
    const outcome = outcomes[i];
    if (outcome instanceof Refusal) {
      return { line, external_id: externalId, state: 'error', code: outcome.code, reason: outcome.message };
    }
    const skipped = outcome === 'skipped';
    return {
      line,
      external_id: externalId,
      state: skipped ? 'skipped' : 'imported',
      code: skipped ? 'already_imported' : null,
      reason: skipped ? 'already in the books as it stands here' : null,
    };
  });
}

function faultyLines(parsed: ParsedImport): ImportLineState[] {
  const byLine = new Map<number, string>();
  for (const { pointer, detail } of parsed.errors) {
    const line = Number(pointer.slice('/lines/'.length));
    byLine.set(line, byLine.has(line) ? `${byLine.get(line)}; ${detail}` : detail);
  }
  return [...byLine].map(([line, reason]) => ({
    line,
    external_id: null,
    state: 'error',
    code: 'file_invalid',
    reason,
  }));
}

/** Refuses: `import_not_found`. */
export function requireImport(stage: Stage, id: string): Import {
  const found = stage.row(importRows, id);
  if (!found) throw new Refusal('import_not_found', `there is no import ${id}`);
  return importOf(found);
}

export function contentOf(staged: Import): Buffer {
  return Buffer.from(staged.content ?? '', 'base64');
}

/** Whether one chunk more, or none, ends the import. */
export function isLastChunk(staged: Import): boolean {
  return staged.state === 'committed' || staged.total - staged.done <= chunkLines;
}

/**
 * Imports the next chunk of lines and records what became of them. The last one closes the import and clears the file.
 * Refuses: `import_not_found`, `import_already_committed`.
 */
export function commitChunk(
  stage: Stage,
  rules: RuleSet,
  id: string,
  parsed: ParsedImport,
  approvedBy: string,
): Import {
  const staged = requireImport(stage, id);
  if (staged.state === 'committed') throw new Refusal('import_already_committed', `import ${id} is committed already`);
  const all = [...parsed.lines, ...faultyLines(parsed)].map(({ line }) => line);
  const chunk = new Set(all.slice(staged.done, staged.done + chunkLines));
  const terms = { rules, approvedBy, effectiveOn: staged.effective_on };
  const states = [
    ...applyLines(
      stage,
      parsed.lines.filter(({ line }) => chunk.has(line)),
      terms,
    ),
    ...faultyLines(parsed).filter(({ line }) => chunk.has(line)),
  ].sort((a, b) => a.line - b.line);
  const count = (state: ImportLineState['state']) => states.filter((line) => line.state === state).length;
  const first = staged.done === 0;
  const done = staged.done + states.length;
  const finished = done >= staged.total;
  const next: Import = {
    ...staged,
    state: finished ? 'committed' : 'staged',
    content: finished ? null : staged.content,
    done,
    imported: staged.imported + count('imported'),
    skipped: (first ? 0 : staged.skipped) + count('skipped'),
    errors: (first ? 0 : staged.errors) + count('error'),
  };
  stage.post({
    kind: 'import_progressed' satisfies TimebankKind,
    rows: [change(importRows, next), ...states.map((state) => change(importLineRows, { import_id: id, ...state }))],
  });
  return next;
}

/** An import as the interface shows it. */
export function viewImport(row: Import) {
  return {
    id: row.import_id,
    kind: row.kind,
    file_name: row.file_name,
    sha256: row.sha256,
    effective_on: row.effective_on,
    encoding: row.encoding,
    state: row.state,
    created_at: row.created_at,
    counts: {
      total: row.total,
      ready: row.state === 'staged' && row.done === 0 ? row.total - row.skipped - row.errors : row.total - row.done,
      imported: row.imported,
      skipped: row.skipped,
      errors: row.errors,
    },
  };
}
