/**
 * The log's public key as the books name it: the entry that opens a ledger bears it, so that a key which was lost and made anew does not go
 * on signing as if it were the same log.
 */
import type { KeyObject } from 'node:crypto';
import { type Pool, StartError } from '../../db/connect.js';
import { verifierKey } from './checkpoint.js';
import type { LogIdentity } from './identity.js';

export interface NamedLogKey extends LogIdentity {
  readonly ledger: string;
}

/** Every ledger, with the log that its first entry names. */
export async function readLogKeys(sql: Pool): Promise<NamedLogKey[]> {
  return (await sql.unsafe(
    `select code as ledger, origin, log_key as "logKey" from timeledger.ledgers order by code`,
  )) as unknown as NamedLogKey[];
}

/** Refuses (StartError, one line with the way out): a key that is not the one a ledger was opened with. */
export function checkLogKey(named: readonly NamedLogKey[], key: KeyObject, directory: string): void {
  const other = named.find(({ origin, logKey }) => verifierKey(origin, key) !== logKey);
  if (!other) return;
  throw new StartError({
    en: `${directory}/log.pem is not the key of ledger ${other.ledger}, whose log was opened with ${other.logKey}: restore the keys from their backup, or set DATA_DIR to where they are`,
    zh: `${directory}/log.pem 不是账本 ${other.ledger} 的密钥，该账本的日志启用时的密钥为 ${other.logKey}：请从备份恢复密钥，或将 DATA_DIR 设为密钥所在的数据目录`,
  });
}
