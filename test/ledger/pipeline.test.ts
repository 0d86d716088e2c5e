/** Pipelined batches: the next is sent behind the one that is out, and what stands on a batch that failed fails with it. */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import { openAccount, postEntry } from '../../src/ledger/entries.js';
import type { Lane } from '../../src/ledger/lane.js';
import type { CommitOutcome } from '../../src/ledger/store.js';
import { books, booksBalance, freshFingerprint, run } from '../support/books.js';
import { Lost, laneThrough } from '../support/lane-through.js';
import { seeded, seedOf } from '../support/random.js';

async function openPair(lane: Lane): Promise<void> {
  await run(lane, (stage) =>
    openAccount(stage, { code: 'test:source', asset: 'COIN', type: 'liability', floor: null }),
  );
  await run(lane, (stage) => openAccount(stage, { code: 'test:a', asset: 'COIN', type: 'liability', floor: '0.00' }));
}

function pay(lane: Lane, key: string, fingerprint = freshFingerprint()) {
  const legs = [{ debit: 'test:source', credit: 'test:a', amount: '1.00' }];
  return run(lane, (stage) => postEntry(stage, { kind: 'adjustment', legs }).number, { key: { key, fingerprint } });
}

const payments = (lane: Lane, count: number) => Array.from({ length: count }, () => pay(lane, randomUUID()));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

t.test('the next batch is sent while one is out, once as many wait, and no third', async (t) => {
  const b = await books(t);
  await openPair(b.lane);
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { lane, sent } = laneThrough(t, b, {
    commit: async (send) => {
      await held;
      return send();
    },
  });
  const first = payments(lane, 10);
  await until(() => sent() === 1);
  const few = payments(lane, 9);
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.equal(sent(), 1, 'nine wait for the ten that are out');
  const more = payments(lane, 11);
  await until(() => sent() === 2);
  const late = payments(lane, 40);
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.equal(sent(), 2, 'two are out, the rest wait');
  release();
  const numbers = (await Promise.all([...first, ...few, ...more, ...late])).map(({ result }) => result ?? 0);
  t.equal(new Set(numbers).size, 70);
  t.equal(Math.max(...numbers) - Math.min(...numbers), 69, 'numbered without a gap');
  await booksBalance(t, b.owner);
});

t.test('a batch does not stand on another process’s batch of the same number', async (t) => {
  const b = await books(t);
  await openPair(b.lane);
  const answers: CommitOutcome[] = [];
  const { lane, sent } = laneThrough(t, b, {
    commit: async (send, nth) => {
      if (nth === 0) {
        await until(() => sent() === 2);
        // The other process takes the number of the first; the second now names that number, but not that batch.
        await pay(b.lane, randomUUID());
      }
      const outcome = await send();
      answers.push(outcome);
      return outcome;
    },
  });
  const first = payments(lane, 3);
  await until(() => sent() === 1);
  const second = payments(lane, 3);
  const told = await Promise.all([...first, ...second]);
  t.same(answers.slice(0, 2), ['moved', 'moved'], 'neither was written as it was sent');
  t.equal(new Set(told.map(({ result }) => result)).size, 6, 'both were decided anew and written once');
  await booksBalance(t, b.owner);
});

t.test('whatever befalls batches that are out, every command is carried out once', async (t) => {
  const random = seeded(seedOf(t));
  const b = await books(t);
  await openPair(b.lane);
  const [before] = await b.owner`select count(*)::int as count from timeledger.entries`;
  const befallen = { nothing: 0, lostBefore: 0, lostAfter: 0, moved: 0 };
  let others = 0;
  const fates = ['nothing', 'lostAfter', 'moved', 'lostBefore'] as ('nothing' | 'lostAfter' | 'moved' | 'lostBefore')[];
  const { lane } = laneThrough(t, b, {
    commit: async (send) => {
      // Each fate at least once, however few batches a slow machine makes of the commands.
      const fate =
        fates.shift() ?? random.pick(['nothing', 'nothing', 'nothing', 'lostBefore', 'lostAfter', 'moved'] as const);
      befallen[fate] += 1;
      await new Promise((resolve) => setTimeout(resolve, random.below(4)));
      if (fate === 'lostBefore') throw new Lost('lost before it was sent');
      if (fate === 'moved') {
        others += 1;
        await pay(b.lane, randomUUID());
      }
      const outcome = await send();
      if (fate === 'lostAfter') throw new Lost('lost before it was answered');
      return outcome;
    },
  });
  const shared = Array.from({ length: 40 }, () => ({ key: randomUUID(), fingerprint: freshFingerprint() }));
  const told: Promise<{ result?: number | undefined; replayed: boolean; answer: { body: string } }>[] = [];
  for (let i = 0; i < 400; i++) {
    const both = random.below(10) === 0 ? shared.pop() : undefined;
    if (both) {
      // The same command through another process at the same time: one of the two carries it out, the other repeats it.
      told.push(pay(lane, both.key, both.fingerprint), pay(b.lane, both.key, both.fingerprint));
    } else told.push(pay(lane, randomUUID()));
    if (random.below(3) === 0) await new Promise((resolve) => setTimeout(resolve, random.below(6)));
  }
  const outcomes = await Promise.all(told);
  const numbers = outcomes.filter(({ replayed }) => !replayed).map(({ result }) => result);
  t.equal(numbers.length, 400, 'each command was carried out once');
  t.equal(new Set(numbers).size, 400, 'each by an entry of its own');
  t.comment(JSON.stringify(befallen));
  const [after] = await b.owner`select count(*)::int as count from timeledger.entries`;
  t.equal(after?.['count'] - before?.['count'], 400 + others, 'and nothing was posted besides');
  await booksBalance(t, b.owner);
});
