/** Guarantees of certificates over HTTP: they say what stands, the same every time; anybody checks them with the code; what is wrong ends them. */
import t, { type Test } from 'tap';
import { recordPersonalData } from '../../../src/timebank/people/personal-data/record-fields.js';
import { issueCertificate } from '../../../src/timebank/service/certificates/issue.js';
import type { Answered, Caller } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { textOfPdf } from '../../support/pdf-text.js';
import { seeded, seedOf } from '../../support/random.js';
import { must } from '../../support/story.js';
import { told, verifyTampered } from '../../support/tampering.js';
import { li, member, type OrderTown, orderTown, wang } from './orders/people.js';

const operator: Caller = { role: 'operator', subject: 'zhao' };
const url = '/v1/members/V1/certificates';

async function record(town: OrderTown, id: string, day: string, hours: [from: string, to: string], more: object = {}) {
  const [start, end] = hours.map((hour) => `${day}T${hour}:00+08:00`);
  const times = { planned_start: start, planned_end: end, check_in: start, check_out: end };
  const visit = { external_id: id, volunteer: 'V1', recipient: 'R1', service_type: 'meal_delivery', ...times };
  await town.ask(li, '/v1/service-records', { ...visit, proof_grade: 'A', recorded_by: 'XC-01', ...more }, 201);
}

/** V1 has given 1.5 hours, 2 hours and half an hour on three days, each proved in another way. */
async function served(t: Test): Promise<OrderTown> {
  const town = await orderTown(t);
  town.advanceTo('2026-11-06T18:00:00+08:00');
  await record(town, 'S1', '2026-11-03', ['08:00', '09:30']);
  await record(town, 'S2', '2026-11-04', ['08:00', '10:00'], { proof_grade: 'B', service_type: 'errand' });
  await record(town, 'S3', '2026-11-05', ['08:00', '08:30'], { proof_grade: 'C', recorded_by: 'XC-02' });
  return town;
}

const issue = (town: OrderTown, body: object | undefined = {}, as: Caller = member('V1')): Promise<Answered['body']> =>
  town.ask(as, url, body, 201);

async function correct(town: OrderTown, id: string, body: object): Promise<void> {
  const asked = { reason: '签出时间有误', ...body };
  await town.ask(wang, `/v1/service-records/${id}/correction`, asked);
  await town.ask(operator, `/v1/service-records/${id}/correction`, asked);
}

async function erase(town: OrderTown): Promise<void> {
  const path = '/v1/members/V1/erasure';
  await town.ask({ role: 'operator', subject: 'one' }, path, { reason_code: 'person_asked' }, 201);
  await town.ask({ role: 'operator', subject: 'two' }, path, { reason_code: 'person_asked' }, 201);
}

async function bytesOf({ app }: OrderTown, number: string, query = '', as: Caller = member('V1')): Promise<Buffer> {
  const { rawPayload } = await app.built.app.inject({
    method: 'GET',
    url: `/v1/certificates/${number}${query}`,
    headers: { authorization: `Bearer ${app.token(as)}` },
  });
  return rawPayload;
}

const textOf = async (...asked: Parameters<typeof bytesOf>) =>
  textOfPdf(await bytesOf(...asked))
    .flat()
    .join('');
const json = { accept: 'application/json' };
const checkJson = ({ app }: OrderTown, number: string, code: string) =>
  app.get(`/certificates/${number}?code=${code}`, { headers: json });
const checkPage = async ({ app }: OrderTown, number: string, query = '') =>
  (await app.get(`/certificates/${number}${query}`, { headers: { accept: 'text/html' } })).text;

t.test(
  'a member gets a certificate of what stands, which says who, when, what, how proved and by which unit: 201, 200',
  async (t) => {
    const town = await served(t);
    const issued = await issue(town);
    t.match(issued, { member: 'V1', status: 'valid', unit: 'XC-01', records: 3, hours: '4.00', from: null, to: null });
    t.equal(issued.issued_by, 'member:V1');
    t.equal(issued.issued_on, '2026-11-06');
    t.equal(Number(issued.entry), Number(issued.at_entry) + 1);
    const { body } = await town.app.get(`/v1/certificates/${issued.number}`, { as: member('V1') });
    const { check_code, check_url } = issued;
    t.match(body, { ...issued, check_code, check_url, name: '人V1', unit_name: 'XC-01' });
    t.strictSame(body.identity, { kind: 'member_id', masked: 'V***' });
    t.strictSame(body.totals, [
      { proof_grade: 'A', records: 1, hours: '1.50' },
      { proof_grade: 'B', records: 1, hours: '2.00' },
      { proof_grade: 'C', records: 1, hours: '0.50' },
    ]);
    t.strictSame(body.lines[2], {
      served_on: '2026-11-05',
      service_type: 'meal_delivery',
      hours: '0.50',
      proof_grade: 'C',
      unit: 'XC-02',
    });
    t.match(body.checkpoint, new RegExp(`/log/xinchang\\n${issued.at_entry}\\n`));
    t.equal(check_url, `http://127.0.0.1:3000/certificates/${issued.number}?code=${check_code}`);
    t.match(await town.app.get(`/v1/entries/${issued.entry}`, { as: 'auditor' }), {
      body: { kind: 'certificate_issued', actor: 'member:V1' },
    });
    t.match((await town.app.get(url, { as: member('V1') })).body, { certificates: [{ number: issued.number }] });
    await booksBalance(t, town.app.owner);
  },
);

t.test('it is of the days that are asked for, and of none there is none: 201, 422, 400', async (t) => {
  const town = await served(t);
  t.match(await issue(town, { from: '2026-11-04', to: '2026-11-04' }), { records: 1, hours: '2.00' });
  t.match(await issue(town, { from: '2026-11-04' }), { records: 2, hours: '2.50', from: '2026-11-04', to: null });
  await town.refused(member('V1'), url, { to: '2026-11-02' }, 422, 'certificate_empty');
  await town.refused(member('V1'), url, { from: '2026-11-05', to: '2026-11-04' }, 400, 'request_invalid');
  await town.refused(member('V2'), '/v1/members/V2/certificates', {}, 422, 'certificate_empty');
});

t.test('a repeated request gets the same certificate, code and all', async (t) => {
  const { app } = await served(t);
  const key = 'certificate-of-V1-once';
  const [first, second] = [await app.post(url, { as: wang, key }), await app.post(url, { as: wang, key })];
  t.equal(second.text, first.text);
  t.match(first.body.check_code, /^\w{5}-\w{5}$/);
  const kept = await app.owner`select answers from timeledger.batches`;
  t.notOk(JSON.stringify(kept).includes(first.body.check_code), 'the code is stored nowhere');
});

t.test('certificates that are asked for at once have numbers of their own, each that of its entry', async (t) => {
  const { app } = await served(t);
  const issued = await Promise.all(Array.from({ length: 9 }, () => app.post(url, { as: wang })));
  t.equal(new Set(issued.map(({ body }) => body.number)).size, 9);
  for (const { body } of issued) {
    const [, running] = /-(\d+)-\d$/.exec(body.number) ?? [];
    t.equal(Number(running), Number(body.entry));
    t.equal((await app.get(`/v1/certificates/${body.number}`, { as: wang })).status, 200);
  }
  await booksBalance(t, app.owner);
});

t.test('a certificate shows the identity card that was sealed in the same batch', async (t) => {
  const { app } = await served(t);
  const number = await must(app.lane, (stage) => {
    recordPersonalData(stage, app.built.service.personal, null, 'V1', { national_id: '330624196001010022' });
    return issueCertificate(stage, { reach: null, member: 'V1', from: null, to: null }).certificate_number;
  });
  t.match(await app.get(`/v1/certificates/${number}`, { as: wang }), {
    status: 200,
    body: { identity: { kind: 'national_id', masked: '****************22' } },
  });
});

t.test(
  'the paper says what JSON says, both the same bytes whatever is posted, renamed or renamed back since: 200',
  async (t) => {
    const town = await served(t);
    const { number, check_code, at_entry } = await issue(town, undefined, wang);
    const [paper, text] = [await bytesOf(town, number, '?format=pdf'), await bytesOf(town, number)];
    await record(town, 'S4', '2026-11-06', ['08:00', '09:00']);
    await town.ask(operator, '/v1/members/V1/rename', { name: '新名' });
    await town.ask(operator, '/v1/org-units/XC-02/rename', { name: '新街道' });
    t.ok(paper.equals(await bytesOf(town, number, '?format=pdf')));
    t.ok(text.equals(await bytesOf(town, number)));
    const printed = textOfPdf(paper).flat().join('');
    t.match(printed, `证明编号：${number}验证码：${check_code}`);
    t.match(printed, '姓名：人V1成员编号：V***');
    t.match(printed, '参加志愿服务 3 次，服务时长共计 4.00 小时');
    t.match(printed, '2026-11-03送餐1.50AXC-012026-11-04代办跑腿2.00BXC-012026-11-05送餐0.50CXC-02');
    t.match(printed, '出具单位（盖章）：XC-01出具日期：2026-11-06');
    t.match(printed, `账本第 ${at_entry} 号凭证`);
    const audited = await textOf(town, number, '?format=pdf', { role: 'auditor' });
    t.match(audited, '姓名：（不显示）');
    t.notMatch(audited, check_code, 'with the code an auditor would read the name');
  },
);

t.test('the last digits of a sealed identity card stand on it as long as it is the same one', async (t) => {
  const town = await served(t);
  const path = '/v1/members/V1/personal-data';
  await town.ask(operator, path, { national_id: '330624196001010022' });
  const { number } = await issue(town);
  const identity = async () => (await town.app.get(`/v1/certificates/${number}`, { as: wang })).body.identity;
  t.strictSame(await identity(), { kind: 'national_id', masked: '****************22' });
  await town.ask(operator, path, { phone: '13900000001' });
  t.match(await identity(), { masked: '****************22' });
  await town.ask(operator, path, { national_id: null });
  t.strictSame(await identity(), { kind: 'national_id', masked: null });
  await booksBalance(t, town.app.owner);
});

t.test(
  'anybody with number and code reads what the paper says, as a page and as JSON, and nothing without: 200, 404',
  async (t) => {
    const town = await served(t);
    const { number, check_code: code, check_url } = await issue(town);
    const found = await checkJson(town, number, code);
    t.match(found, { status: 200, body: { number, status: 'valid', name: '人V1', hours: '4.00' } });
    for (const kept of ['member', 'issued_by', 'check_code', 'sha256']) t.notOk(kept in found.body, kept);
    const page = await checkPage(town, number.toLowerCase(), `?code=${code.toLowerCase()}`);
    t.match(page, '<strong>有效</strong>');
    t.match(page, /人V1[\s\S]*3 次，共计 4\.00 小时/);
    t.notMatch(page, /<script|src=|https?:/);
    t.equal(new URL(check_url).pathname, `/certificates/${number}`);
    t.match(await checkPage(town, number), /<form method="get">/);
    const answer = await town.app.get(`/certificates/${number}`, { headers: { accept: 'text/html' } });
    t.match(answer.headers, { 'content-security-policy': /default-src 'none'/, 'referrer-policy': 'no-referrer' });
  },
);

t.test(
  'a wrong code, no code and a number that was never issued are answered alike, and counted: 404, 429',
  async (t) => {
    const town = await served(t);
    const { number, check_code: code } = await issue(town);
    const never = number.replace(/-(\d{6})-\d$/, '-999999-');
    const numbers = [
      number,
      ...Array.from({ length: 10 }, (_, digit) => `${never}${digit}`),
      'ELSEWHERE-2026-000001-4',
      '<b>',
    ];
    const answers = new Set<string>();
    for (const one of numbers) {
      const { status, body } = await checkJson(town, encodeURIComponent(one), '00000-00000');
      t.equal(status, 404);
      answers.add(JSON.stringify({ ...body, instance: null, request_id: null }));
    }
    t.equal(answers.size, 1);
    t.match(await checkJson(town, number, ''), { status: 404, body: { code: 'certificate_not_found' } });
    const page = await checkPage(town, '<b>', '?code=1');
    t.match(page, '查无此证明');
    t.match(page, '&lt;b&gt;');
    const { built } = town.app;
    const [counted] = (await built.metrics.wrongCodes.get()).values;
    t.equal(counted?.value, numbers.length + 2);
    for (let wrong = numbers.length + 2; wrong < 30; wrong += 1) await checkJson(town, number, 'x');
    t.match(await checkJson(town, number, 'x'), { status: 429, body: { code: 'rate_limited' } });
    t.match(await checkJson(town, number, code), { status: 200 }, 'mistakes of others keep nobody out');
  },
);

t.test(
  'once a record of it is corrected it is superseded, in every place, and another one says what is right',
  async (t) => {
    const town = await served(t);
    const { number, check_code: code } = await issue(town);
    const early = await issue(town, { to: '2026-11-03' });
    const before = await bytesOf(town, number, '?format=pdf');
    await correct(town, 'S2', { check_out: '2026-11-04T09:30:00+08:00' });
    t.match((await town.app.get(`/v1/certificates/${number}`, { as: wang })).body, {
      status: 'superseded',
      hours: '4.00',
    });
    t.match((await town.app.get(url, { as: wang })).body.certificates, [{ status: 'superseded' }, { status: 'valid' }]);
    t.match(await checkJson(town, number, code), { body: { status: 'superseded' } });
    t.match(await checkPage(town, number, `?code=${code}`), '<strong>已失效</strong>');
    t.match((await town.app.get(`/v1/certificates/${early.number}`, { as: wang })).body, { status: 'valid' });
    t.ok(before.equals(await bytesOf(town, number, '?format=pdf')), 'the paper is what it was');
    t.match(await issue(town), { status: 'valid', records: 3, hours: '3.50' });
    await correct(town, 'S3', { annul: true });
    t.match(await issue(town), { records: 2, hours: '3.00' });
    await booksBalance(t, town.app.owner);
  },
);

t.test(
  'the unit that issued it, or one above, revokes it once, with a reason that whoever checks it reads: 200, 404, 409',
  async (t) => {
    const town = await served(t);
    const { number, check_code: code } = await issue(town);
    const revoke = `/v1/certificates/${number}/revoke`;
    const elsewhere: Caller = { role: 'coordinator', subject: 'sun', orgUnit: 'XC-02' };
    await town.refused(elsewhere, revoke, { reason: 'misused' }, 404, 'certificate_not_found');
    await town.refused(member('V1'), revoke, { reason: 'misused' }, 403, 'forbidden');
    const revoked = await town.ask(wang, revoke, { reason: 'misused' });
    t.match(revoked, { status: 'revoked', revocation: 'misused', revoked_by: 'coordinator:wang' });
    t.match(await town.app.get(`/v1/entries/${revoked.entry}`, { as: 'auditor' }), {
      body: { kind: 'certificate_revoked' },
    });
    await town.refused(operator, revoke, { reason: 'member_asked' }, 409, 'certificate_revoked');
    t.match(await checkJson(town, number, code), { body: { status: 'revoked', revocation: 'misused' } });
    t.match(await checkPage(town, number, `?code=${code}`), /已撤销[\s\S]*证明被不当使用/);
    t.match(await checkJson(town, number, 'x'), { status: 404 }, 'with a wrong code there is nothing to see');
    await correct(town, 'S1', { annul: true });
    t.match((await town.app.get(`/v1/certificates/${number}`, { as: wang })).body, { status: 'revoked' });
    await booksBalance(t, town.app.owner);
  },
);

t.test(
  'who does not see the member sees no certificate of theirs (404), and nobody issues one for another member',
  async (t) => {
    const town = await served(t);
    const { number } = await issue(town);
    for (const as of [member('V2'), { role: 'coordinator', orgUnit: 'XC-02' } as const])
      t.match(await town.app.get(`/v1/certificates/${number}`, { as }), {
        status: 404,
        body: { code: 'certificate_not_found' },
      });
    await town.refused(member('V2'), url, {}, 404, 'member_not_found');
    await town.refused({ role: 'coordinator', orgUnit: 'XC-02' }, url, {}, 404, 'member_not_found');
  },
);

t.test('of an erased member it shows no name any more, and no new one is issued: 200, 409', async (t) => {
  const town = await served(t);
  await town.ask(operator, '/v1/members/V1/personal-data', { national_id: '330624196001010022' });
  const { number, check_code: code } = await issue(town);
  await erase(town);
  const { body } = await town.app.get(`/v1/certificates/${number}`, { as: operator });
  t.match(body, { status: 'valid', name: null, identity: { masked: null }, hours: '4.00' });
  t.match(await checkJson(town, number, code), { status: 200, body: { name: null, identity: { masked: null } } });
  t.match(await textOf(town, number, '?format=pdf', operator), '姓名：（不显示）');
  await town.refused(operator, url, {}, 409, 'member_erased');
  await booksBalance(t, town.app.owner);
});

t.test('a member who was merged keeps their certificates, and a new one has the records of both ids', async (t) => {
  const town = await served(t);
  await record(town, 'S5', '2026-11-05', ['10:00', '11:00'], { volunteer: 'V2' });
  const { number } = await issue(town);
  for (const subject of ['one', 'two'])
    await town.ask({ role: 'operator', subject }, '/v1/members/V1/merge', { into: 'V2' });
  const both = await town.ask(member('V2'), '/v1/members/V2/certificates', {}, 201);
  t.match(both, { member: 'V2', records: 4, hours: '5.00' });
  t.match((await town.app.get(`/v1/certificates/${number}`, { as: member('V2') })).body, {
    member: 'V1',
    name: '人V1',
    records: 3,
  });
  const { body } = await town.app.get('/v1/members/V2/certificates', { as: member('V2') });
  t.strictSame(
    body.certificates.map((one: { number: string }) => one.number),
    [number, both.number],
  );
  await booksBalance(t, town.app.owner);
});

t.test(
  'a certificate whose records are not those of the issue is shown to nobody, and verification finds it',
  async (t) => {
    const town = await served(t);
    const { number, check_code: code } = await issue(town);
    const { owner } = town.app;
    const seen = await verifyTampered(owner, async (sql) => {
      await sql`update timebank.service_records set hours = hours + 50 where service_record_id = 'S1'`;
    });
    t.ok(told(seen).some((one) => one.startsWith(`hours and records of a certificate`) && one.includes(number)));
    await owner`alter table timebank.service_records disable trigger user`;
    await owner`update timebank.service_records set service_type = 'errand' where service_record_id = 'S1'`;
    t.match(await town.app.get(`/v1/certificates/${number}`, { as: operator }), { status: 500 });
    t.match(await checkJson(town, number, code), { status: 500 });
  },
);

t.test(
  'the hours of a certificate are those of the records of its days that stand, whatever was recorded and corrected',
  async (t) => {
    const random = seeded(seedOf(t));
    const town = await orderTown(t);
    town.advanceTo('2026-11-14T09:00:00+08:00');
    const standing = new Map<string, { day: string; minutes: number }>();
    const dayOf = (n: number) => `2026-11-${String(n).padStart(2, '0')}`;
    for (let n = 0; n < 16; n += 1) {
      const given = { day: dayOf(3 + (n % 11)), minutes: 10 + random.below(50) };
      const hour = n < 11 ? '08' : '14';
      await record(town, `S${n}`, given.day, [`${hour}:00`, `${hour}:${String(given.minutes).padStart(2, '0')}`]);
      standing.set(`S${n}`, given);
      if (random.below(3) > 0) continue;
      const id = random.pick([...standing.keys()]);
      await correct(town, id, { annul: true });
      standing.delete(id);
    }
    for (let n = 0; n < 12; n += 1) {
      const first = 3 + random.below(11);
      const range = { from: dayOf(first), to: dayOf(first + random.below(14 - first)) };
      const inside = [...standing.values()].filter(({ day }) => day >= range.from && day <= range.to);
      // Each record is rounded by itself, half up to the hundredth.
      const hundredths = inside.reduce((sum, { minutes }) => sum + Math.floor((minutes * 100 + 30) / 60), 0);
      const answer = await town.app.post(url, { as: wang, body: range });
      if (inside.length === 0) t.match(answer, { status: 422, body: { code: 'certificate_empty' } });
      else
        t.match(answer.body, { records: inside.length, hours: (hundredths / 100).toFixed(2) }, JSON.stringify(range));
    }
    await booksBalance(t, town.app.owner);
  },
);
