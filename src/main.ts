#!/usr/bin/env -S node --max-semi-space-size=32
/**
 * The way in. It looks whether the program can be loaded at all, a Node that is new enough and its packages, and says in one line what is
 * missing; so nothing that it imports needs a package.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandLanguage } from './cli/language.js';
import { packageMissing } from './cli/package-missing.js';
import type { Words } from './lib/language.js';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  const { node } = process.versions;
  stop({
    en: `Node ${node} is too old: Timeledger needs 20.19 or later`,
    zh: `Node ${node} 版本过低：Timeledger 需要 20.19 或更高版本`,
  });
}

// Whoever stops reading (| head) wants no more to be told; what the command does, it does to its end.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  await import('./cli.js');
} catch (error) {
  const missing = /^Cannot find package '([^']+)'/.exec(error instanceof Error ? error.message : '')?.[1];
  if (missing === undefined) throw error;
  stop(packageMissing(missing, dirname(dirname(fileURLToPath(import.meta.url)))));
}

function stop(words: Words): never {
  console.error(`timeledger: ${words[commandLanguage(process.argv.slice(2), process.env)]}`);
  process.exit(1);
}
