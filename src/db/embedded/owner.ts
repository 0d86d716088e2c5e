/**
 * One live Timeledger process to a data directory: a file names it by process id and start time, so that a number the
 * system has given to somebody else does not lock the directory for ever. It knows nothing of PostgreSQL.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Words } from '../../lib/language.js';
import { StartError } from '../connect.js';
import { processStart } from './processes.js';

export interface Claim {
  release(): void;
}

/**
 * Claims a data directory for this process.
 * Refuses: a live process, this one included, holds it.
 */
export function claimDirectory(dataDirectory: string): Claim {
  const file = join(dataDirectory, 'owner.pid');
  const mine = `${process.pid} ${processStart(process.pid)}\n`;
  for (let attempt = 0; attempt < 20; attempt++) {
    if (createWhole(file, mine)) return makeClaim(file, mine);
    const holder = read(file);
    if (holder === undefined) continue;
    const pid = liveHolder(holder);
    if (pid !== undefined) throw new StartError(inUse(dataDirectory, pid));
    clearStale(file, holder);
  }
  throw new StartError({
    en: `the data directory ${dataDirectory} is being claimed by many processes at once: try again`,
    zh: `多个进程正在同时占用数据目录 ${dataDirectory}：请重试`,
  });
}

function inUse(dataDirectory: string, pid: number): Words {
  return {
    en: `the data directory ${dataDirectory} is in use by process ${pid}: stop it, or choose another DATA_DIR`,
    zh: `数据目录 ${dataDirectory} 正被进程 ${pid} 使用：请停止该进程，或更改 DATA_DIR`,
  };
}

/** Creates the file with its content at once: a reader never sees it half written, and only one of two succeeds. */
function createWhole(file: string, content: string): boolean {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, content, { mode: 0o644 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function liveHolder(holder: string): number | undefined {
  const [pid = '', ...start] = holder.trim().split(' ');
  return processStart(Number(pid)) === start.join(' ') ? Number(pid) : undefined;
}

/** Moves the dead owner's file away. If another process was quicker, what was moved is its claim: it is put back. */
function clearStale(file: string, stale: string): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const moved = read(aside);
  if (moved !== undefined && moved !== stale) createWhole(file, moved);
  rmSync(aside, { force: true });
}

function makeClaim(file: string, mine: string): Claim {
  let held = true;
  return {
    release() {
      // Once only: this process may have claimed the directory again since.
      if (held && read(file) === mine) rmSync(file, { force: true });
      held = false;
    },
  };
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
