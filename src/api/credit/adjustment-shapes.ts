/** What adjustments look like over HTTP: proposed, decided, listed. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import { DateString, EntryNumber, Instant, Nullable, OptionalBody, pageOf, Uuid } from '../../http/schemas.js';
import { manualKinds } from '../../ledger/entries.js';
import { adjustmentStates } from '../../timebank/credit/adjustments.js';
import { Leg } from '../ledger/entry-shapes.js';

const Kind = named(
  'AdjustmentKind',
  Type.Enum([...manualKinds], {
    description: 'The kind of entry that is posted; docs/ledger.md says what each may move.',
    examples: ['adjustment'],
  }),
);
const Reason = Type.String({
  minLength: 1,
  maxLength: 1_000,
  description: 'In words; kept beside the journal, only its digest in the log.',
  examples: ['credited to the wrong member'],
});
const Reference = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'The number of the document that says why; kept like the reason.',
  examples: ['DOC-2026-17'],
});
const legs = Type.Array(Leg, {
  minItems: 1,
  maxItems: 100,
  description:
    'Each leg debits one account and credits another of the same asset. A purse opens with what is first posted to it.',
});

export const State = named(
  'AdjustmentState',
  Type.Enum([...adjustmentStates], {
    description: 'What became of it; `reversed`: it was posted, and its entry was reversed.',
    examples: ['proposed'],
  }),
);

export const NewAdjustment = namedObject(
  'NewAdjustment',
  {
    kind: Type.Optional(annotated(Kind, { default: 'adjustment' })),
    effective_on: Type.Optional(annotated(DateString, { description: 'Default: the day on which it is posted.' })),
    reference: Reference,
    reason: Reason,
    legs,
  },
  {
    description: 'An adjustment to propose.',
    examples: [
      {
        reference: 'DOC-2026-17',
        reason: 'credited to the wrong member',
        legs: [{ debit: 'coin:issuance', credit: 'pool:community', amount: '1.50' }],
      },
    ],
  },
);

export const Rejection = OptionalBody(
  namedObject(
    'NewRejection',
    { reason: Type.Optional(Reason) },
    {
      description: 'Why it is rejected, or withdrawn.',
      examples: [{ reason: 'the document is missing' }],
    },
  ),
);

const Person = (description: string) => Type.String({ description, examples: ['operator:wang'] });

export const Adjustment = namedObject(
  'Adjustment',
  {
    id: Uuid,
    state: State,
    kind: Kind,
    effective_on: Nullable(DateString, { description: 'Null: the day on which it will be posted.' }),
    reference: Nullable(Reference, { description: 'Null: it was erased.' }),
    reason: Nullable(Reason, { description: 'Null: it was erased.' }),
    legs,
    proposed_by: Person('Who proposed it: role and subject.'),
    proposed_at: Instant,
    decided_by: Nullable(Person('Who posted or rejected it.')),
    decided_at: Nullable(Instant),
    rejection: Nullable(Reason, { description: 'Why it was rejected, if that was said.' }),
    entry: EntryNumber,
  },
  {
    description:
      'An adjustment. `entry` is the number of the entry that last changed it: once posted, the entry that moved the amounts, until that is reversed or the texts are erased.',
    examples: [
      {
        id: '0199a2d1-0c00-7b21-8a44-6e0d3f5b7c19',
        state: 'proposed',
        kind: 'adjustment',
        effective_on: null,
        reference: 'DOC-2026-17',
        reason: 'credited to the wrong member',
        legs: [{ debit: 'member:M00001:coins', credit: 'member:M00002:coins', amount: '1.50' }],
        proposed_by: 'operator:wang',
        proposed_at: '2026-10-12T02:05:00.000000Z',
        decided_by: null,
        decided_at: null,
        rejection: null,
        entry: '31',
      },
    ],
  },
);

export const AdjustmentPage = pageOf(
  'AdjustmentPage',
  'adjustments',
  Adjustment,
  'Adjustments in the order in which they were proposed.',
);
