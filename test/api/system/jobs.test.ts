/** Guarantees of jobs over HTTP: whoever asked sees how far one is and may call it off; others are told that there is none. */
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { addJob, type NewJob } from '../../../src/work/jobs.js';
import { type TestApp, testApp } from '../../support/app.js';

const owner = { role: 'partner', subject: 'xc-bank' } as const;

function add({ built, lane }: TestApp, more: Partial<NewJob> = {}) {
  const job = {
    id: randomUUID(),
    kind: 'a_test',
    runsOn: 'lane',
    owner: 'partner:xc-bank',
    input: {},
    ...more,
  } as const;
  return addJob(built.service.work.sql, lane.facts.id, job);
}

test('a job is shown to whoever asked for it, to operators and auditors (200), and is not there for others (404)', async (t) => {
  const app = await testApp(t, { idle: true });
  const { id } = await add(app);
  for (const as of [owner, 'operator', 'auditor'] as const) {
    const { status, body } = await app.get(`/v1/jobs/${id}`, { as });
    t.equal(status, 200);
    t.match(body, {
      id,
      kind: 'a_test',
      state: 'queued',
      progress: { done: 0, total: null },
      result: null,
      problem: null,
    });
  }
  for (const as of [
    { role: 'partner', subject: 'shop' },
    { role: 'platform', subject: 'xc-bank' },
  ] as const) {
    t.match(await app.get(`/v1/jobs/${id}`, { as }), { status: 404, body: { code: 'job_not_found' } });
    t.match(await app.post(`/v1/jobs/${id}/cancel`, { as }), { status: 404, body: { code: 'job_not_found' } });
  }
  t.equal((await app.get(`/v1/jobs/${randomUUID()}`, { as: owner })).status, 404);
});

test('a job that waits is called off (200), once: the same key is told the same, another that it has ended (409)', async (t) => {
  const app = await testApp(t, { idle: true });
  const { id } = await add(app);
  const cancel = (key: string) => app.post(`/v1/jobs/${id}/cancel`, { as: owner, key });
  const first = await cancel('cancel-key-000001');
  t.match(first, { status: 200, body: { state: 'cancelled' } });
  const again = await cancel('cancel-key-000001');
  t.equal(again.text, first.text);
  t.match(await cancel('cancel-key-000002'), { status: 409, body: { code: 'job_ended' } });
  t.match((await app.get(`/v1/jobs/${id}`, { as: owner })).body, { state: 'cancelled' });
});
