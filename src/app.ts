/** The whole service on one screen: what it is made of, in the order in which requests meet it. Starts nothing, listens nowhere. */

import type { KeyObject } from 'node:crypto';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify from 'fastify';
import { registerApi } from './api/api.js';
import { registerOAuth } from './api/system/oauth.js';
import type { Config } from './config.js';
import { type ConnectionTarget, openPool, type Pool } from './db/connect.js';
import { serviceRole } from './db/role.js';
import { Storage } from './db/storage.js';
import { registerAuth } from './http/auth.js';
import { registerBodies } from './http/body.js';
import { registerConcurrency } from './http/concurrency.js';
import { limitConnections } from './http/connections.js';
import { registerCsvBodies } from './http/csv-body.js';
import { EndedClients } from './http/ended-clients.js';
import { errorHandler, notFoundHandler } from './http/error-handler.js';
import { registerEvidenceBodies } from './http/evidence-body.js';
import { registerFormBodies } from './http/form-body.js';
import { registerHeaders } from './http/headers.js';
import { registerHealth } from './http/health.js';
import { registerJwks } from './http/jwks.js';
import { registerLanguage } from './http/language.js';
import { createMetrics, type Metrics, registerMetrics } from './http/metrics.js';
import { docsPrefix, registerDocs, registerOpenApi } from './http/openapi.js';
import { fastifyOptions } from './http/options.js';
import { peopleVerifier } from './http/people.js';
import { registerPressure } from './http/pressure.js';
import { pseudonymsOf } from './http/pseudonyms.js';
import { registerRateLimit } from './http/rate-limit.js';
import { registerRequestNotes } from './http/request-log.js';
import type { App, Service } from './http/service.js';
import { Sessions } from './http/sessions.js';
import { SignInFailures } from './http/sign-in-failures.js';
import { TokenKeyring, tokenKeysOf } from './http/tokens.js';
import { registerTurns } from './http/turns.js';
import { WrongCodes } from './http/wrong-codes.js';
import { lookupKeyOf } from './keys.js';
import { Lanes } from './ledger/ledgers.js';
import { noteSigner } from './ledger/log/checkpoint.js';
import { roomyStore } from './ledger/room.js';
import { openStore } from './ledger/store.js';
import type { Clock } from './lib/clock.js';
import { PaperThreads } from './lib/pdf/threads.js';
import { Refusal } from './lib/refusal.js';
import type { MasterKey } from './master-keys.js';
import { RefusalRecorder } from './timebank/access/refusals.js';
import { keepSubject } from './timebank/access/subjects.js';
import { keepLots } from './timebank/credit/lots/keep.js';
import { PersonalKeys } from './timebank/people/personal-data/personal-keys.js';
import { packageVersion } from './version.js';
import { Bell } from './work/bell.js';

export interface AppOptions {
  readonly config: Config;
  readonly target: ConnectionTarget;
  readonly clock: Clock;
  /** Whether the database has room; without it only the database's own refusals tell. */
  readonly storage?: Storage;
  /** How late the event loop may be before load is shed, in milliseconds; 0: no matter. See `registerPressure`. */
  readonly maxDelayMilliseconds?: number;
  /**
   * Ed25519 private keys: the first of `tokens` signs tokens, all verify them; `log` signs the log's checkpoints; pseudonyms, clients'
   * secrets and the key of look-ups are derived from `secret`. `masters` reads the master keys of personal data as they are kept now.
   */
  readonly keys: {
    readonly tokens: readonly KeyObject[];
    readonly log: KeyObject;
    readonly secret: KeyObject;
    readonly masters: () => readonly MasterKey[];
  };
}

export interface BuiltApp {
  readonly app: App;
  readonly service: Service;
  readonly metrics: Metrics;
  /** Begins to watch for credentials that end. To be awaited before any request is let in. */
  watch(): Promise<void>;
  /** Finishes what is in flight, then lets the connections go. */
  close(): Promise<void>;
}

/** Builds the service; `app.ready()` has been awaited. */
export async function buildApp(options: AppOptions): Promise<BuiltApp> {
  const { config, clock, storage = new Storage() } = options;
  const app: App = Fastify(fastifyOptions(config)).withTypeProvider<TypeBoxTypeProvider>();
  const metrics = createMetrics(storage);
  const service = openService({ ...options, storage }, app, metrics);
  // A connection of its own: the service is ready however many reads wait.
  const ready = openReads(options, { applicationName: 'timeledger ready', max: 1, seconds: 2 });
  const sessions = new Sessions();
  service.tokenKeys.whenReplaced(() => sessions.endAll());
  const ended = new EndedClients(service.access, sessions, clock, (message, error) =>
    app.log.warn({ err: error }, message),
  );

  limitConnections(app.server, connectionLimits(config), metrics, app.log);
  registerRequestNotes(app);
  registerLanguage(app, config.language);
  app.setErrorHandler(errorHandler);
  app.setNotFoundHandler(notFoundHandler);
  await registerPressure(app, options);
  registerBodies(app);
  registerCsvBodies(app);
  registerEvidenceBodies(app);
  registerFormBodies(app);
  registerHeaders(app);
  await registerOpenApi(app, { version: packageVersion, publicUrl: config.publicUrl });
  registerAuth(app, {
    keys: service.tokenKeys,
    issuer: config.issuer,
    clock,
    sessions,
    failures: service.failures,
    hasEnded: (ledger, client) => ended.has(ledger, client),
    people: config.oidc && peopleVerifier(config.oidc, clock, pseudonymsIn(service)),
    publicPrefixes: [docsPrefix],
  });
  registerRateLimit(app, { limit: config.rateLimit, clock });
  registerConcurrency(app, expensiveAtOnce);
  registerTurns(app);
  registerMetrics(app, metrics);

  await registerDocs(app);
  registerHealth(app, async () => {
    if (storage.full)
      throw new Refusal('storage_full', {
        en: 'The database has no room left to write.',
        zh: '数据库空间不足，无法写入。',
      });
    await ready`select 1`;
  });
  registerJwks(app, service.tokenKeys);
  registerOAuth(app, service, config.tokenRateLimit);
  registerApi(app, service);

  await app.ready();
  const close = async () => {
    // A connection whose request was running when closing began would stay open for its keep-alive time after the answer.
    const idle = setInterval(() => app.server.closeIdleConnections(), 50);
    await app.close().finally(() => clearInterval(idle));
    await ended.stop();
    await service.papers.close();
    await service.lanes.close();
    await Promise.all(
      [service.access, service.sql, service.reports, service.chores, service.work.sql, ready].map((pool) =>
        pool.end({ timeout: 5 }),
      ),
    );
  };
  return { app, service, metrics, watch: () => ended.start(), close };
}

/** Expensive requests that a client may have running. */
const expensiveAtOnce = 2;

function connectionLimits(config: Config) {
  const { connectionLimit: total, connectionLimitPerAddress: perAddress, trustProxy: proxies } = config;
  return { total, perAddress, proxies };
}

function pseudonymsIn(service: Service) {
  return pseudonymsOf(service.secret, (person) => keepSubject(service.access, person));
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

function openService(options: AppOptions & { storage: Storage }, app: App, metrics: Metrics): Service {
  const { config, target, clock, storage } = options;
  const warn = (message: string, error?: unknown, facts?: object) => app.log.warn({ err: error, ...facts }, message);
  const openLane = () =>
    openPool(target, {
      max: 1,
      applicationName: 'timeledger lane',
      role: serviceRole,
      large: true,
      plansAnew: true,
    });
  const lanes = new Lanes(() => roomyStore(openStore(openLane), storage), {
    clock,
    completes: keepLots,
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
  const access = openPool(target, { max: 2, applicationName: 'timeledger access', role: serviceRole });
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
    patienceMilliseconds: 25_000,
    work: openWorkRoom(target, app),
    clock,
    issuer: config.issuer,
    tokenKeys: new TokenKeyring(options.keys.tokens.map(tokenKeysOf)),
    secret: options.keys.secret,
    personal: new PersonalKeys(lookupKeyOf(options.keys.secret), options.keys.masters),
    access,
    refusals: new RefusalRecorder(access, warn),
    failures: new SignInFailures(config.tokenRateLimit, clock, metrics.signInFailures),
    wrongCodes: new WrongCodes(clock, metrics.wrongCodes),
    publicUrl: (config.publicUrl ?? localUrl(config)).replace(/\/+$/, ''),
    papers: new PaperThreads({ threads: 2, waitingAtMost: 50 }),
    metrics,
    logSigner: ({ origin }) => noteSigner(origin, options.keys.log),
  };
}

/** Without PUBLIC_URL: what people on this machine would type. */
function localUrl({ host, port }: Config): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function openWorkRoom(target: ConnectionTarget, app: App): Service['work'] {
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());
  const sql = openPool(target, { max: 4, applicationName: 'timeledger work', role: serviceRole, large: true });
  return { sql, bell: new Bell(), closing: closing.signal };
}
