/**
 * An import: a file whose rows are tried before anything is written, so that each is known to be ready, skipped or in error, and then
 * written a chunk of lines at a time. A chunk is one command, which also records what became of its lines; it takes up exactly where
 * the one before ended, so that an import cut short goes on where it stopped, and no line is dealt with twice whoever tries.
 */
import { change } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { formatInstant } from '../../lib/clock.js';
import type { Encoding } from '../../lib/encoding.js';
import { storedWords, type Words, wordsOf } from '../../lib/language.js';
import { Refusal } from '../../lib/refusal.js';
import { newSalt } from '../../lib/salt.js';
import type { TimebankKind } from '../chart.js';
import type { ImportKind } from '../words.js';
import type { ImportTerms } from './apply.js';
import { type Apply, applierOf } from './kinds.js';
import type { UsedMapping } from './mappings.js';
import { importLineRows, importRows } from './rows.js';

type ImportRow = ReturnType<typeof importRows.decode>;

export type Import = Omit<ImportRow, 'kind' | 'state' | 'encoding'> & {
  readonly kind: ImportKind;
  readonly state: 'staged' | 'committed' | 'expired';
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
  readonly state: 'ready' | 'skipped' | 'error' | 'imported';
  readonly code: string | null;
  readonly reason: Words | null;
}

/** A line as it is staged, in its turn. What could not be read has no cells, and is in error for good. */
export interface StagedLine extends ImportLineState {
  readonly position: number;
  readonly cells: string | null;
}

/** A line with the command that it is: made once, however often that is decided. */
export interface ReadyLine extends StagedLine {
  readonly apply: Apply | null;
}

export function readyLines(kind: ImportKind, lines: readonly StagedLine[]): ReadyLine[] {
  return lines.map((line) => ({ ...line, apply: line.cells === null ? null : applierOf(kind, line.cells) }));
}

/** What is known of a file when all its lines are staged. */
export interface StagedImport {
  readonly id: string;
  readonly kind: ImportKind;
  readonly fileName: string | null;
  /** Of the file and of its staged lines, hexadecimal. */
  readonly sha256: string;
  readonly linesSha256: string;
  readonly effectiveOn: string | null;
  readonly encoding: Encoding;
  /** By which its headers were read; absent: by none. */
  readonly mapping?: UsedMapping | undefined;
  /** Whose import it is, as the journal names them. */
  readonly broughtBy: string;
  readonly total: number;
  readonly skipped: number;
  readonly errors: number;
}

/** The row of a file that has just been staged. */
export function newImport(staged: StagedImport, now: number): Import {
  return {
    import_id: staged.id,
    kind: staged.kind,
    file_name: staged.fileName,
    brought_by: staged.broughtBy,
    sha256: staged.sha256,
    lines_sha256: staged.linesSha256,
    effective_on: staged.effectiveOn,
    encoding: staged.encoding,
    state: 'staged',
    salt: newSalt(),
    total: staged.total,
    done: 0,
    imported: 0,
    skipped: staged.skipped,
    errors: staged.errors,
    created_at: formatInstant(BigInt(now) * 1000n),
    mapping: staged.mapping?.id ?? null,
    mapping_entry: staged.mapping?.entry ?? null,
  };
}

/** Seals what is staged under the id, once. */
export function stageImport(stage: Stage, staged: StagedImport): Import {
  const known = stage.row(importRows, staged.id);
  if (known) return importOf(known);
  const row = newImport(staged, stage.now);
  stage.post({ kind: 'import_staged' satisfies TimebankKind, rows: [change(importRows, row)] });
  return row;
}

/** What deciding these lines on the stage comes to; lines see those before them. */
export function applyLines(stage: Stage, lines: readonly ReadyLine[], terms: ImportTerms): ImportLineState[] {
  const outcomes = stage.savepoints(
    lines.map(
      ({ apply }) =>
        () =>
          apply?.(stage, terms) ?? null,
    ),
  );
  return lines.map((line, i) => stateOf(line, outcomes[i] ?? null));
}

function stateOf(
  { line, external_id, code, reason }: StagedLine,
  outcome: 'imported' | 'skipped' | Refusal | null,
): ImportLineState {
  const told = { line, external_id };
  if (outcome === null) return { ...told, state: 'error', code, reason };
  if (outcome instanceof Refusal) return { ...told, state: 'error', code: outcome.code, reason: outcome.detail };
  if (outcome === 'imported') return { ...told, state: 'imported', code: null, reason: null };
  return { ...told, state: 'skipped', code: 'already_imported', reason: alreadyThere };
}

const alreadyThere: Words = { en: 'already in the books as it stands here', zh: '账簿中已有相同内容' };

/** A line as its row. */
export function storedLine<Line extends { readonly reason: Words | null }>(line: Line) {
  return { ...line, reason: line.reason && storedWords(line.reason) };
}

/** What `storedLine` stored. */
export function lineOf<Line>(row: Line & { readonly reason: string | null }) {
  return { ...row, reason: row.reason === null ? null : wordsOf(row.reason) };
}

/** Refuses: `import_not_found`. */
function requireImport(stage: Stage, id: string): Import {
  const found = stage.row(importRows, id);
  if (!found) throw new Refusal('import_not_found', { en: `there is no import ${id}`, zh: `没有编号为 ${id} 的导入` });
  return importOf(found);
}

/**
 * Imports the lines whose turn it is and records what became of them; the last one closes the import. Lines whose turn is over
 * change nothing: the import is returned as it stands. Refuses: `import_not_found`, `file_expired`.
 */
export function commitChunk(
  stage: Stage,
  id: string,
  lines: readonly ReadyLine[],
  terms: Omit<ImportTerms, 'effectiveOn'>,
): Import {
  const staged = requireImport(stage, id);
  if (staged.state === 'expired') throw expired(id);
  if (staged.state === 'committed' || staged.done + 1 !== lines[0]?.position) return staged;
  const states = applyLines(stage, lines, { ...terms, effectiveOn: staged.effective_on });
  const count = (state: ImportLineState['state']) => states.filter((line) => line.state === state).length;
  const first = staged.done === 0;
  const done = staged.done + states.length;
  const next: Import = {
    ...staged,
    state: done >= staged.total ? 'committed' : 'staged',
    done,
    imported: staged.imported + count('imported'),
    // Until the first line is dealt with they say what was foreseen.
    skipped: (first ? 0 : staged.skipped) + count('skipped'),
    errors: (first ? 0 : staged.errors) + count('error'),
  };
  stage.post({
    kind: 'import_progressed' satisfies TimebankKind,
    rows: [
      change(importRows, next),
      ...states.map((state) => change(importLineRows, { import_id: id, ...storedLine(state) })),
    ],
  });
  return next;
}

/** Closes an import that has no lines: there is nothing to commit. Refuses: `import_not_found`. */
export function commitNothing(stage: Stage, id: string): Import {
  const staged = requireImport(stage, id);
  if (staged.state !== 'staged' || staged.total > 0) return staged;
  const next: Import = { ...staged, state: 'committed' };
  stage.post({ kind: 'import_progressed' satisfies TimebankKind, rows: [change(importRows, next)] });
  return next;
}

/** An import that nobody has committed in time: what is left of it is not kept. Refuses: `import_not_found`. */
export function expireImport(stage: Stage, id: string): Import {
  const staged = requireImport(stage, id);
  if (staged.state !== 'staged') return staged;
  const next: Import = { ...staged, state: 'expired' };
  stage.post({ kind: 'import_expired' satisfies TimebankKind, rows: [change(importRows, next)] });
  return next;
}

export function expired(id: string): Refusal {
  return new Refusal('file_expired', {
    en: `import ${id} was not committed in time, and its lines are not kept any more`,
    zh: `导入 ${id} 未按时提交，各行内容已不再保留`,
  });
}

/** An import as the interface shows it. */
export function viewImport(row: Import) {
  const { state, total, done, imported, skipped, errors, mapping, mapping_entry } = row;
  const foreseen = done === 0 ? total - skipped - errors : total - done;
  return {
    id: row.import_id,
    kind: row.kind,
    file_name: row.file_name,
    sha256: row.sha256,
    effective_on: row.effective_on,
    encoding: row.encoding,
    mapping: mapping === null ? null : { id: mapping, entry: String(mapping_entry) },
    state,
    created_at: row.created_at,
    counts: { total, ready: state === 'staged' ? foreseen : 0, imported, skipped, errors },
  };
}
