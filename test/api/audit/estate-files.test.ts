/**
 * Guarantees of estate files over HTTP: they hold what the books say of a unit and nothing that names a person, every sum in them adds up, and they are the same
 * bytes for ever.
 */
import { createHash, randomUUID } from 'node:crypto';
import t from 'tap';
import type { Caller } from '../../support/app.js';
import { booksBalance } from '../../support/books.js';
import { giveCoins, li, member, plan } from '../service/orders/people.js';
import { aWeek, download, estateTown, people, qian, record, sha256, unpack, wang, zhao } from './estate-town.js';

const hundredths = (text: string | undefined) => Math.round(Number(text) * 100);
const sum = (rows: readonly Record<string, string>[], column: string) =>
  rows.reduce((total, row) => total + hundredths(row[column]), 0);

t.test(
  'a file holds members, orders, records, entries, certificates and figures; its sums and counts are right: 201, 200',
  async (t) => {
    const town = await estateTown(t);
    await aWeek(town);
    const file = await unpack(town);
    t.strictSame(file.names, [
      'README.txt',
      ...['members.csv', 'orders.csv', 'records.csv', 'entries.csv', 'certificates.csv', 'leaves.txt'],
      ...['unit-report.json', 'checkpoint.txt', 'manifest.json', 'SHA256SUMS'],
    ]);
    t.equal(sha256(file.zip), file.made.sha256);
    t.equal(file.zip.length, file.made.bytes);

    const manifest = file.json('manifest.json');
    t.match(manifest, {
      format: 'timeledger-estate-file/1',
      org_unit: { id: 'XC-E1', level: 'estate', name: '阳光小区' },
      ...{ ledger: 'xinchang', period: '2026-11', first_on: '2026-11-01', last_on: '2026-11-30' },
      watermark: { entry: file.made.watermark },
      checkpoint: file.text('checkpoint.txt'),
    });
    t.equal(file.text('checkpoint.txt').split('\n')[1], file.made.watermark, 'the checkpoint ends with the watermark');
    for (const part of manifest.files) {
      t.equal(sha256(file.text(part.name)), part.sha256, part.name);
      t.equal(Buffer.byteLength(file.text(part.name)), part.bytes, part.name);
      if (!part.name.endsWith('.csv')) continue;
      t.equal(file.rows(part.name).length, part.rows, `rows of ${part.name}`);
      const [head = ''] = file.text(part.name).slice(1).split('\r\n');
      t.strictSame(
        part.columns.map(({ name }: { name: string }) => name),
        head.split(','),
        `columns of ${part.name}`,
      );
      for (const { zh, en } of part.columns) t.ok(/\p{Script=Han}/u.test(zh) && /^[A-Z]/i.test(en), `${zh} ${en}`);
    }
    const listed = file.names.filter((name) => name !== 'SHA256SUMS').sort();
    const sums = file.text('SHA256SUMS').trimEnd().split('\n');
    t.strictSame(sums.map((line) => line.split('  ')[1]).sort(), listed);
    for (const line of sums) t.equal(line.split('  ')[0], sha256(file.text(line.split('  ')[1] ?? '')), line);

    t.strictSame(
      file
        .rows('members.csv')
        .map(({ member, name, org_unit, coins_opening, coins_closing, hours_closing }) => [
          member,
          name,
          org_unit,
          coins_opening,
          coins_closing,
          hours_closing,
        ]),
      [
        ['A1', '诸**', 'XC-E1', '0.00', '3.00', '3.00'],
        ['A2', '欧**', 'XC-E1', '0.00', '5.00', '0.00'],
        ['A3', '潘**', 'XC-E1-S1', '0.00', '2.00', '4.00'],
      ],
    );
    t.strictSame(
      file
        .rows('records.csv')
        .map(({ service_record, volunteer, hours, status }) => [service_record, volunteer, hours, status])
        .slice(1),
      [
        ['S1', 'A1', '2.00', 'standing'],
        ['S2', 'A3', '4.00', 'standing'],
      ],
    );
    t.strictSame(
      file.rows('orders.csv').map(({ order, on_behalf, last_event }) => [order, on_behalf, last_event]),
      [
        ['N1', 'no', 'approved'],
        ['N2', 'yes', 'placed'],
      ],
    );
    t.match(file.rows('certificates.csv'), [{ member: 'A1', records: '2', hours: '3.00', status: 'valid' }]);
    await booksBalance(t, town.app.owner);
  },
);

t.test('redemptions with their price are in it, and nothing of what the fund granted or paid: 201', async (t) => {
  const town = await estateTown(t);
  await aWeek(town);
  const bank = { id: 'xc-bank', name: '农商', kind: 'rural_commercial_bank', point_price: '0.10', may_backdate: false };
  await town.ask(zhao, '/v1/partners', bank, 201);
  const legs = [{ debit: 'point:issuance', credit: 'member:A1:points', amount: '100' }];
  const { id } = await town.ask(zhao, '/v1/adjustments', { reference: 'DOC-2', reason: 'brought in', legs }, 201);
  await town.ask(qian, `/v1/adjustments/${id}/approve`);
  const partner: Caller = { role: 'partner', subject: 'xc-bank' };
  const taken = { partner_reference: 'BK1', member: 'A1', points: '50', capture: true };
  const redemption = await town.ask(partner, '/v1/redemptions', taken, 201);
  await town.ask(partner, `/v1/redemptions/${redemption.id}/refunds`, { points: '20' }, 201);
  await giveCoins(town, '', '20.00', true);
  const need = { member: 'A2', reasons: ['hardship'], mode: 'doorstep', interval_days: 30, starts_on: '2026-11-10' };
  await town.ask(zhao, '/v1/care-subjects', need, 201);
  const grant = await town.ask(zhao, '/v1/grants', { member: 'A2', amount: '5.00', document_number: 'DOC-3' }, 201);
  await town.ask(qian, `/v1/grants/${grant.id}/approve`);
  const day = { planned_start: '2026-11-10T09:00:00+08:00', planned_end: '2026-11-10T10:00:00+08:00' };
  await town.ask(
    member('A2'),
    '/v1/orders',
    { ...plan, ...day, external_id: 'N9', recipient: 'A2', funding: 'grant' },
    201,
  );
  await town.ask(member('A1'), 'N9/claim');
  for (const [step, at] of [
    ['check-in', '2026-11-10T09:00:00+08:00'],
    ['check-out', '2026-11-10T09:54:00+08:00'],
  ] as const) {
    town.advanceTo(at);
    const { code } = await town.ask(member('A2'), 'N9/code', undefined, 201);
    await town.ask(member('A1'), `N9/${step}`, { volunteer: 'A1', proof: { kind: 'code', code } });
  }
  await town.ask(member('A2'), 'N9/confirm');
  await town.ask(zhao, 'N9/approve');
  const file = await unpack(town, {}, wang);
  const moved = file
    .rows('entries.csv')
    .map(({ kind, debit, credit, amount }) => `${kind} ${debit} ${credit} ${amount}`);
  t.ok(moved.includes('redemption_captured member:A1:points partner:xc-bank:redeemed 50'));
  t.ok(moved.includes('redemption_refunded partner:xc-bank:redeemed member:A1:points 20'));
  t.match(
    moved.filter((line) => line.startsWith('service_recorded held')),
    ['service_recorded held:orders member:A1:coins 0.90'],
  );
  t.match(
    file.rows('orders.csv').find(({ order }) => order === 'N9'),
    { funding: 'paid' },
  );
  t.equal(
    file
      .text('leaves.txt')
      .split('\n')
      .filter((line) => line === '').length,
    2,
    'one leaf is withheld',
  );
  for (const name of file.names.filter((one) => one !== 'README.txt' && one !== 'manifest.json'))
    t.notMatch(file.text(name), /grant|pool:fund/, name);
  await booksBalance(t, town.app.owner);
});

t.test(
  'what comes in and goes out of the purses in the entries is what members opened and closed with, and what the report says',
  async (t) => {
    const town = await estateTown(t);
    await aWeek(town);
    await record(town, 'S4', '2026-11-06', ['B1', 'A1']);
    await town.ask(zhao, '/v1/members/B1/transfer', { org_unit: 'XC-E1', effective_on: '2026-11-07' });
    await record(town, 'S5', '2026-11-07', ['B1', 'A1']);
    const file = await unpack(town, { period: '2026-Q4' });
    const legs = file.rows('entries.csv');
    for (const stay of file.rows('members.csv')) {
      for (const purse of ['hours', 'coins', 'points']) {
        const account = `member:${stay['member']}:${purse}`;
        const within = legs.filter(
          ({ effective_on: on = '' }) => on >= `${stay['first_on']}` && on <= `${stay['last_on']}`,
        );
        const moved =
          sum(
            within.filter(({ credit }) => credit === account),
            'amount',
          ) -
          sum(
            within.filter(({ debit }) => debit === account),
            'amount',
          );
        t.equal(hundredths(stay[`${purse}_opening`]) + moved, hundredths(stay[`${purse}_closing`]), account);
      }
    }
    t.match(
      file.rows('members.csv').find(({ member }) => member === 'B1'),
      { first_on: '2026-11-07', last_on: '2026-12-31' },
    );
    t.notOk(
      file.rows('records.csv').some(({ service_record: id }) => id === 'S4'),
      'a day before B1 belonged there',
    );

    const { months } = file.json('unit-report.json');
    t.strictSame(
      months.map(({ month }: { month: string }) => month),
      ['2026-10', '2026-11', '2026-12'],
    );
    const november = months[1];
    const records = file.rows('records.csv');
    t.equal(hundredths(november.hours), sum(records, 'hours'));
    t.equal(hundredths(november.coins_minted) + hundredths(november.coins_paid), sum(records, 'coins'));
    const entered = november.movements.filter(
      ({ kind, asset }: { kind: string; asset: string }) => kind === 'service_recorded' && asset === 'HOUR',
    );
    t.equal(entered[0].in, november.hours, 'every hour came in by an entry');
    const { body } = await town.app.get('/v1/reports/units/XC-E1?month=2026-11&below=children', { as: zhao });
    const {
      hours,
      coins_minted,
      coins_paid,
      shortfalls,
      people_active,
      orders_placed,
      orders_by_resident,
      orders_on_behalf,
    } = body.units[0].total;
    t.match(november, {
      hours,
      coins_minted,
      coins_paid,
      shortfalls,
      people_active,
      orders_placed,
      orders_by_resident,
      orders_on_behalf,
    });
  },
);

t.test('every line of the entries is proved by its leaf, and the leaf by the log', async (t) => {
  const town = await estateTown(t);
  await aWeek(town);
  const file = await unpack(town);
  const legs = file.rows('entries.csv');
  const leaves = file.text('leaves.txt').trimEnd().split('\n');
  t.equal(leaves.length, new Set(legs.map(({ entry }) => entry)).size);
  const told = leaves.flatMap((line) => {
    const leaf = JSON.parse(line);
    const leafHash = createHash('sha256').update(Buffer.of(0)).update(line).digest('hex');
    return leaf.legs.map((leg: Record<string, string>) => [
      leaf.number,
      leaf.kind,
      leg['debit'],
      leg['credit'],
      leg['amount'],
      leafHash,
    ]);
  });
  t.strictSame(
    legs.map((row) => ['entry', 'kind', 'debit', 'credit', 'amount', 'leaf_hash'].map((column) => row[column])),
    told,
  );
  for (const line of leaves) {
    const { body } = await town.app.get(`/v1/entries/${JSON.parse(line).number}/proof`, { as: 'auditor' });
    t.equal(Buffer.from(body.leaf, 'base64').toString(), line);
  }
});

t.test('no name, telephone number, identity card or address is anywhere in it', async (t) => {
  const town = await estateTown(t);
  await aWeek(town);
  await town.ask(wang, '/v1/members/A2/rename', { name: '欧阳兰兰' });
  const file = await unpack(town, { unit: 'XC-C', period: '2026' });
  t.equal(file.rows('members.csv').length, people.length);
  const secrets = ['欧阳兰兰', ...people.flatMap(([, , ...kept]) => kept)];
  for (const name of file.names)
    for (const secret of secrets) t.notOk(file.text(name).includes(secret), `${secret} is not in ${name}`);
  for (const secret of secrets) t.notOk(file.zip.includes(secret), secret);
});

t.test(
  'the same unit, period and watermark are the same bytes, whoever asks and whatever has been written since',
  async (t) => {
    const town = await estateTown(t);
    await aWeek(town);
    const first = await unpack(town);
    const { watermark } = first.made;
    const again = async (as: Caller = zhao) => t.ok((await unpack(town, { watermark }, as)).zip.equals(first.zip));

    await record(town, 'S6', '2026-11-06', ['A2', 'B1']);
    await town.ask(wang, 'N2/cancel', { reason: '不需要了' });
    await again(wang);
    const correction = { annul: true, reason: '登记有误' };
    await town.ask(zhao, '/v1/service-records/S1/correction', correction);
    await town.ask(qian, '/v1/service-records/S1/correction', correction);
    await again({ role: 'auditor', subject: 'sun' });
    await town.ask(zhao, '/v1/members/A1/rename', { name: '葛明远' });
    await town.ask(zhao, '/v1/members/A2/transfer', { org_unit: 'XC-E2', effective_on: '2026-11-03' });
    await town.ask(zhao, '/v1/members/B1/transfer', { org_unit: 'XC-E1', effective_on: '2026-11-03' });
    await town.ask(zhao, '/v1/org-units/XC-E1/rename', { name: '阳光新村' });
    await town.ask(zhao, '/v1/org-units/XC-E1-S1/move', { parent_external_id: 'XC-E2' });
    const person = { name: '新来', phone: null, gender: 'female', birth_date: '1950-01-01', talent_category: null };
    await town.ask(zhao, '/v1/members', { external_id: 'A0', org_unit: 'XC-E1', ...person }, 201);
    await again();
    await town.ask(zhao, '/v1/members/A3/merge', { into: 'A1' });
    await town.ask(qian, '/v1/members/A3/merge', { into: 'A1' });
    const { certificate } = first.rows('certificates.csv')[0] ?? {};
    await town.ask(wang, `/v1/certificates/${certificate}/revoke`, { reason: 'issued_in_error' });
    await again();

    const now = await unpack(town);
    t.not(now.made.sha256, first.made.sha256);
    t.match(now.json('manifest.json').org_unit, { name: '阳光新村' });
    t.match(
      now.rows('records.csv').find(({ service_record: id }) => id === 'S1'),
      { status: 'reversed' },
    );
    t.match(now.rows('certificates.csv'), [{ status: 'revoked' }]);
    t.match(
      now.rows('members.csv').map(({ member }) => member),
      ['A0', 'A1', 'A2', 'B1'],
    );
    await booksBalance(t, town.app.owner);
  },
);

t.test('a coordinator has the files of the units within reach; beyond it there are none: 201, 200, 404', async (t) => {
  const town = await estateTown(t);
  const { made } = await unpack(town, {}, wang);
  const elsewhere = { role: 'coordinator', subject: 'east', orgUnit: 'XC-02' } as const;
  const [file, zip] = [`/v1/estate-files/${made.id}`, made.zip];
  await town.refused(elsewhere, '/v1/estate-files', { unit: 'XC-E1', period: '2026-11' }, 404, 'org_unit_not_found');
  for (const url of [file, zip]) {
    t.match(await town.app.get(url, { as: elsewhere }), { status: 404, body: { code: 'job_not_found' } });
    t.match(await town.app.get(url, { as: { role: 'member', subject: 'A1' } }), { status: 403 });
    t.match(await town.app.get(url, { as: li }), { status: 200 });
  }
  t.same((await town.app.get(file, { as: 'auditor' })).body, made);
  t.equal(sha256(await download(town, zip, li)), made.sha256);
  t.match((await town.app.get(zip, { as: li })).headers, {
    'content-type': 'application/zip',
    'content-disposition': `attachment; filename="estate-file-XC-E1-2026-11-at-${made.watermark}.zip"`,
  });
});

t.test('what cannot be made is refused: 400, 404', async (t) => {
  const town = await estateTown(t);
  const refused = (body: object, status: number, code: string) =>
    town.refused(zhao, '/v1/estate-files', { unit: 'XC-E1', period: '2026-11', ...body }, status, code);
  await refused({ unit: 'XC-E9' }, 404, 'org_unit_not_found');
  await refused({ unit: 'XC-01' }, 400, 'request_invalid');
  for (const period of ['2026-13', '2026-Q5', '2026-1', 'today']) await refused({ period }, 400, 'request_invalid');
  await refused({ watermark: '999999' }, 404, 'entry_not_found');
  await refused({ watermark: '1' }, 404, 'org_unit_not_found');
});

t.test(
  'the same key is told the same; who does not wait is told of the job, and finds the file by its id: 201, 202, 200',
  async (t) => {
    const town = await estateTown(t);
    const body = { unit: 'XC-E1', period: '2026-11' };
    const key = randomUUID();
    const first = await town.app.post('/v1/estate-files', { as: wang, body, key });
    await record(town, 'S1', '2026-11-01', ['A1', 'A2']);
    const second = await town.app.post('/v1/estate-files', { as: wang, body, key });
    t.equal(second.text, first.text);
    const waiting = await town.app.post('/v1/estate-files', { as: wang, body, headers: { prefer: 'respond-async' } });
    t.match(waiting, {
      status: 202,
      body: { kind: 'estate_file' },
      headers: { location: `/v1/jobs/${waiting.body.id}` },
    });
    t.equal((await town.app.get(`/v1/jobs/${waiting.body.id}`, { as: wang })).status, 200);
    t.equal((await town.app.get(`/v1/jobs/${waiting.body.id}`, { as: li })).status, 404);
    const url = `/v1/estate-files/${waiting.body.id}`;
    for (;;) {
      const { body: file } = await town.app.get(url, { as: wang });
      t.match(file, { id: waiting.body.id, unit: 'XC-E1', period: '2026-11' });
      if (file.state !== 'done') continue;
      t.equal(sha256(await download(town, file.zip, wang)), file.sha256);
      break;
    }
  },
);

t.test('an erased person has no name in it any more; nothing else of the file changes', async (t) => {
  const town = await estateTown(t);
  await aWeek(town);
  const first = await unpack(town);
  for (const as of [zhao, qian]) await town.ask(as, '/v1/members/A3/erasure', { reason_code: 'person_asked' }, 201);
  const again = await unpack(town, { watermark: first.made.watermark });
  t.equal(again.text('members.csv'), first.text('members.csv').replace('潘**', ''));
  for (const name of first.names.filter((one) => !['members.csv', 'manifest.json', 'SHA256SUMS'].includes(one)))
    t.equal(again.text(name), first.text(name), name);
});
