/**
 * The only reader of the environment: turns its strings into one typed, checked value that is passed in everywhere else.
 * It opens nothing and connects to nothing, so a wrong setting is reported before anything has started.
 */

import { isIP } from 'node:net';
import { type Language, languages } from './lib/language.js';
import { UserError } from './lib/user-error.js';
import type { MasterKey } from './master-keys.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface Config {
  /** 0 asks the system for a free port. */
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  /** Unset: an embedded PostgreSQL below `dataDir`. */
  readonly databaseUrl?: string;
  /** The same database for a user that may do no more than the service's role; unset: the owner takes that role on. */
  readonly databaseServiceUrl?: string;
  /** Connections at most, a process. */
  readonly databasePool: number;
  readonly metricsPort: number;
  /** Metrics are not for clients: on loopback unless the operator says otherwise. */
  readonly metricsHost: string;
  /** Whether the operator chose `metricsPort`: then it is an error when it is taken, otherwise any free port will do. */
  readonly metricsPortChosen: boolean;
  readonly logLevel: LogLevel;
  /** Of words for who asks for neither language. */
  readonly language: Language;
  /** Where clients reach the service; unset behind no proxy. */
  readonly publicUrl?: string;
  /** `iss` of the tokens this service signs. */
  readonly issuer: string;
  /** Requests a minute and client; 0: no limit. */
  readonly rateLimit: number;
  /** Tokens a minute and client at `POST /oauth/token`, and log-ins that may fail there a minute, address and client. */
  readonly tokenRateLimit: number;
  /** Connections in all, and from one address that is no trusted proxy; 0: no limit. */
  readonly connectionLimit: number;
  readonly connectionLimitPerAddress: number;
  /** Bytes of a request body. */
  readonly bodyLimit: number;
  /** Bytes that must be free where the embedded database is: with fewer nothing more is written. */
  readonly storageReserve: number;
  /** Proxies whose X-Forwarded-For is believed: addresses or CIDR blocks, separated by commas. */
  readonly trustProxy?: string;
  /** Master keys of personal data, the newest first; unset: files beside the other keys. */
  readonly masterKeys?: readonly MasterKey[];
  /** The provider of people's tokens. */
  readonly oidc?: OidcConfig;
}

export interface OidcConfig {
  readonly issuer: string;
  readonly jwksUrl: string;
  /** Whom its tokens must be for: us. */
  readonly audience: string;
  /** The roles that its tokens may give. */
  readonly roles: readonly string[];
}

/** Roles that an OpenID provider could give to people. A partner and a platform are systems. */
const peopleRoles = ['member', 'coordinator', 'auditor', 'operator'] as const;

/** A setting that cannot be used; the line begins with the variable's name. */
export class ConfigError extends UserError {
  override readonly name = 'ConfigError';
}

/** Reads and checks the settings. Throws `ConfigError` for the first that is wrong. */
export function readConfig(env: Environment): Config {
  const port = integer(env, 'PORT', 3000, 0, 65_535);
  const databaseUrl = url(env, 'DATABASE_URL', ['postgres:', 'postgresql:']);
  const databaseServiceUrl = url(env, 'DATABASE_SERVICE_URL', ['postgres:', 'postgresql:']);
  if (databaseServiceUrl !== undefined && databaseUrl === undefined)
    throw new ConfigError({
      en: 'DATABASE_SERVICE_URL is only for a database that DATABASE_URL names',
      zh: 'DATABASE_SERVICE_URL 须与 DATABASE_URL 同时设置',
    });
  const publicUrl = url(env, 'PUBLIC_URL', ['http:', 'https:']);
  const trustProxy = proxies(env, 'TRUST_PROXY');
  const oidc = oidcOf(env);
  const masterKeys = masterKeysOf(env, 'PERSONAL_DATA_KEYS');
  return {
    port,
    host: text(env, 'HOST') ?? '127.0.0.1',
    dataDir: text(env, 'DATA_DIR') ?? './data',
    databasePool: integer(env, 'DB_POOL', 10, 1, 1_000),
    metricsHost: text(env, 'METRICS_HOST') ?? '127.0.0.1',
    metricsPort: integer(env, 'METRICS_PORT', defaultMetricsPort(port), 0, 65_535),
    metricsPortChosen: text(env, 'METRICS_PORT') !== undefined,
    logLevel: oneOf(env, 'LOG_LEVEL', logLevels, 'info'),
    language: oneOf(env, 'DEFAULT_LANGUAGE', languages, 'en'),
    issuer: text(env, 'ISSUER') ?? publicUrl ?? 'timeledger',
    rateLimit: integer(env, 'RATE_LIMIT_PER_MINUTE', 6_000, 0, 1_000_000_000),
    tokenRateLimit: integer(env, 'TOKEN_RATE_LIMIT', 120, 1, 1_000_000_000),
    connectionLimit: integer(env, 'CONNECTION_LIMIT', 4_000, 0, 1_000_000),
    connectionLimitPerAddress: integer(env, 'CONNECTION_LIMIT_PER_ADDRESS', 1_000, 0, 1_000_000),
    bodyLimit: integer(env, 'BODY_LIMIT', 1_048_576, 1_024, 268_435_456),
    storageReserve: integer(env, 'STORAGE_RESERVE', 268_435_456, 0, 1_000_000_000_000 - 1),
    ...(databaseUrl !== undefined && { databaseUrl }),
    ...(databaseServiceUrl !== undefined && { databaseServiceUrl }),
    ...(publicUrl !== undefined && { publicUrl }),
    ...(trustProxy !== undefined && { trustProxy }),
    ...(masterKeys !== undefined && { masterKeys }),
    ...(oidc !== undefined && { oidc }),
  };
}

/** 3000 gives 9464; a sum past the last port wraps round above the privileged ones; a free port keeps a free port. */
function defaultMetricsPort(port: number): number {
  if (port === 0) return 0;
  const sum = port + 6_464;
  return sum < 65_536 ? sum : sum - 65_536 + 1_024;
}

/** What is wrong is told without the value: it is a key. */
function masterKeysOf(env: Environment, name: string): MasterKey[] | undefined {
  const parts = text(env, name)?.split(',');
  if (parts === undefined) return undefined;
  const keys = parts.map((part) => {
    const [, generation, key] = /^\s*([1-9]\d{0,8}):([A-Za-z0-9+/]{43}=)\s*$/.exec(part) ?? [];
    return { generation: Number(generation), key: Buffer.from(key ?? '', 'base64') };
  });
  const generations = new Set(keys.map(({ generation }) => generation));
  if (generations.size === keys.length && !generations.has(Number.NaN))
    return keys.sort((a, b) => b.generation - a.generation);
  throw new ConfigError({
    en: `${name} must list generations and keys of 32 bytes in base64, such as 1:…,2:…, each generation once`,
    zh: `${name} 须列出代次和 Base64 编码的 32 字节密钥，例如 1:…,2:…，每个代次只能出现一次`,
  });
}

function oidcOf(env: Environment): OidcConfig | undefined {
  const jwksUrl = url(env, 'OIDC_JWKS_URL', ['http:', 'https:']);
  const issuer = url(env, 'OIDC_ISSUER', ['http:', 'https:']);
  const audience = text(env, 'OIDC_AUDIENCE');
  const roles = oidcRoles(env);
  if (jwksUrl === undefined && issuer === undefined) return undefined;
  if (jwksUrl === undefined)
    throw new ConfigError({
      en: 'OIDC_JWKS_URL must be set when OIDC_ISSUER is',
      zh: 'OIDC_JWKS_URL 未设置：设置 OIDC_ISSUER 时须一并设置',
    });
  if (issuer === undefined)
    throw new ConfigError({
      en: 'OIDC_ISSUER must be set when OIDC_JWKS_URL is',
      zh: 'OIDC_ISSUER 未设置：设置 OIDC_JWKS_URL 时须一并设置',
    });
  if (audience === undefined)
    throw new ConfigError({
      en: 'OIDC_AUDIENCE must be set when OIDC_ISSUER is: a token for another service is none for this one',
      zh: 'OIDC_AUDIENCE 未设置：设置 OIDC_ISSUER 时须一并设置，以免接受签发给其他服务的令牌',
    });
  return { issuer, jwksUrl, audience, roles };
}

function oidcRoles(env: Environment): string[] {
  const roles = (text(env, 'OIDC_ROLES') ?? 'member,coordinator').split(',').map((role) => role.trim());
  const wrong = roles.find((role) => !peopleRoles.some((known) => known === role));
  if (wrong === undefined) return roles;
  throw new ConfigError({
    en: `OIDC_ROLES must list some of ${peopleRoles.join(', ')}, not "${wrong}"`,
    zh: `OIDC_ROLES 只能包含 ${peopleRoles.join('、')}，不能为“${wrong}”`,
  });
}

function oneOf<T extends string>(env: Environment, name: string, values: readonly T[], fallback: T): T {
  const value = text(env, name) ?? fallback;
  const found = values.find((known) => known === value);
  if (found === undefined)
    throw new ConfigError({
      en: `${name} must be one of ${values.join(', ')}, not "${value}"`,
      zh: `${name} 只能为 ${values.join('、')} 之一，不能为“${value}”`,
    });
  return found;
}

/** An empty variable counts as unset: shells and compose files cannot always unset one. */
function text(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

function proxies(env: Environment, name: string): string | undefined {
  const value = text(env, name);
  const wrong = value?.split(',').find((part) => !isProxy(part.trim()));
  if (wrong === undefined) return value;
  throw new ConfigError({
    en: `${name} must list addresses or blocks such as 10.0.0.0/8, not "${wrong.trim()}"`,
    zh: `${name} 须为 IP 地址或网段（例如 10.0.0.0/8），不能为“${wrong.trim()}”`,
  });
}

/** What Fastify takes for proxies. It would refuse anything else too, but only once the database has been started. */
function isProxy(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', size, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  if (size === undefined || (family === 4 && isIP(size) === 4)) return true;
  return /^[1-9]\d{0,2}$/.test(size) && Number(size) <= (family === 4 ? 32 : 128);
}

function integer(env: Environment, name: string, fallback: number, least: number, most: number): number {
  const value = text(env, name);
  if (value === undefined) return fallback;
  const number = /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most)) {
    throw new ConfigError({
      en: `${name} must be a whole number from ${least} to ${most}, not "${value}"`,
      zh: `${name} 须为 ${least} 至 ${most} 的整数，不能为“${value}”`,
    });
  }
  return number;
}

/** The value is not repeated in the message: database URLs carry passwords. */
function url(env: Environment, name: string, protocols: readonly string[]): string | undefined {
  const value = text(env, name);
  if (value === undefined) return undefined;
  if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
    const forms = protocols.map((protocol) => `${protocol}//`);
    throw new ConfigError({
      en: `${name} must be a URL that begins with ${forms.join(' or ')}; in a user or password, / ? # @ : and % are written %2F %3F %23 %40 %3A %25`,
      zh: `${name} 须为以 ${forms.join(' 或 ')} 开头的 URL；用户名或密码中的 / ? # @ : 和 % 应写作 %2F %3F %23 %40 %3A %25`,
    });
  }
  return value;
}
