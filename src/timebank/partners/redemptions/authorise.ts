/** Authorising a redemption: points leave the member for the partner's held account, or for the redeemed one when captured at once. */

import { refuseFutureMoment } from '../../../ledger/dates.js';
import type { Needs } from '../../../ledger/missing.js';
import type { Stage } from '../../../ledger/stage.js';
import { dateInZone, formatInstant } from '../../../lib/clock.js';
import { Refusal } from '../../../lib/refusal.js';
import {
  heldAccount,
  memberAccount,
  payableAccount,
  redeemedAccount,
  redemptionCostAccount,
  type TimebankKind,
} from '../../chart.js';
import { expiredSince, expireLots, needsOfExpiry, reinstateLots } from '../../credit/lots/expire.js';
import { openLots, partsOfLots } from '../../credit/lots/open-lots.js';
import { type LotPart, leafLots, splitParts, sumOfParts, writeParts } from '../../credit/lots/parts.js';
import { type RuleSet, ruleSetName } from '../../credit/rule-set.js';
import { requireActive } from '../../people/members.js';
import { memberRows } from '../../people/rows.js';
import { type Partner, requirePartner } from '../partners.js';
import { partnerRows, redemptionRows } from '../rows.js';
import { addMovement } from './movements.js';
import { priceOf, type Redemption, redemptionChange } from './redemption.js';
import { releaseExpiredOf } from './release.js';

export interface AuthoriseRequest {
  /** A new UUID for the redemption. */
  readonly id: string;
  readonly partnerId: string;
  readonly partnerReference: string;
  readonly memberId: string;
  readonly points: bigint;
  /** RFC 3339, an instant of the books (`isInstant`); absent: now. */
  readonly effectiveAt?: string | undefined;
  readonly capture: boolean;
  /** Brought in from before the county kept these books: on any day that is open, whatever the partner itself may do. */
  readonly historic?: boolean;
  /** Only tried: a member who is not there, or does not take part, is then refused as one whose points do not suffice. Nothing would be left of asking. */
  readonly discreet?: boolean;
}

/** How far back a partner that may not backdate can date a redemption: nights are long. */
const lateLimitMilliseconds = 24 * 3_600_000;

/**
 * Authorises, and captures in the same entry if asked to.
 * Refuses: `partner_not_found`, `partner_reference_exists`, `member_not_found`, `member_merged`, `member_suspended`, `member_inactive`,
 * `date_in_future`, `backdating_refused`, `balance_insufficient`, `period_closed`.
 */
export function authoriseRedemption(
  stage: Stage,
  rules: RuleSet,
  request: AuthoriseRequest,
): { redemption: Redemption; entry: number } {
  return stage.prefetching(
    () => needsOf(request),
    () => authorise(stage, rules, request),
  );
}

function authorise(stage: Stage, rules: RuleSet, request: AuthoriseRequest) {
  const { partnerId, memberId, points } = request;
  const partner = requirePartner(stage, partnerId);
  const known = stage.uniqueRow(redemptionRows, 'reference', partnerId, request.partnerReference);
  if (known) {
    throw new Refusal('partner_reference_exists', {
      en: `partner_reference ${request.partnerReference} was used for redemption ${known.redemption_id}`,
      zh: `合作方流水号 ${request.partnerReference} 已用于兑换 ${known.redemption_id}`,
    });
  }
  const isThere = stage.row(memberRows, memberId)?.state === 'active';
  if (!request.discreet) requireActive(stage, memberId);
  const mayBackdate = request.historic ?? partner.may_backdate;
  const effectiveOn = effectiveDay(stage, { may_backdate: mayBackdate }, request.effectiveAt);
  if (!isThere) throw insufficient();
  const parts = requirePoints(stage, rules, { memberId, points, effectiveOn });
  const cny = request.capture ? priceOf(points, partner.point_price) : 0n;
  const redemption: Redemption = {
    redemption_id: request.id,
    partner_id: partnerId,
    partner_reference: request.partnerReference,
    member_id: memberId,
    status: 'authorised',
    authorised: points,
    captured: request.capture ? points : 0n,
    released: 0n,
    refunded: 0n,
    captured_cny: cny,
    refunded_cny: 0n,
    movements: request.capture
      ? addMovement('', { entry: stage.watermark + 1, effectiveOn, points, amountCny: cny })
      : '',
    lots: writeParts(parts),
    effective_on: effectiveOn,
    expires_at: formatInstant(BigInt(stage.now + rules.hold_ttl_hours * 3_600_000) * 1000n),
  };
  const entry = stage.post({
    kind: (request.capture ? 'redemption_captured' : 'redemption_authorised') satisfies TimebankKind,
    effectiveOn,
    reference: request.partnerReference,
    lots: leafLots(parts),
    price: partner.point_price,
    ruleSet: ruleSetName(rules),
    control: true,
    legs: request.capture
      ? captureLegs(memberAccount(memberId, 'points'), partnerId, points, cny)
      : [{ debit: memberAccount(memberId, 'points'), credit: heldAccount(partnerId), amount: points }],
    rows: [redemptionChange(redemption)],
  });
  return { redemption: { ...redemption, entry: entry.number }, entry: entry.number };
}

/** What a capture posts: points to redeemed, from where they are held or straight from the member, and what the sponsor owes for them. */
export function captureLegs(from: string, partnerId: string, points: bigint, cny: bigint) {
  return [
    { debit: from, credit: redeemedAccount(partnerId), amount: points },
    ...(cny > 0n ? [{ debit: redemptionCostAccount, credit: payableAccount(partnerId), amount: cny }] : []),
  ];
}

/** The accounting day of a moment the partner names. Refuses: `date_in_future`, `backdating_refused`. */
export function effectiveDay(
  stage: Stage,
  partner: Pick<Partner, 'may_backdate'>,
  effectiveAt: string | undefined,
): string {
  if (effectiveAt === undefined) return stage.today;
  refuseFutureMoment(stage, effectiveAt);
  const moment = Date.parse(effectiveAt);
  if (!partner.may_backdate && stage.now - moment > lateLimitMilliseconds) {
    throw new Refusal('backdating_refused', {
      en: 'effective_at must lie within the last 24 hours: this partner may not backdate',
      zh: 'effective_at 必须在最近 24 小时之内，此合作方不可倒填日期',
    });
  }
  const day = dateInZone(moment, stage.zone);
  // A clock that runs ahead just before midnight does not open tomorrow's books.
  return day < stage.today ? day : stage.today;
}

function needsOf({ partnerId, memberId }: AuthoriseRequest): Needs {
  const { accounts, lists } = needsOfExpiry([{ memberId, purse: 'points' }]);
  return {
    lists,
    accounts: [
      ...accounts,
      heldAccount(partnerId),
      redeemedAccount(partnerId),
      payableAccount(partnerId),
      redemptionCostAccount,
    ],
    rows: [
      [memberRows, memberId],
      [partnerRows, partnerId],
    ],
  };
}

/**
 * The lots that the points come from, the earliest expiry first. What could be used on the day of effect is used, although it expired since: the
 * books only learn of it late. Holds that have expired are given back before a member is told that their points do not suffice.
 */
function requirePoints(stage: Stage, rules: RuleSet, { memberId, points, effectiveOn }: Wanted): LotPart[] {
  const owner = { memberId, purse: 'points' } as const;
  let lots = expireLots(stage, owner);
  if (effectiveOn < stage.today) {
    reinstateLots(stage, owner, splitParts(expiredSince(stage, owner, effectiveOn), points).first);
    lots = openLots(stage, owner);
  }
  const { first: parts } = splitParts(partsOfLots(lots), points);
  if (sumOfParts(parts) === points) return parts;
  releaseExpiredOf(stage, rules, memberId);
  const { first: found } = splitParts(partsOfLots(openLots(stage, owner)), points);
  if (sumOfParts(found) < points) throw insufficient();
  return found;
}

interface Wanted {
  readonly memberId: string;
  readonly points: bigint;
  readonly effectiveOn: string;
}

/** The partner learns that this redemption cannot be, and not what the member has. */
function insufficient(): Refusal {
  return new Refusal('balance_insufficient', {
    en: 'the points of this member do not suffice',
    zh: '该成员的积分不足',
  });
}
