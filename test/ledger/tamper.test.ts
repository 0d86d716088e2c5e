/**
 * Verification must find any single change: every column of every table of the books is changed in one row, every table loses
 * a row and gains one, each time as the database's owner with the triggers off, and verification must say so.
 */
import t from 'tap';
import type { Pool } from '../../src/db/connect.js';
import { openAccount, postEntry } from '../../src/ledger/entries.js';
import { forgetAnswers } from '../../src/ledger/forget.js';
import { reverseEntry } from '../../src/ledger/reversal.js';
import { type Books, books, booksBalance, run } from '../support/books.js';
import { populate } from '../support/populate.js';
import { dropGuards, verifyTampered } from '../support/tampering.js';

interface Column {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

/** One changed value for each type, always another than the stored one. */
function changed(column: string, type: string): string {
  const name = `"${column}"`;
  switch (type) {
    case 'boolean':
      return `not coalesce(${name}, false)`;
    case 'date':
      return `coalesce(${name}, '2026-01-01') + 1000`;
    case 'timestamp with time zone':
      return `coalesce(${name}, now()) + interval '1 microsecond'`;
    case 'uuid':
      return 'gen_random_uuid()';
    case 'bytea':
      return `coalesce(set_byte(nullif(${name}, ''), 0, get_byte(nullif(${name}, ''), 0) # 1), '\\x01')`;
    case 'ARRAY':
      return `array_append(${name}, null)`;
    case 'text':
      return `coalesce(${name}, '') || 'x'`;
    default:
      return `coalesce(${name}, 0) + 1000`;
  }
}

async function columnsOf(owner: Pool): Promise<Column[]> {
  const rows = await owner`select table_schema, table_name, column_name, data_type from information_schema.columns
    join information_schema.tables using (table_schema, table_name)
    where table_schema in ('timeledger', 'timebank') and table_type = 'BASE TABLE' order by 1, 2, ordinal_position`;
  return rows.map((row) => ({
    schema: row['table_schema'] as string,
    table: row['table_name'] as string,
    column: row['column_name'] as string,
    type: row['data_type'] as string,
  }));
}

/** Does something to the books, looks whether verification sees it, and takes it back. */
async function noticed(
  { owner }: Books,
  tamper: (sql: Pool) => Promise<number>,
): Promise<{ rows: number; found: number }> {
  let rows = 0;
  const verification = await verifyTampered(owner, async (sql) => {
    rows = await tamper(sql);
  }).catch((error: Error) => {
    // A ledger under another name is not there to be verified: the command says so and fails.
    if (!error.message.startsWith('there is no ledger')) throw error;
    return { finding_count: 1 };
  });
  return { rows, found: verification?.finding_count ?? 0 };
}

t.test('verification finds every single changed, missing and added row', async (t) => {
  const b = await books(t);
  await populate(b);
  await booksBalance(t, b.owner);
  await dropGuards(b.owner);
  const columns = await columnsOf(b.owner);
  const tables = [...new Map(columns.map((column) => [`${column.schema}.${column.table}`, column])).values()];

  await t.test('changed: each column of each table', async (t) => {
    for (const { schema, table, column, type } of columns) {
      const name = `${schema}."${table}"`;
      // The last row in physical order: any will do, but tables that only grow have their newest there.
      const { rows, found } = await noticed(b, async (sql) => {
        const result = await sql.unsafe(
          `update ${name} set "${column}" = ${changed(column, type)} where ctid = (select max(ctid) from ${name})`,
        );
        return result.count;
      });
      t.equal(rows, 1, `${table} has a row to change`);
      t.ok(found > 0, `${table}.${column} changed: ${found} findings`);
    }
  });

  await t.test('missing: one row of each table', async (t) => {
    for (const { schema, table } of tables) {
      const name = `${schema}."${table}"`;
      // Without its ledgers row a ledger is not there to be verified at all, which the command refuses by itself.
      if (table === 'ledgers') continue;
      const { rows, found } = await noticed(
        b,
        async (sql) => (await sql.unsafe(`delete from ${name} where ctid = (select max(ctid) from ${name})`)).count,
      );
      t.equal(rows, 1, `${table} has a row to lose`);
      t.ok(found > 0, `${table} lost a row: ${found} findings`);
    }
  });

  await t.test('added: one row to each table', async (t) => {
    for (const { schema, table } of tables) {
      if (table === 'ledgers') continue;
      const { rows, found } = await noticed(b, (sql) =>
        addRow(
          sql,
          `${schema}."${table}"`,
          columns.filter((column) => column.table === table),
        ),
      );
      t.equal(rows, 1, `${table} gains a row`);
      t.ok(found > 0, `${table} gained a row: ${found} findings`);
    }
  });
});

/** A copy of a row under another key: its last key column changed. */
async function addRow(sql: Pool, name: string, columns: readonly Column[]): Promise<number> {
  const keys = await sql.unsafe(
    `select a.attname as name from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
     where i.indrelid = '${name}'::regclass and i.indisprimary and a.attname <> 'ledger_id'`,
  );
  const varied = new Set(keys.length > 0 ? keys.map((row) => row['name'] as string) : ['ledger_id']);
  const list = columns.map(({ column, type }) => (varied.has(column) ? changed(column, type) : `"${column}"`));
  const result = await sql.unsafe(
    `insert into ${name} select ${list.join(', ')} from ${name} where ctid = (select max(ctid) from ${name})`,
  );
  return result.count;
}

t.test('verification of sound books is clean after reversals, closed periods and forgotten answers', async (t) => {
  const b = await books(t);
  await populate(b);
  await run(b.lane, (stage) => openAccount(stage, { code: 'test:x', asset: 'COIN', type: 'liability' }));
  const legs = [{ debit: 'test:source', credit: 'test:x', amount: '3.00' }];
  const posted = await run(
    b.lane,
    (stage) => postEntry(stage, { kind: 'adjustment', legs, description: 'by hand' }).number,
  );
  await run(b.lane, (stage) => reverseEntry(stage, posted.result ?? 0, { description: 'taken back' }).number);
  t.ok((await forgetAnswers(b.owner, b.lane.facts.id, '2100-01-01T00:00:00Z')) > 0, 'answers were forgotten');
  await booksBalance(t, b.owner);
});
