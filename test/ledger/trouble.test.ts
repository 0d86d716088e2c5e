/** The lane in trouble: a database that is away, has no room or rejects a command costs nobody more than it must. */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import { change } from '../../src/ledger/drafts.js';
import { openAccount, postEntry } from '../../src/ledger/entries.js';
import type { Lane } from '../../src/ledger/lane.js';
import { reconciliationRows } from '../../src/timebank/audit/rows.js';
import { openingPointRows } from '../../src/timebank/credit/rows.js';
import { type Books, books, booksBalance, freshFingerprint, run } from '../support/books.js';
import { Lost, laneThrough } from '../support/lane-through.js';

const key = () => ({ key: randomUUID(), fingerprint: freshFingerprint() });

function pay(lane: Lane, with_ = key()) {
  const legs = [{ debit: 'test:source', credit: 'test:a', amount: '1.00' }];
  return run(lane, (stage) => postEntry(stage, { kind: 'adjustment', legs }).number, { key: with_ });
}

async function openPair({ lane }: Books): Promise<void> {
  for (const code of ['test:source', 'test:a'])
    await run(lane, (stage) => openAccount(stage, { code, asset: 'COIN', type: 'liability', floor: null }));
}

async function entryCount({ owner }: Books): Promise<number> {
  const [row] = await owner`select count(*)::int as count from timeledger.entries`;
  return row?.['count'] as number;
}

/** An error as the server sends it. */
const serverError = (code: string) => Object.assign(new Error(code), { code, severity: 'ERROR' });

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

t.test('behind a database that is away everyone is told by their own deadline, and the lane comes back', async (t) => {
  const b = await books(t);
  await openPair(b);
  let away = true;
  const read = async () => {
    if (away) throw new Lost('away');
  };
  const { lane } = laneThrough(t, b, { read }, { deadlineMilliseconds: 400 });
  const told: number[] = [];
  const started = performance.now();
  const late = async (after: number) => {
    await pause(after);
    await t.rejects(pay(lane), { code: 'ledger_unavailable' });
    told.push(Math.round((performance.now() - started - after) / 400));
  };
  await Promise.all([late(0), late(150), late(300)]);
  t.same(told, [1, 1, 1], 'each after its own time, though the clock of the books stands still');
  away = false;
  t.ok((await pay(lane)).result, 'and the lane works on');
  await booksBalance(t, b.owner);
});

t.test(
  'a commit whose answer never comes is told as unknown by the deadline, and its repetition happens once',
  async (t) => {
    const b = await books(t);
    await openPair(b);
    let holds = true;
    const { lane } = laneThrough(
      t,
      b,
      {
        commit: async (send) => {
          const outcome = await send();
          if (holds) {
            await pause(3000);
            throw new Lost('written, but never answered');
          }
          return outcome;
        },
      },
      { deadlineMilliseconds: 1500 },
    );
    const before = await entryCount(b);
    const same = key();
    await t.rejects(pay(lane, same), { code: 'ledger_unavailable', message: /not known/ });
    holds = false;
    // By a process that has all the time it wants.
    t.match(await pay(b.lane, same), { replayed: true });
    t.equal(await entryCount(b), before + 1);
    await booksBalance(t, b.owner);
  },
);

for (const code of ['53100', '53300', '55P03', '57014', '57P04']) {
  t.test(`${code} on a commit: what was not written is refused at once, what was is told`, async (t) => {
    const b = await books(t);
    await openPair(b);
    const before = await entryCount(b);
    let landed = false;
    const { lane } = laneThrough(t, b, {
      commit: async (send, nth) => {
        if (nth > 1) return send();
        if (landed) await send();
        throw serverError(code);
      },
    });
    await t.rejects(pay(lane), { code: 'ledger_unavailable', message: /nothing of this request/ });
    t.equal(await entryCount(b), before);
    landed = true;
    t.ok((await pay(lane)).result, 'the books were asked, and had it');
    t.ok((await pay(lane)).result, 'the lane works on');
    t.equal(await entryCount(b), before + 2);
    await booksBalance(t, b.owner);
  });
}

t.test(
  'a command that the tables reject fails alone; its batch mates are sent once more, and the log has no value',
  async (t) => {
    const b = await books(t);
    await openPair(b);
    const logged: unknown[] = [];
    const log = (_: string, __: unknown, facts?: object) => logged.push(facts);
    const { lane, sent } = laneThrough(t, b, {}, { log });
    await pay(lane);
    const before = sent();
    const bad = run(lane, (stage) =>
      stage.post({
        kind: 'opening_points',
        rows: [
          change(openingPointRows, {
            member_id: 'M1',
            occurrences: 1n,
            points: 10n,
            state: 'counted',
            effective_on: 'a secret',
          }),
        ],
      }),
    );
    const mates = Array.from({ length: 5 }, () => pay(lane));
    await t.rejects(bad, { message: /rejected a command/ });
    for (const mate of await Promise.all(mates)) t.ok(mate.result);
    t.equal(sent() - before, 7, 'together, then each alone');
    t.same(logged, [{ entries: { opening_points: 1 }, rows: { opening_points: 1 } }]);
    await booksBalance(t, b.owner);
  },
);

t.test('a command whose load the database rejects fails alone', async (t) => {
  const b = await books(t);
  await openPair(b);
  const bad = run(b.lane, (stage) => stage.row(reconciliationRows, 'not a uuid'));
  const mates = Array.from({ length: 5 }, () => pay(b.lane));
  await t.rejects(bad, { message: /rejected a command/ });
  for (const mate of await Promise.all(mates)) t.ok(mate.result);
  await booksBalance(t, b.owner);
});

t.test('who loses to other processes until the deadline is told to come again', async (t) => {
  const b = await books(t);
  await openPair(b);
  const { lane } = laneThrough(t, b, { commit: async () => 'moved' }, { deadlineMilliseconds: 300 });
  await t.rejects(pay(lane), { code: 'ledger_busy' });
  await booksBalance(t, b.owner);
});
