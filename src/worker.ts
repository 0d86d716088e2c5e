/**
 * The worker that `timeledger start` runs beside the service, in a process of its own: what it does never holds up an answer. It is
 * told by its parent which database it is for, works until it is told to stop, and ends when its parent is gone.
 */
import { setPriority } from 'node:os';
import { pino } from 'pino';
import type { ConnectionTarget } from './db/connect.js';
import { systemClock } from './lib/clock.js';
import { collectSooner } from './lib/heap.js';
import { logOptions } from './lib/log.js';
import { startWorker, type Worker } from './runners.js';
import type { FromWorker, ToWorker } from './worker-process.js';

let worker: Worker | undefined;

process.on('message', (message: ToWorker) => {
  if (message.say === 'begin') begin(message);
  else if (message.say === 'wake') worker?.wake();
  else void end();
});
process.on('disconnect', () => void end());
// A terminal's Ctrl-C reaches the whole group: the parent says when it is time.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

/** Who waits for an answer goes first: a file is read with what they leave of the processor. */
setPriority(10);
collectSooner();

function begin({ target, lookupKey, claimant, logLevel }: Extract<ToWorker, { say: 'begin' }>): void {
  const log = pino({ ...logOptions(logLevel), name: 'worker' });
  worker = startWorker(target as ConnectionTarget, Buffer.from(lookupKey, 'base64'), systemClock, {
    claimant,
    log: (message, error) => log.warn({ err: error }, message),
    ended: () => say({ say: 'ended' }),
  });
}

function say(message: FromWorker): void {
  if (process.connected) process.send?.(message, () => {});
}

async function end(): Promise<void> {
  await worker?.stop();
  process.exit(0);
}
