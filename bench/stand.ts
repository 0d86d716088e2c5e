/**
 * The test stand: a service, its database, a load generator, and how one run is measured on them. What is measured in which
 * order is not its business.
 */

import { once } from 'node:events';
import type { Cleanup } from '#src/commands/cleanup.js';
import { progressBar } from '#src/commands/progress.js';
import { keyDirectory } from '#src/database.js';
import { openPool, type Pool, type SocketTarget } from '#src/db/connect.js';
import { attachEmbedded } from '#src/db/embedded/embedded.js';
import { issueToken, type Role, tokenKeysOf } from '#src/http/tokens.js';
import { readKeys } from '#src/keys.js';
import { systemClock } from '#src/lib/clock.js';
import { sameIn } from '#src/lib/language.js';
import { firstLedger } from '#src/server.js';
import { type CpuReading, ownTime, readCpu } from './cpu.js';
import { checkpoint } from './database-facts.js';
import { type Generator, startGenerator } from './generator.js';
import type { LoadResult, LoadStream } from './load-protocol.js';
import { orgUnitId } from './names.js';
import type { Measurement } from './results.js';
import { type ServiceProcess, startService } from './service-process.js';

export const ledger = firstLedger;

export interface Stand {
  readonly service: ServiceProcess;
  readonly target: SocketTarget;
  readonly sql: Pool;
  readonly cleanup: Cleanup;
  token(role: Role, subject: string): string;
  measure(plan: Plan): Promise<Measurement[]>;
  /** Measures the streams while something else is done, and until it is. */
  measureBeside(streams: readonly LoadStream[], work: () => Promise<void>): Promise<Measurement[]>;
  /** Processor seconds by a thousand answers of another server, loaded with one stream; null without /proc. */
  costOf(server: Server, stream: LoadStream, seconds: number): Promise<number | null>;
  /** Entries that the service acknowledged in all runs so far. */
  acknowledged(): number;
}

/** Who answers, and the process whose time that takes. */
type Server = Pick<ServiceProcess, 'pid' | 'host' | 'port'>;

export interface Plan {
  /** The first is the one whose units processor time is counted by. */
  readonly streams: readonly LoadStream[];
  readonly warmupSeconds: number;
  readonly seconds: number;
  readonly stopAfterEntries?: number;
  readonly label: string;
}

/** Longer than any run. */
const tokenSeconds = 24 * 3_600;
const longestWorkSeconds = 3_600;

export async function openStand(cleanup: Cleanup): Promise<Stand> {
  const service = await startService(cleanup);
  const { config } = service;
  const target = await attachEmbedded(config.dataDir);
  if (!target || 'url' in target) throw new Error('the service runs without its database');
  const sql = openPool(target, { max: 2, applicationName: 'timeledger bench' });
  cleanup.add(() => sql.end({ timeout: 1 }));
  const generator = startGenerator();
  cleanup.add(() => generator.stop());
  const keys = tokenKeysOf(readKeys(keyDirectory(config)).tokens[0].key);
  const token = (role: Role, subject: string) =>
    issueToken(
      keys,
      {
        issuer: config.issuer,
        ledger,
        role,
        subject,
        ...(role === 'partner' && { partner: subject }),
        ...(role === 'coordinator' && { orgUnit: orgUnitId }),
      },
      tokenSeconds,
      systemClock,
    );
  let acknowledged = 0;
  return {
    service,
    target,
    sql,
    cleanup,
    token,
    acknowledged: () => acknowledged,
    measure: async (plan) => {
      const measured = await measure(service, sql, generator, plan);
      for (const measurement of measured) acknowledged += measurement.acknowledged;
      return measured;
    },
    costOf: (server, stream, seconds) => costOfServer(server, generator, stream, seconds),
    measureBeside: (streams, work) => measureBeside(service, generator, streams, work),
  };
}

async function costOfServer(
  { pid, host, port }: Server,
  generator: Generator,
  stream: LoadStream,
  seconds: number,
): Promise<number | null> {
  const times: (number | null)[] = [];
  const job = { host, port, streams: [stream], warmupSeconds: 1, seconds };
  const window = () => void times.push(ownTime(pid));
  const result = await generator.run(job, { tick: () => {}, window });
  const [from, to] = times;
  const { requests = 0, errors = 0, firstError } = result.streams[0] ?? {};
  if (errors > 0) throw new Error(`${stream.name}: ${firstError}`);
  return typeof from === 'number' && typeof to === 'number' && requests > 0 ? ((to - from) / requests) * 1_000 : null;
}

async function measureBeside(
  { host, port }: ServiceProcess,
  generator: Generator,
  streams: readonly LoadStream[],
  work: () => Promise<void>,
): Promise<Measurement[]> {
  const opened = new AbortController();
  const job = { host, port, streams, warmupSeconds: 1, seconds: longestWorkSeconds };
  const running = generator.run(job, { tick: () => {}, window: () => opened.abort() });
  try {
    await Promise.race([once(opened.signal, 'abort'), running]);
    await work();
  } finally {
    generator.finish();
  }
  const result = await running;
  return streams.map((stream, i) => measurementOf(stream, result, i, []));
}

async function measure(service: ServiceProcess, sql: Pool, generator: Generator, plan: Plan): Promise<Measurement[]> {
  const { streams, warmupSeconds, seconds, stopAfterEntries, label } = plan;
  await checkpoint(sql);
  const postmaster = service.postmaster();
  const readings: (CpuReading | null)[] = [];
  const bar = progressBar(sameIn(label.padEnd(34)), 'en');
  const started = performance.now();
  const tick = (acknowledged: number) => {
    if (stopAfterEntries !== undefined) bar.show(acknowledged, stopAfterEntries);
    else bar.show(Math.round((performance.now() - started) / 1_000), warmupSeconds + seconds);
  };
  const job = { host: service.host, port: service.port, streams, warmupSeconds, seconds };
  const window = () => void readings.push(readCpu(service.pid, postmaster));
  const result = await generator
    .run({ ...job, ...(stopAfterEntries !== undefined && { stopAfterEntries }) }, { tick, window })
    .finally(() => bar.end());
  return streams.map((stream, i) => measurementOf(stream, result, i, readings));
}

function measurementOf(
  stream: LoadStream,
  result: LoadResult,
  index: number,
  readings: readonly (CpuReading | null)[],
): Measurement {
  const found = result.streams[index];
  if (!found) throw new Error(`the load generator says nothing of ${stream.name}`);
  const unit = stream.kind === 'bulk' || stream.kind === 'intake' ? 'entries' : 'requests';
  const units = unit === 'entries' ? found.entries : found.requests;
  return {
    name: stream.name,
    connections: stream.connections,
    seconds: result.seconds,
    requests: found.requests,
    rate: units / result.seconds,
    unit,
    latency: found.latency,
    errors: found.errors,
    first_error: found.firstError,
    acknowledged: found.acknowledged,
    pgbench_rate: null,
    machine_cost: null,
    ...(index === 0 ? costOf(units, result, readings) : { cpu_seconds_per_1000: null, other_cores: null }),
  };
}

function costOf(
  units: number,
  { cpuSeconds, seconds }: LoadResult,
  [from, to]: readonly (CpuReading | null)[],
): Pick<Measurement, 'cpu_seconds_per_1000' | 'other_cores'> {
  if (!from || !to || units === 0) return { cpu_seconds_per_1000: null, other_cores: null };
  const service = to.service - from.service;
  const postgres = to.postgres - from.postgres;
  const by = (value: number) => (value / units) * 1_000;
  const other = to.machine - from.machine - service - postgres - cpuSeconds;
  return {
    cpu_seconds_per_1000: { service: by(service), postgres: by(postgres), generator: by(cpuSeconds) },
    other_cores: Math.max(0, other / seconds),
  };
}
