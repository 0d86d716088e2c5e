/** Guarantees of refused redemptions: an auditor finds each once, a partner learns no figure and nothing of who is a member. */
import { type Test, test } from 'tap';
import { type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { settle } from '../../support/story.js';

interface Refused {
  readonly partner_reference: string;
}

const bank: Caller = { role: 'partner', subject: 'xc-bank' };
const shop: Caller = { role: 'partner', subject: 'shop' };

async function county(t: Test): Promise<TestApp> {
  const app = await testApp(t);
  await settle(app.lane);
  await app.post('/v1/partners', { as: 'operator', body: { id: 'shop', name: '小店', kind: 'shop' } });
  return app;
}

/** M1 and M2 have 500 points. */
function redeem(
  app: TestApp,
  reference: string,
  member: string,
  points: number,
  more: { dry?: boolean; key?: string; as?: Caller } = {},
) {
  return app.post(`/v1/redemptions${more.dry ? '?dry_run=true' : ''}`, {
    as: more.as ?? bank,
    body: { partner_reference: reference, member, points: String(points), capture: true },
    ...(more.key !== undefined && { key: more.key }),
  });
}

const refusals = async (app: TestApp, query = '', as: Caller = { role: 'auditor' }) =>
  (await app.get(`/v1/refusals${query}`, { as })).body.refusals;

test('every refused redemption is found once, with its reference, code and moment, and without the member', async (t) => {
  const app = await county(t);
  t.equal((await redeem(app, 'R1', 'M1', 501)).status, 422);
  t.equal((await redeem(app, 'R2', 'nobody', 1)).status, 404);
  t.equal((await redeem(app, 'R3', 'M1', 500)).status, 201);
  t.equal((await redeem(app, 'R3', 'M2', 1)).status, 409);
  t.equal((await redeem(app, 'S1', 'M1', 1, { as: shop })).status, 422);
  const refused_at = '2026-11-02T01:00:00.000000Z';
  const byReference = (await refusals(app)).sort((a: Refused, b: Refused) =>
    a.partner_reference < b.partner_reference ? -1 : 1,
  );
  t.strictSame(byReference, [
    { partner: 'xc-bank', partner_reference: 'R1', code: 'balance_insufficient', refused_at },
    { partner: 'xc-bank', partner_reference: 'R2', code: 'member_not_found', refused_at },
    { partner: 'xc-bank', partner_reference: 'R3', code: 'partner_reference_exists', refused_at },
    { partner: 'shop', partner_reference: 'S1', code: 'balance_insufficient', refused_at },
  ]);
  const { body } = await app.get('/v1/reports/refusals', { as: 'auditor' });
  t.strictSame(body, {
    refused: 4,
    by_partner: [
      { partner: 'shop', code: 'balance_insufficient', count: 1 },
      { partner: 'xc-bank', code: 'balance_insufficient', count: 1 },
      { partner: 'xc-bank', code: 'member_not_found', count: 1 },
      { partner: 'xc-bank', code: 'partner_reference_exists', count: 1 },
    ],
  });
  await booksBalance(t, app.owner);
});

test('a refused request that is repeated, or whose key is used again, is one refusal', async (t) => {
  const app = await county(t);
  const first = await redeem(app, 'R1', 'M1', 501, { key: 'the-same-request' });
  const again = await redeem(app, 'R1', 'M1', 501, { key: 'the-same-request' });
  t.equal(again.text, first.text);
  t.equal((await redeem(app, 'R1', 'M1', 502, { key: 'the-same-request' })).body.code, 'idempotency_key_reused');
  t.equal((await refusals(app)).length, 1);
});

test('a refusal that is recorded late, because the service died before it was told, is found once it was told', async (t) => {
  const app = await county(t);
  await redeem(app, 'R1', 'M1', 501, { key: 'the-same-request' });
  await app.owner`delete from access.refusals`;
  await redeem(app, 'R1', 'M1', 501, { key: 'the-same-request' });
  t.equal((await refusals(app)).length, 1);
});

test('when a refusal cannot be recorded it is not told: 503, and the same key brings it', async (t) => {
  const app = await county(t);
  await app.owner`alter table access.refusals rename to hidden`;
  t.match(await redeem(app, 'R1', 'M1', 501, { key: 'the-same-request' }), {
    status: 503,
    body: { code: 'ledger_unavailable' },
  });
  await app.owner`alter table access.hidden rename to refusals`;
  t.equal((await redeem(app, 'R1', 'M1', 501, { key: 'the-same-request' })).status, 422);
  t.equal((await refusals(app)).length, 1);
});

test('the list is narrowed by partner, code and day, and goes on page by page', async (t) => {
  const app = await county(t);
  await Promise.all(Array.from({ length: 7 }, (_, n) => redeem(app, `R${n}`, 'M1', 501)));
  await redeem(app, 'S1', 'nobody', 1, { as: shop });
  t.equal((await refusals(app, '?partner=shop')).length, 1);
  t.equal((await refusals(app, '?code=balance_insufficient')).length, 7);
  t.equal((await refusals(app, '?from=2026-11-02&to=2026-11-02')).length, 8, 'days of the ledger’s zone, inclusive');
  t.equal((await refusals(app, '?to=2026-11-01')).length, 0);
  t.equal((await refusals(app, '?from=2026-11-03')).length, 0);
  const seen = new Set<string>();
  for (let cursor = '', pages = 0; pages < 9; pages += 1) {
    const { body } = await app.get(`/v1/refusals?limit=3${cursor}`, { as: 'auditor' });
    for (const { partner_reference } of body.refusals) seen.add(partner_reference);
    if (body.next_cursor === null) break;
    cursor = `&cursor=${body.next_cursor}`;
  }
  t.equal(seen.size, 8);
  t.equal((await app.get('/v1/refusals?cursor=WyIxNyJd', { as: 'auditor' })).status, 400);
});

test('a partner sees its own refusals and counts only', async (t) => {
  const app = await county(t);
  await redeem(app, 'R1', 'M1', 501);
  t.equal((await refusals(app, '', bank)).length, 1);
  t.same(await refusals(app, '', shop), []);
  t.same(await refusals(app, '?partner=xc-bank', shop), []);
  t.equal((await app.get('/v1/reports/refusals?partner=xc-bank', { as: shop })).body.refused, 0);
});

test('no refusal that a partner can get says what a member has: 422', async (t) => {
  const app = await county(t);
  for (const dry of [false, true]) {
    for (const points of [501, 999]) {
      const { body, text } = await redeem(app, `R${points}${dry}`, 'M1', points, { dry });
      t.equal(body.code, 'balance_insufficient');
      t.notMatch(body.detail, /\d/, body.detail);
      t.notMatch(text, /500/);
    }
  }
});

test('a dry run does not tell a partner who is a member: the same problem, word for word', async (t) => {
  const app = await county(t);
  const told = async (member: string) => {
    const { status, body } = await redeem(app, 'R1', member, 501, { dry: true });
    const { request_id: _, ...problem } = body;
    return { status, problem };
  };
  t.strictSame(await told('nobody'), await told('M1'));
  const backdated = { partner_reference: 'R1', points: '1', effective_at: '2020-01-01T00:00:00Z' };
  const dated = async (member: string) =>
    (await app.post('/v1/redemptions?dry_run=true', { as: shop, body: { ...backdated, member } })).body.code;
  t.equal(await dated('nobody'), await dated('M1'), 'nor by the order in which things are refused');
  t.equal((await redeem(app, 'R1', 'nobody', 1)).body.code, 'member_not_found', 'one that counts says what to correct');
});

test('what partners only try is counted and not among the refusals', async (t) => {
  const app = await county(t);
  await redeem(app, 'R1', 'M1', 501, { dry: true });
  await redeem(app, 'R1', 'M1', 1, { dry: true });
  await redeem(app, 'R1', 'nobody', 1, { dry: true });
  t.same(await refusals(app), []);
  const text = await app.built.metrics.registry.metrics();
  t.match(text, /timeledger_partner_dry_runs_total\{route="\/v1\/redemptions",status="422"\} 2/);
  t.match(text, /timeledger_partner_dry_runs_total\{route="\/v1\/redemptions",status="200"\} 1/);
});
