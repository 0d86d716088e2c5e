/** What a log is known by for ever: its origin and the key that signs its checkpoints. Both stand in the ledger's first entry. */
import type { KeyObject } from 'node:crypto';
import { verifierKey } from './checkpoint.js';

export interface LogIdentity {
  /** The name in every checkpoint: `ledger.example/log/xinchang`. */
  readonly origin: string;
  /** The C2SP verifier key, of the public half. */
  readonly logKey: string;
}

/** The identity of a new ledger's log, below the service's issuer. Takes the log's private or public key. */
export function logIdentity(issuer: string, ledger: string, key: KeyObject): LogIdentity {
  const host = issuer.replace(/^https?:\/\//, '').replace(/\/+$/, '');
  const origin = `${host}/log/${ledger}`;
  return { origin, logKey: verifierKey(origin, key) };
}
