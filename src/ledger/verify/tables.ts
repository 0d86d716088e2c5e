/** Verifying the small tables beside the journal: accounts, assets, log nodes and the ledger itself, against the replay. */
import type { TransactionSql } from 'postgres';
import { accountRow } from '../accounts.js';
import { accountColumns } from '../load.js';
import type { LedgerFacts } from '../state.js';
import { differences, type Findings, missing, notInLog } from './findings.js';
import type { PostingCheck } from './postings.js';
import type { Replay } from './replay.js';

/** Compares each of the small tables with what the replay came to. */
export async function verifyTables(
  sql: TransactionSql,
  ledger: Pick<LedgerFacts, 'id' | 'zone' | 'origin' | 'logKey'>,
  replay: Replay,
  postings: PostingCheck,
  findings: Findings,
): Promise<void> {
  await verifyAccounts(sql, ledger.id, replay, postings, findings);
  await verifyAssets(sql, ledger.id, replay, findings);
  await verifyNodes(sql, ledger.id, replay, findings);
  findings.compare('ledgers', ledger.id, { zone: ledger.zone }, { zone: replay.zone });
  for (const name of ['origin', 'logKey'] as const) {
    if (ledger[name] !== replay[name])
      findings.add('ledgers', ledger.id, {
        en: `${name} is not that of the first entry`,
        zh: `${name} 与首张凭证不符`,
      });
  }
}

async function verifyAccounts(
  sql: TransactionSql,
  ledgerId: number,
  replay: Replay,
  postings: PostingCheck,
  findings: Findings,
): Promise<void> {
  const seen = new Set<number>();
  const query = sql.unsafe(`select ${accountColumns} from timeledger.accounts a where a.ledger_id = $1`, [ledgerId]);
  const accounts = new Map([...replay.accounts.values()].map((account) => [account.id, account]));
  for await (const rows of query.cursor(5_000)) {
    for (const row of rows) {
      const account = accounts.get(Number(row['account_id']));
      if (!account) {
        findings.add('accounts', row['code'] as string, notInLog);
        continue;
      }
      seen.add(account.id);
      // The latest day is compared with the other days of the account.
      const { day, day_debits, day_credits, day_first, day_last, ...expected } = accountRow(account);
      if (differences(row, expected).length === 0) continue;
      const net = BigInt(row['debits'] as string) - BigInt(row['credits'] as string);
      const stored = { version: Number(row['version']), balance: account.debitNormal ? net : -net };
      const { debits, credits, version, ...fixed } = expected;
      findings.compare('accounts', account.code, row, postings.explains(account, stored) ? fixed : expected);
    }
  }
  for (const account of accounts.values()) if (!seen.has(account.id)) findings.add('accounts', account.code, missing);
}

async function verifyAssets(sql: TransactionSql, ledgerId: number, replay: Replay, findings: Findings): Promise<void> {
  const rows = await sql.unsafe(`select asset, scale::int as scale from timeledger.assets where ledger_id = $1`, [
    ledgerId,
  ]);
  const stored = new Map(rows.map((row) => [row['asset'] as string, row['scale'] as number]));
  for (const [asset, scale] of replay.assets) {
    findings.compare('assets', asset, { scale: stored.get(asset) }, { scale });
    stored.delete(asset);
  }
  for (const asset of stored.keys()) findings.add('assets', asset, notInLog);
}

/** Once one hash of a level differs, those behind it nearly always do: the first is shown, all are counted. */
async function verifyNodes(sql: TransactionSql, ledgerId: number, replay: Replay, findings: Findings): Promise<void> {
  const query = sql.unsafe(
    `select level, index::text, encode(hash, 'hex') as hash from timeledger.log_nodes where ledger_id = $1 order by level, index`,
    [ledgerId],
  );
  const seen = replay.nodes.map(() => 0);
  for await (const rows of query.cursor(5_000)) {
    for (const row of rows) {
      const level = Number(row['level']);
      const expected = replay.nodes[level]?.[Number(row['index'])];
      const name = {
        en: `level ${level}, index ${row['index']}`,
        zh: `第 ${level} 层，序号 ${row['index']}`,
      };
      if (expected === undefined) findings.add('log_nodes', name, notInLog);
      else {
        seen[level] = (seen[level] ?? 0) + 1;
        if (expected !== row['hash'])
          findings.add('log_nodes', name, {
            en: 'is another hash than that of its leaves',
            zh: '与其下各叶的哈希不符',
          });
      }
    }
  }
  for (const [level, hashes] of replay.nodes.entries()) {
    const lacking = (hashes?.length ?? 0) - (seen[level] ?? 0);
    if (lacking > 0)
      findings.add(
        'log_nodes',
        { en: `level ${level}`, zh: `第 ${level} 层` },
        { en: `${lacking} hashes are missing`, zh: `缺少 ${lacking} 个哈希` },
      );
  }
}
