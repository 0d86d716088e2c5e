/**
 * Anything at all may stand in a database that somebody tampered with: leaves, columns and hashes are changed at random, to values
 * at the edge of their types and beyond what the program writes. Verification must always find something and never fail.
 */
import t from 'tap';
import type { Pool } from '../../../src/db/connect.js';
import { books, verifyBooks } from '../../support/books.js';
import { populate } from '../../support/populate.js';
import { type Random, seeded, seedOf } from '../../support/random.js';
import { dropGuards, verifyTampered } from '../../support/tampering.js';

const rounds = 60;

/** Values at the edge, as SQL, by the type of the column. */
const extremes: Readonly<Record<string, readonly string[]>> = {
  bigint: ['-9223372036854775808', '9223372036854775807', '0', '-1', '9007199254740993'],
  integer: ['-2147483648', '2147483647', '0', '-1'],
  smallint: ['-32768', '32767', '0', '-1'],
  date: [`'infinity'`, `'-infinity'`, `'0001-01-01 BC'`, `'5874897-12-31'`],
  'timestamp with time zone': [`'infinity'`, `'-infinity'`, `'294276-12-31 23:59:59Z'`, `'4713-01-02 BC'`],
  uuid: [`'00000000-0000-0000-0000-000000000000'`, 'gen_random_uuid()'],
  bytea: [`''`, `'\\x00'`, `decode(repeat('00', 33), 'hex')`],
  text: [`''`, `'null'`, `E'\\n'`, `E'a\\tb\\nc'`, `' '`, `repeat('x', 100000)`, `U&'\\+01F600'`],
  boolean: ['true', 'false'],
};

const values = [
  'null',
  '[]',
  '{}',
  '0',
  '-1',
  '1e400',
  '12345678901234567890',
  '"x"',
  '""',
  'true',
  '"1e9"',
  '"-0.00"',
  '[[]]',
];

/** A leaf with something else somewhere in it. */
function spoil(random: Random, text: string): string {
  const leaf = JSON.parse(text) as Record<string, unknown>;
  const fields = Object.keys(leaf);
  const field = random.pick(fields);
  const value = random.pick(values);
  switch (random.below(7)) {
    case 0:
      return value;
    case 1:
      return text.slice(0, random.below(text.length));
    case 2:
      return JSON.stringify({ ...leaf, [field]: undefined });
    case 3:
      return text.replace('{', `{"${field}":${value},`);
    case 4:
      return text.replace(':', `:${random.pick([' ', '\n', '\t'])}`);
    case 5:
      return text.replace(`"${field}":${JSON.stringify(leaf[field])}`, `"${field}":${value}`);
    default: {
      const at = random.below(text.length);
      return text.slice(0, at) + random.pick(['"', '0', '9', '\\', '{', '😀']) + text.slice(at + 1);
    }
  }
}

async function spoilLeaf(sql: Pool, random: Random): Promise<string | false> {
  const rows = await sql`select number::text, leaf from timeledger.entries order by entries.number`;
  const { number, leaf } = random.pick(rows as unknown as { number: string; leaf: string }[]);
  const spoilt = spoil(random, leaf);
  if (spoilt === leaf) return false;
  await sql`update timeledger.entries set leaf = ${spoilt} where number = ${number}::text::bigint`;
  return `leaf of entry ${number}: ${spoilt.slice(0, 300)}`;
}

async function spoilColumn(sql: Pool, random: Random): Promise<string | false> {
  const columns = await sql`select table_schema || '.' || table_name as table, column_name as column, data_type as type
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema in ('timeledger', 'timebank') and table_type = 'BASE TABLE' and table_name <> 'ledgers'
    order by 1, ordinal_position`;
  const { table, column, type } = random.pick(columns as unknown as { table: string; column: string; type: string }[]);
  const value = random.pick(extremes[type] ?? ['null']);
  const [row] = await sql.unsafe(
    `select ctid::text from ${table} where "${column}" is distinct from ${value} order by ctid limit 1 offset ${random.below(2)}`,
  );
  if (!row) return false;
  await sql.unsafe(`update ${table} set "${column}" = ${value} where ctid = '${row['ctid']}'`);
  return `${table}.${column} = ${value}`;
}

t.test('whatever is changed, verification finds something and does not fail', async (t) => {
  const random = seeded(seedOf(t));
  const b = await books(t);
  await populate(b);
  await dropGuards(b.owner);
  let changes = 0;
  for (let round = 0; round < rounds; round += 1) {
    let what: string | false = false;
    const spoilOne = random.below(2) === 0 ? spoilLeaf : spoilColumn;
    const verification = await verifyTampered(b.owner, async (sql) => {
      what = await spoilOne(sql, random);
      return what !== false;
    }).catch((error: Error & { code?: string }) => {
      // What the key of a table refuses was not changed.
      if (error.code !== '23505') t.fail(`${what}: ${error.stack}`);
      return null;
    });
    if (!verification) continue;
    changes += 1;
    t.ok(verification.finding_count > 0, `${what}: ${verification.finding_count} findings`);
    t.ok(verification.finding_count < 1_000, `${what}: not one finding for each row behind it`);
  }
  t.ok(changes > rounds / 2, `${changes} changes were made`);
});

t.test(
  'one leaf that cannot be read is one finding among the entries, and its postings and rows are none',
  async (t) => {
    const b = await books(t);
    await populate(b);
    await dropGuards(b.owner);
    const entries = await b.owner`select number::int, kind from timeledger.entries order by entries.number`;
    for (const kind of ['adjustment', 'redemption_refunded', 'reconciliation_run', 'period_closed']) {
      const number = entries.findLast((entry) => entry['kind'] === kind)?.['number'] as number;
      for (const text of ['null', '[]', '17', 'no JSON', '{"v":"1"}', '{"a":"\n"}']) {
        const verification = await verifyTampered(
          b.owner,
          (sql) => sql`update timeledger.entries set leaf = ${text} where number = ${number}`,
        );
        const tables = verification?.finding_counts ?? {};
        t.equal(tables['entries'], 1, `${kind} ${text}: one entry`);
        t.notOk(
          tables['postings'] || tables['accounts'] || tables['redemptions'],
          `${kind} ${text}: nothing that follows from it`,
          tables,
        );
      }
    }
  },
);

t.test('an entry that is lost or spoilt is told with what it opened, not with all that was posted there', async (t) => {
  const b = await books(t);
  await populate(b);
  await dropGuards(b.owner);
  const entries = await b.owner`select number::int, leaf from timeledger.entries order by entries.number`;
  for (const { number, leaf } of entries as unknown as { number: number; leaf: string }[]) {
    const { accounts, ...rest } = JSON.parse(leaf) as { accounts?: readonly object[] };
    if (!accounts) continue;
    for (const [what, text] of [
      ['lost', null],
      ['unreadable', '{}'],
      ['without its accounts', JSON.stringify(rest)],
    ] as const) {
      const verification = await verifyTampered(b.owner, (sql) =>
        text === null
          ? sql`delete from timeledger.entries where number = ${number}`
          : sql`update timeledger.entries set leaf = ${text} where number = ${number}`,
      );
      const { finding_count = 0, finding_counts = {} } = verification ?? {};
      t.ok(finding_counts['entries'], `entry ${number} ${what} is found`);
      t.ok(finding_count < 25, `entry ${number} ${what}: ${finding_count} findings`, finding_counts);
    }
  }
});

t.test('an instant that has no text of ours is a difference like any other', async (t) => {
  const b = await books(t);
  await populate(b);
  await dropGuards(b.owner);
  const found = async (deed: (sql: Pool) => Promise<unknown>) =>
    (await verifyTampered(b.owner, deed))?.finding_counts ?? {};
  const never = await found((sql) => sql`update timebank.credentials set ends_at = 'infinity' where ends_at is null`);
  t.ok(never['credentials'], 'infinity is not null');
  const before = await found(
    (sql) =>
      sql`update timeledger.entries set recorded_at = (recorded_at::text || ' BC')::timestamptz where number = 3`,
  );
  t.equal(before['entries'], 1, 'a year before Christ is not ours');
});

t.test('books in which nothing is wrong are read once, by pages: no page is read row by row', async (t) => {
  const b = await books(t);
  await populate(b);
  const statements: string[] = [];
  const listening = {
    unsafe: b.owner.unsafe,
    begin: (options: string, act: (sql: object) => unknown) =>
      b.owner.begin(options, (sql) => {
        const unsafe = (query: string, ...rest: []) => {
          statements.push(query);
          return sql.unsafe(query, ...rest);
        };
        return act(Object.assign(Object.create(sql as object), { unsafe }));
      }),
  };
  t.same((await verifyBooks(listening as unknown as Pool)).findings, []);
  t.ok(
    statements.some((query) => query.includes('string_agg(e.leaf')),
    'the pages were heard',
  );
  t.notOk(
    statements.some((query) => query.includes(`coalesce(e.leaf, '')`)),
    'and none of their rows',
  );
});
