/**
 * Verifying the daily sums, in the database: what is stored for each account and day against the sums of the postings, which the
 * journal's verification has compared with the leaves one by one. So that nobody holds all days of all accounts.
 */
import type { TransactionSql } from 'postgres';
import type { Words } from '../../lib/language.js';
import { type Findings, missing } from './findings.js';

/** More are counted, not shown. */
const shownDifferences = 100;

const expectedDays = `select p.account_id, p.effective_on as day,
    coalesce(sum(p.amount) filter (where p.amount > 0), 0) as debits,
    coalesce(-sum(p.amount) filter (where p.amount < 0), 0) as credits,
    min(p.entry) as first_entry, max(p.entry) as last_entry
  from timeledger.postings p where p.ledger_id = $1 group by p.account_id, p.effective_on`;

/** Returns how many days of accounts there are. */
export async function verifyDays(sql: TransactionSql, ledgerId: number, findings: Findings): Promise<number> {
  await verifySums(sql, ledgerId, findings);
  await verifyLatest(sql, ledgerId, findings);
  const [row] = await sql.unsafe(`select count(*)::text as count from timeledger.daily_balances where ledger_id = $1`, [
    ledgerId,
  ]);
  return Number(row?.['count'] ?? 0);
}

const sums = ['debits', 'credits', 'first_entry', 'last_entry'] as const;

async function verifySums(sql: TransactionSql, ledgerId: number, findings: Findings): Promise<void> {
  const columns = sums.map((name) => `e.${name}::text as "expected ${name}", s.${name}::text as ${name}`);
  const list = (alias: string) => sums.map((name) => `${alias}.${name}`).join(', ');
  const rows = await sql.unsafe(
    `select account_id::text, day::text, ${columns.join(', ')}, e.first_entry is not null as expected, s.first_entry is not null as stored,
       count(*) over ()::int as count
     from (${expectedDays}) e
     full join (select * from timeledger.daily_balances where ledger_id = $1) s using (account_id, day)
     where (${list('e')}) is distinct from (${list('s')})
     order by day, account_id limit ${shownDifferences}`,
    [ledgerId],
  );
  for (const row of rows) {
    const key = dayKey(row);
    if (!row['stored']) findings.add('daily_balances', key, missing);
    else if (!row['expected'])
      findings.add('daily_balances', key, { en: 'is there without a posting', zh: '没有对应的过账' });
    else
      findings.compare(
        'daily_balances',
        key,
        row,
        Object.fromEntries(sums.map((name) => [name, row[`expected ${name}`]])),
      );
  }
  findings.counted('daily_balances', Number(rows[0]?.['count'] ?? 0) - rows.length);
}

/** An account's latest day stands in its row, and nowhere else. */
async function verifyLatest(sql: TransactionSql, ledgerId: number, findings: Findings): Promise<void> {
  const late = await sql.unsafe(
    `select d.account_id::text, d.day::text from timeledger.earlier_days d
     join timeledger.accounts a on a.ledger_id = $1 and a.account_id = d.account_id
     where d.ledger_id = $1 and (a.day is null or d.day >= a.day) limit ${shownDifferences}`,
    [ledgerId],
  );
  for (const row of late)
    findings.add('earlier_days', dayKey(row), {
      en: 'is not before the latest day of the account',
      zh: '不早于该账户的最近一日',
    });
  const half = await sql.unsafe(
    `select a.code from timeledger.accounts a where a.ledger_id = $1 and a.day is null
       and num_nonnulls(a.day_debits, a.day_credits, a.day_first, a.day_last) > 0 limit ${shownDifferences}`,
    [ledgerId],
  );
  for (const row of half)
    findings.add('accounts', row['code'] as string, {
      en: 'has sums of a latest day, but no such day',
      zh: '有最近一日的合计，但没有该日期',
    });
}

function dayKey(row: Record<string, unknown>): Words {
  const [account, day] = [row['account_id'], row['day']];
  return { en: `account ${account}, ${day}`, zh: `账户 ${account}，${day}` };
}
