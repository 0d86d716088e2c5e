/** Guarantees of the settings. */
import { test } from 'tap';
import { settings } from '../../src/cli/settings.js';
import { ConfigError, readConfig } from '../../src/config.js';

test('an empty environment gives the documented defaults', async (t) => {
  t.strictSame(readConfig({}), {
    port: 3000,
    host: '127.0.0.1',
    dataDir: './data',
    databasePool: 10,
    metricsHost: '127.0.0.1',
    metricsPort: 9464,
    metricsPortChosen: false,
    logLevel: 'info',
    language: 'en',
    issuer: 'timeledger',
    rateLimit: 6_000,
    tokenRateLimit: 120,
    connectionLimit: 4_000,
    connectionLimitPerAddress: 1_000,
    bodyLimit: 1_048_576,
    storageReserve: 268_435_456,
  });
});

test('the metrics port follows the port, wraps below 65536, and is free when the port is', async (t) => {
  t.equal(readConfig({ PORT: '8080' }).metricsPort, 14_544);
  t.equal(readConfig({ PORT: '65535' }).metricsPort, 7_487);
  t.equal(readConfig({ PORT: '0' }).metricsPort, 0);
  t.match(readConfig({ METRICS_PORT: '9000' }), { metricsPort: 9_000, metricsPortChosen: true });
});

test('the help names every variable that is read, and no other', async (t) => {
  const read = new Set<string>();
  readConfig(
    new Proxy(
      {
        OIDC_ISSUER: 'https://id.example',
        OIDC_JWKS_URL: 'https://id.example/keys',
        OIDC_AUDIENCE: 'timeledger',
      } as Record<string, string>,
      {
        get: (env, name: string) => {
          read.add(name);
          return env[name];
        },
      },
    ),
  );
  t.strictSame(Object.keys(settings).sort(), [...read].sort());
  const { port, host, metricsHost, databasePool, logLevel, issuer, rateLimit, tokenRateLimit, bodyLimit, ...rest } =
    readConfig({});
  const named = {
    PORT: port,
    HOST: host,
    METRICS_HOST: metricsHost,
    DB_POOL: databasePool,
    LOG_LEVEL: logLevel,
    ISSUER: issuer,
  };
  const { connectionLimit, connectionLimitPerAddress } = rest;
  const limits = {
    RATE_LIMIT_PER_MINUTE: rateLimit,
    TOKEN_RATE_LIMIT: tokenRateLimit,
    BODY_LIMIT: bodyLimit,
    CONNECTION_LIMIT: connectionLimit,
    CONNECTION_LIMIT_PER_ADDRESS: connectionLimitPerAddress,
  };
  for (const [name, value] of Object.entries({ ...named, ...limits }))
    t.match(
      settings[name],
      { en: new RegExp(`\\(.*\\b${value}\\b`), zh: new RegExp(`（.*\\b${value}）`) },
      `${name}: what holds without it`,
    );
});

test('TRUST_PROXY takes what Fastify takes', async (t) => {
  for (const good of ['10.0.0.1', '::1', '10.0.0.0/8, fc00::/7', '10.0.0.0/255.0.0.0', 'loopback,uniquelocal'])
    t.equal(readConfig({ TRUST_PROXY: good }).trustProxy, good);
  for (const bad of ['10.0.0.0/0', '10.0.0.0/33', '::1/129', '::1/255.0.0.0', '10.0.0.0/8/8', 'localhost', '10.0.0.1,'])
    t.throws(() => readConfig({ TRUST_PROXY: bad }), ConfigError, bad);
});

test('an empty variable counts as unset', async (t) => {
  t.strictSame(readConfig({ PORT: '', DATABASE_URL: ' ', ISSUER: '' }), readConfig({}));
});

test('the public URL names the issuer unless ISSUER does', async (t) => {
  t.equal(readConfig({ PUBLIC_URL: 'https://time.example' }).issuer, 'https://time.example');
  t.equal(readConfig({ PUBLIC_URL: 'https://time.example', ISSUER: 'me' }).issuer, 'me');
});

const wrong: Record<string, Record<string, string>> = {
  PORT: { PORT: '70000' },
  RATE_LIMIT_PER_MINUTE: { RATE_LIMIT_PER_MINUTE: '1e6' },
  OIDC_AUDIENCE: { OIDC_ISSUER: 'https://id.example', OIDC_JWKS_URL: 'https://id.example/jwks' },
  OIDC_ROLES: { OIDC_ROLES: 'member,platform' },
  DATABASE_SERVICE_URL: { DATABASE_SERVICE_URL: 'postgres://service:secret@db/x' },
  BODY_LIMIT: { BODY_LIMIT: '-1' },
  TRUST_PROXY: { TRUST_PROXY: '10.0.0.0/8,10.0.0.1/33' },
  LOG_LEVEL: { LOG_LEVEL: 'loud' },
  DEFAULT_LANGUAGE: { DEFAULT_LANGUAGE: 'fr' },
  DATABASE_URL: { DATABASE_URL: 'mysql://root:secret@db/x' },
  OIDC_ISSUER: { OIDC_JWKS_URL: 'https://id.example/jwks' },
  OIDC_JWKS_URL: { OIDC_ISSUER: 'https://id.example' },
};

for (const [name, env] of Object.entries(wrong)) {
  test(`a wrong ${name} is refused in one line that begins with its name and tells no password`, async (t) => {
    try {
      readConfig(env);
      t.fail('was accepted');
    } catch (error) {
      t.ok(error instanceof ConfigError);
      const { message } = error as ConfigError;
      t.ok(message.startsWith(`${name} `), message);
      t.notMatch(message, /\n|secret/);
    }
  });
}

test("people's tokens give the roles of people unless others are named", async (t) => {
  const provider = { OIDC_ISSUER: 'https://id.example', OIDC_JWKS_URL: 'https://id.example/jwks', OIDC_AUDIENCE: 'us' };
  t.match(readConfig(provider).oidc, { audience: 'us', roles: ['member', 'coordinator'] });
  t.same(readConfig({ ...provider, OIDC_ROLES: 'coordinator, auditor' }).oidc?.roles, ['coordinator', 'auditor']);
});

test('master keys of the environment are read, the newest first; what is wrong with them is told without them', async (t) => {
  const [first, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const [one, two] = [first.toString('base64'), second.toString('base64')];
  const { masterKeys } = readConfig({ PERSONAL_DATA_KEYS: `1:${one}, 2:${two}` });
  t.same(masterKeys, [
    { generation: 2, key: second },
    { generation: 1, key: first },
  ]);
  for (const wrong of [one, `0:${one}`, `1:${one},1:${two}`, `1:${one.slice(4)}`, `1:${one},`, `x:${one}`])
    t.throws(() => readConfig({ PERSONAL_DATA_KEYS: wrong }), {
      name: 'ConfigError',
      message: /^(?!.*AQEB)PERSONAL_DATA_KEYS /,
    });
});
