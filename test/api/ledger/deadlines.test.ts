/** A read that waits too long is told so, and nobody else waits with it; the trial balance over HTTP, whole and in parts. */
import { type Test, test } from 'tap';
import { openAccount } from '../../../src/ledger/entries.js';
import { type TestApp, testApp } from '../../support/app.js';
import { adjust, must, settle } from '../../support/story.js';

const legs = [{ debit: 'coin:issuance', credit: 'pool:fund', amount: '1.00' }];
const byHand = [{ debit: 'test:source', credit: 'test:a', amount: '1.00' }];

test('a read that cannot be answered in time gets 503 with Retry-After; entries, other reads and probes go on', async (t) => {
  const app = await testApp(t);
  await must(app.lane, (stage) => openAccount(stage, { code: 'test:source', asset: 'COIN', type: 'expense' }));
  await must(app.lane, (stage) => openAccount(stage, { code: 'test:a', asset: 'COIN', type: 'liability' }));
  const post = () => app.post('/v1/entries', { as: 'operator', body: { kind: 'adjustment', legs: byHand } });
  await app.owner.begin(async (sql) => {
    await sql`lock table timebank.partners in access exclusive mode`;
    const late = app.get('/v1/partners', { as: 'auditor' });
    t.equal((await post()).status, 201);
    t.equal((await app.get('/v1/accounts', { as: 'auditor' })).status, 200);
    t.equal((await app.get('/healthz', {})).status, 200);
    t.equal((await app.get('/readyz', {})).status, 200);
    const { status, body, headers } = await late;
    t.same([status, body.code], [503, 'ledger_unavailable']);
    t.ok(Number(headers['retry-after']) > 0);
  });
  t.equal((await app.get('/v1/partners', { as: 'auditor' })).status, 200);
});

/** Accounts of two members with points, and one entry dated back. */
async function county(t: Test): Promise<TestApp> {
  const app = await testApp(t);
  await settle(app.lane);
  await adjust(app.lane, legs);
  return app;
}

const trial = async (app: TestApp, query: string) => {
  const { status, body } = await app.get(`/v1/reports/trial-balance${query}`, { as: 'auditor' });
  if (status !== 200) throw new Error(`answered ${status}`);
  return body;
};

test('the trial balance is whole without limit, and its pages are the same accounts, each with the totals: 200', async (t) => {
  const app = await county(t);
  const whole = await trial(app, '?at_entry=7');
  const asOf = await trial(app, '');
  t.match(asOf, {
    as_of: '2026-11-02',
    assets: [{ asset: 'COIN', debits: '1.00', credits: '1.00' }, { asset: 'POINT' }],
  });
  t.notOk('next_cursor' in asOf);
  const found: Record<string, unknown[]> = {};
  for (let cursor = ''; ; ) {
    const page = await trial(app, `?at_entry=7&limit=2${cursor}`);
    for (const { asset, accounts, ...totals } of page.assets) {
      found[asset] = [...(found[asset] ?? []), ...accounts];
      const { accounts: _, ...expected } = whole.assets.find((one: { asset: string }) => one.asset === asset);
      t.same({ asset, ...totals }, expected);
    }
    if (page.next_cursor === null) break;
    cursor = `&cursor=${page.next_cursor}`;
  }
  t.same(
    Object.entries(found).map(([asset, accounts]) => ({ asset, accounts })),
    whole.assets.map(({ asset, accounts }: { asset: string; accounts: unknown[] }) => ({ asset, accounts })),
  );
  t.same((await trial(app, '?as_of=2020-01-01')).assets, []);
});

test('the trial balance by class sums members up, and a class shows its accounts: 200; what does not go together: 400', async (t) => {
  const app = await county(t);
  const { assets } = await trial(app, '?by=class');
  t.same(
    assets.find((one: { asset: string }) => one.asset === 'POINT'),
    {
      asset: 'POINT',
      debits: '1000',
      credits: '1000',
      accounts: [],
      classes: [
        { class: 'member:*:points', type: 'liability', balance: '1000', accounts: 2 },
        { class: 'point:issuance', type: 'expense', balance: '1000', accounts: 1 },
      ],
    },
  );
  const members = await trial(app, `?class=${encodeURIComponent('member:*:points')}`);
  t.same(members.assets, [
    {
      asset: 'POINT',
      debits: '0',
      credits: '1000',
      accounts: [
        { code: 'member:M1:points', type: 'liability', balance: '500', below_floor: false },
        { code: 'member:M2:points', type: 'liability', balance: '500', below_floor: false },
      ],
    },
  ]);
  t.same(
    (await trial(app, '?type=expense')).assets.map((one: { accounts: { code: string }[] }) => one.accounts[0]?.code),
    ['coin:issuance', 'point:issuance'],
  );
  for (const query of ['?by=class&limit=2', '?as_of=2026-10-01&at_entry=2', '?cursor=xx', '?type=other']) {
    const { status, body } = await app.get(`/v1/reports/trial-balance${query}`, { as: 'auditor' });
    t.same([status, body.code], [400, 'request_invalid'], query);
  }
});
