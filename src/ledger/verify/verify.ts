/**
 * Verification: replays every entry of a ledger from its leaf and compares every table of the books with the outcome, in one
 * snapshot of the database. It trusts nothing but the leaves, and those only if they hash to the tree the head names.
 */
import type { Sql, TransactionSql } from 'postgres';
import { loadLedger } from '../load.js';
import type { RowTable } from '../rows.js';
import type { LedgerFacts } from '../state.js';
import { type Finding, Findings } from './findings.js';
import { verifyHead } from './head.js';
import { verifyJournal } from './journal.js';
import { Replay } from './replay.js';
import { verifyRows } from './rows.js';
import { verifyTables } from './tables.js';

/** Compares control accounts with their sub-ledgers; given by the floor that keeps them. */
export type ControlCheck = (sql: TransactionSql, ledgerId: number, findings: Findings) => Promise<number>;

export interface VerifyOptions {
  /** Tables of the floors above whose rows ride in the lane. */
  readonly tables: readonly RowTable<unknown>[];
  readonly controls: ControlCheck;
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
  readonly finding_count: number;
  /** The first hundred. */
  readonly findings: readonly Finding[];
}

/** Verifies one ledger. Throws when there is no such ledger; differences are findings, never errors. */
export async function verifyLedger(sql: Sql, code: string, options: VerifyOptions): Promise<Verification> {
  const facts = await loadLedger(sql, code);
  if (!facts) throw new Error(`there is no ledger "${code}"`);
  // One snapshot for all reads while the lane goes on writing; nothing is written here.
  return (await sql.begin('isolation level repeatable read read only', (snapshot) =>
    verifySnapshot(snapshot, facts, options),
  )) as Verification;
}

async function verifySnapshot(sql: TransactionSql, facts: LedgerFacts, options: VerifyOptions): Promise<Verification> {
  const findings = new Findings();
  const replay = new Replay();
  const [head] = await sql.unsafe(`select entry_count::text from timeledger.heads where ledger_id = $1`, [facts.id]);
  const total = Number(head?.['entry_count'] ?? 0);
  await verifyJournal(sql, facts, replay, findings, (done) => options.progress?.(done, total));
  const size = Number(replay.frontier.size);
  await verifyTables(sql, facts, replay, findings);
  await verifyHead(sql, facts.id, size, replay, findings);
  await verifyOrphans(sql, [...options.tables], findings);
  const rows = await verifyRows(sql, facts.id, options.tables, replay, findings);
  const controls = await options.controls(sql, facts.id, findings);
  return {
    ledger: facts.code,
    ok: findings.count === 0,
    checked: {
      entries: size,
      postings: replay.postings,
      accounts: replay.accounts.size,
      daily_balances: replay.dayCount,
      log_nodes: replay.nodes.size,
      rows,
      controls,
    },
    tree_size: String(size),
    root: replay.frontier.root().toString('base64'),
    finding_count: findings.count,
    findings: findings.kept,
  };
}

const ledgerTables = [
  'heads',
  'assets',
  'accounts',
  'entries',
  'entry_texts',
  'postings',
  'earlier_days',
  'log_nodes',
  'batches',
  'idempotency_keys',
];

/** Rows of a ledger that does not exist belong to nobody's verification but this one's. */
async function verifyOrphans(
  sql: TransactionSql,
  tables: readonly RowTable<unknown>[],
  findings: Findings,
): Promise<void> {
  const names = [
    ...ledgerTables.map((name) => `timeledger."${name}"`),
    ...tables.map(({ name }) => `timebank."${name}"`),
  ];
  for (const name of names) {
    const [row] = await sql.unsafe(
      `select count(*)::int as count from ${name} x where not exists (select from timeledger.ledgers l where l.ledger_id = x.ledger_id)`,
    );
    const count = Number(row?.['count'] ?? 0);
    if (count > 0) findings.add(name.replaceAll('"', ''), '', `${count} rows belong to no ledger`);
  }
}
