/** Verification of a journal of several pages: what lies in one page, between two of them, or takes up a whole one. */
import t from 'tap';
import type { Pool } from '../../../src/db/connect.js';
import type { Stage } from '../../../src/ledger/stage.js';
import { type Books, books, booksBalance, run, verifyBooks } from '../../support/books.js';
import { dropGuards, told, verifyTampered } from '../../support/tampering.js';

const entries = 3_300;
const days = ['2026-10-01', '2026-10-15', '2026-10-31'];

/** Many small entries on three accounts, dated back and forth. */
async function fill(b: Books): Promise<void> {
  const open = (stage: Stage) =>
    stage.post({
      kind: 'account_opened',
      opens: [
        { code: 'test:source', asset: 'COIN', type: 'liability' as const },
        ...['test:a', 'test:b'].map((code) => ({ code, asset: 'COIN', type: 'liability' as const, floor: 0n })),
      ],
    });
  await run(b.lane, open);
  for (let done = 2; done < entries; done += 550) {
    const count = Math.min(550, entries - done);
    await run(b.lane, (stage) => {
      for (let i = 0; i < count; i += 1) {
        const credit = i % 2 === 0 ? 'test:a' : 'test:b';
        const effectiveOn = days[i % days.length] as string;
        stage.post({ kind: 'transfer', effectiveOn, legs: [{ debit: 'test:source', credit, amount: '0.01' }] });
      }
    });
  }
}

t.test('damage in one page of many is told once, wherever it lies', async (t) => {
  const b = await books(t);
  await fill(b);
  const { checked } = await verifyBooks(b.owner);
  t.match(checked, { entries, postings: 2 * (entries - 2), log_nodes: Math.floor(entries / 256) });
  await booksBalance(t, b.owner);
  await dropGuards(b.owner);
  const after = async (deed: (sql: Pool) => Promise<unknown>) => told(await verifyTampered(b.owner, deed));

  for (const entry of [1_023, 1_024, 2_047, 2_048, entries]) {
    const lines = await after(
      (sql) => sql`update timeledger.postings set balance = balance + 1 where entry = ${entry} and amount < 0`,
    );
    t.equal(lines.length, 1, `balance of entry ${entry}: ${lines[0]}`);
    t.match(lines[0], new RegExp(`^postings entry ${entry}, .*balance is "\\d+", should be "\\d+"$`));
  }
  t.same(
    (await after((sql) => sql`delete from timeledger.entries where number between 1000 and 2100`)).filter((line) =>
      line.startsWith('entries'),
    ),
    ['entries 1000 to 2100: are missing: 1,101 in all'],
    'a page and more that is gone is one range',
  );
  const gone = await after(async (sql) => {
    await sql`delete from timeledger.entries where number between 1000 and 2100`;
    await sql`delete from timeledger.postings where entry between 1000 and 2100`;
  });
  t.equal(
    gone.filter((line) => line.startsWith('postings')).length,
    3,
    'and with its postings, one finding for each account',
  );
  const moved = await after((sql) => sql`update timeledger.postings set entry = entry + 1024 where entry = 1500`);
  t.match(moved, [
    /^postings entry 1500, test:source: version \d+ is missing/,
    /^postings entry 1500, test:[ab]: version \d+ is missing/,
    /^postings entry 2524, .* does not follow from its entry/,
    /^postings entry 2524, .* does not follow from its entry/,
  ]);
  const late = await after((sql) => sql`update timeledger.postings set entry = 999999999 where entry = 1500`);
  t.ok(
    late.some((line) => /^postings entry 999999999: 2 postings of an entry that is not there$/.test(line)),
    late.join('\n'),
  );
  const early = await after(
    (sql) => sql`update timeledger.postings set entry = -9223372036854775808 where entry = 1500`,
  );
  t.ok(
    early.some((line) => /^postings entry -9223372036854775808: 2 postings of/.test(line)),
    early.join('\n'),
  );
});
