/** Verifying the tables beside the journal: accounts, assets, daily sums, log nodes, head and ledger, against the replay. */
import type { TransactionSql } from 'postgres';
import { accountRow } from '../accounts.js';
import type { LedgerFacts } from '../state.js';
import type { Findings } from './findings.js';
import type { Replay } from './replay.js';

/** Compares each of the small tables with what the replay came to. */
export async function verifyTables(
  sql: TransactionSql,
  ledger: Pick<LedgerFacts, 'id' | 'zone' | 'origin' | 'logKey'>,
  replay: Replay,
  findings: Findings,
): Promise<void> {
  await verifyAccounts(sql, ledger.id, replay, findings);
  await verifyAssets(sql, ledger.id, replay, findings);
  await verifyDays(sql, ledger.id, replay, findings);
  await verifyNodes(sql, ledger.id, replay, findings);
  await verifyTexts(sql, ledger.id, findings);
  if (replay.zone !== ledger.zone)
    findings.add('ledgers', ledger.id, `zone is "${ledger.zone}", should be "${replay.zone}"`);
  for (const name of ['origin', 'logKey'] as const) {
    if (ledger[name] !== replay[name]) findings.add('ledgers', ledger.id, `${name} is not that of the first entry`);
  }
}

async function verifyAccounts(
  sql: TransactionSql,
  ledgerId: number,
  replay: Replay,
  findings: Findings,
): Promise<void> {
  const rows = await sql.unsafe(
    `select account_id, code, asset, type, state, control, floor::text, ceiling::text, debits::text, credits::text, version::text,
       day::text, day_debits::text, day_credits::text, day_first::text, day_last::text
     from timeledger.accounts where ledger_id = $1`,
    [ledgerId],
  );
  const stored = new Map(rows.map((row) => [Number(row['account_id']), row]));
  for (const account of replay.accounts.values()) {
    const row = stored.get(account.id);
    stored.delete(account.id);
    if (!row) {
      findings.add('accounts', account.code, 'is missing');
      continue;
    }
    findings.compare('accounts', account.code, row, accountRow(account));
  }
  for (const row of stored.values()) findings.add('accounts', row['code'] as string, 'is not in the log');
}

async function verifyAssets(sql: TransactionSql, ledgerId: number, replay: Replay, findings: Findings): Promise<void> {
  const rows = await sql.unsafe(`select asset, scale::int as scale from timeledger.assets where ledger_id = $1`, [
    ledgerId,
  ]);
  const stored = new Map(rows.map((row) => [row['asset'] as string, row['scale'] as number]));
  for (const [asset, scale] of replay.assets) {
    if (stored.get(asset) !== scale)
      findings.add('assets', asset, `scale is ${stored.get(asset) ?? 'missing'}, should be ${scale}`);
    stored.delete(asset);
  }
  for (const asset of stored.keys()) findings.add('assets', asset, 'is not in the log');
}

async function verifyDays(sql: TransactionSql, ledgerId: number, replay: Replay, findings: Findings): Promise<void> {
  const query = sql.unsafe(
    `select account_id, day::text, debits::text, credits::text, first_entry::text, last_entry::text
     from timeledger.earlier_days where ledger_id = $1`,
    [ledgerId],
  );
  let seen = 0;
  for await (const rows of query.cursor(10_000)) {
    for (const row of rows) {
      const name = `${row['account_id']} ${row['day']}`;
      const sums = replay.earlierDays.get(name);
      if (!sums) {
        findings.add('earlier_days', name, 'is not in the log');
        continue;
      }
      seen += 1;
      findings.compare('earlier_days', name, row, {
        debits: sums.debits.toString(),
        credits: sums.credits.toString(),
        first_entry: String(sums.first),
        last_entry: String(sums.last),
      });
    }
  }
  const missing = replay.earlierDays.size - seen;
  if (missing !== 0) findings.add('earlier_days', '', `${missing} rows are missing`);
}

async function verifyNodes(sql: TransactionSql, ledgerId: number, replay: Replay, findings: Findings): Promise<void> {
  const rows = await sql.unsafe(
    `select level::text || '/' || index::text as name, encode(hash, 'hex') as hash from timeledger.log_nodes where ledger_id = $1`,
    [ledgerId],
  );
  const stored = new Map(rows.map((row) => [row['name'] as string, row['hash'] as string]));
  for (const [name, hash] of replay.nodes) {
    if (stored.get(name) !== hash) findings.add('log_nodes', name, stored.has(name) ? 'is another hash' : 'is missing');
    stored.delete(name);
  }
  for (const name of stored.keys()) findings.add('log_nodes', name, 'is not in the log');
}

/** Texts of entries that exist were compared with them; here are those of entries that do not. */
async function verifyTexts(sql: TransactionSql, ledgerId: number, findings: Findings): Promise<void> {
  const rows = await sql.unsafe(
    `select t.number::text from timeledger.entry_texts t where t.ledger_id = $1
       and not exists (select from timeledger.entries e where e.ledger_id = $1 and e.number = t.number)`,
    [ledgerId],
  );
  for (const row of rows) findings.add('entry_texts', row['number'] as string, 'belongs to no entry');
}
