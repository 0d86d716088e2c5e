/**
 * `timeledger bench`: measures the service as a user would run it, on a database of its own, against yardsticks on the same
 * PostgreSQL in the same run. Everything it starts is stopped and removed again, also on Ctrl-C.
 */

import { Cleanup } from '#src/commands/cleanup.js';
import { progressBar } from '#src/commands/progress.js';
import { verifyOne } from '#src/commands/verify/verify.js';
import { sameIn } from '#src/lib/language.js';
import { packageVersion } from '#src/version.js';
import { registerResidents, settleTables } from './county.js';
import { countEntries, readSettings } from './database-facts.js';
import { measureGrowth } from './growth.js';
import { lookAtMachine, measureDisk } from './machine.js';
import { chooseParts, type Part } from './parts.js';
import { openAccounts, registerCounty, registerNeighbours, registerRedeemers, withLane } from './population.js';
import { reportText } from './report.js';
import { type BenchResult, isSound, type Measurement, mean, ratiosOf, type Yardstick } from './results.js';
import { runParts, warmService } from './runs.js';
import { ledger, openStand, type Plan, type Stand } from './stand.js';
import { targetsOf } from './targets.js';
import { prepareYardsticks, type Yardsticks } from './yardsticks.js';

export interface BenchOptions {
  /** The result alone, as JSON, on standard output. */
  readonly json: boolean;
  /** Instead of the usual runs: fill the books up to entry 2,000,000 and compare the speed there with that at the beginning. */
  readonly grow: boolean;
  /** Of each measuring window. Default 10. */
  readonly seconds?: number;
  /** Parts of the usual runs; see parts.ts. Default all. */
  readonly only?: readonly string[];
}

const defaultSeconds = 10;

/** Refuses (StartError): what the service refuses at its start, and a part that there is not. */
export async function runBench(options: BenchOptions): Promise<void> {
  const chosen = options.grow ? new Set<Part>(['pgbench']) : chooseParts(options.only);
  const cleanup = new Cleanup('en');
  try {
    const result = await runAll(options, chosen, cleanup);
    console.log(options.json ? JSON.stringify(result, null, 2) : reportText(result));
    if (!isSound(result)) process.exitCode = 1;
  } finally {
    await cleanup.run();
  }
}

async function runAll(options: BenchOptions, chosen: ReadonlySet<Part>, cleanup: Cleanup): Promise<BenchResult> {
  const seconds = options.seconds ?? defaultSeconds;
  const startedAt = new Date().toISOString();
  const machine = await lookAtMachine();
  note('starting the service');
  const stand = await openStand(cleanup);
  const disk = measureDisk(stand.service.config.dataDir);
  const database = await readSettings(stand.sql);
  await populate(stand, chosen);
  const yardsticks = await prepareYardsticks(stand, chosen, seconds, note);
  const before = await yardsticks.before();
  for (const yardstick of before) tellYardstick(yardstick);
  const measured = await measureService(stand, options, chosen, seconds, yardsticks);
  const all = [...before, ...measured.yardsticks];
  const main = measured.yardsticks.map(({ rate }) => rate);
  const found = {
    version: packageVersion,
    started_at: startedAt,
    window_seconds: seconds,
    machine: { ...machine, disk },
    database,
    ...measured,
    yardsticks: all,
    pgbench_rate: main.length === 0 ? null : mean(main),
    verification: await verify(stand),
  };
  const result = { ...found, ratios: ratiosOf(found) };
  return { ...result, targets: targetsOf(result) };
}

/** Accounts always, members only where they are asked for. */
async function populate(stand: Stand, chosen: ReadonlySet<Part>): Promise<void> {
  note('opening 100,000 accounts');
  await withLane(stand.target, ledger, 1_000, async (lane) => {
    await openAccounts(lane);
    if (['redemptions', 'orders', 'intake', 'candidates'].some((part) => chosen.has(part as Part)))
      await registerCounty(lane);
    if (chosen.has('redemptions')) {
      note('registering 10,000 members with points');
      await registerRedeemers(lane);
    }
    if (chosen.has('orders') || chosen.has('intake')) {
      note('registering 21,280 members who order or serve');
      await registerNeighbours(lane);
    }
    if (chosen.has('candidates')) {
      note('registering 100,000 residents, their services and orders');
      await registerResidents(lane);
    }
  });
  if (chosen.has('candidates')) await settleTables(stand.sql);
}

async function measureService(
  stand: Stand,
  { grow }: BenchOptions,
  chosen: ReadonlySet<Part>,
  seconds: number,
  yardsticks: Yardsticks,
) {
  note('having the service load the accounts');
  await warmService(stand);
  const first = await countEntries(stand.sql, ledger);
  const runs = new Runs(stand, yardsticks);
  const measure = (plan: Plan) => runs.measure(plan);
  const growth = grow ? await measureGrowth(stand, seconds, measure) : null;
  const storage = grow ? [] : await runParts(stand, chosen, seconds, measure);
  const acknowledged = stand.acknowledged();
  const grownBy = (await countEntries(stand.sql, ledger)) - first;
  const books = { acknowledged, grown_by: grownBy, agree: acknowledged === grownBy };
  const measurements = grow ? [] : runs.measurements;
  return { measurements, yardsticks: runs.yardsticks, storage, growth, books };
}

/** Runs of the load generator, each between two runs of the main yardstick; results are told as soon as they are there. */
class Runs {
  readonly measurements: Measurement[] = [];
  readonly yardsticks: Yardstick[] = [];
  private before: Machine | null = null;

  constructor(
    private readonly stand: Stand,
    private readonly main: Yardsticks,
  ) {}

  async measure(plan: Plan): Promise<Measurement[]> {
    const before = this.before ?? (await this.machine());
    const measured = await this.stand.measure(plan);
    for (const measurement of measured) tellMeasurement(measurement);
    const after = await this.machine();
    this.before = after;
    const related = measured.map((measurement) => ({ ...measurement, ...between(before, after) }));
    this.measurements.push(...related);
    return related;
  }

  private async machine(): Promise<Machine> {
    const pgbench = await this.main.main();
    if (pgbench) {
      this.yardsticks.push(pgbench);
      tellYardstick(pgbench);
    }
    return { pgbench, bareHttp: await this.main.bareHttp() };
  }
}

/** What the machine was seen to do at one moment. */
interface Machine {
  readonly pgbench: Yardstick | null;
  readonly bareHttp: number | null;
}

/** What a run between the two is held against. */
function between(before: Machine, after: Machine): Pick<Measurement, 'pgbench_rate' | 'machine_cost'> {
  const middle = (of: (machine: Machine) => number | null | undefined) => {
    const [one, other] = [of(before), of(after)];
    return typeof one === 'number' && typeof other === 'number' ? mean([one, other]) : null;
  };
  const bare_http = middle(({ bareHttp }) => bareHttp);
  return {
    pgbench_rate: middle(({ pgbench }) => pgbench?.rate),
    machine_cost:
      bare_http === null ? null : { bare_http, pgbench: middle(({ pgbench }) => pgbench?.cpu_seconds_per_1000) },
  };
}

async function verify(stand: Stand): Promise<BenchResult['verification']> {
  note('verifying the books');
  const started = performance.now();
  const { ok, checked, findings } = await verifyOne(stand.sql, ledger, progressBar(sameIn('verifying'), 'en'));
  for (const { table, key, detail } of findings.slice(0, 10)) note(`! ${table.en} ${key.en}: ${detail.en}`);
  return { seconds: (performance.now() - started) / 1_000, ok, checked };
}

/** Progress goes to standard error, so that standard output is the result alone. */
function note(line: string): void {
  process.stderr.write(`· ${line}\n`);
}

function tellYardstick({ name, rate }: Yardstick): void {
  note(`${name.padEnd(40)}${Math.round(rate).toLocaleString('en').padStart(9)}/s`);
}

function tellMeasurement({ name, rate, latency, errors, first_error }: Measurement): void {
  const rated = `${Math.round(rate).toLocaleString('en').padStart(9)}/s`;
  note(
    `${name.padEnd(40)}${rated}  p99 ${latency.p99_ms.toFixed(2)} ms${errors > 0 ? `  ${errors} errors: ${first_error}` : ''}`,
  );
}
