/**
 * History rewritten by the owner of the database, who has this program and its source: the whole of the books follows from the
 * rewritten leaves, so that nothing contradicts anything. A checkpoint that somebody saved before finds it.
 */
import t from 'tap';
import type { Pool } from '../../../src/db/connect.js';
import { openAccount } from '../../../src/ledger/entries.js';
import { commitText } from '../../../src/ledger/leaf.js';
import {
  formatCheckpoint,
  noteSigner,
  parseVerifierKey,
  signNote,
  verifierKey,
} from '../../../src/ledger/log/checkpoint.js';
import { generateEd25519 } from '../../../src/ledger/log/keys.js';
import { Frontier } from '../../../src/ledger/log/merkle.js';
import { digestRows, storedText, textColumns } from '../../../src/ledger/rows.js';
import { allRows } from '../../../src/timebank/rows.js';
import { books, booksBalance, run, verifyBooks } from '../../support/books.js';
import { populate } from '../../support/populate.js';
import {
  changeLegs,
  type Deed,
  dropGuards,
  type Leg,
  numbersOf,
  rebuild,
  rewriteHistory,
  rewriteLeaf,
  told,
  verifyTampered,
} from '../../support/tampering.js';

const origin = 'ledger.test/log/xinchang';
const key = generateEd25519();
const vkey = parseVerifierKey(verifierKey(origin, key));

/** The checkpoint that the log would have signed of its first so many leaves. */
async function checkpointOf(owner: Pool, size: number, signer = noteSigner(origin, key)) {
  const rows =
    await owner`select sha256('\\x00'::bytea || convert_to(leaf, 'UTF8')) as leaf_hash from timeledger.entries order by number limit ${size}`;
  const frontier = new Frontier();
  for (const row of rows) frontier.append(row['leaf_hash'] as Buffer);
  return { name: `of ${size}`, note: signNote(formatCheckpoint(signer.name, BigInt(size), frontier.root()), signer) };
}

/** A row of the time bank digested anew in the leaf of the entry that wrote it. */
async function redigest(sql: Pool, name: string, key: string): Promise<void> {
  const table = allRows.find((rows) => rows.name === name);
  if (!table) throw new Error(`there is no table ${name}`);
  const [row] = await sql.unsafe(
    `select r.entry, ${storedText('r')} as json from (select ${textColumns(table, 't')} from timebank."${name}" t
     where t.${table.key[0]} = $1) r`,
    [key],
  );
  const digest = digestRows([row?.['json'] as string]);
  await rewriteLeaf(sql, Number(row?.['entry']), (leaf) => ({
    ...leaf,
    rows: (leaf['rows'] as { table: string; key?: string }[]).map((each) =>
      each.table === name && each.key === key ? { ...each, digest } : each,
    ),
  }));
}

/** After each of these all tables are made to follow from the leaves again. */
const consistent: Readonly<Record<string, Deed>> = {
  'somebody else is said to have posted an entry': (sql, { plain }) =>
    rewriteLeaf(sql, plain(3), (leaf) => ({ ...leaf, actor: 'operator:nobody' })),
  'an amount is raised': (sql, { plain }) => changeLegs(sql, plain(3), () => ({ amount: '0.11' })),
  'another account is credited': (sql, { plain }) => changeLegs(sql, plain(3), () => ({ credit: 'test:elsewhere' })),
  'debit and credit are swapped': (sql, { plain }) =>
    changeLegs(sql, plain(9), ({ debit, credit }) => ({ debit: credit, credit: debit })),
  'a leg is doubled': (sql, { plain }) =>
    rewriteLeaf(sql, plain(3), (leaf) => ({ ...leaf, legs: [...(leaf['legs'] as Leg[]), ...(leaf['legs'] as Leg[])] })),
  'an entry takes effect on another day': (sql, { plain }) =>
    rewriteLeaf(sql, plain(3), (leaf) => ({ ...leaf, effective_on: '2026-10-31' })),
  'the first entry was recorded a year earlier': (sql) =>
    rewriteLeaf(sql, 1, (leaf) => ({ ...leaf, recorded_at: '2025-11-02T01:00:00.000000Z' })),
  'an adjustment passes for a transfer': (sql, { plain }) =>
    rewriteLeaf(sql, plain(3), (leaf) => ({ ...leaf, kind: 'transfer' })),
  'an entry says something else than was written': async (sql) => {
    const [text] = await sql`select number::int, salt from timeledger.entry_texts where description is not null`;
    const number = text?.['number'] as number;
    const changed = { salt: text?.['salt'] as Buffer, reference: 'DOC 2', description: 'in good order' };
    await sql`update timeledger.entry_texts set reference = ${changed.reference}, description = ${changed.description}
      where number = ${number}`;
    await rewriteLeaf(sql, number, (leaf) => ({ ...leaf, text: commitText(changed) }));
  },
  'an entry never had a text': async (sql) => {
    const [row] = await sql`delete from timeledger.entry_texts where number =
      (select min(number) from timeledger.entry_texts where description is not null) returning number::int`;
    await rewriteLeaf(sql, row?.['number'] as number, ({ text, ...leaf }) => leaf);
  },
  'accounts have no floor any more': (sql) =>
    rewriteLeaf(sql, 1, (leaf) => ({
      ...leaf,
      accounts: (leaf['accounts'] as object[]).map((account) => ({ ...account, floor: null })),
    })),
  'a reversal passes for an adjustment, so that it can be made again': (sql, { of }) =>
    rewriteLeaf(sql, of('reversal'), ({ reverses, ...leaf }) => ({ ...leaf, kind: 'adjustment' })),
  'fewer days are closed': (sql, { of }) =>
    rewriteLeaf(sql, of('period_closed'), (leaf) => ({ ...leaf, closed_through: '2026-07-31' })),
  'a unit has another name, digest and all': async (sql) => {
    await sql`update timebank.org_units set name = '别处' where org_unit_id = 'XC'`;
    await redigest(sql, 'org_units', 'XC');
  },
  'an entry never was, and the later ones moved up': (sql, { plain }) =>
    rewriteHistory(sql, (leaves) => leaves.filter((_, i) => i !== plain(100) - 1)),
  'an entry was always there, and the later ones moved down': (sql, { plain }) =>
    rewriteHistory(sql, (leaves) => leaves.flatMap((leaf, i) => (i === plain(100) - 1 ? [leaf, leaf] : [leaf]))),
  'two entries changed places': (sql, { plain }) =>
    rewriteHistory(sql, (leaves) => {
      const [a, b] = [leaves[plain(100) - 1], { ...leaves[plain(200) - 1], actor: 'operator:late' }];
      return leaves.map((leaf, i) => (i === plain(100) - 1 ? b : i === plain(200) - 1 && a ? a : leaf));
    }),
  'the ledger is kept in another zone': async (sql) => {
    await sql`update timeledger.ledgers set zone = 'Europe/Berlin'`;
    await rewriteLeaf(sql, 1, (leaf) => ({ ...leaf, zone: 'Europe/Berlin' }));
  },
};

t.test('history rewritten as a whole agrees with itself, and a saved checkpoint finds it', async (t) => {
  const b = await books(t);
  await run(b.lane, (stage) => openAccount(stage, { code: 'test:elsewhere', asset: 'COIN', type: 'liability' }));
  await populate(b);
  const numbers = await numbersOf(b.owner);
  const before = await checkpointOf(b.owner, numbers.last);
  await booksBalance(t, b.owner);
  await dropGuards(b.owner);
  for (const [title, deed] of Object.entries(consistent)) {
    const act = async (sql: Pool) => {
      await deed(sql, numbers);
      await rebuild(sql);
    };
    t.same(told(await verifyTampered(b.owner, act)), [], `${title}: nothing else shows it`);
    const verification = await verifyTampered(b.owner, act, { notes: [before], keys: [vkey] });
    t.match(told(verification), [/^checkpoint of \d+: (?:history was rewritten|the log was cut)/], title);
    t.equal(verification?.finding_count, 1, `${title}: and that is all there is to find`);
  }
});

t.test('a log that was cut is found by the checkpoint of what was there', async (t) => {
  const b = await books(t);
  await populate(b);
  const { last, plain } = await numbersOf(b.owner);
  await dropGuards(b.owner);
  const keys = [vkey];
  const cut = async (sql: Pool) => {
    await sql`delete from timeledger.entries where number > ${plain(200)}`;
    await rebuild(sql);
  };
  t.same(told(await verifyTampered(b.owner, cut)), [], 'nothing else shows it');
  const kept = [
    await checkpointOf(b.owner, 7),
    await checkpointOf(b.owner, plain(200)),
    await checkpointOf(b.owner, last),
  ];
  const verification = await verifyTampered(b.owner, cut, { notes: kept, keys });
  t.same(told(verification), [
    `checkpoint of ${last}: the log was cut: ${last} entries were signed, ${plain(200)} are there`,
  ]);
  t.same(
    verification?.checkpoints.map(({ tree_size, agrees }) => [tree_size, agrees]),
    [
      ['7', true],
      [String(plain(200)), true],
      [String(last), false],
    ],
    'the earlier ones still agree, so the damage lies behind them',
  );
});

t.test('a checkpoint of any earlier size agrees with a log that only grew', async (t) => {
  const b = await books(t);
  await populate(b);
  const { last } = await numbersOf(b.owner);
  const notes = await Promise.all(
    [0, 1, 2, 3, 4, 7, 8, 255, 256, 257, last - 1, last].map((size) => checkpointOf(b.owner, size)),
  );
  const verification = await verifyBooks(b.owner, { notes: [...notes].reverse(), keys: [vkey] });
  t.same(verification.findings, []);
  t.equal(verification.checkpoints.filter(({ agrees }) => agrees).length, notes.length);
});

t.test('a checkpoint counts for what its signature is', async (t) => {
  const b = await books(t);
  const { owner } = b;
  const good = await checkpointOf(owner, 1);
  const stranger = generateEd25519();
  const witness = 'witness.example';
  const elsewhere = noteSigner('county.example/log/elsewhere', key);
  const keys = [
    vkey,
    parseVerifierKey(verifierKey(elsewhere.name, key)),
    parseVerifierKey(verifierKey(witness, stranger)),
  ];
  const of = async (note: string) => told(await verifyBooks(owner, { notes: [{ name: 'kept.txt', note }], keys }));
  const signature = good.note.slice(good.note.lastIndexOf(' ') + 1).trim();
  const bytes = Buffer.from(signature, 'base64');
  bytes[20] = (bytes[20] as number) ^ 1;
  t.same(await of(good.note), []);
  t.same(await of(good.note.replace(signature, bytes.toString('base64'))), [
    `checkpoint kept.txt: the signature by ${origin} is wrong`,
  ]);
  t.same(await of(good.note.replace('\n1\n', '\n2\n')), [`checkpoint kept.txt: the signature by ${origin} is wrong`]);
  t.same(await of((await checkpointOf(owner, 1, noteSigner(origin, stranger))).note), [
    'checkpoint kept.txt: no trusted key has signed the note',
  ]);
  t.same(await of((await checkpointOf(owner, 1, elsewhere)).note), [
    `checkpoint kept.txt: it is of another ledger: its log is "${elsewhere.name}"`,
  ]);
  const text = good.note.slice(0, good.note.indexOf('\n\n') + 1);
  t.same(await of(signNote(text, noteSigner(witness, stranger))), [
    `checkpoint kept.txt: it speaks for log "${origin}", and none of its trusted signatures is by that log`,
  ]);
  t.same(await of('a page of something else\n'), ['checkpoint kept.txt: not a signed note']);
  t.same(await of(signNote(`${origin}\nmany\n`, noteSigner(origin, key))), [
    'checkpoint kept.txt: a checkpoint has three lines',
  ]);
});
