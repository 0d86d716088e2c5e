/**
 * Reaching PostgreSQL: where it is, a pool of connections to it, and what an error from it means for the caller.
 * It knows no table and no migration, and it does not retry: whoever holds a batch decides whether to send it again.
 */
import { connect } from 'node:net';
import postgres from 'postgres';
import { sameIn, type Words } from '../lib/language.js';
import { UserError } from '../lib/user-error.js';
import { parseDatabaseUrl } from './database-url.js';
import { bounded, trustworthy } from './driver.js';

/** A server on a private Unix socket: the embedded one. */
export interface SocketTarget {
  readonly socketDirectory: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** The role that may log in itself, instead of the user taking it on: so that there is nothing behind it to go back to. */
  readonly login?: string;
  /** Who may also come over TCP, on the same port of 127.0.0.1. Only the process that runs the server knows. */
  readonly loopback?: { readonly user: string; readonly password: string };
}

/** Where a PostgreSQL is: what `DATABASE_URL` says, or a socket. */
export type ConnectionTarget = UrlTarget | SocketTarget;

export interface UrlTarget {
  readonly url: string;
  /** For connections that take a role on: a user who has that role's rights and no others. */
  readonly roleUrl?: string;
}

export type Pool = postgres.Sql;

/** The database cannot be started, reached or migrated. */
export class StartError extends UserError {
  override readonly name = 'StartError';
}

export interface PoolOptions {
  readonly max: number;
  readonly applicationName: string;
  /**
   * The role every connection is in: it logs in as that role where the target says it may, otherwise it takes the role on at its
   * start, so that `reset role` does not leave it; but `set role none` would.
   */
  readonly role?: string;
  readonly readOnly?: boolean;
  /** The server ends a statement that takes longer (57014). None without it. */
  readonly statementTimeoutMilliseconds?: number;
  /** Statements under way and waiting for a connection, at most; the next are refused (`ledger_busy`). No bound without it. */
  readonly waitingAtMost?: number;
  /**
   * For statements of a megabyte: by loopback where the target has it. The kernel takes such a statement whole on TCP, but only
   * 208 kB on a Unix socket, and the server waits for the rest whenever this process is busy.
   */
  readonly large?: boolean;
  /**
   * Has every statement planned for tables as large as they are now. A plan that is kept from when a table was empty probes whichever
   * index came first, and goes through all of it, until the table is analysed.
   */
  readonly plansAnew?: boolean;
  /** False behind a pgbouncer in transaction mode before 1.21. */
  readonly prepare?: boolean;
}

/**
 * Opens a pool; nothing connects before the first query. A pool never ends a connection for its age, because the lane
 * keeps one for ever; a lost one is replaced within a second, however often connecting failed meanwhile.
 */
export function openPool(target: ConnectionTarget, options: PoolOptions): Pool {
  const isLogin = !('url' in target) && options.role !== undefined && options.role === target.login;
  const shared = {
    max: options.max,
    connect_timeout: 5,
    idle_timeout: 0,
    max_lifetime: null,
    keep_alive: 30,
    fetch_types: false,
    onnotice: () => {},
    // The driver's own backoff grows to 20 seconds, which would outlast any restart of the server.
    backoff: (failures: number) => Math.min(0.02 * 2 ** Math.min(failures, 6), 1),
    ...(options.prepare === undefined ? {} : { prepare: options.prepare }),
    connection: {
      application_name: options.applicationName,
      TimeZone: 'UTC',
      jit: 'off',
      ...(options.plansAnew === true ? { plan_cache_mode: 'force_custom_plan' } : {}),
      ...(options.role === undefined || isLogin ? {} : { role: options.role }),
      ...(options.readOnly === true ? { default_transaction_read_only: true } : {}),
      ...(options.statementTimeoutMilliseconds === undefined
        ? {}
        : { statement_timeout: options.statementTimeoutMilliseconds }),
    },
  };
  if (!('url' in target)) {
    const { loopback } = target;
    const user = isLogin ? (target.login ?? target.user) : target.user;
    const reach = options.large && loopback ? loopbackOptions(target, loopback) : socketOptions(target, user);
    return bounded(trustworthy(postgres({ ...shared, ...reach })), options.waitingAtMost);
  }
  try {
    const named = options.role === undefined ? target.url : (target.roleUrl ?? target.url);
    const { url, ...socket } = parseDatabaseUrl(named);
    return bounded(trustworthy(postgres(url, { ...shared, ...socket })), options.waitingAtMost);
  } catch (error) {
    // Node's own error carries the whole URL, password included: it is neither shown nor kept as the cause.
    const reason: Words =
      error instanceof Error && !('input' in error)
        ? sameIn(error.message)
        : { en: 'it cannot be parsed', zh: '无法解析' };
    throw new StartError({
      en: `the database URL ${describeTarget(target)} is not valid: ${reason.en}`,
      zh: `数据库地址 ${describeTarget(target)} 无效：${reason.zh}`,
    });
  }
}

function socketOptions({ socketDirectory, port, database }: SocketTarget, user: string) {
  // Every field is given, so that no PG* variable of the environment speaks for the embedded server.
  return { host: 'localhost', path: `${socketDirectory}/.s.PGSQL.${port}`, port, user, database, ssl: false as const };
}

function loopbackOptions({ port, database }: SocketTarget, { user, password }: { user: string; password: string }) {
  const host = '127.0.0.1';
  // The driver leaves Nagle's algorithm on: the end of a batch would wait until the one before it is acknowledged.
  const socket = () => connect({ host, port, noDelay: true });
  return { host, port, user, password, database, ssl: false as const, socket };
}

/** The target for a person to read: never a password, even in a URL that is none. */
export function describeTarget(target: ConnectionTarget): string {
  if (!('url' in target)) return `${target.user}@${target.socketDirectory}:${target.port}/${target.database}`;
  const scheme = /^[a-z]+:\/\//i.exec(target.url)?.[0] ?? '';
  const [address = '', ...query] = target.url.slice(scheme.length).split('?');
  const at = address.lastIndexOf('@');
  const [user = '', ...password] = at < 0 ? [] : address.slice(0, at).split(':');
  const credentials = at < 0 ? '' : `${user}${password.length > 0 ? ':***' : ''}@`;
  const masked = query.map((part) => `?${part.replace(/(password=)[^&]*/gi, '$1***')}`).join('');
  return `${scheme}${credentials}${address.slice(at + 1)}${masked}`;
}

/** Why a connection failed, in one line; Node's refusals on several addresses at once have an empty message. */
export function reasonOf(error: unknown): string {
  const last = [...causes(error)].at(-1);
  if (!(last instanceof Error)) return String(error);
  if (last.message !== '') return last.message.replace(/\s*\n\s*/g, ' ');
  return last instanceof AggregateError ? last.errors.map(reasonOf).join(', ') : codeOf(last);
}

/** Why something failed, for a person to read: an error of ours in both languages, any other as `reasonOf` has it. */
export function explain(error: unknown): Words {
  return error instanceof UserError ? error.detail : sameIn(reasonOf(error));
}

/** The SQLSTATE the server gave, wherever a wrapper (drizzle's, ours) has put it. */
export function sqlState(error: unknown): string | undefined {
  for (const cause of causes(error)) {
    // Node's EPIPE has the shape of an SQLSTATE: only a server's error has a severity.
    if ('severity' in cause && /^[0-9A-Z]{5}$/.test(codeOf(cause))) return codeOf(cause);
  }
  return undefined;
}

/**
 * Whether the server refused a statement because its disk, or its quota, is full: nothing of it is written. Not so when it had to crash
 * for that reason (PANIC): then the connection is lost.
 */
export function isStorageFull(error: unknown): boolean {
  return sqlState(error) === '53100' && severityOf(error) === 'ERROR';
}

function severityOf(error: unknown): unknown {
  for (const cause of causes(error)) if ('severity' in cause) return cause.severity;
  return undefined;
}

const lostCodes = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_STREAM_DESTROYED',
]);

/** Whether the connection is gone or cannot be had: what the statement did is then unknown, and must be looked up. */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlState(error);
  // 25006: the server we were connected to has become a standby.
  if (state !== undefined) return /^(08...|57P0[1235]|25006)$/.test(state) || severityOf(error) === 'PANIC';
  for (const cause of causes(error)) {
    if (lostCodes.has(codeOf(cause))) return true;
    // A socket file that is missing, or whose queue is full, while the server restarts.
    const connecting = 'syscall' in cause && cause.syscall === 'connect';
    if (connecting && ['ENOENT', 'EAGAIN'].includes(codeOf(cause))) return true;
  }
  return false;
}

/**
 * What an error means for whoever sent a statement. `lost`: the connection is gone, or the server undid the statement for no fault
 * of its own (a conflict): its outcome is to be looked up, then the same may be sent again. `unavailable`: the server has no room,
 * lock or time for it now. `rejected`: the server will never take it as it is. `bug`: anything else.
 */
export type Fault = 'lost' | 'unavailable' | 'rejected' | 'bug';

export function faultOf(error: unknown): Fault {
  if (isRetryable(error)) return 'lost';
  const state = sqlState(error) ?? '';
  if (/^(?:53...|55P03|57014|57P0.)$/.test(state)) return 'unavailable';
  return /^(?:22|23|TL|P0)/.test(state) ? 'rejected' : 'bug';
}

/** Whether the same statement may be sent again, once its outcome has been looked up. */
export function isRetryable(error: unknown): boolean {
  const state = sqlState(error);
  if (state === '40001' || state === '40P01') return true;
  if (state === 'XX000') return reasonOf(error).includes('could not commit transaction for shard');
  return isConnectionLost(error);
}

function* causes(error: unknown): Generator<Error> {
  let cause = error;
  for (let depth = 0; depth < 8 && cause instanceof Error; depth++) {
    yield cause;
    cause = cause.cause;
  }
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
