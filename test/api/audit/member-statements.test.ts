/** Members' statements over HTTP: what a line says of a service, an order, a redemption, an adjustment; pages, CSV, and who sees them. */
import t, { type Test } from 'tap';
import { readCheckpointAt } from '../../../src/ledger/reads/log.js';
import { readCsv } from '../../../src/lib/csv/read.js';
import { memberStatementColumns } from '../../../src/timebank/audit/member-statements/csv.js';
import type { Caller } from '../../support/app.js';
import { columnsOf } from '../../support/csv.js';
import { textOfPdf } from '../../support/pdf-text.js';
import { adjust } from '../../support/story.js';
import { giveCoins, given, li, member, type OrderTown, orderTown, wang } from '../service/orders/people.js';

interface Line {
  readonly kind: string;
  readonly entry: string;
  readonly reason: { readonly zh: string; readonly en: string };
}

const statement = async ({ app }: OrderTown, id: string, query = '', as: Caller = member(id)) =>
  (await app.get(`/v1/members/${id}/statement${query}`, { as })).body;

/** V1 gives two services of 90 minutes on one day, which has a cap of two coins. */
async function served(t: Test): Promise<OrderTown> {
  const town = await orderTown(t);
  town.advanceTo('2026-11-03T18:00:00+08:00');
  for (const [id, from, to] of [
    ['S1', '08:00', '09:30'],
    ['S2', '10:00', '11:30'],
  ]) {
    const [start, end] = [`2026-11-03T${from}:00+08:00`, `2026-11-03T${to}:00+08:00`];
    const times = { planned_start: start, planned_end: end, check_in: start, check_out: end };
    const visit = { external_id: id, volunteer: 'V1', recipient: 'R1', service_type: 'meal_delivery', ...times };
    await town.ask(li, '/v1/service-records', { ...visit, proof_grade: 'A', recorded_by: 'XC-01' }, 201);
  }
  return town;
}

t.test('a line of a service says hours, coins and every difference with its reason, Chinese and English', async (t) => {
  const town = await served(t);
  const { lines, purses, name } = await statement(town, 'V1');
  t.match(purses, [{ closing: '3.00' }, { closing: '2.00' }, { closing: '0' }]);
  t.equal(name, '人V1');
  t.match(lines[1], {
    kind: 'service_recorded',
    effective_on: '2026-11-03',
    reason: {
      zh: '送餐服务（2026-11-03）1.50 小时，得时间币 0.50；少得 1.00（超出每日上限）',
      en: 'meal delivery on 2026-11-03, 1.50 hours given, 0.50 coins earned; 1.00 fewer (over the cap of the day)',
    },
    movements: [
      { purse: 'hours', in: '1.50', out: '0.00', balance: '3.00' },
      { purse: 'coins', in: '0.50', out: '0.00', balance: '2.00' },
    ],
    service: { id: 'S2', hours: '1.50', coins: '0.50', differences: [{ code: 'cap_day', amount: '1.00' }] },
  });
});

t.test('who paid for an order and who served it each read their side of it', async (t) => {
  const town = await orderTown(t);
  await giveCoins(town, 'R1', '5.00');
  await given(town, 'N1', { funding: 'recipient' });
  const told = async (id: string) => (await statement(town, id)).lines.map(({ reason }: Line) => reason.zh);
  t.strictSame(await told('R1'), ['调账，文号 DOC-1', '代办跑腿：有人接单，冻结时间币']);
  t.strictSame(await told('V1'), ['代办跑腿服务（2026-11-03）1.00 小时，点单支付时间币 1.00']);
  await town.order('N2', {
    planned_start: '2026-11-05T09:00:00+08:00',
    planned_end: '2026-11-05T10:00:00+08:00',
    funding: 'recipient',
  });
  await town.ask(member('V2'), 'N2/claim');
  await town.ask(member('R1'), 'N2/cancel', { reason: '不需要了' });
  t.match((await told('R1')).slice(2), ['代办跑腿：有人接单，冻结时间币', '代办跑腿：点单已取消，解冻时间币']);
});

t.test('a document number that was erased is said to be erased', async (t) => {
  const town = await orderTown(t);
  await giveCoins(town, 'R1', '5.00');
  const [line] = (await statement(town, 'R1')).lines;
  t.equal(line.reference, 'DOC-1');
  await town.ask({ role: 'operator' }, `/v1/entries/${line.entry}/text-erasure`, { reason: 'person_asked' }, 201);
  t.match((await statement(town, 'R1')).lines, [{ reference: null, reason: { zh: '调账（文号已删除）' } }]);
});

t.test('pages stay at the moment of the first, and at_entry asks for that moment again (200)', async (t) => {
  const town = await served(t);
  const first = await statement(town, 'V1', '?limit=1');
  await giveCoins(town, 'V1', '1.00');
  const second = await statement(town, 'V1', `?limit=1&cursor=${first.next_cursor}`);
  t.match(second, {
    at_entry: first.at_entry,
    purses: first.purses,
    lines: [{ service: { id: 'S2' } }],
    next_cursor: null,
  });
  const again = await statement(town, 'V1', `?at_entry=${first.at_entry}`);
  t.strictSame(again.lines, [...first.lines, ...second.lines]);
  t.match(await statement(town, 'V1'), { purses: [{}, { closing: '3.00' }] }, 'now there is more');
});

t.test(
  'a moment that has not come (404), a cursor of another list and a format that is unknown (400) are refused',
  async (t) => {
    const { app } = await orderTown(t);
    const get = (query: string) => app.get(`/v1/members/V1/statement?${query}`, { as: wang });
    t.match(await get('at_entry=99999'), { status: 404, body: { code: 'entry_not_found' } });
    const foreign = Buffer.from(JSON.stringify(['1', '2026-02-30', '1'])).toString('base64url');
    for (const query of [`cursor=${foreign}`, 'cursor=x', 'format=xml', 'purse=coins'])
      t.match(await get(query), { status: 400, body: { code: 'request_invalid' } }, query);
  },
);

t.test('CSV has every line between the opening and the closing balances, by query or by Accept (200)', async (t) => {
  const town = await served(t);
  await giveCoins(town, 'V1', '1.00');
  const url = '/v1/members/V1/statement?from=2026-11-03&to=2026-11-03';
  const asked = await town.app.get(url, { as: wang, headers: { accept: 'text/csv' } });
  t.match(asked.headers, { 'content-type': 'text/csv; charset=utf-8', vary: /accept/ });
  t.equal((await town.app.get(`${url}&format=csv`, { as: wang })).text, asked.text);
  t.match((await town.app.get(url, { as: wang, headers: { accept: 'text/html, */*' } })).body, { member: 'V1' });
  const rows: Record<string, string>[] = [];
  readCsv(Buffer.from(asked.text), columnsOf(memberStatementColumns), { charset: null }, (row) =>
    rows.push(row.values),
  );
  t.match(rows, [
    { kind: 'opening', hours_balance: '0.00', coins_balance: '0.00', points_balance: '0' },
    { kind: 'service_recorded', service_record: 'S1', coins_in: '1.50', coins_balance: '1.50', points_in: '' },
    { kind: 'service_recorded', service_record: 'S2', hours_in: '1.50', hours_balance: '3.00', coins_balance: '2.00' },
    { kind: 'adjustment', reference: 'DOC-1', coins_balance: '3.00', hours_in: '', hours_balance: '3.00' },
    { kind: 'closing', hours_balance: '3.00', coins_balance: '3.00', points_balance: '0' },
  ]);
});

t.test('an auditor reads the statement and no name (200)', async (t) => {
  const town = await served(t);
  const { name, lines } = await statement(town, 'V1', '', { role: 'auditor' });
  t.equal(name, null);
  t.equal(lines.length, 2);
});

t.test('PDF says what JSON says, in Chinese, and is the same bytes for the same entry (200)', async (t) => {
  const town = await served(t);
  await giveCoins(town, 'V1', '1.00');
  const whole = await statement(town, 'V1');
  const print = async (query = '', as: Caller = member('V1')) => {
    const url = `/v1/members/V1/statement?at_entry=${whole.at_entry}${query}`;
    const { statusCode, rawPayload, headers } = await town.app.built.app.inject({
      ...{ method: 'GET', url },
      headers: { authorization: `Bearer ${town.app.token(as)}`, accept: 'application/pdf' },
    });
    t.equal(statusCode, 200);
    t.match(headers, { 'content-type': 'application/pdf', 'content-language': 'zh' });
    return rawPayload;
  };
  const bytes = await print();
  await giveCoins(town, 'V1', '5.00');
  t.ok(bytes.equals(await print()), 'whatever is posted meanwhile');
  const text = textOfPdf(bytes).flat().join('');
  t.match(text, /姓名：人V1　　编号：V1期间：全部/);
  t.match(text, /服务时长（小时）0\.003\.000\.003\.00时间币（个）0\.003\.000\.003\.00积分（分）0000/);
  for (const { reason, entry } of whole.lines as Line[]) {
    t.ok(text.replaceAll(' ', '').includes(reason.zh.replaceAll(' ', '')), reason.zh);
    t.ok(text.includes(`第 ${entry} 号`));
  }
  t.notMatch(text, /积分有效期/, 'there are no points');
  const audited = textOfPdf(await print('', { role: 'auditor' }))
    .flat()
    .join('');
  t.match(audited, /姓名：（不显示）/);
  t.notMatch(audited, /人V1/);
  const before = textOfPdf(await print('&to=2026-11-01'))
    .flat()
    .join('');
  t.match(before, /期间：最早 至 2026-11-01.*这段时间没有变动。/);
});

t.test('points are shown by their last day, on paper as in JSON (200)', async (t) => {
  const town = await served(t);
  await adjust(town.app.lane, [{ debit: 'point:issuance', credit: 'member:V1:points', amount: '70' }]);
  t.same((await statement(town, 'V1')).lots, [{ purse: 'points', expires_on: '2029-11-30', amount: '70' }]);
  const { rawPayload } = await town.app.built.app.inject({
    ...{ method: 'GET', url: '/v1/members/V1/statement' },
    headers: { authorization: `Bearer ${town.app.token(member('V1'))}`, accept: 'application/pdf' },
  });
  t.match(textOfPdf(rawPayload).flat().join(''), /积分有效期有效期至积分（分）2029-11-3070/);
});

t.test('a statement of more than 500 lines is no paper (400), and whole as CSV', async (t) => {
  const { app } = await orderTown(t);
  const legs = [{ debit: 'coin:issuance', credit: 'member:V1:coins', amount: '0.01' }];
  await Promise.all(Array.from({ length: 501 }, () => adjust(app.lane, legs)));
  const get = (format: string) => app.get(`/v1/members/V1/statement?format=${format}`, { as: wang });
  t.match(await get('pdf'), { status: 400, body: { code: 'request_invalid', errors: [{ pointer: '/query/from' }] } });
  const rows = (await get('csv')).text.trimEnd().split('\r\n');
  t.equal(rows.length, 504, 'header, opening, lines, closing');
  t.match(rows.at(-1), /^,,closing,.*,5\.01,/);
});

t.test('the checkpoint on a paper is that of its entry, signed by the log', async (t) => {
  const town = await served(t);
  const { lane, built } = town.app;
  const then = (await town.app.get('/log/xinchang/checkpoint', {})).text;
  const at = Number(then.split('\n')[1]);
  await giveCoins(town, 'V1', '1.00');
  const { sql, logSigner } = built.service;
  t.equal((await readCheckpointAt(sql, lane.facts.id, at, logSigner(lane.facts))).note, then);
});
