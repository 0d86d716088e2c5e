/**
 * Runs every test on the embedded PostgreSQL and, where its programs are present, again on PostgreSQL 15: one server for a whole
 * run, a database for each test; files that need none run once. Shows a line a file, what failed in full, and ends with
 * `N passed, N failed`: tests, not assertions. Tests are compiled once, without their types being checked, and each file is a
 * process of its own, a few at a time.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, posix } from 'node:path';
import { createInterface } from 'node:readline';
import { compile } from './compile.mjs';

/** How many files run at once: one more than can compute, for one of them always waits for something. */
const jobs = availableParallelism() + 1;
/** A test without an end fails after so many seconds; its file is killed a minute later. */
const timeoutSeconds = 600;

compile();
const { startTestServer } = await import('../build/test/support/database.js');
const { Tally } = await import('../build/test/support/tally.js');

const older = process.env.TIMELEDGER_POSTGRES_15 ?? '/usr/lib/postgresql/15/bin';
const versions = [{ name: 'the embedded PostgreSQL' }];
if (existsSync(join(older, 'postgres'))) versions.push({ name: 'PostgreSQL 15', binDirectory: older });

const named = process.argv.slice(2).map((file) => posix.normalize(file));
// Once is enough: tests of the service as a process bring the embedded PostgreSQL along, those of HTTP's manners ask no question of
// their own of a database, a whole county asks what smaller tests ask, many times, and what verification finds where something was changed is
// decided by our code: the queries that it asks end nearly every other test, and so run on every server. What operations answer is decided by
// our code, too: the table of roles asks each of them once, and runs on every server.
const once = [
  'test/service/',
  'test/county/',
  'test/http/',
  'test/api/',
  'test/readme.test.ts',
  'test/ledger/tamper.test.ts',
  'test/ledger/verify/',
];
const always = ['test/http/roles.test.ts'];
const tally = new Tally();

for (const version of versions) {
  console.log(`\n# on ${version.name}`);
  const server = await startTestServer(version.binDirectory && { binDirectory: version.binDirectory });
  try {
    const files = named.length > 0 ? named : everyTest();
    const chosen = named.length === 0 && version.binDirectory ? files.filter(dependsOnServer) : files;
    const services = chosen.some((file) => file.startsWith('test/service/'));
    await runFiles(chosen, {
      TIMELEDGER_TEST_POSTGRES: JSON.stringify(server.connection),
      ...(version.binDirectory && { TIMELEDGER_TEST_PG_BIN: version.binDirectory }),
      ...(services && { TIMELEDGER_TEST_MIGRATED: migratedIn(server.dataDirectory) }),
    });
  } finally {
    await server.stop();
  }
}

const { passed, failed, skipped } = tally;
if (skipped > 0) console.log(`\n${skipped} skipped`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

/** A service's data directory, made once for all of its tests that copy it. */
function migratedIn(base) {
  const made = join(base, 'migrated');
  execFileSync(process.execPath, ['dist/main.js', 'migrate'], { env: { ...process.env, DATA_DIR: made } });
  return made;
}

async function runFiles(files, env) {
  const waiting = files.entries();
  const work = async () => {
    for (const [index, file] of waiting) await runFile(index + 1, file, env);
  };
  await Promise.all(Array.from({ length: jobs }, work));
}

/** Its TAP becomes a subtest; whatever ends the process without exit code 0 has failed. */
async function runFile(number, file, env) {
  const program = `build/${file.replace(/\.ts$/, '.js')}`;
  const started = performance.now();
  const test = spawn(process.execPath, ['--enable-source-maps', program], {
    env: { ...process.env, TAP_TIMEOUT: String(timeoutSeconds), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: (timeoutSeconds + 60) * 1_000,
    killSignal: 'SIGKILL',
  });
  const ended = new Promise((resolve) => test.once('close', (code, signal) => resolve(signal ?? code)));
  const lines = [`# Subtest: ${file}`];
  for await (const line of createInterface({ input: test.stdout })) lines.push(`    ${line}`);
  const code = await ended;
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  const result = `${code === 0 ? 'ok' : 'not ok'} ${number} - ${file}`;
  for (const line of [...lines, `${result} # time=${seconds}s`]) tally.line(line);
  if (code !== 0) console.log(failuresOf(lines).join('\n'));
  console.log(`${result} (${seconds} s)${code === 0 || code === 1 ? '' : ` ended with ${code}`}`);
}

function dependsOnServer(file) {
  return asksDatabase(file) && !runsOnce(file);
}

function runsOnce(file) {
  return !always.includes(file) && once.some((place) => file.startsWith(place));
}

/** Whether a test, or what it imports of test/, comes to the support that gives it a database. */
function asksDatabase(file, seen = new Set()) {
  if (file === 'test/support/database.ts') return true;
  if (seen.has(file) || !existsSync(file)) return false;
  seen.add(file);
  const imports = [...readFileSync(file, 'utf8').matchAll(/ from '(\.[^']+)'/g)].map(([, module]) =>
    posix.join(posix.dirname(file), module.replace(/\.js$/, '.ts')),
  );
  return imports.some((module) => module.startsWith('test/') && asksDatabase(module, seen));
}

/** Those that run once go first: the longest are among them, and the end should not wait for one. */
function everyTest() {
  const files = readdirSync('test', { recursive: true })
    .map((name) => `test/${name}`)
    .filter((name) => name.endsWith('.test.ts'));
  return files.sort((a, b) => Number(runsOnce(b)) - Number(runsOnce(a)) || (a < b ? -1 : 1));
}

/** Of a file's TAP what failed: its `not ok` lines and the explanation below each. */
function failuresOf(lines) {
  let inside = false;
  return lines.filter((line) => {
    if (/^\s*(not )?ok \d|^\s*# Subtest/.test(line)) inside = /^\s*not ok/.test(line);
    return inside;
  });
}
