/** Guarantees of reconciliations as work that goes on without the request: waited for, taken up again, given up in the end. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { completeLeft } from '../../../src/timebank/audit/reconciliations/complete.js';
import { startReconciliation } from '../../../src/timebank/audit/reconciliations/run.js';
import { xinchangPilot1 } from '../../../src/timebank/credit/xinchang-pilot.js';
import { type Answered, type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { must, redeem, settle } from '../../support/story.js';

const bank: Caller = { role: 'partner', subject: 'xc-bank' };
const told = ({ status, body }: Answered) => `${status} ${body.code ?? 'ok'}`;

/** R1 and R2 are in the books; the bank knows R1 for less, and R9, which the books do not know. */
async function small(t: Test): Promise<TestApp & { statement: string }> {
  const app = await testApp(t);
  await settle(app.lane);
  await redeem(app.lane, 'R1', true);
  await redeem(app.lane, 'R2', true);
  const lines = 'R1,2026-10-05,40,4.00,redeem\nR9,2026-10-08,10,1.00,redeem\n';
  const { body } = await app.post('/v1/partner-statements?partner=xc-bank&period=2026-10', {
    as: 'operator',
    body: Buffer.from(`partner_reference,booked_on,points,amount_cny,type\n${lines}`),
  });
  return { ...app, statement: body.id };
}

test('a run that takes longer than a request waits is answered 202, goes on, and the same key is told its outcome', async (t) => {
  const app = await small(t);
  const { service } = app.built;
  const { patienceMilliseconds } = service;
  Object.assign(service, { patienceMilliseconds: 50 });
  const go = await holdResults(app);
  const request = { as: 'operator', body: { partner_statement: app.statement }, key: 'a-key-of-this-test' } as const;
  const first = await app.post('/v1/reconciliations', request);
  t.match(first, { status: 202, body: { status: 'running', counts: null, report_sha256: null } });
  const path = String(first.headers['location']);
  t.match(await app.get(path, { as: 'auditor' }), { status: 200, body: { status: 'running', control: null } });
  for (const end of ['lines', 'breaks', 'report']) {
    const early = await app.get(`${path}/${end}`, { as: 'auditor' });
    t.equal(told(early), '409 reconciliation_running');
    t.ok(Number(early.headers['retry-after']) > 0);
  }
  Object.assign(service, { patienceMilliseconds });
  const again = app.post('/v1/reconciliations', request);
  await go();
  const done = await again;
  t.match(done, { status: 201, body: { id: first.body.id, status: 'done', counts: { amount_mismatch: 1 } } });
  t.equal(done.headers['idempotent-replayed'], 'true');
  t.equal((await app.post('/v1/reconciliations', request)).text, done.text, 'the same bytes from then on');
  t.match(await app.get(`${path}/lines`, { as: 'auditor' }), { status: 200, body: { lines: { length: 3 } } });
  const { body: list } = await app.get('/v1/reconciliations', { as: 'auditor' });
  t.equal(list.reconciliations.length, 1, 'one run for one key');
  await booksBalance(t, app.owner);
});

/** Lets nobody write results down until what is returned is called. */
async function holdResults({ owner }: TestApp): Promise<() => Promise<void>> {
  const [locked, released] = [new AbortController(), new AbortController()];
  const holding = owner.begin(async (sql) => {
    await sql.unsafe('lock table timebank.reconciliation_results in exclusive mode');
    locked.abort();
    await once(released.signal, 'abort');
  });
  await once(locked.signal, 'abort');
  return async () => {
    released.abort();
    await holding;
  };
}

test('a run that was started and has no job gets one from the next who look after it', async (t) => {
  const app = await small(t);
  const id = '0199a2b4-7c3e-7d10-8f5a-2b6c9d0e1f23';
  const terms = { id, statement: { id: app.statement }, cutoffDays: 0 };
  await must(app.lane, (stage) => startReconciliation(stage, xinchangPilot1, terms));
  const path = `/v1/reconciliations/${id}`;
  t.match(await app.get(path, { as: 'auditor' }), { body: { status: 'running', problem: null } });
  const look = () => completeLeft(app.owner, app.lane.facts.id, app.built.service.clock());
  await look();
  await look();
  app.built.service.work.bell.ring();
  await until(t, async () => (await app.get(path, { as: 'auditor' })).body.status === 'done');
  const [{ count } = {}] = await app.owner`select count(*)::int from work.jobs where subject = ${id}`;
  t.equal(count, 1, 'looking twice makes no second job');
  await booksBalance(t, app.owner);
});

test('a run that cannot be computed is tried five times, then failed with a problem, and the same key has it tried anew', async (t) => {
  const app = await small(t);
  const { owner } = app;
  await owner.unsafe(`create function timebank.no_room() returns trigger language plpgsql as
    $$ begin raise exception 'no results today'; end $$`);
  await owner.unsafe(`create trigger no_room before insert on timebank.reconciliation_results
    for each row execute function timebank.no_room()`);
  const { service } = app.built;
  const { patienceMilliseconds } = service;
  Object.assign(service, { patienceMilliseconds: 50 });
  const request = { as: 'operator', body: { partner_statement: app.statement }, key: 'a-key-of-this-test' } as const;
  const { body } = await app.post('/v1/reconciliations', request);
  const path = `/v1/reconciliations/${body.id}`;
  // The pauses between its runs are for databases that come back: here nobody needs to wait.
  const hurry = async () => {
    await owner`update work.jobs set due_at = clock_timestamp() where kind = 'reconciliation' and state = 'queued'`;
    service.work.bell.ring();
    return (await app.get(path, { as: 'auditor' })).body.status === 'failed';
  };
  await until(t, hurry);
  t.match(await app.get(path, { as: 'auditor' }), { body: { problem: { code: 'job_failed' }, control: null } });
  t.match(await app.get('/v1/reconciliations', { as: bank }), {
    body: {
      reconciliations: [{ status: 'failed', problem: { code: 'job_failed' } }],
    },
  });
  t.equal(told(await app.get(`${path}/lines`, { as: 'auditor' })), '409 reconciliation_failed');
  await completeLeft(owner, app.lane.facts.id, service.clock());
  const jobs = await owner`select state, attempts from work.jobs where subject = ${body.id}`;
  t.same([...jobs], [{ state: 'failed', attempts: 5 }], 'nobody tries it again unasked');
  await owner.unsafe('drop trigger no_room on timebank.reconciliation_results');
  Object.assign(service, { patienceMilliseconds });
  t.match(await app.post('/v1/reconciliations', request), {
    status: 201,
    body: { id: body.id, status: 'done', problem: null },
  });
  await booksBalance(t, owner);
});

/** Asks until the answer is yes. */
async function until(t: Test, ask: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await ask())) {
    if (Date.now() > end) return void t.fail('it did not come to that within a minute');
    await sleep(20);
  }
}
