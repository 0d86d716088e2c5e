/** Room to write: what a full disk means for the lane, for readiness and for what comes after. */
import { tmpdir } from 'node:os';
import t from 'tap';
import { faultOf, isConnectionLost, isStorageFull } from '../../src/db/connect.js';
import { Storage } from '../../src/db/storage.js';
import { roomyStore } from '../../src/ledger/room.js';
import type { LaneStore } from '../../src/ledger/store.js';

const server = (severity: string, code = '53100') => Object.assign(new Error('no space'), { severity, code });

t.test(
  'a refused statement wrote nothing; a server that crashed for want of room leaves the answer open',
  async (t) => {
    t.ok(isStorageFull(new Error('wrapped', { cause: server('ERROR') })));
    t.equal(faultOf(server('ERROR')), 'unavailable');
    t.notOk(isStorageFull(server('PANIC')));
    t.ok(isConnectionLost(server('PANIC')) && faultOf(server('PANIC')) === 'lost');
    t.notOk(isStorageFull(server('ERROR', '53200')));
    t.notOk(isStorageFull(Object.assign(new Error('disk'), { code: 'ENOSPC' })));
  },
);

/** A store whose commits end as they are told to. */
function storeThat(commit: LaneStore['commit']): LaneStore {
  const unused = () => {
    throw new Error('not asked');
  };
  return { sql: unused, read: unused, faultOf, close: async () => {}, commit };
}

t.test(
  'a write that the database refuses for want of room speaks for half a minute, or until one is taken',
  async (t) => {
    let now = 0;
    const storage = new Storage({ now: () => now });
    let outcome: () => Promise<'committed'> = async () => 'committed';
    const store = roomyStore(
      storeThat(() => outcome()),
      storage,
    );
    t.equal(await store.commit(1, []), 'committed');
    outcome = async () => Promise.reject(server('ERROR'));
    const refused = { name: 'Refusal', code: 'storage_full' };
    await t.rejects(store.commit(1, []), refused);
    t.same([storage.full, storage.stopped], [true, false], 'not ready, but the next write finds out');
    now = 29_999;
    t.ok(storage.full);
    now = 30_000;
    t.notOk(storage.full, 'traffic comes back by itself');
    await t.rejects(store.commit(1, []), refused);
    outcome = async () => 'committed';
    t.equal(await store.commit(1, []), 'committed');
    t.notOk(storage.full);
    outcome = async () => Promise.reject(server('PANIC'));
    await t.rejects(store.commit(1, []), { code: '53100' }, 'a crash is for the lane to follow up');
  },
);

t.test('with less than the reserve free nothing is sent at all', async (t) => {
  const lines: string[] = [];
  const storage = new Storage({ directory: tmpdir(), reserveBytes: 2 ** 60, log: (line) => lines.push(line) });
  t.teardown(() => storage.stop());
  t.match(lines, [/^writing has stopped: only \d+ MiB free in/]);
  const store = roomyStore(
    storeThat(() => Promise.reject(new Error('it was sent'))),
    storage,
  );
  await t.rejects(store.commit(1, []), { code: 'storage_full' });
  t.same([storage.full, storage.stopped], [true, true]);
});
