/** `timeledger ledger create`: a ledger with a county's assets and chart of accounts. */
import type { Config } from '../config.js';
import { migrateDatabase, openCommandDatabase, openKeys } from '../database.js';
import { openPool } from '../db/connect.js';
import { createLedger } from '../ledger/ledgers.js';
import { logIdentity } from '../ledger/log/identity.js';
import { openStore } from '../ledger/store.js';
import { type Clock, systemClock } from '../lib/clock.js';
import type { Words } from '../lib/language.js';
import { countyPlan } from '../timebank/chart.js';

/** Refuses: `request_invalid` (a code that cannot name a ledger), and what `openKeys` refuses. */
export async function makeLedger(config: Config, code: string, clock: Clock = systemClock): Promise<Words> {
  const database = await openCommandDatabase(config);
  try {
    await migrateDatabase(database.target);
    // The keys are there before any ledger that they are to sign for.
    const { log } = await openKeys(database.target, config);
    const store = openStore(() => openPool(database.target, { max: 1, applicationName: 'timeledger ledger' }));
    try {
      const plan = { ...countyPlan, ...logIdentity(config.issuer, code, log) };
      const made = await createLedger(store, code, plan, { clock });
      return made
        ? { en: `ledger ${code} is made`, zh: `已创建账本 ${code}` }
        : { en: `ledger ${code} was there already`, zh: `账本 ${code} 已存在` };
    } finally {
      await store.close();
    }
  } finally {
    await database.stop();
  }
}
