/** What adjustments look like over HTTP: proposed, decided, listed. */
import { Type } from 'typebox';
import {
  AccountCode,
  AmountString,
  closed,
  DateString,
  EntryNumber,
  Instant,
  NextCursor,
  Nullable,
  OptionalBody,
  Uuid,
} from '../../http/schemas.js';
import { manualKinds } from '../../ledger/entries.js';
import { adjustmentStates } from '../../timebank/credit/adjustments.js';

const Kind = Type.Enum([...manualKinds], {
  title: 'AdjustmentKind',
  description: 'The kind of entry that is posted; docs/ledger.md says what each may move.',
  examples: ['adjustment'],
});
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
const legs = Type.Array(
  Type.Object({ debit: AccountCode, credit: AccountCode, amount: AmountString }, { ...closed, title: 'Leg' }),
  {
    minItems: 1,
    maxItems: 100,
    description:
      'Each leg debits one account and credits another of the same asset. A purse opens with what is first posted to it.',
  },
);

export const State = Type.Enum([...adjustmentStates], {
  title: 'AdjustmentState',
  description: 'What became of it; `reversed`: it was posted, and its entry was reversed.',
  examples: ['proposed'],
});

export const NewAdjustment = Type.Object(
  {
    kind: Type.Optional({ ...Kind, default: 'adjustment' }),
    effective_on: Type.Optional({ ...DateString, description: 'Default: the day on which it is posted.' }),
    reference: Reference,
    reason: Reason,
    legs,
  },
  {
    ...closed,
    title: 'NewAdjustment',
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
  Type.Object(
    { reason: Type.Optional(Reason) },
    {
      ...closed,
      title: 'NewRejection',
      description: 'Why it is rejected, or withdrawn.',
      examples: [{ reason: 'the document is missing' }],
    },
  ),
);

const Person = (description: string) => Type.String({ description, examples: ['operator:wang'] });

export const Adjustment = Type.Object(
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
    ...closed,
    title: 'Adjustment',
    description:
      'An adjustment. `entry` is the number of the entry that last changed it: once posted, the entry that moved the amounts, until that is reversed or the texts are erased.',
  },
);

export const AdjustmentPage = Type.Object(
  { adjustments: Type.Array(Adjustment), next_cursor: NextCursor },
  { ...closed, title: 'AdjustmentPage', description: 'Adjustments in the order in which they were proposed.' },
);
