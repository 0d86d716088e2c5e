/** Words of awards: how candidates are found, what is measured, how far a round has come, who decides it, and what becomes of objections and revocations. */

/** `ranking`: the first ones by a measure; `threshold`: whoever has reached a level for the first time. */
export const awardKinds = ['ranking', 'threshold'] as const;

/** What is measured, each with its decimal places: hours served, service records, different recipients, points of items that other platforms sent. */
export const awardMeasureScales = { hours: 2, records: 0, recipients: 0, points: 0 } as const;
export type AwardMeasure = keyof typeof awardMeasureScales;
export const awardMeasures = Object.keys(awardMeasureScales) as AwardMeasure[];

/** Who of equal measure comes first: all share the place; who has more service records; who reached it on an earlier day. What is still equal shares. */
export const tieRules = ['share', 'more_records', 'earlier_reached'] as const;
export type TieRule = (typeof tieRules)[number];

/** How many of the three parties must approve. */
export const awardQuorums = { unanimous: 3, majority: 2 } as const;
export type AwardDecision = keyof typeof awardQuorums;
export const awardDecisions = Object.keys(awardQuorums) as AwardDecision[];

/** `frozen`: the candidates are found; `noticed`: public notice is given; every other one is the end of it. */
export const awardRoundStates = ['frozen', 'noticed', 'awarded', 'refused', 'withdrawn'] as const;
export type AwardRoundState = (typeof awardRoundStates)[number];

export const awardRoundStatesZh: Readonly<Record<AwardRoundState, string>> = {
  frozen: '名单已确定',
  noticed: '公示中',
  awarded: '已授予荣誉',
  refused: '未通过',
  withdrawn: '已撤回',
};

export const awardParties = ['owner_representative', 'owners_committee', 'property_firm'] as const;
export type AwardParty = (typeof awardParties)[number];

export const awardPartiesZh: Readonly<Record<AwardParty, string>> = {
  owner_representative: '业主代表',
  owners_committee: '业主委员会',
  property_firm: '物业服务企业',
};

/** `upheld`: the candidate, or the whole list, does not stand; `dismissed`: it does. */
export const objectionAnswers = ['upheld', 'dismissed'] as const;
export type ObjectionAnswer = (typeof objectionAnswers)[number];
export const objectionStates = ['open', ...objectionAnswers] as const;

export const revocationStates = ['proposed', 'revoked', 'withdrawn'] as const;
export type RevocationState = (typeof revocationStates)[number];

/** What names an award in criteria: it stands in paths and rows, and means the same for ever. */
export const awardCodePattern = '^[a-z][a-z0-9_]{0,39}$';
