/** Guarantees of teams over HTTP: who leads them, who was in them on a day, and what their pool of coins may do. */
import { test } from 'tap';
import { teamPoolAccount } from '../../../src/timebank/chart.js';
import { mayMove } from '../../../src/timebank/movements.js';
import type { Caller, TestApp } from '../../support/app.js';
import { booksBalance, fixedClock, refusedByChecks } from '../../support/books.js';
import { adjust, propose } from '../../support/story.js';
import { county, east, unscoped } from './county.js';

const team = { id: 'T1', org_unit: 'XC-01', name: '银辉志愿队', leader: 'M1', labels: ['银耀天姥', '银领助力'] };
const operator = { role: 'operator' } as const;

function asking(app: TestApp) {
  return {
    post: (path: string, body: object = {}, as: Caller = east) => app.post(`/v1/teams${path}`, { as, body }),
    members: async (query = '') =>
      (await app.get(`/v1/teams/T1/members${query}`, { as: operator })).body.members.map(
        ({ member, from, to }: Record<string, string | null>) => `${member} ${from} ${to ?? ''}`.trim(),
      ),
  };
}

test('a team is registered (201) with its leader as its first member: 400, 404, 409', async (t) => {
  const app = await county(t);
  const { post, members } = asking(app);
  t.match(await post('', team), { status: 201, body: { id: 'T1', kind: 'team_registered' } });
  t.match((await app.get('/v1/teams/T1', { as: 'auditor' })).body, { ...team, members: 1, dissolved_on: null });
  t.same(await members(), ['M1 2026-11-02']);
  for (const [change, status, code] of [
    [{}, 409, 'team_exists'],
    [{ id: 'T2', org_unit: 'XC-010' }, 404, 'org_unit_not_found'],
    [{ id: 'T2', leader: 'M3' }, 404, 'member_not_found'],
    [{ id: 'T2', labels: Array.from({ length: 11 }, (_, i) => `标${i}`) }, 400, 'request_invalid'],
    [{ id: 'T2', labels: ['长'.repeat(31)] }, 400, 'request_invalid'],
    [{ id: 'T2', name: '\u200b' }, 400, 'request_invalid'],
  ] as const)
    t.match(await post('', { ...team, ...change }), { status, body: { code } }, JSON.stringify(change));
  t.equal((await post('', { ...team, id: 'T2', org_unit: 'XC-010', leader: 'M3', labels: [] }, operator)).status, 201);
  const ids = async (as: Caller, query = '') =>
    (await app.get(`/v1/teams${query}`, { as })).body.teams.map(({ id }: { id: string }) => id);
  t.same(await ids(operator), ['T1', 'T2']);
  t.same(await ids(east), ['T1']);
  t.same(await ids(unscoped), []);
  t.same(await ids(operator, '?unit=XC-010'), ['T2']);
  t.same(await ids(operator, `?label=${encodeURIComponent('银领助力')}`), ['T1']);
  t.same(await ids(operator, '?member=M3'), ['T2']);
  const hidden = { status: 404, body: { code: 'team_not_found' } };
  for (const path of ['', '/members', '/changes'])
    t.match(await app.get(`/v1/teams/T2${path}`, { as: east }), hidden, path);
  t.match(await post('/T2/dissolve'), hidden);
  await booksBalance(t, app.owner);
});

test('who was in a team on a day follows from first and last days, also for who came back: 404, 409, 422', async (t) => {
  const time = fixedClock();
  const app = await county(t, { clock: time.clock });
  const { post, members } = asking(app);
  await post('', team);
  t.equal((await post('/T1/members', { member: 'M2', from: '2026-10-01' })).status, 201);
  t.equal((await post('/T1/members/M2/end', { to: '2026-10-10' })).status, 201);
  const refusals = [
    ['/T1/members', { member: 'M2', from: '2026-10-10' }, 409, 'team_member_exists'],
    ['/T1/members', { member: 'M1' }, 409, 'team_member_exists'],
    ['/T1/members', { member: 'M3' }, 404, 'member_not_found'],
    ['/T1/members', { member: 'M2', from: '2026-11-03' }, 422, 'date_in_future'],
    ['/T1/members/M2/end', {}, 404, 'team_member_not_found'],
    ['/T1/members/M1/end', {}, 422, 'team_leader_required'],
    ['/T1/leader', { member: 'M2' }, 404, 'team_member_not_found'],
  ] as const;
  for (const [path, body, status, code] of refusals)
    t.match(await post(path, body), { status, body: { code } }, `${path} ${JSON.stringify(body)}`);
  t.equal((await post('/T1/members', { member: 'M2', from: '2026-10-20' })).status, 201);
  t.match(await post('/T1/members/M2/end', { to: '2026-10-19' }), {
    status: 422,
    body: { code: 'date_before_original' },
  });
  t.match(await post('/T1/members/M2/end', { to: '2026-11-03' }), { status: 422, body: { code: 'date_in_future' } });
  t.same(await members(), ['M1 2026-11-02', 'M2 2026-10-01 2026-10-10', 'M2 2026-10-20']);
  t.same(await members('?on=2026-10-10'), ['M2 2026-10-01 2026-10-10'], 'the last day is one of them');
  t.same(await members('?on=2026-10-11'), []);
  t.same(await members('?on=2026-11-02'), ['M1 2026-11-02', 'M2 2026-10-20']);
  const page = await app.get('/v1/teams/T1/members?limit=2', { as: operator });
  t.same(await members(`?limit=2&cursor=${page.body.next_cursor}`), ['M2 2026-10-20']);

  t.equal((await post('/T1/leader', { member: 'M2' })).status, 201);
  time.advance(86_400_000);
  t.equal((await post('/T1/members/M1/end')).status, 201);
  t.same(await members('?on=2026-11-03'), ['M1 2026-11-02 2026-11-03', 'M2 2026-10-20']);
  t.equal((await post('/T1/dissolve')).status, 201);
  t.same(await members(), ['M1 2026-11-02 2026-11-03', 'M2 2026-10-01 2026-10-10', 'M2 2026-10-20 2026-11-03']);
  t.same(await members('?on=2026-11-03'), ['M1 2026-11-02 2026-11-03', 'M2 2026-10-20 2026-11-03']);
  t.same(await members('?on=2026-11-04'), []);
  t.same((await app.get('/v1/teams?member=M2', { as: operator })).body.teams, [], 'nobody is in it now');
  for (const [path, body] of [
    ['/T1/dissolve', {}],
    ['/T1/members', { member: 'M1' }],
    ['/T1/members/M2/end', {}],
    ['/T1/leader', { member: 'M1' }],
  ] as const)
    t.match(await post(path, body), { status: 422, body: { code: 'team_dissolved' } }, path);
  t.match((await app.get('/v1/teams/T1', { as: 'auditor' })).body, {
    leader: 'M2',
    dissolved_on: '2026-11-03',
    members: 0,
  });
  t.match((await app.get('/v1/teams/T1/changes', { as: 'auditor' })).body.changes, [
    { change: 'registered', member: 'M1', changed_by: 'coordinator:east' },
    { change: 'member_joined', member: 'M2', effective_on: '2026-10-01' },
    { change: 'member_left', member: 'M2', effective_on: '2026-10-10' },
    { change: 'member_joined', member: 'M2', effective_on: '2026-10-20' },
    { change: 'leader_changed', member: 'M2' },
    { change: 'member_left', member: 'M1', effective_on: '2026-11-03' },
    { change: 'dissolved', member: null, effective_on: '2026-11-03' },
  ]);
  await booksBalance(t, app.owner);
});

test("a team's pool opens with the first donation to it, and gives what it has as donations alone: 404, 422", async (t) => {
  const app = await county(t);
  const { post } = asking(app);
  await post('', team);
  const pool = teamPoolAccount('T1');
  const ask = (kind: string, debit: string, credit: string, amount = '1.00') =>
    app.post('/v1/adjustments', {
      as: operator,
      body: { kind, reference: 'DOC 1', reason: '团队', legs: [{ debit, credit, amount }] },
    });
  await adjust(app.lane, [{ debit: 'coin:issuance', credit: 'member:M1:coins', amount: '5.00' }]);
  t.match(await ask('donation', 'member:M1:coins', teamPoolAccount('T9')), {
    status: 404,
    body: { code: 'account_not_found' },
  });
  await adjust(app.lane, [{ debit: 'member:M1:coins', credit: pool, amount: '4.00' }], 'donation');
  await adjust(app.lane, [{ debit: pool, credit: 'member:M2:coins', amount: '1.50' }], 'donation');
  await adjust(app.lane, [{ debit: pool, credit: 'pool:community', amount: '0.50' }], 'donation');
  t.match((await app.get(`/v1/accounts/${pool}`, { as: operator })).body, {
    asset: 'COIN',
    balance: '2.00',
    floor: '0.00',
  });
  for (const [kind, debit, credit] of [
    ['adjustment', pool, 'member:M2:coins'],
    ['adjustment', 'coin:issuance', pool],
    ['gift', pool, 'member:M2:coins'],
    ['transfer', pool, 'pool:community'],
    ['donation', pool, 'pool:fund'],
    ['opening_balance', 'coin:issuance', pool],
  ] as const)
    t.match(await ask(kind, debit, credit), { status: 422, body: { code: 'leg_restricted' } }, `${kind} ${credit}`);
  t.notOk(mayMove('service_recorded', 'COIN', pool, 'member:M2:coins'));
  const over = await propose(app.lane, [{ debit: pool, credit: 'member:M2:coins', amount: '2.50' }], 'donation');
  t.match(await app.post(`/v1/adjustments/${over}/approve`, { as: { role: 'operator', subject: 'second' } }), {
    status: 422,
    body: { code: 'balance_insufficient' },
  });
  await post('/T1/dissolve');
  t.match(await ask('donation', 'member:M1:coins', pool), { status: 422, body: { code: 'team_dissolved' } });
  await adjust(app.lane, [{ debit: pool, credit: 'pool:community', amount: '2.00' }], 'donation');
  await booksBalance(t, app.owner);
});

test('the database refuses days in a team that end before they begin', async (t) => {
  const app = await county(t);
  await asking(app).post('', team);
  await refusedByChecks(t, app.owner, 'team_members', {
    team_members_dates_check: ["left_on = '2026-01-01'", "joined_on = '1999-12-31'"],
  });
});
