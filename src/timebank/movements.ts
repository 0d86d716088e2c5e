/**
 * Which kind of entry may move which asset between which accounts: the table that adjustments are decided by and that `verify`
 * holds every posting of the time bank's own accounts against. docs/ledger.md shows it. Data; it posts nothing itself.
 */
import type { LedgerKind, ManualKind } from '../ledger/entries.js';
import { isOwnAccount, type TimebankKind } from './chart.js';

/** An asset, the account it is debited to and the account it is credited to. In a code `*` stands for one name, as an asset for any. */
export type Movement = readonly [asset: string, debit: string, credit: string];

/** Any account that was opened by hand; as a pattern of `Movement`. */
export const byHand = 'opened by hand';

const anyByHand: Movement = ['*', byHand, byHand];

const bothWays = (asset: string, one: string, other: string): Movement[] => [
  [asset, one, other],
  [asset, other, one],
];

/** What comes to a member repays first what the member owes: see `creditMember`. */
const toMember = (asset: string, debit: string, purse: string): Movement[] => [
  [asset, debit, `member:*:${purse}`],
  [asset, debit, `member:*:receivable:${purse}`],
];

/** What is taken back of a member, who owes what the purse does not hold: see `debitMember`. */
const fromMember = (asset: string, credit: string, purse: string): Movement[] => [
  [asset, `member:*:${purse}`, credit],
  [asset, `member:*:receivable:${purse}`, credit],
];

/** Coins for an order, from whoever pays. */
const forOrders: readonly Movement[] = [
  ['COIN', 'member:*:coins', 'held:orders'],
  ['COIN', 'pool:*', 'held:orders'],
  ['COIN', 'member:*:grants:*', 'held:orders'],
];

/** Coins held for an order, to whoever paid them. */
const givenBack: Movement[] = [
  ...toMember('COIN', 'held:orders', 'coins'),
  ['COIN', 'held:orders', 'pool:*'],
  ['COIN', 'held:orders', 'member:*:grants:*'],
];
/** What was offered, to who accepts it, or back to who offered it. */
const givenOn: Movement[] = [
  ...toMember('COIN', 'held:gifts:coins', 'coins'),
  ...toMember('POINT', 'held:gifts:points', 'points'),
];
/** All that a member has and owes comes to another, who is the same person: a debt is paid first. */
const betweenPurses = (asset: string, purse: string): Movement[] => [
  ...toMember(asset, `member:*:${purse}`, purse),
  [asset, `member:*:receivable:${purse}`, `member:*:receivable:${purse}`],
];

/** What somebody held goes to another, into the pool, or to nobody; a debt of either is paid first, and what is still owed is written off. */
const settled = (asset: string, purse: string, prefix: string): Movement[] => [
  ...toMember(asset, `member:*:${purse}`, purse),
  [asset, `member:*:${purse}`, `${prefix}:lapsed`],
  [asset, `${prefix}:written-off`, `member:*:receivable:${purse}`],
];

/** Kinds that move nothing have no movements. */
export const movements: Readonly<Record<ManualKind | LedgerKind | TimebankKind, readonly Movement[]>> = {
  adjustment: [
    anyByHand,
    ...bothWays('HOUR', 'record:service', 'member:*:hours'),
    ['HOUR', 'record:service', 'member:*:receivable:hours'],
    ...bothWays('COIN', 'coin:issuance', 'member:*:coins'),
    ['COIN', 'coin:issuance', 'member:*:receivable:coins'],
    ...bothWays('COIN', 'coin:issuance', 'pool:*'),
    ...bothWays('COIN', 'member:*:coins', 'pool:*'),
    ['COIN', 'member:*:coins', 'member:*:coins'],
    ...bothWays('POINT', 'point:issuance', 'member:*:points'),
    ['POINT', 'point:issuance', 'member:*:receivable:points'],
    ...bothWays('POINT', 'point:expired', 'member:*:points'),
    ['POINT', 'member:*:points', 'member:*:points'],
  ],
  opening_balance: [
    anyByHand,
    ['HOUR', 'record:service', 'member:*:hours'],
    ['COIN', 'coin:issuance', 'member:*:coins'],
    ['COIN', 'coin:issuance', 'pool:*'],
    ['POINT', 'point:issuance', 'member:*:points'],
  ],
  transfer: [anyByHand, ['COIN', 'pool:*', 'pool:*']],
  gift: [anyByHand, ['COIN', 'member:*:coins', 'member:*:coins']],
  // A team's pool, which has a name of its own behind `pool:`, is in this kind alone: it is given to, and gives.
  donation: [
    anyByHand,
    ['COIN', 'member:*:coins', 'pool:*'],
    ['COIN', 'member:*:coins', 'pool:team:*'],
    ['COIN', 'pool:team:*', 'member:*:coins'],
    ['COIN', 'pool:team:*', 'pool:community'],
  ],
  // What the entry that it takes back moved, opposite, and a member's receivable in the place of the purse.
  reversal: [['*', '*', '*']],
  gift_offered: [
    ['COIN', 'member:*:coins', 'held:gifts:coins'],
    ['POINT', 'member:*:points', 'held:gifts:points'],
  ],
  gift_accepted: givenOn,
  gift_declined: givenOn,
  gift_withdrawn: givenOn,
  gift_expired: givenOn,
  grant_proposed: [],
  grant_rejected: [],
  grant_given: [['COIN', 'pool:fund', 'member:*:grants:*']],
  grants_expired: [['COIN', 'member:*:grants:*', 'pool:fund']],
  grants_reinstated: [['COIN', 'pool:fund', 'member:*:grants:*']],
  points_expired: [['POINT', 'member:*:points', 'point:expired']],
  points_reinstated: [['POINT', 'point:expired', 'member:*:points']],
  opening_points: toMember('POINT', 'point:issuance', 'points'),
  intake_counted: toMember('POINT', 'point:issuance', 'points'),
  // Of one member less, of another more, where it was somebody else's.
  intake_corrected: [
    ...toMember('POINT', 'point:issuance', 'points'),
    ...fromMember('POINT', 'point:issuance', 'points'),
  ],
  intake_withdrawn: fromMember('POINT', 'point:issuance', 'points'),
  service_recorded: [
    ...toMember('HOUR', 'record:service', 'hours'),
    ...toMember('COIN', 'coin:issuance', 'coins'),
    ['COIN', 'coin:issuance', 'pool:*'],
    ...givenBack,
    ...forOrders,
  ],
  service_recomputed: [
    ...toMember('COIN', 'coin:issuance', 'coins'),
    ...bothWays('COIN', 'coin:issuance', 'pool:*'),
    ['COIN', 'member:*:coins', 'coin:issuance'],
    ['COIN', 'member:*:receivable:coins', 'coin:issuance'],
  ],
  order_accepted: forOrders,
  order_rejected: givenBack,
  order_cancelled: givenBack,
  order_expired: givenBack,
  order_no_show: givenBack,
  order_repaid: givenBack,
  redemption_authorised: [['POINT', 'member:*:points', 'held:redemptions:*']],
  redemption_captured: [
    ['POINT', 'held:redemptions:*', 'partner:*:redeemed'],
    ['POINT', 'member:*:points', 'partner:*:redeemed'],
    ['CNY', 'sponsor:redemption-cost', 'partner:*:payable'],
  ],
  redemption_voided: toMember('POINT', 'held:redemptions:*', 'points'),
  redemption_expired: toMember('POINT', 'held:redemptions:*', 'points'),
  redemption_refunded: [
    ...toMember('POINT', 'partner:*:redeemed', 'points'),
    ['CNY', 'partner:*:payable', 'sponsor:redemption-cost'],
  ],
  ledger_opened: [],
  account_opened: [],
  period_closed: [],
  text_erased: [],
  recomputation_proposed: [],
  recomputation_withdrawn: [],
  recomputation_approved: [],
  recomputation_progressed: [],
  recomputation_undo_proposed: [],
  recomputation_undo_approved: [],
  expiry_warned: [],
  intake_recorded: [],
  intake_undo_proposed: [],
  intake_undo_approved: [],
  intake_undo_progressed: [],
  rule_set_proposed: [],
  rule_set_approved: [],
  rule_set_withdrawn: [],
  adjustment_proposed: [],
  adjustment_rejected: [],
  service_correction_proposed: [],
  service_correction_withdrawn: [],
  org_unit_registered: [],
  org_unit_renamed: [],
  org_unit_moved: [],
  org_unit_closed: [],
  member_registered: [],
  personal_data_recorded: [],
  personal_data_read: [],
  consent_given: [],
  consent_revoked: [],
  erasure_requested: [],
  erasure_withdrawn: [],
  person_erased: [],
  person_keys_rewrapped: [],
  order_placed: [],
  order_offered: [],
  order_declined: [],
  order_code_issued: [],
  order_code_failed: [],
  order_checked_in: [],
  order_checked_out: [],
  order_confirmed: [],
  order_disputed: [],
  order_decided: [],
  order_evidence_stored: [],
  late_record_approved: [],
  member_transferred: [],
  member_renamed: [],
  member_card_replaced: [],
  member_state_changed: [],
  member_merge_proposed: [],
  member_merge_withdrawn: [],
  member_merged: [
    ...betweenPurses('HOUR', 'hours'),
    ...betweenPurses('COIN', 'coins'),
    ['COIN', 'member:*:grants:*', 'member:*:grants:*'],
    ...betweenPurses('POINT', 'points'),
  ],
  leaving_proposed: [],
  leaving_withdrawn: [],
  death_reported: [],
  death_approved: [],
  death_withdrawn: [],
  member_settled: [
    ...settled('COIN', 'coins', 'coin'),
    ['COIN', 'member:*:coins', 'pool:community'],
    ['COIN', 'member:*:grants:*', 'pool:fund'],
    ...settled('POINT', 'points', 'point'),
  ],
  beneficiary_nominated: [],
  kin_claimed: [],
  kin_verified: [],
  kin_ended: [],
  station_registered: [],
  station_changed: [],
  station_key_rotated: [],
  station_closed: [],
  specialty_registered: [],
  talent_registered: [],
  talent_changed: [],
  talent_qualified: [],
  talent_qualification_ended: [],
  talent_level_recorded: [],
  talent_ended: [],
  team_registered: [],
  team_member_joined: [],
  team_member_left: [],
  team_leader_changed: [],
  team_dissolved: [],
  care_registered: [],
  care_changed: [],
  care_ended: [],
  care_visit_recorded: [],
  care_registry_read: [],
  certificate_issued: [],
  certificate_revoked: [],
  award_round_opened: [],
  award_notice_given: [],
  award_objection_raised: [],
  award_objection_answered: [],
  award_vote_cast: [],
  award_round_awarded: [],
  award_round_refused: [],
  award_round_withdrawn: [],
  award_revocation_proposed: [],
  award_revocation_withdrawn: [],
  award_revoked: [],
  partner_registered: [],
  credential_issued: [],
  credential_rotated: [],
  credential_revoked: [],
  import_mapping_stored: [],
  import_staged: [],
  import_progressed: [],
  import_expired: [],
  partner_statement_received: [],
  reconciliation_started: [],
  reconciliation_run: [],
  spot_check_drawn: [],
  spot_check_result_recorded: [],
};

/** Whether an entry of a kind may move an asset from one account to another. */
export function mayMove(kind: string, asset: string, debit: string, credit: string): boolean {
  return movementsOf(kind).some(([what, from, to]) => fits(what, asset) && fits(from, debit) && fits(to, credit));
}

/** Whether an entry of a kind may post an asset on this side of an account, whatever the other side is. */
export function mayPost(kind: string, asset: string, side: 'debit' | 'credit', account: string): boolean {
  return movementsOf(kind).some(
    ([what, debit, credit]) => fits(what, asset) && fits(side === 'debit' ? debit : credit, account),
  );
}

function movementsOf(kind: string): readonly Movement[] {
  return Object.hasOwn(movements, kind) ? movements[kind as keyof typeof movements] : [];
}

const shapes = new Map<string, RegExp>();

function fits(pattern: string, text: string): boolean {
  if (pattern === '*') return true;
  if (pattern === byHand) return !isOwnAccount(text);
  let shape = shapes.get(pattern);
  if (!shape) {
    shape = new RegExp(`^${pattern.replaceAll('*', '[^:]+')}$`);
    shapes.set(pattern, shape);
  }
  return shape.test(text);
}
