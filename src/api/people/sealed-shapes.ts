/** What requests and answers about sealed fields hold: recording them, seeing them masked or in the clear, finding members by them. */
import { type Static, Type } from 'typebox';
import { named, namedObject } from '../../http/named.js';
import { closed, EntryNumber, ExternalId, Nullable } from '../../http/schemas.js';
import {
  longestPersonalText,
  nationalIdPattern,
  personalTextPattern,
  type SealedField,
  sealedFields,
  unmaskPurposes,
} from '../../timebank/personal-words.js';
import { phonePattern } from '../../timebank/words.js';

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
    '****************49',
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

export const fieldsOf = (description: string, examples: SealedField[][]) =>
  Type.Array(FieldName, { description, examples });

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
