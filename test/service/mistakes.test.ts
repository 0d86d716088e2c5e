/** What goes wrong before anything works: one clear line and exit 1, or it works. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { temporaryDirectory } from '../support/database.js';
import { cli, type Ended, run, runCli } from '../support/service.js';

function directory(t: Test): string {
  const made = temporaryDirectory();
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function oneLine(t: Test, { code, stdout, stderr }: Ended, expected: RegExp, exit = 1): void {
  t.equal(code, exit, `exit ${exit}`);
  t.equal(stdout, '');
  t.match(stderr, /^timeledger: [^\n]*\n$/, 'one line');
  t.match(stderr, expected);
}

/** Verification tells by its exit that it could not look from that it found something. */
const cannotLook = (command: string | undefined) => (command === 'verify' ? 2 : 1);

t.test('a Node that is too old is told so', async (t) => {
  const older = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.18.3'})`;
  const result = await run(process.execPath, ['--import', older, cli, 'start'], {});
  oneLine(t, result, /Node 20\.18\.3 is too old: Timeledger needs 20\.19 or later/);
});

t.test('packages that are not installed are named, with what to run where', async (t) => {
  const elsewhere = directory(t);
  cpSync(dirname(cli), join(elsewhere, 'dist'), { recursive: true });
  writeFileSync(join(elsewhere, 'package.json'), '{"type":"module"}');
  const result = await run(process.execPath, [join(elsewhere, 'dist', 'main.js'), 'start'], {});
  oneLine(t, result, new RegExp(`the package commander is not installed: run "npm ci" in ${elsewhere}`));
});

t.test('a package that only some commands need is missed by those, in one line', async (t) => {
  const elsewhere = directory(t);
  const root = dirname(dirname(cli));
  cpSync(join(root, 'dist'), join(elsewhere, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(elsewhere, 'package.json'));
  mkdirSync(join(elsewhere, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules')).filter((name) => name !== 'fastify'))
    symlinkSync(join(root, 'node_modules', name), join(elsewhere, 'node_modules', name));
  const program = join(elsewhere, 'dist', 'main.js');
  const environment = { DATA_DIR: join(elsewhere, 'data'), PORT: '0' };
  const start = await run(process.execPath, [program, 'start'], environment);
  oneLine(t, start, new RegExp(`the package fastify is not installed: run "npm ci" in ${elsewhere}\n`));
  t.match(await run(process.execPath, [program, '--version'], environment), { code: 0 });
});

t.test('a disk that is read-only is told so', async (t) => {
  const disk = directory(t);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    return t.comment('this machine does not let us mount');
  }
  t.teardown(() => execFileSync('umount', [disk]));
  for (const command of ['start', 'verify', 'migrate']) {
    const ended = await runCli([command], { DATA_DIR: join(disk, 'data'), PORT: '0' });
    oneLine(t, ended, /read-only file system/i, cannotLook(command));
  }
});

t.test('a URL whose password is half written, or not encoded, is told without the password', async (t) => {
  for (const url of [
    'postgres://clerk:se/cret@127.0.0.1:1/books',
    'postgres://clerk:se#cret@127.0.0.1:1/books',
    'postgres://clerk:se?cret@127.0.0.1:1/books',
    'postgres://clerk:100%cret@127.0.0.1:1/books',
    'postgres://clerk:cret',
    'clerk:cret@127.0.0.1/books',
  ]) {
    const result = await runCli(['start'], { DATA_DIR: join(directory(t), 'data'), PORT: '0', DATABASE_URL: url });
    oneLine(t, result, /DATABASE_URL|database URL/);
    t.notMatch(result.stderr, /cret@|se.?cret|100%cret/, 'no part of the password');
  }
});

t.test('a reader who stops reading does not break a command', async (t) => {
  const pipe = `set -o pipefail; "${process.execPath}" "${cli}" openapi | head -n 1`;
  t.match(await run('bash', ['-c', pipe], {}), { code: 0, stdout: 'openapi: 3.1.0\n', stderr: '' });
  const closed = `exec "${process.execPath}" "${cli}" --help >&-`;
  t.match(await run('bash', ['-c', closed], {}), { code: 0 });
});

t.test('a database that is not there is told without a stack by every command', async (t) => {
  const base = directory(t);
  mkdirSync(join(base, 'keys'));
  const environment = { DATA_DIR: base, DATABASE_URL: `postgres://clerk@${encodeURIComponent(base)}/books` };
  for (const command of [['migrate'], ['verify'], ['backup', join(base, 'backup')], ['ledger', 'create', 'x']])
    oneLine(
      t,
      await runCli(command, environment),
      /cannot reach PostgreSQL at postgres:\/\/clerk@\S+\/books: connect ENOENT/,
      cannotLook(command[0]),
    );
});
