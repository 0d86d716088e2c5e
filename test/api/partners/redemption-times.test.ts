/** Guarantees of redemptions in time over HTTP: what is past its time is free at once, and no correction precedes what it corrects. */
import { type Test, test } from 'tap';
import { expireDue } from '../../../src/timebank/partners/redemptions/sweep.js';
import { type Caller, testApp } from '../../support/app.js';
import { booksBalance, fixedClock } from '../../support/books.js';
import { act, balanceOf, redeem, told } from '../../support/redeeming.js';
import { settle } from '../../support/story.js';

const bank: Caller = { role: 'partner', subject: 'terminal-7', partner: 'xc-bank' };
const hour = 3_600_000;

/** Two members with 500 points each, a bank that may backdate, and a clock to be moved. */
async function county(t: Test) {
  const { clock, advance } = fixedClock();
  const app = await testApp(t, { clock });
  await settle(app.lane);
  return { ...app, advance };
}

test('a hold past its time is free at once wherever it is shown, in the whole and in part', async (t) => {
  const app = await county(t);
  const { clock, sql } = app.built.service;
  const whole = (await redeem(app, bank, 'R1', '100')).body.id;
  const part = (await redeem(app, bank, 'R2', '100')).body.id;
  const back = (await redeem(app, bank, 'R3', '100')).body.id;
  const some = (await redeem(app, bank, 'R4', '100')).body.id;
  await act(app, bank, part, 'captures', { points: '40' });
  for (const id of [back, some]) await act(app, bank, id, 'captures', { points: '40' });
  await act(app, bank, back, 'refunds');
  await act(app, bank, some, 'refunds', { points: '10' });
  const shown = async () => {
    const { redemptions } = (await app.get('/v1/redemptions', { as: bank })).body;
    const lists = [
      'authorised',
      'partially_captured',
      'captured',
      'expired',
      'partially_refunded',
      'refunded',
      'voided',
    ].map(async (status) => {
      const { body } = await app.get(`/v1/redemptions?status=${status}`, { as: bank });
      for (const one of body.redemptions) t.equal(one.status, status, 'a filter finds what is shown so');
      return body.redemptions.length;
    });
    t.equal(
      (await Promise.all(lists)).reduce((a, b) => a + b),
      redemptions.length,
      'every redemption has one status',
    );
    const { balances } = (await app.get('/v1/members/M1/balances', { as: 'auditor' })).body;
    return {
      balance: balances[2].balance,
      statuses: redemptions.map(({ id, status, released }: { id: string; status: string; released: string }) => [
        [whole, part, back, some].indexOf(id),
        status,
        released,
      ]),
    };
  };
  app.advance(24 * hour - 1);
  t.same(await shown(), {
    balance: '150',
    statuses: [
      [0, 'authorised', '0'],
      [1, 'partially_captured', '0'],
      [2, 'partially_captured', '0'],
      [3, 'partially_captured', '0'],
    ],
  });
  app.advance(1);
  const free = {
    balance: '430',
    statuses: [
      [0, 'expired', '100'],
      [1, 'captured', '60'],
      [2, 'refunded', '60'],
      [3, 'partially_refunded', '60'],
    ],
  };
  t.same(await shown(), free);
  t.equal(await balanceOf(app, 'member:M1:points'), '150', 'the books hold it until it is given back');
  t.equal(await expireDue(app.lane, sql, clock), 4);
  t.same(await shown(), free, 'giving back changes nothing that was shown');
  await booksBalance(t, app.owner);
});

test('a refund takes effect no earlier than what it gives back, a capture no earlier than the hold: 422 date_before_original', async (t) => {
  const app = await county(t);
  const on = (day: string) => ({ effective_at: `2026-10-${day}T10:00:00+08:00` });
  const { id } = (await redeem(app, bank, 'R1', '100', on('10'))).body;
  const capture = (points: string, day: string) => act(app, bank, id, 'captures', { points, ...on(day) });
  const refund = (points: string, day: string) => act(app, bank, id, 'refunds', { points, ...on(day) });
  t.equal(told(await capture('20', '09')), '422 date_before_original');
  t.equal((await capture('20', '10')).status, 201);
  t.equal((await capture('30', '20')).status, 201);
  t.equal(told(await refund('5', '09')), '422 date_before_original');
  t.equal(told(await refund('21', '19')), '422 date_before_original', 'only 20 were captured by then');
  t.equal((await refund('15', '20')).status, 201);
  t.equal((await refund('20', '10')).status, 201, 'what was captured that day');
  t.equal(told(await refund('1', '15')), '422 date_before_original', 'all of that is given back');
  t.equal((await refund('15', '20')).status, 201);
  t.equal(told(await act(app, bank, id, 'refunds')), '422 refund_exceeds_capture');
  await booksBalance(t, app.owner);
});

test('a hold past its time is given back before a purse is said to be short, by whatever asks', async (t) => {
  const app = await county(t);
  await redeem(app, bank, 'R1', '500');
  const legs = [{ debit: 'member:M1:points', credit: 'point:issuance', amount: '100' }];
  const proposed = { reference: 'DOC 1', reason: 'corrected', legs };
  const [wang, li] = [{ role: 'operator', subject: 'wang' } as const, { role: 'operator', subject: 'li' } as const];
  const { id } = (await app.post('/v1/adjustments', { as: wang, body: proposed })).body;
  const approve = () => app.post(`/v1/adjustments/${id}/approve`, { as: li });
  t.match(await approve(), { status: 422, body: { code: 'balance_insufficient' } });
  app.advance(24 * hour);
  t.match(await approve(), { status: 200 });
  await redeem(app, bank, 'R2', '400');
  app.advance(24 * hour);
  const [opening] = (await app.get('/v1/entries?kind=opening_points&limit=1', { as: li })).body.entries;
  t.match(await app.post(`/v1/entries/${opening.number}/reversal`, { as: li }), {
    status: 201,
    body: {
      legs: [
        { debit: 'member:M1:points', amount: '400' },
        { debit: 'member:M1:receivable:points', amount: '100' },
      ],
    },
  });
  t.match((await app.get('/v1/members/M1/balances', { as: li })).body, {
    balances: [{}, {}, { balance: '0' }],
    receivables: [{ balance: '100' }],
  });
  await booksBalance(t, app.owner);
});
