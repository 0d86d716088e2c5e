/**
 * A recomputation: records that a wrong rule has judged, judged anew by another set. One person proposes it, with every change in a file; another
 * approves; then it is posted, some volunteers at a time, and goes on where it stopped. Undoing takes two people, too.
 *
 *     proposed -> posting -> posted -> undoing -> undone
 *     proposed -> withdrawn
 */
import { change } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import { creditNeeds, type FreeHolds } from '../../credit/receivable.js';
import { ruleSetName } from '../../credit/rule-set.js';
import { approvedSets, rulesNamed } from '../../credit/rules-in-force.js';
import { allIdsOf } from '../../people/members.js';
import { memberRows } from '../../people/rows.js';
import { type Beside, isFirstPerson, keptAlias } from '../../people/second-person.js';
import { type RecomputationState, recomputationStatesZh } from '../../service-words.js';
import { firstCounted, lastCounted } from '../cap-periods.js';
import { prefetchCounts } from '../limits/count.js';
import {
  recomputationRows,
  serviceCorrectionRows,
  serviceDifferenceRows,
  serviceRecomputationRows,
  serviceRecordRows,
} from '../rows.js';
import { judgedBy, type ServiceRecord } from '../standing.js';
import { byVolunteer, type RecordChange } from './changes.js';
import { haveRoomFor, postChange, rulesBefore, standingAs, undoChange } from './post.js';

export type Recomputation = ReturnType<typeof recomputationRows.decode>;

/** What was computed of it. */
export type Proposed = Pick<
  Recomputation,
  | 'recomputation_id'
  | 'rule_set'
  | 'first_on'
  | 'last_on'
  | 'org_unit_id'
  | 'document'
  | 'lines'
  | 'lines_sha256'
  | 'coins'
  | 'to_pool'
  | 'at_entry'
>;

/** Puts what was computed up for approval, once. `alias` as the row keeps it. */
export function proposeRecomputation(stage: Stage, proposed: Proposed, alias: string | null): Recomputation {
  const known = stage.row(recomputationRows, proposed.recomputation_id);
  if (known) return known;
  return journal(stage, 'recomputation_proposed', {
    ...proposed,
    state: 'proposed',
    ...{
      done: 0,
      left_out: 0,
      decided_by: null,
      decided_at: null,
      undo_proposed_by: null,
      undo_alias: null,
      undone_by: null,
    },
    proposed_by: stage.actingAs,
    proposed_alias: alias,
    proposed_at: stage.instant,
  });
}

export interface Decision extends Beside {
  readonly id: string;
  readonly actor: string;
}

/**
 * Refuses: `recomputation_not_found`, `recomputation_decided`, `self_approval` (who proposed it), `rule_set_not_effective` (the set was withdrawn
 * since).
 */
export function approveRecomputation(stage: Stage, decision: Decision): Recomputation {
  const row = requireIn(stage, decision.id, 'proposed');
  const first = { actor: row.proposed_by, alias: row.proposed_alias };
  if (isFirstPerson(stage, aliasName(decision.id), first, decision)) throw ownProposal();
  if (!approvedSets(stage).some((rules) => ruleSetName(rules) === row.rule_set))
    throw new Refusal('rule_set_not_effective', {
      en: `${row.rule_set} was withdrawn: nothing is judged by it`,
      zh: `${row.rule_set} 已撤回，不能据以计算`,
    });
  const state = row.lines === 0 ? 'posted' : 'posting';
  return journal(stage, 'recomputation_approved', { ...row, state, ...decided(stage, decision) });
}

/** Refuses: `recomputation_not_found`, `recomputation_decided`. */
export function withdrawRecomputation(stage: Stage, decision: Decision): Recomputation {
  const row = requireIn(stage, decision.id, 'proposed');
  return journal(stage, 'recomputation_withdrawn', { ...row, state: 'withdrawn', ...decided(stage, decision) });
}

/**
 * Proposes to undo what was posted, or begins to, when another person asks for the same.
 * Refuses: `recomputation_not_found`, `recomputation_decided` (it is not posted), `self_approval`.
 */
export function undoRecomputation(stage: Stage, decision: Decision): Recomputation {
  const row = requireIn(stage, decision.id, 'posted');
  const name = `${aliasName(decision.id)}/undo`;
  if (row.undo_proposed_by === null) {
    const proposed = { undo_proposed_by: decision.actor, undo_alias: keptAlias(decision, name) };
    return journal(stage, 'recomputation_undo_proposed', { ...row, ...proposed });
  }
  const first = { actor: row.undo_proposed_by, alias: row.undo_alias };
  if (isFirstPerson(stage, name, first, decision)) throw ownProposal();
  const state = row.done === row.left_out ? 'undone' : 'undoing';
  const undone = { undo_alias: null, undone_by: decision.actor, done: 0, left_out: 0 };
  return journal(stage, 'recomputation_undo_approved', { ...row, state, ...undone, lines: row.done - row.left_out });
}

/** Posts lines that follow those which are done; `from` says after how many, and what was done meanwhile is not done again. */
export function postLines(
  stage: Stage,
  id: string,
  from: number,
  lines: readonly RecordChange[],
  freeHolds: FreeHolds,
): Recomputation {
  const row = requireRecomputation(stage, id);
  if (row.state !== 'posting' || row.done !== from) return row;
  const records = prefetchRecords(stage, lines);
  prefetchCounts(stage, records, () => rulesNamed(stage, row.rule_set));
  stage.prefetch({ accounts: lines.flatMap(({ volunteer }) => creditNeeds(volunteer, 'coins')) });
  const groups = byVolunteer(lines);
  // All of a person's lines or none: what one of them carries is minted in another.
  const posted = stage.savepoints(
    groups.map((group) => () => {
      const [{ volunteer } = { volunteer: '' }] = group;
      if (haveRecordsChanged(stage, row, volunteer)) return group.map(() => null);
      if (group.some((line) => standingAs(stage, line) === null)) return group.map(() => null);
      if (!haveRoomFor(stage, row, group)) return group.map(() => null);
      const except = group.map(({ record }) => record);
      return group.map((line) => postChange(stage, row, line, { except, freeHolds }));
    }),
  );
  const leftOut = posted.reduce((sum, one, i) => {
    const lines = groups[i]?.length ?? 0;
    return sum + (one instanceof Refusal ? lines : one.filter((entry) => entry === null).length);
  }, 0);
  return progressed(stage, row, lines.length, leftOut, 'posted');
}

/**
 * Whether records of a volunteer that count under caps with those of the recomputation were recorded, annulled or judged anew since it was
 * computed: its lines do not know them.
 */
function haveRecordsChanged(stage: Stage, row: Recomputation, volunteer: string): boolean {
  const { at_entry: since, recomputation_id: own } = row;
  if (since === null) return false;
  const rules = rulesNamed(stage, row.rule_set);
  const [first, last] = [firstCounted(rules, row.first_on), lastCounted(rules, row.last_on)];
  const ids = allIdsOf(stage, volunteer);
  stage.prefetch({
    lists: ids.flatMap((id) => [
      [serviceRecordRows, 'volunteer', id] as const,
      [serviceCorrectionRows, 'volunteer', id] as const,
    ]),
  });
  const isLater = ({ entry = 0 }: { readonly entry?: number }) => entry > since;
  const records = ids
    .flatMap((id) => stage.rows(serviceRecordRows, 'volunteer', id))
    .filter(({ served_on }) => served_on >= first && served_on <= last);
  const within = new Set(records.map(({ service_record_id: id }) => id));
  const corrections = ids
    .flatMap((id) => stage.rows(serviceCorrectionRows, 'volunteer', id))
    .filter(({ service_record_id: id, status }) => within.has(id) && status === 'carried_out');
  if (records.some(isLater) || corrections.some(isLater)) return true;
  const lists = [...within].map((id) => [serviceRecomputationRows, 'record', id] as const);
  stage.prefetch({ lists });
  return lists
    .flatMap(([table, index, id]) => stage.rows(table, index, id))
    .some((one) => isLater(one) && one.recomputation_id !== own);
}

/** What was posted of a recomputation: the entry, and of which record it is. */
export interface PostedChange {
  readonly entry: number;
  readonly record: string;
}

/** Takes back changes that follow those which are done, as `postLines` posts them. */
export function undoChanges(
  stage: Stage,
  id: string,
  from: number,
  changes: readonly PostedChange[],
  freeHolds: FreeHolds,
): Recomputation {
  const row = requireRecomputation(stage, id);
  if (row.state !== 'undoing' || row.done !== from) return row;
  const records = prefetchRecords(stage, changes);
  const entries = new Map(changes.map(({ entry, record }) => [record, entry]));
  prefetchCounts(stage, records, (one) => rulesBefore(stage, one, entries.get(one.service_record_id) ?? 0));
  const undone = stage.savepoints(
    changes.map(
      ({ entry, record }) =>
        () =>
          undoChange(stage, entry, record, freeHolds),
    ),
  );
  const leftOut = undone.filter((one) => one === null || one instanceof Refusal).length;
  return progressed(stage, row, changes.length, leftOut, 'undone');
}

/** What every line reads of its record, loaded together. */
function prefetchRecords(stage: Stage, lines: readonly { readonly record: string }[]): ServiceRecord[] {
  const ids = lines.map(({ record }) => record);
  stage.prefetch({
    rows: ids.flatMap((id) => [[serviceRecordRows, id] as const, [serviceCorrectionRows, id] as const]),
    lists: ids.flatMap((id) => [
      [serviceDifferenceRows, 'record', id] as const,
      [serviceRecomputationRows, 'record', id] as const,
    ]),
  });
  const volunteers = ids.flatMap((id) => stage.row(serviceRecordRows, id)?.volunteer_id ?? []);
  stage.prefetch({ rows: volunteers.map((id) => [memberRows, id] as const) });
  const records = ids.flatMap((id) => stage.row(serviceRecordRows, id) ?? []);
  stage.savepoints(records.map((one) => () => judgedBy(stage, one)));
  return records;
}

function progressed(
  stage: Stage,
  row: Recomputation,
  lines: number,
  leftOut: number,
  end: 'posted' | 'undone',
): Recomputation {
  const done = row.done + lines;
  const state = done >= row.lines ? end : row.state;
  return journal(stage, 'recomputation_progressed', { ...row, state, done, left_out: row.left_out + leftOut });
}

/** Refuses: `recomputation_not_found`. */
function requireRecomputation(stage: Stage, id: string): Recomputation {
  const row = stage.row(recomputationRows, id);
  if (!row) throw recomputationNotFound(id);
  return row;
}

/** Refuses: `recomputation_not_found`, `recomputation_decided`. */
function requireIn(stage: Stage, id: string, state: RecomputationState): Recomputation {
  const row = requireRecomputation(stage, id);
  if (row.state === state) return row;
  throw new Refusal('recomputation_decided', {
    en: `recomputation ${id} is ${row.state}`,
    zh: `重算 ${id} 的状态为“${recomputationStatesZh[row.state]}”`,
  });
}

export function recomputationNotFound(id: string): Refusal {
  return new Refusal('recomputation_not_found', {
    en: `there is no recomputation ${id}`,
    zh: `没有编号为 ${id} 的重算`,
  });
}

function ownProposal(): Refusal {
  return new Refusal('self_approval', {
    en: 'who proposed this does not decide it',
    zh: '重算及其撤销的提出人，不能审批自己提出的事项',
  });
}

/** How what is sealed for the row of a recomputation names it. */
export const aliasName = (id: string) => `recomputations/${id}`;

const decided = (stage: Stage, { actor }: Decision) => ({
  proposed_alias: null,
  decided_by: actor,
  decided_at: stage.instant,
});

function journal(stage: Stage, kind: TimebankKind, row: Recomputation): Recomputation {
  const { number } = stage.post({ kind, rows: [change(recomputationRows, row)] });
  return { ...row, entry: number };
}
