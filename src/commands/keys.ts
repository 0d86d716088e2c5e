/** `timeledger keys`: what keys a service has, a new one for tokens, and the public halves for others to keep. No private key is shown. */
import type { KeyObject } from 'node:crypto';
import type { Config } from '../config.js';
import { keyDirectory } from '../database.js';
import { maxTokenSeconds, TokenKeyring, tokenKeysOf } from '../http/tokens.js';
import { readKeys, replaceTokenKey } from '../keys.js';
import { keyThumbprint, rawPublicKey } from '../ledger/log/keys.js';
import { systemClock } from '../lib/clock.js';

/** Refuses (KeyError): keys that are missing or none. */
export function listKeys(config: Config): void {
  const directory = keyDirectory(config);
  const { tokens, log } = readKeys(directory);
  console.log(directory);
  for (const { file, key, until } of tokens) {
    const use = until === null ? 'signs tokens' : `verifies tokens until ${new Date(until).toISOString()}`;
    console.log(`  ${file.padEnd(34)}${keyThumbprint(key)}  ${use}`);
  }
  console.log(`  ${'log.pem'.padEnd(34)}${publicBytes(log)}  signs checkpoints`);
  console.log(`  ${'secret.pem'.padEnd(34)}${'-'.padEnd(43)}  pseudonyms and secrets of clients are derived from it`);
}

/**
 * A new key signs tokens from now on; the old one verifies until every token that it signed has expired. Services on the directory take the
 * new one up within a second. Refuses (KeyError): no key to replace.
 */
export function rotateKeys(config: Config): void {
  const directory = keyDirectory(config);
  const now = systemClock();
  replaceTokenKey(directory, now, now + maxTokenSeconds * 1_000);
  const [signing] = readKeys(directory).tokens;
  console.log(`tokens are signed with ${keyThumbprint(signing.key)} from now on`);
}

/** The public keys as JSON: what verifies tokens, and checkpoints. Refuses (KeyError): keys that are missing or none. */
export function exportPublicKeys(config: Config): void {
  const { tokens, log } = readKeys(keyDirectory(config));
  const keyring = new TokenKeyring(tokens.map(({ key }) => tokenKeysOf(key)));
  console.log(
    JSON.stringify({ tokens: keyring.jwks, log: { algorithm: 'Ed25519', public_key: publicBytes(log) } }, null, 2),
  );
}

/** Base64 of the 32 public bytes: a ledger's verifier key is these behind its origin. */
function publicBytes(key: KeyObject): string {
  return rawPublicKey(key).toString('base64');
}
