/**
 * Sealing: a decided batch becomes the text parameters of the one commit statement. Here the leaves are hashed and the Merkle
 * frontier moves on, and what the stage decided is checked once more. Pure; a batch can be sealed, lost and sent again with the
 * same bytes.
 */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { formatInstant } from '../lib/clock.js';
import { type Account, accountRow, type DaySums, mergeDays } from './accounts.js';
import { array, composite } from './composites.js';
import type { StagedEntry } from './drafts.js';
import { leafOf } from './entry-leaf.js';
import { type Frontier, leafHash } from './log/merkle.js';
import type { Stage } from './stage.js';
import type { Head, LedgerFacts } from './state.js';

/** The head after the batch, and the parameters of timeledger.commit_batch after the ledger, in its order. */
export interface SealedBatch {
  readonly head: Head;
  readonly parameters: readonly (string | null)[];
}

interface LogNode {
  level: number;
  index: string;
  hash: string;
}

/** Seals a batch on top of a head. The head given is left as it is; the one returned is what it becomes. */
export function sealBatch(facts: LedgerFacts, head: Head, batchId: string, stage: Stage): SealedBatch {
  const { entries, outcome } = stage;
  assertSound(entries, head.entryCount);
  const frontier = head.frontier.clone();
  const nodes: LogNode[] = [];
  const leaves = sealLeaves(facts, entries, frontier, nodes);
  const batchHead = composite('batch_head', {
    expected_seq: String(head.batchSeq),
    expected_batch: head.batchId,
    batch: batchId,
    entries: String(outcome.entryCount),
    accounts: String(outcome.accountCount),
    recorded_at: formatInstant(outcome.recordedAt),
    frontier: frontier.encode().toString('hex'),
  });
  const parameters = [
    batchHead,
    sealJournal(entries),
    leaves,
    sealPostings(entries),
    sealAccounts(entries),
    sealDays(entries),
    ...sealAnswers(stage, head.batchSeq + 1, batchId),
    sealExtra(stage, head, nodes),
    ...sealRows(entries),
  ];
  return { head: { ...outcome, batchSeq: head.batchSeq + 1, batchId, frontier }, parameters };
}

/** What the stage promises, checked where it leaves the memory: numbers contiguous, legs balanced, versions continuous. */
function assertSound(entries: readonly StagedEntry[], before: number): void {
  const versions = new Map<Account, number>();
  for (const [i, { number, legs, postings }] of entries.entries()) {
    assert(number === before + i + 1, 'numbers are contiguous');
    assert(postings.length === 2 * legs.length, 'a leg has two postings');
    for (const [j, { account, amount, version }] of postings.entries()) {
      const other = postings[j ^ 1];
      assert(other?.amount === -amount && other.account.asset === account.asset, 'the postings of a leg sum to zero');
      assert(version === (versions.get(account) ?? version - 1) + 1, 'the versions of an account are continuous');
      versions.set(account, version);
    }
  }
}

/** The leaves, a line each (JSON as we write it has no line feed); the frontier takes their hashes. */
function sealLeaves(facts: LedgerFacts, entries: readonly StagedEntry[], frontier: Frontier, nodes: LogNode[]): string {
  const leaves = entries.map((entry) => leafOf(facts.code, entry));
  for (const leaf of leaves) {
    frontier.append(leafHash(leaf), (level, index, node) =>
      nodes.push({ level, index: String(index), hash: node.toString('hex') }),
    );
  }
  return leaves.join('\n');
}

function sealJournal(entries: readonly StagedEntry[]): string {
  const anyReversal = entries.some(({ draft }) => draft.reverses !== undefined);
  return composite('journal_columns', {
    first_instant: entries[0]?.recordedAt ?? null,
    days: array(entries.map(({ effectiveOn }) => effectiveOn)),
    kinds: array(entries.map(({ draft }) => draft.kind)),
    reverses: array(anyReversal ? entries.map(({ draft }) => draft.reverses ?? 'NULL') : []),
  });
}

function sealPostings(entries: readonly StagedEntry[]): string {
  const accounts: number[] = [];
  const numbers: number[] = [];
  const versions: number[] = [];
  const amounts: bigint[] = [];
  const balances: bigint[] = [];
  for (const entry of entries) {
    for (const posting of entry.postings) {
      accounts.push(posting.account.id);
      numbers.push(entry.number);
      versions.push(posting.version);
      amounts.push(posting.amount);
      balances.push(posting.balance);
    }
  }
  return composite('posting_columns', {
    accounts: array(accounts),
    entries: array(numbers),
    versions: array(versions),
    amounts: array(amounts),
    balances: array(balances),
  });
}

/** The accounts that moved, as they now stand. Those opened in this batch are written by `sealExtra`. */
function sealAccounts(entries: readonly StagedEntry[]): string {
  const moved = new Set<Account>();
  for (const entry of entries) for (const posting of entry.postings) moved.add(posting.account);
  for (const entry of entries) for (const account of entry.opened) moved.delete(account);
  const list = [...moved];
  const latest = list.map((account) => account.latest as DaySums);
  return composite('account_columns', {
    accounts: array(list.map((account) => account.id)),
    debits: array(list.map((account) => account.debits)),
    credits: array(list.map((account) => account.credits)),
    versions: array(list.map((account) => account.version)),
    days: array(latest.map(({ day }) => day)),
    day_debits: array(latest.map(({ debits }) => debits)),
    day_credits: array(latest.map(({ credits }) => credits)),
    day_first: array(latest.map(({ first }) => first)),
    day_last: array(latest.map(({ last }) => last)),
  });
}

/** What is to be added to the accounts' earlier days. */
function sealDays(entries: readonly StagedEntry[]): string | null {
  const days = new Map<string, { account: number; sums: DaySums }>();
  for (const entry of entries) {
    for (const { account, earlier } of entry.postings) {
      if (!earlier) continue;
      const name = `${account.id} ${earlier.day}`;
      const known = days.get(name);
      days.set(name, { account: account.id, sums: known ? mergeDays(known.sums, earlier) : earlier });
    }
  }
  if (days.size === 0) return null;
  const list = [...days.values()];
  return composite('day_columns', {
    accounts: array(list.map(({ account }) => account)),
    days: array(list.map(({ sums }) => sums.day)),
    debits: array(list.map(({ sums }) => sums.debits)),
    credits: array(list.map(({ sums }) => sums.credits)),
    first: array(list.map(({ sums }) => sums.first)),
    last: array(list.map(({ sums }) => sums.last)),
  });
}

/** Keys and what binds them to the answers; then the answers, a line each. */
function sealAnswers(stage: Stage, batchSeq: number, batchId: string): [string, string] {
  const { remembers } = stage;
  const keys = array(remembers.map(({ key }) => key.key));
  const fingerprints = array(remembers.map(({ key }) => key.fingerprint));
  const answers = remembers.map(({ answer }) => `${answer.code} ${answer.body}`).join('\n');
  // A batch of refusals alone records no entry, and yet its answers are of now.
  const now = BigInt(stage.now) * 1000n;
  const recorded = stage.outcome.recordedAt;
  const recordedAt = formatInstant(now > recorded ? now : recorded);
  const digest = digestBatch({ batchSeq, batchId, recordedAt, keys, fingerprints, answers });
  return [composite('answer_columns', { answered_at: recordedAt, digest, keys, fingerprints }), answers];
}

/** What a batch row and its keys say, as one SHA-256 in hex. Keys and fingerprints are array literals in order of position. */
export function digestBatch(batch: {
  batchSeq: number;
  batchId: string;
  recordedAt: string;
  keys: string;
  fingerprints: string;
  answers: string;
}): string {
  const { batchSeq, batchId, recordedAt, keys, fingerprints, answers } = batch;
  return hash('sha256', [batchSeq, batchId, recordedAt, keys, fingerprints, answers].join('\n'), 'hex');
}

/** What few batches have, as one JSON text, or null. */
function sealExtra(stage: Stage, head: Head, nodes: readonly LogNode[]): string | null {
  const { entries } = stage;
  const assets = entries.flatMap((entry) => entry.draft.assets ?? []);
  const accounts = entries.flatMap((entry) =>
    entry.opened.map((account) => ({ account_id: account.id, ...accountRow(account) })),
  );
  const texts = entries.flatMap(({ number, text }) =>
    text ? [{ ...text, number, salt: text.salt.toString('hex') }] : [],
  );
  const erased = entries.flatMap(({ draft }) => draft.erases ?? []);
  const closed = stage.outcome.closedThrough;
  const extra = {
    ...(assets.length > 0 && { assets }),
    ...(accounts.length > 0 && { accounts }),
    ...(texts.length > 0 && { texts }),
    ...(erased.length > 0 && { erased }),
    ...(nodes.length > 0 && { nodes }),
    ...(closed !== head.closedThrough && { closed_through: closed }),
  };
  return Object.keys(extra).length > 0 ? JSON.stringify(extra) : null;
}

/** Functions that write rows and, a line each, the rows as they stand after the batch: a row written twice is written once. */
function sealRows(entries: readonly StagedEntry[]): string[] {
  const writes = new Map<string, Map<string, string>>();
  for (const entry of entries) {
    for (const { table, name, json, fresh } of entry.rows) {
      const add = `add_${table.name}`;
      const added = writes.get(add);
      const write = fresh || added?.has(name) ? add : `put_${table.name}`;
      const rows = writes.get(write) ?? new Map<string, string>();
      // What is new twice is a bug, and left to the table to refuse.
      writes.set(write, rows.set(fresh && rows.has(name) ? `${name} again` : name, json));
    }
  }
  const lines = [...writes.values()].map((rows) => `[${[...rows.values()].join(',')}]`);
  return [array([...writes.keys()]), lines.join('\n')];
}
