/**
 * Guarantees of how awards are decided over HTTP: every objection is answered, three different people vote once the notice is over, and what was awarded
 * stays on record.
 */
import { test } from 'tap';
import { tablesHolding } from '../../support/all-text.js';
import type { Caller } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { told, verifyTampered } from '../../support/tampering.js';
import { east, li, member, mergeByTwo, wang } from '../people/county.js';
import {
  at,
  awarded,
  committee,
  coordinator,
  day,
  firm,
  noticed,
  open,
  owner,
  ranking,
  refused,
  shown,
  stars,
  town,
} from './award-town.js';

test('every objection is answered by somebody it does not concern, and one that is upheld removes the candidate', async (t) => {
  const one = await town(t);
  const { app, advance } = one;
  const id = await noticed(t, one);
  const object = (as: Caller, body: object) => at(app, id, 'objections', as, body);
  t.match(await object(member('M3'), { candidate: 9, text: '不实' }), refused(404, 'award_candidate_not_found'));
  t.match(await object(member('M3'), { candidate: 1, member: 'M2', text: '不实' }), refused(404, 'member_not_found'));
  t.match(await object(wang, { candidate: 1, text: '不实' }), refused(400, 'request_invalid'));
  t.match(await object(east, { candidate: 1, member: 'M3', text: '不实' }), refused(404, 'award_round_not_found'));
  const first = await object(member('M3'), { candidate: 1, text: '10月26日未到场' });
  t.match(first, { status: 201, body: { candidate: 1, state: 'open' } });
  t.notMatch(first.text, /未到场/, 'what is remembered has no word of it');
  t.match(await object(member('M3'), { candidate: 2, text: '不实' }), refused(409, 'award_objection_exists'));
  const second = await object(wang, { candidate: 2, member: 'M1', text: '时长有误' });
  t.equal(second.status, 201);
  t.match(
    (await shown(app, id, member('M3'))).objections,
    [{ member: 'M3', text: '10月26日未到场', answer: null }],
    'only their own',
  );
  t.match((await shown(app, id, { role: 'auditor', subject: 'sun' })).objections, [{ text: null }, { text: null }]);
  advance(7 * day);
  t.match(
    await at(app, id, 'votes', owner, { party: 'owner_representative', approve: true }),
    refused(409, 'award_objections_open'),
  );
  const answer = (as: Caller, objection: string, outcome: string) =>
    at(app, id, `objections/${objection}/answer`, as, { outcome, text: '经核对' });
  t.match(
    await answer(coordinator('M1'), first.body.id, 'dismissed'),
    refused(422, 'self_approval'),
    'against whom it is',
  );
  t.match(await answer(coordinator('M3'), first.body.id, 'upheld'), refused(422, 'self_approval'), 'who objects');
  t.match(await answer(wang, second.body.id, 'upheld'), refused(422, 'self_approval'), 'who wrote it down');
  t.match(await answer(li, first.body.id, 'upheld'), { status: 200, body: { state: 'upheld' } });
  t.match(await answer(li, first.body.id, 'dismissed'), refused(409, 'award_objection_answered'));
  t.match(await answer(li, second.body.id, 'dismissed'), { status: 200, body: { state: 'dismissed' } });
  await awarded(t, one, id);
  t.match(await shown(app, id), {
    state: 'awarded',
    awarded: 1,
    candidates: [
      { number: 1, removed: true, awarded: false },
      { number: 2, removed: false, awarded: true },
    ],
    objections: [{ answer: '经核对' }, { answer: '经核对' }],
  });
  t.same((await app.get('/v1/members/M1/awards', { as: wang })).body.awards, []);
  await booksBalance(t, app.owner);
});

test('an objection against the list that is upheld withdraws the round, and so does one that leaves nobody', async (t) => {
  const one = await town(t);
  const { app } = one;
  for (const candidate of [undefined, 1]) {
    const id = await noticed(t, one, { ...ranking, places: 1 });
    const { body } = await at(app, id, 'objections', member('M3'), { ...(candidate && { candidate }), text: '有遗漏' });
    t.match(await at(app, id, `objections/${body.id}/answer`, li, { outcome: 'upheld', text: '属实' }), {
      status: 200,
    });
    t.match(await shown(app, id), {
      state: 'withdrawn',
      ended_by: 'coordinator:li',
      objections: [{ state: 'upheld' }],
    });
  }
  await booksBalance(t, app.owner);
});

test('three different people vote, no candidate among them, and the third vote decides', async (t) => {
  const one = await town(t);
  const { app, advance } = one;
  const id = await noticed(t, one);
  const other = await noticed(t, one, { ...ranking, decision: 'majority' });
  advance(7 * day);
  const vote = (round: string, as: Caller, party: string, approve = true) =>
    at(app, round, 'votes', as, { party, approve });
  t.match(await vote(id, east, 'property_firm'), refused(404, 'award_round_not_found'));
  t.match(await vote(id, coordinator('M1'), 'property_firm'), refused(422, 'self_approval'), 'a candidate');
  t.match(await vote(id, owner, 'owner_representative'), { status: 201, body: { state: 'noticed' } });
  t.match(await vote(id, committee, 'owner_representative'), refused(409, 'award_party_voted'));
  t.match(
    await vote(id, { role: 'operator', subject: 'yezhu' }, 'property_firm'),
    refused(422, 'self_approval'),
    'under another role',
  );
  t.match(await vote(id, committee, 'owners_committee', false), { status: 201, body: { state: 'noticed' } });
  t.match(
    await vote(id, firm, 'property_firm'),
    { status: 201, body: { state: 'refused' } },
    'all three have to approve',
  );
  t.match(await vote(id, firm, 'property_firm'), refused(409, 'award_round_state_invalid'));
  t.match((await shown(app, id)).votes, [
    { approve: true },
    { approve: false },
    { approve: true, voted_by: 'coordinator:wuye' },
  ]);
  for (const [as, party, approve] of [
    [owner, 'owner_representative', true],
    [committee, 'owners_committee', false],
    [firm, 'property_firm', true],
  ] as const)
    t.equal((await vote(other, as, party, approve)).status, 201);
  t.match(await shown(app, other), { state: 'awarded', awarded: 2 }, 'two are enough where the criteria say so');
  t.match((await app.get('/v1/members/M1/awards', { as: member('M1') })).body.awards, [
    {
      round: other,
      award: 'good_neighbour',
      name: '好邻居',
      place: 1,
      level: null,
      awarded_on: '2026-11-09',
      revocation: null,
    },
  ]);
  t.match(await app.get('/v1/members/M1/awards', { as: member('M2') }), refused(404, 'member_not_found'));
  await booksBalance(t, app.owner);
});

test('a level is awarded once, to one person under whatever ids, and again only once it is revoked by two', async (t) => {
  const one = await town(t);
  const { app } = one;
  const id = await noticed(t, one, stars);
  const twin = (await open(app, { criteria: stars })).body.id;
  t.match((await shown(app, id)).candidates, [
    { member: 'M1', level: 2, place: null, value: '3.00' },
    { member: 'M2', level: 1 },
    { member: 'M3', level: 1 },
  ]);
  await awarded(t, one, id);
  t.match((await app.get('/v1/members/M1/awards', { as: wang })).body.awards, [{ level: 2, level_name: '二星' }]);
  t.match(await open(app, { criteria: stars }), refused(422, 'award_round_empty'), 'nobody has reached a level since');
  await at(app, twin, 'notice', wang, { from: '2026-11-09', until: '2026-11-13' });
  await awarded(t, one, twin);
  t.match(await shown(app, twin), { state: 'awarded', awarded: 0 }, 'they were candidates, and have it meanwhile');
  const revoke = (as: Caller, verb: string, body: object = {}) => at(app, id, `awards/1/revocation${verb}`, as, body);
  const document = '2026-评-17号';
  t.match(await revoke(wang, '/approve'), refused(404, 'award_revocation_not_found'));
  t.match(await revoke(coordinator('M1'), '', { document }), refused(422, 'self_approval'));
  t.match(await revoke(wang, '', { document }), { status: 201, body: { number: 1, member: 'M1', state: 'proposed' } });
  t.match(await revoke(li, '', { document }), refused(409, 'award_revocation_open'));
  t.match(await revoke(wang, '/approve'), refused(422, 'self_approval'));
  t.match(await revoke(wang, '/withdraw'), { status: 200, body: { state: 'withdrawn' } });
  t.match(await open(app, { criteria: stars }), refused(422, 'award_round_empty'), 'it stands');
  t.match(await revoke(wang, '', { document }), { status: 201 });
  t.match(await revoke(li, '/approve'), { status: 200, body: { state: 'revoked' } });
  t.match(await revoke(li, '', { document }), refused(409, 'award_revoked'));
  t.match(await at(app, id, 'awards/9/revocation', wang, { document }), refused(404, 'award_not_found'));
  t.match((await app.get('/v1/members/M1/awards', { as: wang })).body.awards, [
    { level: 2, revocation: { state: 'revoked', document } },
  ]);
  t.match((await app.get('/v1/members/M1/awards', { as: 'auditor' })).body.awards, [
    { revocation: { document: null } },
  ]);
  const anew = await open(app, { criteria: stars });
  t.match((await shown(app, anew.body.id)).candidates, [{ member: 'M1', level: 2 }]);
  await app.post('/v1/members', {
    as: wang,
    body: {
      external_id: 'M4',
      name: '俞水英',
      gender: 'female',
      birth_date: '1950-02-03',
      phone: null,
      org_unit: 'XC',
      talent_category: null,
    },
  });
  await mergeByTwo(t, app, 'M2', 'M4');
  const merged = await open(app, { criteria: stars });
  t.match((await shown(app, merged.body.id)).candidates, [{ member: 'M1' }], 'M4 is M2, who has it');
  t.match((await app.get('/v1/members/M4/awards', { as: wang })).body.awards, [{ member: 'M2', level: 1 }]);
  await booksBalance(t, app.owner);
});

test('no candidate conducts the round, no holder keeps their own award, and no objection comes when the notice is over: 422', async (t) => {
  const one = await town(t);
  const { app } = one;
  const { body } = await open(app, { criteria: ranking });
  const self = coordinator('M1');
  const days = { from: '2026-11-02', until: '2026-11-06' };
  t.match(await at(app, body.id, 'notice', self, days), refused(422, 'self_approval'));
  t.match(await at(app, body.id, 'withdraw', self), refused(422, 'self_approval'));
  const id = await noticed(t, one);
  const listed = await at(app, id, 'objections', member('M3'), { text: '名单有误' });
  t.equal(listed.status, 201);
  const answer = (as: Caller) =>
    at(app, id, `objections/${listed.body.id}/answer`, as, { outcome: 'dismissed', text: '经核对' });
  t.match(await answer(self), refused(422, 'self_approval'), 'against the list that they stand on');
  t.equal((await answer(li)).status, 200);
  one.advance(7 * day);
  t.match(
    await at(app, id, 'objections', member('M3'), { candidate: 1, text: '不实' }),
    refused(422, 'award_notice_invalid'),
  );
  await awarded(t, one, id);
  await at(app, id, 'awards/1/revocation', wang, { document: '2026-评-19号' });
  t.match(await at(app, id, 'awards/1/revocation/withdraw', self), refused(422, 'self_approval'));
  await booksBalance(t, app.owner);
});

test('who was removed under one id is not awarded under another that they turn out to have had', async (t) => {
  const one = await town(t);
  const { app } = one;
  const id = await noticed(t, one, { ...ranking, places: 10 });
  const objection = await at(app, id, 'objections', member('M1'), { candidate: 2, text: '不实' });
  await at(app, id, `objections/${objection.body.id}/answer`, li, { outcome: 'upheld', text: '属实' });
  await mergeByTwo(t, app, 'M2', 'M3');
  await awarded(t, one, id);
  t.match(await shown(app, id), {
    awarded: 1,
    candidates: [{ awarded: true }, { awarded: false }, { awarded: false }],
  });
  await booksBalance(t, app.owner);
});

test('a notice that reaches into a year whose holidays are not known is longer by as many weekdays as a holiday may take: 422', async (t) => {
  const one = await town(t);
  const { app } = one;
  const { body } = await open(app, { criteria: ranking });
  const give = (from: string, until: string) => at(app, body.id, 'notice', wang, { from, until });
  t.match(await give('2026-12-28', '2027-01-01'), refused(422, 'award_notice_invalid'));
  t.match(await give('2027-02-08', '2027-02-22'), refused(422, 'award_notice_invalid'), 'eleven weekdays');
  t.equal((await give('2027-02-08', '2027-02-23')).status, 200);
  await booksBalance(t, app.owner);
});

test('candidates who turn out to be one person are awarded once', async (t) => {
  const one = await town(t);
  const { app } = one;
  const id = await noticed(t, one, { ...ranking, places: 10 });
  await mergeByTwo(t, app, 'M2', 'M3');
  await awarded(t, one, id);
  t.match(await shown(app, id), {
    awarded: 2,
    candidates: [{ awarded: true }, { member: 'M2', awarded: true }, { member: 'M3', awarded: false }],
  });
  t.match((await app.get('/v1/members/M3/awards', { as: wang })).body.awards, [{ member: 'M2', place: 2 }]);
  await booksBalance(t, app.owner);
});

test('who is erased leaves no word in rounds, is awarded nothing any more, and keeps what was awarded before', async (t) => {
  const one = await town(t);
  const { app } = one;
  const first = await noticed(t, one, { ...ranking, places: 10 });
  await awarded(t, one, first);
  await at(app, first, 'awards/1/revocation', wang, { document: '2026-评-18号' });
  const { body } = await open(app, { criteria: { ...ranking, places: 10 } });
  await at(app, body.id, 'notice', wang, { from: '2026-11-09', until: '2026-11-13' });
  const objection = await at(app, body.id, 'objections', member('M3'), { candidate: 1, text: '杜撰的理由' });
  await at(app, body.id, `objections/${objection.body.id}/answer`, li, { outcome: 'dismissed', text: '杜撰的答复' });
  for (const as of [wang, li]) await app.post('/v1/members/M1/erasure', { as, body: { reason_code: 'person_asked' } });
  for (const word of ['杜撰的理由', '杜撰的答复', '评-18号']) t.same(await tablesHolding(app.owner, word), [], word);
  const later = await at(app, body.id, 'objections', member('M3'), { candidate: 1, text: '又一个理由' });
  t.equal(later.status, 201);
  t.same(await tablesHolding(app.owner, '又一个理由'), [], 'nothing is written any more');
  await at(app, body.id, `objections/${later.body.id}/answer`, li, { outcome: 'dismissed', text: '核对' });
  await awarded(t, one, body.id);
  t.match(await shown(app, body.id), {
    awarded: 2,
    candidates: [{ member: 'M1', name: null, awarded: false }, {}, {}],
  });
  t.match((await app.get('/v1/members/M1/awards', { as: wang })).body.awards, [{ round: first, place: 1 }]);
  await booksBalance(t, app.owner);
});

test('verification finds a snapshot, a candidate, a vote and an award that are not what they were', async (t) => {
  const one = await town(t);
  const { app } = one;
  const id = await noticed(t, one);
  await awarded(t, one, id);
  for (const [what, deed] of [
    ['snapshot_sha256', `update timebank.award_rounds set criteria = replace(criteria, '"places":2', '"places":1')`],
    ['award_rounds', `update timebank.award_rounds set criteria = 'x'`],
    ['candidates of an award round = those it found', 'delete from timebank.award_candidates where number = 2'],
    ['an award goes to a candidate who stands', `update timebank.awards set member_id = 'M3' where number = 1`],
    [
      'a round is decided by three parties after its notice',
      `update timebank.award_votes set voted_by = 'operator:yezhu'`,
    ],
    ['awards = awards that rounds have decided', 'delete from timebank.awards where number = 2'],
  ] as const) {
    const verification = await verifyTampered(app.owner, (sql) => sql.unsafe(deed));
    t.match(JSON.stringify(told(verification)), new RegExp(what), deed);
  }
  await booksBalance(t, app.owner);
});

test('what an objection says can be erased once it is answered: 200, 409', async (t) => {
  const one = await town(t);
  const { app } = one;
  const id = await noticed(t, one);
  const { body } = await at(app, id, 'objections', member('M3'), { text: '提到了别人' });
  const gone = (as: Caller = wang) => at(app, id, `objections/${body.id}/text-erasure`, as, { reason: 'person_asked' });
  t.match(await gone(), refused(409, 'award_objections_open'));
  await at(app, id, `objections/${body.id}/answer`, li, { outcome: 'dismissed', text: '与评选无关' });
  t.match(await gone(), { status: 200, body: { state: 'dismissed' } });
  t.match(await gone(), refused(409, 'text_absent'));
  t.match((await shown(app, id)).objections, [{ text: null, answer: null }]);
  t.same(await tablesHolding(app.owner, '提到了别人'), []);
  await booksBalance(t, app.owner);
});
