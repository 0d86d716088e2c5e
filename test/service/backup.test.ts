/** Backup and restore as an operator runs them: beside a running service, into another data directory, and what is refused. */
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import type { DumpManifest } from '../../src/db/dump/manifest.js';
import { temporaryDirectory } from '../support/database.js';
import { dataDirectoryIn, freePort, runCli, type ServiceProcess, startService } from '../support/service.js';

function directory(t: Test): string {
  const made = temporaryDirectory();
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function open(service: ServiceProcess, token: string, code: string): Promise<Response> {
  return fetch(new URL('/v1/accounts', service.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID(), 'content-type': 'application/json' },
    body: JSON.stringify({ code, asset: 'COIN', type: 'liability' }),
  });
}

function find(service: ServiceProcess, token: string, code: string): Promise<Response> {
  return fetch(new URL(`/v1/accounts/${code}`, service.url), { headers: { authorization: `Bearer ${token}` } });
}

/** A service with a few accounts, backed up while it goes on writing. */
async function backedUp(t: Test) {
  const base = directory(t);
  const environment = { DATA_DIR: dataDirectoryIn(base), PORT: String(await freePort()) };
  const service = await startService(environment);
  t.teardown(() => service.stop());
  const token = (await runCli(['token', '--ledger', 'xinchang', '--role', 'operator'], environment)).stdout.trim();
  for (const code of ['test:a', 'test:b']) t.equal((await open(service, token, code)).status, 201);
  let writing = true;
  const busy = (async () => {
    for (let n = 0; writing; n++) await open(service, token, `test:busy.${n}`);
  })();
  const place = join(base, 'backup');
  const done = await runCli(['backup', place], environment);
  writing = false;
  await busy;
  t.match(done, { code: 0, stderr: '' });
  t.match(done.stdout, /: \d+ tables, [\d,]+ rows, 4 key files\n {2}ledger xinchang: \d+ entries, root \S+\n/);
  const manifest = JSON.parse(readFileSync(join(place, 'manifest.json'), 'utf8')) as DumpManifest;
  return { base, environment, service, token, place, manifest };
}

t.test('a backup of a running service is restored elsewhere, verified, and served with the same keys', async (t) => {
  const { base, environment, service, token, place, manifest } = await backedUp(t);
  t.equal((await open(service, token, 'test:after')).status, 201);
  for (const path of [place, join(place, 'keys', 'log.pem'), join(place, 'manifest.json')])
    t.equal(statSync(path).mode & 0o077, 0, `${path} is for its owner alone`);
  t.match(await runCli(['backup', place], environment), { code: 1, stderr: /is not empty: name a directory/ });
  const elsewhere = { DATA_DIR: join(base, 'elsewhere'), PORT: String(await freePort()) };
  t.match(await runCli(['restore', place], elsewhere), { code: 0, stdout: /^restored to \S+: everything agrees/ });
  t.same(readdirSync(elsewhere.DATA_DIR).sort(), ['keys', 'postgres'], 'and nothing else is left');
  const verified = await runCli(['verify', '--json', '--ledger', 'xinchang'], elsewhere);
  const { ok, root } = JSON.parse(verified.stdout) as { ok: boolean; root: string };
  t.same({ ok, root }, { ok: true, root: (manifest.notes['ledgers'] as { root: string }[])[0]?.root });
  const restored = await startService(elsewhere);
  t.teardown(() => restored.stop());
  t.equal((await find(restored, token, 'test:b')).status, 200, 'a token of the first service is good here');
  t.equal((await find(restored, token, 'test:after')).status, 404, 'what came after the backup is not in it');
  t.equal((await open(restored, token, 'test:c')).status, 201, 'and it goes on from there');
  const vkey = async (of: ServiceProcess) => (await fetch(new URL('/log/xinchang/vkey', of.url))).text();
  t.equal(await vkey(restored), await vkey(service), 'checkpoints are signed by the same key');
  t.match(await runCli(['restore', place], elsewhere), { code: 1, stderr: /postgres holds a database: move it away/ });
});

/** Writes another text into a table's file, with a manifest that fits. */
function forge(place: string, table: string, change: (text: string) => string): void {
  const path = join(place, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as DumpManifest;
  const found = manifest.tables.find((one) => one.table === table);
  if (!found) throw new Error(`there is no table ${table}`);
  const text = change(gunzipSync(readFileSync(join(place, found.file))).toString());
  writeFileSync(join(place, found.file), gzipSync(text));
  const sha256 = createHash('sha256').update(text).digest('hex');
  Object.assign(found, { sha256, bytes: Buffer.byteLength(text), rows: text.split('\n').length - 1 });
  writeFileSync(path, JSON.stringify(manifest));
}

t.test('what does not verify is not served, and keys that stand there are not written over', async (t) => {
  const { base, environment, place } = await backedUp(t);
  const elsewhere = { DATA_DIR: join(base, 'elsewhere') };
  const spoilt = async (name: string, spoil: (copy: string) => void) => {
    const copy = join(base, name.replaceAll(' ', '-'));
    cpSync(place, copy, { recursive: true });
    spoil(copy);
    const result = await runCli(['restore', copy], elsewhere);
    t.equal(result.code, 1, `${name}: exit 1`);
    t.notOk(existsSync(join(elsewhere.DATA_DIR, 'postgres')), `${name}: no database`);
    t.notOk(existsSync(join(elsewhere.DATA_DIR, 'restore.new')), `${name}: nothing left of the attempt`);
    t.notOk(existsSync(join(elsewhere.DATA_DIR, 'keys')), `${name}: no keys`);
    return result.stderr;
  };
  t.match(
    await spoilt('a changed table', (copy) => forge(copy, 'accounts', (text) => text.replace('test:a', 'test:x'))),
    /! \S*accounts .*\n.*timeledger: the books of this backup do not agree: nothing is restored\n$/s,
  );
  t.match(
    await spoilt('a shorter past', (copy) => {
      const manifest = JSON.parse(readFileSync(join(copy, 'manifest.json'), 'utf8'));
      manifest.notes.ledgers[0].tree_size = '3';
      writeFileSync(join(copy, 'manifest.json'), JSON.stringify(manifest));
    }),
    /^timeledger: the books end at xinchang \d+ \S+ and the backup at xinchang 3 \S+: nothing is restored\n$/,
  );
  t.match(
    await spoilt('another key', (copy) => writeFileSync(join(copy, 'keys', 'log.pem'), 'x')),
    /^timeledger: \S+log.pem is not the file that was backed up\n$/,
  );
  t.match(
    await spoilt('no manifest', (copy) => rmSync(join(copy, 'manifest.json'))),
    /^timeledger: \S+ is no backup: .*\n$/,
  );
  t.match(await runCli(['backup', join(base, 'nothing')], { DATA_DIR: join(base, 'fresh') }), {
    code: 1,
    stderr: 'timeledger: there are no books in this database yet\n',
  });
  t.notOk(existsSync(join(base, 'nothing')) || existsSync(join(base, 'nothing.part')), 'and no half backup is left');

  const other = { DATA_DIR: join(base, 'other') };
  mkdirSync(join(other.DATA_DIR, 'keys'), { recursive: true });
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(join(other.DATA_DIR, 'keys', 'token.pem'), pem);
  const before = readFileSync(join(other.DATA_DIR, 'keys', 'token.pem'));
  t.match(await runCli(['restore', place], other), {
    code: 1,
    stderr: /is another key than the backup's: move \S+ away/,
  });
  t.same(readFileSync(join(other.DATA_DIR, 'keys', 'token.pem')), before);
  const bare = join(base, 'bare');
  t.match(await runCli(['backup', '--no-keys', bare], environment), { code: 0, stdout: /, 0 key files\n/ });
  t.notOk(existsSync(join(bare, 'keys')));
  t.match(await runCli(['restore', bare], other), { code: 0 });
});
