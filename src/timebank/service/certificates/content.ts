/**
 * What a certificate says of its records, made of the rows of the lane when it is issued and of those of the database whenever it is shown: its
 * digest tells whether both say the same. Nothing personal is in it, and of units it has the ids. Pure.
 */
import { hash } from 'node:crypto';
import { formatAmount } from '../../../lib/decimal.js';
import { type ProofGrade, proofGrades } from '../../service-words.js';

/** A record on a certificate. `unit` is the organising unit: the one that recorded it or, where a person did, the one that issues. */
export interface CertifiedRecord {
  readonly id: string;
  readonly served_on: string;
  readonly service_type: string;
  readonly proof_grade: ProofGrade;
  readonly unit: string;
  /** Hundredths. */
  readonly hours: bigint;
}

/** What it is of, as its row has it. */
export interface Certified {
  readonly certificate_number: string;
  readonly member_id: string;
  readonly merged_from: string | null;
  readonly org_unit_id: string;
  readonly first_on: string | null;
  readonly last_on: string | null;
  readonly at_entry: bigint;
  readonly issued_on: string;
}

/** Records in the order in which a certificate has them: by day. */
export function inOrder<Given extends CertifiedRecord>(records: readonly Given[]): Given[] {
  const key = ({ served_on, id }: CertifiedRecord) => `${served_on} ${id}`;
  return [...records].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

export interface GradeTotal {
  readonly proof_grade: ProofGrade;
  readonly records: number;
  readonly hours: bigint;
}

/** Of every grade, with records or without. */
export function totalsOf(records: readonly CertifiedRecord[]): GradeTotal[] {
  return proofGrades.map((grade) => {
    const of = records.filter(({ proof_grade }) => proof_grade === grade);
    return { proof_grade: grade, records: of.length, hours: hoursOf(of) };
  });
}

/** Hundredths. */
export function hoursOf(records: readonly CertifiedRecord[]): bigint {
  return records.reduce((sum, { hours }) => sum + hours, 0n);
}

/** SHA-256 of the canonical JSON (RFC 8785): names in the order of the alphabet, amounts as text, no white space. */
export function digestOf(certified: Certified, records: readonly CertifiedRecord[]): string {
  const { certificate_number, member_id, merged_from, org_unit_id, first_on, last_on, at_entry, issued_on } = certified;
  const content = {
    at_entry: String(at_entry),
    certificate_number,
    first_on,
    issued_on,
    last_on,
    member_id,
    merged_from,
    org_unit_id,
    records: inOrder(records).map(({ id, served_on, service_type, proof_grade, unit, hours }) => ({
      hours: formatAmount(hours, 2),
      id,
      proof_grade,
      served_on,
      service_type,
      unit,
    })),
  };
  return hash('sha256', JSON.stringify(content), 'hex');
}
