/** Partners, who redeem points: a bank, a shop. Their accounts in the books. */
import { change } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import { partnerAccounts, type TimebankKind } from '../chart.js';
import type { PartnerKind } from '../words.js';
import { partnerRows } from './rows.js';

export interface PartnerRequest {
  readonly id: string;
  readonly name: string;
  readonly kind: PartnerKind;
  /** CNY for one point, a decimal string. */
  readonly point_price: string;
  /** Whether redemptions may take effect on any day of an open period, not only about now. */
  readonly may_backdate: boolean;
}

export type Partner = ReturnType<typeof partnerRows.decode>;

/** Refuses: `partner_exists`, `account_exists` (a partner's account was opened by hand). */
export function registerPartner(stage: Stage, request: PartnerRequest): { partner: Partner; entry: number } {
  const { id, ...rest } = request;
  if (stage.row(partnerRows, id))
    throw new Refusal('partner_exists', { en: `partner ${id} exists already`, zh: `合作方 ${id} 已存在` });
  const partner: Partner = { partner_id: id, ...rest };
  const entry = stage.post({
    kind: 'partner_registered' satisfies TimebankKind,
    opens: partnerAccounts(id),
    rows: [change(partnerRows, partner)],
  });
  return { partner, entry: entry.number };
}

/** Refuses: `partner_not_found`. */
export function requirePartner(stage: Stage, partnerId: string) {
  const partner = stage.row(partnerRows, partnerId);
  if (!partner)
    throw new Refusal('partner_not_found', { en: `there is no partner ${partnerId}`, zh: `没有合作方 ${partnerId}` });
  return partner;
}

/** A partner as the interface shows it; `entry` is the number of the entry that registered it. */
export function viewPartner(partner: Omit<Partner, 'entry'>, entry: number) {
  return {
    id: partner.partner_id,
    name: partner.name,
    kind: partner.kind as PartnerKind,
    point_price: partner.point_price,
    may_backdate: partner.may_backdate,
    entry: String(entry),
  };
}

export type PartnerView = ReturnType<typeof viewPartner>;
