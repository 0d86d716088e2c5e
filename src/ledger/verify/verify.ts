/**
 * Verification: replays every entry of a ledger from its leaf and compares every table of the books with the outcome, in one
 * snapshot of the database. It trusts nothing but the leaves, those only if they hash to the tree the head names, and the
 * beginning of that tree only if it is the one that a saved checkpoint was signed for.
 */

import type { Sql, TransactionSql } from 'postgres';
import { readSnapshot } from '../../db/snapshot.js';
import { loadLedger } from '../load.js';
import type { RowTable } from '../rows.js';
import type { LedgerFacts } from '../state.js';
import { attempt } from './attempt.js';
import { CheckpointCheck, type CheckpointResult, type SavedCheckpoints } from './checkpoints.js';
import { verifyDays } from './days.js';
import { type Finding, Findings } from './findings.js';
import { verifyHead } from './head.js';
import { verifyJournal } from './journal.js';
import { verifyOrphans } from './orphans.js';
import { PostingCheck } from './postings.js';
import { Replay } from './replay.js';
import { RowCheck } from './rows.js';
import { verifyTables } from './tables.js';
import { TextCheck } from './texts.js';

/** Compares control accounts with their sub-ledgers; given by the floor that keeps them. */
export type ControlCheck = (sql: TransactionSql, ledgerId: number, findings: Findings) => Promise<number>;

export interface VerifyOptions {
  /** Tables of the floors above whose rows ride in the lane. */
  readonly tables: readonly RowTable<unknown>[];
  readonly controls: ControlCheck;
  /** What was kept of the log elsewhere. */
  readonly checkpoints?: SavedCheckpoints;
  readonly progress?: (done: number, total: number) => void;
}

export interface Verification {
  readonly ledger: string;
  readonly ok: boolean;
  /** How many of each were compared. */
  readonly checked: Readonly<
    Record<'entries' | 'postings' | 'accounts' | 'daily_balances' | 'log_nodes' | 'rows' | 'controls', number>
  >;
  readonly tree_size: string;
  /** Base64, as a checkpoint writes it. */
  readonly root: string;
  readonly checkpoints: readonly CheckpointResult[];
  readonly finding_count: number;
  /** How many there are in each table. */
  readonly finding_counts: Readonly<Record<string, number>>;
  /** The first hundred. */
  readonly findings: readonly Finding[];
}

/** Verifies one ledger. Throws when there is no such ledger; differences are findings, never errors. */
export async function verifyLedger(sql: Sql, code: string, options: VerifyOptions): Promise<Verification> {
  const facts = await loadLedger(sql, code);
  if (!facts) throw new Error(`there is no ledger "${code}"`);
  // One snapshot for all reads while the lane goes on writing; nothing is written here.
  return readSnapshot(sql, (snapshot) => verifySnapshot(snapshot, facts, options));
}

async function verifySnapshot(sql: TransactionSql, facts: LedgerFacts, options: VerifyOptions): Promise<Verification> {
  await readSteadily(sql);
  const findings = new Findings();
  const replay = new Replay();
  const checkpoints = new CheckpointCheck(facts.origin, options.checkpoints ?? { notes: [], keys: [] }, findings);
  checkpoints.grown(0, replay.frontier);
  const postings = await PostingCheck.open(sql, facts.id, findings);
  const texts = await TextCheck.open(sql, facts.id, findings);
  const rows = await RowCheck.open(sql, facts.id, options.tables, findings);
  const total = await countEntries(sql, facts.id);
  const size = await verifyJournal(sql, facts, replay, findings, {
    checks: [postings, texts, rows],
    grown: (leaves) => checkpoints.grown(leaves, replay.frontier),
    progress: (done) => options.progress?.(done, total),
  });
  checkpoints.end(size);
  await verifyTables(sql, facts, replay, postings, findings);
  const days = await attempt(sql, 'daily_balances', findings, (inner) => verifyDays(inner, facts.id, findings));
  await verifyHead(sql, facts.id, size, replay, findings);
  await verifyOrphans(sql, options.tables, findings);
  const controls = await attempt(sql, 'controls', findings, (inner) => options.controls(inner, facts.id, findings));
  return {
    ledger: facts.code,
    ok: findings.count === 0,
    checked: {
      entries: size,
      postings: replay.postings,
      accounts: replay.accounts.size,
      daily_balances: days ?? 0,
      log_nodes: replay.nodeCount,
      rows: rows.count,
      controls: controls ?? 0,
    },
    tree_size: String(size),
    root: replay.frontier.root().toString('base64'),
    checkpoints: checkpoints.results,
    finding_count: findings.count,
    finding_counts: Object.fromEntries(findings.tables),
    findings: findings.kept,
  };
}

/**
 * Dates are compared as text, whatever the database's default; cursors are read to their end; and what is sorted by entries nearly
 * is so already, which a sort in memory makes use of.
 */
async function readSteadily(sql: TransactionSql): Promise<void> {
  await sql.unsafe(`set local datestyle = 'ISO, YMD'; set local timezone = 'UTC'; set local bytea_output = 'hex';
    set local cursor_tuple_fraction = 1; set local work_mem = '32MB'`);
}

/** What the head says: for the progress only. */
async function countEntries(sql: TransactionSql, ledgerId: number): Promise<number> {
  const [head] = await sql.unsafe(`select entry_count::text from timeledger.heads where ledger_id = $1`, [ledgerId]);
  return Number(head?.['entry_count'] ?? 0);
}
