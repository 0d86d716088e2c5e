/** What a redemption costs, and that a partner's reference is used once, whoever remembers it: the lane, the books, or another process. */
import { randomUUID } from 'node:crypto';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import t from 'tap';
import type { Lane } from '../../../src/ledger/lane.js';
import { Findings } from '../../../src/ledger/verify/findings.js';
import { verifyControls } from '../../../src/timebank/controls.js';
import { xinchangPilot1 as rules } from '../../../src/timebank/credit/xinchang-pilot.js';
import { registerPartner } from '../../../src/timebank/partners/partners.js';
import { authoriseRedemption } from '../../../src/timebank/partners/redemptions/authorise.js';
import { captureRedemption } from '../../../src/timebank/partners/redemptions/capture.js';
import { addMovement, readMovements } from '../../../src/timebank/partners/redemptions/movements.js';
import { priceOf, type Redemption } from '../../../src/timebank/partners/redemptions/redemption.js';
import { refundRedemption } from '../../../src/timebank/partners/redemptions/refund.js';
import { voidRedemption } from '../../../src/timebank/partners/redemptions/release.js';
import { redemptionRows } from '../../../src/timebank/partners/rows.js';
import { books, booksBalance, refusedByChecks, run } from '../../support/books.js';
import { seeded, seedOf } from '../../support/random.js';
import { partner, settle } from '../../support/story.js';

function authorise(lane: Lane, reference: string, points: bigint, options: { dryRun?: boolean } = {}) {
  const request = {
    id: randomUUID(),
    partnerId: partner,
    partnerReference: reference,
    memberId: 'M1',
    points,
    capture: true,
  };
  return run(lane, (stage) => authoriseRedemption(stage, rules, request).entry, options);
}

t.test('points cost what they are worth to the fen, half a fen rounded up', async (t) => {
  t.same(
    ['0.10', '1', '0.005', '0.0049', '0.0050', '12.3456'].map((price) => priceOf(3n, price)),
    [30n, 300n, 2n, 1n, 2n, 3704n],
  );
  const price = fc
    .tuple(fc.nat(999_999), fc.nat(9_999))
    .map(([yuan, rest]) => `${yuan}.${String(rest).padStart(4, '0')}`);
  const points = fc.bigInt(1n, 10n ** 15n);
  const Exact = Decimal.clone({ precision: 60 });
  fc.assert(
    fc.property(points, price, (count, each) => {
      const fen = new Exact(count.toString()).times(each).times(100);
      const exact = new Exact(priceOf(count, each).toString()).minus(fen);
      return exact.gt(-0.5) && exact.lte(0.5);
    }),
  );
});

t.test('no order of captures and refunds gains or loses a fen', async (t) => {
  const random = seeded(seedOf(t));
  const b = await books(t);
  await settle(b.lane);
  for (const price of ['0.0001', '0.0025', '0.0049', '0.0097', '0.3333']) {
    const shop = `shop-${price.slice(2)}`;
    const terms = { id: shop, name: '小店', kind: 'shop', point_price: price, may_backdate: false } as const;
    await run(b.lane, (stage) => registerPartner(stage, terms));
    const hold = {
      id: randomUUID(),
      partnerId: shop,
      partnerReference: 'H',
      memberId: 'M1',
      points: 90n,
      capture: false,
    };
    await run(b.lane, (stage) => authoriseRedemption(stage, rules, hold));
    let redemption: Redemption | undefined;
    for (let i = 0; i < 40; i++) {
      const [move, most] = random.pick([
        [captureRedemption, 90n - (redemption?.captured ?? 0n)],
        [refundRedemption, (redemption?.captured ?? 0n) - (redemption?.refunded ?? 0n)],
      ] as const);
      if (most === 0n) continue;
      const part = { id: hold.id, partnerId: shop, points: 1n + BigInt(random.below(Math.min(Number(most), 9))) };
      const { result } = await run(b.lane, (stage) => move(stage, rules, part).redemption);
      if (!result) throw new Error('a part was refused');
      t.equal(result.captured_cny - result.refunded_cny, priceOf(result.captured - result.refunded, price));
      t.ok(
        result.captured_cny >= (redemption?.captured_cny ?? 0n) &&
          result.refunded_cny >= (redemption?.refunded_cny ?? 0n),
      );
      redemption = result;
    }
  }
  await booksBalance(t, b.owner);
});

t.test(
  'a used reference is told as such, even to a lane that has not seen it and a member who could not pay',
  async (t) => {
    const b = await books(t);
    await settle(b.lane);
    t.ok((await authorise(b.lane, 'R1', 50n)).result);
    for (const lane of [b.lane, await b.openLane(), await b.openLane()]) {
      t.equal((await authorise(lane, 'R1', 10_000n)).code, 'partner_reference_exists');
      t.equal((await authorise(lane, 'R1', 50n)).code, 'partner_reference_exists');
      t.equal(
        (await authorise(lane, 'R1', 50n, { dryRun: true })).code,
        'partner_reference_exists',
        'in a dry run, too',
      );
    }
    t.equal(
      (await authorise(await b.openLane(), 'R2', 10_000n)).code,
      'balance_insufficient',
      'a fresh one is judged by the balance',
    );
    await booksBalance(t, b.owner);
  },
);

t.test('one reference many times at once, in one batch and at two processes, redeems once', async (t) => {
  const b = await books(t);
  await settle(b.lane);
  const lanes = [b.lane, await b.openLane()];
  const told = await Promise.all(Array.from({ length: 20 }, (_, i) => authorise(lanes[i % 2] as Lane, 'R1', 10n)));
  t.equal(told.filter(({ result }) => result !== undefined).length, 1);
  t.same([...new Set(told.map(({ code }) => code))].sort(), ['partner_reference_exists', undefined].sort());
  const [row] =
    await b.owner`select (credits - debits)::int as balance from timeledger.accounts where code = 'member:M1:points'`;
  t.equal(row?.['balance'], 490);
  await booksBalance(t, b.owner);
});

t.test('the log says of every step which lots it moved, and of what is owed at which price', async (t) => {
  const b = await books(t);
  await settle(b.lane);
  const id = randomUUID();
  const step = { id, partnerId: null, points: 20n };
  const request = { id, partnerId: partner, partnerReference: 'LOTS', memberId: 'M1', points: 50n, capture: false };
  await run(b.lane, (stage) => authoriseRedemption(stage, rules, request));
  await run(b.lane, (stage) => captureRedemption(stage, rules, step));
  await run(b.lane, (stage) => refundRedemption(stage, rules, { ...step, points: 5n }));
  await run(b.lane, (stage) => voidRedemption(stage, rules, id, null));
  const rows = await b.owner`select leaf from timeledger.entries where kind like 'redemption%' order by number`;
  const lots = (amount: string) => [{ amount, expires_on: '2029-09-30' }];
  t.match(
    rows.map(({ leaf }) => JSON.parse(leaf)),
    [
      { kind: 'redemption_authorised', price: '0.10', lots: lots('50') },
      { kind: 'redemption_captured', price: '0.10', lots: lots('20') },
      { kind: 'redemption_refunded', price: '0.10', lots: lots('5') },
      { kind: 'redemption_voided', lots: lots('30') },
    ],
  );
  await booksBalance(t, b.owner);
});

t.test('the database refuses a redemption that is wrong by itself', async (t) => {
  const b = await books(t);
  await settle(b.lane);
  t.equal((await authorise(b.lane, 'R1', 30n)).code, undefined);
  await refusedByChecks(t, b.owner, 'redemptions', {
    redemptions_amounts_check: [
      "authorised = 0, captured = 0, movements = ''",
      'captured = 31',
      'released = 1',
      'released = -1',
      'captured = -1',
      'refunded = 31',
      'refunded = -1',
      'refunded_cny = captured_cny + 1',
      "movements = ''",
      'authorised = 31, captured = 0',
    ],
    redemptions_status_check: ["status = 'lost'"],
    redemptions_ids_check: ["partner_reference = 'R 1'", "member_id = ''"],
    redemptions_effective_on_check: ["effective_on = '1999-12-31'"],
  });
  await booksBalance(t, b.owner);
});

t.test('movements are read as they were written, and what nobody wrote is not read', async (t) => {
  const first = { entry: 17, effectiveOn: '2026-10-01', points: 50n, amountCny: 500n };
  const second = { entry: 23, effectiveOn: '2026-10-03', points: -20n, amountCny: -200n };
  const text = addMovement(addMovement('', first), second);
  t.equal(text, '17 2026-10-01 50 500,23 2026-10-03 -20 -200');
  t.same(readMovements(text), [first, second]);
  t.same(readMovements(''), []);
  for (const damaged of [' ', '17', `${text},`, '17 2026-10-01 5.0 500', 'x 2026-10-01 50 500']) {
    t.throws(() => readMovements(damaged), { message: /is no movement/ }, damaged);
  }
});

t.test('a movement that no entry posted, and a posting that no redemption has, are found', async (t) => {
  const b = await books(t);
  await settle(b.lane);
  await authorise(b.lane, 'R1', 30n);
  const found = async (change: string) => {
    const findings = new Findings();
    const undo = new Error('taken back');
    const look = b.owner.begin(async (sql) => {
      await sql`set local session_replication_role = replica`;
      await sql.unsafe(change);
      await verifyControls(sql, b.lane.facts.id, findings);
      throw undo;
    });
    await look.catch((error: unknown) => {
      if (error !== undo) throw error;
    });
    return [...findings.tables.keys()];
  };
  const ofRow = 'movements of a redemption = its captured less refunded points and CNY';
  const ofEntries = 'movements of redemptions = postings of their entries';
  t.match(await found("update timebank.redemptions set movements = movements || ',1 2026-11-02 5 50'"), [
    ofRow,
    ofEntries,
  ]);
  t.match(await found("update timebank.redemptions set movements = '1' || movements"), [ofEntries]);
  t.same(await found('select 1'), []);
});

t.test(
  'what is captured at once can be refunded in the same batch, in the one behind it, and long after',
  async (t) => {
    const b = await books(t);
    await settle(b.lane);
    const capture = (id: string) =>
      run(b.lane, (stage) => {
        const terms = { partnerId: partner, partnerReference: id, memberId: 'M1', points: 3n, capture: true };
        return authoriseRedemption(stage, rules, { id, ...terms }).entry;
      });
    const refund = (id: string) =>
      run(b.lane, (stage) => refundRedemption(stage, rules, { id, partnerId: partner, points: 1n }));
    const ids = Array.from({ length: 5 }, () => randomUUID());
    const together = ids.flatMap((id) => [capture(id), refund(id)]);
    const behind = ids.map((id) => new Promise((done) => setImmediate(done)).then(() => refund(id)));
    const outcomes = await Promise.all([...together, ...behind]);
    const later = await Promise.all(ids.map(refund));
    t.same(
      [...outcomes, ...later].filter(({ code }) => code !== undefined),
      [],
    );
    const rows = await b.owner`select distinct status, refunded::int from timebank.redemptions`;
    t.same([...rows], [{ status: 'refunded', refunded: 3 }]);
    await booksBalance(t, b.owner);
  },
);

t.test('a look-up that was planned when there was nothing still probes the key once there is much', async (t) => {
  const b = await books(t);
  await settle(b.lane);
  const look = (id: string = randomUUID()) => run(b.lane, (stage) => stage.row(redemptionRows, id));
  // More often than PostgreSQL tries before it keeps a plan.
  for (let i = 0; i < 8; i++) await look();
  await b.owner.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`insert into timebank.redemptions (ledger_id, redemption_id, partner_id, partner_reference, member_id, status,
        authorised, captured, released, refunded, captured_cny, refunded_cny, movements, effective_on, expires_at, entry)
      select ${b.lane.facts.id}, gen_random_uuid(), ${partner}, 'R' || i, 'M' || i, 'voided', 1, 0, 1, 0, 0, 0, '', '2026-11-01',
        '2026-11-01', 1 from generate_series(1, 3000) i`;
  });
  const read = async () => {
    await b.owner`select pg_stat_force_next_flush()`;
    const [row] = await b.owner`select coalesce(sum(idx_tup_read), 0)::int as n from pg_stat_user_indexes
      where relname = 'redemptions'`;
    return row?.['n'] as number;
  };
  await look();
  await new Promise((settled) => setTimeout(settled, 1_500));
  const before = await read();
  for (let i = 0; i < 3; i++) await look();
  await new Promise((settled) => setTimeout(settled, 1_500));
  t.ok((await read()) - before < 100, `${(await read()) - before} index entries were read for three rows`);
});
