/**
 * The words of the domain: its closed lists, and the shapes of what is written freely. Schemas of the interface, readers of files and
 * checks of the tables take them from here, so that all three say the same. Dates and ids belong to no domain and are in lib.
 */
import { drawn, readable } from '../lib/text.js';

export const partnerKinds = ['rural_commercial_bank', 'shop', 'platform'] as const;
export type PartnerKind = (typeof partnerKinds)[number];

export const redemptionStatuses = [
  'authorised',
  'partially_captured',
  'captured',
  'voided',
  'expired',
  'partially_refunded',
  'refunded',
] as const;
export type RedemptionStatus = (typeof redemptionStatuses)[number];

/** For a sentence: the redemption is so. */
export const redemptionStatusesZh: Readonly<Record<RedemptionStatus, string>> = {
  authorised: '已冻结',
  partially_captured: '已部分核销',
  captured: '已核销',
  voided: '已撤销冻结',
  expired: '冻结已到期',
  partially_refunded: '已部分退还',
  refunded: '已退还',
};

/** The statuses of redemptions that hold points, and of no others: where what has expired is looked for. */
export const openStatuses = ['authorised', 'partially_captured'] as const satisfies readonly RedemptionStatus[];

/** The kinds of files that can be imported; what each holds is in imports/kinds.ts. */
export const importKinds = [
  'org_units',
  'members',
  'opening_points',
  'visits',
  'redemptions',
  'service_counts',
  'resolved_issues',
] as const;
export type ImportKind = (typeof importKinds)[number];

/** staged: some lines, or all, are still to be committed. */
export const importStates = ['staged', 'committed', 'expired'] as const;

/** What is, or will be, of a line of an import. */
export const importLineStates = ['ready', 'skipped', 'error', 'imported'] as const;

/** What a line of a partner's statement claims: a refund takes away. */
export const statementLineTypes = ['redeem', 'refund'] as const;
export type StatementLineType = (typeof statementLineTypes)[number];

/** A type of service; which there are, a rule set says. */
export const serviceTypePattern = '^[a-z][a-z0-9_]{0,63}$';

export const phonePattern = '^\\+?[0-9][0-9 -]{4,19}$';

/** Characters of a name at most, as people count them. */
export const longestName = 100;

/**
 * A name in any script, that people can read: no control, invisible, unassigned or turning character, nothing that stands for a lost
 * one, no loose accent in front. White space around it is taken off when it is kept (`tidied`).
 */
export const namePattern = `^\\s*(?!\\p{M})${drawn}(?:${readable}*${drawn})?\\s*$`;

/** A header of a file, up to 100 characters. */
export const headerPattern = `^${drawn}(?:${readable}{0,98}${drawn})?$`;

/** The name of a file, for people: as a name, without the white space. */
export const fileNamePattern = `^${drawn}(?:${readable}*${drawn})?$`;
