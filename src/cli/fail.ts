/** How a command ends that cannot do what it was asked. */
import { resolve } from 'node:path';
import { ConfigError } from '../config.js';
import { isConnectionLost, isStorageFull, reasonOf, StartError } from '../db/connect.js';
import { KeyError } from '../keys.js';
import type { Language } from '../lib/language.js';
import { Refusal } from '../lib/refusal.js';
import { programRoot } from './own-command.js';

/** One line for what a person can mend and, for a file, one for each of its errors; the stack for what is our fault. */
export function fail(error: unknown, language: Language, status = 1): never {
  const unnamed = !(error instanceof StartError);
  if (unnamed && isConnectionLost(error))
    fail(new StartError(`a connection was lost: ${reasonOf(error)}`), language, status);
  if (unnamed && isStorageFull(error))
    fail(new StartError(`the database has no room left: ${reasonOf(error)}`), language, status);
  // Modules are loaded with their command: what main.ts finds missing of all, this finds of one.
  const missing = /^Cannot find package '([^']+)'/.exec(error instanceof Error ? error.message : '')?.[1];
  if (unnamed && missing !== undefined)
    fail(
      new StartError(`the package ${missing} is not installed: run "npm ci" in ${resolve(programRoot)}`),
      language,
      status,
    );
  const known =
    [StartError, ConfigError, KeyError, Refusal].some((kind) => error instanceof kind) || isFileError(error);
  const message =
    error instanceof Refusal ? error.detail[language] : error instanceof Error ? error.message : String(error);
  console.error(known ? `timeledger: ${message}` : error);
  for (const { pointer, detail } of (error instanceof Refusal && error.facts.errors) || [])
    console.error(`  ${pointer} ${detail[language]}`);
  process.exit(status);
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}
