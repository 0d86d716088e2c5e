/** The checkpoints and keys that `timeledger verify` is given: files and arguments, read and refused before the books are opened. */
import { existsSync, readFileSync } from 'node:fs';
import { reasonOf, StartError } from '../../db/connect.js';
import { NoteError, type NoteVerifier, parseVerifierKey } from '../../ledger/log/checkpoint.js';
import type { SavedCheckpoints } from '../../ledger/verify/checkpoints.js';

export interface CheckpointOptions {
  /** Files with a checkpoint each. */
  readonly checkpoint?: readonly string[];
  /** Verifier keys, or files with one a line. */
  readonly vkey?: readonly string[];
}

/** Refuses (StartError): a file that cannot be read, a key that is none, a checkpoint without a key or a key without a checkpoint. */
export function readCheckpoints({ checkpoint = [], vkey = [] }: CheckpointOptions): SavedCheckpoints | undefined {
  if (checkpoint.length === 0 && vkey.length === 0) return undefined;
  if (vkey.length === 0)
    throw new StartError({
      en: 'a checkpoint is worth what its signature is: name its key with --vkey',
      zh: '比对检查点须校验其签名：请用 --vkey 指明公钥',
    });
  if (checkpoint.length === 0)
    throw new StartError({
      en: '--vkey names the key of a checkpoint: name its file with --checkpoint',
      zh: '--vkey 须与检查点一并使用：请用 --checkpoint 指明检查点文件',
    });
  return {
    notes: checkpoint.map((file) => ({ name: file, note: readText(file) })),
    keys: vkey.flatMap((key) => readKeys(key)),
  };
}

function readText(file: string): string {
  try {
    // Bytes that are no UTF-8 must not be taken for other characters than they were signed as.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    throw new StartError({ en: `cannot read ${file}: ${reasonOf(error)}`, zh: `无法读取 ${file}：${reasonOf(error)}` });
  }
}

/** The keys that an argument is, or that stand in the file it names. */
function readKeys(argument: string): NoteVerifier[] {
  const lines = existsSync(argument) ? readText(argument).split('\n') : [argument];
  const keys = lines.map((line) => line.trim()).filter((line) => line !== '');
  if (keys.length === 0) throw new StartError({ en: `${argument} holds no key`, zh: `${argument} 中没有公钥` });
  try {
    return keys.map(parseVerifierKey);
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    throw new StartError({
      en: `--vkey ${argument} is neither a file nor a verifier key (name+id+key): ${error.detail.en}`,
      zh: `--vkey ${argument} 既不是文件，也不是验证公钥（name+id+key）：${error.detail.zh}`,
    });
  }
}
