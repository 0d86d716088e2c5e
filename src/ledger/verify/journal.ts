/**
 * Verifying the journal: every entry against its leaf, every leaf against its hash, and what the entry made (postings, texts,
 * rows) against what is stored. A page at a time, with the next one on its way meanwhile.
 */
import { setImmediate } from 'node:timers/promises';
import type { TransactionSql } from 'postgres';
import type { Words } from '../../lib/language.js';
import type { Leaf } from '../leaf.js';
import { leafHashHex } from '../log/merkle.js';
import { readDeclared } from './declared.js';
import { differences, type Findings, joined } from './findings.js';
import { isFault, parseLeaf } from './leaf-check.js';
import { type EntryColumns, type EntryPage, entryLine, firstNumber, readPage, readRows } from './pages.js';
import type { Replay, ReplayedPosting } from './replay.js';

/** An entry of a page: as it was read, then what the replay made of it. */
export interface CheckedEntry {
  /** The number it is stored under. */
  number: string;
  /** Of the leaf's bytes, hex. */
  readonly hash: string;
  /** Null when the text is no leaf: then nobody knows what the entry made. */
  readonly leaf: Leaf | null;
  readonly problems: Words[];
  postings: readonly ReplayedPosting[];
}

/** Checks one kind of thing that entries make, page after page; `page` is null for what is left behind the last entry. */
export interface PageCheck {
  check(entries: readonly CheckedEntry[], page: Pick<EntryPage, 'first' | 'last'> | null): Promise<void>;
}

export interface JournalOptions {
  readonly checks: readonly PageCheck[];
  /** Told after each leaf how many there are now. */
  readonly grown: (leaves: number) => void;
  /** Hears how many entries are done. */
  readonly progress: (done: number) => void;
}

/** Between two looks at the connection the loop reads this many leaves, so that the database need not wait to send. */
const leavesPerTurn = 256;

/** Replays the whole journal of a ledger. Returns how many entries it has. */
export async function verifyJournal(
  sql: TransactionSql,
  ledger: { readonly id: number; readonly code: string },
  replay: Replay,
  findings: Findings,
  options: JournalOptions,
): Promise<number> {
  const numbers = new Numbers(findings);
  let done = 0;
  let ahead = aheadOf(sql, ledger.id, await firstNumber(sql, ledger.id));
  while (ahead) {
    const page = await ahead;
    ahead = aheadOf(sql, ledger.id, page.next);
    const entries = await readLeaves(page.leaves);
    if (linesOf(entries) !== page.lines) compareColumns(entries, await readRows(sql, ledger.id, page.first));
    for (const entry of entries) {
      numbers.take(entry);
      replay.grow(Buffer.from(entry.hash, 'hex'));
      done += 1;
      options.grown(done);
      replayEntry(ledger.code, entry, replay);
      if (entry.problems.length > 0) findings.add('entries', entry.number, joined(entry.problems));
      if (replay.complete && findings.tables.has('entries')) replay.adopt(await readDeclared(sql, ledger.id));
    }
    for (const check of options.checks) await check.check(entries, page);
    options.progress(done);
  }
  for (const check of options.checks) await check.check([], null);
  return done;
}

function aheadOf(sql: TransactionSql, ledgerId: number, number: string | null): Promise<EntryPage> | null {
  if (number === null) return null;
  const page = readPage(sql, ledgerId, number);
  // A failure is told to whoever awaits the page; it may come before anybody does.
  page.catch(() => {});
  return page;
}

async function readLeaves(leaves: readonly string[]): Promise<CheckedEntry[]> {
  const entries: CheckedEntry[] = [];
  for (const text of leaves) {
    if (entries.length % leavesPerTurn === 0) await setImmediate();
    const hash = leafHashHex(text);
    const leaf = parseLeaf(text);
    const faulty = isFault(leaf);
    entries.push({
      number: faulty ? '' : leaf.number,
      hash,
      leaf: faulty ? null : leaf,
      problems: faulty ? [leaf.fault] : [],
      postings: [],
    });
  }
  return entries;
}

/** What the database must say of these entries; never equal when a leaf says nothing. */
function linesOf(entries: readonly CheckedEntry[]): string {
  return entries.map(({ leaf }) => (leaf ? entryLine(leaf) : '')).join('\n');
}

/** The same one by one, when the page's lines are not what they should be. */
function compareColumns(entries: readonly CheckedEntry[], rows: readonly EntryColumns[]): void {
  for (const [i, entry] of entries.entries()) {
    const row = rows[i] as EntryColumns;
    entry.number = row.number;
    if (!entry.leaf) continue;
    const { number, kind, effective_on, recorded_at, reverses = null } = entry.leaf;
    entry.problems.push(...differences({ ...row }, { number, kind, effective_on, recorded_at, reverses }));
  }
}

function replayEntry(code: string, entry: CheckedEntry, replay: Replay): void {
  const { leaf, problems } = entry;
  if (!leaf) return;
  if (leaf.ledger !== code)
    problems.push({ en: `it is an entry of ledger "${leaf.ledger}"`, zh: `这是账本“${leaf.ledger}”的凭证` });
  entry.postings = replay.take(leaf, (detail) => problems.push(detail));
}

/** Numbers run from 1 without a gap. */
class Numbers {
  private last = 0;

  constructor(private readonly findings: Findings) {}

  take({ number, problems }: CheckedEntry): void {
    if (number !== String(this.last + 1)) {
      const found = BigInt(number);
      if (found < 1n) {
        problems.push({ en: 'entries are numbered from 1', zh: '凭证号应从 1 开始' });
        return;
      }
      this.findings.missing('entries', BigInt(this.last) + 1n, found - 1n);
    }
    this.last = Number(number);
  }
}
