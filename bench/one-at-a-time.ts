/** The lane without its batches: the same entries through the same schema and the same statement, one in flight, one to a commit. */

import { postEntry } from '#src/ledger/entries.js';
import type { Lane } from '#src/ledger/lane.js';
import { Histogram } from './histogram.js';
import { coinsAccount, hotAccount, hotCount, memberCount } from './names.js';
import { submit } from './population.js';
import type { Yardstick } from './results.js';

/** Posts for some seconds. */
export async function postOneAtATime(lane: Lane, seconds: number): Promise<Yardstick> {
  const histogram = new Histogram();
  const started = performance.now();
  const end = started + seconds * 1_000;
  let total = 0;
  for (let now = started; now < end; ) {
    const from = now;
    await submit(lane, 1, (stage) => postEntry(stage, someEntry()));
    now = performance.now();
    total += now - from;
    histogram.record((now - from) * 1_000);
  }
  const entries = histogram.count;
  const rate = entries / ((performance.now() - started) / 1_000);
  return {
    name: 'the lane, one posting a commit',
    clients: 1,
    rate,
    latency_average_ms: total / entries,
    failed: 0,
    cpu_seconds_per_1000: null,
  };
}

function someEntry() {
  const below = (limit: number) => Math.floor(Math.random() * limit);
  const leg = { debit: hotAccount(below(hotCount)), credit: coinsAccount(below(memberCount)), amount: '1.50' };
  return { kind: 'transfer', legs: [leg] };
}
