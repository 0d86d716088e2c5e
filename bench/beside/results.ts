/** The shape of what `bench --beside` finds out: what `--json` prints and the report shows. */
import type { Verification } from '#src/ledger/verify/verify.js';
import type { MachineFacts } from '../machine.js';
import type { Measurement, Target } from '../results.js';

/** What others felt while something was done. */
export interface Phase {
  readonly name: string;
  /** How long that took. */
  readonly seconds: number;
  readonly streams: readonly Measurement[];
  /** The most that was resident meanwhile, in MB; null without /proc. */
  readonly service_mb: number | null;
  readonly worker_mb: number | null;
}

export interface BesideResult {
  readonly version: string;
  readonly started_at: string;
  readonly lines: number;
  readonly readers: number;
  readonly machine: MachineFacts;
  readonly database: Readonly<Record<string, string>>;
  readonly phases: readonly Phase[];
  readonly verification: { readonly seconds: number; readonly ok: boolean; readonly checked: Verification['checked'] };
  readonly targets: readonly Target[];
}

/** Who is measured for themselves: probes of a balancer, and those whom the work is for. */
export const healthName = 'GET /healthz';
export const readersName = 'auditors, page by page';

/** What is to be kept in every phase; meant for two quiet cores. */
export function targetsOf(phases: readonly Phase[]): Target[] {
  const busy = phases.filter(({ name }) => name !== aloneName);
  const worst = (wanted: (stream: Measurement) => boolean) =>
    Math.max(0, ...busy.flatMap(({ streams }) => streams.filter(wanted).map(({ latency }) => latency.p99_ms)));
  const memory = phases.flatMap(({ service_mb }) => (service_mb === null ? [] : [service_mb]));
  const isHealth = ({ name }: Measurement) => name === healthName;
  return [
    below(
      'every other request: p99 of the worst phase',
      worst((stream) => !isHealth(stream) && stream.name !== readersName),
      50,
      ' ms',
    ),
    below('GET /healthz: p99 of the worst phase', worst(isHealth), 20, ' ms'),
    ...(memory.length === 0 ? [] : [below('memory of the service', Math.max(...memory), 400, ' MB')]),
  ];
}

export const aloneName = 'alone';

function below(what: string, value: number, limit: number, unit: string): Target {
  return { what, wanted: `under ${limit}${unit}`, found: `${value.toFixed(1)}${unit}`, met: value < limit };
}

/** Whether the figures may be believed: nothing was refused or lost, and the books verify. */
export function isSound({ phases, verification }: Pick<BesideResult, 'phases' | 'verification'>): boolean {
  return verification.ok && phases.every(({ streams }) => streams.every(({ errors }) => errors === 0));
}
