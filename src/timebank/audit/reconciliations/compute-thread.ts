/**
 * The thread of `ComputeThread`: takes orders one after another and computes them on connections of its own. Started as a worker
 * thread, never imported.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { isConnectionLost, openPool, reasonOf } from '../../../db/connect.js';
import { computeRun } from './compute.js';
import type { ComputeOrder, ComputeReply, ThreadSettings } from './compute-thread-host.js';

const { target, role } = workerData as ThreadSettings;
const port = parentPort;
if (!port) throw new Error('this file is the body of a worker thread');

const sql = openPool(target, {
  max: 2,
  applicationName: 'timeledger match',
  role,
  statementTimeoutMilliseconds: 300_000,
});
let last = Promise.resolve();

port.on('message', (order: ComputeOrder) => {
  last = last.then(() => carryOut(order));
});

async function carryOut({ ledgerId, id }: ComputeOrder): Promise<void> {
  try {
    port?.postMessage({ id, computed: await computeRun(sql, ledgerId, id) } satisfies ComputeReply);
  } catch (error) {
    port?.postMessage({ id, failure: reasonOf(error), away: isConnectionLost(error) } satisfies ComputeReply);
  }
}
