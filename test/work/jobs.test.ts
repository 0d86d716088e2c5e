/** Guarantees of jobs: each is carried out, by one run at a time, to one end, whoever dies on the way. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { openPool, type Pool, sqlState } from '../../src/db/connect.js';
import { Refusal } from '../../src/lib/refusal.js';
import { beatJob, claimJob, finishJob, isClaimLost, releaseAll, releaseClaimant } from '../../src/work/claims.js';
import { addJob, cancelJob, hasEnded, type Job, type NewJob, readJob, repeatJob } from '../../src/work/jobs.js';
import { Runner, type RunnerOptions, type Work } from '../../src/work/runner.js';
import { database } from '../support/database.js';

const ledgerId = 1;
const newJob = (more: Partial<NewJob> = {}): NewJob => ({
  id: randomUUID(),
  kind: 'count',
  runsOn: 'worker',
  owner: 'operator:test',
  input: { to: 3 },
  ...more,
});

/** Connections as the service has them, and as the owner. */
async function pools(t: Test): Promise<{ sql: Pool; owner: Pool }> {
  const { target } = await database(t);
  const sql = openPool(target, { max: 6, applicationName: 'test work', role: 'timeledger_service' });
  const owner = openPool(target, { max: 1, applicationName: 'test owner' });
  t.teardown(() => Promise.all([sql.end({ timeout: 1 }), owner.end({ timeout: 1 })]));
  return { sql, owner };
}

function startRunner(t: Test, sql: Pool, works: Record<string, Work>, more: Partial<RunnerOptions> = {}): Runner {
  const log = (message: string, error?: unknown) => t.comment(message, String(error ?? ''));
  const options = { sql, works, log, runsOn: 'worker', claimant: randomUUID(), idleMilliseconds: 10 } as const;
  const runner = new Runner({ ...options, ...more });
  runner.start();
  t.teardown(() => runner.stop());
  return runner;
}

async function until<Value>(look: () => Promise<Value | null | false>): Promise<Value> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(10)) {
    const found = await look();
    if (found !== null && found !== false) return found;
  }
  throw new Error('it did not come to pass');
}

const ended = (sql: Pool, { id }: { id: string }) =>
  until(async () => {
    const job = await readJob(sql, ledgerId, id);
    return job && hasEnded(job) && job;
  });

const lease = { runsOn: 'worker', leaseSeconds: 30, patienceSeconds: 0, only: null } as const;

test('a job is carried out, part after part wherever each belongs, and says how far it is and what came of it', async (t) => {
  const { sql } = await pools(t);
  const seen: Job[] = [];
  const counting: Work = async ({ job, progress }) => {
    const { to } = job.input as { to: number };
    await progress(1, to);
    seen.push((await readJob(sql, ledgerId, job.id)) as Job);
    for (let i = 2; i <= to; i++) await progress(i, to);
    return { next: 'lane', input: { counted: to } };
  };
  startRunner(t, sql, { count: counting });
  startRunner(t, sql, { count: async ({ job }) => ({ result: job.input as object }) }, { runsOn: 'lane' });
  const job = await addJob(sql, ledgerId, newJob());
  t.match(job, { state: 'queued', done: 0, total: null, result: null });
  t.match(await ended(sql, job), { state: 'done', done: 3, total: 3, result: { counted: 3 }, problem: null });
  t.match(seen, [{ state: 'running', done: 1, total: 3, finishedAt: null }]);
});

test('a job added again under its key is the same job, whatever else is said; without a key each is its own', async (t) => {
  const { sql } = await pools(t);
  const key = { key: randomUUID(), fingerprint: '-5' };
  const [first, again] = await Promise.all([
    addJob(sql, ledgerId, newJob({ key })),
    addJob(sql, ledgerId, newJob({ key: { ...key, fingerprint: '7' } })),
  ]);
  t.equal(first.id, again.id);
  t.ok(['-5', '7'].includes(first.fingerprint ?? ''), 'whose fingerprint shows which request it was');
  t.not((await addJob(sql, ledgerId, newJob())).id, (await addJob(sql, ledgerId, newJob())).id);
});

test('only one job of a kind is at work on a subject; when it has ended, the next may be', async (t) => {
  const { sql } = await pools(t);
  const first = await addJob(sql, ledgerId, newJob({ subject: 'x' }));
  t.equal((await addJob(sql, ledgerId, newJob({ subject: 'x' }))).id, first.id);
  t.not((await addJob(sql, ledgerId, newJob({ subject: 'y' }))).id, first.id);
  await cancelJob(sql, ledgerId, first.id);
  t.not((await addJob(sql, ledgerId, newJob({ subject: 'x' }))).id, first.id);
});

test('of many runners each job has one', async (t) => {
  const { sql } = await pools(t);
  const runs = new Map<string, number>();
  const noting: Work = async ({ job }) => {
    runs.set(job.id, (runs.get(job.id) ?? 0) + 1);
    await sleep(5);
    return { result: {} };
  };
  const jobs = await Promise.all(Array.from({ length: 40 }, () => addJob(sql, ledgerId, newJob())));
  for (let i = 0; i < 4; i++) startRunner(t, sql, { count: noting }, { slots: 2 });
  for (const job of jobs) await ended(sql, job);
  t.equal(runs.size, 40);
  t.same([...runs.values()], Array(40).fill(1));
});

test('the job of a worker that died is taken again when its lease has lapsed, and the dead one can write nothing more', async (t) => {
  const { sql } = await pools(t);
  const { id } = await addJob(sql, ledgerId, newJob());
  const dead = { ledgerId, jobId: id, claimant: randomUUID() };
  t.equal((await claimJob(sql, { ...lease, claimant: dead.claimant, leaseSeconds: 0.3 }))?.id, id);
  t.equal(await claimJob(sql, { ...lease, claimant: randomUUID() }), null, 'not while the lease runs');
  await beatJob(sql, dead, 0.3, { done: 1, total: 3 });
  const heir = randomUUID();
  await until(() => claimJob(sql, { ...lease, claimant: heir }));
  await t.rejects(beatJob(sql, dead, 30, { done: 2, total: 3 }), 'a sign of life comes too late');
  const late = await finishJob(sql, dead, { state: 'done', result: { of: 'the dead' } }).catch(
    (error: unknown) => error,
  );
  t.ok(isClaimLost(late));
  await finishJob(sql, { ...dead, claimant: heir }, { state: 'done', result: { of: 'the heir' } });
  t.match(await readJob(sql, ledgerId, id), { state: 'done', result: { of: 'the heir' } });
});

test('what a process held that is known to be dead is taken at once', async (t) => {
  const { sql } = await pools(t);
  const { id } = await addJob(sql, ledgerId, newJob());
  const claimant = randomUUID();
  await claimJob(sql, { ...lease, claimant });
  await releaseClaimant(sql, claimant);
  t.equal((await claimJob(sql, { ...lease, claimant: randomUUID() }))?.id, id);
});

test('what anybody held is taken at once by whoever knows that all of them are dead', async (t) => {
  const { sql } = await pools(t);
  const jobs = await Promise.all([1, 2, 3].map(() => addJob(sql, ledgerId, newJob())));
  for (const claimant of [randomUUID(), randomUUID()]) await claimJob(sql, { ...lease, claimant });
  await releaseAll(sql);
  const claimant = randomUUID();
  const taken = [1, 2, 3, 4].map(() => claimJob(sql, { ...lease, claimant }));
  const ids = (await Promise.all(taken)).map((job) => job?.id);
  t.same(new Set(ids), new Set([...jobs.map(({ id }) => id), undefined]), 'each once');
});

test('a refusal fails the job with its words in both languages; any other error has it tried again, later and five times in all', async (t) => {
  const { sql, owner } = await pools(t);
  let tries = 0;
  const said = { en: 'line 2', zh: '第 2 行' };
  const wrong = { en: 'is wrong', zh: '有误' };
  const refusing: Work = async () => {
    throw new Refusal('file_invalid', said, { errors: [{ pointer: '/lines/2', detail: wrong }] });
  };
  const failing: Work = async () => {
    tries += 1;
    throw new Error('a bug');
  };
  startRunner(t, sql, { count: refusing, fail: failing });
  const refused = await addJob(sql, ledgerId, newJob());
  t.match(await ended(sql, refused), {
    state: 'failed',
    problem: { code: 'file_invalid', detail: said, errors: [{ pointer: '/lines/2', detail: wrong }] },
  });
  const job = await addJob(sql, ledgerId, newJob({ kind: 'fail' }));
  for (let i = 1; i < 5; i++) {
    const [row] = await until(async () => {
      const rows = await owner`select extract(epoch from due_at - clock_timestamp())::float8 as wait from work.jobs
        where job_id = ${job.id} and state = 'queued' and attempts = ${i}`;
      return rows.length > 0 && rows;
    });
    t.ok(Number(row?.['wait']) > 2 ** (i - 1) - 1, `after failure ${i} it waits`);
    await owner`update work.jobs set due_at = clock_timestamp() where job_id = ${job.id}`;
  }
  t.match(await ended(sql, job), { state: 'failed', problem: { code: 'job_failed' } });
  t.equal(tries, 5);
});

test('a job that kills whoever runs it is given up after five runs', async (t) => {
  const { sql } = await pools(t);
  const { id } = await addJob(sql, ledgerId, newJob());
  for (let i = 0; i < 5; i++) {
    t.equal((await claimJob(sql, { ...lease, leaseSeconds: 0, claimant: randomUUID() }))?.id, id);
  }
  t.equal(await claimJob(sql, { ...lease, claimant: randomUUID() }), null);
  t.match(await readJob(sql, ledgerId, id), { state: 'failed', problem: { code: 'job_failed' } });
});

test('a job that waits is cancelled at once, one that runs at its next step, one that has ended not at all', async (t) => {
  const { sql } = await pools(t);
  const waiting = await addJob(sql, ledgerId, newJob());
  t.equal((await cancelJob(sql, ledgerId, waiting.id))?.state, 'cancelled');
  const endless: Work = async ({ progress }) => {
    for (let i = 0; ; i++) {
      await progress(i, null);
      await sleep(5);
    }
  };
  startRunner(t, sql, { count: endless });
  const running = await addJob(sql, ledgerId, newJob());
  await until(async () => (await readJob(sql, ledgerId, running.id))?.state === 'running');
  t.match(await cancelJob(sql, ledgerId, running.id), { state: 'running', cancelling: true });
  t.equal((await ended(sql, running)).state, 'cancelled');
  t.equal((await cancelJob(sql, ledgerId, running.id))?.state, 'cancelled');
  t.equal(await cancelJob(sql, ledgerId, randomUUID()), null);
});

test('a runner that stops gives back what it is at, and the next goes on with it at once', async (t) => {
  const { sql } = await pools(t);
  let stopNow = false;
  const patient: Work = async ({ progress }) => {
    for (let i = 0; !stopNow; i++) {
      await progress(i, null);
      await sleep(5);
    }
    return { result: {} };
  };
  const first = startRunner(t, sql, { count: patient });
  const job = await addJob(sql, ledgerId, newJob());
  await until(async () => (await readJob(sql, ledgerId, job.id))?.state === 'running');
  await first.stop();
  t.match(await readJob(sql, ledgerId, job.id), { state: 'queued' });
  stopNow = true;
  startRunner(t, sql, { count: patient });
  t.equal((await ended(sql, job)).state, 'done');
});

test('a chore is there once, begins anew when it has ended, and is nobody’s to read or to cancel', async (t) => {
  const { sql, owner } = await pools(t);
  let runs = 0;
  const chore = { kind: 'tidy', runsOn: 'worker', seconds: 1 } as const;
  for (const id of [randomUUID(), randomUUID()]) await repeatJob(sql, ledgerId, { ...chore, id });
  const counting: Work = async () => {
    runs += 1;
    return { result: {} };
  };
  startRunner(t, sql, { tidy: counting });
  await until(async () => runs >= 2);
  const rows = await owner`select job_id::text as id, state from work.jobs where kind = 'tidy'`;
  t.equal(rows.length, 1);
  t.equal(await readJob(sql, ledgerId, rows[0]?.['id'] as string), null);
  t.equal(await cancelJob(sql, ledgerId, rows[0]?.['id'] as string), null);
});

test('the service’s role may write schema work through its functions only, and nobody else may call them', async (t) => {
  const { sql, owner } = await pools(t);
  const denied = async (statement: string) => sqlState(await sql.unsafe(statement).catch((error: unknown) => error));
  for (const table of ['jobs', 'blobs', 'blob_pieces']) {
    t.equal(await denied(`delete from work.${table}`), '42501', table);
    t.equal(await denied(`update work.${table} set ledger_id = 2`), '42501', table);
  }
  const open = await owner`select p.proname::text as name from pg_proc p
    where p.pronamespace = 'work'::regnamespace and (has_function_privilege('public', p.oid, 'execute') or p.proconfig is null)`;
  t.same(
    open.map(({ name }) => name),
    [],
    'each has a fixed search_path and none is for everybody',
  );
  const inner = await owner`select p.proname::text as name from pg_proc p where p.pronamespace = 'work'::regnamespace
    and not has_function_privilege('timeledger_service', p.oid, 'execute') order by 1`;
  t.same(
    inner.map(({ name }) => name),
    ['end_job', 'hold_claim'],
    'but for the parts of others',
  );
});
