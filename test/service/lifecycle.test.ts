/** The service as a process: how it starts, what it refuses to start on, how it stops, and what a kill leaves behind. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { openPool } from '../../src/db/connect.js';
import { attachEmbedded } from '../../src/db/embedded/embedded.js';
import { temporaryDirectory } from '../support/database.js';
import { isAlive, postmasterOf } from '../support/processes.js';
import { root } from '../support/root.js';
import { dataDirectoryIn, freePort, runCli, startService } from '../support/service.js';

function directory(t: Test): string {
  const made = temporaryDirectory();
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function tokenOf(environment: Record<string, string>, role = 'operator'): Promise<string> {
  return (await runCli(['token', '--ledger', 'xinchang', '--role', role], environment)).stdout.trim();
}

/** Where the lane's connection comes from; empty: by the socket. */
async function wayOfTheLane(dataDirectory: string): Promise<unknown> {
  const target = await attachEmbedded(dataDirectory);
  if (!target) return 'no server';
  const pool = openPool(target, { max: 1, applicationName: 'test' });
  const rows =
    await pool`select host(client_addr) as way from pg_stat_activity where application_name = 'timeledger lane'`;
  await pool.end({ timeout: 1 });
  return rows[0]?.['way'];
}

function post(url: string, token: string, path: string, body: object): Promise<Response> {
  return fetch(new URL(path, url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID(), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

t.test('it starts on nothing, keeps what it was told over a restart, and stops in good order', async (t) => {
  const environment = { DATA_DIR: join(directory(t), 'data'), PORT: String(await freePort()) };
  const first = await startService(environment);
  t.teardown(() => first.stop());
  const token = await tokenOf(environment);
  const opened = await post(first.url, token, '/v1/accounts', { code: 'test:a', asset: 'COIN', type: 'liability' });
  t.equal(opened.status, 201);
  t.equal(await wayOfTheLane(environment.DATA_DIR), '127.0.0.1', 'the lane takes the way that holds large batches');
  t.equal((await fetch(new URL('/docs', first.url))).status, 200, 'the docs page is there');
  t.equal((await fetch(new URL('/readyz', first.url))).status, 200);
  t.equal(await first.stop(), 0);
  t.notOk(existsSync(join(environment.DATA_DIR, 'postgres', 'postmaster.pid')), 'PostgreSQL has stopped with it');
  const second = await startService(environment);
  t.teardown(() => second.stop());
  const account = await fetch(new URL('/v1/accounts/test:a', second.url), {
    headers: { authorization: `Bearer ${token}` },
  });
  t.equal(account.status, 200, 'and a token of before is still good');
  t.comment(`first start ${Math.round(first.startedIn)} ms, later ${Math.round(second.startedIn)} ms`);
});

t.test('a token is not made for a role that does not say whom it speaks for', async (t) => {
  const environment = { DATA_DIR: dataDirectoryIn(directory(t)) };
  await runCli(['ledger', 'create', 'xinchang'], environment);
  for (const [role, option] of [
    ['partner', '--subject'],
    ['member', '--subject'],
    ['coordinator', '--scope'],
  ] as const) {
    const lacking = ['token', '--ledger', 'xinchang', '--role', role];
    t.match(await runCli(lacking, environment), { code: 1, stdout: '', stderr: new RegExp(`needs ${option}`) });
    t.match(await runCli([...lacking, option, 'XC-01'], environment), { code: 0, stdout: /^ey/ });
  }
  const careOf = async (...more: string[]) => {
    const asked = ['token', '--ledger', 'xinchang', '--role', 'coordinator', '--scope', 'XC-01', ...more];
    const { stdout } = await runCli(asked, environment);
    return JSON.parse(Buffer.from(stdout.split('.')[1] ?? '', 'base64url').toString()).care;
  };
  t.same([await careOf(), await careOf('--care')], [undefined, true], 'the care registry is asked for by name');
});

t.test('a token is good for a service that was not running when it was signed', async (t) => {
  const environment = { DATA_DIR: dataDirectoryIn(directory(t)), PORT: String(await freePort()) };
  t.match(await runCli(['ledger', 'create', 'xinchang'], environment), { code: 0 });
  const token = await tokenOf(environment, 'auditor');
  const service = await startService(environment);
  t.teardown(() => service.stop());
  const answer = await fetch(new URL('/v1/accounts', service.url), { headers: { authorization: `Bearer ${token}` } });
  t.equal(answer.status, 200);
});

t.test('what it cannot start on is one clear line and exit 1, and nothing is left running', async (t) => {
  const base = directory(t);
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.teardown(() => taken.close());
  const { port } = taken.address() as { port: number };
  const old = join(base, 'old');
  mkdirSync(join(old, 'postgres'), { recursive: true });
  writeFileSync(join(old, 'postgres', 'PG_VERSION'), '12\n');
  const cases: [string, Record<string, string>, RegExp][] = [
    ['a port in use', { DATA_DIR: join(base, 'a'), PORT: String(port) }, /port \d+ .* in use/],
    ['a data directory of another version', { DATA_DIR: old, PORT: '0' }, /12/],
    [
      'an unreachable DATABASE_URL',
      { DATA_DIR: join(base, 'b'), PORT: '0', DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/x' },
      /127\.0\.0\.1:1/,
    ],
    ['a setting that is none', { DATA_DIR: join(base, 'c'), PORT: 'many' }, /PORT/],
  ];
  for (const [name, environment, expected] of cases) {
    const { code, stderr } = await runCli(['start'], environment);
    t.equal(code, 1, `${name}: exit 1`);
    t.match(stderr, expected, `${name}: ${stderr.trim()}`);
    t.equal(stderr.trim().split('\n').length, 1, 'one line');
    t.notMatch(stderr, /secret/, 'no password in it');
  }
  t.notOk(existsSync(join(base, 'a', 'postgres', 'postmaster.pid')), 'the database it had started is stopped');
});

t.test('a second service on the same data directory is refused, a command beside it is not', async (t) => {
  const environment = { DATA_DIR: dataDirectoryIn(directory(t)), PORT: String(await freePort()) };
  const service = await startService(environment);
  t.teardown(() => service.stop());
  const second = await runCli(['start'], { ...environment, PORT: '0' });
  t.equal(second.code, 1);
  t.match(second.stderr, /in use by process/);
  const make = () => runCli(['ledger', 'create', 'tiantai'], environment);
  t.match(
    await make(),
    { code: 0, stdout: /^ledger tiantai is made$/m },
    'a ledger is made beside the running service',
  );
  t.match(await make(), { code: 0, stdout: /^ledger tiantai was there already$/m }, 'once');
  const token = (await runCli(['token', '--ledger', 'tiantai', '--role', 'auditor'], environment)).stdout.trim();
  const trial = await fetch(new URL('/v1/reports/trial-balance', service.url), {
    headers: { authorization: `Bearer ${token}` },
  });
  t.equal(trial.status, 200, 'and can be used at once');
  const verified = await runCli(['verify', '--json'], environment);
  t.same(
    JSON.parse(verified.stdout).map((one: { ledger: string; ok: boolean }) => [one.ledger, one.ok]),
    [
      ['tiantai', true],
      ['xinchang', true],
    ],
  );
});

t.test('kill -9 leaves no PostgreSQL behind, and the next start finds everything', async (t) => {
  const environment = { DATA_DIR: dataDirectoryIn(directory(t)), PORT: String(await freePort()) };
  const service = await startService(environment);
  const token = await tokenOf(environment);
  t.equal(
    (await post(service.url, token, '/v1/accounts', { code: 'test:a', asset: 'COIN', type: 'liability' })).status,
    201,
  );
  const postmaster = postmasterOf(environment.DATA_DIR);
  service.child.kill('SIGKILL');
  await once(service.child, 'exit');
  const next = await startService(environment);
  t.teardown(() => next.stop());
  t.notOk(isAlive(postmaster), 'the old server is gone');
  const account = await fetch(new URL('/v1/accounts/test:a', next.url), {
    headers: { authorization: `Bearer ${token}` },
  });
  t.equal(account.status, 200);
});

t.test('SIGTERM finishes what is in flight: every answer that was sent is in the books', async (t) => {
  const environment = { DATA_DIR: dataDirectoryIn(directory(t)), PORT: String(await freePort()) };
  const service = await startService(environment);
  const token = await tokenOf(environment);
  let acknowledged = 0;
  const posting = Array.from({ length: 8 }, async (_, i) => {
    for (let n = 0; ; n++) {
      const answer = await post(service.url, token, '/v1/accounts', {
        code: `test:c${i}.${n}`,
        asset: 'COIN',
        type: 'liability',
      }).catch(() => null);
      if (answer?.status !== 201) return;
      acknowledged += 1;
    }
  });
  for (const end = Date.now() + 60_000; acknowledged < 50 && Date.now() < end; ) await sleep(10);
  t.equal(await service.stop(), 0);
  await Promise.all(posting);
  const next = await startService(environment);
  t.teardown(() => next.stop());
  let found = 0;
  for (let cursor: string | null = ''; cursor !== null; ) {
    const url: URL = new URL(`/v1/accounts?prefix=test:c&limit=200${cursor && `&cursor=${cursor}`}`, next.url);
    const page = (await (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).json()) as {
      accounts: unknown[];
      next_cursor: string | null;
    };
    found += page.accounts.length;
    cursor = page.next_cursor;
  }
  t.ok(acknowledged >= 50, `${acknowledged} were acknowledged`);
  t.ok(
    found >= acknowledged && found <= acknowledged + 8,
    `${found} are in the books: at most one a client was cut off before its answer`,
  );
});

t.test(
  'the demo begins with a morning: ordered, dispatched with reasons, declined, accepted, attended, confirmed, approved, and a coin and a half',
  {
    timeout: 180_000,
  },
  async (t) => {
    const { code, stdout, stderr } = await runCli(['demo', '--lang', 'zh'], {});
    t.equal(code, 0, stderr);
    const [morning = '', month = ''] = stdout.split('互助时间账本 2026-10');
    const told = ['点单：', '1. 何根仙：', '2. 梁小芬：', '向何根仙派单', '何根仙谢绝', '向梁小芬派单', '梁小芬接单'];
    const became = ['签到', '签出', '确认服务', '审批通过', '1.57', '-0.07', '1.50', '凭证等级 A', '全部相符'];
    const places = [...told, ...became].map((words) => morning.indexOf(words));
    t.ok(
      places.every((place) => place >= 0),
      `all of it is told: ${places.join()}`,
    );
    t.same(
      places,
      [...places].sort((one, other) => one - other),
      'in the order in which it happened',
    );
    t.match(month, '试算平衡表', 'the month follows');
  },
);

t.test('the demo of the sample county comes to the known answer', { timeout: 180_000 }, async (t) => {
  const kept = join(directory(t), 'kept');
  const { code, stdout, stderr } = await runCli(['demo', '--json', '--keep', kept], {});
  t.equal(code, 0, stderr);
  const expected = JSON.parse(readFileSync(new URL('test/data/xinchang/expected.json', root), 'utf8'));
  t.same(JSON.parse(stdout), expected, 'counts, references and sums, and nothing else on standard output');
  t.match(stderr, `DATA_DIR=${kept} npm start`, 'how to look around is told beside it');
  const verified = await runCli(['verify', '--json', '--ledger', 'xinchang'], { DATA_DIR: kept });
  t.match(JSON.parse(verified.stdout), { ok: true }, 'what was kept is whole');
  const morning = await runCli(['verify', '--json', '--ledger', 'morning'], { DATA_DIR: kept });
  t.match(JSON.parse(morning.stdout), { ok: true, ledger: 'morning' }, 'so is the ledger of its morning');
  t.match(await runCli(['demo', '--keep', kept], {}), { code: 1, stderr: /is not empty/ });
  const missing = await runCli(['demo', '--data', '/nowhere'], {});
  t.equal(missing.code, 1);
  t.match(missing.stderr, /^timeledger: there is no directory/);
});
