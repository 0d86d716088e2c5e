/** Guarantees of rounds of awards over HTTP: what was found stays as it was, whatever is corrected later, and notice of it takes its days. */
import { createHash } from 'node:crypto';
import { test } from 'tap';
import { booksBalance } from '../../support/books.js';
import { east, li, member, wang } from '../people/county.js';
import { at, october, open, owner, ranking, refused, serve, shown, stars, town } from './award-town.js';

test('what a round finds are bytes whose digest is kept, and the same when they are found again after corrections', async (t) => {
  const { app } = await town(t);
  t.match(await app.post('/v1/award-rounds?dry_run=true', { as: wang, body: { ...october, criteria: ranking } }), {
    status: 200,
    body: { state: 'frozen', found: 2 },
  });
  t.same((await app.get('/v1/award-rounds', { as: wang })).body.award_rounds, [], 'a preview is kept nowhere');
  const { status, body } = await open(app, { criteria: ranking });
  t.equal(status, 201);
  t.match(body, { state: 'frozen', found: 2 });
  const before = await shown(app, body.id);
  t.match(before, { ranked: 3, found: 2, award: 'good_neighbour', criteria: ranking });
  t.match(before.candidates, [
    {
      number: 1,
      member: 'M1',
      name: '何*仙',
      place: 1,
      level: null,
      value: '3.00',
      records: 2,
      reached_on: '2026-10-27',
    },
    { number: 2, member: 'M2', place: 2, value: '1.50', records: 1 },
  ]);
  for (const as of [wang, li])
    await app.post('/v1/service-records/V1/correction', { as, body: { annul: true, reason: '记错了' } });
  await serve(t, app, { id: 'V5', volunteer: 'M3', recipient: 'M1', on: '2026-10-30', minutes: 180 });
  const snapshot = (await app.get(`/v1/award-rounds/${body.id}/snapshot`, { as: 'auditor' })).body;
  t.match(snapshot, { same: true, sha256: body.sha256, recomputed_sha256: body.sha256 });
  t.equal(createHash('sha256').update(snapshot.text).digest('hex'), body.sha256);
  t.same(await shown(app, body.id), before);
  const again = await open(app, { criteria: ranking, at_entry: body.at_entry });
  t.match(again, { status: 201, body: { sha256: body.sha256 } }, 'the same question as of the same entry');
  const now = await open(app, { criteria: ranking });
  t.not(now.body.sha256, body.sha256);
  t.match(
    (await shown(app, now.body.id)).candidates,
    [{ member: 'M3', value: '4.00' }, {}, {}],
    'M1 and M2 share the second place',
  );
  await booksBalance(t, app.owner);
});

test('criteria are shipped and can be replaced; what cannot be asked is refused: 400, 404, 422', async (t) => {
  const { app } = await town(t);
  const { criteria } = (await app.get('/v1/award-criteria', { as: member('M1') })).body;
  t.same(
    criteria.map(({ award, name }: { award: string; name: string }) => `${award} ${name}`),
    ['most_beautiful_owner 最美业主', 'star_volunteer 星级志愿者'],
  );
  t.same(
    criteria[1].levels.map(({ hours }: { hours: string }) => hours),
    ['100.00', '300.00', '600.00', '1000.00', '1500.00'],
  );
  t.match(await open(app, { award: 'most_beautiful_owner' }), refused(422, 'award_round_empty'), 'nobody has 20 hours');
  const own = { minimum_hours: '1.50', minimum_records: 1 };
  t.match(
    await open(app, { criteria: { ...criteria[0], ...own } }),
    refused(422, 'award_criteria_invalid'),
    'the code of a shipped award says one thing',
  );
  const least = { ...criteria[0], ...own, award: 'good_neighbour', name: '好邻居' };
  const { body } = await open(app, { criteria: least });
  t.match(
    (await shown(app, body.id)).candidates,
    [{ member: 'M1' }, { member: 'M2' }],
    'M3 has not served long enough',
  );
  t.match(await open(app, {}), refused(400, 'request_invalid'));
  t.match(await open(app, { award: 'star_volunteer', criteria: ranking }), refused(400, 'request_invalid'));
  t.match(await open(app, { criteria: { ...ranking, notice_working_days: 4 } }), refused(400, 'request_invalid'));
  const [one, two] = stars.levels;
  t.match(await open(app, { criteria: { ...stars, levels: [two, one] } }), refused(422, 'award_criteria_invalid'));
  t.match(await open(app, { criteria: ranking, to: '2026-11-03' }), refused(422, 'date_in_future'));
  t.match(await open(app, { criteria: ranking, at_entry: '99999' }), refused(404, 'entry_not_found'));
  t.match(await open(app, { criteria: ranking, org_unit: 'XC-99' }), refused(404, 'org_unit_not_found'));
  t.match(
    await open(app, { criteria: ranking }, east),
    refused(404, 'org_unit_not_found'),
    'the county is out of reach',
  );
  const small = await open(app, { criteria: ranking, org_unit: 'XC-01' }, east);
  t.match(
    (await shown(app, small.body.id, east)).candidates,
    [{ member: 'M1' }, { member: 'M2' }],
    'and M3 is of the west',
  );
  t.match(await app.get(`/v1/award-rounds/${body.id}`, { as: east }), refused(404, 'award_round_not_found'));
  t.equal((await app.get('/v1/award-rounds', { as: east })).body.award_rounds.length, 1);
  await booksBalance(t, app.owner);
});

test('who does not take part any more, or was merged by then, is not a candidate of their own', async (t) => {
  const { app } = await town(t);
  await app.post('/v1/members/M2/state', { as: wang, body: { state: 'suspended', reason_code: 'under_review' } });
  const { body: before } = await open(app, { criteria: { ...ranking, places: 10 } });
  t.match((await shown(app, before.id)).candidates, [{ member: 'M1' }, { member: 'M3' }], 'M2 is suspended');
  const { status, body } = await open(app, { criteria: { ...ranking, places: 10 } });
  t.equal(status, 201);
  await app.post('/v1/members/M1/state', { as: wang, body: { state: 'suspended', reason_code: 'under_review' } });
  t.match(
    (await app.get(`/v1/award-rounds/${body.id}/snapshot`, { as: wang })).body,
    { same: true },
    'what comes later changes nothing',
  );
  await app.post('/v1/members/M2/state', { as: li, body: { state: 'active' } });
  t.match((await shown(app, (await open(app, { criteria: ranking })).body.id)).candidates, [
    { member: 'M2' },
    { member: 'M3' },
  ]);
  await booksBalance(t, app.owner);
});

test('notice takes five working days, and members see the round, masked, from then on: 200, 404, 422', async (t) => {
  const { app } = await town(t);
  const { body } = await open(app, { criteria: ranking });
  const say = (from: string, until: string) => at(app, body.id, 'notice', wang, { from, until });
  t.match(await app.get(`/v1/award-rounds/${body.id}`, { as: member('M3') }), refused(404, 'award_round_not_found'));
  t.match(
    await at(app, body.id, 'objections', member('M3'), { text: '不公' }),
    refused(409, 'award_round_state_invalid'),
  );
  t.match(await say('2026-11-01', '2026-11-30'), refused(422, 'award_notice_invalid'), 'in the past');
  t.match(await say('2026-11-03', '2026-11-08'), refused(422, 'award_notice_invalid'), 'four, and a weekend');
  t.match(await say('2026-11-09', '2026-11-02'), refused(422, 'award_notice_invalid'));
  t.match(await say('2026-11-03', '2026-11-09'), { status: 200, body: { state: 'noticed' } });
  t.match(await say('2026-11-03', '2026-11-09'), refused(409, 'award_round_state_invalid'));
  t.match(
    await at(app, body.id, 'objections', member('M3'), { text: '不公' }),
    refused(422, 'award_notice_invalid'),
    'it begins tomorrow',
  );
  const seen = await shown(app, body.id, member('M3'));
  t.match(seen.candidates, [{ member: 'M***', name: '何*仙' }, { member: 'M***' }]);
  t.match((await shown(app, body.id, { role: 'auditor', subject: 'sun' })).candidates, [
    { member: 'M1', name: null },
    {},
  ]);
  t.match(
    await at(app, body.id, 'votes', owner, { party: 'owner_representative', approve: true }),
    refused(409, 'award_notice_running'),
  );
  t.match(await at(app, body.id, 'withdraw', wang), { status: 200, body: { state: 'withdrawn' } });
  t.match(await at(app, body.id, 'withdraw', wang), refused(409, 'award_round_state_invalid'));
  await booksBalance(t, app.owner);
});
