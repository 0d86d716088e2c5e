/** What a rule set is called, and what becomes of it. */

/** The id of a rule set; its version stands beside it: `xinchang-pilot/2`. */
export const ruleSetIdPattern = '^[a-z][a-z0-9-]{0,62}$';

/** A draft is approved by a second person or withdrawn; what was approved is withdrawn only before its first day. */
export const ruleSetStates = ['draft', 'approved', 'withdrawn'] as const;
export type RuleSetState = (typeof ruleSetStates)[number];

export const ruleSetStatesZh: Readonly<Record<RuleSetState, string>> = {
  draft: '草案',
  approved: '已批准',
  withdrawn: '已撤回',
};
