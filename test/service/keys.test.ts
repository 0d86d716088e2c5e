/** The keys of a service as a process: made once, missed when they are lost, and rotated while it runs. */
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { StartError } from '../../src/db/connect.js';
import { checkLogKey, readLogKeys } from '../../src/ledger/log/book-keys.js';
import { logIdentity } from '../../src/ledger/log/identity.js';
import { books } from '../support/books.js';
import { temporaryDirectory } from '../support/database.js';
import { dataDirectoryIn, freePort, runCli, startService } from '../support/service.js';

async function environment(t: Test, placeIn = dataDirectoryIn) {
  const made = temporaryDirectory();
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return { DATA_DIR: placeIn(made), PORT: String(await freePort()) };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(20)) if (await holds()) return;
  throw new Error('it did not come to pass');
}

const token = (ledger: string) => ['token', '--ledger', ledger, '--role', 'operator'];
const oneLine = (text: string) => text.trim().split('\n').length;

t.test('a token makes neither a key nor a database nor a ledger: one line and exit 1', async (t) => {
  const env = await environment(t, (base) => join(base, 'data'));
  const without = await runCli(token('xinchang'), env);
  t.match(without, { code: 1, stdout: '', stderr: /^timeledger: there is no key .*token\.pem/ });
  t.equal(oneLine(without.stderr), 1);
  t.notOk(existsSync(env.DATA_DIR), 'nothing was made');
  t.match(await runCli(['ledger', 'create', 'xinchang'], env), { code: 0 });
  t.match(await runCli(token('xinchang'), env), { code: 0, stdout: /^ey/ });
  const nosuch = await runCli(token('nosuch'), env);
  t.match(nosuch, { code: 1, stdout: '', stderr: /^timeledger: there is no ledger "nosuch"/ });
  t.equal(oneLine(nosuch.stderr), 1);
});

t.test(
  'a service whose keys were lost does not start on its books, and makes no others: one line says the way out',
  async (t) => {
    const env = await environment(t);
    const service = await startService(env);
    t.equal(await service.stop(), 0);
    const keys = join(env.DATA_DIR, 'keys');
    renameSync(keys, `${keys}.lost`);
    for (const command of [['start'], ['ledger', 'create', 'tiantai'], token('xinchang')]) {
      const { code, stderr } = await runCli(command, env);
      t.equal(code, 1, command.join(' '));
      t.match(stderr, /^timeledger: there is no key .*token\.pem: restore the keys from their backup, or set DATA_DIR/);
      t.equal(oneLine(stderr), 1);
    }
    t.notOk(existsSync(keys), 'none were made');
    cpSync(`${keys}.lost`, keys, { recursive: true });
    writeFileSync(join(keys, 'log.pem'), 'not a key');
    t.match(await runCli(['start'], env), { code: 1, stderr: /^timeledger: .*log\.pem does not hold a private key/ });
    cpSync(`${keys}.lost`, keys, { recursive: true });
    const again = await startService(env);
    t.teardown(() => again.stop());
  },
);

t.test('a key of the log that is not the one its ledger was opened with is refused, with both named', async (t) => {
  const { owner, logKey } = await books(t);
  const named = await readLogKeys(owner);
  t.match(named, [{ ledger: 'xinchang' }]);
  t.doesNotThrow(() => checkLogKey(named, logKey, '/keys'));
  const other = generateKeyPairSync('ed25519').privateKey;
  t.throws(() => checkLogKey(named, other, '/keys'), StartError);
  t.throws(() => checkLogKey(named, other, '/keys'), {
    message: `/keys/log.pem is not the key of ledger xinchang, whose log was opened with ${logIdentity('ledger.test', 'xinchang', logKey).logKey}: restore the keys from their backup, or set DATA_DIR to where they are`,
  });
});

t.test('a service whose log key is another than its ledgers were opened with does not start: one line', async (t) => {
  const env = await environment(t);
  for (const ledger of ['xinchang', 'tiantai']) t.match(await runCli(['ledger', 'create', ledger], env), { code: 0 });
  const file = join(env.DATA_DIR, 'keys', 'log.pem');
  const right = readFileSync(file);
  writeFileSync(file, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
  for (const command of [['start'], ['ledger', 'create', 'sanmen']]) {
    const { code, stderr } = await runCli(command, env);
    t.equal(code, 1, command.join(' '));
    t.match(
      stderr,
      /^timeledger: .*log\.pem is not the key of ledger tiantai, whose log was opened with \S+\/log\/tiantai\+/,
    );
    t.equal(oneLine(stderr), 1);
  }
  writeFileSync(file, right);
  const again = await startService(env);
  t.teardown(() => again.stop());
});

t.test(
  'keys are listed, rotated and taken away under a running service, and exported without their private halves',
  async (t) => {
    const env = await environment(t);
    const service = await startService(env);
    t.teardown(() => service.stop());
    const before = (await runCli(token('xinchang'), env)).stdout.trim();
    const kidOf = (text: string) => JSON.parse(Buffer.from(text.split('.')[0] ?? '', 'base64url').toString()).kid;
    const listed = await runCli(['keys', 'list'], env);
    t.match(listed, {
      code: 0,
      stdout:
        /token\.pem .*signs tokens[\s\S]*log\.pem .*signs checkpoints[\s\S]*secret\.pem[\s\S]*personal-1\.key .*seals/,
    });
    const rotated = await runCli(['keys', 'rotate'], env);
    t.equal(rotated.code, 0, rotated.stderr);
    const after = (await runCli(token('xinchang'), env)).stdout.trim();
    t.not(kidOf(after), kidOf(before));
    t.ok(rotated.stdout.includes(kidOf(after)));
    const status = async (bearer: string) =>
      (await fetch(new URL('/v1/accounts', service.url), { headers: { authorization: `Bearer ${bearer}` } })).status;
    await until(async () => (await status(after)) === 200);
    t.pass('the new key is known');
    t.equal(await status(before), 200, 'and the old one not forgotten');
    const jwks = (await (await fetch(new URL('/.well-known/jwks.json', service.url))).json()) as {
      keys: { kid: string }[];
    };
    t.same(
      jwks.keys.map(({ kid }) => kid),
      [kidOf(after), kidOf(before)],
    );
    const exported = await runCli(['keys', 'export-public'], env);
    t.same(JSON.parse(exported.stdout).tokens, jwks);
    t.match(JSON.parse(exported.stdout).log, { algorithm: 'Ed25519', public_key: /^[\w+/]{43}=$/ });
    t.notMatch(listed.stdout + exported.stdout, /PRIVATE|"d":/);
    t.match(await runCli(['keys', 'list'], env), { stdout: /token\.until-\d{8}T\d{6}Z\.pem .*verifies tokens until/ });
    const files = readdirSync(join(env.DATA_DIR, 'keys'));
    t.same(
      files.filter((name) => name.startsWith('personal-')),
      ['personal-2.key'],
      'and nothing needs the first',
    );
    t.equal(files.length, 5);

    for (const file of files.filter((name) => name.startsWith('token.until-')))
      rmSync(join(env.DATA_DIR, 'keys', file));
    await until(async () => (await status(before)) === 401);
    t.pass('a key that was taken away verifies nothing, nor what it has verified before');
    t.equal(await status(after), 200);
  },
);
