/**
 * The chart of accounts: which assets and accounts a county's ledger starts with, which a member and a partner get, and which
 * kinds of entry the time bank posts. docs/ledger.md shows the same as a table. Knows no rule and no amount.
 */
import type { AccountSpec } from '../ledger/accounts.js';
import type { LedgerPlan } from '../ledger/ledgers.js';
import type { ClassPatterns } from '../ledger/reads/trial-balance.js';
import type { Stage } from '../ledger/stage.js';

/** Kinds of entry the time bank posts; docs/ledger.md has a row for each. */
export const timebankKinds = [
  'org_unit_registered',
  'org_unit_renamed',
  'org_unit_moved',
  'org_unit_closed',
  'member_registered',
  'personal_data_recorded',
  'personal_data_read',
  'consent_given',
  'consent_revoked',
  'erasure_requested',
  'erasure_withdrawn',
  'person_erased',
  'person_keys_rewrapped',
  'member_transferred',
  'member_renamed',
  'member_card_replaced',
  'member_state_changed',
  'member_merge_proposed',
  'member_merge_withdrawn',
  'member_merged',
  'leaving_proposed',
  'leaving_withdrawn',
  'death_reported',
  'death_approved',
  'death_withdrawn',
  'member_settled',
  'beneficiary_nominated',
  'kin_claimed',
  'kin_verified',
  'kin_ended',
  'station_registered',
  'station_changed',
  'station_key_rotated',
  'station_closed',
  'specialty_registered',
  'talent_registered',
  'talent_changed',
  'talent_qualified',
  'talent_qualification_ended',
  'talent_level_recorded',
  'talent_ended',
  'team_registered',
  'team_member_joined',
  'team_member_left',
  'team_leader_changed',
  'team_dissolved',
  'care_registered',
  'care_changed',
  'care_ended',
  'care_visit_recorded',
  'care_registry_read',
  'rule_set_proposed',
  'rule_set_approved',
  'rule_set_withdrawn',
  'opening_points',
  'intake_recorded',
  'intake_counted',
  'intake_corrected',
  'intake_withdrawn',
  'intake_undo_proposed',
  'intake_undo_approved',
  'intake_undo_progressed',
  'points_expired',
  'points_reinstated',
  'expiry_warned',
  'gift_offered',
  'gift_accepted',
  'gift_declined',
  'gift_withdrawn',
  'gift_expired',
  'grant_proposed',
  'grant_rejected',
  'grant_given',
  'grants_expired',
  'grants_reinstated',
  'adjustment_proposed',
  'adjustment_rejected',
  'order_placed',
  'order_offered',
  'order_declined',
  'order_accepted',
  'order_code_issued',
  'order_code_failed',
  'order_checked_in',
  'order_checked_out',
  'order_no_show',
  'order_confirmed',
  'order_disputed',
  'order_decided',
  'order_evidence_stored',
  'order_rejected',
  'order_cancelled',
  'order_expired',
  'order_repaid',
  'late_record_approved',
  'service_recorded',
  'service_correction_proposed',
  'service_correction_withdrawn',
  'service_recomputed',
  'recomputation_proposed',
  'recomputation_withdrawn',
  'recomputation_approved',
  'recomputation_progressed',
  'recomputation_undo_proposed',
  'recomputation_undo_approved',
  'certificate_issued',
  'certificate_revoked',
  'award_round_opened',
  'award_notice_given',
  'award_objection_raised',
  'award_objection_answered',
  'award_vote_cast',
  'award_round_awarded',
  'award_round_refused',
  'award_round_withdrawn',
  'award_revocation_proposed',
  'award_revocation_withdrawn',
  'award_revoked',
  'partner_registered',
  'credential_issued',
  'credential_rotated',
  'credential_revoked',
  'redemption_authorised',
  'redemption_captured',
  'redemption_voided',
  'redemption_expired',
  'redemption_refunded',
  'import_mapping_stored',
  'import_staged',
  'import_progressed',
  'import_expired',
  'partner_statement_received',
  'reconciliation_started',
  'reconciliation_run',
  'spot_check_drawn',
  'spot_check_result_recorded',
] as const;
export type TimebankKind = (typeof timebankKinds)[number];

/** An account of the time bank's own: it mirrors a sub-ledger, and only the commands that keep the sub-ledger post to it. */
const own = (spec: AccountSpec): AccountSpec => ({ ...spec, control: true });

const firstAccounts: readonly AccountSpec[] = [
  { code: 'record:service', asset: 'HOUR', type: 'asset' },
  { code: 'coin:issuance', asset: 'COIN', type: 'expense' },
  { code: 'pool:community', asset: 'COIN', type: 'liability', floor: 0n },
  { code: 'pool:fund', asset: 'COIN', type: 'liability', floor: 0n },
  { code: 'point:issuance', asset: 'POINT', type: 'expense' },
  { code: 'point:expired', asset: 'POINT', type: 'income' },
  { code: 'point:retired', asset: 'POINT', type: 'income' },
  { code: 'sponsor:redemption-cost', asset: 'CNY', type: 'expense' },
  { code: 'sponsor:cash', asset: 'CNY', type: 'asset' },
];

/** HOUR is the legal record, COIN what rules mint from it, POINT what partners redeem, CNY what sponsor and partner settle. */
export const countyPlan: LedgerPlan = {
  zone: 'Asia/Shanghai',
  assets: [
    { asset: 'HOUR', scale: 2 },
    { asset: 'COIN', scale: 2 },
    { asset: 'POINT', scale: 0 },
    { asset: 'CNY', scale: 2 },
  ],
  accounts: firstAccounts.map(own),
};

const purses = { hours: 'HOUR', coins: 'COIN', points: 'POINT' } as const;
export type Purse = keyof typeof purses;
export const allPurses = Object.keys(purses) as Purse[];

/** The asset a purse holds, and its scale. */
export function assetOfPurse(purse: Purse): { asset: string; scale: number } {
  const asset = countyPlan.assets.find((candidate) => candidate.asset === purses[purse]);
  if (!asset) throw new Error(`the plan has no asset for ${purse}`);
  return asset;
}

/** The decimal places of each asset. */
export const assetScales: ReadonlyMap<string, number> = new Map(
  countyPlan.assets.map(({ asset, scale }) => [asset, scale]),
);

/** `member:M00001:points` */
export function memberAccount(memberId: string, purse: Purse): string {
  return `member:${memberId}:${purse}`;
}

/** What a member has: `member:M00001:points`. */
export function purseAccount(memberId: string, purse: Purse): AccountSpec {
  return own({ code: memberAccount(memberId, purse), asset: purses[purse], type: 'liability', floor: 0n });
}

/** The account to open with the entry that first posts to it, or nothing when it is there. */
export function opensMemberAccount(stage: Stage, memberId: string, purse: Purse): AccountSpec[] {
  return stage.account(memberAccount(memberId, purse)) ? [] : [purseAccount(memberId, purse)];
}

/** What a member owes after units were taken back that had been spent: `member:M00001:receivable:points`. */
export function receivableAccount(memberId: string, purse: Purse): AccountSpec {
  return own({ code: receivableCode(memberId, purse), asset: purses[purse], type: 'asset', floor: 0n });
}

export function receivableCode(memberId: string, purse: Purse): string {
  return `member:${memberId}:receivable:${purse}`;
}

/** Coins held for orders that were accepted: the control account of what stands as held in their people's rows. */
export const heldForOrders = own({ code: 'held:orders', asset: 'COIN', type: 'liability', floor: 0n });

/** What members have offered each other of a purse and nobody has answered yet: the control account of open gifts. */
export function heldForGifts(purse: Purse): AccountSpec {
  return own({ code: `held:gifts:${purse}`, asset: purses[purse], type: 'liability', floor: 0n });
}

/** Takes what members leave to nobody, and what they leave of points where nobody may have them. */
export function lapsedAccount(purse: 'coins' | 'points'): AccountSpec {
  return own({ code: `${prefixes[purse]}:lapsed`, asset: purses[purse], type: 'income' });
}

/** What members still owed when their accounts were settled, and nobody pays any more. */
export function writtenOffAccount(purse: 'coins' | 'points'): AccountSpec {
  return own({ code: `${prefixes[purse]}:written-off`, asset: purses[purse], type: 'expense' });
}

const prefixes = { coins: 'coin', points: 'point' } as const;

/** What the equal shares of a group, each rounded up to the hundredth, are more than what was paid. */
export const remainderAccount = own({ code: 'pool:remainder', asset: 'COIN', type: 'liability', floor: 0n });

/** Takes the points that expired. */
export const expiredAccount = 'point:expired';

/** Coins that all have in common. */
export const communityAccount = 'pool:community';

/** Pays for members in need. */
export const fundAccount = 'pool:fund';

/** An account of the time bank's to open with the entry that first posts to it, or nothing when it is there. */
export function opensAccount(stage: Stage, spec: AccountSpec): AccountSpec[] {
  return stage.account(spec.code) ? [] : [spec];
}

/** A purse, by whose it is and what it holds. */
export interface PurseName {
  readonly memberId: string;
  readonly purse: Purse;
}

/** Whose purse an account is, if it is one. */
export function purseOf(code: string): PurseName | null {
  const [head, memberId, purse, rest] = code.split(':');
  if (head !== 'member' || !memberId || !purse || !Object.hasOwn(purses, purse) || rest !== undefined) return null;
  return { memberId, purse: purse as Purse };
}

/** Of whose purse an account says what is owed, if it is one: the reverse of `receivableCode`. */
export function debtOf(code: string): PurseName | null {
  const [head, memberId, receivable, purse, rest] = code.split(':');
  if (head !== 'member' || receivable !== 'receivable' || rest !== undefined) return null;
  return purseOf(`member:${memberId}:${purse}`);
}

/** What a member was granted in a calendar year: coins of a purse that is no `Purse`, for it pays orders and nothing else. */
export interface GrantsName {
  readonly memberId: string;
  readonly year: number;
}

/** `member:M00001:grants:2026` */
export function grantsAccount({ memberId, year }: GrantsName): string {
  return `member:${memberId}:grants:${year}`;
}

/** Whose grants of which year an account holds, if it is one. */
export function grantsOf(code: string): GrantsName | null {
  const [, memberId, year] = /^member:([^:]+):grants:(\d{4})$/.exec(code) ?? [];
  return memberId === undefined ? null : { memberId, year: Number(year) };
}

/** The account to open with the entry that first posts to it, or nothing when it is there. */
export function opensGrants(stage: Stage, name: GrantsName): AccountSpec[] {
  const code = grantsAccount(name);
  return stage.account(code) ? [] : [own({ code, asset: 'COIN', type: 'liability', floor: 0n })];
}

/** What the codes of the time bank's own accounts begin with. */
const ownHeads: ReadonlySet<string> = new Set([
  'record',
  'coin',
  'pool',
  'point',
  'sponsor',
  'member',
  'held',
  'partner',
]);

/** Whether a code is one of the time bank's own, opened or not; all others are free to be opened and posted to by hand. */
export function isOwnAccount(code: string): boolean {
  const colon = code.indexOf(':');
  return ownHeads.has(colon < 0 ? code : code.slice(0, colon));
}

/** Points authorised and not yet captured: the control account of open redemptions. */
export function heldAccount(partnerId: string): string {
  return `held:redemptions:${partnerId}`;
}

/** Points captured and not yet settled. */
export function redeemedAccount(partnerId: string): string {
  return `partner:${partnerId}:redeemed`;
}

/** CNY the sponsor owes the partner. */
export function payableAccount(partnerId: string): string {
  return `partner:${partnerId}:payable`;
}

/** How a code becomes its class: a star stands for whose the account is. */
export const accountClasses: ClassPatterns = [
  ['^(member|partner):[^:]+:', '\\1:*:'],
  ['^(held:[^:]+):[^:]+$', '\\1:*'],
  ['^(pool:team):[^:]+$', '\\1:*'],
];

/** Coins that a team has in common: `pool:team:T1`. It takes donations and gives them on, and nothing else. */
export function teamPoolAccount(teamId: string): string {
  return `pool:team:${teamId}`;
}

/** Which team's pool an account is, if it is one. */
export function teamOfPool(code: string): string | null {
  return /^pool:team:([^:]+)$/.exec(code)?.[1] ?? null;
}

/** The account to open with the entry that first posts to it, or nothing when it is there. */
export function opensTeamPool(stage: Stage, teamId: string): AccountSpec[] {
  const code = teamPoolAccount(teamId);
  return stage.account(code) ? [] : [own({ code, asset: 'COIN', type: 'liability', floor: 0n })];
}

export const redemptionCostAccount = 'sponsor:redemption-cost';

export function partnerAccounts(partnerId: string): AccountSpec[] {
  return [
    own({ code: heldAccount(partnerId), asset: 'POINT', type: 'liability', floor: 0n }),
    own({ code: redeemedAccount(partnerId), asset: 'POINT', type: 'liability' }),
    own({ code: payableAccount(partnerId), asset: 'CNY', type: 'liability' }),
  ];
}
