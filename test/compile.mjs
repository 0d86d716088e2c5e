/** Compiles the tests, once for all of them, without checking types: to build/test, beside which build/src leads to the service that was built. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';

export function compile() {
  const compiler = 'node_modules/typescript7/bin/tsc';
  execFileSync(process.execPath, [compiler, '--project', 'tsconfig.test.json'], { stdio: 'inherit' });
  if (!existsSync('build/src')) symlinkSync('../dist', 'build/src');
  // The document as JSON is read a hundred times faster.
  writeFileSync('build/openapi.json', JSON.stringify(parse(readFileSync('openapi.yaml', 'utf8'))));
}
