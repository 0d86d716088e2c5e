/** Starts the service and stops it: database, schema, ledger, HTTP, metrics, and the chores that need a clock. */
import type { KeyObject } from 'node:crypto';
import { statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { type BuiltApp, buildApp } from './app.js';
import type { Config } from './config.js';
import { type Database, keyDirectory, mastersOf, migrateDatabase, openKeys, openServiceDatabase } from './database.js';
import { type ConnectionTarget, openPool, StartError } from './db/connect.js';
import { serviceRole } from './db/role.js';
import { Storage } from './db/storage.js';
import { startMetricsServer } from './http/metrics.js';
import { tokenKeysOf } from './http/tokens.js';
import { lookupKeyOf, readTokenKeys } from './keys.js';
import { forgetAnswers } from './ledger/forget.js';
import { createLedger } from './ledger/ledgers.js';
import { logIdentity } from './ledger/log/identity.js';
import { openStore } from './ledger/store.js';
import { type Clock, systemClock } from './lib/clock.js';
import { startLaneRunner } from './runners.js';
import { completeLeft, sweepResults } from './timebank/audit/reconciliations/complete.js';
import { countyPlan } from './timebank/chart.js';
import { repeatChores } from './timebank/jobs.js';
import { releaseAll } from './work/claims.js';
import { startWorkerProcess } from './worker-process.js';

export interface RunningServer {
  /** `http://127.0.0.1:3000` */
  readonly url: string;
  readonly metricsPort: number;
  /** Takes no more requests, finishes those it has, commits the batch in flight, stops an embedded database. */
  close(): Promise<void>;
}

/** The ledger a fresh database starts with. */
export const firstLedger = 'xinchang';

const choresMilliseconds = 60_000;
const forgetMilliseconds = 3_600_000;
const keyMilliseconds = 500;
/** How long an answer is remembered under its key. */
const rememberDays = 35;

/**
 * Starts the service; the worker beside it goes by the machine's clock, whatever `clock` says.
 * Refuses (StartError, KeyError, one line): what `startEmbedded`, `migrate` and `openKeys` refuse, and a port that is taken.
 */
export async function startServer(config: Config, clock: Clock = systemClock): Promise<RunningServer> {
  const database = await openServiceDatabase(config, (line) => console.error(line));
  try {
    return await startOn(config, database, clock);
  } catch (error) {
    await database.stop();
    throw error;
  }
}

async function startOn(config: Config, database: Database, clock: Clock): Promise<RunningServer> {
  await migrateDatabase(database.target);
  const { tokens, log, secret } = await openKeys(database.target, config);
  await prepareBooks(config, database, log, clock);
  const target = await database.admit(serviceRole);
  const storage = new Storage({
    ...(config.databaseUrl === undefined && { directory: resolve(config.dataDir) }),
    reserveBytes: config.storageReserve,
    log: (line) => console.error(line),
  });
  const keys = { tokens: tokens.map(({ key }) => key), log, secret, masters: () => mastersOf(config) };
  const built = await buildApp({ config, target, clock, storage, keys });
  try {
    await built.watch();
    await listen(built, config);
    built.service.papers.warm();
    const metrics = await startMetricsServer(built.metrics, {
      host: config.metricsHost,
      port: config.metricsPort,
      chosen: config.metricsPortChosen,
      log: built.app.log,
    }).catch((error) => {
      throw portError(error, 'METRICS_PORT', config.metricsHost, config.metricsPort);
    });
    const chores = startChores(built, keyDirectory(config));
    const jobs = startJobs(built, target, config, lookupKeyOf(secret));
    const close = async () => {
      chores.stop();
      storage.stop();
      await jobs.stop();
      await built.close();
      await metrics.close();
      await database.stop();
    };
    return { url: urlOf(built, config), metricsPort: metrics.port, close };
  } catch (error) {
    await built.close();
    throw error;
  }
}

/** Makes ledger `xinchang` when there is none at all; jobs that a service before this one was at, on a database of its own, go on at once. */
async function prepareBooks(
  config: Config,
  { target, alone }: Database,
  logKey: KeyObject,
  clock: Clock,
): Promise<void> {
  const store = openStore(() => openPool(target, { max: 1, applicationName: 'timeledger start' }));
  try {
    if (alone) await releaseAll(store.sql());
    const [other] = await store.sql()`select code from timeledger.ledgers where code <> ${firstLedger} limit 1`;
    if (other) return;
    const plan = { ...countyPlan, ...logIdentity(config.issuer, firstLedger, logKey) };
    await createLedger(store, firstLedger, plan, { clock });
  } finally {
    await store.close();
  }
}

async function listen({ app }: BuiltApp, config: Config): Promise<void> {
  try {
    await app.listen({ host: config.host, port: config.port, backlog: 1024 });
  } catch (error) {
    throw portError(error, 'PORT', config.host, config.port);
  }
}

function portError(error: unknown, variable: string, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new StartError({
      en: `port ${port} on ${host} is in use: stop what listens there, or set ${variable} to another`,
      zh: `${host} 的端口 ${port} 已被占用：请停止占用该端口的程序，或将 ${variable} 设为其他端口`,
    });
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new StartError({
      en: `cannot listen on ${host} port ${port} (${code}): set ${variable.replace('PORT', 'HOST')} or ${variable} to another`,
      zh: `无法监听 ${host} 的端口 ${port}（${code}）：请更改 ${variable.replace('PORT', 'HOST')} 或 ${variable}`,
    });
  }
  return error;
}

function urlOf({ app }: BuiltApp, config: Config): string {
  const { port } = app.server.address() as AddressInfo;
  return `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
}

/** The jobs of this process, and the worker beside it. */
function startJobs(
  { app, service }: BuiltApp,
  target: ConnectionTarget,
  { logLevel }: Config,
  lookupKey: Buffer,
): { stop(): Promise<void> } {
  const log = (message: string, error?: unknown) => app.log.warn({ err: error }, message);
  const { sql, bell } = service.work;
  const runner = startLaneRunner(service, { log, ended: () => bell.ring() });
  const worker = startWorkerProcess({ target, lookupKey, logLevel, bell, sql, log });
  return {
    stop: async () => {
      await Promise.all([runner.stop(), worker.stop()]);
    },
  };
}

/**
 * Every ledger has its jobs that repeat, reconciliations that a stopped service left are computed, old answers are forgotten; none
 * of it changes what a request would be told. Keys that were rotated are taken up, by every process on the directory within a second.
 */
function startChores({ app, service }: BuiltApp, keys: string): { stop(): void } {
  const attempt = (chore: () => Promise<unknown>) => () => {
    chore().catch((error: unknown) => app.log.warn({ err: error }, 'a chore failed; it will run again'));
  };
  const repeat = () => repeatChores(service.work.sql);
  const forget = async () => {
    const before = new Date(service.clock() - rememberDays * 86_400_000).toISOString();
    for (const { facts } of await service.lanes.all()) {
      await forgetAnswers(service.chores, facts.id, before);
      await sweepResults(service.chores, facts.id, service.clock() - forgetMilliseconds);
    }
  };
  const complete = async () => {
    const { sql } = service.work;
    for (const { facts } of await service.lanes.all()) await completeLeft(sql, facts.id, service.clock());
  };
  let seen = statSync(keys).mtimeMs;
  const takeUpKeys = async () => {
    const changed = statSync(keys).mtimeMs;
    if (changed === seen) return;
    service.tokenKeys.replace(readTokenKeys(keys).map(({ key }) => tokenKeysOf(key)));
    service.personal.refresh();
    seen = changed;
  };
  const timers = [
    setInterval(attempt(repeat), choresMilliseconds),
    setInterval(attempt(complete), choresMilliseconds),
    setInterval(attempt(forget), forgetMilliseconds),
    setInterval(attempt(takeUpKeys), keyMilliseconds),
  ];
  attempt(repeat)();
  for (const timer of timers) timer.unref();
  return {
    stop: () => {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
