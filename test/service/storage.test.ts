/**
 * A disk that really fills up: a small file system of its own, made larger again while the service runs. Needs the right to
 * mount; without it there is nothing to see, and test/db/storage.test.ts has the rules.
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { temporaryDirectory } from '../support/database.js';
import { freePort, runCli, type ServiceProcess, startService } from '../support/service.js';

const megabyte = 1_048_576;

/** A file system in memory; false when this machine does not let us. */
function mountDisk(t: Test, megabytes: number): { path: string; grow(megabytes: number): void } | false {
  const base = temporaryDirectory();
  const path = join(base, 'disk');
  mkdirSync(path);
  t.teardown(() => rmSync(base, { recursive: true, force: true }));
  const mount = (options: string) =>
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'ignore' });
  try {
    mount(`size=${megabytes}m,mode=0755`);
  } catch {
    return false;
  }
  t.teardown(() => execFileSync('umount', ['-l', path]));
  return { path, grow: (to) => mount(`remount,size=${to}m`) };
}

interface Posted {
  readonly status: number;
  readonly code: string | undefined;
  readonly retryAfter: string | null;
}

async function post(service: ServiceProcess, token: string, key: string): Promise<Posted> {
  const entries = Array.from({ length: 200 }, () => ({
    kind: 'adjustment',
    description: 'x'.repeat(200),
    legs: [{ debit: 'test:a', credit: 'test:b', amount: '1.00' }],
  }));
  const answer = await fetch(new URL('/v1/entries/bulk', service.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ entries }),
  });
  const body = (await answer.json()) as { code?: string };
  return { status: answer.status, code: body.code, retryAfter: answer.headers.get('retry-after') };
}

async function ready(service: ServiceProcess): Promise<[number, string | undefined]> {
  const answer = await fetch(new URL('/readyz', service.url));
  return [answer.status, ((await answer.json()) as { code?: string }).code];
}

async function begin(t: Test, path: string, reserve: number) {
  const environment = {
    DATA_DIR: join(path, 'data'),
    PORT: String(await freePort()),
    STORAGE_RESERVE: String(reserve),
  };
  const service = await startService(environment);
  t.teardown(() => service.stop());
  const token = (await runCli(['token', '--ledger', 'xinchang', '--role', 'operator'], environment)).stdout.trim();
  for (const [code, floor] of [
    ['test:a', null],
    ['test:b', '0.00'],
  ] as const) {
    const opened = await fetch(new URL('/v1/accounts', service.url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'idempotency-key': randomUUID(),
        'content-type': 'application/json',
      },
      body: JSON.stringify({ code, asset: 'COIN', type: 'liability', floor }),
    });
    t.equal(opened.status, 201);
  }
  return { environment, service, token };
}

/** Posts until a write is refused; how many were taken. */
async function fillUp(service: ServiceProcess, token: string): Promise<{ taken: number; key: string; last: Posted }> {
  for (let taken = 0; ; taken++) {
    const key = randomUUID();
    const last = await post(service, token, key);
    if (last.status !== 200) return { taken, key, last };
  }
}

async function entriesOf(environment: Record<string, string>): Promise<{ ok: boolean; entries: number }> {
  const { stdout } = await runCli(['verify', '--json', '--ledger', 'xinchang'], environment);
  const { ok, checked } = JSON.parse(stdout) as { ok: boolean; checked: { entries: number } };
  return { ok, entries: checked.entries };
}

t.test('writing stops before the disk is full, says so, and goes on by itself when there is room', async (t) => {
  const disk = mountDisk(t, 112);
  if (!disk) return t.comment('this machine does not let us mount');
  const { environment, service, token } = await begin(t, disk.path, 48 * megabyte);
  const before = (await entriesOf(environment)).entries;
  t.same(await ready(service), [200, undefined]);
  const { taken, key, last } = await fillUp(service, token);
  t.ok(taken > 0, `${taken} batches were taken`);
  t.same(last, { status: 503, code: 'storage_full', retryAfter: '30' });
  t.same(await ready(service), [503, 'storage_full']);
  t.equal((await fetch(new URL('/healthz', service.url))).status, 200, 'the process lives');
  t.same(await entriesOf(environment), { ok: true, entries: before + taken * 200 }, 'everything acknowledged is there');
  disk.grow(600);
  for (const end = Date.now() + 20_000; (await ready(service))[0] !== 200 && Date.now() < end; ) await sleep(100);
  t.same(await ready(service), [200, undefined], 'without a restart');
  t.equal((await post(service, token, key)).status, 200, 'the same request under the same key is carried out');
  t.same(await entriesOf(environment), { ok: true, entries: before + (taken + 1) * 200 }, 'once');
});

t.test(
  'a PostgreSQL that had to crash for want of room loses nothing, and comes back when there is some',
  async (t) => {
    const disk = mountDisk(t, 96);
    if (!disk) return t.comment('this machine does not let us mount');
    const { environment, service, token } = await begin(t, disk.path, 0);
    const before = (await entriesOf(environment)).entries;
    const { taken, key, last } = await fillUp(service, token);
    t.equal(last.status, 503, `${last.code} after ${taken} batches`);
    t.match(last.code, /^(storage_full|ledger_unavailable)$/);
    t.equal((await ready(service))[0], 503);
    disk.grow(600);
    for (const end = Date.now() + 60_000; Date.now() < end; await sleep(200)) {
      if ((await post(service, token, key)).status === 200) break;
    }
    t.equal((await post(service, token, key)).status, 200, 'the request whose outcome was open is carried out');
    t.same(await entriesOf(environment), { ok: true, entries: before + (taken + 1) * 200 }, 'once');
  },
);
