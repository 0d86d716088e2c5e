/**
 * Reading certificates: the row with the records it stands on, whoever it is for, and whether it is still good. What does not agree with the
 * digest of the issue is not shown. Who may see a certificate is decided by the interface.
 */
import type { Pool } from '../../../db/connect.js';
import { textColumns } from '../../../ledger/rows.js';
import { DamagedData } from '../../../lib/damage.js';
import type { Words } from '../../../lib/language.js';
import { type StoredFields, storedColumns, storedSource } from '../../people/personal-data/shown-fields.js';
import type { CertificateStatus } from '../../service-words.js';
import { type CertifiedRecord, digestOf, inOrder } from './content.js';
import { certificateNotFound, type RecordCertificate } from './issue.js';
import { recordCertificateRows } from './rows.js';

const columns = textColumns(recordCertificateRows, 'c');
const prepared = { prepare: true } as const;

const reversed = (until: string) =>
  `exists (select from timeledger.entries v where v.ledger_id = $1 and v.reverses = r.entry${until})`;

/** SQL, to stand behind `from`: the records of the certificate `c`, which are those of its days that stood at its entry. $1 is the ledger. */
const itsRecords = `timebank.service_records r
  where r.ledger_id = $1 and r.volunteer_id = any(string_to_array(concat_ws(' ', c.member_id, c.merged_from), ' '))
    and r.entry <= c.at_entry and (c.first_on is null or r.served_on >= c.first_on) and (c.last_on is null or r.served_on <= c.last_on)
    and not ${reversed(' and v.number <= c.at_entry')}`;

const statusSql = (ofIt: string, ofRecords: string) => `case when c.revoked_at is not null${ofIt} then 'revoked'
  when exists (select from ${itsRecords} and ${reversed(ofRecords)}) then 'superseded' else 'valid' end`;

/** SQL: revoked, or else superseded once one of its records was corrected, or else valid. */
const status = statusSql('', '');

/** SQL: the same as it was at an entry, a parameter. Nothing but its revocation changes the row of a certificate. */
export const certificateStatusAt = (entry: string) =>
  statusSql(` and c.entry <= ${entry}::text::bigint`, ` and v.number <= ${entry}::text::bigint`);

/** SQL: a unit's name as it was at the certificate's entry; of one whose first name was written down nowhere, what it is called now. */
const nameThen = (unit: string) =>
  `coalesce((select u.name from timebank.org_unit_changes u where u.ledger_id = $1 and u.org_unit_id = ${unit} and u.entry <= c.at_entry
     order by u.entry desc limit 1), (select u.name from timebank.org_units u where u.ledger_id = $1 and u.org_unit_id = ${unit}))`;

/** SQL: the unit that organised a record. */
const organiser = `case when exists (select from timebank.org_units o where o.ledger_id = $1 and o.org_unit_id = r.recorded_by
  and not exists (select from timebank.org_unit_changes u where u.ledger_id = $1 and u.org_unit_id = o.org_unit_id
    and u.kind = 'registered' and u.entry > c.at_entry)) then r.recorded_by else c.org_unit_id end`;

export interface ShownRecord extends CertifiedRecord {
  readonly unit_name: string;
}

/** A certificate with what it says. */
export interface StoredCertificate {
  readonly row: RecordCertificate;
  readonly status: CertificateStatus;
  readonly unit_name: string;
  readonly records: readonly ShownRecord[];
}

/** Refuses: `certificate_not_found`. Throws DamagedData when its records are not those of the issue any more. */
export async function readCertificate(sql: Pool, ledgerId: number, number: string): Promise<StoredCertificate> {
  const [found] = await sql.unsafe(
    `select ${columns}, ${status} as status, ${nameThen('c.org_unit_id')} as unit_name,
       (select json_agg(json_build_object('id', g.service_record_id, 'served_on', g.served_on, 'service_type', g.service_type,
          'proof_grade', g.proof_grade, 'hours', g.hours::text, 'unit', g.unit, 'unit_name', ${nameThen('g.unit')}))
        from (select r.*, ${organiser} as unit from ${itsRecords}) g) as its_records
     from timebank.record_certificates c where c.ledger_id = $1 and c.certificate_number = $2`,
    [ledgerId, number],
    prepared,
  );
  if (!found) throw certificateNotFound(number);
  const { status: now, unit_name: unitName, its_records: given, ...text } = found;
  const row = recordCertificateRows.decode(text);
  const records = ((given as (Omit<ShownRecord, 'hours'> & { hours: string })[] | null) ?? []).map((one) => ({
    ...one,
    hours: BigInt(one.hours),
  }));
  if (digestOf(row, records) !== row.content) throw new DamagedData(damaged(number));
  return { row, status: now as CertificateStatus, unit_name: unitName as string, records: inOrder(records) };
}

function damaged(number: string): Words {
  return {
    en: `what certificate ${number} says is not what was issued`,
    zh: `证明 ${number} 的内容与出具时不符`,
  };
}

/** What is known of whoever a certificate is for. */
export interface Holder {
  /** As it was at the entry; null: erased. */
  readonly name: string | null;
  readonly fields: StoredFields;
  /** That sealed the number of the identity card which is kept now. */
  readonly identity_entry: bigint | null;
}

/** The holder of a certificate under the id that the certificate has. */
export async function readHolder(
  sql: Pool,
  ledgerId: number,
  { member_id, at_entry }: Pick<RecordCertificate, 'member_id' | 'at_entry'>,
): Promise<Holder> {
  const [found] = await sql.unsafe(
    `select case when f.replaced_by is null then p.name else f.name end as name, ${storedColumns},
       (select s.entry::text from timebank.sealed_fields s where s.ledger_id = $1 and s.member_id = m.member_id
         and s.field = 'national_id' and s.ciphertext is not null) as identity_entry
     from timebank.members m
     join timebank.persons p on p.ledger_id = m.ledger_id and p.member_id = m.member_id
     ${storedSource}
     left join lateral (select o.name, o.replaced_by from timebank.former_names o
       where o.ledger_id = m.ledger_id and o.member_id = m.member_id and o.replaced_by > $3::text::bigint
       order by o.replaced_by limit 1) f on true
     where m.ledger_id = $1 and m.member_id = $2`,
    [ledgerId, member_id, String(at_entry)],
    prepared,
  );
  if (!found) throw new Error(`there is no member ${member_id}`);
  const { name, identity_entry: entry, ...fields } = found;
  return { name, fields: fields as unknown as StoredFields, identity_entry: entry === null ? null : BigInt(entry) };
}

export interface ListedCertificate {
  readonly row: RecordCertificate;
  readonly status: CertificateStatus;
}

/** Certificates of a person under any of their ids, by number, from after a number on. */
export async function listCertificates(
  sql: Pool,
  ledgerId: number,
  page: { readonly members: readonly string[]; readonly after: string; readonly limit: number },
): Promise<ListedCertificate[]> {
  const rows = await sql.unsafe(
    `select ${columns}, ${status} as status from timebank.record_certificates c
     where c.ledger_id = $1 and c.member_id in (select jsonb_array_elements_text($2::text::jsonb)) and c.certificate_number > $3
     order by c.certificate_number limit $4`,
    [ledgerId, JSON.stringify(page.members), page.after, page.limit],
    prepared,
  );
  return rows.map(({ status: now, ...text }) => ({ row: recordCertificateRows.decode(text), status: now }));
}

/** What must hold of certificates, as SQL for `verify`: selects key, expected and actual. */
export const certificateChecks: readonly { readonly name: Words; readonly sql: string }[] = [
  {
    name: {
      en: 'hours and records of a certificate = those of its records that stood when it was issued',
      zh: '证明的时长和条数 = 出具时有效的志愿服务记录',
    },
    sql: `select c.certificate_number as key, concat_ws(' ', c.hours, c.records) as expected,
        (select concat_ws(' ', coalesce(sum(r.hours), 0), count(*)) from ${itsRecords}) as actual
      from timebank.record_certificates c where c.ledger_id = $1`,
  },
];
