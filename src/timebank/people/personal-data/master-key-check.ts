/** Whether the master keys that are held are those by which keys of people are wrapped: a start without them would only fail later. */
import { join } from 'node:path';
import { type Pool, StartError } from '../../../db/connect.js';
import { type MasterKey, masterKeyFile } from '../../../master-keys.js';
import { type KeptKey, readGenerations, readSample } from './key-rotation.js';
import { unwrapPersonKey } from './seal.js';

/**
 * `directory` is where they should be, unless the environment gives them. Refuses (StartError): a generation by which keys of people are
 * wrapped, and which is not there or is another.
 */
export async function checkMasterKeys(sql: Pool, held: readonly MasterKey[], directory: string): Promise<void> {
  for (const generation of await readGenerations(sql)) {
    const master = held.find((one) => one.generation === generation);
    const sample = await readSample(sql, generation);
    if (sample === undefined || (master && opens(master.key, sample))) continue;
    const path = join(directory, masterKeyFile(generation));
    throw new StartError({
      en: `${path} is not the key under which personal data is sealed: restore the keys from their backup, or set DATA_DIR or PERSONAL_DATA_KEYS`,
      zh: `${path} 不是加密个人信息所用的密钥：请从备份恢复密钥，或设置 DATA_DIR 或 PERSONAL_DATA_KEYS`,
    });
  }
}

function opens(master: Buffer, { ledger, member, wrapped }: KeptKey): boolean {
  try {
    return wrapped !== null && unwrapPersonKey(master, { ledger, memberId: member }, wrapped).length > 0;
  } catch {
    return false;
  }
}
