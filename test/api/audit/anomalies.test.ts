/** Guarantees of the report on what looks wrong over HTTP: whole, page by page or as CSV, the same bytes each time, and to nobody more than their scope. */
import { type Test, test } from 'tap';
import { anomalyCodes } from '../../../src/timebank/anomaly-words.js';
import type { Caller, TestApp } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { county, east, mergeByTwo, person, unscoped, visit, wang } from '../people/county.js';

const report = '/v1/reports/anomalies?from=2026-10-01&to=2026-11-30';
const chinese = { 'accept-language': 'zh-CN' };

/** `record(t, app, 'V1', 'M1', 'M2', '27T09')`: an hour of the 27th of October from nine on. */
async function record(
  t: Test,
  app: TestApp,
  id: string,
  volunteer: string,
  recipient: string,
  hour: string,
  as = wang,
) {
  const [start, end] = [`2026-10-${hour}:00:00+08:00`, `2026-10-${hour}:50:00+08:00`];
  const times = { planned_start: start, planned_end: end, check_in: start, check_out: end };
  const body = visit(id, { volunteer, recipient, recorded_by: 'XC', ...times });
  t.equal((await app.post('/v1/service-records', { as, body })).status, 201, id);
}

/** M1 and M2 in the east, and M1 and M3, who lives in the west, served each other; nobody else did. */
async function mutual(t: Test): Promise<TestApp> {
  const app = await county(t);
  await record(t, app, 'V1', 'M1', 'M2', '26T09');
  await record(t, app, 'V2', 'M2', 'M1', '26T11');
  await record(t, app, 'V3', 'M1', 'M3', '27T09');
  await record(t, app, 'V4', 'M3', 'M1', '27T10');
  await record(t, app, 'V5', 'M1', 'M3', '27T12');
  return app;
}

const read = async (t: Test, app: TestApp, more = '', as: Caller | 'auditor' = 'auditor') => {
  const answer = await app.get(`${report}${more}`, { as });
  t.equal(answer.status, 200, answer.text);
  return answer.body;
};

// biome-ignore lint/suspicious/noExplicitAny: the shape is held to the document
const people = (body: any) => body.anomalies.map(({ subjects }: any) => subjects.map(({ id }: any) => id).join(' '));

test('every check is there with its thresholds and explanation in the language of the reader, also where it found nothing: 200', async (t) => {
  const app = await mutual(t);
  const body = await read(t, app);
  t.same(
    body.checks.map(({ code }: { code: string }) => code),
    [...anomalyCodes],
  );
  t.match(body, { from: '2026-10-01', to: '2026-11-30' });
  for (const { code, explanation, thresholds } of body.checks)
    t.ok(explanation.length > 10 && thresholds.length > 0, `${code} explains itself`);
  t.match(body.anomalies[0], {
    code: 'mutual_service',
    subjects: [
      { role: 'member', id: 'M1' },
      { role: 'member', id: 'M3' },
    ],
    figures: [
      { name: 'exchanges', value: '2', unit: 'times' },
      { name: 'shortest_gap', value: '10', unit: 'minutes' },
    ],
    thresholds: [{ rule: 'mutual_service_hours', value: '24', unit: 'hours' }],
    records: ['V3', 'V4', 'V5'],
    detail:
      'member M1, member M3: served each other 2 times, shortest time between 10 minutes (time between at most 24 hours)',
  });
  const entry = (await app.get('/v1/service-records/V3', { as: 'auditor' })).body.entry;
  t.equal(body.anomalies[0].entries[0], entry, 'the entry that recorded it');
  const zh = await app.get(report, { as: 'auditor', headers: chinese });
  t.match(zh.body.checks[0], { explanation: '两名成员在短时间内互相服务。' });
  t.equal(zh.body.anomalies[0].detail, '成员 M1，成员 M3：互相服务 2 次，最短间隔 10 分钟（互相服务最长间隔 24 小时）');
  t.match(zh.headers, { 'content-language': 'zh', vary: 'accept, accept-language' });
  await booksBalance(t, app.owner);
});

test('what weighs most comes first, a page at a time, and each page counts all: 200; a cursor of another check is refused: 400', async (t) => {
  const app = await mutual(t);
  const whole = await read(t, app, '&code=mutual_service');
  t.same(people(whole), ['M1 M3', 'M1 M2']);
  t.match(whole.checks, [{ count: 2, next_cursor: null }]);
  const first = await read(t, app, '&limit=1');
  t.same(people(first), ['M1 M3']);
  const [{ count, next_cursor: cursor }] = first.checks;
  t.equal(count, 2);
  const second = await read(t, app, `&limit=1&cursor=${cursor}`);
  t.match(
    second.checks,
    [{ code: 'mutual_service', count: 2, next_cursor: null }],
    'a cursor asks for its check alone',
  );
  t.same([...first.anomalies, ...second.anomalies], whole.anomalies);
  const last = Buffer.from(JSON.stringify(['mutual_service', '1', 'M9'])).toString('base64url');
  t.match(await read(t, app, `&cursor=${last}`), { anomalies: [], checks: [{ count: 2 }] }, 'behind the last one');
  for (const wrong of [`&code=night_hours&cursor=${cursor}`, '&cursor=eA', '&code=nothing', '&limit=0'])
    t.equal((await app.get(`${report}${wrong}`, { as: 'auditor' })).status, 400, wrong);
  for (const range of ['', '?from=2026-10-01', '?from=2026-10-02&to=2026-10-01', '?from=2025-01-01&to=2026-12-31'])
    t.equal((await app.get(`/v1/reports/anomalies${range}`, { as: 'auditor' })).status, 400, range);
});

test('the CSV has all of it, and two runs give the same bytes, in either form: 200', async (t) => {
  const app = await mutual(t);
  const csv = await app.get(`${report}&format=csv`, { as: 'operator', headers: chinese });
  t.match(csv.headers, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'inline; filename="anomalies-2026-10-01-to-2026-11-30.csv"',
  });
  const lines = csv.text.split('\r\n');
  t.equal(lines[0], 'code,explanation,subjects,figures,thresholds,entries,records,detail');
  t.match(
    lines[1],
    /^mutual_service,两名成员在短时间内互相服务。,member=M1; member=M3,exchanges=2 times; shortest_gap=10 minutes,mutual_service_hours=24 hours,\d+ \d+ \d+,V3 V4 V5,成员 M1，/,
  );
  t.match(lines[2], /M1; member=M2/);
  const accept = { ...chinese, accept: 'text/csv' };
  t.equal((await app.get(report, { as: 'auditor', headers: accept })).text, csv.text);
  t.equal((await app.get(report, { as: 'auditor' })).text, (await app.get(report, { as: 'operator' })).text);
  const nothing = await app.get(`${report}&code=idle_coins&format=csv`, { as: 'auditor' });
  t.equal(nothing.text, 'code,explanation,subjects,figures,thresholds,entries,records,detail\r\n');
});

test('a coordinator sees what is about members of the scope alone, and nothing of approvers: 200; a member nothing: 403', async (t) => {
  const app = await mutual(t);
  const body = await read(t, app, '', east);
  t.same(people(body), ['M1 M2']);
  t.equal(body.checks[0].count, 1, 'what lies beyond is not counted either');
  t.notOk(body.checks.some(({ code }: { code: string }) => code.startsWith('approvals_')));
  t.same(await read(t, app, '&code=approvals_for_one', east), {
    from: '2026-10-01',
    to: '2026-11-30',
    checks: [],
    anomalies: [],
  });
  t.match(await read(t, app, '', unscoped), { anomalies: [], checks: [{ count: 0 }] });
  const csv = await app.get(`${report}&format=csv`, { as: east });
  t.match(csv.text, /M1; member=M2/);
  t.notMatch(csv.text, /M3/);
  t.equal((await app.get(report, { as: { role: 'member', subject: 'M1' } })).status, 403);
});

test('what a merged member did counts under the one id of now', async (t) => {
  const app = await mutual(t);
  t.equal((await app.post('/v1/members', { as: 'operator', body: person('M4', 'XC-01') })).status, 201);
  await record(t, app, 'V6', 'M4', 'M1', '26T13');
  t.same(people(await read(t, app, '&code=mutual_service')), ['M1 M3', 'M1 M2']);
  await mergeByTwo(t, app, 'M4', 'M2');
  const body = await read(t, app, '&code=mutual_service');
  t.same(people(body), ['M1 M2', 'M1 M3']);
  t.same(body.anomalies[0].records, ['V1', 'V2', 'V6']);
});

test('twenty records approved within minutes are found; a file that was imported is one decision', async (t) => {
  const app = await county(t);
  const hours = Array.from({ length: 20 }, (_, i) => `${String(i + 1).padStart(2, '0')}T09`);
  const columns =
    'external_id,volunteer,recipient,service_type,planned_start,planned_end,check_in,check_out,proof_grade,recorded_by_unit';
  const lines = hours.map((hour, i) => {
    const [start, end] = [`2026-10-${hour}:00:00+08:00`, `2026-10-${hour}:50:00+08:00`];
    return `F${i},M1,M3,errand,${[start, end, start, end].join(',')},A,XC`;
  });
  const body = Buffer.from(`${[columns, ...lines].join('\n')}\n`);
  const { body: staged } = await app.post('/v1/imports?kind=visits', { as: wang, body });
  t.match((await app.post(`/v1/imports/${staged.id}/commit`, { as: wang })).body.counts, { imported: 20 });
  const burst = '&code=approvals_in_burst';
  t.same(people(await read(t, app, burst)), []);
  for (const [i, hour] of hours.entries())
    await record(
      t,
      app,
      `V${i}`,
      'M2',
      'M3',
      hour,
      i < 19 ? wang : ({ ...wang, role: 'coordinator', orgUnit: 'XC' } as Caller),
    );
  const found = await read(t, app, burst);
  t.match(found.anomalies, [{ subjects: [{ role: 'approver', id: 'wang' }], figures: [{ value: '20' }] }]);
  t.equal(found.anomalies[0].entries.length, 20);
});
