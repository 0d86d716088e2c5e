/** What the service was asked to reach, beside what it reached in this run. */
import { orderRequests } from './load-orders.js';
import {
  type BenchResult,
  type Measurement,
  ratioTo,
  type Target,
  type VerificationFacts,
  type Yardstick,
} from './results.js';

type Found = Omit<BenchResult, 'targets'>;

/** The targets of the parts that were run. They are meant for two quiet cores. */
export function targetsOf(found: Found): Target[] {
  const named = (prefix: string) => found.measurements.filter(({ name }) => name.startsWith(prefix));
  const [main] = named('postings, 64 connections');
  const reads = [...named('balances'), ...named('statements')];
  return [
    ...(main ? mainTargets(main, found.yardsticks) : []),
    ...named('postings, 256').map((run) => below(`${run.name}: p99`, run.latency.p99_ms, 45, ' ms')),
    ...named('redemptions').flatMap((run) => [
      atLeast(run.name, run.rate, 7_000, '/s'),
      ...costTargets(run, { service: 0.09, postgres: 0.08 }),
    ]),
    ...named('orders').flatMap((run) => [
      atLeast('orders, from placed to approved', run.rate / orderRequests, 600, '/s'),
      atLeast(`${run.name}: requests`, run.rate, 4_000, '/s'),
    ]),
    ...named('bulk').map((run) => atLeast('bulk, entries', run.rate, 40_000, '/s')),
    ...named('intake').map((run) => atLeast('intake, items', run.rate, 15_000, '/s')),
    ...named('candidates').map((run) => below(`${run.name}: p99`, run.latency.p99_ms, 50, ' ms')),
    ...named('candidates, ').flatMap((run) => costTargets(run, { service: 2, postgres: 10 })),
    ...reads.map((run) => below(`${run.name}: p99 beside postings`, run.latency.p99_ms, 20, ' ms')),
    ...found.storage.map(({ name, bytes_per_entry: bytes }) =>
      below(`${name}: storage of an entry`, bytes, name.startsWith('redemptions') ? 1_000 : 750, ' bytes'),
    ),
    ...(found.growth ? [growthTarget(found.growth.ratio)] : [verifyTarget(found.verification)]),
  ];
}

function mainTargets(main: Measurement, yardsticks: readonly Yardstick[]): Target[] {
  const ratio = ratioTo(main.pgbench_rate, main.rate);
  const bare = Math.max(0, ...yardsticks.filter(({ name }) => name.startsWith('bare SQL')).map(({ rate }) => rate));
  return [
    below('postings, 64 connections: p99', main.latency.p99_ms, 20, ' ms'),
    ...(ratio === null ? [] : [timesTarget('postings, 64 connections, to pgbench -N -c 32', ratio, 1.8)]),
    ...(bare === 0 ? [] : [timesTarget('postings, 64 connections, to the ledger in bare SQL', main.rate / bare, 4.5)]),
    ...costTargets(main, { service: 0.058, postgres: 0.047 }),
  ];
}

function timesTarget(what: string, ratio: number, least: number): Target {
  return { what, wanted: `at least ${least.toFixed(2)}`, found: ratio.toFixed(2), met: ratio >= least };
}

/** Processor seconds by a thousand, as on a quiet machine; see `MachineCost` for what this one does. */
function costTargets(run: Measurement, most: { service: number; postgres: number }): Target[] {
  const cpu = run.cpu_seconds_per_1000;
  if (!cpu) return [];
  const target = (of: 'service' | 'postgres', name: string) => ({
    what: `${run.name}: processor, ${name}, by 1,000`,
    wanted: `at most ${most[of].toFixed(3)} s`,
    found: `${cpu[of].toFixed(3)} s`,
    met: cpu[of] <= most[of],
  });
  return [target('service', 'service'), target('postgres', 'PostgreSQL')];
}

function verifyTarget({ checked, seconds }: VerificationFacts): Target {
  return atLeast('verification, entries', checked.entries / seconds, 50_000, '/s');
}

function growthTarget(ratio: number): Target {
  const percent = (ratio - 1) * 100;
  const found = `${percent >= 0 ? '+' : ''}${percent.toFixed(1)} %`;
  return {
    what: 'speed around entry 2,000,000 to that around 10,000',
    wanted: 'no worse than -20 %',
    found,
    met: ratio >= 0.8,
  };
}

function atLeast(what: string, value: number, limit: number, unit: string): Target {
  return { what, wanted: `at least ${show(limit)}${unit}`, found: `${show(value)}${unit}`, met: value >= limit };
}

function below(what: string, value: number, limit: number, unit: string): Target {
  return { what, wanted: `under ${show(limit)}${unit}`, found: `${show(value)}${unit}`, met: value < limit };
}

function show(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
}
