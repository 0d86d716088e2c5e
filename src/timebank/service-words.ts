/**
 * The words of service: orders, whom to ask, proof, and what becomes of a record. Closed lists, as in words.ts.
 */

/** What becomes of the proposal to correct a service record. */
export const serviceCorrectionStatuses = ['proposed', 'carried_out', 'withdrawn'] as const;
export type ServiceCorrectionStatus = (typeof serviceCorrectionStatuses)[number];

/** A: checked in and out by device; B: one side and the recipient's confirmation; C: paper. */
export const proofGrades = ['A', 'B', 'C'] as const;
export type ProofGrade = (typeof proofGrades)[number];

/** Where an order is carried out. */
export const orderModes = ['home', 'station', 'online'] as const;
export type OrderMode = (typeof orderModes)[number];

/** Where the coins of an order come from: minted by the rules, from the recipients, from the fund for members in need. */
export const orderFundings = ['mint', 'recipient', 'fund'] as const;
export type OrderFunding = (typeof orderFundings)[number];

/** In the order in which an order goes through them; the last six are its other ends and the way through a dispute. */
export const orderStatuses = [
  'requested',
  'offered',
  'accepted',
  'checked_in',
  'checked_out',
  'confirmed',
  'approved',
  'rejected',
  'cancelled',
  'expired',
  'disputed',
  'upheld',
  'to_volunteer',
  'to_recipient',
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** For a sentence: the order is so. */
export const orderStatusesZh: Readonly<Record<OrderStatus, string>> = {
  requested: '待派单',
  offered: '已派单',
  accepted: '已接单',
  checked_in: '已签到',
  checked_out: '已签出',
  confirmed: '已确认',
  approved: '已审批',
  rejected: '已驳回',
  cancelled: '已取消',
  expired: '已过期',
  disputed: '有争议',
  upheld: '争议已裁定',
  to_volunteer: '争议已裁定，以志愿者为准',
  to_recipient: '争议已裁定，以受助人为准',
};

export const verdicts = ['upheld', 'to_volunteer', 'to_recipient'] as const satisfies readonly OrderStatus[];
export type Verdict = (typeof verdicts)[number];

/** What can be asked of an order; which status allows which, service/orders/state.ts says. */
export const orderCommands = [
  'offer',
  'accept',
  'decline',
  'claim',
  'issue_code',
  'check_in',
  'check_out',
  'no_show',
  'confirm',
  'dispute',
  'verdict',
  'approve',
  'reject',
  'cancel',
] as const;
export type OrderCommand = (typeof orderCommands)[number];

/** What became of an order, as its history tells it. */
export const orderEvents = [
  'placed',
  'offered',
  'declined',
  'accepted',
  'claimed',
  'code_issued',
  'code_failed',
  'checked_in',
  'checked_out',
  'no_show',
  'confirmed',
  'disputed',
  'decided',
  'approved',
  'rejected',
  'cancelled',
  'expired',
  'corrected',
  'annulled',
] as const;
export type OrderEvent = (typeof orderEvents)[number];

export const offerStatuses = ['open', 'accepted', 'declined', 'expired', 'withdrawn'] as const;
export type OfferStatus = (typeof offerStatuses)[number];

/** Why somebody is proposed for an order; of the first four, which say how near they live, one at most. */
export const dispatchReasons = [
  'same_stairwell',
  'same_estate',
  'same_community',
  'same_subdistrict',
  'specialty',
  'category',
  'available',
  'low_load',
] as const;
export type DispatchReason = (typeof dispatchReasons)[number];

/** Why somebody who would be proposed for an order is not; where several are so, the first is said. */
export const dispatchExclusions = ['suspended', 'unqualified', 'kin', 'overlap', 'unavailable'] as const;
export type DispatchExclusion = (typeof dispatchExclusions)[number];

/** What a member is to an order. */
export const orderRoles = ['volunteer', 'recipient'] as const;
export type OrderRole = (typeof orderRoles)[number];

/** Where a member stands in an order: a volunteer from `accepted` on, a recipient from `waiting` to `committed`; the last four are ends. */
export const attendances = [
  'waiting',
  'committed',
  'accepted',
  'checked_in',
  'checked_out',
  'attended',
  'no_show',
  'left',
  'released',
] as const;
export type Attendance = (typeof attendances)[number];

/**
 * How a check-in or a check-out is known: the code of a station or a card on a screen, the same in print, digits the recipient was shown,
 * somebody's word, paper.
 */
export const proofKinds = ['qr', 'qr_printed', 'code', 'reported', 'paper'] as const;
export type ProofKind = (typeof proofKinds)[number];

/** What a QR code is of: a station, or the card of a recipient. */
export const proofPlaces = ['station', 'card'] as const;
export type ProofPlace = (typeof proofPlaces)[number];

/** What a file that proves a service on paper may be. */
export const evidenceTypes = ['image/png', 'image/jpeg', 'application/pdf'] as const;
export type EvidenceType = (typeof evidenceTypes)[number];

/** What takes a second approver when it is recorded late. */
export const lateRecordKinds = ['order'] as const;
export type LateRecordKind = (typeof lateRecordKinds)[number];

/** What becomes of records judged anew: proposed, then posted line by line, or withdrawn; and undone, line by line, if two people want it. */
export const recomputationStates = ['proposed', 'posting', 'posted', 'withdrawn', 'undoing', 'undone'] as const;
export type RecomputationState = (typeof recomputationStates)[number];

export const recomputationStatesZh: Readonly<Record<RecomputationState, string>> = {
  proposed: '待审批',
  posting: '过账中',
  posted: '已过账',
  withdrawn: '已撤回',
  undoing: '撤销中',
  undone: '已撤销',
};
