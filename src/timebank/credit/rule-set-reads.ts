/** Reading rule sets beside the lane: those in force, and what a ledger has proposed. */
import type { ISql } from 'postgres';
import { textColumns } from '../../ledger/rows.js';
import { ruleSetRows } from './rows.js';
import type { RuleSet } from './rule-set.js';
import { inOrder, latestOn, type RuleSetRow } from './rules-in-force.js';

const columns = textColumns(ruleSetRows, 'r');

/** All rule sets that a ledger has proposed, whatever became of them, in the order of their names. */
export async function readRuleSetRows(sql: ISql, ledgerId: number): Promise<RuleSetRow[]> {
  const rows = await sql.unsafe(
    `select ${columns} from timebank.rule_sets r where r.ledger_id = $1 order by r.rule_set, r.version`,
    [ledgerId],
    { prepare: true },
  );
  return rows.map((row) => ruleSetRows.decode(row));
}

/** Sets that are in force or will be, the built-in one first, in the order of their first days. */
export async function readApprovedSets(sql: ISql, ledgerId: number): Promise<readonly RuleSet[]> {
  const rows = await readRuleSetRows(sql, ledgerId);
  return inOrder(rows.filter(({ state }) => state === 'approved'));
}

/** The set in force on a day, or the first one before there is any. */
export async function readRulesOn(sql: ISql, ledgerId: number, day: string): Promise<RuleSet> {
  return latestOn(await readApprovedSets(sql, ledgerId), day);
}
