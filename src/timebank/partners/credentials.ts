/**
 * The credentials by which systems get tokens: a partner's, another platform's, an auditor's, an operator's own. Issued, put in the place of
 * others, and revoked; each is an entry, for who could get in when is part of the audit trail. It does not know what a token is.
 */
import { createHash } from 'node:crypto';
import { change } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { formatInstant, parseInstant } from '../../lib/clock.js';
import { Refusal } from '../../lib/refusal.js';
import type { TimebankKind } from '../chart.js';
import { requirePartner } from './partners.js';
import { credentialRows } from './rows.js';

/** Roles that systems have; people sign in elsewhere. */
export const credentialRoles = ['partner', 'platform', 'auditor', 'operator'] as const;
export type CredentialRole = (typeof credentialRoles)[number];

export type Credential = Omit<ReturnType<typeof credentialRows.decode>, 'role'> & { readonly role: CredentialRole };

/** A stored row as what only this file writes there. */
export function credentialOf(row: ReturnType<typeof credentialRows.decode>): Credential {
  return row as Credential;
}

export interface NewClient {
  readonly clientId: string;
  readonly secret: string;
}

/** Keeps the SHA-256 of a new client's secret. Refuses: `partner_not_found` (the subject of role partner). */
export function issueCredential(
  stage: Stage,
  request: NewClient & { readonly role: CredentialRole; readonly subject: string },
): Credential {
  const { role, subject } = request;
  if (role === 'partner') requirePartner(stage, subject);
  return post(stage, 'credential_issued', [newCredential(stage, request, { role, subject })]);
}

/**
 * Puts new credentials in the place of old ones, which stay good for a while so that their system can change over.
 * Refuses: `credential_not_found`, `credential_ended`.
 */
export function rotateCredential(
  stage: Stage,
  request: NewClient & { readonly replaces: string; readonly overlapSeconds: number },
): Credential {
  const old = requireLasting(stage, request.replaces);
  const end = BigInt(stage.now + request.overlapSeconds * 1_000) * 1_000n;
  // What was to end sooner still does.
  const endsAt = old.ends_at !== null && parseInstant(old.ends_at) < end ? old.ends_at : formatInstant(end);
  return post(stage, 'credential_rotated', [
    newCredential(stage, request, old),
    { ...old, ends_at: endsAt, replaced_by: request.clientId },
  ]);
}

/** Ends credentials now. Refuses: `credential_not_found`, `credential_ended`. */
export function revokeCredential(stage: Stage, clientId: string): Credential {
  const old = requireLasting(stage, clientId);
  return post(stage, 'credential_revoked', [{ ...old, ends_at: nowOf(stage), revoked: true }]);
}

export type CredentialStatus = 'active' | 'ending' | 'ended' | 'revoked';

/** Judged by the clock when it is asked for; `now` is milliseconds since the epoch. */
export function statusOfCredential(
  { ends_at, revoked }: Pick<Credential, 'ends_at' | 'revoked'>,
  now: number,
): CredentialStatus {
  if (revoked) return 'revoked';
  if (ends_at === null) return 'active';
  return parseInstant(ends_at) > BigInt(now) * 1_000n ? 'ending' : 'ended';
}

/** Credentials as the interface shows them: everything but the digest of the secret. */
export function viewCredential(credential: Credential, now: number) {
  return {
    client_id: credential.client_id,
    role: credential.role,
    subject: credential.subject,
    status: statusOfCredential(credential, now),
    issued_at: credential.issued_at,
    ends_at: credential.ends_at,
    replaced_by: credential.replaced_by,
    entry: String(credential.entry),
  };
}

/** Secrets are 256 random bits, so that one round of SHA-256 keeps them as well as a slow hash would. */
export function secretDigest(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

type Staged = Omit<Credential, 'entry'>;

function newCredential(stage: Stage, { clientId, secret }: NewClient, of: Pick<Staged, 'role' | 'subject'>): Staged {
  return {
    client_id: clientId,
    role: of.role,
    subject: of.subject,
    secret_sha256: secretDigest(secret),
    issued_at: nowOf(stage),
    ends_at: null,
    revoked: false,
    replaced_by: null,
  };
}

function requireLasting(stage: Stage, clientId: string): Credential {
  const row = stage.row(credentialRows, clientId);
  if (!row)
    throw new Refusal('credential_not_found', {
      en: `there are no credentials ${clientId}`,
      zh: `没有凭据 ${clientId}`,
    });
  const credential = credentialOf(row);
  const status = statusOfCredential(credential, stage.now);
  if (status === 'revoked' || status === 'ended')
    throw new Refusal('credential_ended', {
      en: `the credentials ${clientId} ended at ${credential.ends_at}`,
      zh: `凭据 ${clientId} 已于 ${credential.ends_at} 终止`,
    });
  return credential;
}

function post(stage: Stage, kind: TimebankKind, rows: readonly [Staged, ...Staged[]]): Credential {
  const { number } = stage.post({ kind, rows: rows.map((row) => change(credentialRows, row)) });
  return { ...rows[0], entry: number };
}

function nowOf(stage: Stage): string {
  return stage.instant;
}
