/** Guarantees of partners' credentials and the tokens they are exchanged for. */
import { type Test, test } from 'tap';
import { type TestApp, testApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { checkResponse } from '../../support/openapi-check.js';

const bank = { id: 'xc-bank', name: '新昌农商', kind: 'rural_commercial_bank' };

interface Credentials {
  readonly client_id: string;
  readonly client_secret: string;
}

async function partnered(t: Test): Promise<TestApp & { credentials: Credentials }> {
  const app = await testApp(t);
  t.match(await app.post('/v1/partners', { as: 'operator', body: bank }), {
    status: 201,
    body: { point_price: '0.10', may_backdate: false },
  });
  const issued = await app.post('/v1/partners/xc-bank/credentials', { as: 'operator', key: 'first-credential' });
  t.equal(issued.status, 201);
  return { ...app, credentials: issued.body };
}

/** Asks for a token as a client would; the answer is held against the document. */
async function ask(app: TestApp, form: string | Record<string, string>, headers: Record<string, string> = {}) {
  const payload = typeof form === 'string' ? form : new URLSearchParams(form).toString();
  const response = await app.built.app.inject({
    method: 'POST',
    url: '/oauth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload,
  });
  checkResponse(app.built.app.swagger(), 'POST', '/oauth/token', response.statusCode, response.headers, response.body);
  return { status: response.statusCode, body: response.json(), headers: response.headers };
}

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});
const grant = { grant_type: 'client_credentials' };

test('a client gets a token by Basic authentication or in the form, and it opens what is the partner’s: 200', async (t) => {
  const app = await partnered(t);
  const { client_id, client_secret } = app.credentials;
  t.match(client_id, /^xinchang\.xc-bank\.[0-9a-f]{24}$/);
  const ways = [
    await ask(app, grant, basic(client_id, client_secret)),
    await ask(app, { ...grant, client_id, client_secret, scope: 'partner' }),
    await ask(app, { ...grant, resource: 'https://example.org', client_id }, basic(client_id, client_secret)),
  ];
  for (const { status, body, headers } of ways) {
    t.equal(status, 200);
    t.match(body, { token_type: 'Bearer', expires_in: 3_600, scope: 'partner' });
    t.equal(headers['cache-control'], 'no-store');
    const authorization = `Bearer ${body.access_token}`;
    const own = await app.built.app.inject({ url: '/v1/partners', headers: { authorization } });
    t.equal(own.statusCode, 200);
    t.same(
      own.json().partners.map((one: { id: string }) => one.id),
      ['xc-bank'],
    );
    const books = await app.built.app.inject({ url: '/v1/entries', headers: { authorization } });
    t.equal(books.statusCode, 403, 'and nothing else');
  }
});

test('refusals are those of RFC 6749: 400 and 401 with `error`', async (t) => {
  const app = await partnered(t);
  const { client_id, client_secret } = app.credentials;
  const good = basic(client_id, client_secret);
  const cases: [string, Awaited<ReturnType<typeof ask>>][] = [
    ['401 invalid_client', await ask(app, grant)],
    ['401 invalid_client', await ask(app, grant, basic(client_id, `${client_secret}x`))],
    ['401 invalid_client', await ask(app, grant, basic('xinchang.xc-bank.000000000000000000000000', client_secret))],
    ['401 invalid_client', await ask(app, grant, basic(client_id.replace('xinchang', 'elsewhere'), client_secret))],
    ['401 invalid_client', await ask(app, grant, basic('nonsense', client_secret))],
    ['401 invalid_client', await ask(app, grant, { authorization: 'Bearer x.y.z' })],
    ['400 invalid_request', await ask(app, { client_id, client_secret })],
    ['400 invalid_request', await ask(app, `grant_type=client_credentials&grant_type=client_credentials`, good)],
    ['400 invalid_request', await ask(app, { ...grant, client_id, client_secret }, good)],
    ['400 invalid_request', await ask(app, { ...grant, client_id: 'xinchang.other.1' }, good)],
    [
      '400 invalid_request',
      await ask(app, JSON.stringify({ ...grant, client_id, client_secret }), { 'content-type': 'application/json' }),
    ],
    ['400 unsupported_grant_type', await ask(app, { grant_type: 'password' }, good)],
    ['400 invalid_scope', await ask(app, { ...grant, scope: 'operator' }, good)],
  ];
  for (const [expected, { status, body, headers }] of cases) {
    t.equal(`${status} ${body.error}`, expected, body.error_description);
    if (status === 401) t.match(headers['www-authenticate'], /^Basic /);
  }
});

test('the secret is told again in a replay, byte for byte, and yet it is nowhere in the database', async (t) => {
  const app = await partnered(t);
  const again = await app.post('/v1/partners/xc-bank/credentials', { as: 'operator', key: 'first-credential' });
  t.equal(again.status, 201);
  t.equal(again.headers['idempotent-replayed'], 'true');
  t.equal(again.headers['cache-control'], 'no-store');
  t.same(again.body, app.credentials);
  const tables = await app.owner`select table_schema || '.' || table_name as name from information_schema.tables
    where table_schema in ('timeledger', 'timebank')`;
  for (const { name } of tables) {
    const rows = await app.owner.unsafe(`select 1 from ${name} x where x::text like $1`, [
      `%${app.credentials.client_secret}%`,
    ]);
    t.equal(rows.length, 0, name);
  }
  await booksBalance(t, app.owner);
});

test('another request gets other credentials, and both work; the same key of another operator too', async (t) => {
  const app = await partnered(t);
  const path = '/v1/partners/xc-bank/credentials';
  const others = [
    await app.post(path, { as: 'operator', key: 'second-credential' }),
    await app.post(path, { as: { role: 'operator', subject: 'night-shift' }, key: 'first-credential' }),
  ].map(({ body }) => body as Credentials);
  const all = [app.credentials, ...others];
  t.equal(new Set(all.map((one) => one.client_id)).size, 3);
  t.equal(new Set(all.map((one) => one.client_secret)).size, 3);
  for (const one of all) t.equal((await ask(app, grant, basic(one.client_id, one.client_secret))).status, 200);
  const [first, second] = all;
  t.equal((await ask(app, grant, basic(first?.client_id ?? '', second?.client_secret ?? ''))).status, 401, 'not mixed');
});

test('credentials are for an operator to issue, and for a partner that is there: 403, 404, 400', async (t) => {
  const app = await partnered(t);
  const issue = async (id: string, call: Parameters<TestApp['post']>[1]) => {
    const { status, body } = await app.post(`/v1/partners/${id}/credentials`, call);
    return `${status} ${body.code}`;
  };
  t.equal(await issue('xc-bank', { as: 'auditor' }), '403 forbidden');
  t.equal(await issue('xc-bank', { as: { role: 'partner', subject: 'xc-bank' } }), '403 forbidden');
  t.equal(await issue('nobody', { as: 'operator' }), '404 partner_not_found');
  t.equal(await issue('xc-bank', { as: 'operator', key: null }), '400 idempotency_key_missing');
});

test('registering a partner refuses a known id and a price of nothing: 409, 400', async (t) => {
  const app = await partnered(t);
  const register = async (more: object) => {
    const { status, body } = await app.post('/v1/partners', { as: 'operator', body: { ...bank, ...more } });
    return `${status} ${body.code}`;
  };
  t.equal(await register({}), '409 partner_exists');
  for (const point_price of ['0', '0.0000', '-1', '0.00001', '1e3', '.5']) {
    t.equal(await register({ id: 'shop', point_price }), '400 request_invalid', point_price);
  }
  t.equal(await register({ id: 'shop', point_price: 0.1 }), '400 request_invalid', 'a number');
  t.equal(await register({ id: 'shop', kind: 'casino' }), '400 request_invalid');
});

test('a form in another charset than UTF-8 is not read: 415', async (t) => {
  const app = await testApp(t);
  const type = 'application/x-www-form-urlencoded; charset=gbk';
  const answer = await ask(app, { grant_type: 'client_credentials' }, { 'content-type': type });
  t.equal(answer.status, 415);
});

test('a form opens no other route: 415', async (t) => {
  const app = await partnered(t);
  const { status, body } = await app.post('/v1/partners', {
    as: 'operator',
    body: bank,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  t.equal(`${status} ${body.code}`, '415 media_type_unsupported');
});
