/**
 * The master keys of personal data: 32 random bytes in a file for each generation, `personal-1.key` being the first. Keys of people are
 * wrapped by the newest; an older one stays until nothing is wrapped by it. It does not know what is.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { KeyError, placeKeyFile, syncDirectory } from './keys.js';

export interface MasterKey {
  /** Counted from 1. */
  readonly generation: number;
  readonly key: Buffer;
}

const keyBytes = 32;
const fileShape = /^personal-([1-9]\d{0,8})\.key$/;

/** The file of a generation. */
export function masterKeyFile(generation: number): string {
  return `personal-${generation}.key`;
}

/** The master keys of a directory, the newest first; none when there is none. Throws KeyError for a file that holds no such key. */
export function readMasterKeys(directory: string): MasterKey[] {
  return readdirSync(directory)
    .flatMap((file) => {
      const [, generation] = fileShape.exec(file) ?? [];
      return generation === undefined ? [] : [{ generation: Number(generation), key: keyIn(join(directory, file)) }];
    })
    .sort((a, b) => b.generation - a.generation);
}

/** The master keys of a directory; the first is made when there is none. Throws KeyError for a file that holds no such key. */
export function makeMasterKeys(directory: string): MasterKey[] {
  if (readMasterKeys(directory).length === 0) placeKeyFile(join(directory, masterKeyFile(1)), randomBytes(keyBytes));
  return readMasterKeys(directory);
}

/** A new generation, which wraps from now on. Throws KeyError when there is none before it. */
export function addMasterKey(directory: string): MasterKey {
  const [newest] = requireMasterKeys(directory);
  placeKeyFile(join(directory, masterKeyFile(newest.generation + 1)), randomBytes(keyBytes));
  return requireMasterKeys(directory)[0];
}

/** Throws KeyError when there is none. */
export function requireMasterKeys(directory: string): [MasterKey, ...MasterKey[]] {
  const [newest, ...older] = readMasterKeys(directory);
  if (newest) return [newest, ...older];
  const path = join(directory, masterKeyFile(1));
  throw new KeyError({
    en: `there is no key ${path}: restore the keys from their backup, or set DATA_DIR`,
    zh: `没有密钥 ${path}：请从备份恢复密钥，或设置 DATA_DIR`,
  });
}

/** Removes a generation: only when nothing is wrapped by it. */
export function removeMasterKey(directory: string, generation: number): void {
  rmSync(join(directory, masterKeyFile(generation)));
  syncDirectory(directory);
}

function keyIn(path: string): Buffer {
  const key = readFileSync(path);
  if (key.length === keyBytes) return key;
  throw new KeyError({
    en: `${path} does not hold a key of ${keyBytes} bytes: restore it from its backup`,
    zh: `${path} 中没有 ${keyBytes} 字节的密钥：请从备份恢复该文件`,
  });
}
