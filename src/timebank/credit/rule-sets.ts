/**
 * Rule sets as a ledger makes them: one person proposes the values that change and the first day, another approves, and from that day on they
 * are in force until the next set begins. A set is never edited, and what was approved stays; only before its first day it can be withdrawn.
 */
import { change } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import type { TimebankKind } from '../chart.js';
import { orgUnitNotFound } from '../people/org-units.js';
import { orgUnitRows } from '../people/rows.js';
import { type Beside, isFirstPerson, keptAlias } from '../people/second-person.js';
import { stationRows } from '../people/stations/rows.js';
import { stationNotFound } from '../people/stations/stations.js';
import { ruleSetRows } from './rows.js';
import { type Basis, type RuleSet, type RuleValues, ruleSetName } from './rule-set.js';
import { faultsOf } from './rule-set-checks.js';
import { type RuleSetState, ruleSetStatesZh } from './rule-set-words.js';
import {
  approvedList,
  approvedSets,
  latestOn,
  type RuleSetRow,
  readRules,
  ruleSetOf,
  type StoredRules,
} from './rules-in-force.js';
import { xinchangPilot1 } from './xinchang-pilot.js';

export interface RuleSetRequest {
  /** Its id: a new one, or one that has versions; this becomes the next. */
  readonly ruleSet: string;
  /** First day of service it applies to. */
  readonly effectiveFrom: string;
  /** What differs from the set that is in force on that day. */
  readonly values: Partial<RuleValues>;
  /** The number of the document that says so. */
  readonly document: string | null;
}

/**
 * Drafts a set. Values that are not named are those in force on its first day.
 * Refuses: `rule_set_overlap`, `period_closed`, `rule_set_invalid` (its values do not go together), `org_unit_not_found`, `station_not_found`
 * (one that a value names).
 */
export function proposeRuleSet(
  stage: Stage,
  { ruleSet, effectiveFrom, values, document }: RuleSetRequest,
  proposedBy: string,
  beside: Beside = {},
): RuleSetRow {
  stage.prefetch({ lists: [approvedList, [ruleSetRows, 'family', ruleSet]] });
  requireFree(stage, effectiveFrom);
  const before = latestOn(approvedSets(stage), effectiveFrom);
  const rules = { ...before, ...values };
  const faults = faultsOf(rules);
  if (faults.length > 0)
    throw new Refusal(
      'rule_set_invalid',
      { en: 'these values do not go together', zh: '各项取值相互矛盾' },
      { errors: faults.map(({ key, at = '', detail }) => ({ pointer: `/values/${key}${at}`, detail })) },
    );
  requireNamed(stage, rules);
  const version = nextVersion(stage, ruleSet);
  return journal(stage, 'rule_set_proposed', {
    rule_set: ruleSet,
    version,
    state: 'draft',
    effective_from: effectiveFrom,
    rules: writeRules(rules, values, { document, basedOn: ruleSetName(before) }),
    proposed_by: proposedBy,
    proposed_alias: keptAlias(beside, nameOf(ruleSet, version)),
    proposed_at: stage.instant,
    decided_by: null,
    decided_at: null,
  });
}

export interface RuleSetDecision extends Beside {
  readonly ruleSet: string;
  readonly version: number;
  readonly actor: string;
}

/**
 * Puts a draft in force from its first day on.
 * Refuses: `rule_set_not_found`, `rule_set_decided`, `self_approval` (who proposed it), `rule_set_overlap`, `period_closed`, `rule_set_outdated`.
 */
export function approveRuleSet(stage: Stage, decision: RuleSetDecision): RuleSetRow {
  const row = requireRuleSet(stage, decision);
  if (row.state !== 'draft') throw decidedAlready(row);
  const first = { actor: row.proposed_by, alias: row.proposed_alias };
  if (isFirstPerson(stage, nameOf(row.rule_set, row.version), first, decision))
    throw new Refusal('self_approval', {
      en: 'who proposed a rule set cannot approve it',
      zh: '提出规则集草案的人不能审批该草案',
    });
  requireFree(stage, row.effective_from);
  requireUpToDate(stage, row);
  return journal(stage, 'rule_set_approved', { ...row, state: 'approved', ...decided(stage, decision.actor) });
}

/** Takes a draft back, or a set that was approved and has not begun. Refuses: `rule_set_not_found`, `rule_set_decided`. */
export function withdrawRuleSet(stage: Stage, decision: RuleSetDecision): RuleSetRow {
  const row = requireRuleSet(stage, decision);
  const hasBegun = row.state === 'approved' && row.effective_from <= stage.today;
  if (row.state === 'withdrawn' || hasBegun) throw decidedAlready(row);
  return journal(stage, 'rule_set_withdrawn', { ...row, state: 'withdrawn', ...decided(stage, decision.actor) });
}

/** A set begins after all others, on a day that is open. Refuses: `rule_set_overlap`, `period_closed`. */
function requireFree(stage: Stage, effectiveFrom: string): void {
  const last = approvedSets(stage).at(-1) as RuleSet;
  if (effectiveFrom <= last.effective_from)
    throw new Refusal('rule_set_overlap', {
      en: `${ruleSetName(last)} begins on ${last.effective_from}: the next set begins after it`,
      zh: `${ruleSetName(last)} 自 ${last.effective_from} 起施行，新的规则集须晚于该日施行`,
    });
  const { closedDay } = stage;
  if (closedDay !== null && effectiveFrom <= closedDay)
    throw new Refusal('period_closed', {
      en: `${effectiveFrom} lies in a closed period: the books are closed through ${closedDay}`,
      zh: `${effectiveFrom} 属于已关账的会计期间，账簿已关账至 ${closedDay}`,
    });
}

/** Values that a draft does not name are those of the set it was drafted on: another one since would be undone unseen. Refuses: `rule_set_outdated`. */
function requireUpToDate(stage: Stage, row: RuleSetRow): void {
  const { based_on: basedOn } = readRules(row);
  const now = ruleSetName(latestOn(approvedSets(stage), row.effective_from));
  if (basedOn === now) return;
  throw new Refusal('rule_set_outdated', {
    en: `it was drafted on ${basedOn}, and on its first day ${now} is in force by now: draft it anew`,
    zh: `该草案依据 ${basedOn} 拟定，而其施行首日的现行规则集已变为 ${now}，请重新拟定`,
  });
}

/** Refuses: `org_unit_not_found`, `station_not_found`. */
function requireNamed(stage: Stage, rules: RuleSet): void {
  const { calendar_bound: bound, further_caps: caps, station_coefficients: stations } = rules;
  const named = [
    ...Object.values(bound).flatMap(({ units }) => units),
    ...caps.flatMap((cap) => (cap.per === 'unit' ? cap.units : [])),
  ];
  stage.prefetch({ rows: named.map((id) => [orgUnitRows, id] as const) });
  const unit = named.find((id) => stage.row(orgUnitRows, id) === null);
  if (unit !== undefined) throw orgUnitNotFound(unit);
  const station = Object.keys(stations).find((id) => stage.row(stationRows, id) === null);
  if (station !== undefined) throw stationNotFound(station);
}

/** The built-in set takes the first number of its id. */
function nextVersion(stage: Stage, ruleSet: string): number {
  const known = stage.rows(ruleSetRows, 'family', ruleSet).map(({ version }) => version);
  const builtIn = ruleSet === xinchangPilot1.id ? xinchangPilot1.version : 0;
  return Math.max(builtIn, ...known) + 1;
}

/** Refuses: `rule_set_not_found`. */
function requireRuleSet(stage: Stage, { ruleSet, version }: Pick<RuleSetDecision, 'ruleSet' | 'version'>): RuleSetRow {
  const row = stage.row(ruleSetRows, ruleSet, String(version));
  if (row) return row;
  const name = `${ruleSet}/${version}`;
  if (name === ruleSetName(xinchangPilot1))
    throw new Refusal('rule_set_decided', {
      en: `${name} is built in, and stays as it is`,
      zh: `${name} 为内置规则集，不能变更`,
    });
  throw ruleSetNotFound(name);
}

function ruleSetNotFound(name: string): Refusal {
  return new Refusal('rule_set_not_found', { en: `there is no rule set ${name}`, zh: `没有规则集 ${name}` });
}

function decidedAlready({ rule_set, version, state }: RuleSetRow): Refusal {
  return new Refusal('rule_set_decided', {
    en: `${rule_set}/${version} is ${state} already`,
    zh: `${rule_set}/${version} ${ruleSetStatesZh[state as RuleSetState]}`,
  });
}

/** Every value, and its basis: what is new rests on the document. */
function writeRules(
  rules: RuleSet,
  changed: Partial<RuleValues>,
  { document, basedOn }: { readonly document: string | null; readonly basedOn: string },
): string {
  const { id: _, version: _version, effective_from: _from, basis, ...values } = rules;
  const own: Basis = { kind: 'C', source: document ?? '' };
  const ofChanged = Object.fromEntries(Object.keys(changed).map((key) => [key, own]));
  const stored: StoredRules = { ...values, basis: { ...basis, ...ofChanged }, based_on: basedOn };
  return JSON.stringify(stored);
}

/** How what is sealed for the row of a rule set names it. */
const nameOf = (ruleSet: string, version: number) => `rule_sets/${ruleSet}/${version}`;

const decided = (stage: Stage, actor: string) => ({
  proposed_alias: null,
  decided_by: actor,
  decided_at: stage.instant,
});

function journal(stage: Stage, kind: TimebankKind, row: RuleSetRow): RuleSetRow {
  const { number } = stage.post({ kind, rows: [change(ruleSetRows, row)] });
  return { ...row, entry: number };
}

/** A rule set as the interface shows it; null: it is built in, and nobody proposed it. */
export function viewRuleSet(rules: RuleSet, row: RuleSetRow | null) {
  const { basis } = rules;
  const values = (Object.keys(basis) as (keyof RuleValues)[]).map((key) => ({
    key,
    value: rules[key],
    basis: basis[key].kind,
    source: basis[key].source,
  }));
  return { ...headOf(rules, row), values };
}

export function headOf(rules: RuleSet, row: RuleSetRow | null) {
  return {
    id: `${rules.id}-${rules.version}`,
    name: ruleSetName(rules),
    state: (row?.state ?? 'approved') as RuleSetState,
    effective_from: rules.effective_from,
    proposed_by: row?.proposed_by ?? null,
    proposed_at: row?.proposed_at ?? null,
    decided_by: row?.decided_by ?? null,
    decided_at: row?.decided_at ?? null,
    entry: row === null ? null : String(row.entry),
  };
}

/** By its name, `xinchang-pilot/2`. Refuses: `rule_set_not_found`. */
export function findSet(rows: readonly RuleSetRow[], name: string) {
  const found = allSets(rows).find(({ rules }) => ruleSetName(rules) === name);
  if (!found) throw ruleSetNotFound(name);
  return found;
}

/** The same of a set that was approved. Refuses: `rule_set_not_found`, `rule_set_not_effective` (nobody has approved it). */
export function findApproved(rows: readonly RuleSetRow[], name: string): RuleSet {
  const { rules, row } = findSet(rows, name);
  if (row === null || row.state === 'approved') return rules;
  throw new Refusal('rule_set_not_effective', {
    en: `${name} is ${row.state}: nothing is judged by it`,
    zh: `${name} 尚未批准或已撤回，不能据以计算`,
  });
}

/** The built-in set and those of rows, in the order of their names. */
export function allSets(rows: readonly RuleSetRow[]): { readonly rules: RuleSet; readonly row: RuleSetRow | null }[] {
  return [{ rules: xinchangPilot1, row: null }, ...rows.map((row) => ({ rules: ruleSetOf(row), row }))];
}
