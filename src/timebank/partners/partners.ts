/** Partners, who redeem points: a bank, a shop. Their accounts in the books and the credentials of their systems. */
import { createHash } from 'node:crypto';
import { change, type StagedEntry } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import { partnerAccounts, type TimebankKind } from '../chart.js';
import type { PartnerKind } from '../words.js';
import { partnerCredentialRows, partnerRows } from './rows.js';

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
  if (stage.row(partnerRows, id)) throw new Refusal('partner_exists', `partner ${id} exists already`);
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
  if (!partner) throw new Refusal('partner_not_found', `there is no partner ${partnerId}`);
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

/** Keeps the SHA-256 of a secret by which a partner's system gets its tokens. Refuses: `partner_not_found`. */
export function issueCredential(
  stage: Stage,
  request: { partnerId: string; clientId: string; secret: string },
): StagedEntry {
  requirePartner(stage, request.partnerId);
  const row = {
    client_id: request.clientId,
    partner_id: request.partnerId,
    secret_sha256: secretDigest(request.secret),
  };
  return stage.post({
    kind: 'partner_credential_issued' satisfies TimebankKind,
    rows: [change(partnerCredentialRows, row)],
  });
}

/** Secrets are 256 random bits, so that one round of SHA-256 keeps them as well as a slow hash would. */
export function secretDigest(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
