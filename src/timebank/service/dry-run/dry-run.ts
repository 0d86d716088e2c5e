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
import { hasSharedLimits } from '../limits/keys.js';
import { LimitSums, readLimitSums } from './limit-sums.js';
import { headLine, lineOf } from './lines.js';
import { type PastPerson, readPast } from './past.js';
import { Past, type Replayed, type ReplayTerms, replay, replayTogether } from './replay.js';
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

/** People, or records, that are replayed before anybody else has a turn. */
const peopleInTurn = 20;
const recordsInTurn = 500;

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
async function* linesOf(snapshot: TransactionSql, { job: { ledgerId }, progress }: Run, trial: Trial) {
  const { request, rules, zone, tree, tally, isWanted } = trial;
  const { from, to, unit } = request;
  const limited = hasSharedLimits(rules);
  const uses = limited ? await readLimitSums(snapshot, ledgerId) : new LimitSums();
  const units = { unitsWithin: unitsWithinOf(tree), unitsFrom: unitsFromOf(tree) };
  const terms: ReplayTerms = { rules, from, to, zone, ...units, uses };
  const total = await countPeople(snapshot, ledgerId);
  let done = 0;
  yield Buffer.from(headLine);
  const caps = { holdingCap: parseAmount(rules.holding_cap, 2), capVisit: parseAmount(rules.cap_visit, 2) };
  const told = (person: Named, replayed: readonly Replayed[]) => {
    tally.add(person, replayed);
    return replayed.filter(isWanted).map((one) => lineOf(person, one));
  };
  const pasts: (readonly [Named, Past])[] = [];
  for await (const people of readPast(snapshot, { ledgerId, unit, to: lastCounted(rules, to), ...caps, limited })) {
    const lines: string[] = [];
    for (const [i, person] of people.entries()) {
      // What the database answers meanwhile is heard, and the next is asked.
      if (i % peopleInTurn === 0) await setImmediate();
      if (limited) pasts.push(pastOf(person, terms));
      else lines.push(...told(person, replay(person, terms)));
    }
    done += people.length;
    await progress(done, total);
    if (lines.length > 0) yield Buffer.from(lines.join(''));
  }
  for (const [i, [person, replayed]] of losersFirst(await together(pasts)).entries()) {
    if (i % peopleInTurn === 0) await setImmediate();
    const lines = told(person, replayed);
    if (lines.length > 0) yield Buffer.from(lines.join(''));
  }
  await progress(total, total);
}

type Named = Pick<PastPerson, 'id' | 'unit'>;

/** Somebody whose past waits for everybody else's: what they used of shared limits is free until their records are judged anew. */
function pastOf(person: PastPerson, terms: ReplayTerms): readonly [Named, Past] {
  const past = new Past(person, terms);
  for (const record of past.records) terms.uses.leaveOut(record);
  return [{ id: person.id, unit: person.unit }, past];
}

/** All pasts replayed in one order, person by person. */
async function together(pasts: readonly (readonly [Named, Past])[]): Promise<(readonly [Named, Replayed[]])[]> {
  const replayed = new Map<Named, Replayed[]>(pasts.map(([person]) => [person, []]));
  let done = 0;
  for (const [person, one] of replayTogether(pasts)) {
    if (done % recordsInTurn === 0) await setImmediate();
    done += 1;
    replayed.get(person)?.push(one);
  }
  return [...replayed];
}

/** Those who would use less of shared limits come first: what is posted in this order takes from a limit only what others have given back. */
function losersFirst(people: (readonly [Named, Replayed[]])[]): (readonly [Named, Replayed[]])[] {
  const gain = (replayed: readonly Replayed[]) =>
    replayed.reduce((sum, { record: { counted }, after: { toMember, toPool, limits } }) => {
      const before = counted.reduce((total, { coins }) => total + coins, 0n);
      return sum + (toMember + toPool) * BigInt(limits.length) - before;
    }, 0n);
  const gains = new Map(people.map(([{ id }, replayed]) => [id, gain(replayed)]));
  return people.sort(([one], [other]) => Number((gains.get(one.id) ?? 0n) - (gains.get(other.id) ?? 0n)));
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

/** A unit and those above it; each is worked out once. */
function unitsFromOf(tree: readonly TreeUnit[]): (unit: string) => readonly string[] {
  const parents = new Map(tree.map(({ id, parent }) => [id, parent]));
  const known = new Map<string, readonly string[]>();
  const from = (unit: string): readonly string[] => {
    const parent = parents.get(unit) ?? null;
    const units = known.get(unit) ?? [unit, ...(parent === null ? [] : from(parent))];
    known.set(unit, units);
    return units;
  };
  return from;
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
