/** Guarantees of redemptions over HTTP: what a partner's system may do with points, and what it is refused. */
import { type Test, test } from 'tap';
import { closePeriod } from '../../../src/ledger/entries.js';
import { registerPartner } from '../../../src/timebank/partners/partners.js';
import { expireDue } from '../../../src/timebank/partners/redemptions/sweep.js';
import { type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance, fixedClock } from '../../support/books.js';
import { act, balanceOf, redeem, told } from '../../support/redeeming.js';
import { must, settle } from '../../support/story.js';

const bank: Caller = { role: 'partner', subject: 'terminal-7', partner: 'xc-bank' };
const shop: Caller = { role: 'partner', subject: 'shop' };
const hour = 3_600_000;

interface County extends TestApp {
  readonly advance: (milliseconds: number) => void;
}

/** Two members with 500 points each; a bank that may backdate at 0.10, a shop that may not at 0.005. */
async function county(t: Test): Promise<County> {
  const { clock, advance } = fixedClock();
  const app = await testApp(t, { clock });
  await settle(app.lane);
  const terms = { id: 'shop', name: '小店', kind: 'shop', point_price: '0.005', may_backdate: false } as const;
  await must(app.lane, (stage) => registerPartner(stage, terms));
  return { ...app, advance };
}

async function entryCount(app: TestApp): Promise<number> {
  const [row] = await app.owner`select entry_count::int as count from timeledger.heads`;
  return row?.['count'];
}

test('points are held, captured in parts, the rest voided, and refunded in parts: 201, 201, 200, 201; the books agree at each step', async (t) => {
  const app = await county(t);
  const held = await redeem(app, bank, 'R1', '100', { effective_at: '2026-10-05T10:00:00+08:00' });
  t.match(held, {
    status: 201,
    body: { status: 'authorised', authorised: '100', captured: '0', effective_on: '2026-10-05' },
  });
  t.equal(
    held.body.expires_at,
    '2026-11-03T01:00:00.000000Z',
    'a day after it was asked for, not after it took effect',
  );
  t.equal(await balanceOf(app, 'held:redemptions:xc-bank'), '100');
  t.equal(await balanceOf(app, 'member:M1:points'), '400');

  const { id } = held.body;
  const part = await act(app, bank, id, 'captures', { points: '30' });
  t.match(part, { status: 201, body: { status: 'partially_captured', captured: '30', captured_cny: '3.00' } });
  const voided = await act(app, bank, id, 'void');
  t.match(voided, { status: 200, body: { status: 'captured', captured: '30', released: '70' } });
  const refund = await act(app, bank, id, 'refunds', { points: '10' });
  t.match(refund, { status: 201, body: { status: 'partially_refunded', refunded: '10', refunded_cny: '1.00' } });
  const rest = await act(app, bank, id, 'refunds');
  t.match(rest, { status: 201, body: { status: 'refunded', refunded: '30', refunded_cny: '3.00' } });

  t.same(
    (await app.get(`/v1/redemptions/${id}`, { as: bank })).body,
    rest.body,
    'reading shows what the last command told',
  );
  t.equal(await balanceOf(app, 'member:M1:points'), '500');
  t.equal(await balanceOf(app, 'partner:xc-bank:payable'), '0.00');
  await booksBalance(t, app.owner);
});

test('captured at once, a redemption is one entry: 201', async (t) => {
  const app = await county(t);
  const before = await entryCount(app);
  const captured = await redeem(app, bank, 'R1', '50', { capture: true });
  t.match(captured, {
    status: 201,
    body: { status: 'captured', captured: '50', captured_cny: '5.00', entry: String(before + 1) },
  });
  t.equal(await entryCount(app), before + 1);
  t.equal(await balanceOf(app, 'held:redemptions:xc-bank'), '0');
  t.equal(await balanceOf(app, 'partner:xc-bank:redeemed'), '50');
  await booksBalance(t, app.owner);
});

test('partial captures add up to the price of the whole, and partial refunds take exactly that back', async (t) => {
  const app = await county(t);
  const { id } = (await redeem(app, shop, 'S1', '3')).body;
  const captured: string[] = [];
  for (let i = 0; i < 3; i += 1)
    captured.push((await act(app, shop, id, 'captures', { points: '1' })).body.captured_cny);
  t.same(captured, ['0.01', '0.01', '0.02'], 'half a fen each: rounded on the running total, not three times up');
  const refunded: string[] = [];
  for (let i = 0; i < 3; i += 1)
    refunded.push((await act(app, shop, id, 'refunds', { points: '1' })).body.refunded_cny);
  t.equal(refunded.at(-1), '0.02');
  t.equal(await balanceOf(app, 'partner:shop:payable'), '0.00');
  await booksBalance(t, app.owner);
});

test('authorising refuses by name, and a refusal writes no entry: 400, 404, 409, 422', async (t) => {
  const app = await county(t);
  await must(app.lane, (stage) => closePeriod(stage, '2026-09-30').number);
  await redeem(app, bank, 'R1', '50');
  const before = await entryCount(app);
  const stranger: Caller = { role: 'partner', subject: 'stranger' };
  const cases: [string, Caller, string, string, object?][] = [
    ['404 partner_not_found', stranger, 'X1', '50'],
    ['409 partner_reference_exists', bank, 'R1', '50'],
    ['404 member_not_found', bank, 'R2', '50', { member: 'M9' }],
    ['422 backdating_refused', shop, 'S1', '50', { effective_at: '2026-11-01T08:59:59+08:00' }],
    ['422 date_in_future', shop, 'S1', '50', { effective_at: '2026-11-02T09:05:01+08:00' }],
    ['422 date_in_future', bank, 'R2', '50', { effective_at: '2026-11-02T09:05:01+08:00' }],
    ['400 request_invalid', bank, 'R2', '50', { effective_at: '0001-01-01T00:00:00Z' }],
    ['422 balance_insufficient', bank, 'R2', '451'],
    ['422 period_closed', bank, 'R2', '50', { effective_at: '2026-09-30T23:59:59+08:00' }],
    ['400 request_invalid', bank, 'R2', '0'],
    ['400 request_invalid', bank, 'R2', '1.5'],
    ['400 request_invalid', bank, 'R2', '1000000001'],
    ['400 request_invalid', bank, 'R 2', '1'],
    ['400 request_invalid', bank, 'R2', '1', { extra: true }],
  ];
  for (const [expected, as, reference, points, more] of cases) {
    t.equal(
      told(await redeem(app, as, reference, points, more)),
      expected,
      `${reference} ${points} ${JSON.stringify(more)}`,
    );
  }
  t.equal(await entryCount(app), before);
  const unkeyed = await app.post('/v1/redemptions', {
    as: bank,
    key: null,
    body: { partner_reference: 'R2', member: 'M1', points: '1' },
  });
  t.equal(told(unkeyed), '400 idempotency_key_missing');
  for (const role of ['operator', 'auditor', 'member'] as const)
    t.equal(told(await redeem(app, { role }, 'R2', '1')), '403 forbidden', role);
  t.equal(told(await redeem(app, bank, 'R1', '50')), '409 partner_reference_exists', 'a reference is used up for ever');
  t.equal((await redeem(app, shop, 'R1', '50')).status, 201, 'but only by its own partner');
});

test('a partner that may not backdate reaches 24 hours back and 5 minutes ahead: 201', async (t) => {
  const app = await county(t);
  t.match(await redeem(app, shop, 'S1', '1', { effective_at: '2026-11-01T09:00:00+08:00' }), {
    status: 201,
    body: { effective_on: '2026-11-01' },
  });
  t.match(await redeem(app, shop, 'S2', '1', { effective_at: '2026-11-02T01:05:00Z' }), {
    status: 201,
    body: { effective_on: '2026-11-02' },
  });
});

test('capturing, voiding and refunding refuse by name: 404, 409, 422', async (t) => {
  const app = await county(t);
  const { id } = (await redeem(app, bank, 'R1', '50')).body;
  t.equal(told(await act(app, bank, id, 'captures', { points: '51' })), '422 capture_exceeds_hold');
  t.equal(told(await act(app, bank, id, 'refunds')), '422 refund_exceeds_capture', 'nothing is captured yet');
  await act(app, bank, id, 'captures', { points: '50' });
  t.equal(
    told(await act(app, bank, id, 'captures')),
    '409 redemption_not_open',
    'a captured redemption cannot be captured again',
  );
  t.equal(told(await act(app, bank, id, 'void')), '409 redemption_not_open');
  t.equal(told(await act(app, bank, id, 'refunds', { points: '51' })), '422 refund_exceeds_capture');
  await act(app, bank, id, 'refunds');
  t.equal(told(await act(app, bank, id, 'refunds')), '422 refund_exceeds_capture', 'nothing is left to refund');
  const nobody = '0199a2b4-7c3e-7d10-8f5a-2b6c9d0e1f23';
  for (const verb of ['captures', 'refunds', 'void'] as const) {
    t.equal(told(await act(app, bank, nobody, verb)), '404 redemption_not_found', verb);
  }
  const late = (await redeem(app, shop, 'S1', '5')).body.id;
  const longAgo = { effective_at: '2026-10-01T00:00:00+08:00' };
  t.equal(told(await act(app, shop, late, 'captures', longAgo)), '422 backdating_refused');
  const tomorrow = { effective_at: '2026-11-03T00:00:00+08:00' };
  for (const verb of ['captures', 'refunds'] as const) {
    const which = (await redeem(app, bank, `F${verb}`, '5', { capture: verb === 'refunds' })).body.id;
    t.equal(told(await act(app, bank, which, verb, tomorrow)), '422 date_in_future', verb);
  }
  await booksBalance(t, app.owner);
});

test('expiry is judged at use, whatever jobs have run: 422 hold_expired, and the points are the member’s again', async (t) => {
  const app = await county(t);
  const { id } = (await redeem(app, bank, 'R1', '500')).body;
  app.advance(24 * hour - 1);
  t.equal(
    told(await redeem(app, bank, 'R2', '1')),
    '422 balance_insufficient',
    'the hold stands to its last millisecond',
  );
  t.equal((await app.get(`/v1/redemptions/${id}`, { as: bank })).body.status, 'authorised');
  app.advance(1);
  t.equal((await app.get(`/v1/redemptions/${id}`, { as: bank })).body.status, 'expired');
  t.same((await app.get('/v1/redemptions?status=expired', { as: bank })).body.redemptions.length, 1);
  t.same((await app.get('/v1/redemptions?status=authorised', { as: bank })).body.redemptions, []);
  t.equal(told(await act(app, bank, id, 'captures')), '422 hold_expired');
  t.match(await redeem(app, bank, 'R3', '400'), { status: 201 });
  t.equal(await balanceOf(app, 'member:M1:points'), '100', 'the expired hold was given back first');
  t.equal(told(await act(app, bank, id, 'void')), '409 redemption_not_open');
  await booksBalance(t, app.owner);
});

test('voiding a hold past its time records that it expired: 200', async (t) => {
  const app = await county(t);
  const { id } = (await redeem(app, bank, 'R1', '500')).body;
  app.advance(24 * hour);
  t.match(await act(app, bank, id, 'void'), { status: 200, body: { status: 'expired', released: '500' } });
});

test('what stays held beside a refunded part still expires', async (t) => {
  const app = await county(t);
  const { id } = (await redeem(app, bank, 'R1', '500')).body;
  await act(app, bank, id, 'captures', { points: '100' });
  t.equal(
    (await act(app, bank, id, 'refunds')).body.status,
    'partially_captured',
    'it is open, so that is what it is called',
  );
  app.advance(24 * hour);
  t.equal((await redeem(app, bank, 'R2', '500')).status, 201);
  t.match((await app.get(`/v1/redemptions/${id}`, { as: bank })).body, { status: 'refunded', released: '400' });
  await booksBalance(t, app.owner);
});

test('the sweep gives back what has expired, once, and leaves what has not', async (t) => {
  const app = await county(t);
  const { clock, sql } = app.built.service;
  await redeem(app, bank, 'R1', '100');
  const part = (await redeem(app, bank, 'R2', '100')).body.id;
  await act(app, bank, part, 'captures', { points: '40' });
  app.advance(12 * hour);
  await redeem(app, bank, 'R3', '100');
  app.advance(12 * hour);
  t.equal(await expireDue(app.lane, sql, clock), 2);
  t.equal(await expireDue(app.lane, sql, clock), 0);
  t.equal(await balanceOf(app, 'held:redemptions:xc-bank'), '100');
  t.equal(await balanceOf(app, 'member:M1:points'), '360');
  const [entry] = (await app.get('/v1/entries?kind=redemption_expired', { as: 'auditor' })).body.entries;
  t.equal(entry.actor, 'service:timeledger');
  await booksBalance(t, app.owner);
});

test('another partner’s redemption is not there: 404, and absent from lists', async (t) => {
  const app = await county(t);
  const { id } = (await redeem(app, bank, 'R1', '50', { capture: true })).body;
  t.equal(told(await app.get(`/v1/redemptions/${id}`, { as: shop })), '404 redemption_not_found');
  for (const verb of ['captures', 'refunds', 'void'] as const) {
    t.equal(told(await act(app, shop, id, verb)), '404 redemption_not_found', verb);
  }
  t.same((await app.get('/v1/redemptions', { as: shop })).body.redemptions, []);
  t.same((await app.get('/v1/redemptions?partner=xc-bank', { as: shop })).body.redemptions, []);
  t.equal((await app.get('/v1/redemptions?partner=xc-bank', { as: 'auditor' })).body.redemptions[0].id, id);
  t.equal(told(await app.get('/v1/partners/xc-bank', { as: shop })), '404 partner_not_found');
  t.same(
    (await app.get('/v1/partners', { as: shop })).body.partners.map((one: { id: string }) => one.id),
    ['shop'],
  );
});

test('a replay answers byte for byte, also a refusal, and moves nothing; the same key for another request is 422', async (t) => {
  const app = await county(t);
  const key = 'bank-2026-11-02-0001';
  const body = { partner_reference: 'R1', member: 'M1', points: '450', capture: true };
  const first = await app.post('/v1/redemptions', { as: bank, key, body });
  const before = await entryCount(app);
  app.advance(hour);
  const again = await app.post('/v1/redemptions', { as: bank, key, body });
  t.equal(again.status, 201);
  t.equal(again.text, first.text);
  t.equal(again.headers['idempotent-replayed'], 'true');
  const short = {
    as: bank,
    key: 'bank-2026-11-02-0002',
    body: { partner_reference: 'R2', member: 'M1', points: '60' },
  };
  const refused = await app.post('/v1/redemptions', short);
  await act(app, bank, first.body.id, 'refunds');
  const refusedAgain = await app.post('/v1/redemptions', short);
  t.equal(told(refused), '422 balance_insufficient');
  t.equal(refusedAgain.text, refused.text, 'although the points are there by now');
  t.equal(
    told(await app.post('/v1/redemptions', { as: bank, key, body: { ...body, points: '1' } })),
    '422 idempotency_key_reused',
  );
  t.equal(await entryCount(app), before + 1, 'the refund alone');
});

test('a dry run tells what would come of it, needs no key and leaves nothing: 200', async (t) => {
  const app = await county(t);
  const before = await entryCount(app);
  const body = { partner_reference: 'R1', member: 'M1', points: '50' };
  const tried = await app.post('/v1/redemptions?dry_run=true', { as: bank, key: null, body });
  t.match(tried, { status: 200, body: { status: 'authorised', authorised: '50' } });
  t.equal(told(await app.get(`/v1/redemptions/${tried.body.id}`, { as: bank })), '404 redemption_not_found');
  const { id } = (await redeem(app, bank, 'R1', '50')).body;
  const part = await app.post(`/v1/redemptions/${id}/captures?dry_run=true`, {
    as: bank,
    key: null,
    body: { points: '20' },
  });
  t.match(part, { status: 200, body: { status: 'partially_captured' } });
  t.match(await app.post(`/v1/redemptions/${id}/void?dry_run=true`, { as: bank, key: null }), { status: 200 });
  t.match((await app.get(`/v1/redemptions/${id}`, { as: bank })).body, {
    status: 'authorised',
    captured: '0',
    released: '0',
  });
  t.equal(await entryCount(app), before + 1);
});

test('an id has one spelling: in capitals it is refused, so that no hold is captured twice: 400', async (t) => {
  const app = await county(t);
  await redeem(app, bank, 'R0', '100');
  const { id } = (await redeem(app, bank, 'R1', '50')).body;
  for (let i = 0; i < 2; i += 1)
    t.equal(told(await act(app, bank, id.toUpperCase(), 'captures')), '400 request_invalid');
  t.equal(await balanceOf(app, 'partner:xc-bank:redeemed'), '0');
});

test('captures of one hold that arrive together never take more than was held', async (t) => {
  const app = await county(t);
  const { id } = (await redeem(app, bank, 'R1', '100')).body;
  const answers = await Promise.all(Array.from({ length: 7 }, () => act(app, bank, id, 'captures', { points: '30' })));
  t.same(answers.map(({ status }) => status).sort(), [201, 201, 201, 422, 422, 422, 422]);
  t.equal(await balanceOf(app, 'partner:xc-bank:redeemed'), '90');
  await booksBalance(t, app.owner);
});

test('an operator voids any partner’s hold: 200; captures and refunds are the partner’s alone: 403', async (t) => {
  const app = await county(t);
  const { id } = (await redeem(app, bank, 'R1', '50')).body;
  const operator: Caller = { role: 'operator' };
  t.equal(told(await act(app, operator, id, 'captures')), '403 forbidden');
  t.equal(told(await act(app, operator, id, 'refunds')), '403 forbidden');
  t.equal(told(await act(app, { role: 'auditor' }, id, 'void')), '403 forbidden');
  t.equal(told(await act(app, operator, id, 'void')), '200 voided');
});

test('lists page in the order of asking, and filters narrow together', async (t) => {
  const app = await county(t);
  const days = ['2026-10-05', '2026-10-06', '2026-10-07', '2026-10-08', '2026-10-09'];
  const ids: string[] = [];
  for (const [i, day] of days.entries()) {
    const more = { effective_at: `${day}T10:00:00+08:00`, capture: i % 2 === 0, member: i < 3 ? 'M1' : 'M2' };
    ids.push((await redeem(app, bank, `R${i}`, '10', more)).body.id);
  }
  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await app.get(`/v1/redemptions?limit=2${cursor}`, { as: bank });
    seen.push(...body.redemptions.map((one: { id: string }) => one.id));
    if (body.next_cursor === null) break;
    cursor = `&cursor=${body.next_cursor}`;
  }
  t.same(seen, ids);
  const found = async (query: string) =>
    (await app.get(`/v1/redemptions?${query}`, { as: 'auditor' })).body.redemptions.map(
      (one: { partner_reference: string }) => one.partner_reference,
    );
  t.same(await found('member=M1'), ['R0', 'R1', 'R2']);
  t.same(await found('member=M1&status=captured'), ['R0', 'R2']);
  t.same(await found('partner=xc-bank&partner_reference=R3'), ['R3']);
  t.same(await found('effective_from=2026-10-06&effective_to=2026-10-08'), ['R1', 'R2', 'R3']);
  t.equal(
    told(await app.get('/v1/redemptions?cursor=WyIxNyJd', { as: bank })),
    '400 request_invalid',
    'a cursor of another list',
  );
});
