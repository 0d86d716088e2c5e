/** What certificates look like over HTTP: in a list, whole, and to anybody who checks one. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import {
  AmountString,
  DateString,
  EntryNumber,
  ExternalId,
  Instant,
  Nullable,
  OptionalBody,
  PersonalName,
  pageOf,
} from '../../http/schemas.js';
import { certificateRevocations, certificateStatuses, proofGrades } from '../../timebank/service-words.js';

export const certificateNumberShape = /^[A-Z][A-Z0-9-]{0,31}-20[0-9]{2}-[0-9]{6,15}-[0-9]$/;

export const CertificateNumber = named(
  'CertificateNumber',
  Type.String({
    pattern: certificateNumberShape.source,
    description: 'The ledger, the year, the entry that issued it, and a check digit (ISO 7064, MOD 11,10).',
    examples: ['XINCHANG-2026-000173-5'],
  }),
);

const days = {
  from: Nullable(DateString, { description: 'First day of service; null: from the first record on.' }),
  to: Nullable(DateString, { description: 'Last day of service; null: to the last record.' }),
};

export const NewCertificate = OptionalBody(
  namedObject(
    'NewCertificate',
    { from: Type.Optional(DateString), to: Type.Optional(DateString) },
    {
      description: 'Of which days of service, both ends included; left out: of all.',
      examples: [{ from: '2026-01-01', to: '2026-12-31' }],
    },
  ),
);

const Status = Type.Enum([...certificateStatuses], {
  description:
    'valid; superseded: a record of it was corrected or annulled since, and another certificate says what is right; revoked.',
  examples: ['valid'],
});
const Count = Type.Integer({ minimum: 0, description: 'Service records.', examples: [3] });
const Hours = annotated(AmountString, { description: 'HOUR.', examples: ['4.50'] });
const ProofGrade = Type.Enum([...proofGrades], { examples: ['A'] });
const CheckCode = Type.String({
  description: 'What is typed beside the number to check it: 50 bits, stored nowhere.',
  examples: ['7K3Q9-TWX2M'],
});
const CheckUrl = Type.String({
  format: 'uri',
  description: 'Where anybody checks it; the QR code on the paper.',
  examples: ['https://time.example/certificates/XINCHANG-2026-000173-5?code=7K3Q9-TWX2M'],
});

/** What is on the paper, too. */
const printed = {
  number: CertificateNumber,
  status: Status,
  ...days,
  issued_on: DateString,
  records: Count,
  hours: Hours,
  at_entry: annotated(EntryNumber, { description: 'It has the records that stood when this entry was the last.' }),
  revocation: Nullable(Type.Enum([...certificateRevocations], { examples: ['record_wrong'] }), {
    description: 'Why it was revoked.',
  }),
};
const printedExample = {
  number: 'XINCHANG-2026-000173-5',
  status: 'valid' as const,
  from: '2026-01-01',
  to: '2026-12-31',
  issued_on: '2026-11-27',
  records: 1,
  hours: '1.50',
  at_entry: '172',
  revocation: null,
};

const base = {
  ...printed,
  member: annotated(ExternalId, { description: 'The id that the member had when it was issued.' }),
  unit: annotated(ExternalId, { description: 'The organisation unit that issues it: where the member belonged.' }),
  issued_by: Type.String({ description: 'Who asked for it.', examples: ['member:M00001'] }),
  sha256: Type.String({
    pattern: '^[0-9a-f]{64}$',
    description: 'Of what it says of its records; what does not agree with it any more is not shown.',
    examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  }),
  revoked_at: Nullable(Instant),
  revoked_by: Nullable(Type.String({ examples: ['operator:li'] })),
  entry: annotated(EntryNumber, { description: 'That issued it, or revoked it.' }),
};
const baseExample = {
  ...printedExample,
  member: 'M00001',
  unit: 'XC',
  issued_by: 'member:M00001',
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  revoked_at: null,
  revoked_by: null,
  entry: '173',
};
const checkExample = {
  check_code: '7K3Q9-TWX2M',
  check_url: 'https://time.example/certificates/XINCHANG-2026-000173-5?code=7K3Q9-TWX2M',
};

export const Certificate = namedObject('Certificate', base, {
  description: 'A certificate of service records (志愿服务记录证明).',
  examples: [baseExample],
});

export const CertificatePage = pageOf('CertificatePage', 'certificates', Certificate, 'Certificates by number.');

export const IssuedCertificate = namedObject(
  'IssuedCertificate',
  { ...base, check_code: CheckCode, check_url: CheckUrl },
  { description: 'A certificate that was just issued.', examples: [{ ...baseExample, ...checkExample }] },
);

export const Revocation = namedObject(
  'CertificateRevocation',
  {
    reason: Type.Enum([...certificateRevocations], {
      description:
        'record_wrong: a record of it is wrong; issued_in_error; member_asked; misused: for instance in commerce.',
      examples: ['record_wrong'],
    }),
  },
  { description: 'Why a certificate is good no more.', examples: [{ reason: 'record_wrong' }] },
);

const Identity = namedObject(
  'CertificateIdentity',
  {
    kind: Type.Enum(['national_id', 'member_id'], {
      description: 'The number of the identity card where one was recorded, or else the id of the member.',
      examples: ['national_id'],
    }),
    masked: Nullable(Type.String({ examples: ['****************47'] }), {
      description: 'Null: not shown to who asks, or not kept any more, or another one since.',
    }),
  },
  { description: 'By what the person is told from others of the name.' },
);

const Line = namedObject('CertificateLine', {
  served_on: DateString,
  service_type: Type.String({ examples: ['meal_delivery'] }),
  hours: Hours,
  proof_grade: ProofGrade,
  unit: Type.String({ description: 'The name of the organising unit at the time.', examples: ['新昌县'] }),
});

const Total = namedObject('CertificateTotal', { proof_grade: ProofGrade, records: Count, hours: Hours });

const Name = Nullable(PersonalName, {
  description: 'When it was issued. Null for an auditor, and once the person was erased.',
});
const saying = {
  unit_name: Type.String({ description: 'Of the unit that issued it, at the time.', examples: ['新昌县'] }),
  name: Name,
  identity: Identity,
  totals: Type.Array(Total, { description: 'Of every proof grade.' }),
  lines: Type.Array(Line, { description: 'By day.' }),
  checkpoint: Type.String({
    description: 'The signed checkpoint of the log at `at_entry` (C2SP tlog-checkpoint).',
    examples: ['timeledger/log/xinchang\n172\n…\n\n— timeledger/log/xinchang …\n'],
  }),
};
const sayingExample = {
  unit_name: '新昌县',
  name: '何根仙',
  identity: { kind: 'national_id' as const, masked: '****************47' },
  totals: [
    { proof_grade: 'A' as const, records: 1, hours: '1.50' },
    { proof_grade: 'B' as const, records: 0, hours: '0.00' },
    { proof_grade: 'C' as const, records: 0, hours: '0.00' },
  ],
  lines: [
    {
      served_on: '2026-10-05',
      service_type: 'meal_delivery',
      hours: '1.50',
      proof_grade: 'A' as const,
      unit: '新昌县',
    },
  ],
  checkpoint: 'timeledger/log/xinchang\n172\n…\n\n— timeledger/log/xinchang …\n',
};

export const WholeCertificate = namedObject(
  'WholeCertificate',
  {
    ...base,
    ...saying,
    check_code: Nullable(CheckCode, { description: 'Null for an auditor.' }),
    check_url: Nullable(CheckUrl, { description: 'Null for an auditor.' }),
  },
  {
    description: 'A certificate with what it says.',
    examples: [{ ...baseExample, ...sayingExample, ...checkExample }],
  },
);

/** Of a certificate to anybody who has its code: no more than the paper says. */
export const CheckedCertificate = namedObject(
  'CheckedCertificate',
  { ...printed, ...saying },
  {
    description: 'What anybody reads who has the number and the code.',
    examples: [{ ...printedExample, ...sayingExample }],
  },
);
