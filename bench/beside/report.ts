/** The result of `bench --beside` for people: a table a phase, the memory, and what was asked for. */
import type { Measurement } from '../results.js';
import type { BesideResult, Phase } from './results.js';

const nameWidth = 30;

export function reportText({ phases, targets, verification, ...run }: BesideResult): string {
  const { machine, database } = run;
  const quiet = machine.quiet ? 'quiet' : 'NOT QUIET';
  const lines = run.lines.toLocaleString('en');
  const { entries } = verification.checked;
  return [
    `Timeledger ${run.version} on PostgreSQL ${database['server_version']}: what others feel beside ${lines} lines and ${run.readers} readers`,
    `  machine  ${machine.cores} cores (${machine.processor}), ${machine.memory_gib} GiB, Node ${machine.node}: ${quiet}`,
    '',
    ...phases.flatMap(phaseText),
    'asked for, on two quiet cores',
    ...targets.map(
      ({ what, wanted, found, met }) => `  ${met ? '✓' : '✗'} ${what.padEnd(46)}${found.padStart(12)}  ${wanted}`,
    ),
    '',
    `books    ${entries.toLocaleString('en')} entries verified in ${verification.seconds.toFixed(1)} s: ${verification.ok ? 'everything agrees' : 'DIFFERENCES'}`,
  ].join('\n');
}

function phaseText({ name, seconds, streams, service_mb, worker_mb }: Phase): string[] {
  const megabytes = (value: number | null) => (value === null ? '?' : Math.round(value));
  const titles = ['a second', 'p50', 'p95', 'p99', 'max'].map((title) => title.padStart(9)).join('');
  return [
    `${name}: ${seconds.toFixed(1)} s; service ${megabytes(service_mb)} MB, worker ${megabytes(worker_mb)} MB at most`,
    `  ${''.padEnd(nameWidth)}${titles} ms  errors`,
    ...streams.flatMap(streamText),
    '',
  ];
}

function streamText({ name, rate, latency, errors, first_error: first }: Measurement): string[] {
  const times = [latency.p50_ms, latency.p95_ms, latency.p99_ms, latency.max_ms].map((value) =>
    value.toFixed(1).padStart(9),
  );
  const line = `  ${name.padEnd(nameWidth)}${Math.round(rate).toLocaleString('en').padStart(9)}${times.join('')}${String(errors).padStart(11)}`;
  return first === null ? [line] : [line, `  ! ${first}`];
}
