/**
 * Processor time, from /proc: of the service, of PostgreSQL with all its processes, of the whole machine. Where there is no
 * /proc the figures are left out.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Seconds of processor time used so far. */
export interface CpuReading {
  readonly at: number;
  readonly service: number;
  readonly postgres: number;
  /** Everything that runs on the machine. */
  readonly machine: number;
}

/** The kernel counts in hundredths of a second on every Linux there is. */
const ticksPerSecond = 100;

export function readCpu(servicePid: number, postmaster: number): CpuReading | null {
  if (!existsSync('/proc/stat')) return null;
  return {
    at: performance.now(),
    service: ownTime(servicePid),
    postgres: treeTime(postmaster),
    machine: machineTime(),
  };
}

/** Cores that were busy between two looks at the machine, a second apart or so; null where it cannot be known. */
export function busyCores(): () => number | null {
  if (!existsSync('/proc/stat')) return () => null;
  const from = { at: performance.now(), machine: machineTime() };
  return () => (machineTime() - from.machine) / ((performance.now() - from.at) / 1_000);
}

interface Stat {
  readonly parent: number;
  readonly own: number;
  /** Of children that have ended. */
  readonly children: number;
}

/** Processor seconds of one process so far, 0 when there is none. */
export function ownTime(pid: number): number {
  return readStat(pid)?.own ?? 0;
}

/** A process and its children, those that have ended included. */
function treeTime(pid: number): number {
  const root = readStat(pid);
  if (!root) return 0;
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  const children = pids.map(readStat).filter((stat) => stat?.parent === pid);
  return children.reduce((sum, stat) => sum + (stat?.own ?? 0), root.own + root.children);
}

function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces: fields are counted after it, the state first.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0, user = 0, system = 0, childUser = 0, childSystem = 0] = [1, 11, 12, 13, 14].map(
      (i) => fields[i],
    );
    return { parent, own: (user + system) / ticksPerSecond, children: (childUser + childSystem) / ticksPerSecond };
  } catch {
    return undefined;
  }
}

/** All time that was neither idle nor waiting, time stolen by other machines on the same host included. */
function machineTime(): number {
  const fields =
    readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.trim().split(/\s+/).slice(1, 9).map(Number) ?? [];
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields;
  return (user + nice + system + irq + softirq + steal) / ticksPerSecond;
}
