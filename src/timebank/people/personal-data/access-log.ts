/**
 * Who reads personal data in the clear: an entry of its own for each such read, committed before anything is shown. The rows never
 * change, and the log binds them.
 */
import type { Pool } from '../../../db/connect.js';
import { instantColumn } from '../../../db/instants.js';
import { change } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { newSalt } from '../../../lib/salt.js';
import type { TimebankKind } from '../../chart.js';
import { type SealedField, sealedFieldsZh, type UnmaskPurpose } from '../../personal-words.js';
import { isMember } from '../member-reads.js';
import { type Reach, requireMemberWithin } from '../reach.js';
import { requireNotErased } from './not-erased.js';
import { accessLogRows } from './rows.js';

/** What health and hardship may be read for. */
const sensitivePurposes: readonly UnmaskPurpose[] = ['care_visit', 'emergency', 'own_request'];

/** Refuses: `unmask_not_allowed` (health or hardship for a purpose that does not need them). */
export function requireUnmaskable(fields: readonly SealedField[], purpose: UnmaskPurpose): void {
  const sensitive = fields.find((field) => field === 'health' || field === 'hardship');
  if (sensitive === undefined || sensitivePurposes.includes(purpose)) return;
  throw new Refusal('unmask_not_allowed', {
    en: `${sensitive} is not read in the clear for ${purpose}`,
    zh: `不得以 ${purpose} 为目的查看${sealedFieldsZh[sensitive]}的明文`,
  });
}

/** Records that somebody reads fields of a member in the clear. Refuses: `member_not_found`, also out of reach, `member_erased`. */
export function recordAccess(
  stage: Stage,
  reach: Reach,
  { memberId, fields, purpose }: { memberId: string; fields: readonly SealedField[]; purpose: UnmaskPurpose },
): void {
  requireMemberWithin(stage, reach, memberId);
  requireNotErased(stage, memberId);
  const row = {
    member_id: memberId,
    fields: fields.join(','),
    purpose,
    actor: stage.actingAs,
    at: stage.instant,
    salt: newSalt(),
  };
  stage.post({ kind: 'personal_data_read' satisfies TimebankKind, rows: [change(accessLogRows, row)] });
}

export interface AccessView {
  readonly entry: string;
  readonly member: string;
  readonly fields: SealedField[];
  readonly purpose: UnmaskPurpose;
  readonly actor: string;
  readonly at: string;
}

/** What narrows the access log; null does not. `member` stands for all the ids that the person has had. `from` and `to` are days in the ledger's zone. */
export interface AccessFilter {
  readonly member: string | null;
  readonly actor: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly zone: string;
}

/** The access log, oldest first, from after an entry on. */
export async function listAccesses(
  sql: Pool,
  ledgerId: number,
  { member, actor, from, to, zone }: AccessFilter,
  page: { after: string; limit: number },
): Promise<AccessView[]> {
  const parameters: (string | number)[] = [ledgerId, page.after || '0', page.limit];
  const put = (value: string) => `$${parameters.push(value)}::text`;
  // A condition that is not asked for is left out, so that the others can use their index.
  const conditions = [
    ...(member === null ? [] : [isMember('l.member_id', put(member))]),
    ...(actor === null ? [] : [`l.actor = ${put(actor)}`]),
    ...(from === null ? [] : [`l.at >= (${put(from)}::date::timestamp at time zone ${put(zone)})`]),
    ...(to === null ? [] : [`l.at < ((${put(to)}::date + 1)::timestamp at time zone ${put(zone)})`]),
  ];
  const rows = await sql.unsafe(
    `select l.entry::text as entry, l.member_id as member, l.fields, l.purpose, l.actor,
       ${instantColumn('l.at')} as at
     from timebank.access_log l
     where l.ledger_id = $1 and l.entry > $2::text::bigint ${conditions.map((one) => `and ${one}`).join(' ')}
     order by l.entry limit $3`,
    parameters,
    { prepare: true },
  );
  return rows.map((row) => ({ ...row, fields: (row['fields'] as string).split(',') })) as unknown as AccessView[];
}
