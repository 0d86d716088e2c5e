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

/** The id of a programme that has a budget. */
export const programmePattern = '^[a-z][a-z0-9-]{0,62}$';

/** What it is called is public. In Chinese it ends with what it is, so that no name of a person gets there. */
export const programmeNameZhPattern = '^[\\p{L}\\p{N}（）“”·]{0,40}(?:项目|计划|行动|活动|工程|基金|创建|服务)$';
export const programmeNameEnPattern = "^[A-Za-z0-9][A-Za-z0-9 ,.'()&-]{0,79}$";
