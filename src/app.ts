/** The whole service on one screen: what it is made of, in the order in which requests meet it. Starts nothing, listens nowhere. */
import type { KeyObject } from 'node:crypto';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify from 'fastify';
import { registerPartnerStatements } from './api/audit/partner-statements.js';
import { registerPeriods } from './api/audit/periods.js';
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
import { registerOAuth } from './api/system/oauth.js';
import type { Config } from './config.js';
import { type ConnectionTarget, openPool } from './db/connect.js';
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
import { registerRateLimit } from './http/rate-limit.js';
import type { App, Service } from './http/service.js';
import { tokenKeysOf } from './http/tokens.js';
import { Lanes } from './ledger/ledgers.js';
import { noteSigner } from './ledger/log/checkpoint.js';
import { openStore } from './ledger/store.js';
import type { Clock } from './lib/clock.js';
import { xinchangPilot1 } from './timebank/credit/rule-set.js';
import { packageVersion } from './version.js';

export interface AppOptions {
  readonly config: Config;
  readonly target: ConnectionTarget;
  readonly clock: Clock;
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
  const { config, clock } = options;
  const app: App = Fastify(fastifyOptions(config)).withTypeProvider<TypeBoxTypeProvider>();
  const metrics = createMetrics();
  const service = openService(options, app, metrics);

  app.setErrorHandler(errorHandler);
  app.setNotFoundHandler(notFoundHandler);
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
    await service.sql`select 1`;
  });
  registerJwks(app, service.tokenKeys);
  registerOAuth(app, service);
  registerLog(app, service);

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
  registerReports(app, service);
  registerPeriods(app, service);

  await app.ready();
  const close = async () => {
    // A connection whose request was running when closing began would stay open for its keep-alive time after the answer.
    const idle = setInterval(() => app.server.closeIdleConnections(), 50);
    await app.close().finally(() => clearInterval(idle));
    await service.lanes.close();
    await service.sql.end({ timeout: 5 });
  };
  return { app, service, metrics, close };
}

function openService(options: AppOptions, app: App, metrics: Metrics): Service {
  const { config, target, clock } = options;
  const warn = (message: string, error?: unknown) => app.log.warn({ err: error }, message);
  const openLane = () =>
    openPool(target, { max: 1, applicationName: 'timeledger lane', role: serviceRole, large: true });
  const lanes = new Lanes(() => openStore(openLane, { log: warn }), {
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
  const origin = config.issuer.replace(/^https?:\/\//, '').replace(/\/+$/, '');
  return {
    lanes,
    sql: openPool(target, {
      max: config.databasePool,
      applicationName: 'timeledger reads',
      role: serviceRole,
      readOnly: true,
    }),
    rules: xinchangPilot1,
    clock,
    issuer: config.issuer,
    tokenKeys: tokenKeysOf(options.tokenKey),
    logSigner: (ledger) => noteSigner(`${origin}/log/${ledger}`, options.logKey),
  };
}
