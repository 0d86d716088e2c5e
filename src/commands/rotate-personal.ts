/**
 * A new master key of personal data: made, taken up by the services on the directory, and then every person's key wrapped by it, through the
 * lanes. An old one is removed when nothing is wrapped by it any more, so that what is cut short loses nothing and goes on the next time.
 * Where the environment gives the keys, the newest there is the new one.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.js';
import { type Database, keyDirectory, mastersOf, openPersonalKeys } from '../database.js';
import { openPool, type Pool } from '../db/connect.js';
import { serviceRole } from '../db/role.js';
import { Lanes } from '../ledger/ledgers.js';
import { listLedgers } from '../ledger/reads/ledgers.js';
import { runInLane } from '../ledger/run-in-lane.js';
import { openStore } from '../ledger/store.js';
import { systemClock } from '../lib/clock.js';
import type { Language, Words } from '../lib/language.js';
import { addMasterKey, masterKeyFile, removeMasterKey } from '../master-keys.js';
import { keepLots } from '../timebank/credit/lots/keep.js';
import {
  countOlder,
  lockRotation,
  readGenerations,
  readOlder,
  rewrapKeys,
} from '../timebank/people/personal-data/key-rotation.js';
import type { PersonalKeys } from '../timebank/people/personal-data/personal-keys.js';
import { commandLineActor } from '../timebank/service/four-people.js';
import { progressBar } from './progress.js';

/** Services look at their keys twice a second. */
const takenUpMilliseconds = 2_000;

/** Keys that an entry wraps anew: their digests take half of what it may have in the log. */
const keysAnEntry = 250;

const reach = { applicationName: 'timeledger keys', role: serviceRole };

/** One rotation at a time. Refuses (StartError, KeyError, MasterKeyOutdated): what `openKeys` refuses, no master key to follow, and one before that of the books. */
export async function rotateMasterKey(config: Config, database: Database, language: Language): Promise<Words> {
  const lock = openPool(database.target, { ...reach, max: 1 });
  try {
    await lockRotation(lock);
    return await rotate(config, database, language);
  } finally {
    await lock.end({ timeout: 5 });
  }
}

async function rotate(config: Config, database: Database, language: Language): Promise<Words> {
  const directory = keyDirectory(config);
  const personal = await openPersonalKeys(database.target, config);
  const { generation } = config.masterKeys?.[0] ?? addMasterKey(directory);
  if (!database.alone) await sleep(takenUpMilliseconds);
  personal.refresh();
  const sql = openPool(database.target, { ...reach, max: 1 });
  const lanes = new Lanes(() => openStore(() => openPool(database.target, { ...reach, max: 1, plansAnew: true })), {
    clock: systemClock,
    completes: keepLots,
  });
  try {
    const wrapped = await rewrapAll({ sql, lanes, personal, generation }, language);
    const used = await readGenerations(sql);
    const over = mastersOf(config)
      .map((held) => held.generation)
      .filter((older) => older < generation && !used.includes(older));
    if (config.masterKeys) return toldOfSetting(generation, wrapped, over);
    for (const older of over) removeMasterKey(directory, older);
    return toldOfFiles(masterKeyFile(generation), wrapped, over.length);
  } finally {
    await lanes.close();
    await sql.end({ timeout: 5 });
  }
}

function toldOfFiles(name: string, wrapped: number, removed: number): Words {
  return {
    en: `personal data is sealed under ${name} from now on; ${wrapped} keys of people are wrapped by it, ${removed} older keys removed`,
    zh: `此后个人信息以 ${name} 加密；已重新封装 ${wrapped} 个个人密钥，移除旧密钥 ${removed} 个`,
  };
}

/** Who sets a key takes it away. */
function toldOfSetting(generation: number, wrapped: number, over: readonly number[]): Words {
  const older = over.join(', ') || '-';
  return {
    en: `personal data is sealed under generation ${generation} of PERSONAL_DATA_KEYS; ${wrapped} keys of people are wrapped by it; generations to be removed there: ${older}`,
    zh: `个人信息以 PERSONAL_DATA_KEYS 第 ${generation} 代密钥加密；已重新封装 ${wrapped} 个个人密钥；可从中移除的代次：${older}`,
  };
}

interface Rotation {
  readonly sql: Pool;
  readonly lanes: Lanes;
  readonly personal: PersonalKeys;
  readonly generation: number;
}

/** How many keys were wrapped anew, of all ledgers. */
async function rewrapAll(rotation: Rotation, language: Language): Promise<number> {
  const { sql, generation } = rotation;
  const total = await countOlder(sql, generation);
  const bar = progressBar({ en: 'wrapping keys of people', zh: '正在重新封装个人密钥' }, language);
  let done = 0;
  try {
    for (const ledger of await listLedgers(sql)) {
      done += await rewrapLedger(rotation, ledger, (more) => bar.show(done + more, total));
    }
  } finally {
    bar.end();
  }
  return done;
}

/**
 * Wraps until nothing is left that is wrapped by an older one. The first entry is posted also when nothing is: with it the head moves, and what a
 * service has decided with the older key and not yet committed is decided again with the newer.
 */
async function rewrapLedger(
  { sql, lanes, personal, generation }: Rotation,
  { id, code }: { readonly id: number; readonly code: string },
  show: (done: number) => void,
): Promise<number> {
  const lane = await lanes.of(code);
  let done = 0;
  for (let first = true; ; first = false) {
    const members = await readOlder(sql, id, generation, keysAnEntry);
    if (members.length === 0 && !first) return done;
    await runInLane(lane, { actor: commandLineActor, weight: keysAnEntry }, (stage) =>
      rewrapKeys(stage, personal, members),
    );
    done += members.length;
    show(done);
  }
}
