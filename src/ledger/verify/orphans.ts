/** Rows of a ledger that does not exist: nobody's verification would read them but this one. */
import type { TransactionSql } from 'postgres';
import type { RowTable } from '../rows.js';
import type { Findings } from './findings.js';

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

/** Looks between the numbers of the ledgers, which every primary key begins with: a few index probes a table. */
export async function verifyOrphans(
  sql: TransactionSql,
  tables: readonly RowTable<unknown>[],
  findings: Findings,
): Promise<void> {
  const names = [
    ...ledgerTables.map((name) => `timeledger."${name}"`),
    ...tables.map(({ name }) => `timebank."${name}"`),
  ];
  const ledgers = await sql.unsafe(`select ledger_id as id from timeledger.ledgers order by ledger_id`);
  const between = gaps(ledgers.map((row) => Number(row['id'])));
  for (const name of names) {
    const parts = between.map((range) => `(select ledger_id from ${name} where ${range} limit 1)`);
    for (const row of await sql.unsafe(parts.join(' union all ')))
      findings.add(
        name.replaceAll('"', ''),
        { en: `ledger ${row['ledger_id']}`, zh: `账本 ${row['ledger_id']}` },
        { en: 'rows belong to no ledger', zh: '这些行不属于任何账本' },
      );
  }
}

/** Where no ledger is, as conditions. */
function gaps(ids: readonly number[]): string[] {
  const ends = [...ids, null];
  return ends.flatMap((id, i) => {
    const before = ids[i - 1];
    if (before !== undefined && id === before + 1) return [];
    return [
      [before === undefined ? '' : `ledger_id > ${before}`, id === null ? '' : `ledger_id < ${id}`]
        .filter((condition) => condition !== '')
        .join(' and '),
    ];
  });
}
