/**
 * Guarantees of the registries when two members become one: teams, talents, qualifications, care, consents and relatives are found with the
 * one who stays, nothing counts twice, and nothing is left that waits for the id that ended.
 */
import { test } from 'tap';
import { isQualified } from '../../../src/timebank/people/talents/qualifications.js';
import { requireInTeam } from '../../../src/timebank/people/teams/membership.js';
import { tablesHolding } from '../../support/all-text.js';
import type { TestApp } from '../../support/app.js';
import { booksBalance, run } from '../../support/books.js';
import { ask, county, east, li, merge, mergeByTwo, person, wang } from './county.js';

const post = (app: TestApp, url: string, body: object = {}) => app.post(`/v1/${url}`, { as: wang, body });
const get = async (app: TestApp, url: string) => (await app.get(`/v1/${url}`, { as: wang })).body;
const blocked = (detail: RegExp) => ({ status: 409, body: { code: 'member_merge_blocked', detail } });
const today = '2026-11-02';

const team = (id: string, leader: string) => ({ id, org_unit: 'XC', name: '银耀队', leader, labels: [] });
const talent = (member: string, registry = 'silver') => ({
  ...{ member, registry, categories: ['ecology'], specialties: [], interests: [] },
  availability: [{ weekday: 2, from: '09:00', to: '11:00' }],
});

test('in each team the one who stays is in the other’s place, leads what they led, and is counted once', async (t) => {
  const app = await county(t);
  for (const body of [team('T1', 'M1'), team('T2', 'M3'), team('T3', 'M1'), team('T4', 'M1'), team('T5', 'M3')])
    t.equal((await post(app, 'teams', body)).status, 201);
  for (const [id, member] of [
    ['T2', 'M1'],
    ['T2', 'M2'],
    ['T3', 'M2'],
    ['T5', 'M1'],
    ['T5', 'M2'],
  ])
    t.equal(
      (await post(app, `teams/${id}/members`, { member, from: member === 'M1' ? '2026-10-05' : today })).status,
      201,
    );
  t.equal((await post(app, 'teams/T5/members/M2/end')).status < 300, true);
  t.equal((await post(app, 'teams/T4/dissolve')).status < 300, true);
  await mergeByTwo(t, app, 'M1', 'M2');
  for (const [id, leader, members] of [
    ['T1', 'M2', 1],
    ['T2', 'M3', 2],
    ['T3', 'M2', 1],
    ['T4', 'M1', 0],
    ['T5', 'M3', 2],
  ] as const)
    t.match(await get(app, `teams/${id}`), { leader, members }, id);
  for (const id of ['M1', 'M2'])
    t.same(
      (await get(app, `teams?member=${id}`)).teams.map((one: { id: string }) => one.id),
      ['T1', 'T2', 'T3', 'T5'],
      `found by ${id}`,
    );
  t.match((await get(app, 'teams/T1/members')).members, [
    { member: 'M1', to: today },
    { member: 'M2', from: today, to: null },
  ]);
  t.match((await get(app, 'teams/T1/changes')).changes, [
    { change: 'registered', member: 'M1' },
    { change: 'member_joined', member: 'M2' },
    { change: 'leader_changed', member: 'M2' },
    { change: 'member_left', member: 'M1' },
  ]);
  for (const [day, code] of [
    ['2026-10-04', 'team_member_not_found'],
    ['2026-10-05', undefined],
  ] as const) {
    const asked = await run(app.lane, (stage) => requireInTeam(stage, { team: 'T5', member: 'M2', day }));
    t.equal(asked.code, code, `whether M2 was in T5 on ${day}, as M1`);
  }
  const open =
    await app.owner`select team_id from timebank.team_members m join timebank.teams t using (ledger_id, team_id)
    where m.member_id = 'M1' and m.left_on is null and t.dissolved_on is null`;
  t.same([...open], [], 'nothing hangs on the id that ended');
  await booksBalance(t, app.owner);
});

test('a talent goes on with the one who stays, with every qualification and its evidence, and each day is judged as before', async (t) => {
  const app = await county(t);
  for (const body of [talent('M1'), talent('M1', 'resident_expert'), talent('M2', 'resident_expert')])
    t.equal((await post(app, 'talents', body)).status, 201);
  const qualify = async (who: string, kind: string, evidence: string, valid_until: string | null = null) =>
    t.equal((await post(app, `talents/${who}/qualifications`, { kind, evidence, valid_until })).status, 201);
  await qualify('M1/silver', 'law', '律师证甲', '2026-12-31');
  await qualify('M1/silver', 'medicine', '医师证乙');
  await qualify('M1/resident_expert', 'education', '教师证丙', '2026-10-15');
  await qualify('M2/resident_expert', 'other', '其他证丁');
  t.match(await merge(app, wang, 'M1', 'M2'), blocked(/M1 and M2 are both in the registry resident_expert/));
  t.equal((await post(app, 'talents/M1/resident_expert/end')).status, 201);
  const before = await get(app, 'talents/M1/silver');
  await mergeByTwo(t, app, 'M1', 'M2');
  const { categories, availability, registered_on, level_recorded } = before;
  t.match(await get(app, 'talents/M2/silver'), {
    ...{ categories, availability, registered_on, level_recorded, ended_on: null },
    qualifications: [
      { number: 1, kind: 'law', evidence: '律师证甲', valid_until: '2026-12-31', counts: true },
      { number: 2, kind: 'medicine', evidence: '医师证乙', counts: true },
    ],
  });
  t.match((await get(app, 'talents/M2/resident_expert')).qualifications, [
    { number: 1, kind: 'other' },
    { number: 2, kind: 'education', evidence: '教师证丙', valid_until: '2026-10-15', counts: false },
  ]);
  t.match(await get(app, 'talents/M1/silver'), {
    ended_on: today,
    qualifications: [{ counts: false }, { counts: false }],
  });
  t.match((await get(app, 'talents/M1/silver/history')).changes.at(-1), { change: 'ended' });
  const listed = (await get(app, 'talents?registry=silver')).talents.map((one: { member: string }) => one.member);
  t.same(listed, ['M2'], 'one talent, once');
  for (const [kind, day, counts] of [
    ['law', '2026-12-31', true],
    ['law', '2027-01-01', false],
    ['education', '2026-10-15', true],
    ['education', '2026-10-16', false],
  ] as const)
    t.match(
      await run(app.lane, (stage) => ({ counts: isQualified(stage, 'M2', kind, day) })),
      { result: { counts } },
      `${kind} ${day}`,
    );
  t.equal(
    (await post(app, 'talents/M2/silver/qualifications/1/text-erasure', { reason: 'person_asked' })).status < 300,
    true,
  );
  t.same(await tablesHolding(app.owner, '律师证甲'), [], 'the evidence stands once');
  await booksBalance(t, app.owner);
});

test('visits go on under both ids, seen from where the person belongs now; neither plan is lost where both had one', async (t) => {
  const app = await county(t);
  const plan = { reasons: ['hardship'], mode: 'doorstep', interval_days: 30, starts_on: '2026-11-10' };
  const visit = { visited_on: '2026-11-01', reason: 'hardship', visitor: 'M3', note: null };
  t.equal((await post(app, 'care-subjects', { member: 'M3', ...plan })).status, 201);
  t.equal((await post(app, 'care-subjects/M3/visits', visit)).status, 201);
  await mergeByTwo(t, app, 'M3', 'M2');
  const keeper = { ...east, care: true };
  for (const id of ['M2', 'M3']) {
    t.match((await app.get(`/v1/care-subjects/${id}`, { as: keeper })).body, { visits: 1, ended_on: null }, id);
    t.equal((await get(app, `care-subjects/${id}/visits`)).visits.length, 1);
    t.equal((await get(app, `care-subjects/${id}/changes`)).changes.length, 1);
  }
  const changed = await app.post('/v1/care-subjects/M3/changes', { as: keeper, body: plan });
  t.equal(changed.status, 201, 'who sees it now keeps it now');
  const again = await post(app, 'care-subjects', { member: 'M2', ...plan });
  t.match(again, { status: 409, body: { code: 'care_subject_exists' } }, 'nobody is visited twice');
  t.equal((await post(app, 'care-subjects/M2/visits', visit)).status, 201);
  t.equal((await post(app, 'care-subjects', { member: 'M1', ...plan, interval_days: 7 })).status, 201);
  await mergeByTwo(t, app, 'M2', 'M1');
  const listed = async () =>
    (await get(app, 'care-subjects')).care_subjects.map((one: { member: string; visits: number }) => [
      one.member,
      one.visits,
    ]);
  t.same(await listed(), [
    ['M1', 0],
    ['M3', 2],
  ]);
  t.match(await get(app, 'care-subjects/M1'), { interval_days: 7 }, 'the plan under the id itself');
  t.match(await get(app, 'care-subjects/M3'), { interval_days: 30 });
  t.equal((await post(app, 'care-subjects/M3/end')).status, 201);
  t.equal((await post(app, 'care-subjects/M1/end')).status, 201);
  t.same(await listed(), []);
  t.match(await post(app, 'care-subjects/M1/end'), { status: 422, body: { code: 'care_subject_ended' } });
  await booksBalance(t, app.owner);
});

test('the log of a merge does not say whether either is visited', async (t) => {
  const app = await county(t);
  const plan = { reasons: ['illness'], mode: 'doorstep', interval_days: 30, starts_on: '2026-11-10' };
  t.equal((await post(app, 'care-subjects', { member: 'M1', ...plan })).status, 201);
  const count = async () => Number((await app.owner`select count(*) as n from timebank.care_changes`)[0]?.['n']);
  const before = await count();
  const { entry } = (await mergeByTwo(t, app, 'M1', 'M2')).body;
  t.equal(await count(), before);
  const [merged] = await app.owner`select leaf from timeledger.entries where number = ${entry}`;
  t.notMatch(merged?.['leaf'], /care/);
  await booksBalance(t, app.owner);
});

test('two relatives of one person do not become one before one relation has ended (409); afterwards either id names the relation', async (t) => {
  const app = await county(t);
  const claim = (elder: string, relative: string) =>
    ask(app, wang, `${elder}/kin`, { relative, relation: 'child', evidence: '户口簿' });
  t.equal((await claim('M3', 'M1')).status, 201);
  t.equal((await claim('M2', 'M3')).status, 201);
  t.match(await merge(app, wang, 'M1', 'M2'), blocked(/M1 and M2 are both relatives of M3/));
  t.equal((await ask(app, wang, 'M2/kin/M3/end')).status, 200);
  await mergeByTwo(t, app, 'M1', 'M2');
  const verified = await ask(app, li, 'M3/kin/M2/verification', { elder_consent_on: '2026-10-31' });
  t.match(verified, { status: 200, body: { member: 'M3', relative: 'M1', state: 'verified' } });
  t.equal((await ask(app, wang, 'M3/kin/M1/end')).status, 200);
  await booksBalance(t, app.owner);
});

test('an erasure that is asked for is not lost, nor takes what was the other’s: it ends before either becomes the other (409)', async (t) => {
  const app = await county(t);
  const body = { reason_code: 'person_asked' };
  for (const id of ['M1', 'M2']) {
    t.equal((await ask(app, wang, `${id}/erasure`, body)).status, 201);
    const refusal = blocked(new RegExp(`the erasure of ${id} is asked for: .* ask for the erasure of M2`));
    t.match(await merge(app, wang, 'M1', 'M2'), refusal);
    t.equal((await ask(app, wang, `${id}/erasure/withdrawal`)).status, 200);
  }
  t.match(await merge(app, wang, 'M1', 'M2'), { status: 200, body: { status: 'proposed' } });
  t.equal((await ask(app, wang, 'M2/erasure', body)).status, 201);
  t.match(await merge(app, li, 'M1', 'M2'), blocked(/the erasure of M2/), 'nor once it is proposed');
  t.equal((await ask(app, wang, 'M2/erasure/withdrawal')).status, 200);
  t.match(await merge(app, li, 'M1', 'M2'), { status: 200, body: { status: 'merged' } });
  await booksBalance(t, app.owner);
});

test('of two plans of others that a person has, the one that is shown is the one that visits are written to', async (t) => {
  for (const first of ['M1', 'M2']) {
    const app = await county(t);
    const plan = { reasons: ['illness'], mode: 'doorstep', starts_on: '2026-11-10' };
    for (const [i, member] of ['M1', 'M2'].entries())
      t.equal((await post(app, 'care-subjects', { member, ...plan, interval_days: 10 + i })).status, 201);
    for (const id of [first, first === 'M1' ? 'M2' : 'M1']) await mergeByTwo(t, app, id, 'M3');
    const { interval_days } = await get(app, 'care-subjects/M3');
    const visit = { visited_on: today, reason: 'illness', visitor: 'M3', note: null };
    t.equal((await post(app, 'care-subjects/M3/visits', visit)).status, 201);
    t.match(await get(app, 'care-subjects/M3'), { interval_days, visits: 1 }, `${first} merged first`);
    await booksBalance(t, app.owner);
  }
});

test('the notes of every plan that a person has can be erased', async (t) => {
  const app = await county(t);
  const plan = {
    reasons: ['illness'],
    mode: 'doorstep',
    interval_days: 30,
    starts_on: '2026-11-10',
    note: '独居，听力差',
  };
  for (const member of ['M1', 'M2']) t.equal((await post(app, 'care-subjects', { member, ...plan })).status, 201);
  await mergeByTwo(t, app, 'M1', 'M2');
  t.equal((await post(app, 'care-subjects/M2/text-erasure', { reason: 'person_asked' })).status < 300, true);
  t.same(await tablesHolding(app.owner, plan.note), []);
  await booksBalance(t, app.owner);
});

/** A person's teams, registries and qualifications that stand, under any of these ids. */
async function standing({ owner }: TestApp, ids: readonly string[]): Promise<string[]> {
  const found = await owner.unsafe(
    `with known as (select unnest(string_to_array($1, ' ')) as id)
     select concat('team ', m.team_id, case when t.leader_id = m.member_id then ' leads' end) as it
       from timebank.team_members m join timebank.teams t using (ledger_id, team_id)
       where m.member_id in (select id from known) and m.left_on is null and t.dissolved_on is null
     union all select concat('talent ', registry) from timebank.talents where member_id in (select id from known) and ended_on is null
     union all select concat('qualified ', registry, ' ', evidence) from timebank.talent_qualifications
       where member_id in (select id from known) and ended_on is null`,
    [ids.join(' ')],
  );
  return found.map((one) => one['it'] as string).sort();
}

test('whatever two members have, a merge neither loses nor doubles any of it, or changes nothing', async (t) => {
  const app = await county(t);
  /** Each bit says whether somebody has one of the four. */
  const give = async (id: string, shared: string, bits: number) => {
    for (const [n, registry] of (['silver', 'resident_expert'] as const).entries()) {
      if ((bits & (1 << n)) === 0) continue;
      await post(app, 'talents', talent(id, registry));
      const qualification = { kind: 'law', evidence: `证书${id}`, valid_until: null };
      await post(app, `talents/${id}/${registry}/qualifications`, qualification);
    }
    if (bits & 4) await post(app, 'teams', team(`T${id}`, id));
    if (bits & 8) await post(app, `teams/${shared}/members`, { member: id });
  };
  for (let loses = 0; loses < 16; loses++)
    for (const stays of [0, 5, 10, 15]) {
      const pair = [`A${loses}-${stays}`, `B${loses}-${stays}`] as const;
      const shared = `U${loses}-${stays}`;
      for (const id of pair) await app.post('/v1/members', { as: 'operator', body: person(id, 'XC-01') });
      await post(app, 'teams', team(shared, 'M3'));
      await give(pair[0], shared, loses);
      await give(pair[1], shared, stays);
      const before = await standing(app, pair);
      const proposed = await merge(app, wang, ...pair);
      if (loses & stays & 3) {
        t.match(proposed, blocked(/are both in the registry/), `${before}`);
        t.same(await standing(app, pair), before);
        continue;
      }
      t.match(await merge(app, li, ...pair), { status: 200, body: { status: 'merged' } });
      t.same(await standing(app, [pair[0]]), [], 'nothing is left with the one that ended');
      t.same(await standing(app, [pair[1]]), [...new Set(before)], `${before}`);
    }
  await booksBalance(t, app.owner);
});
