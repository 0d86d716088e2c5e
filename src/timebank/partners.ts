/** Partners, who redeem points: a bank, a shop. Their accounts in the books and the credentials of their systems. */
import { createHash } from 'node:crypto';
import { Refusal } from '../lib/refusal.js';
import { change, type Stage, type StagedEntry } from '../ledger/stage.js';
import { partnerAccounts, type TimebankKind } from './chart.js';
import { partnerCredentialRows, partnerRows } from './rows.js';

export const partnerKinds = ['rural_commercial_bank', 'shop', 'platform'] as const;

export interface PartnerRequest {
  readonly id: string;
  readonly name: string;
  readonly kind: (typeof partnerKinds)[number];
  /** CNY for one point, a decimal string. */
  readonly point_price: string;
  /** Whether redemptions may take effect on any day of an open period, not only about now. */
  readonly may_backdate: boolean;
}

export type Partner = NonNullable<ReturnType<typeof requirePartner>>;

/** Refuses: `partner_exists`. */
export function registerPartner(stage: Stage, request: PartnerRequest): StagedEntry {
  const { id, ...rest } = request;
  if (stage.row(partnerRows, id)) throw new Refusal('partner_exists', `partner ${id} exists already`);
  return stage.post({
    kind: 'partner_registered' satisfies TimebankKind,
    opens: partnerAccounts(id),
    rows: [change(partnerRows, { partner_id: id, ...rest })],
  });
}

/** Refuses: `partner_not_found`. */
export function requirePartner(stage: Stage, partnerId: string) {
  const partner = stage.row(partnerRows, partnerId);
  if (!partner) throw new Refusal('partner_not_found', `there is no partner ${partnerId}`);
  return partner;
}

/** Keeps the SHA-256 of a secret by which a partner's system gets its tokens. Refuses: `partner_not_found`. */
export function issueCredential(stage: Stage, request: { partnerId: string; clientId: string; secret: string }): StagedEntry {
  requirePartner(stage, request.partnerId);
  const row = { client_id: request.clientId, partner_id: request.partnerId, secret_sha256: secretDigest(request.secret) };
  return stage.post({ kind: 'partner_credential_issued' satisfies TimebankKind, rows: [change(partnerCredentialRows, row)] });
}

/** Secrets are 256 random bits, so that one round of SHA-256 keeps them as well as a slow hash would. */
export function secretDigest(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
