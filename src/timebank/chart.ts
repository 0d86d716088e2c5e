/**
 * The chart of accounts: which assets and accounts a county's ledger starts with, which a member and a partner get, and which
 * kinds of entry the time bank posts. docs/ledger.md shows the same as a table. Knows no rule and no amount.
 */
import type { AccountSpec } from '../ledger/accounts.js';
import type { AccountRequest } from '../ledger/entries.js';
import type { LedgerPlan } from '../ledger/ledgers.js';
import type { Stage } from '../ledger/stage.js';
import { Refusal } from '../lib/refusal.js';

/** Kinds of entry the time bank posts; docs/ledger.md has a row for each. */
export const timebankKinds = [
  'org_unit_registered',
  'member_registered',
  'opening_points',
  'service_recorded',
  'partner_registered',
  'credential_issued',
  'credential_rotated',
  'credential_revoked',
  'redemption_authorised',
  'redemption_captured',
  'redemption_voided',
  'redemption_expired',
  'redemption_refunded',
  'import_staged',
  'import_progressed',
  'partner_statement_received',
  'reconciliation_run',
] as const;
export type TimebankKind = (typeof timebankKinds)[number];

/** HOUR is the legal record, COIN what rules mint from it, POINT what partners redeem, CNY what sponsor and partner settle. */
export const countyPlan: LedgerPlan = {
  zone: 'Asia/Shanghai',
  assets: [
    { asset: 'HOUR', scale: 2 },
    { asset: 'COIN', scale: 2 },
    { asset: 'POINT', scale: 0 },
    { asset: 'CNY', scale: 2 },
  ],
  accounts: [
    { code: 'record:service', asset: 'HOUR', type: 'asset' },
    { code: 'coin:issuance', asset: 'COIN', type: 'expense' },
    { code: 'pool:community', asset: 'COIN', type: 'liability', floor: 0n },
    { code: 'pool:fund', asset: 'COIN', type: 'liability', floor: 0n },
    { code: 'point:issuance', asset: 'POINT', type: 'expense' },
    { code: 'point:expired', asset: 'POINT', type: 'income' },
    { code: 'point:retired', asset: 'POINT', type: 'income' },
    { code: 'sponsor:redemption-cost', asset: 'CNY', type: 'expense' },
    { code: 'sponsor:cash', asset: 'CNY', type: 'asset' },
  ],
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

/** `member:M00001:points` */
export function memberAccount(memberId: string, purse: Purse): string {
  return `member:${memberId}:${purse}`;
}

/** The account to open with the entry that first posts to it, or nothing when it is there. */
export function opensMemberAccount(stage: Stage, memberId: string, purse: Purse): AccountSpec[] {
  const code = memberAccount(memberId, purse);
  if (stage.account(code)) return [];
  return [{ code, asset: purses[purse], type: 'liability', floor: 0n }];
}

/** What a member owes after units were taken back that had been spent: `member:M00001:receivable:points`. */
export function receivableAccount(memberId: string, purse: Purse): AccountSpec {
  return { code: `member:${memberId}:receivable:${purse}`, asset: purses[purse], type: 'asset', floor: 0n };
}

/** Whose purse an account is, if it is one. */
export function purseOf(code: string): { memberId: string; purse: Purse } | null {
  const [head, memberId, purse, rest] = code.split(':');
  if (head !== 'member' || !memberId || !purse || !(purse in purses) || rest !== undefined) return null;
  return { memberId, purse: purse as Purse };
}

/** Accounts that the time bank's commands open themselves. */
const ownAccounts = /^(?:member|held|partner):/;

/**
 * What may be opened by hand: anything that is not the time bank's own, and a member's purse as the chart has it.
 * Refuses: `account_restricted`.
 */
export function openableByHand(request: AccountRequest): AccountRequest {
  const { code, asset, type, floor = '0', ceiling = null } = request;
  if (!ownAccounts.test(code)) return request;
  const purse = purseOf(code)?.purse;
  if (!purse) {
    throw new Refusal('account_restricted', `${code} is opened by the command that first needs it, not by hand`);
  }
  if (asset !== purses[purse] || type !== 'liability' || floor === null || Number(floor) !== 0 || ceiling !== null) {
    throw new Refusal(
      'account_restricted',
      `${code} is a member's purse: a liability in ${purses[purse]} with floor 0 and no ceiling`,
    );
  }
  return { ...request, floor };
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

export const redemptionCostAccount = 'sponsor:redemption-cost';

export function partnerAccounts(partnerId: string): AccountSpec[] {
  return [
    { code: heldAccount(partnerId), asset: 'POINT', type: 'liability', floor: 0n, control: true },
    { code: redeemedAccount(partnerId), asset: 'POINT', type: 'liability', control: true },
    { code: payableAccount(partnerId), asset: 'CNY', type: 'liability', control: true },
  ];
}
