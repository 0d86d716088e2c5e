#!/usr/bin/env -S node --max-semi-space-size=32
/**
 * The way in. It looks whether the program can be loaded at all, a Node that is new enough and its packages, and says in one line what is
 * missing; so it imports nothing but Node's own before it has looked.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  stop(`Node ${process.versions.node} is too old: Timeledger needs 20.19 or later`);
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
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  stop(`the package ${missing} is not installed: run "npm ci" in ${root}`);
}

function stop(line: string): never {
  console.error(`timeledger: ${line}`);
  process.exit(1);
}
