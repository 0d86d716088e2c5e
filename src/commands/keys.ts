/** `timeledger keys`: what keys a service has, a new one for tokens, and the public halves for others to keep. No private key is shown. */
import type { KeyObject } from 'node:crypto';
import type { Config } from '../config.js';
import { keyDirectory } from '../database.js';
import { maxTokenSeconds, TokenKeyring, tokenKeysOf } from '../http/tokens.js';
import { readKeys, replaceTokenKey } from '../keys.js';
import { keyThumbprint, rawPublicKey } from '../ledger/log/keys.js';
import { systemClock } from '../lib/clock.js';
import { sameIn, type Words } from '../lib/language.js';

/** Refuses (KeyError): keys that are missing or none. */
export function listKeys(config: Config): Words[] {
  const directory = keyDirectory(config);
  const { tokens, log } = readKeys(directory);
  return [
    sameIn(directory),
    ...tokens.map(({ file, key, until }) => keyLine(file, keyThumbprint(key), useOf(until))),
    keyLine('log.pem', publicBytes(log), { en: 'signs checkpoints', zh: '签署检查点' }),
    keyLine('secret.pem', '-'.padEnd(43), {
      en: 'pseudonyms and secrets of clients are derived from it',
      zh: '用于派生代号和客户端的密钥',
    }),
  ];
}

function keyLine(file: string, publicPart: string, { en, zh }: Words): Words {
  const line = `  ${file.padEnd(34)}${publicPart}  `;
  return { en: line + en, zh: line + zh };
}

function useOf(until: number | null): Words {
  if (until === null) return { en: 'signs tokens', zh: '签发令牌' };
  const end = new Date(until).toISOString();
  return { en: `verifies tokens until ${end}`, zh: `验证令牌，至 ${end} 止` };
}

/**
 * A new key signs tokens from now on; the old one verifies until every token that it signed has expired. Services on the directory take the
 * new one up within a second. Refuses (KeyError): no key to replace.
 */
export function rotateKeys(config: Config): Words {
  const directory = keyDirectory(config);
  const now = systemClock();
  replaceTokenKey(directory, now, now + maxTokenSeconds * 1_000);
  const [signing] = readKeys(directory).tokens;
  const name = keyThumbprint(signing.key);
  return { en: `tokens are signed with ${name} from now on`, zh: `此后签发的令牌使用密钥 ${name}` };
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
