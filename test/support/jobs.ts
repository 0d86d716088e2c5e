/** Jobs in a test: carried out in this process, with the runners that a service and its worker have. */
import { randomUUID } from 'node:crypto';
import type { Lane } from '../../src/ledger/lane.js';
import { laneWorks, workerWorks } from '../../src/timebank/jobs.js';
import { type Blob, writeBlob } from '../../src/work/blobs.js';
import { addJob, type Job, type NewJob, waitForJob } from '../../src/work/jobs.js';
import { Runner } from '../../src/work/runner.js';
import { type Books, fixedClock } from './books.js';
import { personalKeys } from './personal-keys.js';

/** Stores a file as a request would. */
export function storeFile({ owner, lane }: Books, bytes: Buffer): Promise<Blob> {
  const times = { createdAt: '2026-11-02T00:00:00Z', expiresAt: '2026-11-03T00:00:00Z' };
  return writeBlob(owner, lane.facts.id, { id: randomUUID(), ...times }, source(bytes));
}

async function* source(bytes: Buffer) {
  yield bytes;
}

/** Adds a job and carries out all its parts. */
export async function carryOut(
  { owner, lane }: Books,
  job: Partial<NewJob> & Pick<NewJob, 'kind' | 'input'>,
): Promise<Job> {
  const whole = { id: randomUUID(), owner: 'operator:test', runsOn: 'worker', ...job } as const;
  const added = await addJob(owner, lane.facts.id, whole);
  const tools = {
    sql: owner,
    personal: personalKeys,
    clock: fixedClock().clock,
    lanes: lanesOf(lane),
  };
  const shared = { sql: owner, claimant: randomUUID(), only: added.id, idleMilliseconds: 5, log: failed } as const;
  const runners = [
    new Runner({ ...shared, runsOn: 'worker', works: workerWorks(tools) }),
    new Runner({ ...shared, runsOn: 'lane', works: laneWorks(tools) }),
  ];
  for (const runner of runners) runner.start();
  const ended = await waitForJob(owner, added, { milliseconds: 60_000, signal: new AbortController().signal });
  for (const runner of runners) await runner.stop();
  return ended;
}

function lanesOf(lane: Lane) {
  return { of: async () => lane };
}

function failed(message: string, error?: unknown): void {
  console.error(message, error);
}
