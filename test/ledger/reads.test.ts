/** Reading the books: balances now, at an entry and at a day; statements that add up; trial balances both ways; proofs. */
import { generateKeyPairSync } from 'node:crypto';
import t from 'tap';
import { openAccount, postEntry, viewStaged } from '../../src/ledger/entries.js';
import type { Lane } from '../../src/ledger/lane.js';
import {
  noteSigner,
  openNote,
  parseCheckpoint,
  parseVerifierKey,
  verifierKey,
} from '../../src/ledger/log/checkpoint.js';
import { leafHash } from '../../src/ledger/log/merkle.js';
import { verifyInclusion } from '../../src/ledger/log/proof.js';
import { readBalance } from '../../src/ledger/reads/accounts.js';
import { type EntryListing, listEntries, readEntry } from '../../src/ledger/reads/entries.js';
import { readEntryProof } from '../../src/ledger/reads/log.js';
import { readStatement, type StatementLine, type StatementPosition } from '../../src/ledger/reads/statement.js';
import {
  type TrialLine,
  type TrialMoment,
  trialClasses,
  trialLines,
  trialPage,
} from '../../src/ledger/reads/trial-balance.js';
import { type Books, books, booksBalance, run } from '../support/books.js';
import { type Random, seeded, seedOf } from '../support/random.js';

const codes = ['test:a', 'test:b', 'test:c', 'test:d'];
const days = Array.from({ length: 12 }, (_, i) => `2026-10-${String(1 + i * 2).padStart(2, '0')}`);

interface Move {
  readonly number: number;
  readonly day: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount: number;
}

const selectionOf = (moment: TrialMoment) => ({ moment, type: null, accountClass: null, classes: [] });

async function allLines(b: Books, moment: TrialMoment): Promise<TrialLine[]> {
  const lines: TrialLine[] = [];
  for await (const some of trialLines(b.owner, b.lane.facts.id, selectionOf(moment))) lines.push(...some);
  return lines;
}

/** Random postings, many of them dated back, and what they were. */
async function fill(b: Books, random: Random, count: number): Promise<Move[]> {
  for (const code of codes)
    await run(b.lane, (stage) =>
      openAccount(stage, { code, asset: 'COIN', type: code === 'test:d' ? 'asset' : 'liability' }),
    );
  const moves = await Promise.all(Array.from({ length: count }, () => post(b.lane, random)));
  return moves.sort((x, y) => x.number - y.number);
}

async function post(lane: Lane, random: Random): Promise<Move> {
  const day = random.pick(days);
  const debit = random.pick(codes);
  const credit = random.pick(codes.filter((code) => code !== debit));
  const amount = 1 + random.below(5000);
  const legs = [{ debit, credit, amount: (amount / 100).toFixed(2) }];
  const { result } = await run(
    lane,
    (stage) => postEntry(stage, { kind: 'adjustment', effective_on: day, legs }).number,
  );
  return { number: result ?? 0, day, debit, credit, amount };
}

/** Credits less debits in cents; the other way round for the one asset account. */
function balance(moves: readonly Move[], code: string): number {
  const net = moves.reduce(
    (sum, move) => sum + (move.credit === code ? move.amount : 0) - (move.debit === code ? move.amount : 0),
    0,
  );
  return code === 'test:d' ? -net : net;
}

const cents = (text: string) => Math.round(Number(text) * 100);

t.test('balances and trial balances are right at every entry and on every day', async (t) => {
  const random = seeded(seedOf(t));
  const b = await books(t);
  const moves = await fill(b, random, 300);
  const id = b.lane.facts.id;
  for (const code of codes) {
    t.equal(cents((await readBalance(b.owner, id, code, {})).balance), balance(moves, code), `${code} now`);
    for (const day of ['2026-09-30', ...days, '2027-01-01']) {
      const until = moves.filter((move) => move.day <= day);
      t.equal(
        cents((await readBalance(b.owner, id, code, { asOf: day })).balance),
        balance(until, code),
        `${code} as of ${day}`,
      );
    }
    for (const { number } of [moves[0], moves[150], moves[299]] as Move[]) {
      const until = moves.filter((move) => move.number <= number);
      t.equal(
        cents((await readBalance(b.owner, id, code, { atEntry: number })).balance),
        balance(until, code),
        `${code} at entry ${number}`,
      );
    }
  }
  const last = moves.at(-1)?.number ?? 0;
  const byDay = await allLines(b, { asOf: '9999-12-31' });
  t.same(byDay, await allLines(b, { atEntry: last }), 'when nothing is left out both ways come to the same');
  for (const moment of [...days.map((asOf) => ({ asOf })), { atEntry: moves[100]?.number ?? 0 }]) {
    const lines = await allLines(b, moment);
    for (const { asset, debits, credits } of lines) t.equal(debits, credits, `${asset} balances`);
    for (const { account } of lines) {
      const { code, balance, below_floor } = account;
      t.same({ balance, below_floor }, await readBalance(b.owner, id, code, moment), code);
    }
  }
  await t.rejects(allLines(b, { atEntry: last + 1 }), { code: 'entry_not_found' });
  await t.rejects(readBalance(b.owner, id, 'test:a', { atEntry: last + 1 }), { code: 'entry_not_found' });
  await t.rejects(readBalance(b.owner, id, 'test:none', {}), { code: 'account_not_found' });
  await booksBalance(t, b.owner);
});

t.test('a trial balance by pages, by type and by class is the whole one, cut', async (t) => {
  const random = seeded(seedOf(t));
  const b = await books(t);
  await fill(b, random, 100);
  const moment = { asOf: days[5] ?? '' };
  const whole = await allLines(b, moment);
  const paged: TrialLine[] = [];
  for (let after: { asset: string; code: string } | null = null; ; ) {
    const page: TrialLine[] = await trialPage(b.owner, b.lane.facts.id, selectionOf(moment), { after, limit: 2 });
    paged.push(...page);
    const last = page.at(-1);
    if (!last || page.length < 2) break;
    after = { asset: last.asset, code: last.account.code };
  }
  t.same(paged, whole);

  const ofType = await trialPage(
    b.owner,
    b.lane.facts.id,
    { ...selectionOf(moment), type: 'liability' },
    { after: null, limit: 200 },
  );
  t.same(
    ofType.map((line) => line.account),
    whole.map((line) => line.account).filter(({ type }) => type === 'liability'),
  );
  const byClass = { ...selectionOf(moment), classes: [['^test:.*$', 'test:*']] } as const;
  const classes = await trialClasses(b.owner, b.lane.facts.id, byClass);
  const liabilities = classes.find((line) => line.class.class === 'test:*' && line.class.type === 'liability');
  const own = whole.filter(({ account }) => account.code.startsWith('test:') && account.type === 'liability');
  t.equal(liabilities?.class.accounts, own.length);
  t.equal(
    cents(liabilities?.class.balance ?? ''),
    own.reduce((sum, { account }) => sum + cents(account.balance), 0),
  );
  t.same([liabilities?.debits, liabilities?.credits], [whole[0]?.debits, whole[0]?.credits]);
  const drilled = await trialPage(
    b.owner,
    b.lane.facts.id,
    { ...byClass, accountClass: 'test:*' },
    { after: null, limit: 200 },
  );
  t.ok(drilled.length > 0 && drilled.every(({ account }) => account.code.startsWith('test:')));
});

t.test('a rare kind is found page by page, each of which looks at so many entries and no more', async (t) => {
  const random = seeded(seedOf(t));
  const b = await books(t);
  await fill(b, random, 30);
  const found: string[] = [];
  const pages: number[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page: EntryListing = await listEntries(b.owner, b.lane.facts.id, {
      after,
      limit: 3,
      kind: 'account_opened',
      lookAt: 10,
    });
    found.push(...page.entries.map(({ number }) => number));
    pages.push(page.entries.length);
    after = page.next;
  }
  t.same(found, ['2', '3', '4', '5'], 'each once');
  t.same(pages, [3, 1, 0, 0, 0], 'full, then as many as there were, then none');
  const all = await listEntries(b.owner, b.lane.facts.id, { after: 0, limit: 200, kind: null, lookAt: 10 });
  t.same([all.entries.length, all.next], [35, null], 'without a kind nothing is looked at in vain');
});

t.test(
  'a statement shows the ends of its range on every page and the balance after every line, whatever was dated back',
  async (t) => {
    const random = seeded(seedOf(t));
    const b = await books(t);
    const moves = await fill(b, random, 300);
    const [from, to] = [days[3] ?? '', days[8] ?? ''];
    for (const code of codes) {
      const lines: StatementLine[] = [];
      const sign = code === 'test:d' ? -1 : 1;
      const opening = balance(
        moves.filter(({ day }) => day < from),
        code,
      );
      const closing = balance(
        moves.filter(({ day }) => day <= to),
        code,
      );
      let running = opening;
      let after: StatementPosition | null = null;
      do {
        const page = await readStatement(b.owner, b.lane.facts.id, code, { from, to, after, limit: 7 });
        t.same(
          [page.opening, page.closing].map(cents),
          [opening, closing],
          `${code}: every page has the ends of the range`,
        );
        for (const line of page.lines) {
          running += (cents(line.credit) - cents(line.debit)) * sign;
          t.equal(cents(line.balance), running, `${code}: entry ${line.entry} carries the balance after it`);
        }
        lines.push(...page.lines);
        after = page.next;
      } while (after);
      t.equal(running, closing, `${code}: the last line leads to the closing balance`);
      const expected = moves.filter(
        ({ day, debit, credit }) => day >= from && day <= to && [debit, credit].includes(code),
      );
      expected.sort((x, y) => (x.day === y.day ? x.number - y.number : x.day < y.day ? -1 : 1));
      t.same(
        lines.map(({ entry, effective_on }) => `${effective_on} ${entry}`),
        expected.map(({ day, number }) => `${day} ${number}`),
        `${code} has every line, by day and entry`,
      );
    }
  },
);

t.test('every entry is proven against the checkpoint, and no other bytes are', async (t) => {
  const b = await books(t);
  await fill(b, seeded(seedOf(t)), 700);
  const { privateKey } = generateKeyPairSync('ed25519');
  const signer = noteSigner('test.example/log', privateKey);
  const verifier = parseVerifierKey(verifierKey('test.example/log', privateKey));
  for (const number of [1, 2, 256, 257, 512, 513, 705]) {
    const proof = await readEntryProof(b.owner, b.lane.facts.id, number, signer);
    const checkpoint = parseCheckpoint(openNote(proof.checkpoint, [verifier]).text);
    const leaf = Buffer.from(proof.leaf, 'base64');
    const hashes = proof.hashes.map((hash) => Buffer.from(hash, 'base64'));
    const holds = (bytes: Buffer) =>
      verifyInclusion(leafHash(bytes), BigInt(proof.leaf_index), checkpoint.size, hashes, checkpoint.root);
    t.ok(holds(leaf), `entry ${number} is in the tree of ${proof.tree_size}`);
    t.notOk(holds(Buffer.concat([leaf, Buffer.from(' ')])), 'one byte more is not');
    t.equal(JSON.parse(leaf.toString()).number, String(number));
  }
  await t.rejects(readEntryProof(b.owner, b.lane.facts.id, 706, signer), { code: 'entry_not_found' });
});

t.test('an entry reads back as it was told when it was posted', async (t) => {
  const b = await books(t);
  await fill(b, seeded(seedOf(t)), 20);
  const legs = [
    { debit: 'test:a', credit: 'test:b', amount: '1.00' },
    { debit: 'test:b', credit: 'test:c', amount: '0.40' },
  ];
  const told = await run(b.lane, (stage) =>
    viewStaged(postEntry(stage, { kind: 'gift', legs, reference: '凭证 17', description: '更正' })),
  );
  const number = Number(told.result?.number);
  t.same(await readEntry(b.owner, b.lane.facts.id, number), told.result);
  const { entries } = await listEntries(b.owner, b.lane.facts.id, { after: number - 1, limit: 1, kind: 'gift' });
  const [listed] = entries;
  t.same(listed, { ...told.result, balances: [] }, 'lists leave the balances out');
});
