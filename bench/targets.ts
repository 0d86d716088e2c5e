/** What the service was asked to reach, beside what it reached in this run. */
import { type BenchResult, type Measurement, ratioTo, type Target } from './results.js';

type Found = Omit<BenchResult, 'targets'>;

/** The targets of the parts that were run. They are meant for two quiet cores. */
export function targetsOf(found: Found): Target[] {
  const named = (prefix: string) => found.measurements.filter(({ name }) => name.startsWith(prefix));
  const [main] = named('postings, 64 connections');
  const reads = [...named('balances'), ...named('statements')];
  return [
    ...(main ? mainTargets(main) : []),
    ...named('redemptions').map((run) => atLeast('redemptions, 64 connections', run.rate, 5_000, '/s')),
    ...named('bulk').map((run) => atLeast('bulk, entries', run.rate, 25_000, '/s')),
    ...reads.map((run) => below(`${run.name}: p99 beside postings`, run.latency.p99_ms, 20, ' ms')),
    ...(found.storage ? [below('storage of an entry', found.storage.bytes_per_entry, 900, ' bytes')] : []),
    ...(found.growth ? [growthTarget(found.growth.ratio)] : []),
  ];
}

function mainTargets(main: Measurement): Target[] {
  const ratio = ratioTo(main.pgbench_rate, main.rate);
  return [
    atLeast('postings, 64 connections', main.rate, 10_000, '/s'),
    below('postings, 64 connections: p99', main.latency.p99_ms, 25, ' ms'),
    ...(ratio === null ? [] : [ratioTarget(ratio)]),
  ];
}

function ratioTarget(ratio: number): Target {
  return {
    what: 'postings, 64 connections, to pgbench -N -c 32',
    wanted: 'at least 1.00',
    found: ratio.toFixed(2),
    met: ratio >= 1,
  };
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
