/** A lane whose reads and commits pass through a hand that may hold, lose or precede them. */
import type { Test } from 'tap';
import { openPool } from '../../src/db/connect.js';
import { Lane, type LaneOptions } from '../../src/ledger/lane.js';
import { type CommitOutcome, type LaneStore, openStore } from '../../src/ledger/store.js';
import { type Books, fixedClock } from './books.js';

/** Stands for a connection that is gone. */
export class Lost extends Error {}

export type Send = () => Promise<CommitOutcome>;

export interface Hands {
  /** In the order in which commits are sent, one after another. */
  readonly commit?: (send: Send, nth: number) => Promise<CommitOutcome>;
  /** Before each read. */
  readonly read?: () => Promise<void>;
}

export function laneThrough(t: Test, b: Books, hands: Hands, options: Partial<LaneOptions> = {}) {
  const inner = openStore(() =>
    openPool(b.target, { max: 1, applicationName: 'test lane', role: 'timeledger_service' }),
  );
  let sent = 0;
  let last: Promise<unknown> = Promise.resolve();
  const store: LaneStore = {
    sql: () => inner.sql(),
    read: async (load) => {
      await hands.read?.();
      return inner.read(load);
    },
    faultOf: (error) => (error instanceof Lost ? 'lost' : inner.faultOf(error)),
    close: () => inner.close(),
    commit: (...batch) => {
      const nth = sent++;
      const send = () => inner.commit(...batch);
      const answer = last.then(() => (hands.commit ? hands.commit(send, nth) : send()));
      last = answer.catch(() => {});
      return answer;
    },
  };
  const lane = new Lane(b.lane.facts, store, { clock: fixedClock().clock, ...options });
  t.teardown(async () => {
    await lane.close();
    await store.close();
  });
  return { lane, sent: () => sent };
}
