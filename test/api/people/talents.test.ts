/** Guarantees of the talent registry over HTTP: who is in it, what counts today, which level hours make, and that nothing said is lost. */

import { randomUUID } from 'node:crypto';
import { type Test, test } from 'tap';
import type { Caller, TestApp, TestAppOptions } from '../../support/app.js';
import { booksBalance, fixedClock, refusedByChecks } from '../../support/books.js';
import { adjust } from '../../support/story.js';
import { county, east, member, unscoped } from './county.js';

const operator = { role: 'operator' } as const;
const particulars = {
  categories: ['ecology', 'enterprise_aid'],
  specialties: ['paper_cutting', 'chess'],
  interests: ['opera'],
  availability: [{ weekday: 1, from: '09:00', to: '11:30' }],
};
const talent = { member: 'M2', registry: 'silver', ...particulars };

/** The county with its lists of codes. */
async function withCodes(t: Test, options: TestAppOptions = {}) {
  const app = await county(t, options);
  for (const [kind, code, name_zh] of [
    ['specialty', 'paper_cutting', '剪纸'],
    ['specialty', 'chess', '象棋'],
    ['interest', 'opera', '越剧'],
  ] as const)
    t.equal((await app.post('/v1/specialties', { as: operator, body: { kind, code, name_zh } })).status, 201);
  const post = (path: string, body: object = {}, as: Caller = east) => app.post(`/v1/talents${path}`, { as, body });
  return { app, post };
}

const namesOf = async (app: TestApp, query = '', as: Caller = operator) =>
  (await app.get(`/v1/talents${query}`, { as })).body.talents.map(
    (one: { member: string; registry: string }) => `${one.member}/${one.registry}`,
  );

test('a code names one specialty or one interest, for ever: 409', async (t) => {
  const { app } = await withCodes(t);
  const again = { kind: 'specialty', code: 'chess', name_zh: '围棋' };
  t.match(await app.post('/v1/specialties', { as: operator, body: again }), {
    status: 409,
    body: { code: 'specialty_exists' },
  });
  t.equal((await app.post('/v1/specialties', { as: operator, body: { ...again, kind: 'interest' } })).status, 201);
  t.equal((await app.post('/v1/specialties', { as: east, body: again })).status, 403);
  const read = async (query: string) => (await app.get(`/v1/specialties${query}`, { as: member('M1') })).body;
  const names = ({ specialties }: { specialties: Record<string, string>[] }) =>
    specialties.map(({ kind, code, name_zh }) => `${kind} ${code} ${name_zh}`);
  const all = ['interest chess 围棋', 'interest opera 越剧', 'specialty chess 象棋', 'specialty paper_cutting 剪纸'];
  t.same(names(await read('')), all);
  t.same(names(await read('?kind=interest')), all.slice(0, 2));
  const page = await read('?limit=2');
  t.same(names(await read(`?limit=2&cursor=${page.next_cursor}`)), all.slice(2));
  await booksBalance(t, app.owner);
});

test('a member enters each registry once, described by codes of the lists alone: 201, 400, 404, 409, 422', async (t) => {
  const { app, post } = await withCodes(t);
  t.match(await post('', talent), { status: 201, body: { id: 'M2/silver', kind: 'talent_registered' } });
  const found = await app.get('/v1/talents/M2/silver', { as: east });
  t.match(found.body, {
    ...talent,
    categories: ['enterprise_aid', 'ecology'],
    specialties: ['chess', 'paper_cutting'],
    org_unit: 'XC-01-01',
    qualifications: [],
    hours: '0.00',
    level: null,
    level_recorded: null,
  });
  t.same((await app.get('/v1/talents/M2/silver', { as: member('M2') })).body, found.body, 'who it is sees it');
  for (const [body, status, code] of [
    [{}, 409, 'talent_exists'],
    [{ member: 'M3' }, 404, 'member_not_found'],
    [{ member: 'M1', specialties: ['opera'] }, 422, 'specialty_unknown'],
    [{ member: 'M1', interests: ['chess'] }, 422, 'specialty_unknown'],
    [{ member: 'M1', categories: [] }, 400, 'request_invalid'],
    [{ member: 'M1', categories: ['gold'] }, 400, 'request_invalid'],
    [{ member: 'M1', registry: 'gold' }, 400, 'request_invalid'],
    [{ member: 'M1', availability: [{ weekday: 1, from: '12:00', to: '11:00' }] }, 422, 'weekly_hours_invalid'],
  ] as const)
    t.match(await post('', { ...talent, ...body }), { status, body: { code } }, JSON.stringify(body));
  t.equal((await post('', { ...talent, registry: 'resident_expert' })).status, 201);
  t.equal(
    (await post('', { ...talent, member: 'M3', categories: ['ecology'], specialties: [] }, operator)).status,
    201,
  );
  t.same(await namesOf(app), ['M2/resident_expert', 'M2/silver', 'M3/silver']);
  const page = await app.get('/v1/talents?limit=1', { as: operator });
  t.same(await namesOf(app, `?limit=1&cursor=${page.body.next_cursor}`), ['M2/silver']);
  t.same(await namesOf(app, '', east), ['M2/resident_expert', 'M2/silver']);
  t.same(await namesOf(app, '', unscoped), []);
  t.same(await namesOf(app, '?registry=silver'), ['M2/silver', 'M3/silver']);
  t.same(await namesOf(app, '?category=enterprise_aid&registry=silver'), ['M2/silver']);
  t.same(await namesOf(app, '?specialty=chess&registry=silver'), ['M2/silver']);
  t.same(await namesOf(app, '?unit=XC-010'), ['M3/silver']);
  const hidden = { status: 404, body: { code: 'talent_not_found' } };
  t.match(await app.get('/v1/talents/M3/silver', { as: east }), hidden);
  t.match(await app.get('/v1/talents/M3/silver/history', { as: east }), hidden);
  t.match(await app.get('/v1/talents/M2/silver', { as: member('M1') }), hidden);
  t.match(await post('/M3/silver/end'), { status: 404, body: { code: 'member_not_found' } });
  t.match(await post('/M1/silver/end'), hidden);
  await booksBalance(t, app.owner);
});

test('each change of a talent is dated and stays, also once the talent has left and come back: 422', async (t) => {
  const time = fixedClock();
  const { app, post } = await withCodes(t, { clock: time.clock });
  await post('', talent);
  time.advance(86_400_000);
  const changed = { categories: ['theory_talks'], specialties: [], interests: [], availability: [] };
  t.equal((await post('/M2/silver/changes', changed)).status, 201);
  t.match((await app.get('/v1/talents/M2/silver', { as: east })).body, changed);
  t.match(await post('/M2/silver/changes', { ...changed, specialties: ['go'] }), {
    status: 422,
    body: { code: 'specialty_unknown' },
  });
  t.equal(
    (await post('/M2/silver/qualifications', { kind: 'law', evidence: '律师证', valid_until: null })).status,
    201,
  );
  t.equal((await post('/M2/silver/end')).status, 201);
  t.match((await app.get('/v1/talents/M2/silver', { as: east })).body, {
    ended_on: '2026-11-03',
    qualifications: [{ number: 1, ended_on: '2026-11-03', counts: false }],
  });
  t.same(await namesOf(app), [], 'who has left is not listed');
  const ended = { status: 422, body: { code: 'talent_ended' } };
  for (const [path, body] of [
    ['end', {}],
    ['changes', changed],
    ['level', {}],
    ['qualifications', { kind: 'law', evidence: '律师证', valid_until: null }],
    ['qualifications/1/end', {}],
  ] as const)
    t.match(await post(`/M2/silver/${path}`, body), ended, path);
  t.equal((await post('', talent)).status, 201, 'and may come back');
  const { changes } = (await app.get('/v1/talents/M2/silver/history', { as: 'auditor' })).body;
  t.match(changes, [
    { change: 'registered', effective_on: '2026-11-02', specialties: ['chess', 'paper_cutting'], level: null },
    { change: 'changed', effective_on: '2026-11-03', categories: ['theory_talks'], specialties: [] },
    { change: 'qualified', qualification: 1, changed_by: 'coordinator:east' },
    { change: 'ended', effective_on: '2026-11-03' },
    { change: 'registered', effective_on: '2026-11-03' },
  ]);
  const page = await app.get('/v1/talents/M2/silver/history?limit=2', { as: 'auditor' });
  const next = await app.get(`/v1/talents/M2/silver/history?limit=2&cursor=${page.body.next_cursor}`, {
    as: 'auditor',
  });
  t.same([...page.body.changes, ...next.body.changes], changes.slice(0, 4));
  await booksBalance(t, app.owner);
});

test('a qualification counts up to its last day and not from the day it was ended on, and its evidence can go: 404, 422', async (t) => {
  const time = fixedClock();
  const { app, post } = await withCodes(t, { clock: time.clock });
  await post('', talent);
  await post('', { ...talent, registry: 'resident_expert' });
  const qualify = (kind: string, valid_until: string | null, registry = 'silver') =>
    post(`/M2/${registry}/qualifications`, { kind, evidence: `证书 ${kind}`, valid_until });
  t.match(await qualify('medicine', '2026-11-02'), {
    status: 201,
    body: { id: 'M2/silver/1', kind: 'talent_qualified' },
  });
  t.match(await qualify('law', null), { status: 201, body: { id: 'M2/silver/2' } });
  t.match(await qualify('education', null, 'resident_expert'), { status: 201, body: { id: 'M2/resident_expert/1' } });
  const counting = async () =>
    (await app.get('/v1/talents/M2/silver', { as: east })).body.qualifications.map(
      (one: { kind: string; counts: boolean }) => `${one.kind} ${one.counts}`,
    );
  t.same(await counting(), ['medicine true', 'law true']);
  t.same(await namesOf(app, '?qualification=medicine'), ['M2/silver']);
  t.same(await namesOf(app, '?qualification=education'), ['M2/resident_expert']);
  time.advance(86_400_000);
  t.same(await counting(), ['medicine false', 'law true']);
  t.same(await namesOf(app, '?qualification=medicine'), []);
  t.equal((await post('/M2/silver/qualifications/2/end')).status, 201);
  t.same(await counting(), ['medicine false', 'law false']);
  t.match(await post('/M2/silver/qualifications/2/end'), { status: 422, body: { code: 'qualification_ended' } });
  t.match(await post('/M2/silver/qualifications/9/end'), { status: 404, body: { code: 'qualification_not_found' } });

  const evidence = async (as: Caller) =>
    (await app.get('/v1/talents/M2/silver', { as })).body.qualifications.map(
      (one: { evidence: string }) => one.evidence,
    );
  t.same(await evidence(east), ['证书 medicine', '证书 law']);
  t.same(await evidence({ role: 'auditor' }), [null, null]);
  t.same(await evidence(member('M2')), [null, null]);
  const erase = (as: Caller = operator) =>
    post('/M2/silver/qualifications/1/text-erasure', { reason: 'person_asked' }, as);
  t.equal((await erase(east)).status, 403);
  t.match(await erase(), { status: 201, body: { kind: 'text_erased' } });
  t.same(await evidence(east), [null, '证书 law']);
  t.match(await erase(), { status: 409, body: { code: 'text_absent' } });
  await booksBalance(t, app.owner);
});

test('the level follows the hours in the books when it is read, and is recorded when it has changed (200)', async (t) => {
  const time = fixedClock();
  const { app, post } = await withCodes(t, { clock: time.clock });
  await post('', talent);
  const level = async () => {
    const { hours, level, level_since, level_recorded, level_recorded_on } = (
      await app.get('/v1/talents/M2/silver', { as: east })
    ).body;
    return [hours, level, level_since, level_recorded, level_recorded_on];
  };
  const record = () => app.post('/v1/talents/M2/silver/level', { as: east, key: randomUUID() });
  const { values } = (await app.get('/v1/rule-sets/xinchang-pilot-1', { as: member('M2') })).body;
  const rule = values.find(({ key }: { key: string }) => key === 'talent_levels');
  t.match(rule, { basis: 'D', value: [{ level: 1 }, { level: 2, min_hours: '50.00', min_rating: null }] });
  t.match(await record(), { status: 200, body: { level: null, entry: null } });
  await adjust(app.lane, [{ debit: 'record:service', credit: 'member:M2:hours', amount: '62.50' }]);
  t.same(await level(), ['62.50', 2, '2026-11-02', null, null]);
  const recorded = await record();
  t.match(recorded, { status: 200, body: { member: 'M2', registry: 'silver', level: 2, entry: /^\d+$/ } });
  t.same(await level(), ['62.50', 2, '2026-11-02', 2, '2026-11-02']);
  t.match(await record(), { body: { level: 2, entry: null } }, 'what has not changed is no entry');
  time.advance(86_400_000);
  await adjust(app.lane, [{ debit: 'member:M2:hours', credit: 'record:service', amount: '60.00' }]);
  t.same(await level(), ['2.50', null, null, 2, '2026-11-02']);
  t.match(await record(), { body: { level: null, entry: /^\d+$/ } });
  t.same(await level(), ['2.50', null, null, null, '2026-11-03']);
  t.match((await app.get('/v1/talents/M2/silver/history', { as: 'auditor' })).body.changes, [
    { change: 'registered', level: null },
    { change: 'level_recorded', level: 2, entry: recorded.body.entry },
    { change: 'level_recorded', level: null },
  ]);
  await booksBalance(t, app.owner);
});

test('the database refuses a talent that the words do not have', async (t) => {
  const { app, post } = await withCodes(t);
  await post('', talent);
  await post('/M2/silver/qualifications', { kind: 'law', evidence: '律师证', valid_until: null });
  await refusedByChecks(t, app.owner, 'talents', {
    talents_registry_check: ["registry = 'gold'"],
    talents_categories_check: ["categories = ''", "categories = 'gold'"],
    talents_codes_check: ["specialties = 'Chess'", "interests = ' opera'"],
    talents_availability_check: ["availability = 'always'"],
    talents_level_check: ['level = 0'],
  });
  await refusedByChecks(t, app.owner, 'talent_qualifications', {
    talent_qualifications_kind_check: ["kind = 'cooking'"],
    talent_qualifications_number_check: ['number = 0'],
    talent_qualifications_dates_check: ["valid_until = '2100-01-01'"],
  });
});
