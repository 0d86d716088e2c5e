/** Where this program is, and how a person calls it from where they are. */
import { accessSync, constants } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const programRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Outside of the checkout npx would ask a registry for a package of our name, and in one that is another user's it fails without a word. */
export function ownCommand(): string {
  return resolve(programRoot) === process.cwd() && isWritable(programRoot)
    ? 'npx timeledger'
    : join(programRoot, 'dist', 'main.js');
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
