/** The worker as a process: it comes with the service, is replaced when it dies, and goes with the service however that ends. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { temporaryDirectory } from '../support/database.js';
import { childrenOf, isAlive } from '../support/processes.js';
import { cli, dataDirectoryIn, freePort, runCli, startService } from '../support/service.js';

async function environmentOf(t: Test) {
  const made = temporaryDirectory();
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return { DATA_DIR: dataDirectoryIn(made), PORT: String(await freePort()) };
}

const workersOf = (service: number) => childrenOf(service, 'dist/worker.js');

async function until<Value>(look: () => Value | undefined | Promise<Value | undefined>): Promise<Value> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(20)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error('it did not come to pass');
}

const isGone = (pid: number) => () => !isAlive(pid) || undefined;

t.test(
  'a worker runs beside the service, another takes its place when it dies, and none is left when the service stops',
  async (t) => {
    const service = await startService(await environmentOf(t));
    t.teardown(() => service.stop());
    const first = await until(() => workersOf(service.pid)[0]);
    process.kill(first, 'SIGKILL');
    const second = await until(() => workersOf(service.pid).find((pid) => pid !== first));
    t.same(workersOf(service.pid), [second], 'one at a time');
    t.equal((await fetch(new URL('/readyz', service.url))).status, 200, 'the service has not noticed');
    t.equal(await service.stop(), 0);
    t.ok(await until(isGone(second)));
  },
);

t.test('a worker whose service was killed ends by itself', async (t) => {
  const service = await startService(await environmentOf(t));
  const worker = await until(() => workersOf(service.pid)[0]);
  service.child.kill('SIGKILL');
  await once(service.child, 'exit');
  t.ok(await until(isGone(worker)));
});

t.test(
  '`timeledger worker` needs a service or a DATABASE_URL, takes jobs beside the service’s own, and ends on a signal',
  async (t) => {
    const environment = await environmentOf(t);
    t.match(await runCli(['worker'], environment), {
      code: 1,
      stderr: /^timeledger: no service runs on .*start it first/,
    });
    const service = await startService(environment);
    t.teardown(() => service.stop());
    const env = { PATH: process.env['PATH'] ?? '', ...environment };
    const worker = spawn(process.execPath, [cli, 'worker'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: worker.stdout }), 'line')) as [string];
    t.match(line, /takes jobs/);
    worker.kill('SIGTERM');
    t.same(await once(worker, 'exit'), [0, null]);
  },
);

const memberHeader = 'external_id,name,gender,birth_date,phone,org_unit,talent_category';
const members = (count: number) =>
  [memberHeader, ...Array.from({ length: count }, (_, i) => `M${i},何根仙,female,1949-02-20,,XC,`)].join('\n');
interface Told {
  readonly id: string;
  readonly counts: Readonly<Record<string, number>>;
}

const county = 'external_id,parent_external_id,level,name\nXC,,county,新昌县\n';

t.test(
  'a file is imported on the command line by itself, and beside a service; nothing is imported twice',
  async (t) => {
    const environment = await environmentOf(t);
    const directory = temporaryDirectory();
    t.teardown(() => rmSync(directory, { recursive: true, force: true }));
    const [units, people] = [join(directory, 'units.csv'), join(directory, 'people.csv')];
    writeFileSync(units, county);
    writeFileSync(people, members(120).replace('M7,何根仙,female', 'M7,何根仙,neither'));
    t.equal((await runCli(['ledger', 'create', 'xinchang'], environment)).code, 0);
    const run = (...args: string[]) => runCli(['import', ...args, '--ledger', 'xinchang'], environment);
    t.match(await run(units, '--kind', 'org_units'), {
      code: 0,
      stdout: 'units.csv: 0 ready, 1 imported, 0 skipped, 0 errors\n',
    });
    const tried = await run(people, '--kind', 'members', '--dry-run');
    t.match(tried, {
      code: 2,
      stdout:
        /^people.csv read as utf-8:\n[\s\S]*^people.csv: 119 ready, 0 imported, 0 skipped, 1 errors\n {2}line 9: file_invalid: gender/m,
    });
    const service = await startService(environment);
    t.teardown(() => service.stop());
    const imported = await run(people, '--kind', 'members', '--json');
    t.equal(imported.code, 2, imported.stderr);
    t.match(JSON.parse(imported.stdout), {
      counts: { ready: 0, imported: 119, skipped: 0, errors: 1 },
      errors: [{ line: 9, code: 'file_invalid' }],
    });
    t.match(await run(people, '--kind', 'members'), { code: 2, stdout: /0 ready, 0 imported, 119 skipped, 1 errors/ });
    t.match(await run(units, '--kind', 'members'), { code: 1, stderr: /^timeledger: the file has/ });
    t.equal((await runCli(['verify'], environment)).code, 0);
  },
);

t.test(
  'an import survives its worker and its service being killed: every line comes in once',
  { timeout: 240_000 },
  async (t) => {
    const environment = await environmentOf(t);
    let service = await startService(environment);
    t.teardown(() => service.stop());
    const token = (await runCli(['token', '--ledger', 'xinchang', '--role', 'operator'], environment)).stdout.trim();
    const post = async (path: string, key: string, body?: string) => {
      const answer = await fetch(new URL(path, service.url), {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'idempotency-key': key,
          prefer: 'wait=1',
          ...(body !== undefined && { 'content-type': 'text/csv' }),
        },
        ...(body !== undefined && { body }),
      });
      return { status: answer.status, body: (await answer.json()) as Told };
    };
    const get = async (path: string) => {
      const answer = await fetch(new URL(path, service.url), { headers: { authorization: `Bearer ${token}` } });
      return (await answer.json()) as Told;
    };
    /** Asks under one key until the job is over, whatever happens to the service meanwhile. */
    const finish = async (path: string, body?: string, key = randomUUID()) => {
      for (const end = Date.now() + 200_000; Date.now() < end; await sleep(100)) {
        const answer = await post(path, key, body).catch(() => null);
        if (answer && answer.status !== 202 && answer.status < 500) return answer;
      }
      throw new Error('the job does not end');
    };
    const units = await finish('/v1/imports?kind=org_units', county);
    await finish(`/v1/imports/${units.body.id}/commit`);
    const staging = finish('/v1/imports?kind=members', members(8_000));
    for (let killed = 0; killed < 2; killed++) {
      await sleep(300);
      process.kill(await until(() => workersOf(service.pid)[0]), 'SIGKILL');
    }
    const staged = await staging;
    t.match(staged, { status: 201, body: { counts: { ready: 8_000 } } });
    const path = `/v1/imports/${staged.body.id}`;
    const committing = finish(`${path}/commit`);
    await until(async () => (await get(path)).counts['imported'] || undefined);
    service.child.kill('SIGKILL');
    await once(service.child, 'exit');
    service = await startService(environment);
    const done = await committing;
    t.match(done, { status: 200, body: { counts: { imported: 8_000, skipped: 0, errors: 0 } } });
    const { code, stdout } = await runCli(['verify'], environment);
    t.equal(code, 0, stdout);
  },
);
