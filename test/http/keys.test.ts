/** Guarantees of the key files: made once, by one of many, never replaced unless asked, and then not at once. */
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test } from 'tap';
import { issueToken, openToken, TokenKeyring, tokenKeysOf } from '../../src/http/tokens.js';
import { deriveBytes, KeyError, loadOrCreateKey, makeKeys, readKeys, replaceTokenKey } from '../../src/keys.js';
import { root } from '../support/root.js';

test('a key is made once, readable by its owner alone, and loaded from then on', async (t) => {
  const path = join(t.testdir(), 'keys', 'token.pem');
  const made = loadOrCreateKey(path);
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.ok(made.equals(loadOrCreateKey(path)));
  t.strictSame(readdirSync(join(path, '..')), ['token.pem'], 'no drafts are left');
});

test('processes that start at once agree on one key', async (t) => {
  const path = join(t.testdir(), 'keys', 'token.pem');
  const module = JSON.stringify(new URL('dist/keys.js', root).href);
  const script = `import(${module}).then((m) => console.log(m.loadOrCreateKey(process.argv[1]).export({ type: 'pkcs8', format: 'der' }).toString('hex')))`;
  const args = [...process.execArgv, '-e', script, path];
  const run = promisify(execFile);
  const outputs = await Promise.all(
    Array.from({ length: 4 }, () => run(process.execPath, args, { env: { PATH: process.env['PATH'] } })),
  );
  t.equal(new Set(outputs.map(({ stdout }) => stdout)).size, 1);
  t.match(readFileSync(path, 'utf8'), /^-----BEGIN PRIVATE KEY-----/);
});

test('a file that holds no Ed25519 key is refused, not replaced', async (t) => {
  const path = join(t.testdir({ 'token.pem': 'not a key' }), 'token.pem');
  t.throws(() => loadOrCreateKey(path), KeyError);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  writeFileSync(path, pem);
  t.throws(() => loadOrCreateKey(path), /Ed25519 is needed/);
  t.equal(readFileSync(path, 'utf8'), pem);
});

test('reading makes no key: one that is missing is named', async (t) => {
  const directory = join(t.testdir(), 'keys');
  t.throws(() => readKeys(directory), { name: 'KeyError', message: /there is no key .*token\.pem: restore/ });
  makeKeys(directory);
  for (const name of ['token.pem', 'log.pem', 'secret.pem']) {
    const text = readFileSync(join(directory, name), 'utf8');
    rmSync(join(directory, name));
    t.throws(() => readKeys(directory), new RegExp(`there is no key .*${name}`));
    writeFileSync(join(directory, name), text);
  }
  t.same(readdirSync(directory).sort(), ['log.pem', 'secret.pem', 'token.pem']);
});

test('a rotated key still verifies what it signed, until its last token has expired; the others stay', async (t) => {
  const directory = join(t.testdir(), 'keys');
  const before = makeKeys(directory);
  const now = Date.parse('2026-11-02T00:00:00Z');
  const day = 86_400_000;
  const keyringAt = (moment: number) => {
    replaceTokenKey(directory, moment, moment + 31 * day);
    return new TokenKeyring(readKeys(directory).tokens.map(({ key }) => tokenKeysOf(key)));
  };
  const claims = { issuer: 'us', subject: 'ops', role: 'operator', ledger: 'xinchang' } as const;
  const old = issueToken(tokenKeysOf(before.tokens[0].key), claims, 31 * 86_400, () => now);
  const second = keyringAt(now + day);
  t.equal(openToken(second, old, 'us', () => now + day).principal.subject, 'ops');
  t.not(second.signing.kid, tokenKeysOf(before.tokens[0].key).kid);
  t.equal(second.jwks.keys.length, 2, 'both are published');
  t.equal(keyringAt(now + 20 * day).jwks.keys.length, 3);
  const last = keyringAt(now + 33 * day);
  t.equal(last.jwks.keys.length, 3, 'the first key is gone, its tokens have expired');
  t.throws(() => openToken(last, old, 'us', () => now + day), { code: 'unauthenticated' });
  const after = readKeys(directory);
  t.ok(after.log.equals(before.log) && after.secret.equals(before.secret));
  for (const file of readdirSync(directory)) t.equal(statSync(join(directory, file)).mode & 0o777, 0o600, file);
});

test('bytes are derived the same for one purpose and others for another', async (t) => {
  const { secret } = makeKeys(join(t.testdir(), 'keys'));
  const derived = [['a', 'b'], ['ab'], ['a', 'b', ''], ['b', 'a']].map((purpose) => deriveBytes(secret, purpose, 32));
  t.equal(new Set(derived.map((bytes) => bytes.toString('hex'))).size, derived.length);
  t.same(deriveBytes(secret, ['a', 'b'], 32), derived[0]);
});
