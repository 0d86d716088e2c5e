/**
 * The whole service over a ledger of its own, asked without a network. Every answer is held against the committed openapi.yaml,
 * so that an undocumented status or field fails whichever test meets it.
 */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import { type BuiltApp, buildApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { issueToken, type Role } from '../../src/http/tokens.js';
import { lookupKeyOf } from '../../src/keys.js';
import type { Clock } from '../../src/lib/clock.js';
import { startLaneRunner, startWorker } from '../../src/runners.js';
import { type Books, books, fixedClock, ledger } from './books.js';
import { document } from './document.js';
import { checkResponse } from './openapi-check.js';
import { testMasterKeys, testSecret } from './personal-keys.js';

/** Who asks: a role, with the subject and scope of the token where they matter. */
export interface Caller {
  readonly role: Role;
  readonly subject?: string;
  readonly orgUnit?: string;
  readonly partner?: string;
  readonly care?: boolean;
}

export interface Call {
  /** Who asks; nobody without it. */
  readonly as?: Role | Caller;
  /** A token of another making, in the place of `as`. */
  readonly token?: string;
  /** JSON unless it is a Buffer, which is sent as text/csv. */
  readonly body?: object;
  /** The Idempotency-Key of a POST: a fresh one unless it is given; null: none. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  /** The parsed JSON; tests say what they expect of it. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests assert, and openapi-check has held it to the document
  readonly body: any;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface TestApp extends Books {
  readonly built: BuiltApp;
  /** A good token of this service for an hour. `ledger` when it is to be of another ledger. */
  readonly token: (caller: Role | Caller, ledger?: string) => string;
  /** Asks, and holds the answer against the document. */
  readonly call: (method: Method, url: string, call: Call) => Promise<Answered>;
  readonly get: (url: string, call: Call) => Promise<Answered>;
  readonly post: (url: string, call: Call) => Promise<Answered>;
}

export interface TestAppOptions {
  readonly clock?: Clock;
  /** As environment variables. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether jobs wait, and nobody takes them. */
  readonly idle?: boolean;
}

/**
 * The service on books of its own, with keys of its own; closed when the test ends. The clock stands still unless one is given.
 */
export async function testApp(t: Test, options: TestAppOptions = {}): Promise<TestApp> {
  const clock = options.clock ?? fixedClock().clock;
  const set = await books(t, { clock });
  const config = readConfig({ LOG_LEVEL: 'silent', ...options.settings });
  const masters = () => testMasterKeys;
  const keys = { tokens: [ed25519()], log: set.logKey, secret: testSecret, masters };
  // On a busy machine: what a request waits for is not what these tests are about, nor when it is turned away.
  const built = await buildApp({ config, target: set.target, clock, keys, maxDelayMilliseconds: 0 });
  await built.watch();
  t.teardown(() => built.close());
  Object.assign(built.service, { patienceMilliseconds: 300_000 });
  if (!options.idle) startRunners(t, built, set, clock);
  const token = (caller: Role | Caller, code = ledger) => {
    const who = typeof caller === 'string' ? { role: caller } : caller;
    const claims = { subject: who.role, ...who, ledger: code, issuer: config.issuer };
    return issueToken(built.service.tokenKeys.signing, claims, 3_600, clock);
  };
  const call = async (method: Method, url: string, asked: Call): Promise<Answered> => {
    const response = await built.app.inject({ method, url, ...request(method, asked, token) });
    checkResponse(document, method, url, response.statusCode, response.headers, response.body);
    const body = String(response.headers['content-type']).includes('json') ? response.json() : null;
    return { status: response.statusCode, body, text: response.body, headers: response.headers };
  };
  const get = (url: string, asked: Call) => call('GET', url, asked);
  const post = (url: string, asked: Call) => call('POST', url, asked);
  return { ...set, built, token, call, get, post };
}

/** What a service has beside it: the runner of its lanes, and a worker, here in the same process. */
function startRunners(t: Test, { service }: BuiltApp, { target }: Books, clock: Clock): void {
  const { bell } = service.work;
  const terms = {
    log: (message: string, error?: unknown) => t.comment(message, String(error ?? '')),
    ended: () => bell.ring(),
  };
  const runner = startLaneRunner(service, terms);
  const worker = startWorker(target, lookupKeyOf(service.secret), clock, terms);
  bell.listen(() => worker.wake());
  t.teardown(() => Promise.all([runner.stop(), worker.stop()]));
}

function request(method: Method, { as, token, body, key, headers }: Call, tokenOf: TestApp['token']) {
  const bearer = token ?? (as && tokenOf(as));
  const keyed = method === 'POST' && key !== null ? { 'idempotency-key': key ?? randomUUID() } : {};
  const typed = body === undefined ? {} : { 'content-type': Buffer.isBuffer(body) ? 'text/csv' : 'application/json' };
  return {
    headers: { ...(bearer && { authorization: `Bearer ${bearer}` }), ...keyed, ...typed, ...headers },
    ...(body !== undefined && { payload: Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
  };
}

function ed25519() {
  return generateKeyPairSync('ed25519').privateKey;
}
