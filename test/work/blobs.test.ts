/** Guarantees of stored files: the same bytes come out, whatever the pieces they came in; what is not kept is swept, with what was staged. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { test } from 'tap';
import { openPool, sqlState } from '../../src/db/connect.js';
import { keepBlob, readBlob, writeBlob } from '../../src/work/blobs.js';
import { sweepWork } from '../../src/work/sweep.js';
import { database } from '../support/database.js';

async function* cut(bytes: Buffer, length: number) {
  for (let start = 0; start < bytes.length; start += length) yield bytes.subarray(start, start + length);
}

const times = { createdAt: '2026-11-02T00:00:00Z', expiresAt: '2026-11-03T00:00:00Z' };
const sweep = { now: '2026-11-03T00:00:01Z', jobsBefore: '2026-10-01T00:00:00Z' };

test('a file comes out as it came in, in pieces of 256 KiB; once it is whole it takes no more', async (t) => {
  const { target } = await database(t);
  const sql = openPool(target, { max: 2, applicationName: 'test', role: 'timeledger_service' });
  t.teardown(() => sql.end({ timeout: 1 }));
  for (const [size, length] of [
    [0, 1],
    [1, 1],
    [262_144, 65_536],
    [262_145, 1_000_000],
    [900_000, 70_001],
  ] as const) {
    const bytes = randomBytes(size);
    const blob = await writeBlob(sql, 1, { id: randomUUID(), ...times }, cut(bytes, length));
    t.equal(blob.sha256, createHash('sha256').update(bytes).digest('hex'));
    t.ok((await readBlob(sql, 1, blob.id)).equals(bytes), `${size} bytes in chunks of ${length}`);
    const [row] = await sql`select count(*)::int as count from work.blob_pieces where blob_id = ${blob.id}`;
    t.equal(row?.['count'], Math.ceil(size / 262_144));
    const more = sql.unsafe(`select work.add_piece(1, '${blob.id}', 99, '')`);
    t.equal(sqlState(await more.catch((error: unknown) => error)), 'TL012');
  }
});

test('a file that nobody keeps is swept after its time, also one that broke off; one that is kept stays', async (t) => {
  const { target } = await database(t);
  const sql = openPool(target, { max: 2, applicationName: 'test', role: 'timeledger_service' });
  t.teardown(() => sql.end({ timeout: 1 }));
  const [kept, left, broken] = [randomUUID(), randomUUID(), randomUUID()];
  for (const id of [kept, left]) await writeBlob(sql, 1, { id, ...times }, cut(randomBytes(300_000), 50_000));
  const breaking = async function* () {
    yield randomBytes(300_000);
    throw new Error('the connection broke');
  };
  await t.rejects(writeBlob(sql, 1, { id: broken, ...times }, breaking()), /broke/);
  t.equal(await keepBlob(sql, 1, broken, '2036-01-01T00:00:00Z'), false, 'what is not whole cannot be kept');
  t.equal(await keepBlob(sql, 1, kept, '2036-01-01T00:00:00Z'), true);
  t.same(await sweepWork(sql, 1, { ...sweep, now: '2026-11-02T23:59:59Z' }), { files: 0, jobs: 0 });
  t.same(await sweepWork(sql, 1, sweep), { files: 2, jobs: 0 });
  const rows = await sql`select distinct blob_id::text as id from work.blob_pieces`;
  t.same(
    rows.map(({ id }) => id),
    [kept],
  );
  t.equal(await keepBlob(sql, 1, left, '2036-01-01T00:00:00Z'), false, 'what was swept is gone');
});
