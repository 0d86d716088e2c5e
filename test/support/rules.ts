/** Other rules for a ledger in a test: drafted by one operator, approved by another. */
import type { Lane } from '../../src/ledger/lane.js';
import type { RuleSet, RuleValues } from '../../src/timebank/credit/rule-set.js';
import { approveRuleSet, proposeRuleSet } from '../../src/timebank/credit/rule-sets.js';
import { ruleSetOf } from '../../src/timebank/credit/rules-in-force.js';
import { must } from './story.js';

/** Has these values in force from a day on. */
export async function adoptRules(
  lane: Lane,
  values: Partial<RuleValues>,
  effectiveFrom = '2026-01-02',
): Promise<RuleSet> {
  const request = { ruleSet: 'test', effectiveFrom, values, document: null };
  const { version } = await must(lane, (stage) => proposeRuleSet(stage, request, 'operator:one'));
  const decision = { ruleSet: 'test', version, actor: 'operator:two' };
  return ruleSetOf(await must(lane, (stage) => approveRuleSet(stage, decision)));
}
