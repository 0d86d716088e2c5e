/**
 * The whole service over a ledger of its own, asked without a network. Every answer is held against the document that the routes
 * make, so that an undocumented status or field fails whichever test meets it.
 */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import { type BuiltApp, buildApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { issueToken, type Role } from '../../src/http/tokens.js';
import type { Clock } from '../../src/lib/clock.js';
import { type Books, books, fixedClock, ledger } from './books.js';
import { checkResponse } from './openapi-check.js';

/** Who asks: a role, with the subject and scope of the token where they matter. */
export interface Caller {
  readonly role: Role;
  readonly subject?: string;
  readonly orgUnit?: string;
  readonly partner?: string;
}

export interface Call {
  readonly as: Role | Caller;
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

export interface TestApp extends Books {
  readonly built: BuiltApp;
  readonly get: (url: string, call: Call) => Promise<Answered>;
  readonly post: (url: string, call: Call) => Promise<Answered>;
}

export async function testApp(t: Test, options: { clock?: Clock } = {}): Promise<TestApp> {
  const clock = options.clock ?? fixedClock().clock;
  const set = await books(t, { clock });
  const config = readConfig({ LOG_LEVEL: 'silent' });
  const [tokenKey, logKey] = [ed25519(), ed25519()];
  const built = await buildApp({ config, target: set.target, clock, tokenKey, logKey });
  t.teardown(() => built.close());
  const document = built.app.swagger();
  const tokenOf = (caller: Caller) =>
    issueToken(
      built.service.tokenKeys,
      { subject: caller.role, ...caller, ledger, issuer: config.issuer },
      3_600,
      clock,
    );
  const ask = async (method: 'GET' | 'POST', url: string, call: Call): Promise<Answered> => {
    const response = await built.app.inject({ method, url, ...request(method, call, tokenOf) });
    checkResponse(document, method, url, response.statusCode, response.headers, response.body);
    const body = String(response.headers['content-type']).includes('json') ? response.json() : null;
    return { status: response.statusCode, body, text: response.body, headers: response.headers };
  };
  return { ...set, built, get: (url, call) => ask('GET', url, call), post: (url, call) => ask('POST', url, call) };
}

function request(method: string, { as, body, key, headers }: Call, tokenOf: (caller: Caller) => string) {
  const caller = typeof as === 'string' ? { role: as } : as;
  const keyed = method === 'POST' && key !== null ? { 'idempotency-key': key ?? randomUUID() } : {};
  const typed = body === undefined ? {} : { 'content-type': Buffer.isBuffer(body) ? 'text/csv' : 'application/json' };
  return {
    headers: { authorization: `Bearer ${tokenOf(caller)}`, ...keyed, ...typed, ...headers },
    ...(body !== undefined && { payload: Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
  };
}

function ed25519() {
  return generateKeyPairSync('ed25519').privateKey;
}
