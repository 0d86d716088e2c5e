/** The worker's part of an import: it reads the file, decides every line over the books as they stand, and stages the lines. */

import { Foresight } from '../../ledger/foresight.js';
import { readLedger } from '../../ledger/reads/ledgers.js';
import { dateInZone } from '../../lib/clock.js';
import type { Words } from '../../lib/language.js';
import { dropBlob, readBlob } from '../../work/blobs.js';
import type { Outcome, Run } from '../../work/runner.js';
import { keepLots } from '../credit/lots/keep.js';
import { readRulesOn } from '../credit/rule-set-reads.js';
import { applyLines, type ImportLineState, newImport, readyLines, type StagedLine } from './import.js';
import type { ImportTools, ImportUpload, Sealing, TriedImport } from './import-jobs.js';
import { type ParsedImport, parseImport } from './kinds.js';
import { dropLines, LinesDigest, stageLines } from './staged-lines.js';

/** Lines that are tried and staged at a time. */
const triedAtOnce = 500;

const tellingLines = 1_000;

/** Refuses: `file_invalid`. What is wrong with single rows is told line by line. */
export async function tryImport(tools: ImportTools, run: Run): Promise<Outcome> {
  const { sql, clock } = tools;
  const upload = run.job.input as ImportUpload;
  const { ledgerId } = run.job;
  const { kind, charset, partner, platform, mapping } = upload;
  const { zone } = await readLedger(sql, ledgerId);
  const rules = await readRulesOn(sql, ledgerId, upload.effectiveOn ?? dateInZone(clock(), zone));
  const batch = platform === undefined ? undefined : { platform, batch: upload.id };
  const reading = { rules, charset, partner, batch, mapping: mapping?.columns };
  const parsed = parseImport(kind, await readBlob(sql, ledgerId, upload.id), reading);
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
  { sql, personal: keys, clock }: ImportTools,
  { job, claim, progress }: Run,
  upload: ImportUpload,
  parsed: ParsedImport,
): Promise<Omit<Sealing, 'upload'>> {
  const lines = inTurn(parsed);
  const foresight = await Foresight.open(sql, await readLedger(sql, job.ledgerId), { clock, completes: keepLots });
  const { approvedBy = job.owner, alias, effectiveOn: since } = upload;
  const terms = { keys, approvedBy, alias, effectiveOn: since };
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
  const { id, kind, fileName, sha256, effectiveOn, mapping } = upload;
  const file = { id, kind, fileName, sha256, effectiveOn, mapping, encoding: parsed.encoding, broughtBy: job.owner };
  const staged = { ...file, linesSha256: digest.toString(), total: lines.total, ...counts };
  return { staged, lines: telling.sort((a, b) => a.line - b.line).slice(0, tellingLines) };
}
