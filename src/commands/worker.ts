/** `timeledger worker`: one more worker beside the one that the service has started, on the same database, until a signal. */
import { pino } from 'pino';
import type { Config } from '../config.js';
import { keyDirectory, openRunningDatabase } from '../database.js';
import { lookupKeyOf, readSecret } from '../keys.js';
import { systemClock } from '../lib/clock.js';
import { logOptions } from '../lib/log.js';
import { startWorker } from '../runners.js';

/** Returns how to stop it. Refuses (StartError): no service runs on the data directory, and there is no DATABASE_URL. Refuses (KeyError): no keys. */
export async function runWorker(config: Config): Promise<() => Promise<void>> {
  const target = await openRunningDatabase(config);
  const log = pino({ ...logOptions(config.logLevel), name: 'worker' });
  const lookupKey = lookupKeyOf(readSecret(keyDirectory(config)));
  const worker = startWorker(target, lookupKey, systemClock, {
    log: (message, error) => log.warn({ err: error }, message),
  });
  return () => worker.stop();
}
