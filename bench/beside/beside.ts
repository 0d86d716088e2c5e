/**
 * `timeledger bench --beside`: what others feel while a large file is imported, a large statement is matched, and auditors read what
 * came of it. Others are those who post, redeem, ask for balances and probe the service at a steady, modest rate.
 */

import { Cleanup } from '#src/commands/cleanup.js';
import { progressBar } from '#src/commands/progress.js';
import { verifyOne } from '#src/commands/verify/verify.js';
import { sameIn } from '#src/lib/language.js';
import { packageVersion } from '#src/version.js';
import { readSettings } from '../database-facts.js';
import type { LoadStream } from '../load-protocol.js';
import { lookAtMachine } from '../machine.js';
import { memberCount, partnerId } from '../names.js';
import { openAccounts, registerRedeemers, withLane } from '../population.js';
import { postingStream, redemptionStream, warmService } from '../runs.js';
import { ledger, openStand, type Stand } from '../stand.js';
import { clientOf } from './client.js';
import { statementFile, visitsFile } from './files.js';
import { reportText } from './report.js';
import { watchMemory } from './resident.js';
import { aloneName, type BesideResult, healthName, isSound, type Phase, readersName, targetsOf } from './results.js';

export interface BesideOptions {
  readonly json: boolean;
  /** How long others are measured alone, and while auditors read. Default 20. */
  readonly seconds?: number;
  readonly lines?: number;
  readonly readers?: number;
}

const defaults = { seconds: 20, lines: 100_000, readers: 20 };
/** Others rest after each answer. */
const pauseMilliseconds = 10;

export async function runBeside(options: BesideOptions): Promise<void> {
  const cleanup = new Cleanup('en');
  try {
    const result = await runAll({ ...defaults, ...options }, cleanup);
    console.log(options.json ? JSON.stringify(result, null, 2) : reportText(result));
    if (!isSound(result)) process.exitCode = 1;
  } finally {
    await cleanup.run();
  }
}

async function runAll({ seconds, lines, readers }: Required<BesideOptions>, cleanup: Cleanup): Promise<BesideResult> {
  const startedAt = new Date().toISOString();
  const machine = await lookAtMachine();
  note('starting the service');
  const stand = await openStand(cleanup);
  note(`registering members, and redeeming for a statement of ${lines.toLocaleString('en')} lines`);
  await populate(stand, lines);
  const phases = await runPhases(stand, { seconds, lines, readers });
  note('verifying the books');
  const started = performance.now();
  const { ok, checked } = await verifyOne(stand.sql, ledger, progressBar(sameIn('verifying'), 'en'));
  const verification = { seconds: (performance.now() - started) / 1_000, ok, checked };
  const database = await readSettings(stand.sql);
  const about = { version: packageVersion, started_at: startedAt, lines, readers, machine, database };
  return { ...about, phases, verification, targets: targetsOf(phases) };
}

/** Members, and as many redemptions as the statement is to have lines. */
async function populate(stand: Stand, lines: number): Promise<void> {
  await withLane(stand.target, ledger, 1_000, async (lane) => {
    await openAccounts(lane);
    await registerRedeemers(lane);
  });
  await warmService(stand);
  const plan = { warmupSeconds: 0, seconds: 3_600, stopAfterEntries: lines, label: 'redeeming' };
  await stand.measure({ ...plan, streams: [redemptionStream(stand)] });
}

async function runPhases(
  stand: Stand,
  { seconds, lines, readers }: Pick<Required<BesideOptions>, 'seconds' | 'lines' | 'readers'>,
): Promise<Phase[]> {
  const others = otherStreams(stand);
  const operator = clientOf(stand, 'operator');
  const phases: Phase[] = [];
  const beside = async (name: string, work: () => Promise<void>, streams = others) => {
    const phase = await measurePhase(stand, name, streams, work);
    phases.push(phase);
    tell(phase);
  };
  const pass = () => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1_000));

  await beside(aloneName, pass);
  const visits = visitsFile(lines, Date.now());
  let id = '';
  await beside('beside an import that is staged', async () => {
    ({ id } = (await operator.post('/v1/imports?kind=visits', visits)) as { id: string });
  });
  await beside('beside its commit', async () => {
    const { counts } = (await operator.post(`/v1/imports/${id}/commit`)) as { counts: { imported: number } };
    if (counts.imported !== lines) throw new Error(`of ${lines} visits ${counts.imported} were imported`);
  });
  const { csv, from, to } = await statementFile(stand.sql, lines);
  await beside('beside a statement that is taken in', async () => {
    const query = new URLSearchParams({ partner: partnerId, from, to });
    ({ id } = (await operator.post(`/v1/partner-statements?${query}`, csv)) as { id: string });
  });
  await beside('beside its match', async () => {
    ({ id } = (await operator.post('/v1/reconciliations', { partner_statement: id })) as { id: string });
  });
  const lists = [`/v1/reconciliations/${id}/lines?limit=200`, `/v1/reconciliations/${id}/breaks?limit=200`];
  const auditors: LoadStream = {
    name: readersName,
    kind: 'pages',
    connections: readers,
    tokens: Array.from({ length: readers }, (_, i) => stand.token('auditor', `auditor-${i}`)),
    population: 0,
    paths: lists,
  };
  await beside(`beside ${readers} auditors who read it`, pass, [...others, auditors]);
  return phases;
}

function otherStreams(stand: Stand): LoadStream[] {
  const auditor = [stand.token('auditor', 'bench')];
  const steady = { pauseMilliseconds, population: memberCount };
  return [
    { ...postingStream(stand, 4), name: 'postings', pauseMilliseconds },
    { ...redemptionStream(stand), name: 'redemptions', connections: 2, pauseMilliseconds },
    { ...steady, name: 'balances', kind: 'balance', connections: 2, tokens: auditor },
    { ...steady, name: healthName, kind: 'health', connections: 1, tokens: auditor },
  ];
}

async function measurePhase(
  stand: Stand,
  name: string,
  streams: readonly LoadStream[],
  work: () => Promise<void>,
): Promise<Phase> {
  const memory = watchMemory(stand.service.pid);
  let seconds = 0;
  try {
    const measured = await stand.measureBeside(streams, async () => {
      const started = performance.now();
      await work();
      seconds = (performance.now() - started) / 1_000;
    });
    return { name, seconds, streams: measured, service_mb: memory.service, worker_mb: memory.worker };
  } finally {
    memory.stop();
  }
}

function tell({ name, seconds, streams, service_mb, worker_mb }: Phase): void {
  const slowest = streams.map((stream) => `${stream.name} p99 ${stream.latency.p99_ms.toFixed(1)} ms`).join(', ');
  note(
    `${name}, ${seconds.toFixed(1)} s: ${slowest}; ${Math.round(service_mb ?? 0)} + ${Math.round(worker_mb ?? 0)} MB`,
  );
}

/** Progress goes to standard error, so that standard output is the result alone. */
function note(line: string): void {
  process.stderr.write(`· ${line}\n`);
}
