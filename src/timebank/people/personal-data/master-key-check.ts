/** Whether the master keys of a directory are those by which keys of people are wrapped: a start without them would only fail later. */
import { join } from 'node:path';
import { type Pool, StartError } from '../../../db/connect.js';
import { masterKeyFile, readMasterKeys } from '../../../master-keys.js';
import { type KeptKey, readGenerations, readSample } from './key-rotation.js';
import { unwrapPersonKey } from './seal.js';

/** Refuses (StartError, KeyError): a generation by which keys of people are wrapped, and which is not there or is another. */
export async function checkMasterKeys(sql: Pool, directory: string): Promise<void> {
  const held = readMasterKeys(directory);
  for (const generation of await readGenerations(sql)) {
    const master = held.find((one) => one.generation === generation);
    const sample = await readSample(sql, generation);
    if (sample === undefined || (master && opens(master.key, sample))) continue;
    const path = join(directory, masterKeyFile(generation));
    throw new StartError({
      en: `${path} is not the key under which personal data is sealed: restore the keys from their backup, or set DATA_DIR`,
      zh: `${path} 不是加密个人信息所用的密钥：请从备份恢复密钥，或设置 DATA_DIR`,
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
