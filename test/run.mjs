/**
 * Runs every test on the embedded PostgreSQL and, where its programs are present, again on PostgreSQL 15: one server for a whole
 * run, a database for each test; files that need none run once. Shows a line a file, what failed in full, and ends with
 * `N passed, N failed`: tests, not assertions.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { createInterface } from 'node:readline';
import { startEmbedded } from '../dist/db/embedded/embedded.js';
import { Tally } from './support/tally.mjs';

const older = process.env.TIMELEDGER_POSTGRES_15 ?? '/usr/lib/postgresql/15/bin';
const versions = [{ name: 'the embedded PostgreSQL' }];
if (existsSync(join(older, 'postgres'))) versions.push({ name: 'PostgreSQL 15', binDirectory: older });

const files = process.argv.slice(2);
// Tests of the service as a process bring the embedded PostgreSQL along: once is enough.
const ownServer = ['test/service/', 'test/readme.test.ts'];
const tally = new Tally();
let exitCode = 0;
/** Runs of tap that failed without a failed test: a time-out, a crash of tap itself. */
let broken = 0;

for (const version of versions) {
  console.log(`\n# on ${version.name}`);
  const dataDirectory = mkdtempSync(join(tmpdir(), 'timeledger-tests-'));
  chmodSync(dataDirectory, 0o755);
  const settings = {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    shared_buffers: '128MB',
    max_connections: '200',
  };
  const server = await startEmbedded({
    dataDirectory,
    settings,
    ...(version.binDirectory && { binDirectory: version.binDirectory }),
  });
  try {
    const chosen =
      version.binDirectory && files.length === 0
        ? everyTest().filter((file) => asksDatabase(file) && !ownServer.some((own) => file.startsWith(own)))
        : files;
    await runTap(chosen, {
      TIMELEDGER_TEST_POSTGRES: JSON.stringify(server.connection),
      ...(version.binDirectory && { TIMELEDGER_TEST_PG_BIN: version.binDirectory }),
    });
  } finally {
    await server.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

const { passed, failed, skipped } = tally;
if (skipped > 0) console.log(`\n${skipped} skipped`);
console.log(`\n${passed} passed, ${failed + broken} failed`);
process.exit(exitCode);

/** A run that fails without a failed test counts as one failure. */
async function runTap(files, env) {
  const tap = spawn('npx', ['tap', '--reporter=tap', ...files], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let buffer = [];
  const failedBefore = tally.failed;
  for await (const line of createInterface({ input: tap.stdout })) {
    tally.line(line);
    if (/^(not )?ok \d+ - test\//.test(line)) {
      if (line.startsWith('not ok')) console.log(failuresOf(buffer).join('\n'));
      console.log(
        line.replace(/ # time=(.*)ms$/, (_, ms) => ` (${(Number(ms) / 1000).toFixed(1)} s)`).replace(/ \{$/, ''),
      );
      buffer = [];
    } else buffer.push(line);
  }
  const code = await new Promise((resolve) =>
    tap.exitCode === null ? tap.once('exit', resolve) : resolve(tap.exitCode),
  );
  if (code !== 0) {
    exitCode = Number(code) || 1;
    if (tally.failed === failedBefore) broken += 1;
  }
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

function everyTest() {
  return readdirSync('test', { recursive: true })
    .map((name) => `test/${name}`)
    .filter((name) => name.endsWith('.test.ts'))
    .sort();
}

/** Of a file's TAP what failed: its `not ok` lines and the explanation below each. */
function failuresOf(lines) {
  let inside = false;
  return lines.filter((line) => {
    if (/^\s*(not )?ok \d|^\s*# Subtest/.test(line)) inside = /^\s*not ok/.test(line);
    return inside;
  });
}
