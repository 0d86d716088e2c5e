/** The shape of what the bench finds out: what `--json` prints and the report shows. */
import type { Verification } from '#src/ledger/verify/verify.js';
import type { Latency } from './histogram.js';
import type { DiskFacts, MachineFacts } from './machine.js';

/** Processor seconds by a thousand units of work, which is milliseconds by one. */
export interface CpuCost {
  readonly service: number;
  readonly postgres: number;
  readonly generator: number;
}

/** One run of the load generator over one stream. */
export interface Measurement {
  readonly name: string;
  readonly connections: number;
  readonly seconds: number;
  readonly requests: number;
  /** Of `unit`, a second. */
  readonly rate: number;
  readonly unit: 'requests' | 'entries';
  readonly latency: Latency;
  readonly errors: number;
  readonly first_error: string | null;
  /** By a thousand of `unit`; null without /proc, and for streams that ran beside another. */
  readonly cpu_seconds_per_1000: CpuCost | null;
  /** Cores that neither service nor PostgreSQL nor generator used: somebody else's work. */
  readonly other_cores: number | null;
  /** Entries acknowledged, warm-up included. */
  readonly acknowledged: number;
  /** The mean of pgbench -N -c 32 just before and just after this run, which its ratio is taken to; null when it was not run. */
  readonly pgbench_rate: number | null;
  /** The means of just before and just after, likewise. */
  readonly machine_cost: MachineCost | null;
}

/** Processor seconds by a thousand of what the machine does at best: the seconds of a run are held against them. */
export interface MachineCost {
  /** Of answers of a bare HTTP server, in its process. */
  readonly bare_http: number;
  /** Of transactions of pgbench -N -c 32, in PostgreSQL; null when it was not run. */
  readonly pgbench: number | null;
}

export interface Yardstick {
  readonly name: string;
  readonly clients: number;
  /** Transactions a second. */
  readonly rate: number;
  /** Milliseconds a transaction took on average. */
  readonly latency_average_ms: number;
  /** How many ended in an error. */
  readonly failed: number;
  /** Processor seconds of PostgreSQL by a thousand transactions; null without /proc. */
  readonly cpu_seconds_per_1000: number | null;
}

export interface StorageFacts {
  /** The measurement that it grew in. */
  readonly name: string;
  readonly entries: number;
  readonly bytes_per_entry: number;
  /** Bytes an entry by table, indexes included, largest first. */
  readonly tables: Readonly<Record<string, number>>;
}

export interface GrowthFacts {
  readonly early: { readonly entry: number; readonly measurement: Measurement };
  readonly late: { readonly entry: number; readonly measurement: Measurement };
  /** Late by early: of their ratios to pgbench where it was run, for the machine's speed changes meanwhile; else of their rates. */
  readonly ratio: number;
  readonly filled_entries: number;
  readonly fill_rate: number;
}

export interface BooksFacts {
  readonly acknowledged: number;
  readonly grown_by: number;
  readonly agree: boolean;
}

export interface VerificationFacts {
  readonly seconds: number;
  readonly ok: boolean;
  readonly checked: Verification['checked'];
}

/** What was to be reached, and what was. */
export interface Target {
  readonly what: string;
  readonly wanted: string;
  readonly found: string;
  readonly met: boolean;
}

export interface BenchResult {
  readonly version: string;
  readonly started_at: string;
  readonly window_seconds: number;
  readonly machine: MachineFacts & { readonly disk: DiskFacts };
  readonly database: Readonly<Record<string, string>>;
  readonly yardsticks: readonly Yardstick[];
  /** The mean of the runs of pgbench -N -c 32, which the other yardsticks' ratios are taken to; null when it was not run. */
  readonly pgbench_rate: number | null;
  /** Of every yardstick and run, by name. */
  readonly ratios: Readonly<Record<string, number>>;
  readonly measurements: readonly Measurement[];
  readonly storage: readonly StorageFacts[];
  readonly growth: GrowthFacts | null;
  readonly books: BooksFacts;
  readonly verification: VerificationFacts;
  readonly targets: readonly Target[];
}

/** A rate to the yardstick's; null when there is none. */
export function ratioTo(yardstick: number | null, rate: number): number | null {
  return yardstick === null || yardstick === 0 ? null : rate / yardstick;
}

/** The ratios of yardsticks and runs by name; none when there is nothing to take them to. */
export function ratiosOf({
  yardsticks,
  pgbench_rate,
  ...runs
}: Pick<BenchResult, 'yardsticks' | 'pgbench_rate' | 'measurements' | 'growth'>): Record<string, number> {
  const all = [
    ...byName(yardsticks).map(({ name, rate }) => ({ name, ratio: ratioTo(pgbench_rate, rate) })),
    ...runsOf(runs).map(({ name, rate, pgbench_rate: own }) => ({ name, ratio: ratioTo(own, rate) })),
  ];
  return Object.fromEntries(all.flatMap(({ name, ratio }) => (ratio === null ? [] : [[name, ratio]])));
}

export interface YardstickSummary {
  readonly name: string;
  readonly runs: number;
  /** Means over the runs. */
  readonly rate: number;
  readonly latency_average_ms: number;
  readonly slowest: number;
  readonly fastest: number;
}

/** Yardsticks that were run several times, taken together. */
export function byName(yardsticks: readonly Yardstick[]): YardstickSummary[] {
  return [...new Set(yardsticks.map(({ name }) => name))].map((name) => {
    const same = yardsticks.filter((yardstick) => yardstick.name === name);
    const rates = same.map(({ rate }) => rate);
    const latency_average_ms = mean(same.map((yardstick) => yardstick.latency_average_ms));
    return {
      name,
      runs: same.length,
      rate: mean(rates),
      latency_average_ms,
      slowest: Math.min(...rates),
      fastest: Math.max(...rates),
    };
  });
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Whether the figures may be believed: no errors, the books grew by what was acknowledged, and they verify. */
export function isSound({ yardsticks, books, verification, ...runs }: BenchResult): boolean {
  const clean = runsOf(runs).every(({ errors }) => errors === 0) && yardsticks.every(({ failed }) => failed === 0);
  return clean && books.agree && verification.ok;
}

/** All runs of the load generator that a result shows, those of the growth included. */
export function runsOf({ measurements, growth }: Pick<BenchResult, 'measurements' | 'growth'>): Measurement[] {
  return [...measurements, ...(growth ? [growth.early.measurement, growth.late.measurement] : [])];
}
