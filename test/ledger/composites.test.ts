/** The commit statement: its composites are what the migration declares, and the database itself refuses what does not balance. */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import { array, type CompositeName, composite, composites } from '../../src/ledger/composites.js';
import { openAccount, postEntry } from '../../src/ledger/entries.js';
import { type Books, books, booksBalance, run } from '../support/books.js';

t.test('each composite has the fields of its type, in their order', async (t) => {
  const { owner } = await books(t);
  const rows = await owner`select c.relname as name, array_agg(a.attname::text order by a.attnum)::text as fields
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relkind = 'c' and c.relnamespace = 'timeledger'::regnamespace group by c.relname`;
  const declared = Object.fromEntries(rows.map(({ name, fields }) => [name, fields]));
  const described = Object.entries(composites).map(([name, fields]) => [name, array(fields)]);
  t.same(declared, Object.fromEntries(described));
});

/** A batch of one entry and no leaf of its own, its postings as given: what a service gone wrong might send. */
async function commit({ owner }: Books, postings: readonly { account: number; amount: bigint; version: number }[]) {
  const [head] = await owner`select batch_seq::text, batch_id::text, entry_count::text, account_count::text,
    encode(frontier, 'hex') as frontier from timeledger.heads`;
  const number = Number(head?.['entry_count']) + 1;
  const list = (of: (posting: (typeof postings)[number]) => bigint | number) => array(postings.map(of));
  const none = array([]);
  const day = array(postings.map(() => '2026-11-02'));
  const values = <Name extends CompositeName>(name: Name, fields: Record<string, string | null>) =>
    composite(name, fields as never);
  return owner.unsafe('select timeledger.commit_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)', [
    '1',
    values('batch_head', {
      expected_seq: head?.['batch_seq'],
      expected_batch: head?.['batch_id'],
      batch: randomUUID(),
      entries: String(number),
      accounts: head?.['account_count'],
      recorded_at: '2026-11-02T01:00:00Z',
      frontier: head?.['frontier'],
    }),
    values('journal_columns', {
      first_instant: '2026-11-02T01:00:00Z',
      days: '{2026-11-02}',
      kinds: '{adjustment}',
      reverses: none,
    }),
    '{}',
    values('posting_columns', {
      accounts: list(({ account }) => account),
      entries: list(() => number),
      versions: list(({ version }) => version),
      amounts: list(({ amount }) => amount),
      balances: list(({ amount }) => -amount),
    }),
    values('account_columns', {
      accounts: list(({ account }) => account),
      debits: list(({ amount }) => (amount > 0n ? amount : 0n)),
      credits: list(({ amount }) => (amount < 0n ? -amount : 0n)),
      versions: list(({ version }) => version),
      days: day,
      day_debits: list(() => 0),
      day_credits: list(() => 0),
      day_first: list(() => number),
      day_last: list(() => number),
    }),
    null,
    values('answer_columns', { answered_at: '2026-11-02T01:00:00Z', digest: '00', keys: none, fingerprints: none }),
    '',
    null,
    none,
    '',
  ]);
}

t.test(
  'postings that do not sum to zero for an entry and asset are refused by the database, whatever sends them',
  async (t) => {
    const b = await books(t);
    const ids: number[] = [];
    for (const [code, asset] of [
      ['test:coins', 'COIN'],
      ['test:other', 'COIN'],
      ['test:points', 'POINT'],
    ] as const)
      ids.push((await run(b.lane, (stage) => openAccount(stage, { code, asset, type: 'liability' }).id)).result ?? 0);
    const [coins = 0, other = 0, points = 0] = ids;
    const refused = { code: 'TL004' };
    const posting = (account: number, amount: bigint) => ({ account, amount, version: 1 });
    await t.rejects(commit(b, [posting(coins, 100n), posting(other, -99n)]), refused, 'amounts differ');
    await t.rejects(commit(b, [posting(coins, 100n)]), refused, 'one side is missing');
    await t.rejects(commit(b, [posting(coins, 100n), posting(points, -100n)]), refused, 'assets differ');
    const [head] = await b.owner`select entry_count::int as count from timeledger.heads`;
    const [{ count } = { count: 0 }] = await b.owner`select count(*)::int as count from timeledger.entries`;
    t.equal(head?.['count'], count, 'nothing was written');
    const legs = [{ debit: 'test:coins', credit: 'test:other', amount: '1.00' }];
    t.ok((await run(b.lane, (stage) => postEntry(stage, { kind: 'adjustment', legs }).number)).result);
    await booksBalance(t, b.owner);
  },
);
