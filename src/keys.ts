/**
 * Ed25519 private keys in files: the service's identity, made at the first start and kept. It does not know what a key signs.
 */
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The key in the PEM file at `path`; makes it (0600) when there is none. Of several processes that start at once, one wins and
 * all return its key. Throws when the file holds anything but an Ed25519 private key.
 */
export function loadOrCreateKey(path: string): KeyObject {
  return readKey(path) ?? createKey(path);
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
    throw new Error(`${path} does not hold a private key in PEM form`);
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new Error(`${path} holds a key of type ${key.asymmetricKeyType}, where Ed25519 is needed`);
  }
  return key;
}

/** The file appears under its name only when it is complete and on disk: link() is atomic and never replaces. */
function createKey(path: string): KeyObject {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('ed25519');
  const draft = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`;
  try {
    writeDurably(draft, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    linkSync(draft, path);
    syncDirectory(dirname(path));
    return privateKey;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    const winner = readKey(path);
    if (!winner) throw new Error(`${path} vanished while it was being made`);
    return winner;
  } finally {
    rmSync(draft, { force: true });
  }
}

function writeDurably(path: string, content: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncDirectory(path: string): void {
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
