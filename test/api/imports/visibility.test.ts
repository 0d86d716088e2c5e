/** Who sees an import: whoever brought it, operators and auditors. */
import { test } from 'tap';
import { type Caller, testApp } from '../../support/app.js';
import { settle } from '../../support/story.js';

test('a platform sees the imports that it brought and no others (404); an auditor sees all and commits none (403)', async (t) => {
  const app = await testApp(t);
  await settle(app.lane);
  const own: Caller = { role: 'platform', subject: 'gold-steward' };
  const other: Caller = { role: 'platform', subject: 'other-platform' };
  const stage = (as: Caller, line: string) =>
    app.post('/v1/imports?kind=opening_points&effective_on=2026-09-30', {
      as,
      body: Buffer.from(`member,occurrences,points\n${line}\n`),
    });
  const { body: points } = await stage(own, 'M1,1,10');
  const { body: byOperator } = await stage({ role: 'operator' }, 'M2,1,10');
  const seenBy = async (as: Caller) =>
    (await app.get('/v1/imports', { as })).body.imports.map(({ id }: { id: string }) => id);
  t.same(await seenBy(own), [points.id]);
  t.same(await seenBy(other), []);
  for (const path of [`/v1/imports/${points.id}`, `/v1/imports/${points.id}/lines`]) {
    t.equal((await app.get(path, { as: own })).status, 200);
    t.match(await app.get(path, { as: other }), { status: 404, body: { code: 'import_not_found' } });
    t.equal((await app.get(path, { as: { role: 'auditor' } })).status, 200);
  }
  t.equal((await app.post(`/v1/imports/${points.id}/commit`, { as: other })).status, 404);
  t.same(await seenBy({ role: 'auditor' }), [points.id, byOperator.id]);
  t.equal((await app.post(`/v1/imports/${points.id}/commit`, { as: 'auditor' })).status, 403);
});
