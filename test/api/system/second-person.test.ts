/**
 * Guarantees of what takes two people where people are pseudonyms: one who signs in under two of them is still one, and the books do not say
 * whose member's id either has beside it.
 */
import { type Test, test } from 'tap';
import { besideOf } from '../../../src/http/beside.js';
import { xinchangPilot1 as rules } from '../../../src/timebank/credit/xinchang-pilot.js';
import { approveLate } from '../../../src/timebank/service/late-records.js';
import { tablesHolding } from '../../support/all-text.js';
import { booksBalance, run } from '../../support/books.js';
import { withProvider } from '../../support/provider.js';
import { adjust } from '../../support/story.js';
import { mergeByTwo, person } from '../people/county.js';

const times = {
  ...{ planned_start: '2026-10-27T08:00:00+08:00', planned_end: '2026-10-27T09:00:00+08:00' },
  ...{ check_in: '2026-10-27T08:00:00+08:00', check_out: '2026-10-27T09:00:00+08:00' },
};
const legs = [{ debit: 'coin:issuance', credit: 'member:M1:coins', amount: '1.00' }];

/** A county in which A1 and B1, one person, and C1 sign in as operators, each under pseudonyms. */
async function scene(t: Test) {
  const app = await withProvider(t);
  for (const id of ['M3', 'A1', 'B1', 'C1'])
    t.equal((await app.post('/v1/members', { as: 'operator', body: person(id, 'XC') })).status, 201);
  await mergeByTwo(t, app, 'A1', 'B1');
  const visit = { external_id: 'V7', volunteer: 'M1', recipient: 'M2', service_type: 'errand', proof_grade: 'A' };
  const recorded = { ...visit, ...times, recorded_by: 'XC' };
  t.equal((await app.post('/v1/service-records', { as: 'operator', body: recorded })).status, 201);
  // M2 is in need, and the fund has something to grant.
  const plan = { reasons: ['hardship'], mode: 'fixed', interval_days: 7, starts_on: '2026-11-01' };
  t.equal((await app.post('/v1/care-subjects', { as: 'operator', body: { member: 'M2', ...plan } })).status, 201);
  await adjust(app.lane, [{ debit: 'coin:issuance', credit: 'pool:fund', amount: '9.00' }]);
  const operator = (sub: string, id: string) => app.signIn(sub, { role: 'operator', org_unit: undefined, member: id });
  const say = async (token: string, url: string, body: object) => {
    const { status, body: answer } = await app.post(`/v1/${url}`, { token, body });
    return { told: `${status} ${answer.code ?? answer.state ?? answer.status}`, answer };
  };
  return { app, operator, say };
}

type Request = readonly [url: string, body: object];

const kin: Request = ['members/M1/kin', { relative: 'M3', relation: 'child', evidence: '户口簿' }];
const merge: Request = ['members/M2/merge', { into: 'M3' }];
const correction: Request = ['service-records/V7/correction', { proof_grade: 'B', reason: '凭证有误' }];
const adjustment: Request = ['adjustments', { reference: 'DOC-1', reason: '补发', legs }];
const grant: Request = ['grants', { member: 'M2', amount: '1.00', document_number: 'DOC-1' }];
const leaving: Request = ['members/M2/leaving', { reason: 'left', to: 'pool' }];
const erasure: Request = ['members/M3/erasure', { reason_code: 'person_asked' }];

/** What takes two: what the first says, and what the second does of the id that the first was answered. */
const requests = {
  kin: [kin, (): Request => ['members/M1/kin/M3/verification', { elder_consent_on: '2026-10-31' }]],
  merge: [merge, () => merge],
  correction: [correction, () => correction],
  adjustment: [adjustment, (id: string): Request => [`adjustments/${id}/approve`, {}]],
  grant: [grant, (id: string): Request => [`grants/${id}/approve`, {}]],
  erasure: [erasure, () => erasure],
  leaving: [leaving, (): Request => ['members/M2/leaving/approve', {}]],
} as const;

for (const name of Object.keys(requests) as (keyof typeof requests)[])
  test(`${name}: nobody is both people, under another pseudonym or another id of theirs (422); somebody else is`, async (t) => {
    const { app, operator, say } = await scene(t);
    const [firstly, secondly] = requests[name];
    const first = await say(await operator('one@example.org', 'A1'), ...firstly);
    t.match(first.told, /^20[01] (claimed|proposed|requested|open)$/);
    const then = secondly(first.answer.id);
    for (const [sub, id] of [
      ['one@example.org', 'A1'],
      ['two@example.org', 'A1'],
      ['three@example.org', 'B1'],
    ] as const)
      t.equal((await say(await operator(sub, id), ...then)).told, '422 self_approval', `${sub} as ${id}`);
    const plain = await app.post(`/v1/${then[0]}`, { as: { role: 'operator', subject: 'B1' }, body: then[1] });
    t.match(plain, { status: 422, body: { code: 'self_approval' } }, 'nor under the id itself');
    const done = await say(await operator('four@example.org', 'C1'), ...then);
    t.match(done.told, /^200 |^201 (erased|carried_out)$/, done.told);
    await booksBalance(t, app.owner);
  });

for (const [name, one, other] of [
  ['kin', 'A1', 'B1'],
  ['merge', 'A1', 'B1'],
  ['correction', 'A1', 'B1'],
  ['adjustment', 'A1', 'B1'],
  ['adjustment', 'B1', 'A1'],
  ['grant', 'A1', 'B1'],
  ['erasure', 'A1', 'B1'],
  ['leaving', 'A1', 'B1'],
] as const)
  test(`${name}: nobody is both people as ${one} and ${other}, of whom one was merged into the other (422)`, async (t) => {
    const { app } = await scene(t);
    const post = (subject: string, [url, body]: Request) =>
      app.post(`/v1/${url}`, { as: { role: 'operator', subject }, body });
    const [firstly, secondly] = requests[name];
    const first = await post(one, firstly);
    t.match(first.text, /claimed|proposed|requested|open/);
    const then = secondly(first.body.id);
    t.match(await post(other, then), { status: 422, body: { code: 'self_approval' } });
    t.equal((await post('C1', then)).status < 300, true);
    await booksBalance(t, app.owner);
  });

test('nobody proposes or approves an adjustment of a purse that is theirs under another id (422)', async (t) => {
  const { app } = await scene(t);
  const own = { ...adjustment[1], legs: [{ debit: 'coin:issuance', credit: 'member:B1:coins', amount: '700.00' }] };
  const post = (subject: string, url: string, body: object = {}) =>
    app.post(`/v1/${url}`, { as: { role: 'operator', subject }, body });
  const refused = { status: 422, body: { code: 'self_approval' } };
  t.match(await post('A1', 'adjustments', own), refused);
  const { status, body } = await post('C1', 'adjustments', own);
  t.equal(status, 201);
  t.match(await post('A1', `adjustments/${body.id}/approve`), refused);
  t.equal((await post('M3', `adjustments/${body.id}/approve`)).status, 200);
  await booksBalance(t, app.owner);
});

test('a death takes three people, none of them twice under another pseudonym or another id of theirs (422)', async (t) => {
  const { app, operator, say } = await scene(t);
  t.equal((await app.post('/v1/members', { as: 'operator', body: person('D1', 'XC') })).status, 201);
  const report: Request = ['members/M2/death', { died_on: '2026-11-01', document: 'DOC-1' }];
  const approval: Request = ['members/M2/death/approve', {}];
  const told = async (sub: string, id: string, request: Request) =>
    (await say(await operator(sub, id), ...request)).told;
  t.equal(await told('one@example.org', 'A1', report), '201 open');
  t.equal(await told('two@example.org', 'B1', approval), '422 self_approval', 'who reported it, under another id');
  t.equal(await told('four@example.org', 'C1', approval), '200 open');
  t.equal(
    await told('five@example.org', 'C1', approval),
    '422 self_approval',
    'who approved it, under another pseudonym',
  );
  t.equal(await told('three@example.org', 'A1', ['members/M2/death/withdraw', {}]), '422 self_approval');
  t.equal(await told('six@example.org', 'D1', approval), '200 settled');
  await booksBalance(t, app.owner);
});

test('a late record is approved by two people, not by one under two pseudonyms', async (t) => {
  const { app } = await scene(t);
  const beside = (alias: string) =>
    besideOf(app.built.service, { role: 'operator', subject: 'p', ledger: 'xinchang', alias });
  const approve = (actor: string, alias: string) => {
    const late = {
      about: 'order',
      id: 'N1',
      servedOn: '2026-10-01',
      content: 'what',
      actor,
      ...beside(alias),
    } as const;
    return run(app.lane, (stage) => ({ waits: approveLate(stage, rules, late)?.code ?? null }), { actor });
  };
  t.match(await approve('operator:p-one', 'A1'), { result: { waits: 'record_too_late' } });
  t.match(await approve('operator:p-two', 'B1'), { code: 'self_approval' });
  t.match(await approve('operator:p-four', 'C1'), { result: { waits: null } });
  await booksBalance(t, app.owner);
});

const decided = ['kin', 'correction', 'adjustment', 'grant'] as const;

test('no row, answer or leaf says which member a pseudonym is, nor that two rows are of one; with the decision all of it is gone', async (t) => {
  const { app, operator, say } = await scene(t);
  const token = await operator('one@example.org', 'Z777');
  const ids = new Map<string, string>();
  for (const name of decided) ids.set(name, (await say(token, ...requests[name][0])).answer.id);
  t.same(await tablesHolding(app.owner, 'Z777'), []);
  const kept = async () =>
    (
      await app.owner`select claimed_alias as alias from timebank.kin union all select proposed_alias from timebank.service_corrections
        union all select proposed_alias from timebank.adjustments union all select proposed_alias from timebank.grants`
    ).flatMap(({ alias }) => alias ?? []);
  t.equal(new Set(await kept()).size, 4, 'the same id is another text in every row');
  const other = await operator('four@example.org', 'C1');
  for (const name of decided) t.match((await say(other, ...requests[name][1](ids.get(name) ?? ''))).told, /^200/);
  t.same(await kept(), []);
  await booksBalance(t, app.owner);
});
