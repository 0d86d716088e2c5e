/**
 * One run of the server's main process: found by its own lock file, reclaimed from a dead owner, launched, stopped. It
 * knows nothing of why a run ended or whether there should be another: embedded.ts decides that.
 */
import { spawn } from 'node:child_process';
import { closeSync, fchownSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../connect.js';
import { type Launcher, serverEnvironment } from './account.js';
import { lastComplaint, openLog } from './log.js';
import { awaitGone, commandLine, processesIn, processStart, signalProcess, standsIn } from './processes.js';

/** What the running server's lock file says of it. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly socketDirectory: string;
  readonly ready: boolean;
}

/** The live server of a cluster, if there is one. */
export function findPostmaster(cluster: string): Postmaster | undefined {
  const lines = readLock(cluster);
  const pid = Number(lines?.[0]);
  if (lines === undefined || !runsCluster(pid, cluster)) return undefined;
  return { pid, port: Number(lines[3]), socketDirectory: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' };
}

function readLock(cluster: string): string[] | undefined {
  try {
    return readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function runsCluster(pid: number, cluster: string): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || processStart(pid) === undefined) return false;
  const command = commandLine(pid);
  return command.includes('postgres') && (command.includes(cluster) || standsIn(pid, cluster));
}

/**
 * Sees to it that no server runs on the cluster: one that outlived its owner is given a moment to go, then stopped.
 * Refuses: it belongs to another user, or does not stop.
 */
export async function reclaimCluster(cluster: string): Promise<void> {
  const orphan = findPostmaster(cluster);
  if (orphan === undefined) return forgetRecycledPid(cluster);
  if (await awaitGone(orphan.pid, 300)) return;
  for (const [signal, milliseconds] of [
    ['SIGINT', 30_000],
    ['SIGQUIT', 10_000],
  ] as const) {
    if (!signalProcess(orphan.pid, signal)) break;
    if (await awaitGone(orphan.pid, milliseconds)) return;
  }
  throw new StartError({
    en: `PostgreSQL process ${orphan.pid} still runs on ${cluster} and cannot be stopped: stop it`,
    zh: `PostgreSQL 进程 ${orphan.pid} 仍在 ${cluster} 上运行，无法自动停止：请手动停止该进程`,
  });
}

/**
 * A lock file may name a process that is alive and no server: the system has used the number again. PostgreSQL would
 * refuse to start, so the number becomes one that no process has. The rest of the file stays: with it PostgreSQL finds
 * backends that are still in the dead server's shared memory.
 */
function forgetRecycledPid(cluster: string): void {
  const [pid, ...rest] = readLock(cluster) ?? [];
  if (pid === undefined || processStart(Number(pid)) === undefined) return;
  writeFileSync(join(cluster, 'postmaster.pid'), ['2147483647', ...rest].join('\n'));
}

/** All that is needed to launch the server, again and again. */
export interface ServerPlan {
  readonly launcher: Launcher;
  readonly program: string;
  readonly args: readonly string[];
  readonly cluster: string;
  readonly logFile: string;
}

export interface Server {
  readonly pid: number;
  /** Resolves when the process has gone, with how it went: "signal SIGKILL". */
  readonly gone: Promise<string>;
  stop(): Promise<void>;
}

const leftoversMilliseconds = 30_000;

/**
 * Launches the server and waits until it accepts connections, however long its crash recovery takes. While backends of a
 * killed server are still in its shared memory, which they leave when they notice, it tries again; late ones are told.
 */
export async function launchServer(plan: ServerPlan, signal?: AbortSignal): Promise<Server> {
  const began = Date.now();
  for (let pause = 20; ; pause = Math.min(pause * 2, 1000)) {
    try {
      return await launchOnce(plan);
    } catch (error) {
      const busy = error instanceof StartError && /still in use|lock file .* already exists/.test(error.message);
      const waited = Date.now() - began;
      if (!busy || waited > leftoversMilliseconds) throw error;
      if (waited > 3000) quitLeftovers(plan.cluster);
      await sleep(pause, undefined, signal ? { signal } : {});
    }
  }
}

/** Backends of a dead server that are too busy to notice. Other programs may stand in the directory too, a shell for one. */
function quitLeftovers(cluster: string): void {
  const leftovers = processesIn(cluster).filter((pid) => commandLine(pid).includes('postgres'));
  for (const pid of leftovers) signalProcess(pid, 'SIGQUIT');
}

async function launchOnce(plan: ServerPlan): Promise<Server> {
  const log = openLog(plan.logFile);
  const { uid, gid } = plan.launcher.account;
  // The log belongs to whom the cluster does: a later start by that account, without root, can then write it too.
  if (process.getuid?.() === 0) fchownSync(log.descriptor, uid, gid);
  const server = spawnServer(plan, log.descriptor);
  let end: string | undefined;
  void server.gone.then((how) => {
    end = how;
  });
  while (end === undefined) {
    await sleep(5);
    const found = readLock(plan.cluster);
    if (found?.[0] === String(server.pid) && found[7]?.trim() === 'ready') {
      server.release();
      return server;
    }
  }
  const complaint = lastComplaint(plan.logFile, log.offset, server.pid) || end;
  throw new StartError({
    en: `PostgreSQL did not start on ${plan.cluster}: ${complaint} (see ${plan.logFile})`,
    zh: `PostgreSQL 未能在 ${plan.cluster} 上启动：${complaint}（详见 ${plan.logFile}）`,
  });
}

function spawnServer(plan: ServerPlan, log: number): Server & { release(): void } {
  const { prefix, identity } = plan.launcher;
  const [program = '', ...args] = [...prefix, plan.program, ...plan.args];
  // Its own session: Ctrl-C at a terminal reaches this process, which then stops the server in its own time.
  const options = { ...identity, detached: true, env: serverEnvironment, cwd: '/' };
  const child = spawn(program, args, { ...options, stdio: ['ignore', log, log] });
  closeSync(log);
  // Where there is no setpriv, a process that ends without stop() still takes the server along, unless it is killed.
  const takeAlong = () => child.kill('SIGINT');
  process.once('exit', takeAlong);
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  void gone.then(() => process.off('exit', takeAlong));
  const stop = async () => {
    child.ref();
    child.kill('SIGINT');
    await gone;
  };
  return { pid: child.pid ?? 0, gone, stop, release: () => child.unref() };
}
