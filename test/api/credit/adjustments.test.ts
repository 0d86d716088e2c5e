/** Guarantees of adjustments over HTTP: what one person proposes another posts, with a document, and no more than the table allows. */

import { type Test, test } from 'tap';
import { closePeriod } from '../../../src/ledger/entries.js';
import { adjustmentStates } from '../../../src/timebank/credit/adjustments.js';
import { xinchangPilot1 } from '../../../src/timebank/credit/xinchang-pilot.js';
import { type Answered, type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { adoptRules } from '../../support/rules.js';
import { must, settle } from '../../support/story.js';

const wang: Caller = { role: 'operator', subject: 'wang' };
const li: Caller = { role: 'operator', subject: 'li' };

async function county(t: Test): Promise<TestApp> {
  const app = await testApp(t);
  await settle(app.lane);
  return app;
}

const leg = (debit: string, credit: string, amount: string) => ({ debit, credit, amount });
const proposal = (legs: object[], more: object = {}) => ({
  reference: 'DOC-2026-17',
  reason: '何根仙 本人来电',
  legs,
  ...more,
});
const propose = (app: TestApp, as: Caller, legs: object[], more: object = {}) =>
  app.post('/v1/adjustments', { as, body: proposal(legs, more) });
const decide = (app: TestApp, as: Caller, id: string, verb: 'approve' | 'reject', body?: object) =>
  app.post(`/v1/adjustments/${id}/${verb}`, { as, ...(body && { body }) });
const told = ({ status, body }: Answered) => `${status} ${body.code ?? body.state}`;

async function balanceOf(app: TestApp, code: string): Promise<string> {
  return (await app.get(`/v1/accounts/${code}`, { as: 'auditor' })).body.balance;
}

async function entryCount(app: TestApp): Promise<number> {
  const [row] = await app.owner`select entry_count::int as count from timeledger.heads`;
  return row?.['count'];
}

test('what one proposes another posts, with a document number, opening the purse: 201, 200', async (t) => {
  const app = await county(t);
  const legs = [leg('coin:issuance', 'member:M1:coins', '5.00'), leg('member:M1:coins', 'pool:fund', '2.00')];
  const proposed = await propose(app, wang, legs, { effective_on: '2026-10-20' });
  t.match(proposed, {
    status: 201,
    body: {
      state: 'proposed',
      kind: 'adjustment',
      reference: 'DOC-2026-17',
      legs,
      proposed_by: 'operator:wang',
      decided_by: null,
    },
  });
  const { id } = proposed.body;
  t.match(await app.get('/v1/accounts/member:M1:coins', { as: 'auditor' }), { status: 404 }, 'nothing is moved yet');
  const posted = await decide(app, li, id, 'approve');
  t.match(posted, { status: 200, body: { state: 'posted', effective_on: '2026-10-20', decided_by: 'operator:li' } });
  t.same((await app.get(`/v1/adjustments/${id}`, { as: 'auditor' })).body, posted.body);
  t.equal(await balanceOf(app, 'member:M1:coins'), '3.00');
  t.equal(await balanceOf(app, 'pool:fund'), '2.00');
  t.match((await app.get(`/v1/entries/${posted.body.entry}`, { as: 'auditor' })).body, {
    kind: 'adjustment',
    reference: 'DOC-2026-17',
    description: '何根仙 本人来电',
    effective_on: '2026-10-20',
    actor: 'operator:li',
    legs,
  });
  const leaves = await app.owner`select leaf from timeledger.entries`;
  for (const { leaf } of leaves) t.notMatch(leaf, /DOC-2026-17|何根仙|来电/, 'no free text in the log');
  t.equal(told(await decide(app, li, id, 'approve')), '409 adjustment_decided');
  t.equal(told(await decide(app, li, id, 'reject')), '409 adjustment_decided');
  await booksBalance(t, app.owner);
});

test('nobody approves what they proposed, under whatever role, nor has a hand in a purse of their own: 422, 403', async (t) => {
  const app = await county(t);
  const legs = [leg('point:issuance', 'member:M1:points', '100000')];
  const { id } = (await propose(app, wang, legs)).body;
  t.equal(told(await decide(app, wang, id, 'approve')), '422 self_approval');
  for (const role of ['auditor', 'coordinator', 'member', 'partner', 'platform'] as const)
    t.equal(told(await decide(app, { role, subject: 'li' }, id, 'approve')), '403 forbidden', role);
  const owner: Caller = { role: 'operator', subject: 'M1' };
  t.equal(told(await propose(app, owner, legs)), '422 self_approval');
  t.equal(told(await decide(app, owner, id, 'approve')), '422 self_approval');
  t.equal(await balanceOf(app, 'member:M1:points'), '500');
  t.equal(told(await decide(app, li, id, 'approve')), '200 posted');
  await booksBalance(t, app.owner);
});

test('a proposal is rejected, or withdrawn by who made it, and moves nothing: 200', async (t) => {
  const app = await county(t);
  const legs = [leg('coin:issuance', 'pool:community', '5.00')];
  for (const who of [li, wang]) {
    const { id } = (await propose(app, wang, legs)).body;
    const rejected = await decide(app, who, id, 'reject', { reason: 'the document is missing' });
    t.match(rejected, { status: 200, body: { state: 'rejected', rejection: 'the document is missing' } });
    t.equal(told(await decide(app, li, id, 'approve')), '409 adjustment_decided');
  }
  t.match(await decide(app, li, (await propose(app, wang, legs)).body.id, 'reject'), { body: { rejection: null } });
  t.equal(await balanceOf(app, 'pool:community'), '0.00');
  const nobody = '0199a2b4-7c3e-7d10-8f5a-2b6c9d0e1f23';
  for (const verb of ['approve', 'reject'] as const)
    t.equal(told(await decide(app, li, nobody, verb)), '404 adjustment_not_found');
  t.match(await app.get(`/v1/adjustments/${nobody}`, { as: 'auditor' }), { status: 404 });
  await booksBalance(t, app.owner);
});

test('a proposal refuses by name, and a refusal writes no entry: 400, 404, 422', async (t) => {
  const app = await county(t);
  const before = await entryCount(app);
  const one = [leg('coin:issuance', 'pool:community', '1.00')];
  const cases: [string, object[], object?][] = [
    ['422 date_in_future', one, { effective_on: '2026-11-03' }],
    ['400 request_invalid', one, { reference: undefined }],
    ['400 request_invalid', one, { reason: '' }],
    ['400 request_invalid', []],
    ['404 member_not_found', [leg('coin:issuance', 'member:M9:coins', '1.00')]],
    ['404 account_not_found', [leg('coin:issuance', 'pool:nobody', '1.00')]],
    ['404 account_not_found', [leg('coin:issuance', 'member:M1:receivable:coins', '1.00')]],
    ['422 leg_invalid', [leg('coin:issuance', 'coin:issuance', '1.00')]],
    ['422 asset_mismatch', [leg('coin:issuance', 'member:M1:points', '1')]],
    ['422 amount_invalid', [leg('point:issuance', 'member:M1:points', '1.5')]],
    ['422 amount_invalid', [leg('coin:issuance', 'pool:community', '0.00')]],
    ['422 leg_restricted', [leg('held:redemptions:xc-bank', 'member:M1:points', '1')]],
    ['422 leg_restricted', [leg('member:M1:points', 'partner:xc-bank:redeemed', '1')]],
    ['422 leg_restricted', [leg('sponsor:redemption-cost', 'partner:xc-bank:payable', '1.00')]],
    ['422 leg_restricted', [leg('sponsor:cash', 'sponsor:redemption-cost', '1.00')]],
    ['422 leg_restricted', [leg('member:M1:hours', 'member:M2:hours', '1.00')]],
    ['422 leg_restricted', [leg('member:M1:hours', 'member:M2:hours', '1.00')], { kind: 'gift' }],
    ['422 leg_restricted', [leg('member:M1:points', 'member:M2:points', '1')], { kind: 'gift' }],
    ['422 leg_restricted', [leg('member:M1:coins', 'member:M2:coins', '1.00')], { kind: 'donation' }],
    ['422 leg_restricted', [leg('coin:issuance', 'member:M2:coins', '1.00')], { kind: 'transfer' }],
    ['422 leg_restricted', [leg('member:M2:coins', 'coin:issuance', '1.00')], { kind: 'opening_balance' }],
    ['422 leg_restricted', [...one, leg('member:M1:points', 'point:retired', '1')]],
  ];
  for (const [expected, legs, more] of cases)
    t.equal(told(await propose(app, wang, legs, more)), expected, `${JSON.stringify(legs)} ${JSON.stringify(more)}`);
  t.equal(await entryCount(app), before);
});

test('approving judges the books as they are then: 422, and the proposal stays', async (t) => {
  const app = await county(t);
  const short = (await propose(app, wang, [leg('member:M1:points', 'point:issuance', '501')])).body.id;
  t.equal(told(await decide(app, li, short, 'approve')), '422 balance_insufficient');
  const dated = await propose(app, wang, [leg('point:issuance', 'member:M1:points', '1')], {
    effective_on: '2026-09-30',
  });
  await must(app.lane, (stage) => closePeriod(stage, '2026-09-30').number);
  t.equal(told(await decide(app, li, dated.body.id, 'approve')), '422 period_closed');
  t.equal(told(await decide(app, wang, dated.body.id, 'reject')), '200 rejected');
  const more = (await propose(app, wang, [leg('point:issuance', 'member:M1:points', '1')])).body.id;
  t.match(await decide(app, li, more, 'approve'), { status: 200, body: { effective_on: '2026-11-02' } });
  t.equal(told(await decide(app, li, short, 'approve')), '200 posted', 'now there is enough');
  t.equal(await balanceOf(app, 'member:M1:points'), '0');
  await booksBalance(t, app.owner);
});

test('a balance brought in and a gift at the counter go the same way, under their own kinds', async (t) => {
  const app = await county(t);
  const kinds: [string, object][] = [
    ['opening_balance', leg('coin:issuance', 'member:M1:coins', '8.00')],
    ['opening_balance', leg('record:service', 'member:M1:hours', '12.50')],
    ['gift', leg('member:M1:coins', 'member:M2:coins', '3.00')],
    ['donation', leg('member:M2:coins', 'pool:community', '1.00')],
    ['transfer', leg('pool:community', 'pool:fund', '0.50')],
  ];
  for (const [kind, one] of kinds) {
    const { id } = (await propose(app, wang, [one], { kind })).body;
    const { entry } = (await decide(app, li, id, 'approve')).body;
    t.equal((await app.get(`/v1/entries/${entry}`, { as: 'auditor' })).body.kind, kind);
  }
  const { balances } = (await app.get('/v1/members/M1/balances', { as: 'auditor' })).body;
  t.match(balances, [{ balance: '12.50' }, { balance: '5.00' }, { balance: '500' }]);
  await booksBalance(t, app.owner);
});

test('an adjustment that is reversed says so, and so do both entries', async (t) => {
  const app = await county(t);
  const { id } = (await propose(app, wang, [leg('coin:issuance', 'member:M1:coins', '5.00')])).body;
  const { entry } = (await decide(app, li, id, 'approve')).body;
  const reversal = await app.post(`/v1/entries/${entry}/reversal`, { as: li });
  t.match(reversal, { status: 201, body: { reverses: entry } });
  t.match((await app.get(`/v1/adjustments/${id}`, { as: 'auditor' })).body, {
    state: 'reversed',
    entry: reversal.body.number,
  });
  t.equal(await balanceOf(app, 'member:M1:coins'), '0.00');
  await booksBalance(t, app.owner);
});

test('up to the limit that is in the rules one person posts alone; above it, never: 201', async (t) => {
  const app = await county(t);
  t.equal(xinchangPilot1.adjustment_alone_max, '0', 'the shipped rules let nobody');
  await adoptRules(app.lane, { adjustment_alone_max: '1.50' });
  const split = [leg('coin:issuance', 'pool:fund', '1.00'), leg('coin:issuance', 'pool:fund', '0.51')];
  t.equal(told(await propose(app, wang, split)), '201 proposed', 'it is the sum that counts');
  t.equal(told(await propose(app, wang, [leg('point:issuance', 'member:M1:points', '2')])), '201 proposed');
  const alone = await propose(app, wang, [leg('coin:issuance', 'pool:fund', '1.50')]);
  t.match(alone, { status: 201, body: { state: 'posted', decided_by: 'operator:wang' } });
  t.equal(await balanceOf(app, 'pool:fund'), '1.50');
  await booksBalance(t, app.owner);
});

test('a dry run tells what would come of it and leaves nothing; a replay answers byte for byte: 200, 201', async (t) => {
  const app = await county(t);
  const before = await entryCount(app);
  const body = proposal([leg('coin:issuance', 'pool:fund', '1.00')]);
  const tried = await app.post('/v1/adjustments?dry_run=true', { as: wang, key: null, body });
  t.match(tried, { status: 200, body: { state: 'proposed' } });
  t.equal(await entryCount(app), before);
  const key = 'adjustment-2026-11-02-1';
  const first = await app.post('/v1/adjustments', { as: wang, key, body });
  t.equal((await app.post('/v1/adjustments', { as: wang, key, body })).text, first.text);
  const path = `/v1/adjustments/${first.body.id}`;
  t.match(await app.post(`${path}/approve?dry_run=true`, { as: li, key: null }), {
    status: 200,
    body: { state: 'posted' },
  });
  t.match((await app.get(path, { as: 'auditor' })).body, { state: 'proposed', decided_by: null });
  const answers = await Promise.all([1, 2, 3].map(() => app.post(`${path}/approve`, { as: li })));
  t.same(answers.map(({ status }) => status).sort(), [200, 409, 409], 'many at once: one posts');
  t.equal(await balanceOf(app, 'pool:fund'), '1.00');
  await booksBalance(t, app.owner);
});

test('lists page in the order of proposing, and the state narrows: 200', async (t) => {
  const app = await county(t);
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) ids.push((await propose(app, wang, [leg('coin:issuance', 'pool:fund', '1.00')])).body.id);
  await decide(app, li, ids[1] ?? '', 'approve');
  await decide(app, li, ids[3] ?? '', 'reject');
  const list = async (query: string) => {
    const { body } = await app.get(`/v1/adjustments?${query}`, { as: 'auditor' });
    return { ids: body.adjustments.map((one: { id: string }) => one.id), next: body.next_cursor };
  };
  const first = await list('limit=3');
  t.same(first.ids, ids.slice(0, 3));
  t.same(await list(`limit=3&cursor=${first.next}`), { ids: ids.slice(3), next: null });
  const states = Object.fromEntries(
    await Promise.all(adjustmentStates.map(async (state) => [state, (await list(`state=${state}`)).ids] as const)),
  );
  t.same(states, { proposed: [ids[0], ids[2], ids[4]], posted: [ids[1]], rejected: [ids[3]], reversed: [] });
});
