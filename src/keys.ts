/**
 * The service's keys: Ed25519 private keys in files of one directory, made when a ledger is first opened and kept from then on. It
 * does not know what a key signs, nor whether it is the one that the books name.
 *
 *     token.pem                            signs tokens
 *     token.until-20261231T000000Z.pem     signed them before, and verifies them until then
 *     log.pem                              signs the log's checkpoints
 *     secret.pem                           signs nothing: pseudonyms and clients' secrets are derived from it
 *
 * Beside them stand the master keys of personal data: see master-keys.ts.
 */
import { createPrivateKey, generateKeyPairSync, hash, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from './lib/user-error.js';

/** A key that is not there, or a file that holds none. */
export class KeyError extends UserError {
  override readonly name = 'KeyError';
}

export interface TokenKeyFile {
  readonly file: string;
  readonly key: KeyObject;
  /** Milliseconds since the epoch until which a replaced key verifies; null: it is the one that signs. */
  readonly until: number | null;
}

export interface KeySet {
  /** The one that signs comes first. */
  readonly tokens: readonly [TokenKeyFile, ...TokenKeyFile[]];
  readonly log: KeyObject;
  readonly secret: KeyObject;
}

const names = { token: 'token.pem', log: 'log.pem', secret: 'secret.pem' } as const;
const replacedName = /^token\.until-(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z\.pem$/;

/** The keys of a directory; those that are missing are made. Throws KeyError for a file that holds no Ed25519 private key. */
export function makeKeys(directory: string): KeySet {
  for (const name of Object.values(names)) loadOrCreateKey(join(directory, name));
  return readKeys(directory);
}

/** The keys of a directory. Throws KeyError when one of them is missing or no Ed25519 private key. */
export function readKeys(directory: string): KeySet {
  return {
    tokens: readTokenKeys(directory),
    log: requireKey(join(directory, names.log)),
    secret: readSecret(directory),
  };
}

/** What pseudonyms, clients' secrets and the key of look-ups are derived from. Throws KeyError when it is missing, or no such key. */
export function readSecret(directory: string): KeyObject {
  return requireKey(join(directory, names.secret));
}

/** Keys of tokens, the one that signs first. Throws KeyError when it is missing, or a file holds no such key. */
export function readTokenKeys(directory: string): KeySet['tokens'] {
  const signing = requireKey(join(directory, names.token));
  const replaced = readdirSync(directory).flatMap((file) => {
    const until = untilOf(file);
    return until === undefined ? [] : [{ file, key: requireKey(join(directory, file)), until }];
  });
  return [{ file: names.token, key: signing, until: null }, ...replaced.sort((a, b) => b.until - a.until)];
}

/**
 * Puts a new key in the place of the one that signs tokens. The old one verifies until `until`; others whose time was over by `now`
 * are removed. Both are milliseconds since the epoch. Throws KeyError when there is no key to replace.
 */
export function replaceTokenKey(directory: string, now: number, until: number): void {
  const current = join(directory, names.token);
  requireKey(current);
  const stamp = new Date(until).toISOString().replace(/[-:]|\.\d+/g, '');
  const draft = writeDraft(current, pemOf(generateKeyPairSync('ed25519').privateKey));
  // The old key has its second name before it loses its first: at no moment is it nowhere.
  linkSync(current, join(directory, `token.until-${stamp}.pem`));
  renameSync(draft, current);
  for (const file of readdirSync(directory)) {
    if ((untilOf(file) ?? now) < now) rmSync(join(directory, file));
  }
  syncDirectory(directory);
}

function untilOf(file: string): number | undefined {
  const [, year, month, day, hour, minute, second] = replacedName.exec(file) ?? [];
  return year === undefined ? undefined : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/**
 * The key in the PEM file at `path`; makes it (0600) when there is none. Of several processes that start at once, one wins and
 * all return its key. Throws KeyError when the file holds anything but an Ed25519 private key.
 */
export function loadOrCreateKey(path: string): KeyObject {
  return readKey(path) ?? createKey(path);
}

/**
 * Bytes for one purpose, the same every time: HKDF-SHA256 (RFC 5869) over the secret. The words of a purpose hold no line feed, so
 * that no two purposes run together.
 */
export function deriveBytes(secret: KeyObject, purpose: readonly string[], length: number): Buffer {
  const bytes = secret.export({ type: 'pkcs8', format: 'der' });
  // Digested, because HKDF limits its info to 1,024 bytes.
  const info = hash('sha256', ['timeledger', ...purpose].join('\n'), 'buffer');
  return Buffer.from(hkdfSync('sha256', bytes, '', info, length));
}

/** The key by which equal personal data is found without being opened. */
export function lookupKeyOf(secret: KeyObject): Buffer {
  return deriveBytes(secret, ['personal-data', 'lookup'], 32);
}

function requireKey(path: string): KeyObject {
  const key = readKey(path);
  if (!key)
    throw new KeyError({
      en: `there is no key ${path}: restore the keys from their backup, or set DATA_DIR`,
      zh: `没有密钥 ${path}：请从备份恢复密钥，或设置 DATA_DIR`,
    });
  return key;
}

/** The key in a file; undefined when there is no such file. Throws when it holds anything but an Ed25519 private key. */
export function readKey(path: string): KeyObject | undefined {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new KeyError({
      en: `${path} does not hold a private key in PEM form: restore it from its backup`,
      zh: `${path} 中没有 PEM 格式的私钥：请从备份恢复该文件`,
    });
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new KeyError({
      en: `${path} holds a key of type ${key.asymmetricKeyType}, where Ed25519 is needed`,
      zh: `${path} 中的密钥类型为 ${key.asymmetricKeyType}，应为 Ed25519`,
    });
  }
  return key;
}

function createKey(path: string): KeyObject {
  const { privateKey } = generateKeyPairSync('ed25519');
  if (placeKeyFile(path, pemOf(privateKey))) return privateKey;
  const winner = readKey(path);
  if (!winner) throw new Error(`${path} vanished while it was being made`);
  return winner;
}

/**
 * A file (0600) that appears under its name only when it is complete and on disk: link() is atomic and never replaces. False when
 * another process was first.
 */
export function placeKeyFile(path: string, content: string | Buffer): boolean {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = writeDraft(path, content);
  try {
    linkSync(draft, path);
    syncDirectory(dirname(path));
    return true;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** What a key file is to hold, in a file beside `path`, on disk. */
function writeDraft(path: string, content: string | Buffer): string {
  const draft = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
    return draft;
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** Waits until what was made, renamed or removed in a directory is on disk. */
export function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
