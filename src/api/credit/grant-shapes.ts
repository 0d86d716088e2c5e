/** What grants look like over HTTP: proposed, decided, listed, and what a member can use of them. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import {
  AccountCode,
  AmountString,
  DateString,
  EntryNumber,
  ExternalId,
  Instant,
  Nullable,
  OptionalBody,
  pageOf,
  Uuid,
} from '../../http/schemas.js';
import { grantStates } from '../../timebank/credit/grants/grant-words.js';

const Reason = Type.String({
  minLength: 1,
  maxLength: 1_000,
  description: 'In words; kept beside the journal, only its digest in the log.',
  examples: ['独居，低保对象'],
});
const DocumentNumber = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'The number of the document that says so; kept like the reason.',
  examples: ['新民救〔2026〕17号'],
});
const Member = annotated(ExternalId, { description: 'The member who is granted it.', examples: ['M00259'] });
const amount = annotated(AmountString, { description: 'Coins, to the hundredth.', examples: ['20.00'] });

export const GrantState = named(
  'GrantState',
  Type.Enum([...grantStates], { description: 'What became of it.', examples: ['proposed'] }),
);

export const NewGrant = namedObject(
  'NewGrant',
  { member: Member, amount, document_number: DocumentNumber, reason: Type.Optional(Reason) },
  {
    description: 'A grant to propose.',
    examples: [{ member: 'M00259', amount: '20.00', document_number: '新民救〔2026〕17号' }],
  },
);

export const GrantRejection = OptionalBody(
  namedObject(
    'NewGrantRejection',
    { reason: Type.Optional(Reason) },
    { description: 'Why it is rejected, or withdrawn.', examples: [{ reason: '缺少证明材料' }] },
  ),
);

const Person = (description: string) => Type.String({ description, examples: ['operator:wang'] });

export const Grant = namedObject(
  'Grant',
  {
    id: Uuid,
    member: Member,
    amount,
    state: GrantState,
    expires_on: Nullable(DateString, {
      description:
        'The last day on which it can be used, which is that of the year in which it was given; null before.',
    }),
    document_number: Nullable(DocumentNumber, { description: 'Null: it was erased.' }),
    reason: Nullable(Reason, { description: 'Null: none was given, or it was erased.' }),
    proposed_by: Person('Who proposed it: role and subject.'),
    proposed_at: Instant,
    decided_by: Nullable(Person('Who gave or rejected it.')),
    decided_at: Nullable(Instant),
    rejection: Nullable(Reason, { description: 'Why it was rejected, if that was said.' }),
    entry: EntryNumber,
  },
  {
    description: 'A grant of the fund. `entry` is the number of the entry that last changed it.',
    examples: [
      {
        id: '0199a2c4-7c3e-7d10-8f5a-2b6c9d0e1f23',
        member: 'M00259',
        amount: '20.00',
        state: 'given',
        expires_on: '2026-12-31',
        document_number: '新民救〔2026〕17号',
        reason: null,
        proposed_by: 'coordinator:wang',
        proposed_at: '2026-10-12T02:05:00.000000Z',
        decided_by: 'operator:li',
        decided_at: '2026-10-12T06:30:00.000000Z',
        rejection: null,
        entry: '31',
      },
    ],
  },
);

export const GrantPage = pageOf('GrantPage', 'grants', Grant, 'Grants in the order in which they were proposed.');

export const MemberGrants = namedObject(
  'MemberGrants',
  {
    member: annotated(ExternalId, { description: 'Who the member is now.', examples: ['M00259'] }),
    grants: Type.Array(
      namedObject('UsableGrants', {
        year: Type.Integer({ description: 'The calendar year in which they were given.', examples: [2026] }),
        expires_on: annotated(DateString, { description: 'The last day on which they can be used.' }),
        balance: AmountString,
        account: AccountCode,
      }),
      { description: 'Of the year that it is; none where nothing was granted in it, or the member has left.' },
    ),
  },
  {
    description: 'What a member can pay orders with of what was granted. What is held for orders is not in it.',
    examples: [
      {
        member: 'M00259',
        grants: [{ year: 2026, expires_on: '2026-12-31', balance: '18.50', account: 'member:M00259:grants:2026' }],
      },
    ],
  },
);
