/** What requests and answers about personal data hold: sealed fields, consents, the access log, erasures. */
import { type Static, Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import {
  closed,
  DateString,
  EntryNumber,
  ExternalId,
  Instant,
  Nullable,
  OptionalBody,
  pageOf,
} from '../../http/schemas.js';
import { erasureReasons } from '../../ledger/erasure.js';
import {
  consentPurposes,
  erasureStates,
  longestPersonalText,
  nationalIdPattern,
  personalTextPattern,
  phonePattern,
  type SealedField,
  sealedFields,
  unmaskPurposes,
} from '../../timebank/words.js';

export const memberParams = Type.Object({ id: ExternalId }, closed);

export const Phone = named(
  'Phone',
  Type.String({ pattern: phonePattern, description: 'A telephone number.', examples: ['13900000001'] }),
);
const NationalId = named(
  'NationalId',
  Type.String({
    pattern: nationalIdPattern,
    description:
      'The number of a resident identity card; its check digit must follow, and its day of birth be the member’s.',
    examples: ['330624194902201249'],
  }),
);
const PersonalText = named(
  'PersonalText',
  Type.String({
    minLength: 1,
    maxLength: longestPersonalText,
    pattern: personalTextPattern,
    description: 'One line that people can read. It is kept in NFC and without white space around it.',
    examples: ['南明街道东溪社区 3 幢 201 室'],
  }),
);

const shown = (what: string, examples: string[]) =>
  Nullable(Type.String({ description: what, examples }), {
    description: `${what} Null: nothing is kept, or it may not be seen.`,
  });

/** The sealed fields of a member as answers show them. */
export const shownFieldSchemas = {
  phone: shown('The telephone number, masked unless it is asked for in the clear.', ['139****0001']),
  national_id: shown('The number of the identity card, masked unless it is asked for in the clear.', [
    '330624********1249',
  ]),
  address: shown('`***`: there is one; in the clear if it is asked for so.', ['***']),
  health: shown('What is known of the health; shown as the address is.', ['***']),
  hardship: shown('What hardship there is; shown as the address is.', ['***']),
};

const fieldNames = sealedFields.join('|');

/** How a member is asked for in the clear. */
export const unmaskQuery = Type.Object(
  {
    unmask: Type.Optional(
      Type.String({
        pattern: `^(?:${fieldNames})(?:,(?:${fieldNames}))*$`,
        maxLength: 100,
        description: 'Fields that are to be answered in the clear, with commas between; only with a purpose.',
        examples: ['phone,address'],
      }),
    ),
    purpose: Type.Optional(
      Type.Enum([...unmaskPurposes], {
        description: 'What they are read for, as the access log keeps it.',
        examples: ['service_delivery'],
      }),
    ),
  },
  closed,
);
export type UnmaskQuery = Static<typeof unmaskQuery>;

const FieldName = named(
  'SealedField',
  Type.Enum([...sealedFields], { description: 'A field that is kept sealed.', examples: ['phone'] }),
);

export const NewPersonalData = named(
  'NewPersonalData',
  Type.Object(
    {
      phone: Type.Optional(Nullable(Phone)),
      national_id: Type.Optional(Nullable(NationalId)),
      address: Type.Optional(Nullable(PersonalText)),
      health: Type.Optional(Nullable(PersonalText)),
      hardship: Type.Optional(Nullable(PersonalText)),
    },
    {
      ...closed,
      minProperties: 1,
      description: 'Values to keep sealed; null empties a field, and what is not named stays.',
      examples: [{ phone: '13900000002', address: '南明街道东溪社区 3 幢 201 室' }],
    },
  ),
);

const fieldsOf = (description: string, examples: SealedField[][]) => Type.Array(FieldName, { description, examples });

export const RecordedPersonalData = namedObject(
  'RecordedPersonalData',
  {
    member: ExternalId,
    recorded: fieldsOf('What was sealed.', [['phone', 'address']]),
    emptied: fieldsOf('What holds nothing any more.', [[]]),
    entry: EntryNumber,
  },
  {
    description: 'Which fields were recorded; never what they hold.',
    examples: [{ member: 'M00001', recorded: ['phone', 'address'], emptied: [], entry: '31' }],
  },
);

export const Purpose = named(
  'ConsentPurpose',
  Type.Enum([...consentPurposes], {
    description:
      'What is consented to: `service` bears telephone number, identity card and address, `health` and `special_identity` (hardship) the field of that name.',
    examples: ['health'],
  }),
);
const Evidence = Type.String({
  minLength: 1,
  maxLength: longestPersonalText,
  pattern: personalTextPattern,
  description: 'What proves it, in words; kept beside the journal, only its digest in the log.',
  examples: ['同意书 2026-17'],
});

export const NewConsent = namedObject(
  'NewConsent',
  {
    purpose: Purpose,
    given_on: annotated(DateString, { description: 'When the person consented; not after today.' }),
    evidence: Type.Optional(Evidence),
  },
  {
    description: 'A consent of a member.',
    examples: [{ purpose: 'health', given_on: '2026-10-01', evidence: '同意书 2026-17' }],
  },
);

export const Revocation = OptionalBody(
  namedObject(
    'ConsentRevocation',
    { revoked_on: Type.Optional(annotated(DateString, { description: 'Default: today.' })) },
    { description: 'When the consent ended.', examples: [{}] },
  ),
);

export const Consent = namedObject(
  'Consent',
  {
    purpose: Purpose,
    number: Type.Integer({ minimum: 1, description: 'Counts the consents of a member to a purpose.', examples: [1] }),
    given_on: DateString,
    given_by: Type.String({ description: 'Who recorded it, as role and subject.', examples: ['operator:wang'] }),
    evidence: Nullable(Evidence, { description: 'Null for an auditor, where there is none, and once it is erased.' }),
    revoked_on: Nullable(DateString, { description: 'Null while it stands.' }),
    revoked_by: Nullable(Type.String({ description: 'Who recorded the end.', examples: ['member:M00001'] })),
    entry: EntryNumber,
  },
  {
    description: 'A consent; `entry` is the number of the entry that last changed it.',
    examples: [
      {
        purpose: 'health',
        number: 1,
        given_on: '2026-10-01',
        given_by: 'operator:wang',
        evidence: '同意书 2026-17',
        revoked_on: null,
        revoked_by: null,
        entry: '30',
      },
    ],
  },
);
export const ConsentPage = pageOf('ConsentPage', 'consents', Consent, 'Consents of a member, by purpose and number.');

const Access = namedObject(
  'PersonalDataAccess',
  {
    entry: EntryNumber,
    member: ExternalId,
    fields: fieldsOf('What was read in the clear.', [['phone']]),
    purpose: Type.Enum([...unmaskPurposes], { description: 'What for.', examples: ['service_delivery'] }),
    actor: Type.String({ description: 'Who read it, as role and subject.', examples: ['coordinator:zhao'] }),
    at: Instant,
  },
  {
    description: 'One read of personal data in the clear.',
    examples: [
      {
        entry: '40',
        member: 'M00001',
        fields: ['phone'],
        purpose: 'service_delivery',
        actor: 'coordinator:zhao',
        at: '2026-11-02T01:00:00.000000Z',
      },
    ],
  },
);
export const AccessPage = pageOf('PersonalDataAccessPage', 'accesses', Access, 'Reads in the clear, oldest first.');

export const NewErasure = namedObject(
  'NewErasure',
  {
    reason_code: Type.Enum([...erasureReasons], {
      description: 'Why, as the journal keeps it.',
      examples: ['person_asked'],
    }),
  },
  { description: 'Why a person is to be erased.', examples: [{ reason_code: 'person_asked' }] },
);
export const ErasureState = named(
  'ErasureState',
  Type.Enum([...erasureStates], {
    description: '`requested`: a second person is to carry it out; `erased`: it is done.',
    examples: ['requested'],
  }),
);
export const Erasure = namedObject(
  'Erasure',
  {
    member: ExternalId,
    state: ErasureState,
    requested_by: Type.String({ description: 'As role and subject.', examples: ['operator:wang'] }),
    requested_at: Instant,
    erased_by: Nullable(Type.String({ description: 'As role and subject.', examples: ['operator:li'] })),
    erased_at: Nullable(Instant),
    entry: EntryNumber,
  },
  {
    description: 'An erasure of a person; `entry` is the number of the entry that last changed it.',
    examples: [
      {
        member: 'M00001',
        state: 'requested',
        requested_by: 'operator:wang',
        requested_at: '2026-11-02T01:00:00.000000Z',
        erased_by: null,
        erased_at: null,
        entry: '41',
      },
    ],
  },
);

export const ErasurePage = pageOf('ErasurePage', 'erasures', Erasure, 'Erasures in the order of their members.');

export const NewLookup = named(
  'NewMemberLookup',
  Type.Union(
    [
      Type.Object({ phone: Phone, purpose: Type.Enum([...unmaskPurposes]) }, closed),
      Type.Object({ national_id: NationalId, purpose: Type.Enum([...unmaskPurposes]) }, closed),
    ],
    {
      description: 'A telephone number or the number of an identity card, and what its holder is looked for.',
      examples: [{ phone: '13900000001', purpose: 'service_delivery' }],
    },
  ),
);
export const FoundMembers = namedObject(
  'FoundMembers',
  { members: Type.Array(ExternalId, { description: 'Whoever has it, by id; nobody if the list is empty.' }) },
  { description: 'Members who have the number.', examples: [{ members: ['M00001'] }] },
);
