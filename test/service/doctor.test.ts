/** The doctor: finds nothing wrong where nothing is, names what is, and changes nothing. */
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { checkCalendar } from '../../src/commands/doctor/calendar.js';
import { openPool } from '../../src/db/connect.js';
import { attachEmbedded } from '../../src/db/embedded/embedded.js';
import { temporaryDirectory } from '../support/database.js';
import { dataDirectoryIn, freePort, runCli, startService } from '../support/service.js';

interface Check {
  readonly name: string;
  readonly state: string;
  readonly found: string;
}

async function examine(environment: Record<string, string>) {
  const { code, stdout, stderr } = await runCli(['doctor', '--json'], { STORAGE_RESERVE: '1000', ...environment });
  const checks = JSON.parse(stdout || '[]') as Check[];
  const bad = checks.filter(({ state }) => state === 'wrong').map(({ name, found }) => `${name}: ${found}`);
  return { code, stderr, checks, bad, names: checks.map(({ name }) => name) };
}

function directory(t: Test): string {
  const made = temporaryDirectory();
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

t.test('on nothing it finds nothing wrong and makes nothing', async (t) => {
  const data = join(directory(t), 'data');
  const { code, stderr, bad, names } = await examine({ DATA_DIR: data, PORT: String(await freePort()) });
  t.same({ code, stderr, bad }, { code: 0, stderr: '', bad: [] });
  t.same(names, ['node', 'packages', 'data directory', 'disk', 'keys', 'ports', 'calendar', 'database']);
  t.notOk(existsSync(data));
});

t.test('it says which years have no holidays yet: this one and, from December on, the next', async (t) => {
  t.match(
    checkCalendar(() => Date.parse('2026-11-30T23:59:59+08:00')),
    { state: 'ok', found: { en: '2025, 2026' } },
  );
  t.match(
    checkCalendar(() => Date.parse('2026-12-01T00:00:00+08:00')),
    {
      state: 'note',
      found: { en: /^no holidays of 2027:/, zh: /^缺少 2027 年/ },
    },
  );
});

t.test('beside a service it finds the books in order, and then each thing that is spoilt', async (t) => {
  const data = dataDirectoryIn(directory(t));
  const environment = { DATA_DIR: data, PORT: String(await freePort()) };
  const service = await startService(environment);
  t.teardown(() => service.stop());
  const sound = await examine(environment);
  t.same({ code: sound.code, bad: sound.bad }, { code: 0, bad: [] });
  t.match(sound.checks.find(({ name }) => name === 'books')?.found, /^xinchang \d+ entries$/);
  const people = await runCli(['doctor'], { STORAGE_RESERVE: '1000', ...environment });
  t.match(people.stdout, /^ok {5}database {8}PostgreSQL 18\.\d+ at /m);
  const chinese = await runCli(['doctor', '--lang', 'zh'], { STORAGE_RESERVE: '1000', ...environment });
  t.match(chinese.stdout, /^正常 {3}数据库 {6}PostgreSQL 18\.\d+，位于 /m);
  for (const line of chinese.stdout.trim().split('\n')) t.match(line, /^(?:正常|注意) {3}/);
  t.match((await examine({ ...environment, STORAGE_RESERVE: '999999999999' })).bad, [
    /^disk: .*less than STORAGE_RESERVE/,
  ]);
  chmodSync(join(data, 'keys', 'log.pem'), 0o644);
  t.match((await examine(environment)).bad, [/^keys: \S+log.pem can be read by others: chmod 600$/]);
  chmodSync(join(data, 'keys', 'log.pem'), 0o600);
  const master = readFileSync(join(data, 'keys', 'personal-1.key'));
  writeFileSync(join(data, 'keys', 'personal-1.key'), 'half a k');
  t.match((await examine(environment)).bad, [/^keys: \S+personal-1.key does not hold a key of 32 bytes/]);
  writeFileSync(join(data, 'keys', 'personal-1.key'), master);
  writeFileSync(join(data, 'keys', 'log.pem'), 'half a k');
  const spoilt = (await examine(environment)).bad;
  t.match(spoilt, [/^keys: \S+log.pem does not hold a private key/, /^keys of books: \S+log.pem does not hold/]);
  const target = await attachEmbedded(data);
  if (!target) throw new Error('the service runs');
  const sql = openPool(target, { max: 1, applicationName: 'test' });
  t.teardown(() => sql.end({ timeout: 1 }));
  await sql.unsafe(`update timeledger.heads set recorded_at = now() + interval '1 day'`);
  await sql.unsafe(
    `insert into drizzle.__drizzle_migrations (hash, created_at) values (repeat('0', 64), 9000000000000)`,
  );
  const inDatabase = (await examine(environment)).bad;
  t.match(inDatabase, [/^keys/, /^migrations: .*newer program/, /^books: .* lies in the future/, /^keys of books/]);
});

t.test('keys that are lost, or are others than the books name, are found before a start is refused', async (t) => {
  const data = dataDirectoryIn(directory(t));
  const environment = { DATA_DIR: data, PORT: String(await freePort()) };
  t.equal((await runCli(['ledger', 'create', 'xinchang'], environment)).code, 0);
  const sound = await examine(environment);
  t.same(sound.bad, []);
  t.match(sound.checks.at(-1), { name: 'keys of books', state: 'ok', found: 'log.pem is that of xinchang' });
  const file = (name: string) => join(data, 'keys', name);
  const log = readFileSync(file('log.pem'));
  const other = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(file('log.pem'), other);
  t.match(await examine(environment), {
    code: 1,
    stderr: '',
    bad: [/^keys of books: \S+log\.pem is not the key of ledger xinchang, .*restore the keys from their backup/],
  });
  writeFileSync(file('log.pem'), log);
  rmSync(file('token.pem'));
  t.match((await examine(environment)).bad, [/^keys of books: there is no key \S+token\.pem: restore the keys/]);
  rmSync(join(data, 'keys'), { recursive: true });
  t.match((await examine(environment)).bad, [/^keys of books: there is no key \S+token\.pem: restore the keys/]);
  t.notOk(existsSync(join(data, 'keys')), 'none were made');
});

t.test('a port that is taken and a database that is not there are told, with exit 1', async (t) => {
  const port = await freePort();
  const service = await startService({ DATA_DIR: dataDirectoryIn(directory(t)), PORT: String(port) });
  t.teardown(() => service.stop());
  const database = { DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/x' };
  const { code, bad, stderr } = await examine({
    DATA_DIR: join(directory(t), 'data'),
    PORT: String(port),
    ...database,
  });
  t.match({ code, bad, stderr }, { code: 1, stderr: '', bad: [/^ports: PORT \d+ on 127/, /^database: cannot reach/] });
  t.notMatch(bad.join(), 'secret');
});
