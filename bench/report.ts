/** The bench's result for people: one table with bars, the cost in processor time, storage, and what the books say of it all. */
import { type BenchResult, byName, type Measurement, ratioTo, runsOf, type YardstickSummary } from './results.js';

const nameWidth = 40;
const barWidth = 24;
const disturbedShare = 0.15;

export function reportText(result: BenchResult): string {
  return [
    ...head(result),
    ...table(result),
    ...cost(result),
    ...storage(result),
    ...growth(result),
    ...targets(result),
    ...tail(result),
  ].join('\n');
}

function head({ version, machine, database, window_seconds }: BenchResult): string[] {
  const { disk } = machine;
  const load = machine.load_average.map((value) => value.toFixed(2)).join(' ');
  const busy = machine.busy_cores_before === null ? '' : `, ${machine.busy_cores_before.toFixed(2)} cores busy before`;
  const quiet = machine.quiet ? 'quiet' : 'NOT QUIET: compare ratios, not rates';
  const of = (name: string) => `${name} ${database[name]}`;
  return [
    `Timeledger ${version} on PostgreSQL ${database['server_version']}, windows of ${window_seconds} s`,
    `  machine  ${machine.cores} cores (${machine.processor}), ${machine.memory_gib} GiB, Node ${machine.node}`,
    `  load     ${load}${busy}: ${quiet}`,
    `  disk     8 kB and fdatasync: median ${disk.fdatasync_median_ms.toFixed(2)} ms, p99 ${disk.fdatasync_p99_ms.toFixed(2)} ms`,
    `  durable  ${['fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method'].map(of).join(', ')}`,
    '',
  ];
}

function table({ yardsticks, measurements, growth, pgbench_rate }: BenchResult): string[] {
  const runs = runsOf({ measurements, growth });
  const most = Math.max(1, ...yardsticks.map(({ rate }) => rate), ...runs.map(({ rate }) => rate));
  const line = (name: string, rate: number, pgbench: number | null) =>
    `${name.padEnd(nameWidth)}${integer(rate).padStart(9)}  ${bar(rate / most)} ${ratio(ratioTo(pgbench, rate))}`;
  const titles = ['p50', 'p95', 'p99', 'max'].map((title) => title.padStart(8)).join('');
  return [
    `${''.padEnd(nameWidth)}${'a second'.padStart(9)}  ${''.padEnd(barWidth)} pgbench${titles} ms  errors`,
    ...byName(yardsticks).map(
      (yardstick) => `${line(yardstick.name, yardstick.rate, pgbench_rate)}  ${spread(yardstick)}`,
    ),
    ...runs.map(
      (run) => `${line(run.name, run.rate, run.pgbench_rate)}${latencies(run)}  ${String(run.errors).padStart(9)}`,
    ),
    ...runs.flatMap((run) => (run.first_error === null ? [] : [`  ! ${run.name}: ${run.first_error}`])),
    '',
  ];
}

function spread({ runs, slowest, fastest, latency_average_ms: average }: YardstickSummary): string {
  const times = runs === 1 ? '' : `; ${runs} runs, ${integer(slowest)} to ${integer(fastest)}`;
  return `average ${average.toFixed(2)} ms${times}`;
}

function latencies({ latency }: Measurement): string {
  const { p50_ms, p95_ms, p99_ms, max_ms } = latency;
  return [p50_ms, p95_ms, p99_ms, max_ms].map((value) => value.toFixed(2).padStart(8)).join('');
}

function cost({ measurements, growth }: BenchResult): string[] {
  const runs = runsOf({ measurements, growth });
  const lines = runs.flatMap(({ name, cpu_seconds_per_1000: cpu, machine_cost: machine, other_cores: other }) => {
    if (!cpu) return [];
    const parts = [
      held(cpu.service, machine?.bare_http),
      held(cpu.postgres, machine?.pgbench),
      cpu.generator.toFixed(3).padStart(11),
    ];
    return [`${name.padEnd(nameWidth)}${parts.join('')}${(other ?? 0).toFixed(2).padStart(14)}`];
  });
  if (lines.length === 0) return [];
  const titles = `${'service by bare HTTP'.padStart(25)}${'PostgreSQL by pgbench'.padStart(25)}${'generator'.padStart(11)}`;
  return [`${'processor seconds by 1,000'.padEnd(nameWidth)}${titles}${'others, cores'.padStart(14)}`, ...lines, ''];
}

/** Seconds, and how many times what the machine takes at best: `0.071 = 2.40 x 0.030`. */
function held(seconds: number, best: number | null | undefined): string {
  const text = seconds.toFixed(3);
  if (!best) return text.padStart(25);
  return `${text} = ${(seconds / best).toFixed(2)} x ${best.toFixed(3)}`.padStart(25);
}

function storage({ storage: runs }: BenchResult): string[] {
  return runs.flatMap(({ name, bytes_per_entry: bytes, entries, tables }) => {
    const parts = Object.entries(tables).map(([table, part]) => `${table} ${part.toFixed(0)}`);
    return [
      `storage  ${bytes.toFixed(0)} bytes an entry over ${integer(entries)} entries of ${name}: ${parts.join(', ')}`,
      '',
    ];
  });
}

function growth({ growth: facts }: BenchResult): string[] {
  if (!facts) return [];
  const { early, late, ratio: by, fill_rate } = facts;
  const at = ({ entry, measurement }: typeof early) => `${integer(measurement.rate)}/s around entry ${integer(entry)}`;
  return [`growth   ${at(early)}, ${at(late)}: ${by.toFixed(2)} times; filled at ${integer(fill_rate)} entries/s`, ''];
}

function targets({ targets: list }: BenchResult): string[] {
  if (list.length === 0) return [];
  const lines = list.map(
    ({ what, wanted, found, met }) => `  ${met ? '✓' : '✗'} ${what.padEnd(52)}${found.padStart(14)}  ${wanted}`,
  );
  return ['asked for, on two quiet cores', ...lines, ''];
}

function tail({ books, verification, machine, ...runs }: BenchResult): string[] {
  const { acknowledged, grown_by, agree } = books;
  const entries = `${integer(acknowledged)} entries acknowledged, ${integer(grown_by)} in the books`;
  const verified = `${integer(verification.checked.entries)} entries verified in ${verification.seconds.toFixed(1)} s`;
  return [
    `books    ${entries}: ${agree ? 'they agree' : 'THEY DIFFER'}; ${verified}: ${verification.ok ? 'everything agrees' : 'DIFFERENCES'}`,
    ...disturbance(runs.measurements, machine.cores),
  ];
}

/** Work of others that came up while measuring; a machine that was quiet before may not have stayed so. */
function disturbance(measurements: readonly Measurement[], cores: number): string[] {
  const most = Math.max(0, ...measurements.map(({ other_cores: other }) => other ?? 0));
  if (most <= cores * disturbedShare) return [];
  return [
    `warning  other programs took up to ${most.toFixed(1)} of ${cores} cores while measuring: compare ratios and processor time, not rates`,
  ];
}

function bar(share: number): string {
  return '█'.repeat(Math.max(1, Math.round(share * barWidth))).padEnd(barWidth);
}

function ratio(value: number | null): string {
  return value === null ? ''.padEnd(7) : `${value.toFixed(2)} x`.padStart(7);
}

function integer(value: number): string {
  return Math.round(value).toLocaleString('en');
}
