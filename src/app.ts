/** The whole service on one screen: what it is made of, in the order in which requests meet it. Starts nothing, listens nowhere. */
import type { KeyObject } from 'node:crypto';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify from 'fastify';
import { registerPartnerStatements } from './api/audit/partner-statements.js';
import { registerPeriods } from './api/audit/periods.js';
import { registerReconciliationReport } from './api/audit/reconciliation-report.js';
import { registerReconciliations } from './api/audit/reconciliations.js';
import { registerReports } from './api/audit/reports.js';
import { registerAdjustments } from './api/credit/adjustments.js';
import { registerRuleSets } from './api/credit/rule-sets.js';
import { registerImports } from './api/imports/imports.js';
import { registerAccounts } from './api/ledger/accounts.js';
import { registerEntries } from './api/ledger/entries.js';
import { registerLog } from './api/ledger/log.js';
import { registerPartners } from './api/partners/partners.js';
import { registerRedemptions } from './api/partners/redemptions.js';
import { registerMembers } from './api/people/members.js';
import { registerOrgUnits } from './api/people/org-units.js';
import { registerServiceRecords } from './api/service/service-records.js';
import { registerJobs } from './api/system/jobs.js';
import { registerOAuth } from './api/system/oauth.js';
import type { Config } from './config.js';
import { type ConnectionTarget, openPool, type Pool } from './db/connect.js';
import { Storage } from './db/storage.js';
import { registerAuth } from './http/auth.js';
import { registerBodies } from './http/body.js';
import { registerCsvBodies } from './http/csv-body.js';
import { errorHandler, notFoundHandler } from './http/error-handler.js';
import { registerFormBodies } from './http/form-body.js';
import { registerHeaders } from './http/headers.js';
import { registerHealth } from './http/health.js';
import { registerJwks } from './http/jwks.js';
import { createMetrics, type Metrics, registerMetrics } from './http/metrics.js';
import { docsPrefix, registerDocs, registerOpenApi } from './http/openapi.js';
import { fastifyOptions } from './http/options.js';
import { peopleVerifier } from './http/people.js';
import { registerPressure } from './http/pressure.js';
import { registerRateLimit } from './http/rate-limit.js';
import type { App, Service } from './http/service.js';
import { tokenKeysOf } from './http/tokens.js';
import { Lanes } from './ledger/ledgers.js';
import { noteSigner } from './ledger/log/checkpoint.js';
import { roomyStore } from './ledger/room.js';
import { openStore } from './ledger/store.js';
import type { Clock } from './lib/clock.js';
import { Refusal } from './lib/refusal.js';
import { ComputeThread } from './timebank/audit/reconciliations/compute-thread-host.js';
import { xinchangPilot1 } from './timebank/credit/rule-set.js';
import { packageVersion } from './version.js';
import { Bell } from './work/bell.js';

export interface AppOptions {
  readonly config: Config;
  readonly target: ConnectionTarget;
  readonly clock: Clock;
  /** Whether the database has room; without it only the database's own refusals tell. */
  readonly storage?: Storage;
  /** Ed25519 private keys: one signs tokens, the other the log's checkpoints. */
  readonly tokenKey: KeyObject;
  readonly logKey: KeyObject;
}

export interface BuiltApp {
  readonly app: App;
  readonly service: Service;
  readonly metrics: Metrics;
  /** Finishes what is in flight, then lets the connections go. */
  close(): Promise<void>;
}

/** The role of the database that every connection takes on: it may read, and call the commit function. */
export const serviceRole = 'timeledger_service';

/** Builds the service; `app.ready()` has been awaited. */
export async function buildApp(options: AppOptions): Promise<BuiltApp> {
  const { config, clock, storage = new Storage() } = options;
  const app: App = Fastify(fastifyOptions(config)).withTypeProvider<TypeBoxTypeProvider>();
  const metrics = createMetrics(storage);
  const thread = new ComputeThread({ target: options.target, role: serviceRole });
  const service = openService({ ...options, storage }, app, metrics, thread);
  // A connection of its own: the service is ready however many reads wait.
  const ready = openReads(options, { applicationName: 'timeledger ready', max: 1, seconds: 2 });

  app.setErrorHandler(errorHandler);
  app.setNotFoundHandler(notFoundHandler);
  await registerPressure(app);
  registerBodies(app);
  registerCsvBodies(app);
  registerFormBodies(app);
  registerHeaders(app);
  await registerOpenApi(app, { version: packageVersion, publicUrl: config.publicUrl });
  await registerAuth(app, {
    keys: service.tokenKeys,
    issuer: config.issuer,
    clock,
    people: config.oidc && peopleVerifier(config.oidc, clock),
    publicPrefixes: [docsPrefix],
  });
  registerRateLimit(app, { limit: config.rateLimit, tokenLimit: config.tokenRateLimit, clock });
  registerMetrics(app, metrics);

  await registerDocs(app);
  registerHealth(app, async () => {
    if (storage.full) throw new Refusal('storage_full', 'The database has no room left to write.');
    await ready`select 1`;
  });
  registerJwks(app, service.tokenKeys);
  registerOAuth(app, service);
  registerLog(app, service);
  registerJobs(app, service);

  registerAccounts(app, service);
  registerEntries(app, service);
  registerAdjustments(app, service);
  registerOrgUnits(app, service);
  registerMembers(app, service);
  registerServiceRecords(app, service);
  registerRuleSets(app, service);
  registerImports(app, service);
  registerPartners(app, service);
  registerRedemptions(app, service);
  registerPartnerStatements(app, service);
  registerReconciliations(app, service);
  registerReconciliationReport(app, service);
  registerReports(app, service);
  registerPeriods(app, service);

  await app.ready();
  const close = async () => {
    // A connection whose request was running when closing began would stay open for its keep-alive time after the answer.
    const idle = setInterval(() => app.server.closeIdleConnections(), 50);
    await app.close().finally(() => clearInterval(idle));
    await thread.close();
    await service.lanes.close();
    await Promise.all(
      [service.sql, service.reports, service.chores, service.work.sql, ready].map((pool) => pool.end({ timeout: 5 })),
    );
  };
  return { app, service, metrics, close };
}

/** Connections that only read, each statement for so many seconds at most. */
function openReads(
  { target }: AppOptions,
  pool: { applicationName: string; max: number; seconds: number; waitingAtMost?: number },
): Pool {
  const { seconds, ...rest } = pool;
  return openPool(target, {
    ...rest,
    role: serviceRole,
    readOnly: true,
    statementTimeoutMilliseconds: seconds * 1_000,
  });
}

function openService(
  options: AppOptions & { storage: Storage },
  app: App,
  metrics: Metrics,
  thread: ComputeThread,
): Service {
  const { config, target, clock, storage } = options;
  const warn = (message: string, error?: unknown, facts?: object) => app.log.warn({ err: error, ...facts }, message);
  const openLane = () =>
    openPool(target, { max: 1, applicationName: 'timeledger lane', role: serviceRole, large: true });
  const lanes = new Lanes(() => roomyStore(openStore(openLane), storage), {
    clock,
    log: warn,
    observer: {
      committed: (ledger, commands, entries, seconds) => {
        metrics.laneBatchSize.observe(commands);
        metrics.laneCommitSeconds.observe(seconds);
        metrics.entriesPosted.inc({ ledger }, entries);
      },
      queued: (ledger, commands) => metrics.laneQueue.set({ ledger }, commands),
    },
  });
  return {
    lanes,
    sql: openReads(options, {
      applicationName: 'timeledger reads',
      max: config.databasePool,
      seconds: 5,
      waitingAtMost: 1_000,
    }),
    reports: openReads(options, { applicationName: 'timeledger reports', max: 3, seconds: 60, waitingAtMost: 50 }),
    chores: openPool(target, {
      applicationName: 'timeledger chores',
      max: 1,
      role: serviceRole,
      statementTimeoutMilliseconds: 60_000,
    }),
    computeRun: (ledgerId, id) => thread.compute(ledgerId, id),
    patienceMilliseconds: 25_000,
    work: openWorkRoom(target, app),
    rules: xinchangPilot1,
    clock,
    issuer: config.issuer,
    tokenKeys: tokenKeysOf(options.tokenKey),
    logSigner: ({ origin }) => noteSigner(origin, options.logKey),
  };
}

function openWorkRoom(target: ConnectionTarget, app: App): Service['work'] {
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());
  const sql = openPool(target, { max: 4, applicationName: 'timeledger work', role: serviceRole, large: true });
  return { sql, bell: new Bell(), closing: closing.signal };
}
