/**
 * The yardstick for what the lane replaces: each posting its own database transaction, as a ledger in bare SQL does it, on
 * plain copies of the books' tables. pgbench is the client, so that no client of ours can be blamed for the figure.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from '#src/db/connect.js';
import { hotAccount, hotCount, memberCount } from './names.js';

/** As many bytes as the leaf of such an entry has. */
const leafBytes = 290;

/** Copies of the tables, without triggers, and as many accounts as the ledger has. */
export async function makeBareTables(sql: Pool): Promise<void> {
  await sql.unsafe(`
    create schema bare;
    create table bare.accounts (like timeledger.accounts including all);
    create table bare.entries (like timeledger.entries including all);
    create table bare.postings (like timeledger.postings including all);
    create sequence bare.entry_numbers;
    insert into bare.accounts (ledger_id, account_id, code, asset, type, floor, debits, credits, version)
      select 1, i, 'account:' || i, 'COIN', case when i <= ${hotCount} then 'expense' else 'liability' end,
        case when i <= ${hotCount} then null else 0 end, 0, 0, 0
      from generate_series(1, ${hotCount + memberCount}) i;
    analyze bare.accounts;
  `);
}

/** Hot account before member's account in every transaction: no deadlocks. */
const script = `
\\set hot random(1, ${hotCount})
\\set member random(${hotCount + 1}, ${hotCount + memberCount})
\\set amount random(1, 999)
begin;
insert into bare.entries (ledger_id, effective_on, number, recorded_at, kind, leaf)
  values (1, current_date, nextval('bare.entry_numbers'), clock_timestamp(), 'transfer', repeat('${hotAccount(0).at(0)}', ${leafBytes}))
  returning number \\gset
update bare.accounts set debits = debits + :amount, version = version + 1 where ledger_id = 1 and account_id = :hot
  returning version as hot_version, debits - credits as hot_balance \\gset
update bare.accounts set credits = credits + :amount, version = version + 1 where ledger_id = 1 and account_id = :member
  returning version as member_version, credits - debits as member_balance \\gset
insert into bare.postings (ledger_id, account_id, entry, version, amount, balance, effective_on)
  values (1, :hot, :number, :hot_version, :amount, :hot_balance, current_date),
    (1, :member, :number, :member_version, 0 - :amount, :member_balance, current_date);
commit;
`;

/** Writes pgbench's script below a directory; returns its path. */
export function writeBareScript(directory: string): string {
  const path = join(directory, 'bare.pgbench');
  writeFileSync(path, script);
  return path;
}
