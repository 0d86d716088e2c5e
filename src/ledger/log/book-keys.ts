/**
 * The log's public key as the books name it: the entry that opens a ledger bears it, so that a key which was lost and made anew does not go
 * on signing as if it were the same log.
 */
import type { KeyObject } from 'node:crypto';
import { type Pool, StartError } from '../../db/connect.js';
import { rawPublicKey } from './keys.js';

export interface NamedLogKey {
  readonly ledger: string;
  /** Base64 of the 32 bytes; null: its opening does not say. */
  readonly log_key: string | null;
}

/** Every ledger, with the key that its first entry names. */
export async function readLogKeys(sql: Pool): Promise<NamedLogKey[]> {
  return (await sql.unsafe(
    `select l.code as ledger, e.leaf::json ->> 'log_key' as log_key from timeledger.ledgers l
     left join timeledger.entries e on e.ledger_id = l.ledger_id and e.number = 1 order by l.code`,
  )) as unknown as NamedLogKey[];
}

/** How the books name a log's key: base64 of its 32 public bytes. */
export function nameOfLogKey(key: KeyObject): string {
  return rawPublicKey(key).toString('base64');
}

/** Refuses (StartError, one line with the way out): a key that is not the one a ledger was opened with. */
export function checkLogKey(named: readonly NamedLogKey[], key: KeyObject, directory: string): void {
  const held = nameOfLogKey(key);
  const other = named.find(({ log_key }) => log_key !== null && log_key !== held);
  if (!other) return;
  throw new StartError(
    `${directory}/log.pem is not the key of ledger ${other.ledger}, whose log was opened with ${other.log_key}: restore the keys from their backup, or set DATA_DIR to where they are`,
  );
}
