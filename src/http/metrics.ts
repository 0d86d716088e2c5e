/**
 * What operators watch, in Prometheus' text format, on a port of its own that is not for clients. The lane fills its gauges
 * through the `Metrics` object; this file knows only their names.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { HttpDurations } from './durations.js';

export interface Metrics {
  readonly registry: Registry;
  readonly httpDuration: HttpDurations;
  /** Commands in a batch, observed at each commit. */
  readonly laneBatchSize: Histogram;
  /** Seconds that a commit took. */
  readonly laneCommitSeconds: Histogram;
  /** Commands waiting, by ledger. */
  readonly laneQueue: Gauge<'ledger'>;
  /** Journal entries committed, by ledger. */
  readonly entriesPosted: Counter<'ledger'>;
  /** Bad tokens, and bad secrets of clients. */
  readonly signInFailures: Counter<'kind'>;
  /** Commands that partners only tried, by route and how they would have ended. */
  readonly wrongCodes: Counter;
  readonly partnerDryRuns: Counter<'route' | 'status'>;
  readonly connectionsOpen: Gauge;
  /** Connections that were not taken, or were cut off: `total`, `address`, `stalled`. */
  readonly connectionsRefused: Counter<'reason'>;
}

/** What the metrics ask about room. */
interface Room {
  readonly freeBytes: number | undefined;
  readonly full: boolean;
}

export function createMetrics(room: Room): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  measureRoom(registry, room);
  return {
    registry,
    httpDuration: new HttpDurations(registry),
    laneBatchSize: new Histogram({
      name: 'timeledger_lane_batch_size',
      help: 'Commands committed together.',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
      registers,
    }),
    laneCommitSeconds: new Histogram({
      name: 'timeledger_lane_commit_seconds',
      help: 'Time of one commit, from sending the batch to its acknowledgement.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
      registers,
    }),
    laneQueue: new Gauge({
      name: 'timeledger_lane_queue',
      help: 'Commands waiting for a batch.',
      labelNames: ['ledger'],
      registers,
    }),
    entriesPosted: new Counter({
      name: 'timeledger_entries_posted_total',
      help: 'Journal entries committed by this process.',
      labelNames: ['ledger'],
      registers,
    }),
    ...doorMetrics(registers),
  };
}

function doorMetrics(registers: Registry[]) {
  return {
    signInFailures: new Counter({
      name: 'timeledger_sign_in_failures_total',
      help: 'Log-ins that failed: a bad token, or a bad secret of a client.',
      labelNames: ['kind'] as const,
      registers,
    }),
    wrongCodes: new Counter({
      name: 'timeledger_certificate_codes_wrong_total',
      help: 'Checks of certificates with a number or a code that is wrong.',
      registers,
    }),
    partnerDryRuns: new Counter({
      name: 'timeledger_partner_dry_runs_total',
      help: 'Commands that partners only tried, by the status of the answer.',
      labelNames: ['route', 'status'] as const,
      registers,
    }),
    connectionsOpen: new Gauge({
      name: 'timeledger_connections_open',
      help: 'Connections of clients that are open.',
      registers,
    }),
    connectionsRefused: new Counter({
      name: 'timeledger_connections_refused_total',
      help: 'Connections that were refused (total, address) or cut off for not reading (stalled).',
      labelNames: ['reason'] as const,
      registers,
    }),
  };
}

function measureRoom(registry: Registry, room: Room): void {
  const registers = [registry];
  new Gauge({
    name: 'timeledger_storage_full',
    help: '1 while writing is refused because the database has no room left.',
    registers,
    collect() {
      this.set(room.full ? 1 : 0);
    },
  });
  if (room.freeBytes === undefined) return;
  new Gauge({
    name: 'timeledger_storage_free_bytes',
    help: 'Bytes that are free where the embedded database is.',
    registers,
    collect() {
      this.set(room.freeBytes ?? 0);
    },
  });
}

/** Observes the requests of the routes that follow. */
export function registerMetrics(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onRoute', (route) => {
    const observe = metrics.httpDuration.route([route.method].flat().join(' '), route.url);
    route.onResponse = [
      ...[route.onResponse ?? []].flat(),
      (_request, reply, done) => {
        observe(reply.statusCode, reply.elapsedTime / 1_000);
        done();
      },
    ];
  });
}

export interface MetricsServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Whether the operator named the port: then it is an error when it is taken; otherwise any free port will do. */
  readonly chosen: boolean;
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'error'>;
}

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `GET /metrics`. Rejects when the port was chosen and cannot be had. */
export async function startMetricsServer(metrics: Metrics, options: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('GET /metrics\n');
      return;
    }
    metrics.registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text),
      (error: unknown) => {
        options.log.error({ err: error }, 'metrics could not be collected');
        response.writeHead(500).end();
      },
    );
  });
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  return { port, close: () => close(server) };
}

async function listen(server: Server, { host, port, chosen, log }: MetricsServerOptions): Promise<void> {
  try {
    await listenOn(server, host, port);
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (chosen || !taken) throw error;
    await listenOn(server, host, 0);
    log.warn(
      { wanted: port, port: (server.address() as AddressInfo).port },
      'the metrics port is taken; another is used',
    );
  }
}

function listenOn(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
