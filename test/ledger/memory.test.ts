/** The lane's memory: what was not used lately is forgotten and nothing else, and a refused command leaves no trace in it. */
import t from 'tap';
import { applyPosting, isDebitNormal } from '../../src/ledger/accounts.js';
import { decideBatch } from '../../src/ledger/decide.js';
import { change } from '../../src/ledger/drafts.js';
import { postEntry } from '../../src/ledger/entries.js';
import { Generations } from '../../src/ledger/generations.js';
import { Frontier } from '../../src/ledger/log/merkle.js';
import { RowCache } from '../../src/ledger/row-cache.js';
import type { Stage } from '../../src/ledger/stage.js';
import { LaneState } from '../../src/ledger/state.js';
import { sameIn } from '../../src/lib/language.js';
import { Refusal } from '../../src/lib/refusal.js';
import { redemptionRows } from '../../src/timebank/partners/rows.js';
import { orgUnitRows } from '../../src/timebank/people/rows.js';
import { books, booksBalance, run } from '../support/books.js';
import { seeded, seedOf } from '../support/random.js';

t.test('what was used since the last ageing is kept, the rest forgotten with the next', async (t) => {
  const memory = new Generations<string, number>();
  memory.set('used', 1);
  memory.set('unused', 2);
  memory.age();
  t.equal(memory.get('used'), 1);
  memory.age();
  t.same([memory.get('used'), memory.get('unused')], [1, undefined]);
  memory.delete('used');
  t.equal(memory.get('used'), undefined);
});

const redemption = (id: string, status: string) => ({
  redemption_id: id,
  partner_id: 'p',
  partner_reference: id,
  member_id: 'm',
  status,
});

t.test('whoever holds a list holds its rows by key, so that a change replaces a row wherever it is held', async (t) => {
  const rows = new RowCache(0);
  const one = redemption('1', 'authorised');
  rows.set(redemptionRows, 'key', '1', [one]);
  rows.set(redemptionRows, 'member', 'm\u001fauthorised', [one]);
  rows.trim();
  t.same(rows.get(redemptionRows, 'member', 'm\u001fauthorised'), [one], 'the list is used, the key is not');
  rows.trim();
  t.equal(rows.get(redemptionRows, 'key', '1')?.[0], one, 'and yet it is held, as the same object');
  const captured = redemption('1', 'captured');
  rows.replace(redemptionRows, one, captured, true);
  t.same(rows.get(redemptionRows, 'member', 'm\u001fauthorised'), []);
});

/** Everything a memory holds, as plain values. */
const snapshot = (state: LaneState) => structuredClone(JSON.parse(JSON.stringify(state, plain)));

function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Map)
    return [...value].filter(([, held]) => held !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return value;
}

function memoryOf(): LaneState {
  const head = {
    batchSeq: 1,
    batchId: '00000000-0000-0000-0000-000000000001',
    entryCount: 10,
    accountCount: 3,
    recordedAt: 0n,
    closedThrough: null,
    frontier: Frontier.decode(Buffer.alloc(0), 0n),
  };
  const state = new LaneState({ id: 1, code: 'xinchang', zone: 'Asia/Shanghai', origin: 'o', logKey: 'k' }, head);
  state.assets.set('COIN', 2);
  for (const [i, code] of ['test:source', 'test:a', 'test:b'].entries()) {
    const account = {
      id: i + 1,
      code,
      asset: 'COIN',
      scale: 2,
      type: 'liability' as const,
      debitNormal: isDebitNormal('liability'),
      control: false,
      floor: i === 0 ? null : 0n,
      ceiling: null,
      state: 'open' as const,
      debits: 0n,
      credits: 0n,
      version: 0,
      latest: null,
    };
    if (i > 0) applyPosting(account, -100n);
    state.accounts.set(code, account);
  }
  state.accounts.set('test:new', null);
  for (const id of ['A', 'B', 'C']) state.rows.set(orgUnitRows, 'key', id, id === 'C' ? [] : [unit(id, 'old')]);
  state.rows.set(redemptionRows, 'member', 'm0\u001fauthorised', []);
  state.entries.set(4, {
    number: 4,
    kind: 'adjustment',
    effectiveOn: '2026-10-01',
    leaf: '{}',
    reversedBy: null,
    hasText: false,
  });
  return state;
}

const unit = (id: string, name: string) => ({
  org_unit_id: id,
  parent_id: null,
  level: 'county' as const,
  name,
  closed_on: null,
  entry: 1,
});

t.test('the memory is deep-equal to what it was after any refused command, dry run or fault', async (t) => {
  const random = seeded(seedOf(t));
  const steps: readonly ((stage: Stage) => void)[] = [
    (stage) => postEntry(stage, legs('test:source', 'test:a', '3.00')),
    (stage) => postEntry(stage, { ...legs('test:a', 'test:b', '0.50'), effective_on: '2026-10-02' }),
    (stage) => postEntry(stage, { ...legs('test:source', 'test:b', '0.50'), effective_on: '2026-09-02' }),
    (stage) => stage.savepoint(() => postEntry(stage, legs('test:a', 'test:b', '9999.00'))),
    (stage) =>
      stage.post({
        kind: 'org_unit_registered',
        rows: [change(orgUnitRows, unit(random.pick(['A', 'B', 'C']), 'new'))],
      }),
    (stage) => {
      if (!stage.account('test:new'))
        stage.post({ kind: 'account_opened', opens: [{ code: 'test:new', asset: 'COIN', type: 'liability' }] });
    },
    (stage) => {
      if (stage.entry(4)?.reversedBy === null)
        stage.post({ ...legs('test:source', 'test:a', '1.00'), kind: 'reversal', reverses: 4 });
    },
    (stage) =>
      stage.post({
        kind: 'redemption_authorised',
        begins: [{ table: redemptionRows, index: 'member', key: [`m${random.below(3)}`, 'authorised'] }],
      }),
    (stage) => stage.post({ kind: 'period_closed', closedThrough: '2026-08-31' }),
    (stage) => stage.post({ kind: 'ledger_opened', assets: [{ asset: `X${random.below(1000)}`, scale: 0 }] }),
  ];
  for (let round = 0; round < 300; round++) {
    const state = memoryOf();
    const before = snapshot(state);
    const chosen = Array.from({ length: 1 + random.below(6) }, () => random.pick(steps));
    const ending = random.pick(['refusal', 'fault', 'dry run'] as const);
    const { stage } = decideBatch(
      state,
      [
        {
          actor: 'operator:test',
          dryRun: ending === 'dry run',
          decide: (staged) => {
            for (const step of chosen) step(staged);
            if (ending === 'refusal') throw new Refusal('leg_invalid', sameIn('no'));
            if (ending === 'fault') throw new TypeError('a bug');
          },
          answer: () => ({ code: 200, body: '' }),
        },
      ],
      Date.parse('2026-11-02T01:00:00Z'),
      { careful: true },
    );
    t.same(snapshot(state), before, `${ending} after ${chosen.length} steps`);
    t.equal(stage.entries.length, 0);
  }
});

function legs(debit: string, credit: string, amount: string) {
  return { kind: 'adjustment', legs: [{ debit, credit, amount }] };
}

t.test('a lane that may hold next to nothing decides as one that holds everything', async (t) => {
  const random = seeded(seedOf(t));
  const b = await books(t);
  const small = await b.openLane({ cacheLimits: { accounts: 3, rows: 3, entries: 1 } });
  const codes = Array.from({ length: 20 }, (_, i) => `test:${i}`);
  for (const code of codes)
    await run(small, (stage) =>
      stage.post({ kind: 'account_opened', opens: [{ code, asset: 'COIN', type: 'liability' }] }),
    );
  const told = await Promise.all(
    Array.from({ length: 400 }, async () => {
      const [debit, credit] = [random.pick(codes), random.pick(codes)];
      await new Promise((resolve) => setTimeout(resolve, random.below(50)));
      return run(small, (stage) => postEntry(stage, legs(debit, credit, '1.00')).number);
    }),
  );
  t.ok(told.filter(({ result }) => result !== undefined).length > 300);
  await booksBalance(t, b.owner);
});
