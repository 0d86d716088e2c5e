/**
 * A dry run: a rule set tried on what was recorded, as a job for a worker. The books are read as they stand at one moment and are not touched; the
 * lines are kept as a file under the id of the job.
 */
import { setImmediate } from 'node:timers/promises';
import type { TransactionSql } from 'postgres';
import type { Pool } from '../../../db/connect.js';
import { readSnapshot } from '../../../db/snapshot.js';
import { loadHead } from '../../../ledger/load.js';
import { readLedger } from '../../../ledger/reads/ledgers.js';
import type { Clock } from '../../../lib/clock.js';
import { parseAmount } from '../../../lib/decimal.js';
import { dropBlob, keepBlob, writeBlob } from '../../../work/blobs.js';
import type { Outcome, Run } from '../../../work/runner.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { readRuleSetRows } from '../../credit/rule-set-reads.js';
import { findSet } from '../../credit/rule-sets.js';
import { lastCounted } from '../cap-periods.js';
import { headLine, lineOf } from './lines.js';
import { readPast } from './past.js';
import { type Replayed, replay } from './replay.js';
import { Tally, type TallyView, type TreeUnit } from './tally.js';

export interface DryRunRequest {
  /** `xinchang-pilot/2` */
  readonly ruleSet: string;
  readonly from: string;
  readonly to: string;
  readonly unit: string | null;
}

export interface DryRunResult extends DryRunRequest, TallyView {
  /** By which the lines are found. */
  readonly job: string;
  /** Of the CSV of all records. */
  readonly sha256: string;
  /** The last entry of the books that were read. */
  readonly at_entry: string;
}

/** How long the lines are kept: as long as the job is. */
const keepDays = 35;
const dayMilliseconds = 86_400_000;

/** People that are replayed before anybody else has a turn. */
const peopleInTurn = 20;

interface Tools {
  readonly sql: Pool;
  readonly clock: Clock;
}

/** Refuses: `rule_set_not_found`. */
export async function dryRun(tools: Tools, run: Run): Promise<Outcome> {
  return { result: await tryPast(tools, run, run.job.input as DryRunRequest, () => true) };
}

/** Tries a set on the past and keeps the lines that are wanted. Refuses: `rule_set_not_found`. */
export async function tryPast(
  { sql, clock }: Tools,
  run: Run,
  request: DryRunRequest,
  isWanted: (one: Replayed) => boolean,
): Promise<DryRunResult> {
  const { ledgerId, id: jobId } = run.job;
  const { zone } = await readLedger(sql, ledgerId);
  const { rules } = findSet(await readRuleSetRows(sql, ledgerId), request.ruleSet);
  const tally = new Tally();
  // One that was cut short begins anew.
  await dropBlob(sql, ledgerId, jobId);
  const [created, expires] = [clock(), clock() + keepDays * dayMilliseconds].map((time) =>
    new Date(time).toISOString(),
  );
  const times = { createdAt: created as string, expiresAt: expires as string };
  const { sha256, view, atEntry } = await readSnapshot(sql, async (snapshot) => {
    const { entryCount } = await loadHead(snapshot, ledgerId);
    const tree = await readTree(snapshot, ledgerId);
    const trial = { request, rules, zone, tree, tally, isWanted };
    const lines = linesOf(snapshot, run, trial);
    const blob = await writeBlob(sql, ledgerId, { id: jobId, ...times }, lines);
    return { sha256: blob.sha256, view: tally.view(tree), atEntry: String(entryCount) };
  });
  await keepBlob(sql, ledgerId, jobId, times.expiresAt);
  return { ...request, ...view, job: jobId, sha256, at_entry: atEntry };
}

interface Trial {
  readonly request: DryRunRequest;
  readonly rules: RuleSet;
  readonly zone: string;
  readonly tree: readonly TreeUnit[];
  readonly tally: Tally;
  readonly isWanted: (one: Replayed) => boolean;
}

/** The lines, as they are replayed and counted. */
async function* linesOf(
  snapshot: TransactionSql,
  { job: { ledgerId }, progress }: Run,
  { request, rules, zone, tree, tally, isWanted }: Trial,
): AsyncGenerator<Buffer> {
  const { from, to, unit } = request;
  const terms = { rules, from, to, zone, unitsWithin: unitsWithinOf(tree) };
  const total = await countPeople(snapshot, ledgerId);
  let done = 0;
  yield Buffer.from(headLine);
  const caps = { holdingCap: parseAmount(rules.holding_cap, 2), capVisit: parseAmount(rules.cap_visit, 2) };
  for await (const people of readPast(snapshot, { ledgerId, unit, to: lastCounted(rules, to), ...caps })) {
    const lines: string[] = [];
    for (const [i, person] of people.entries()) {
      // What the database answers meanwhile is heard, and the next is asked.
      if (i % peopleInTurn === 0) await setImmediate();
      const replayed = replay(person, terms);
      tally.add(person, replayed);
      for (const one of replayed) if (isWanted(one)) lines.push(lineOf(person, one));
    }
    done += people.length;
    await progress(done, total);
    if (lines.length > 0) yield Buffer.from(lines.join(''));
  }
  await progress(total, total);
}

async function readTree(sql: TransactionSql, ledgerId: number): Promise<TreeUnit[]> {
  const rows = await sql.unsafe(
    `select u.org_unit_id as id, u.parent_id as parent from timebank.org_units u where u.ledger_id = $1`,
    [ledgerId],
    { prepare: true },
  );
  return rows.map(({ id, parent }) => ({ id, parent }));
}

async function countPeople(sql: TransactionSql, ledgerId: number): Promise<number> {
  const [row] = await sql.unsafe(
    `select count(*)::int as count from timebank.members m where m.ledger_id = $1 and m.merged_into is null`,
    [ledgerId],
    { prepare: true },
  );
  return row?.['count'] ?? 0;
}

/** All units within one, itself included; each is worked out once. */
function unitsWithinOf(tree: readonly TreeUnit[]): (unit: string) => ReadonlySet<string> {
  const parents = new Map(tree.map(({ id, parent }) => [id, parent]));
  const known = new Map<string, ReadonlySet<string>>();
  const isBelow = (id: string, unit: string) => {
    let at: string | null = id;
    while (at !== null && at !== unit) at = parents.get(at) ?? null;
    return at === unit;
  };
  return (unit) => {
    const within = known.get(unit) ?? new Set(tree.map(({ id }) => id).filter((id) => isBelow(id, unit)));
    known.set(unit, within);
    return within;
  };
}
