/** Guarantees of the files that prove a service on paper: what is taken, who reads it, how it goes. */
import { createHash } from 'node:crypto';
import { type Test, test } from 'tap';
import { sweepWork } from '../../../../src/work/sweep.js';
import type { Caller } from '../../../support/app.js';
import { booksBalance, verifyBooks } from '../../../support/books.js';
import { li, member, type OrderTown, orderTown, plan, storeScan, wang } from './people.js';

const operator: Caller = { role: 'operator' };
const chen: Caller = { role: 'coordinator', subject: 'chen', orgUnit: 'XC-02' };
const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
const pdf = Buffer.from('%PDF-1.7\n1 0 obj');
const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

async function town(t: Test): Promise<OrderTown> {
  const town = await orderTown(t);
  await town.order('N1');
  await town.ask(member('V1'), 'N1/claim');
  town.advanceTo(plan.planned_start);
  return town;
}

const send = ({ app }: OrderTown, body: Buffer, type: string, as: Caller = wang, key?: string) =>
  app.post('/v1/orders/N1/evidence', {
    as,
    body,
    headers: { 'content-type': type },
    ...(key !== undefined && { key }),
  });

const countFiles = async ({ app }: OrderTown) =>
  Number((await app.owner`select count(*) as n from work.blobs`)[0]?.['n']);

test('paper takes a scan of this order at both ends, and is grade C', async (t) => {
  const { app, ask, refused, order, advanceTo, ...rest } = await town(t);
  const here = { app, ask, refused, order, advanceTo, ...rest };
  const paper = (evidence?: string) => ({ volunteer: 'V1', proof: { kind: 'paper', ...(evidence && { evidence }) } });
  await refused(wang, 'N1/check-in', paper(), 422, 'evidence_missing');
  await order('N2', {
    recipient: 'R1',
    planned_start: '2026-11-05T09:00:00+08:00',
    planned_end: '2026-11-05T10:00:00+08:00',
  });
  await refused(wang, 'N1/check-in', paper(await storeScan(here, wang, 'N2')), 422, 'evidence_missing');
  const evidence = await storeScan(here, wang, 'N1');
  t.match(await ask(wang, 'N1/check-in', paper(evidence)), { volunteers: [{ check_in_proof: 'paper' }] });
  advanceTo(plan.planned_end);
  await ask(wang, 'N1/check-out', paper(evidence));
  await ask(member('R1'), 'N1/confirm');
  const { volunteers } = await ask(li, 'N1/approve');
  const { body } = await app.get(`/v1/service-records/${volunteers[0].service_record}`, { as: 'operator' });
  t.match(body, { proof_grade: 'C', hours: '1.00', coins: '0.00' });
  await booksBalance(t, app.owner);
});

test('PNG, JPEG and PDF are taken as their bytes say, and given back byte for byte; nothing else is, and nothing that is called something else', async (t) => {
  const here = await town(t);
  for (const [bytes, type] of [
    [png, 'image/png'],
    [jpeg, 'image/jpeg'],
    [pdf, 'application/pdf'],
  ] as const) {
    const stored = await send(here, bytes, type);
    const digest = digestOf(bytes);
    t.match(stored, {
      status: 201,
      body: {
        order: 'N1',
        digest,
        media_type: type,
        bytes: bytes.length,
        stored_by: 'coordinator:wang',
        erased_on: null,
      },
    });
    const given = await here.app.built.app.inject({
      url: `/v1/orders/N1/evidence/${digest}`,
      headers: { authorization: `Bearer ${here.app.token(wang)}` },
    });
    t.ok(given.rawPayload.equals(bytes), type);
    t.match(given.headers, { 'content-type': type, 'content-disposition': /^attachment/, 'cache-control': 'no-store' });
  }
  for (const [bytes, type] of [
    [Buffer.from('<script>'), 'image/png'],
    [png, 'image/jpeg'],
    [Buffer.alloc(0), 'application/pdf'],
    [pdf.subarray(1), 'application/pdf'],
  ] as const)
    t.match(await send(here, bytes, type), { status: 422, body: { code: 'evidence_invalid' } }, type);
  t.equal((await send(here, Buffer.from('GIF89a'), 'image/gif')).status, 415);
  t.equal((await send(here, Buffer.from('{}'), 'application/json')).status, 415);
  t.equal(
    (await here.app.post('/v1/orders', { as: wang, body: png, headers: { 'content-type': 'image/png' } })).status,
    415,
  );
  t.equal(await countFiles(here), 3, 'what was refused left nothing');
  await booksBalance(t, here.app.owner);
});

test('a file has up to 5 MiB: one byte more is 413', async (t) => {
  const here = await town(t);
  const large = Buffer.alloc(5 * 1_048_576, pdf);
  t.equal((await send(here, large, 'application/pdf')).status, 201);
  t.match(await send(here, Buffer.concat([large, png]), 'application/pdf'), {
    status: 413,
    body: { code: 'body_too_large' },
  });
  await booksBalance(t, here.app.owner);
});

test('a file is stored once, however often it is sent, and its digest is in the log', async (t) => {
  const here = await town(t);
  const first = await send(here, png, 'image/png', wang, 'the-first-time-it-is-sent');
  const repeated = await send(here, png, 'image/png', wang, 'the-first-time-it-is-sent');
  t.same([repeated.status, repeated.text], [201, first.text]);
  t.equal(repeated.headers['idempotent-replayed'], 'true');
  t.match(await send(here, png, 'image/png'), { status: 200, body: first.body });
  t.match(await send(here, jpeg, 'image/jpeg', wang, 'the-first-time-it-is-sent'), {
    status: 422,
    body: { code: 'idempotency_key_reused' },
  });
  t.equal(await countFiles(here), 1);
  const { entry } = first.body;
  const leaf = (await here.app.owner`select leaf from timeledger.entries where number = ${entry}`)[0]?.['leaf'];
  t.match(leaf, new RegExp(digestOf(png)));
  await booksBalance(t, here.app.owner);
});

test('a file outlives the sweep of what nobody came back for; verification misses one that is lost', async (t) => {
  const here = await town(t);
  await send(here, png, 'image/png');
  const { owner, lane } = here.app;
  const later = '2036-11-03T00:00:00Z';
  await sweepWork(here.app.built.service.work.sql, lane.facts.id, { now: later, jobsBefore: later });
  t.equal(await countFiles(here), 1);
  await booksBalance(t, owner);
  await owner`delete from work.blob_pieces`;
  const { findings } = await verifyBooks(owner);
  t.match(
    findings.filter(({ key }: { key: { en: string } }) => key.en === `N1 ${digestOf(png)}`),
    [{ detail: { en: /not there as they were stored/ } }],
  );
});

test('an erased file is gone for everybody and proves nothing more; the row stays, the journal says why, verification passes', async (t) => {
  const here = await town(t);
  const { app, ask, refused } = here;
  const digest = await storeScan(here, wang, 'N1');
  const path = `/v1/orders/N1/evidence/${digest}`;
  t.equal((await app.post(`${path}/erasure`, { as: wang, body: { reason: 'person_asked' } })).status, 403);
  t.match(await ask(operator, `${path}/erasure`, { reason: 'person_asked' }), { digest, erased_on: '2026-11-03' });
  t.equal(await countFiles(here), 0);
  await refused(operator, `${path}/erasure`, { reason: 'person_asked' }, 404, 'evidence_not_found');
  t.match(await app.get(path, { as: wang }), { status: 404, body: { code: 'evidence_not_found' } });
  t.match((await app.get('/v1/orders/N1/evidence', { as: 'auditor' })).body, {
    files: [{ digest, erased_on: '2026-11-03' }],
  });
  await refused(
    wang,
    'N1/check-in',
    { volunteer: 'V1', proof: { kind: 'paper', evidence: digest } },
    422,
    'evidence_missing',
  );
  const [last] = await app.owner`select leaf from timeledger.entries where kind = 'text_erased'`;
  t.match(JSON.parse(last?.['leaf']), { reason: 'person_asked' });
  await booksBalance(t, app.owner);
});

test('files are for who looks after the unit: to others the order is not there, members and auditors are kept out', async (t) => {
  const here = await town(t);
  const digest = await storeScan(here, wang, 'N1');
  const path = `/v1/orders/N1/evidence/${digest}`;
  t.match(await here.app.get(path, { as: chen }), { status: 404, body: { code: 'order_not_found' } });
  t.match(await send(here, png, 'image/png', chen), { status: 404, body: { code: 'order_not_found' } });
  t.match(await here.app.get('/v1/orders/N1/evidence', { as: chen }), { status: 404 });
  for (const as of [member('R1'), { role: 'auditor' } as const])
    t.equal((await here.app.get(path, { as })).status, 403);
  t.equal(await countFiles(here), 1);
  await booksBalance(t, here.app.owner);
});
