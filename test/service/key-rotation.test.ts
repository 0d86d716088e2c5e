/** The rotation of the master key of personal data under a running service: nothing is lost, the old key goes, and what is cut short goes on. */
import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { addMasterKey } from '../../src/master-keys.js';
import { temporaryDirectory } from '../support/database.js';
import { dataDirectoryIn, freePort, runCli, type ServiceProcess, startService } from '../support/service.js';

const phoneOf = (i: number) => `1390000${String(i).padStart(4, '0')}`;

async function scene(t: Test) {
  const base = temporaryDirectory();
  t.teardown(() => rmSync(base, { recursive: true, force: true }));
  const environment = { DATA_DIR: dataDirectoryIn(base), PORT: String(await freePort()) };
  const service = await startService(environment);
  t.teardown(() => service.stop());
  const args = ['token', '--ledger', 'xinchang', '--role', 'operator', '--subject', 'wang', '--ttl', '1h'];
  const token = (await runCli(args, environment)).stdout.trim();
  const keys = join(environment.DATA_DIR, 'keys');
  return { environment, service, token, keys };
}

async function ask(service: ServiceProcess, token: string, url: string, body?: object | string) {
  const type = typeof body === 'string' ? 'text/csv' : 'application/json';
  const response = await fetch(new URL(url, service.url), {
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': type, 'idempotency-key': randomUUID() }),
    },
    ...(body !== undefined && { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: the shapes are the document's
  return { status: response.status, body: (await response.json()) as any };
}

const masters = (keys: string) => readdirSync(keys).filter((name) => name.startsWith('personal-'));

t.test(
  'people are registered and read while the master key is rotated; then the old key is gone and all is still read',
  async (t) => {
    const { environment, service, token, keys } = await scene(t);
    await ask(service, token, '/v1/org-units', {
      external_id: 'XC',
      parent_external_id: null,
      level: 'county',
      name: '县',
    });
    const header = 'external_id,name,gender,birth_date,phone,org_unit,talent_category';
    const count = 600;
    const lines = Array.from({ length: count }, (_, i) => `M${i},何根仙,female,1949-02-20,${phoneOf(i)},XC,`);
    const staged = await ask(service, token, '/v1/imports?kind=members', [header, ...lines].join('\n'));
    const committed = await ask(service, token, `/v1/imports/${staged.body.id}/commit`, {});
    t.match(committed.body, { counts: { imported: count } });

    let rotating = true;
    const late = (async () => {
      let i = 0;
      for (; rotating; i++) {
        const body = {
          external_id: `L${i}`,
          name: '潘明建',
          gender: 'male',
          birth_date: '1950-01-01',
          phone: phoneOf(i),
          org_unit: 'XC',
          talent_category: null,
        };
        t.equal((await ask(service, token, '/v1/members', body)).status, 201);
      }
      return i;
    })();
    addMasterKey(keys);
    // As if a rotation had been cut short: one generation more than anything is wrapped by.
    const rotated = await runCli(['keys', 'rotate'], environment);
    rotating = false;
    const registered = await late;
    t.match(rotated, {
      code: 0,
      stdout: /sealed under personal-3\.key from now on; \d+ keys of people are wrapped by it, 2 older keys removed/,
    });
    t.ok(registered > 0, `${registered} were registered meanwhile`);
    t.same(masters(keys), ['personal-3.key']);

    const phone = async (id: string) =>
      (await ask(service, token, `/v1/members/${id}?unmask=phone&purpose=service_delivery`)).body.phone;
    for (let i = 0; i < count; i += 37) t.equal(await phone(`M${i}`), phoneOf(i), `M${i}`);
    for (let i = 0; i < registered; i++) t.equal(await phone(`L${i}`), phoneOf(i), `L${i}`);
    t.match(await runCli(['verify', '--ledger', 'xinchang'], environment), { code: 0 });
    t.equal(await service.stop(), 0);

    renameSync(join(keys, 'personal-3.key'), join(keys, 'away'));
    const without = await runCli(['start'], environment);
    t.match(without, {
      code: 1,
      stderr: /^timeledger: \S+personal-3\.key is not the key under which personal data is sealed: restore/,
    });
    renameSync(join(keys, 'away'), join(keys, 'personal-3.key'));
    const alone = await runCli(['keys', 'rotate'], environment);
    t.match(alone, { code: 0, stdout: /personal-4\.key/ }, 'and without a service');
    t.same(masters(keys), ['personal-4.key']);
  },
);

t.test(
  'master keys of the environment leave no file; the newest takes over when it is told to, and the older can go',
  async (t) => {
    const base = temporaryDirectory();
    t.teardown(() => rmSync(base, { recursive: true, force: true }));
    const [one, two] = ['1', '2'].map((generation) => `${generation}:${randomBytes(32).toString('base64')}`);
    const environment = { DATA_DIR: dataDirectoryIn(base), PORT: String(await freePort()) };
    const given = (...keys: (string | undefined)[]) => ({ ...environment, PERSONAL_DATA_KEYS: keys.join(',') });
    const first = await startService(given(one));
    const args = ['token', '--ledger', 'xinchang', '--role', 'operator', '--subject', 'wang'];
    const token = (await runCli(args, environment)).stdout.trim();
    await ask(first, token, '/v1/org-units', {
      external_id: 'XC',
      parent_external_id: null,
      level: 'county',
      name: '县',
    });
    const person = { name: '潘明建', gender: 'male', birth_date: '1950-01-01', org_unit: 'XC', talent_category: null };
    t.equal((await ask(first, token, '/v1/members', { external_id: 'M1', phone: phoneOf(1), ...person })).status, 201);
    t.equal(await first.stop(), 0);
    t.same(masters(join(environment.DATA_DIR, 'keys')), []);
    for (const wrong of [environment, given(two)])
      t.match(await runCli(['start'], wrong), { code: 1, stderr: /personal-1\.key is not the key under which/ });

    const rotated = await runCli(['keys', 'rotate'], given(one, two));
    t.match(rotated, {
      code: 0,
      stdout: /generation 2 of PERSONAL_DATA_KEYS; 1 keys of people .* to be removed there: 1\n/,
    });
    t.match((await runCli(['keys', 'list'], given(two))).stdout, /PERSONAL_DATA_KEYS 2 .*seals personal data/);
    const second = await startService(given(two));
    t.teardown(() => second.stop());
    const { body } = await ask(second, token, '/v1/members/M1?unmask=phone&purpose=service_delivery');
    t.equal(body.phone, phoneOf(1));
    t.same(masters(join(environment.DATA_DIR, 'keys')), []);
  },
);

t.test('two rotations at once follow each other, one key is left, and no backup lacks it', async (t) => {
  const { environment, service, token, keys } = await scene(t);
  const county = { external_id: 'XC', parent_external_id: null, level: 'county', name: '县' };
  t.equal((await ask(service, token, '/v1/org-units', county)).status, 201);
  const person = { name: '潘明建', gender: 'male', birth_date: '1950-01-01', org_unit: 'XC', talent_category: null };
  t.equal((await ask(service, token, '/v1/members', { external_id: 'M1', phone: phoneOf(1), ...person })).status, 201);
  const both = await Promise.all([1, 2].map(() => runCli(['keys', 'rotate'], environment)));
  for (const rotated of both)
    t.match(rotated, { code: 0, stdout: /1 keys of people are wrapped by it, 1 older keys removed/ });
  t.same(masters(keys), ['personal-3.key']);
  const { body } = await ask(service, token, '/v1/members/M1?unmask=phone&purpose=service_delivery');
  t.equal(body.phone, phoneOf(1));
  t.match(await runCli(['verify', '--ledger', 'xinchang'], environment), { code: 0 });

  const backup = () => runCli(['backup', join(environment.DATA_DIR, '..', randomUUID())], environment);
  t.match(await backup(), { code: 0 });
  renameSync(join(keys, 'personal-3.key'), join(keys, 'away'));
  t.match(await backup(), { code: 1, stderr: /sealed under personal-3\.key, of which there is no file/ });
  renameSync(join(keys, 'away'), join(keys, 'personal-3.key'));
});
