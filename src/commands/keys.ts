/** `timeledger keys`: what keys a service has, new ones for tokens and personal data, and the public halves for others to keep. No private key is shown. */
import type { KeyObject } from 'node:crypto';
import type { Config } from '../config.js';
import { keyDirectory, migrateDatabase, openCommandDatabase } from '../database.js';
import { maxTokenSeconds, TokenKeyring, tokenKeysOf } from '../http/tokens.js';
import { readKeys, replaceTokenKey } from '../keys.js';
import { keyThumbprint, rawPublicKey } from '../ledger/log/keys.js';
import { systemClock } from '../lib/clock.js';
import { type Language, sameIn, type Words } from '../lib/language.js';
import { masterKeyFile, requireMasterKeys } from '../master-keys.js';
import { rotateMasterKey } from './rotate-personal.js';

/** Refuses (KeyError): keys that are missing or none. */
export function listKeys(config: Config): Words[] {
  const directory = keyDirectory(config);
  const { tokens, log } = readKeys(directory);
  return [
    sameIn(directory),
    ...tokens.map(({ file, key, until }) => keyLine(file, keyThumbprint(key), useOf(until))),
    keyLine('log.pem', publicBytes(log), { en: 'signs checkpoints', zh: '签署检查点' }),
    keyLine('secret.pem', '-'.padEnd(43), {
      en: 'pseudonyms, secrets of clients and look-ups of personal data are derived from it',
      zh: '用于派生代号、客户端的密钥和个人信息的检索值',
    }),
    ...masterLines(config, directory),
  ];
}

/** Where it stands, and what it is for: the newest seals, the others open. */
function masterLines(config: Config, directory: string): Words[] {
  const nameOf = (generation: number) =>
    config.masterKeys ? `PERSONAL_DATA_KEYS ${generation}` : masterKeyFile(generation);
  return (config.masterKeys ?? requireMasterKeys(directory)).map(({ generation }, at) => {
    const use =
      at === 0
        ? { en: 'seals personal data', zh: '加密个人信息' }
        : { en: 'opens personal data sealed before', zh: '解密此前加密的个人信息' };
    return keyLine(nameOf(generation), '-'.padEnd(43), use);
  });
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
 * New keys for tokens and for personal data. The old key of tokens verifies until every token that it signed has expired; that of personal
 * data goes once nothing is wrapped by it. Services on the directory take the new ones up within a second; the key of the log stays.
 * Refuses (StartError, KeyError): no key to replace, and what `openKeys` refuses.
 */
export async function rotateKeys(config: Config, language: Language): Promise<Words[]> {
  const directory = keyDirectory(config);
  readKeys(directory);
  const database = await openCommandDatabase(config);
  try {
    await migrateDatabase(database.target);
    const personal = await rotateMasterKey(config, database, language);
    const now = systemClock();
    replaceTokenKey(directory, now, now + maxTokenSeconds * 1_000);
    const [signing] = readKeys(directory).tokens;
    const name = keyThumbprint(signing.key);
    return [{ en: `tokens are signed with ${name} from now on`, zh: `此后签发的令牌使用密钥 ${name}` }, personal];
  } finally {
    await database.stop();
  }
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
