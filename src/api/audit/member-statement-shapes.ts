/** What a member's statement looks like as JSON. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import {
  AmountString,
  AssetCode,
  DateString,
  EntryNumber,
  ExternalId,
  NextCursor,
  Nullable,
  PersonalName,
  SignedAmountString,
} from '../../http/schemas.js';
import { statedPurses } from '../../timebank/audit/member-statements/purse-words.js';
import { PurseName } from '../people/member-purses.js';
import { Difference } from '../service/service-record-shapes.js';

const StatedPurse = named(
  'StatementPurse',
  Type.Enum([...statedPurses], {
    description: 'A purse; or grants, which pay orders until the end of their year: all that there are, together.',
    examples: ['points'],
  }),
);

const PurseFigures = namedObject('PurseFigures', {
  purse: StatedPurse,
  asset: AssetCode,
  opening: annotated(SignedAmountString, { description: 'Before the first day of the range; the same on every page.' }),
  closing: annotated(SignedAmountString, { description: 'After the last day of the range; the same on every page.' }),
});

const PurseMovement = namedObject('PurseMovement', {
  purse: StatedPurse,
  in: AmountString,
  out: AmountString,
  balance: annotated(SignedAmountString, { description: 'After this line.' }),
});

const Reason = named(
  'Reason',
  Type.Object(
    { zh: Type.String(), en: Type.String() },
    {
      additionalProperties: false,
      description: 'In plain words, in both languages.',
      examples: [{ zh: '调账，文号 DOC 1', en: 'adjustment by document DOC 1' }],
    },
  ),
);

const ServiceOfLine = namedObject(
  'ServiceOfLine',
  {
    id: ExternalId,
    service_type: Type.String({ examples: ['meal_delivery'] }),
    served_on: DateString,
    hours: AmountString,
    coins: AmountString,
    differences: Type.Array(Difference, { description: 'hours = coins + the sum of the differences.' }),
  },
  { description: 'What the entry of a service recorded; what was corrected since has lines of its own.' },
);

const MemberStatementLine = namedObject('MemberStatementLine', {
  entry: EntryNumber,
  effective_on: DateString,
  kind: Type.String({
    description: 'The kind of entry; docs/ledger.md explains each.',
    examples: ['service_recorded'],
  }),
  reason: Reason,
  movements: Type.Array(PurseMovement, { description: 'The purses that the line moved.' }),
  owed: Type.Array(PurseMovement, { description: 'What it changed of what the member owes: `in` makes it more.' }),
  service: Nullable(ServiceOfLine, { description: 'Of a service that the member gave.' }),
  partner: Nullable(ExternalId, { description: 'Of a redemption.' }),
  reference: Nullable(Type.String(), {
    description: 'The number of the document that an adjustment rests on; null once it was erased.',
  }),
});

export const MemberStatement = namedObject(
  'MemberStatement',
  {
    member: annotated(ExternalId, { description: 'The id that the member had at the entry.' }),
    merged_from: Type.Array(ExternalId, {
      description: 'Ids that had been merged into it: what happened under them is in the statement.',
    }),
    name: Nullable(PersonalName, { description: 'Null for an auditor, and once the person was erased.' }),
    from: Nullable(DateString, { description: 'Null: from the beginning.' }),
    to: Nullable(DateString, { description: 'Null: to the end.' }),
    at_entry: annotated(EntryNumber, { description: 'The last entry that counts, on every page.' }),
    purses: Type.Array(PurseFigures, {
      description:
        'Every purse; grants, where there ever were any, and not for a coordinator without the claim `care`.',
    }),
    receivables: Type.Array(PurseFigures, { description: 'What is owed, where there ever was a debt.' }),
    lots: Type.Array(
      namedObject('StatementLot', {
        purse: PurseName,
        expires_on: Nullable(DateString, {
          description: 'The last day on which it can be used; null: it does not expire.',
        }),
        amount: AmountString,
      }),
      { description: 'What the closing points are, by their last day, the earliest first; the same on every page.' },
    ),
    lines: Type.Array(MemberStatementLine),
    next_cursor: NextCursor,
  },
  {
    description:
      'One page of a statement. For each purse the opening balance, what came in and went out by all lines, and the closing balance add up; so does what is owed.',
    examples: [
      {
        member: 'M00001',
        merged_from: [],
        name: '何根仙',
        from: '2026-10-01',
        to: '2026-10-31',
        at_entry: '57',
        purses: [
          { purse: 'hours', asset: 'HOUR', opening: '0.00', closing: '2.50' },
          { purse: 'coins', asset: 'COIN', opening: '0.00', closing: '2.00' },
          { purse: 'points', asset: 'POINT', opening: '590', closing: '540' },
        ],
        receivables: [],
        lots: [{ purse: 'points', expires_on: '2029-10-31', amount: '540' }],
        lines: [
          {
            entry: '17',
            effective_on: '2026-10-01',
            kind: 'redemption_captured',
            reason: { zh: '农商行：兑换，已核销', en: '农商行: points redeemed' },
            movements: [{ purse: 'points', in: '0', out: '50', balance: '540' }],
            owed: [],
            service: null,
            partner: 'xc-bank',
            reference: null,
          },
          {
            entry: '23',
            effective_on: '2026-10-05',
            kind: 'service_recorded',
            reason: {
              zh: '送餐服务（2026-10-05）2.50 小时，得时间币 2.00；少得 0.50（超出单次上限）',
              en: 'meal delivery on 2026-10-05, 2.50 hours given, 2.00 coins earned; 0.50 fewer (over the cap of a visit)',
            },
            movements: [
              { purse: 'hours', in: '2.50', out: '0.00', balance: '2.50' },
              { purse: 'coins', in: '2.00', out: '0.00', balance: '2.00' },
            ],
            owed: [],
            service: {
              id: 'V00001',
              service_type: 'meal_delivery',
              served_on: '2026-10-05',
              hours: '2.50',
              coins: '2.00',
              differences: [{ code: 'cap_visit', amount: '0.50' }],
            },
            partner: null,
            reference: null,
          },
        ],
        next_cursor: null,
      },
    ],
  },
);
