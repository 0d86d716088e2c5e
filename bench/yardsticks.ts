/** What the service is held against, on the same PostgreSQL in the same run: pgbench, a ledger in bare SQL, the lane without batches. */

import { keyDirectory } from '#src/database.js';
import { openPool } from '#src/db/connect.js';
import { readKeys } from '#src/keys.js';
import { createLedger } from '#src/ledger/ledgers.js';
import { logIdentity } from '#src/ledger/log/identity.js';
import { openStore } from '#src/ledger/store.js';
import { systemClock } from '#src/lib/clock.js';
import { countyPlan } from '#src/timebank/chart.js';
import { startBareHttp } from './bare-http.js';
import { makeBareTables, writeBareScript } from './bare-sql.js';
import { readCpu } from './cpu.js';
import { checkpoint } from './database-facts.js';
import { postOneAtATime } from './one-at-a-time.js';
import type { Part } from './parts.js';
import { findPgbench, openPgbench, type Pgbench } from './pgbench.js';
import { openAccounts, withLane } from './population.js';
import type { Yardstick } from './results.js';
import type { Stand } from './stand.js';

export interface Yardsticks {
  /** Runs what else was asked for, before the service is measured. */
  before(): Promise<Yardstick[]>;
  /** The main yardstick, once more before and after each run: a machine's speed changes within minutes. Null: not asked for. */
  main(): Promise<Yardstick | null>;
  /** What an answer of a bare HTTP server costs, in processor seconds by a thousand; null without /proc. */
  bareHttp(): Promise<number | null>;
}

export type Note = (line: string) => void;

const bareHttpSeconds = 3;
const bareHttpStream = {
  name: 'bare HTTP',
  kind: 'posting',
  connections: 64,
  tokens: ['none'],
  population: 1_000,
} as const;
const pgbenchDatabase = 'pgbench';
const scale = 20;
const warmupSeconds = 2;
/** The ledger of the lane that is driven without batches. */
const soloLedger = 'bench-solo';

export async function prepareYardsticks(
  stand: Stand,
  chosen: ReadonlySet<Part>,
  seconds: number,
  note: Note,
): Promise<Yardsticks> {
  const program = findPgbench();
  if (program === null) note('no pgbench on this machine: ratios to it are left out');
  const standard = program !== null && chosen.has('pgbench') ? await prepareStandard(program, stand, note) : null;
  const bare = await startBareHttp(stand.cleanup);
  const run = (clients: number) => runStandard(stand, standard, clients, seconds);
  return {
    before: async () => [
      ...(await run(64)),
      ...(program !== null && chosen.has('bare-sql') ? await runBare(program, stand, seconds, note) : []),
      ...(chosen.has('one-at-a-time') ? [await runSolo(stand, seconds, note)] : []),
    ],
    main: async () => (await run(32))[0] ?? null,
    bareHttp: () => stand.costOf(bare, bareHttpStream, bareHttpSeconds),
  };
}

async function prepareStandard(program: string, stand: Stand, note: Note): Promise<Pgbench> {
  note(`preparing pgbench, scale ${scale}`);
  await stand.sql.unsafe(`create database ${pgbenchDatabase}`);
  const pgbench = openPgbench(program, { ...stand.target, database: pgbenchDatabase }, stand.cleanup);
  await pgbench.initialise(scale);
  await pgbench.run({ name: '', clients: 32, seconds: warmupSeconds, script: ['-N'] });
  return pgbench;
}

async function runStandard(
  stand: Stand,
  pgbench: Pgbench | null,
  clients: number,
  seconds: number,
): Promise<Yardstick[]> {
  if (!pgbench) return [];
  await checkpoint(stand.sql);
  const postmaster = stand.service.postmaster();
  const from = readCpu(stand.service.pid, postmaster);
  const result = await pgbench.run({ name: `pgbench -N -c ${clients}`, clients, seconds, script: ['-N'] });
  const to = readCpu(stand.service.pid, postmaster);
  if (!from || !to) return [result];
  return [{ ...result, cpu_seconds_per_1000: ((to.postgres - from.postgres) / (result.rate * seconds)) * 1_000 }];
}

async function runBare(program: string, stand: Stand, seconds: number, note: Note): Promise<Yardstick[]> {
  note('preparing the ledger in bare SQL');
  await makeBareTables(stand.sql);
  const pgbench = openPgbench(program, stand.target, stand.cleanup);
  const script = ['-f', writeBareScript(stand.service.config.dataDir)];
  const results: Yardstick[] = [];
  for (const clients of [32, 64]) {
    await pgbench.run({ name: '', clients, seconds: warmupSeconds, script });
    await checkpoint(stand.sql);
    results.push(await pgbench.run({ name: `bare SQL, ${clients} connections`, clients, seconds, script }));
  }
  await stand.sql.unsafe('drop schema bare cascade');
  return results;
}

/** On a ledger of its own: its lane is nobody else's. */
async function runSolo(stand: Stand, seconds: number, note: Note): Promise<Yardstick> {
  note('preparing a lane without batches');
  const store = openStore(() => openPool(stand.target, { max: 1, applicationName: 'timeledger bench' }));
  try {
    const plan = {
      ...countyPlan,
      ...logIdentity('bench', soloLedger, readKeys(keyDirectory(stand.service.config)).log),
    };
    await createLedger(store, soloLedger, plan, { clock: systemClock });
  } finally {
    await store.close();
  }
  return withLane(stand.target, soloLedger, 1, async (lane) => {
    await openAccounts(lane);
    await checkpoint(stand.sql);
    return postOneAtATime(lane, seconds);
  });
}
