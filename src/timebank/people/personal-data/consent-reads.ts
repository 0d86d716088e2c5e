/** Reading consents. What proves one is free text: who may see it is decided by the interface. */
import type { Pool } from '../../../db/connect.js';
import type { ConsentPurpose } from '../../personal-words.js';
import { isMember } from '../member-reads.js';
import type { Consent } from './consents.js';

export interface ConsentView {
  readonly member: string;
  readonly purpose: ConsentPurpose;
  readonly number: number;
  readonly given_on: string;
  readonly given_by: string;
  readonly evidence: string | null;
  readonly revoked_on: string | null;
  readonly revoked_by: string | null;
  readonly entry: string;
}

/** A consent as the interface shows it; `entry` is the number of the entry that last changed it. */
export function viewConsent({ member_id: member, salt: _, purpose, entry, ...rest }: Consent): ConsentView {
  return { member, purpose: purpose as ConsentPurpose, ...rest, entry: String(entry) };
}

/** Consents of a member, under all the ids that the person has had, by number, from after `2/M1` on. */
export async function listConsents(
  sql: Pool,
  ledgerId: number,
  page: { memberId: string; after: string; limit: number },
): Promise<ConsentView[]> {
  const [number = '0', member = ''] = page.after === '' ? [] : page.after.split('/');
  const rows = await sql.unsafe(
    `select c.member_id as member, c.purpose, c.number, c.given_on::text as given_on, c.given_by, c.evidence,
       c.revoked_on::text as revoked_on, c.revoked_by, c.entry::text as entry
     from timebank.consents c
     where c.ledger_id = $1 and ${isMember('c.member_id')} and (c.number, c.member_id) > ($3::text::integer, $4::text)
     order by c.number, c.member_id limit $5`,
    [ledgerId, page.memberId, number, member, page.limit],
    { prepare: true },
  );
  return rows as unknown as ConsentView[];
}

/** What proves a consent, as the row has it; null also once it is erased. */
export async function readEvidence(
  sql: Pool,
  ledgerId: number,
  { memberId, number }: { memberId: string; number: number },
): Promise<string | null> {
  const [row] = await sql.unsafe(
    `select c.evidence from timebank.consents c
     where c.ledger_id = $1 and c.member_id = $2 and c.number = $3`,
    [ledgerId, memberId, number],
    { prepare: true },
  );
  return (row?.['evidence'] as string | null | undefined) ?? null;
}
