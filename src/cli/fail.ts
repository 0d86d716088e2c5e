/** How a command ends that cannot do what it was asked. */
import { resolve } from 'node:path';
import { isConnectionLost, isStorageFull, reasonOf } from '../db/connect.js';
import { type Language, sameIn, type Words } from '../lib/language.js';
import { Refusal } from '../lib/refusal.js';
import { UserError } from '../lib/user-error.js';
import { programRoot } from './own-command.js';
import { packageMissing } from './package-missing.js';

/** One line for what a person can mend and, for a file, one for each of its errors; the stack for what is our fault. */
export function fail(error: unknown, language: Language, status = 1): never {
  const words = wordsFor(error);
  console.error(words ? `timeledger: ${words[language]}` : error);
  for (const { pointer, detail } of (error instanceof Refusal && error.facts.errors) || [])
    console.error(`  ${pointer} ${detail[language]}`);
  process.exit(status);
}

/** Undefined when it is our fault. */
function wordsFor(error: unknown): Words | undefined {
  if (error instanceof UserError || error instanceof Refusal) return error.detail;
  if (isConnectionLost(error))
    return { en: `a connection was lost: ${reasonOf(error)}`, zh: `连接中断：${reasonOf(error)}` };
  if (isStorageFull(error))
    return { en: `the database has no room left: ${reasonOf(error)}`, zh: `数据库空间不足：${reasonOf(error)}` };
  const message = error instanceof Error ? error.message : String(error);
  // Modules are loaded with their command: what main.ts finds missing of all, this finds of one.
  const missing = /^Cannot find package '([^']+)'/.exec(message)?.[1];
  if (missing !== undefined) return packageMissing(missing, resolve(programRoot));
  return isFileError(error) ? sameIn(message) : undefined;
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}
