/** The worker as a process: it comes with the service, is replaced when it dies, and goes with the service however that ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { temporaryDirectory } from '../support/database.js';
import { cli, freePort, runCli, startService } from '../support/service.js';

async function environmentOf(t: Test) {
  const made = temporaryDirectory();
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return { DATA_DIR: join(made, 'data'), PORT: String(await freePort()) };
}

/** Children of a process that run the worker's program. */
function workersOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const above = / \(.*\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
        return Number(above) === parent && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('dist/worker.js');
      } catch {
        return false;
      }
    });
}

async function until<Value>(look: () => Value | undefined): Promise<Value> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(20)) {
    const found = look();
    if (found !== undefined) return found;
  }
  throw new Error('it did not come to pass');
}

const isGone = (pid: number) => () => {
  try {
    process.kill(pid, 0);
    // A zombie is as good as gone: its new parent has not asked yet.
    return / \(.*\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')) || undefined;
  } catch {
    return true;
  }
};

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
