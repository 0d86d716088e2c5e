/**
 * Sealing: a decided batch becomes the text parameters of the one commit statement. Here the leaves are written and hashed and
 * the Merkle frontier moves on. Pure; the batch can be sealed, lost and sealed again with the same bytes.
 */
import { hash } from 'node:crypto';
import { formatInstant } from '../lib/clock.js';
import { formatAmount } from '../lib/decimal.js';
import { type Account, accountRow, type DaySums, mergeDays } from './accounts.js';
import type { StagedEntry, StagedLeg, StagedRow } from './drafts.js';
import { commitText, type Leaf, type LeafAccount, type LeafLeg, type LeafRow, writeLeaf } from './leaf.js';
import { type Frontier, leafHash } from './log/merkle.js';
import { digestRows } from './rows.js';
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
  const frontier = head.frontier.clone();
  const outcome = stage.outcome;
  const nodes: LogNode[] = [];
  const journal = sealJournal(facts, stage.entries, frontier, nodes);
  const parameters = [
    String(head.batchSeq),
    head.batchId,
    batchId,
    String(outcome.entryCount),
    String(outcome.accountCount),
    formatInstant(outcome.recordedAt),
    frontier.encode().toString('hex'),
    ...journal,
    ...sealPostings(stage.entries),
    ...sealAccounts(stage.entries),
    ...sealDays(stage.entries),
    ...sealAnswers(stage, head.batchSeq + 1, batchId),
    sealExtra(stage, head, nodes),
    ...sealRows(stage.entries),
  ];
  return { head: { ...outcome, batchSeq: head.batchSeq + 1, batchId, frontier }, parameters };
}

function sealJournal(
  facts: LedgerFacts,
  entries: readonly StagedEntry[],
  frontier: Frontier,
  nodes: LogNode[],
): (string | null)[] {
  const kinds: string[] = [];
  const days: string[] = [];
  const reverses: string[] = [];
  const leaves: string[] = [];
  const hashes: string[] = [];
  for (const entry of entries) {
    const leaf = writeLeaf(leafOf(facts, entry));
    const hash = leafHash(leaf);
    frontier.append(hash, (level, index, node) =>
      nodes.push({ level, index: String(index), hash: node.toString('hex') }),
    );
    kinds.push(entry.draft.kind);
    days.push(entry.effectiveOn);
    reverses.push(entry.draft.reverses === undefined ? 'NULL' : String(entry.draft.reverses));
    leaves.push(leaf);
    hashes.push(hash.toString('hex'));
  }
  const firstInstant = entries[0]?.recordedAt ?? null;
  const anyReversal = entries.some(({ draft }) => draft.reverses !== undefined);
  const lines = leaves.join('\n');
  return [array(kinds), array(days), firstInstant, array(anyReversal ? reverses : []), lines, hashes.join('')];
}

/** The leaf of an entry, its keys set in sorted order: see leaf.ts. */
function leafOf(facts: LedgerFacts, entry: StagedEntry): Leaf {
  const { draft, opened, legs, rows, text } = entry;
  const leaf: { -readonly [Key in keyof Leaf]?: Leaf[Key] } = {};
  if (opened.length > 0) leaf.accounts = opened.map(leafAccount);
  leaf.actor = entry.actor;
  if (draft.assets) leaf.assets = draft.assets.map(({ asset, scale }) => ({ asset, scale: String(scale) }));
  if (entry.client !== undefined) leaf.client = entry.client;
  if (draft.closedThrough) leaf.closed_through = draft.closedThrough;
  leaf.effective_on = entry.effectiveOn;
  leaf.kind = draft.kind;
  leaf.ledger = facts.code;
  if (legs.length > 0) leaf.legs = legs.map(leafLeg);
  leaf.number = String(entry.number);
  leaf.recorded_at = entry.recordedAt;
  if (draft.reference !== undefined) leaf.reference = draft.reference;
  if (draft.reverses !== undefined) leaf.reverses = String(draft.reverses);
  if (rows.length > 0) leaf.rows = leafRows(rows);
  if (draft.ruleSet) leaf.rule_set = draft.ruleSet;
  if (text) leaf.text = commitText(text);
  leaf.v = '1';
  if (draft.zone) leaf.zone = draft.zone;
  return leaf as Leaf;
}

function leafLeg({ debit, credit, amount }: StagedLeg): LeafLeg {
  return { amount: formatAmount(amount, debit.scale), asset: debit.asset, credit: credit.code, debit: debit.code };
}

function leafAccount(account: Account): LeafAccount {
  const bound = (minor: bigint | null) => (minor === null ? null : formatAmount(minor, account.scale));
  return {
    asset: account.asset,
    ceiling: bound(account.ceiling),
    code: account.code,
    control: account.control,
    floor: bound(account.floor),
    type: account.type,
  };
}

/** Mutable rows one by one, in the order they were put; immutable ones as one digest a table. */
function leafRows(rows: readonly StagedRow[]): LeafRow[] {
  const together = new Map<string, string[]>();
  const leaves: LeafRow[] = [];
  for (const { table, name, json } of rows) {
    if (table.mutable) leaves.push({ digest: digestRows([json]), key: name, table: table.name });
    else {
      const list = together.get(table.name);
      if (list) list.push(json);
      else together.set(table.name, [json]);
    }
  }
  for (const [table, list] of together) leaves.push({ count: String(list.length), digest: digestRows(list), table });
  return leaves;
}

function sealPostings(entries: readonly StagedEntry[]): string[] {
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
  return [array(accounts), array(numbers), array(versions), array(amounts), array(balances)];
}

/** The accounts that moved, as they now stand. Those opened in this batch are written by `sealExtra`. */
function sealAccounts(entries: readonly StagedEntry[]): string[] {
  const moved = new Set<Account>();
  for (const entry of entries) for (const posting of entry.postings) moved.add(posting.account);
  for (const entry of entries) for (const account of entry.opened) moved.delete(account);
  const list = [...moved];
  return [
    array(list.map((a) => a.id)),
    array(list.map((a) => a.debits)),
    array(list.map((a) => a.credits)),
    array(list.map((a) => a.version)),
    ...sealSums(list.map((a) => a.latest as DaySums)),
  ];
}

/** What is to be added to the accounts' earlier days. */
function sealDays(entries: readonly StagedEntry[]): string[] {
  const days = new Map<string, { account: number; sums: DaySums }>();
  for (const entry of entries) {
    for (const { account, earlier } of entry.postings) {
      if (!earlier) continue;
      const name = `${account.id} ${earlier.day}`;
      const known = days.get(name);
      days.set(name, { account: account.id, sums: known ? mergeDays(known.sums, earlier) : earlier });
    }
  }
  const list = [...days.values()];
  return [array(list.map(({ account }) => account)), ...sealSums(list.map(({ sums }) => sums))];
}

function sealSums(list: readonly DaySums[]): string[] {
  return [
    array(list.map((d) => d.day)),
    array(list.map((d) => d.debits)),
    array(list.map((d) => d.credits)),
    array(list.map((d) => d.first)),
    array(list.map((d) => d.last)),
  ];
}

function sealAnswers(stage: Stage, batchSeq: number, batchId: string): string[] {
  const { remembers } = stage;
  const keys = array(remembers.map(({ key }) => key.key));
  const fingerprints = array(remembers.map(({ key }) => key.fingerprint));
  const answers = remembers.map(({ answer }) => `${answer.code} ${answer.body}`).join('\n');
  // A batch of refusals alone records no entry, and yet its answers are of now.
  const now = BigInt(stage.now) * 1000n;
  const recorded = stage.outcome.recordedAt;
  const recordedAt = formatInstant(now > recorded ? now : recorded);
  const digest = digestBatch({ batchSeq, batchId, recordedAt, keys, fingerprints, answers });
  return [keys, fingerprints, array(remembers.map((_, position) => position)), answers, digest, recordedAt];
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
  const closed = stage.outcome.closedThrough;
  const extra = {
    ...(assets.length > 0 && { assets }),
    ...(accounts.length > 0 && { accounts }),
    ...(texts.length > 0 && { texts }),
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

/** A PostgreSQL array literal of values that need no quoting: numbers, dates, instants without spaces, plain codes, UUIDs. */
export function array(values: readonly (string | number | bigint)[]): string {
  return `{${values.join(',')}}`;
}
