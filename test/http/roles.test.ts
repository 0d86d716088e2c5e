/**
 * Who may do what: every operation against every role. A route that is not in the table fails, and so does a row without its
 * route. The member is M2, who asks for M1's; the partner is a shop, which asks for the bank's; the coordinator looks after the
 * whole county. What is hidden from a role is not found.
 */
import { test } from 'tap';
import { roles } from '../../src/http/tokens.js';
import { newId } from '../../src/lib/ids.js';
import { registerPartner } from '../../src/timebank/partners/partners.js';
import { addJob } from '../../src/work/jobs.js';
import { type Caller, type Method, type TestApp, testApp } from '../support/app.js';
import { bodyOf, operations, resolve, routesOf } from '../support/document.js';
import { populate } from '../support/populate.js';
import { must } from '../support/story.js';
import { roleTable as table } from './role-table.js';

const rows: ReadonlyMap<string, readonly string[]> = new Map(
  table
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [method = '', path = '', ...cells] = line.split(/ +/);
      return [`${method} ${path}`, cells] as const;
    }),
);
const guarded = operations.filter(({ name }) => rows.get(name)?.[0] !== 'public');

const callers: Readonly<Record<(typeof roles)[number], Caller>> = {
  member: { role: 'member', subject: 'M2' },
  coordinator: { role: 'coordinator', orgUnit: 'XC' },
  partner: { role: 'partner', subject: 'shop' },
  auditor: { role: 'auditor' },
  operator: { role: 'operator' },
  platform: { role: 'platform' },
};

/** What the operations ask of a query; everything else is the document's own example. */
const queries: Readonly<Record<string, string>> = {
  'post /v1/imports': '?kind=org_units',
  'get /v1/reports/anomalies': '?from=2026-10-01&to=2026-10-31',
  'get /v1/reports/orders': '?month=2026-10',
  'get /v1/reports/service-by-unit': '?month=2026-10',
  'get /v1/reports/units/{id}': '?month=2026-08',
  'post /v1/partner-statements': '?partner=xc-bank&period=2026-10',
};

test('the table has a row for every operation of the document, and the document for every route', async (t) => {
  t.strictSame([...rows.keys()].sort(), operations.map(({ name }) => name).sort());
  const { built } = await testApp(t);
  const undocumented = /^\/(?:docs(?:\/.*)?|openapi\.yaml)?$/;
  for (const [method, path] of routesOf(built.app.printRoutes({ commonPrefix: false, includeHooks: false }))) {
    if (undocumented.test(path)) continue;
    t.ok(rows.has(`${method} ${path}`), `${method} ${path}`);
  }
});

test('every role is let through, refused, or told that nothing is there, as the table says', async (t) => {
  const { app, urlOf } = await county(t);
  for (const { name, method, path } of guarded) {
    for (const [column, role] of roles.entries()) {
      const expected = rows.get(name)?.[column];
      const { status, body } = await app.call(method.toUpperCase() as Method, urlOf(name, path), {
        as: callers[role],
        ...bodyOf(name),
      });
      const told = status === 400 || (status === 404 && method === 'get') ? String(status) : 'ok';
      const seen =
        status === 403 || status === 401 ? String(status) : status === 404 && expected === '404' ? '404' : told;
      t.equal(seen, expected, `${name} ${role}: ${status} ${body?.code ?? ''}`);
    }
  }
});

test('whatever an operation does not ask for in its query is refused, so that a dry run of what cannot be tried does nothing', async (t) => {
  const { app, urlOf } = await county(t);
  for (const { name, method, path } of guarded) {
    const role = roles.find((_, column) => rows.get(name)?.[column] !== '403') ?? 'operator';
    const known = operations.find((one) => one.name === name)?.operation.parameters ?? [];
    const asked = known.some((one) => resolve(one).name === 'dry_run') ? 'dry_runs=true' : 'dry_run=true';
    const url = urlOf(name, path);
    const { status, body } = await app.call(
      method.toUpperCase() as Method,
      `${url}${url.includes('?') ? '&' : '?'}${asked}`,
      {
        as: callers[role],
        ...bodyOf(name),
      },
    );
    t.match({ status, body }, { status: 400, body: { code: 'request_invalid' } }, `${name} ${asked}`);
  }
});

test('without a token every guarded operation answers 401 and no public one does', async (t) => {
  const { app, urlOf } = await county(t);
  for (const { name, method, path } of operations) {
    const isPublic = rows.get(name)?.[0] === 'public';
    const { status, body } = await app.call(method.toUpperCase() as Method, urlOf(name, path), bodyOf(name));
    if (name === 'post /oauth/token') t.match(body, { error: /^invalid_/ }, 'asks for a client, not for a token');
    else if (isPublic) t.equal(status, 200, name);
    else t.match({ status, body }, { status: 401, body: { code: 'unauthenticated' } }, name);
  }
});

test('a token of a ledger that is not there finds nothing: 404 ledger_not_found', async (t) => {
  const { app, urlOf } = await county(t);
  for (const { name, method, path } of guarded) {
    for (const [column, role] of roles.entries()) {
      if (rows.get(name)?.[column] === '403') continue;
      const asked = { token: app.token(callers[role], 'elsewhere'), ...bodyOf(name) };
      const { status, body } = await app.call(method.toUpperCase() as Method, urlOf(name, path), asked);
      const hidden = name === 'post /v1/partner-statements' && role === 'partner';
      t.match(
        { status, code: body.code },
        { status: 404, code: hidden ? /_not_found$/ : 'ledger_not_found' },
        `${name} ${role}`,
      );
    }
  }
});

const pseudonym = 'p-aaaaaaaaaaaaaaaa';

/** A county in which everything has happened once, and the paths to it. */
async function county(t: Parameters<typeof testApp>[0]) {
  const app = await testApp(t);
  await populate(app);
  const shop = { id: 'shop', name: '小店', kind: 'shop', point_price: '0.10', may_backdate: false } as const;
  await must(app.lane, (stage) => registerPartner(stage, shop));
  await app.owner`select access.keep_subject('xinchang', ${pseudonym}, 'https://id.example', 'somebody')`;
  const ids = await idsOf(app);
  const urlOf = (name: string, path: string) => {
    const noun = path.split('/')[2] ?? '';
    const within = {
      '{registry}': 'silver',
      '{member}': 'M2',
      '{platform}': 'gold-steward',
      '{batch}': 'W43',
      '{external_id}': 'C1',
      '{n}': '1',
      '{relative}': 'M5',
      '{digest}': 'a'.repeat(64),
      '{purpose}': 'service',
      '{job}': newId(),
      '{objection}': newId(),
      '{number}': '1',
    };
    const first = path.replace(/\{\w+\}/, encodeURIComponent(ids[noun] ?? 'xinchang'));
    return first.replace(/\{\w+\}/g, (one) => within[one as keyof typeof within]) + (queries[name] ?? '');
  };
  return { app, urlOf };
}

async function idsOf({ get, post, built, lane }: TestApp): Promise<Readonly<Record<string, string>>> {
  const first = async (noun: string, word = noun.replaceAll('-', '_')) =>
    (await get(`/v1/${noun}?limit=1`, { as: 'operator' })).body[word][0].id;
  const found = [
    'adjustments',
    'award-rounds',
    'gifts',
    'grants',
    'imports',
    'partner-statements',
    'reconciliations',
    'redemptions',
    'spot-checks',
  ].map(async (noun) => [noun, await first(noun)] as const);
  const times = { planned_start: '2026-12-01T09:00:00+08:00', planned_end: '2026-12-01T10:00:00+08:00' };
  const need = { external_id: 'N2', recipient: 'M1', service_type: 'errand', mode: 'home', ...times };
  const person = { name: '何根仙', gender: 'female', birth_date: '1949-02-20', phone: null, talent_category: null };
  await post('/v1/members', { as: 'operator', body: { external_id: 'M9', org_unit: 'XC', ...person } });
  await post('/v1/orders', { as: 'operator', body: need });
  const job = { id: newId(), kind: 'sweep_work', runsOn: 'lane', owner: 'operator:somebody', input: {} } as const;
  return {
    ...Object.fromEntries(await Promise.all(found)),
    certificates: (await get('/v1/members/M1/certificates', { as: 'operator' })).body.certificates[0].number,
    jobs: (await addJob(built.service.work.sql, lane.facts.id, job)).id,
    accounts: 'test:a',
    credentials: 'xinchang.xc-bank.1',
    subjects: pseudonym,
    entries: '3',
    members: 'M1',
    reports: 'XC',
    orders: 'N2',
    offers: (await post('/v1/orders/N2/offers', { as: 'operator', body: { volunteer: 'M9' } })).body.id,
    'org-units': 'XC',
    partners: 'xc-bank',
    'rule-sets': 'xinchang-pilot-1',
    recomputations: newId(),
    'estate-files': newId(),
    intake: 'gold-steward',
    'import-mappings': 'village-office',
    'care-subjects': 'M2',
    stations: 'POST-1',
    talents: 'M1',
    teams: 'T1',
    'service-records': 'V1',
  };
}
