/**
 * A lane's store that knows of room: commits are refused while the storage is full, before they are sent or by the database's own
 * word. Either way nothing of the batch is written, so its submitters hear a plain no and may repeat with the same keys.
 */
import { isStorageFull } from '../db/connect.js';
import type { Storage } from '../db/storage.js';
import { Refusal } from '../lib/refusal.js';
import type { LaneStore } from './store.js';

/** Wraps a store. Its commits refuse: `storage_full`. */
export function roomyStore(store: LaneStore, storage: Storage): LaneStore {
  return {
    sql: () => store.sql(),
    read: (load) => store.read(load),
    faultOf: (error) => store.faultOf(error),
    close: () => store.close(),
    async commit(ledgerId, parameters) {
      if (storage.stopped) throw storageFull();
      try {
        const outcome = await store.commit(ledgerId, parameters);
        storage.written();
        return outcome;
      } catch (error) {
        if (!isStorageFull(error)) throw error;
        storage.refused();
        throw storageFull();
      }
    },
  };
}

function storageFull(): Refusal {
  return new Refusal('storage_full', {
    en: 'the database has no room left, so nothing was written: repeat the request with the same Idempotency-Key once there is',
    zh: '数据库空间不足，未写入任何内容；空间恢复后，请用同一 Idempotency-Key 重发',
  });
}
