/**
 * Certificates issued and revoked: each step an entry, decided on the records that stand at that moment. What becomes of those records later is
 * read, not written: a certificate of which one was corrected since is superseded, whatever has run. It does not know how one looks.
 */
import { change } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import { idsOf, type Member, refuseMerged } from '../../people/members.js';
import { requireNotErased } from '../../people/personal-data/not-erased.js';
import { erasureRows, sealedFieldRows } from '../../people/personal-data/rows.js';
import { isUnitWithin, type Reach, requireMemberWithin } from '../../people/reach.js';
import { orgUnitRows } from '../../people/rows.js';
import type { CertificateRevocation, ProofGrade } from '../../service-words.js';
import { serviceCorrectionRows, serviceRecordRows } from '../rows.js';
import { allStandingRecords } from '../standing.js';
import { type CertifiedRecord, digestOf, hoursOf } from './content.js';
import { certificateNumber } from './number.js';
import { recordCertificateRows } from './rows.js';

export type RecordCertificate = ReturnType<typeof recordCertificateRows.decode>;

/** Some thirty pages. */
const mostRecords = 500;

export interface Issuing {
  readonly reach: Reach;
  readonly member: string;
  /** Days of service, both ends included; null: open. */
  readonly from: string | null;
  readonly to: string | null;
}

/**
 * Issues a certificate of the records of a member that stand now.
 * Refuses: `member_not_found`, also out of reach, `member_merged`, `member_erased`, `certificate_empty`, `certificate_too_long`.
 */
export function issueCertificate(stage: Stage, { reach, member: id, from, to }: Issuing): RecordCertificate {
  const member = requireMemberWithin(stage, reach, id);
  refuseMerged(member);
  prefetchHolder(stage, member);
  requireNotErased(stage, id);
  const records = recordsOf(stage, member, { from, to });
  requireSome(records, id);
  const [card] = stage
    .rows(sealedFieldRows, 'field', id, 'national_id')
    .filter(({ ciphertext }) => ciphertext !== null);
  const certified = {
    certificate_number: certificateNumber(stage.ledgerCode, stage.today, stage.watermark + 1),
    member_id: id,
    merged_from: member.merged_from,
    org_unit_id: member.org_unit_id,
    first_on: from,
    last_on: to,
    at_entry: BigInt(stage.watermark),
    issued_on: stage.today,
  };
  const issued = journal(stage, 'certificate_issued', {
    ...certified,
    issued_by: stage.actingAs,
    records: records.length,
    hours: hoursOf(records),
    content: digestOf(certified, records),
    identity_entry: card?.entry === undefined ? null : BigInt(card.entry),
    ...{ revoked_at: null, revoked_by: null, revocation: null },
  });
  if (BigInt(issued.entry ?? 0) !== certified.at_entry + 1n)
    throw new Error('a certificate has not the entry of its number');
  return issued;
}

export interface Revoking {
  readonly reach: Reach;
  readonly number: string;
  readonly reason: CertificateRevocation;
}

/** Refuses: `certificate_not_found`, also when the unit that issued it lies out of reach, `certificate_revoked`. */
export function revokeCertificate(stage: Stage, { reach, number, reason }: Revoking): RecordCertificate {
  const row = stage.row(recordCertificateRows, number);
  if (!row || !isUnitWithin(stage, reach, row.org_unit_id)) throw certificateNotFound(number);
  if (row.revoked_at !== null)
    throw new Refusal('certificate_revoked', {
      en: `certificate ${number} is revoked already`,
      zh: `证明 ${number} 已撤销`,
    });
  return journal(stage, 'certificate_revoked', {
    ...row,
    revoked_at: stage.instant,
    revoked_by: stage.actingAs,
    revocation: reason,
  });
}

export function certificateNotFound(number: string): Refusal {
  return new Refusal('certificate_not_found', {
    en: `there is no certificate ${number}`,
    zh: `没有编号为 ${number} 的证明`,
  });
}

function prefetchHolder(stage: Stage, member: Member): void {
  stage.prefetch({
    rows: [[erasureRows, member.member_id]],
    lists: [
      [sealedFieldRows, 'field', member.member_id, 'national_id'],
      ...idsOf(member).flatMap((id) => [
        [serviceRecordRows, 'volunteer', id] as const,
        [serviceCorrectionRows, 'volunteer', id] as const,
      ]),
    ],
  });
}

function recordsOf(stage: Stage, member: Member, { from, to }: Pick<Issuing, 'from' | 'to'>): CertifiedRecord[] {
  const records = allStandingRecords(stage, idsOf(member)).filter(
    ({ served_on: day }) => (from === null || day >= from) && (to === null || day <= to),
  );
  stage.prefetch({ rows: [...new Set(records.map((one) => one.recorded_by))].map((id) => [orgUnitRows, id] as const) });
  return records.map((one) => ({
    id: one.service_record_id,
    served_on: one.served_on,
    service_type: one.service_type,
    proof_grade: one.proof_grade as ProofGrade,
    unit: stage.row(orgUnitRows, one.recorded_by) ? one.recorded_by : member.org_unit_id,
    hours: one.hours,
  }));
}

/** Refuses: `certificate_empty`, `certificate_too_long`. */
function requireSome({ length: count }: readonly CertifiedRecord[], id: string): void {
  if (count === 0)
    throw new Refusal('certificate_empty', {
      en: `no service record of ${id} stands in these days`,
      zh: `成员 ${id} 在该期间没有有效的志愿服务记录`,
    });
  if (count > mostRecords)
    throw new Refusal('certificate_too_long', {
      en: `a certificate has at most ${mostRecords} records, in these days there are ${count}`,
      zh: `一份证明最多 ${mostRecords} 条记录，该期间共有 ${count} 条`,
    });
}

function journal(stage: Stage, kind: TimebankKind, row: Omit<RecordCertificate, 'entry'>): RecordCertificate {
  const { number } = stage.post({ kind, rows: [change(recordCertificateRows, row)] });
  return { ...row, entry: number };
}
