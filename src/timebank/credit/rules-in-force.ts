/**
 * Which rules apply on a day: the built-in ones, and whatever the ledger has approved since. Each set is in force until the next begins, so
 * that a day has one and only one. It does not know how a set comes to be approved.
 */
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import { ruleSetRows } from './rows.js';
import { type RuleSet, type RuleValues, ruleSetName } from './rule-set.js';
import { xinchangPilot1 } from './xinchang-pilot.js';

export type RuleSetRow = ReturnType<typeof ruleSetRows.decode>;

/** The rules of a service day, whenever it is recorded. Refuses: `rule_set_not_effective` (the day lies before every set). */
export function rulesOn(stage: Stage, day: string): RuleSet {
  return ruleSetOn(approvedSets(stage), day);
}

/** The rules by which what is done now is decided: holds, codes, deadlines. */
export function rulesToday(stage: Stage): RuleSet {
  return latestOn(approvedSets(stage), stage.today);
}

/** The rules that an entry or a record names, whatever became of the set since. A name that no set has is a bug and throws. */
export function rulesNamed(stage: Stage, name: string): RuleSet {
  if (name === ruleSetName(xinchangPilot1)) return xinchangPilot1;
  const [id = '', version = ''] = name.split('/');
  const row = stage.row(ruleSetRows, id, version);
  if (!row) throw new Error(`there is no rule set ${name}`);
  return ruleSetOf(row);
}

/** What all of these read, for commands that ask for what they read at once. */
export const approvedList = [ruleSetRows, 'state', 'approved'] as const;

/** All sets that were approved, the built-in one first, in the order of their first days. */
export function approvedSets(stage: Stage): readonly RuleSet[] {
  const rows = stage.rows(...approvedList);
  const isLast = rows.length === last.rows.length && rows.every((row, i) => row === last.rows[i]);
  if (!isLast) last = { rows, sets: inOrder(rows) };
  return last.sets;
}

/** Rows are replaced, never changed, and asked for many times in a row: what the same ones came to is kept. */
let last: { readonly rows: readonly RuleSetRow[]; readonly sets: readonly RuleSet[] } = {
  rows: [],
  sets: [xinchangPilot1],
};

/** The same of rows that were read. */
export function inOrder(approved: readonly RuleSetRow[]): readonly RuleSet[] {
  const sets = approved.map(ruleSetOf).sort((one, other) => (one.effective_from < other.effective_from ? -1 : 1));
  return [xinchangPilot1, ...sets];
}

/** Of approved sets in their order, the one in force on a day. Refuses: `rule_set_not_effective`. */
function ruleSetOn(sets: readonly RuleSet[], day: string): RuleSet {
  const found = latestOn(sets, day);
  if (day >= found.effective_from) return found;
  throw new Refusal('rule_set_not_effective', {
    en: `${ruleSetName(found)} applies from ${found.effective_from} on, the service was on ${day}`,
    zh: `${ruleSetName(found)} 自 ${found.effective_from} 起施行，该服务发生于 ${day}`,
  });
}

/** Of approved sets in their order, the one in force on a day, or the first one before there is any. */
export function latestOn(sets: readonly RuleSet[], day: string): RuleSet {
  return sets.findLast(({ effective_from }) => effective_from <= day) ?? (sets[0] as RuleSet);
}

/** What the row of a set holds: every value with its basis, and the set that was in force on its first day when it was drafted. */
export type StoredRules = RuleValues & Pick<RuleSet, 'basis'> & { readonly based_on: string };

export function readRules({ rules }: Pick<RuleSetRow, 'rules'>): StoredRules {
  return JSON.parse(rules) as StoredRules;
}

/** Rows are replaced, never changed: what one holds is parsed once. */
const parsed = new WeakMap<object, RuleSet>();

/** A rule set as it stands in its row. Values that a later version of this service added are those of the built-in set. */
export function ruleSetOf(row: RuleSetRow): RuleSet {
  const known = parsed.get(row);
  if (known) return known;
  const { basis, based_on: _, ...values } = readRules(row);
  const rules: RuleSet = {
    ...xinchangPilot1,
    ...values,
    id: row.rule_set,
    version: row.version,
    effective_from: row.effective_from,
    basis: { ...xinchangPilot1.basis, ...basis },
  };
  parsed.set(row, rules);
  return rules;
}
