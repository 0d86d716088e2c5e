/** What entries look like over HTTP: sent, answered, listed, proven. */
import { type Static, Type } from 'typebox';
import {
  AccountCode,
  AmountString,
  AssetCode,
  closed,
  DateString,
  EntryNumber,
  Instant,
  NextCursor,
  Nullable,
  SignedAmountString,
} from '../../http/schemas.js';
import { manualKinds } from '../../ledger/entries.js';
import { erasureReasons } from '../../ledger/erasure.js';

const reference = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'What the entry refers to: kept beside the journal, only its digest in the log.',
  examples: ['DOC-2026-17'],
});
export const description = Type.String({
  minLength: 1,
  maxLength: 1_000,
  description: 'In words; kept like the reference.',
  examples: ['corrected by hand'],
});

const entryFields = {
  kind: Type.Enum([...manualKinds], {
    description: 'What happened; docs/ledger.md explains each kind.',
    examples: ['adjustment'],
  }),
  effective_on: Type.Optional(DateString),
  reference: Type.Optional(reference),
  description: Type.Optional(description),
  legs: Type.Array(
    Type.Object({ debit: AccountCode, credit: AccountCode, amount: AmountString }, { ...closed, title: 'Leg' }),
    {
      minItems: 1,
      maxItems: 100,
      description: 'Each leg debits one account and credits another of the same asset.',
    },
  ),
};

export const example = {
  kind: 'transfer',
  legs: [{ debit: 'test:a', credit: 'test:b', amount: '1.50' }],
};

export const NewEntry = Type.Object(entryFields, {
  ...closed,
  title: 'NewEntry',
  description: 'An entry to post.',
  examples: [example],
});

export const BulkItem = Type.Object(
  {
    ...entryFields,
    idempotency_key: Type.Optional(
      Type.String({
        minLength: 16,
        maxLength: 64,
        pattern: '^[\\x21\\x23-\\x5b\\x5d-\\x7e]+$',
        description: 'Remembered for this item alone, like the header for a whole request.',
      }),
    ),
  },
  { ...closed, title: 'NewEntryInBulk', description: 'An entry to post, decided by itself.' },
);
export type BulkItem = Static<typeof BulkItem>;

const ErasureReason = Type.Enum([...erasureReasons], {
  title: 'ErasureReason',
  description:
    '`person_asked`: whom it speaks of asked for it; `retention_ended`: it was kept for as long as it had to be; `recorded_by_mistake`: it should not have been written.',
  examples: ['person_asked'],
});

export const NewTextErasure = Type.Object(
  { reason: ErasureReason },
  {
    ...closed,
    title: 'NewTextErasure',
    description: 'Why the text is erased: a code, for it stands in the log.',
    examples: [{ reason: 'person_asked' }],
  },
);

export const Entry = Type.Object(
  {
    number: EntryNumber,
    kind: Type.String({ description: 'What happened; docs/ledger.md explains each kind.', examples: ['adjustment'] }),
    effective_on: DateString,
    recorded_at: Instant,
    actor: Type.String({ description: 'Who did it: role and subject.', examples: ['operator:ops'] }),
    reference: Nullable(Type.String()),
    description: Nullable(Type.String()),
    rule_set: Nullable(Type.String(), { description: 'The rules it was decided under.' }),
    reverses: Nullable(EntryNumber),
    reversed_by: Nullable(EntryNumber),
    erases: Type.Optional({
      ...EntryNumber,
      description: 'Only with `text_erased`: the entry whose reference and description it erased, if any.',
    }),
    reason: Type.Optional(
      Type.String({ description: 'Only with `text_erased`: why, as a code.', examples: ['person_asked'] }),
    ),
    text_erased: Type.Optional(
      Type.Literal(true, { description: 'Reference and description were erased by a later entry.' }),
    ),
    legs: Type.Array(
      Type.Object(
        { debit: AccountCode, credit: AccountCode, asset: AssetCode, amount: AmountString },
        { ...closed, title: 'PostedLeg' },
      ),
    ),
    balances: Type.Array(
      Type.Object(
        {
          account: AccountCode,
          balance: SignedAmountString,
          version: Type.Integer({ description: 'How many postings the account had had.', examples: [3] }),
        },
        { ...closed, title: 'PostedBalance' },
      ),
      { description: 'What the accounts held right after it; left out of lists.' },
    ),
  },
  { ...closed, title: 'Entry', description: 'An entry of the journal.' },
);

export const EntryPage = Type.Object(
  { entries: Type.Array(Entry), next_cursor: NextCursor },
  { ...closed, title: 'EntryPage', description: 'Entries in the order of their numbers.' },
);

export const BulkResults = Type.Object(
  {
    results: Type.Array(
      Type.Union([
        Type.Object({ status: Type.Literal(201), entry: Entry }, { ...closed, title: 'PostedItem' }),
        Type.Object(
          { status: Type.Integer({ minimum: 400 }), problem: Type.Ref('Problem#') },
          { ...closed, title: 'RefusedItem' },
        ),
      ]),
    ),
  },
  { ...closed, title: 'BulkResults', description: 'One result for each item, in their order.' },
);

export const Proof = Type.Object(
  {
    leaf_index: Type.Integer({ description: 'From 0: the number less one.' }),
    tree_size: Type.Integer({ description: 'Leaves of the tree that the checkpoint signs.' }),
    leaf: Type.String({ description: 'Base64 of the bytes of the leaf; its hash is SHA-256(0x00 || bytes).' }),
    hashes: Type.Array(Type.String({ description: 'Base64 of a node.' }), {
      description: 'The audit path, RFC 6962 section 2.1.1.',
    }),
    checkpoint: Type.String({ description: 'The signed note (C2SP tlog-checkpoint).' }),
  },
  { ...closed, title: 'EntryProof', description: 'Proof that an entry is in the log.' },
);
