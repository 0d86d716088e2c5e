/** The commands of docs/operations.md, run in their order in one shell, beside a service on directories of the test's own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { temporaryDirectory } from '../support/database.js';
import { root } from '../support/root.js';
import { freePort, startService } from '../support/service.js';

const checkout = fileURLToPath(root);
const text = readFileSync(join(checkout, 'docs', 'operations.md'), 'utf8');

/** Blocks for any user; those for root have a word more behind the fence. */
const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);

t.test('every command for a user of docs/operations.md works as it is written', { timeout: 300_000 }, async (t) => {
  t.ok(blocks.length >= 10, `${blocks.length} blocks`);
  const base = temporaryDirectory();
  t.teardown(() => rmSync(base, { recursive: true, force: true }));
  const [port, metricsPort] = [await freePort(), await freePort()];
  const environment = { DATA_DIR: join(base, 'timeledger'), PORT: String(port), STORAGE_RESERVE: '1000' };
  const service = await startService({ ...environment, METRICS_PORT: String(metricsPort) });
  t.teardown(() => service.stop());
  const script = ['set -euo pipefail', ...blocks]
    .join('\n')
    .replaceAll('/opt/timeledger/', checkout)
    .replaceAll('/var/lib/', `${base}/`)
    .replaceAll('127.0.0.1:3000', `127.0.0.1:${port}`)
    .replaceAll('127.0.0.1:9464', `127.0.0.1:${metricsPort}`);
  const work = join(base, 'work');
  mkdirSync(work);
  const env = { ...environment, PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, HOME: base };
  const shell = spawn('bash', ['-c', script], { cwd: work, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  shell.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk));
  shell.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk));
  const [code] = await once(shell, 'close');
  t.equal(code, 0, said.stderr || said.stdout.slice(-500));
  t.match(said.stdout, /^ok +database +PostgreSQL 18/m, 'the doctor has looked');
  t.match(said.stdout, /^restored to \S+timeledger-trial: everything agrees/m);
  t.match(said.stdout, /^timeledger_storage_free_bytes \d/m);
  t.match(said.stdout, /checkpoint checkpoint-\S+\.txt of \d+ entries: signed, and these entries are still the same/);
  t.equal(JSON.parse(readFileSync(join(work, 'verification.json'), 'utf8'))[0].ok, true);
  const keys = said.stdout.match(/token\S*\.pem +\S+ {2}\w+ tokens/g)?.map((line) => line.replace(/ +\S+ +/, ' '));
  t.same(keys, ['token.pem signs tokens', 'token.pem signs tokens'], 'the key that was replaced is gone at the end');
  t.match(said.stdout, /tokens are signed with \S+ from now on/);
  const { tokens, log } = JSON.parse(readFileSync(join(work, 'public-keys.json'), 'utf8'));
  t.match(tokens, { keys: [{ kty: 'OKP', use: 'sig' }] });
  t.match(log, { algorithm: 'Ed25519' });
});

t.test('every file, alert and setting that docs/operations.md names is there', async (t) => {
  for (const [, path = ''] of text.matchAll(/`?((?:deploy|test\/service)\/[\w.-]*\w)`?/g))
    t.ok(existsSync(join(checkout, path)), path);
  const rules = readFileSync(join(checkout, 'deploy', 'prometheus-rules.yml'), 'utf8');
  const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, name = '']) => name);
  t.ok(alerts.length >= 8);
  for (const alert of alerts) t.ok(text.includes(`\`${alert}\``), `${alert} has a line that says what helps`);
});
