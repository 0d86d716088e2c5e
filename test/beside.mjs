/**
 * What others feel while big results are made and read; run by hand after a build: `node test/beside.mjs [lines] [readers]`. Starts
 * the service on a database of its own, puts a month of redemptions and a statement of so many lines into it by SQL, and prints how
 * long posting an entry and /healthz take, first alone, then beside a reconciliation, beside pages and beside whole reports.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openPool } from '../dist/db/connect.js';
import { attachEmbedded } from '../dist/db/embedded.js';

const [lines = 100_000, readers = 8] = process.argv.slice(2).map(Number);
const members = 23_000;
const adjustment = { kind: 'adjustment', legs: [{ debit: 'test:a', credit: 'test:b', amount: '0.01' }] };
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'timeledger-beside-'));
chmodSync(directory, 0o755);
const env = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  DATA_DIR: join(directory, 'data'),
  PORT: '0',
  METRICS_PORT: '0',
  LOG_LEVEL: 'error',
};
const agent = new Agent({ keepAlive: true });
const service = spawn(process.execPath, ['--max-semi-space-size=32', cli, 'start'], {
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});

try {
  const base = await new Promise((resolve) => {
    createInterface({ input: service.stdout }).on('line', (line) => {
      const found = / listens on (\S+)/.exec(line)?.[1];
      if (found) resolve(found);
    });
  });
  const [operator, auditor] = await Promise.all([caller(base, 'operator'), caller(base, 'auditor')]);
  const statement = await fill(operator, auditor);
  const others = () => [
    ...Array.from({ length: 4 }, () => ['POST /v1/entries', () => operator('POST', '/v1/entries', adjustment)]),
    ['GET /healthz', () => operator('GET', '/healthz')],
  ];
  await measure('alone', 8_000, others(), []);

  const started = performance.now();
  const computing = measure('beside a reconciliation', 6_000, others(), []);
  const run = await reconcile(auditor, statement);
  console.log(`reconciled in ${Math.round(performance.now() - started)} ms: ${JSON.stringify(run.counts)}`);
  await computing;

  const path = `/v1/reconciliations/${run.id}`;
  const reading = (...paths) =>
    Array.from({ length: readers }, (_, i) => [paths[i % paths.length], () => auditor('GET', paths[i % paths.length])]);
  const pages = reading(`${path}/lines?limit=200`, `${path}/breaks?limit=200`, path);
  await measure(`beside ${readers} readers of pages`, 12_000, others(), pages);
  const reports = reading(`${path}/report?format=csv`, `${path}/report`, '/v1/reports/trial-balance');
  await measure(`beside ${readers} readers of reports`, 15_000, others(), reports);
} finally {
  agent.destroy();
  if (service.exitCode === null) {
    service.kill('SIGTERM');
    await once(service, 'exit');
  }
  rmSync(directory, { recursive: true, force: true });
}

/** Asks as a role; a status that is not a success fails, but for 503, which is counted. */
async function caller(base, role) {
  const child = spawn(process.execPath, [cli, 'token', '--ledger', 'xinchang', '--role', role], { env });
  let token = '';
  for await (const chunk of child.stdout) token += chunk;
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const typed = typeof body === 'string' ? 'text/csv' : 'application/json';
      const headers = {
        authorization: `Bearer ${token.trim()}`,
        ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
        ...(body && { 'content-type': typed }),
      };
      const asked = request(new URL(path, base), { method, agent, headers }, async (answer) => {
        const kept = [];
        let bytes = 0;
        for await (const chunk of answer) {
          bytes += chunk.length;
          if (bytes < 1_000_000) kept.push(chunk);
        }
        const text = Buffer.concat(kept).toString();
        if (answer.statusCode < 300 || answer.statusCode === 503) resolve({ status: answer.statusCode, text });
        else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
      });
      asked.on('error', reject);
      asked.end(typeof body === 'object' ? JSON.stringify(body) : body);
    });
}

/** A partner, two accounts, and by SQL what nobody would wait for: movements, lines, members. Returns the statement's id. */
async function fill(operator, auditor) {
  const bank = { id: 'xc-bank', name: '农商', kind: 'rural_commercial_bank', may_backdate: true };
  await operator('POST', '/v1/partners', bank);
  for (const code of ['test:a', 'test:b'])
    await operator('POST', '/v1/accounts', { code, asset: 'COIN', type: 'liability', floor: null, ceiling: null });
  const csv = 'partner_reference,booked_on,points,amount_cny,type\nX1,2026-10-05,50,5.00,redeem\n';
  const { text } = await auditor('POST', '/v1/partner-statements?partner=xc-bank&period=2026-10', csv);
  const { id } = JSON.parse(text);
  const sql = openPool(await attachEmbedded(env.DATA_DIR), { max: 1, applicationName: 'beside' });
  const reference = `'BK' || lpad(i::text, 8, '0')`;
  const day = `date '2026-10-01' + i % 31`;
  await sql.unsafe(`insert into timebank.redemption_movements
      (ledger_id, entry, redemption_id, partner_id, partner_reference, effective_on, points, amount_cny)
    select 1, 2, gen_random_uuid(), 'xc-bank', ${reference}, ${day}, 50, 500 from generate_series(1, ${lines}) i`);
  await sql.unsafe(`insert into timebank.partner_statement_lines
      (ledger_id, partner_statement_id, line, partner_reference, booked_on, points, amount_cny, type, entry)
    select 1, '${id}', i + 2, ${reference}, ${day}, case when i % 100 = 0 then 51 else 50 end, 500, 'redeem', 2
    from generate_series(1, ${lines}) i`);
  await sql.unsafe(`insert into timeledger.accounts (ledger_id, account_id, code, asset, type, floor, debits, credits, version,
      day, day_debits, day_credits, day_first, day_last)
    select 1, 1000 + i, 'member:M' || lpad(i::text, 6, '0') || ':points', 'POINT', 'liability', 0, 0, 100, 1,
      '2026-10-01', 0, 100, 1, 1 from generate_series(1, ${members}) i`);
  await sql.unsafe('analyze');
  await sql.end();
  return id;
}

async function reconcile(auditor, statement) {
  let run = JSON.parse((await auditor('POST', '/v1/reconciliations', { partner_statement: statement })).text);
  while (run.counts === null) {
    await sleep(200);
    run = JSON.parse((await auditor('GET', `/v1/reconciliations/${run.id}`)).text);
  }
  return run;
}

/** Lets everyone ask again and again; others pause for 10 ms in between, readers do not. */
async function measure(title, milliseconds, others, reading) {
  const end = performance.now() + milliseconds;
  const taken = new Map();
  let [peak, refused] = [0, 0];
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMegabytes());
  }, 100);
  const ask = async ([name, act], pause) => {
    while (performance.now() < end) {
      const started = performance.now();
      const { status } = await act();
      if (status === 503) refused += 1;
      taken.set(name, [...(taken.get(name) ?? []), performance.now() - started]);
      await sleep(pause);
    }
  };
  await Promise.all([...others.map((one) => ask(one, 10)), ...reading.map((one) => ask(one, 0))]);
  clearInterval(watch);
  console.log(`${title}: the service takes ${Math.round(peak)} MB at most; ${refused} refused`);
  for (const [name, all] of taken) {
    all.sort((a, b) => a - b);
    const at = (part) => `${Math.round(all[Math.min(all.length - 1, Math.floor(all.length * part))])}`.padStart(6);
    console.log(`  p50${at(0.5)}  p99${at(0.99)}  max${at(1)} ms  ${String(all.length).padStart(6)} times  ${name}`);
  }
}

function residentMegabytes() {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}
