/** Guarantees of systems' credentials: issued to roles, listed, rotated, revoked; and that an end reaches every process at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { buildApp } from '../../../src/app.js';
import { readConfig } from '../../../src/config.js';
import { type Answered, type TestApp, testApp } from '../../support/app.js';
import { booksBalance, fixedClock } from '../../support/books.js';
import { testMasterKeys } from '../../support/personal-keys.js';

interface Client {
  readonly client_id: string;
  readonly client_secret: string;
}

const told = ({ status, body }: Answered) => `${status} ${body.code ?? body.status ?? 'ok'}`;

async function issue(app: TestApp, role: string, subject: string): Promise<Client> {
  const { status, body } = await app.post('/v1/credentials', { as: 'operator', body: { role, subject } });
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

/** Signs in as a library would; the service that is asked is `built`, or the test's own. */
async function signIn(app: TestApp, { client_id, client_secret }: Client, built = app.built) {
  const response = await built.app.inject({
    method: 'POST',
    url: '/oauth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }).toString(),
  });
  return { status: response.statusCode, body: response.json(), headers: response.headers };
}

const asks = (built: TestApp['built'], token: string, url: string) =>
  built.app.inject({ url, headers: { authorization: `Bearer ${token}` } }).then(({ statusCode }) => statusCode);

/** Another process on the same database and with the same keys. */
async function another(t: Test, app: TestApp): Promise<TestApp['built']> {
  const { service } = app.built;
  const { secret } = service;
  const keys = { tokens: [service.tokenKeys.signing.privateKey], log: secret, secret, masters: () => testMasterKeys };
  const built = await buildApp({
    config: readConfig({ LOG_LEVEL: 'silent' }),
    target: app.target,
    clock: service.clock,
    keys,
  });
  t.teardown(() => built.close());
  await built.watch();
  return built;
}

/** Until something holds, for a second: that is what is promised. */
async function withinASecond(holds: () => Promise<boolean>): Promise<boolean> {
  for (const end = performance.now() + 1_000; performance.now() < end; await sleep(20)) if (await holds()) return true;
  return false;
}

test('platforms, auditors and operators get tokens for their systems, each for its role and no other: 200, 403', async (t) => {
  const app = await testApp(t);
  for (const [role, mine, notMine] of [
    ['platform', '/v1/imports', '/v1/entries'],
    ['auditor', '/v1/entries', '/v1/subjects/p-aaaaaaaaaaaaaaaa'],
    ['operator', '/v1/entries', null],
  ] as const) {
    const client = await issue(app, role, `${role}-system`);
    t.match(client, { role, subject: `${role}-system`, status: 'active', ends_at: null, replaced_by: null });
    t.match(client.client_id, new RegExp(`^xinchang\\.${role}-system\\.[0-9a-f]{24}$`));
    const { status, body } = await signIn(app, client);
    t.match({ status, body }, { status: 200, body: { scope: role, expires_in: 3_600 } });
    t.equal(await asks(app.built, body.access_token, mine), 200);
    if (notMine) t.equal(await asks(app.built, body.access_token, notMine), 403);
  }
  for (const role of ['member', 'coordinator', 'partner', 'root']) {
    t.equal(
      told(await app.post('/v1/credentials', { as: 'operator', body: { role, subject: 'x' } })),
      '400 request_invalid',
    );
  }
  const { body } = await app.get('/v1/credentials?role=auditor', { as: 'auditor' });
  t.match(body.credentials, [{ role: 'auditor', subject: 'auditor-system' }]);
  t.notMatch(JSON.stringify((await app.get('/v1/credentials', { as: 'auditor' })).body), /secret|sha256/);
  await booksBalance(t, app.owner);
});

test('credentials are read one by one; others are not there: 200, 404', async (t) => {
  const app = await testApp(t);
  const { client_id } = await issue(app, 'platform', 'civic');
  t.match(await app.get(`/v1/credentials/${client_id}`, { as: 'auditor' }), {
    status: 200,
    body: { client_id, subject: 'civic' },
  });
  const nobody = '/v1/credentials/xinchang.civic.000000000000000000000000';
  t.equal(told(await app.get(nobody, { as: 'operator' })), '404 credential_not_found');
  t.equal(told(await app.post(`${nobody}/revocation`, { as: 'operator' })), '404 credential_not_found');
  t.equal(told(await app.post(`${nobody}/rotation`, { as: 'operator' })), '404 credential_not_found');
  t.equal((await app.get('/v1/credentials/nonsense', { as: 'operator' })).status, 400);
});

test('revoked credentials get no token, and those they got are of no use to any process within a second', async (t) => {
  const app = await testApp(t);
  const other = await another(t, app);
  const [lost, kept] = [await issue(app, 'auditor', 'lost'), await issue(app, 'auditor', 'kept')];
  const tokens = await Promise.all(
    [lost, lost, kept].map(async (client) => (await signIn(app, client)).body.access_token),
  );
  const [used = '', unused = '', good = ''] = tokens;
  for (const built of [app.built, other]) t.equal(await asks(built, used, '/v1/entries'), 200);
  const revoked = await app.post(`/v1/credentials/${lost.client_id}/revocation`, { as: 'operator' });
  t.match(revoked, { status: 200, body: { status: 'revoked', ends_at: String } });
  for (const [name, built] of [
    ['the same process', app.built],
    ['another', other],
  ] as const) {
    t.ok(await withinASecond(async () => (await asks(built, used, '/v1/entries')) === 401), `${name}: a session ends`);
    t.equal(await asks(built, unused, '/v1/entries'), 401, `${name}: a token that was not seen before is not let in`);
    t.equal((await signIn(app, lost, built)).status, 401, `${name}: there are no more`);
    t.equal(await asks(built, good, '/v1/entries'), 200, `${name}: others go on`);
  }
  t.equal(
    told(await app.post(`/v1/credentials/${lost.client_id}/revocation`, { as: 'operator' })),
    '409 credential_ended',
  );
  t.equal(
    told(await app.post(`/v1/credentials/${lost.client_id}/rotation`, { as: 'operator' })),
    '409 credential_ended',
  );
  const third = await another(t, app);
  t.equal(await asks(third, unused, '/v1/entries'), 401, 'a process that starts later knows at once');
  await booksBalance(t, app.owner);
});

test('rotation gives new credentials; the old ones and their tokens are good until the overlap ends, and not after', async (t) => {
  const { clock, advance } = fixedClock();
  const app = await testApp(t, { clock });
  await app.post('/v1/partners', {
    as: 'operator',
    body: { id: 'xc-bank', name: '农商', kind: 'rural_commercial_bank' },
  });
  const { body: old } = await app.post('/v1/partners/xc-bank/credentials', { as: 'operator' });
  const early = (await signIn(app, old)).body.access_token;
  const path = `/v1/credentials/${old.client_id}/rotation`;
  const rotated = await app.post(path, { as: 'operator', body: { overlap_seconds: 600 }, key: 'rotate-the-bank-1' });
  t.match(rotated, { status: 201, body: { role: 'partner', subject: 'xc-bank', status: 'active', ends_at: null } });
  t.not(rotated.body.client_secret, old.client_secret);
  const again = await app.post(path, { as: 'operator', body: { overlap_seconds: 600 }, key: 'rotate-the-bank-1' });
  t.equal(again.text, rotated.text, 'the same bytes again, the secret with them');
  t.match((await app.get(`/v1/credentials/${old.client_id}`, { as: 'operator' })).body, {
    status: 'ending',
    replaced_by: rotated.body.client_id,
  });
  const late = await signIn(app, old);
  t.match(late, { status: 200, body: { expires_in: 600 } }, 'a token does not outlive its credentials');
  const renewed = await signIn(app, rotated.body);
  t.equal(renewed.status, 200);
  for (const token of [early, late.body.access_token, renewed.body.access_token]) {
    t.equal(await asks(app.built, token, '/v1/partners'), 200);
  }
  advance(601_000);
  t.equal((await app.get(`/v1/credentials/${old.client_id}`, { as: 'operator' })).body.status, 'ended');
  t.equal((await signIn(app, old)).status, 401);
  t.equal(await asks(app.built, late.body.access_token, '/v1/partners'), 401);
  t.ok(
    await withinASecond(async () => (await asks(app.built, early, '/v1/partners')) === 401),
    'nor does one of before',
  );
  t.equal(await asks(app.built, renewed.body.access_token, '/v1/partners'), 200);
  await booksBalance(t, app.owner);
});

test('what ends in an hour does not last a day because it is rotated', async (t) => {
  const app = await testApp(t);
  const { client_id } = await issue(app, 'platform', 'civic');
  const rotate = (overlap_seconds: number) =>
    app.post(`/v1/credentials/${client_id}/rotation`, { as: 'operator', body: { overlap_seconds } });
  await rotate(3_600);
  const { ends_at } = (await app.get(`/v1/credentials/${client_id}`, { as: 'operator' })).body;
  await rotate(86_400);
  t.equal((await app.get(`/v1/credentials/${client_id}`, { as: 'operator' })).body.ends_at, ends_at);
  t.equal((await rotate(31 * 86_400)).status, 400);
});

test('others’ failed log-ins do not keep a good secret out, nor does asking often for one client another: 200, 401, 429', async (t) => {
  const app = await testApp(t, { settings: { TOKEN_RATE_LIMIT: '3' } });
  const [one, two] = [await issue(app, 'platform', 'one'), await issue(app, 'platform', 'two')];
  const wrong = { ...one, client_secret: 'x'.repeat(43) };
  const statuses = [];
  for (let n = 0; n < 5; n += 1) statuses.push((await signIn(app, wrong)).status);
  t.same(statuses, [401, 401, 401, 429, 429]);
  const good = [];
  for (let n = 0; n < 4; n += 1) good.push(await signIn(app, one));
  t.same(
    good.map(({ status }) => status),
    [200, 200, 200, 429],
    'with the right secret it is its own tokens that are counted',
  );
  t.ok(Number(good[3]?.headers['retry-after']) >= 1);
  t.equal((await signIn(app, two)).status, 200);
});

test('credentials are the operator’s to issue and to end: 403', async (t) => {
  const app = await testApp(t);
  const { client_id } = await issue(app, 'platform', 'civic');
  for (const as of ['auditor', 'platform'] as const) {
    t.equal(told(await app.post('/v1/credentials', { as, body: { role: 'operator', subject: 'x' } })), '403 forbidden');
    t.equal(told(await app.post(`/v1/credentials/${client_id}/rotation`, { as })), '403 forbidden');
    t.equal(told(await app.post(`/v1/credentials/${client_id}/revocation`, { as })), '403 forbidden');
  }
});
