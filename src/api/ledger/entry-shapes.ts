/** What entries look like over HTTP: sent, answered, listed, proven. */
import { type Static, Type } from 'typebox';
import { annotated, exampleOf, named, namedObject } from '../../http/named.js';
import {
  AccountCode,
  AmountString,
  AssetCode,
  DateString,
  EntryNumber,
  Instant,
  Nullable,
  Problem,
  pageOf,
  RefusedItem,
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

/** A movement that is asked for. */
export const Leg = namedObject('Leg', { debit: AccountCode, credit: AccountCode, amount: AmountString });

const entryFields = {
  kind: Type.Enum([...manualKinds], {
    description: 'What happened; docs/ledger.md explains each kind.',
    examples: ['adjustment'],
  }),
  effective_on: Type.Optional(DateString),
  reference: Type.Optional(reference),
  description: Type.Optional(description),
  legs: Type.Array(Leg, {
    minItems: 1,
    maxItems: 100,
    description: 'Each leg debits one account and credits another of the same asset.',
  }),
};

export const example = {
  kind: 'transfer' as const,
  legs: [{ debit: 'test:a', credit: 'test:b', amount: '1.50' }],
};

export const NewEntry = namedObject('NewEntry', entryFields, {
  description: 'An entry to post.',
  examples: [example],
});

export const BulkItem = namedObject(
  'NewEntryInBulk',
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
  { description: 'An entry to post, decided by itself.' },
);
export type BulkItem = Static<typeof BulkItem>;

const ErasureReason = named(
  'ErasureReason',
  Type.Enum([...erasureReasons], {
    description:
      '`person_asked`: whom it speaks of asked for it; `retention_ended`: it was kept for as long as it had to be; `recorded_by_mistake`: it should not have been written.',
    examples: ['person_asked'],
  }),
);

export const NewTextErasure = namedObject(
  'NewTextErasure',
  { reason: ErasureReason },
  {
    description: 'Why the text is erased: a code, for it stands in the log.',
    examples: [{ reason: 'person_asked' }],
  },
);

export const Entry = namedObject(
  'Entry',
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
    erases: Type.Optional(
      annotated(EntryNumber, {
        description: 'Only with `text_erased`: the entry whose reference and description it erased, if any.',
      }),
    ),
    reason: Type.Optional(
      Type.String({ description: 'Only with `text_erased`: why, as a code.', examples: ['person_asked'] }),
    ),
    text_erased: Type.Optional(
      Type.Literal(true, { description: 'Reference and description were erased by a later entry.' }),
    ),
    legs: Type.Array(
      namedObject('PostedLeg', { debit: AccountCode, credit: AccountCode, asset: AssetCode, amount: AmountString }),
    ),
    balances: Type.Array(
      namedObject('PostedBalance', {
        account: AccountCode,
        balance: SignedAmountString,
        version: Type.Integer({ description: 'How many postings the account had had.', examples: [3] }),
      }),
      { description: 'What the accounts held right after it; left out of lists.' },
    ),
  },
  {
    description: 'An entry of the journal.',
    examples: [
      {
        number: '17',
        kind: 'transfer',
        effective_on: '2026-10-01',
        recorded_at: '2026-10-01T01:21:00.000000Z',
        actor: 'operator:ops',
        reference: 'DOC-2026-17',
        description: 'corrected by hand',
        rule_set: null,
        reverses: null,
        reversed_by: null,
        legs: [{ debit: 'test:a', credit: 'test:b', asset: 'COIN', amount: '1.50' }],
        balances: [
          { account: 'test:a', balance: '8.50', version: 2 },
          { account: 'test:b', balance: '1.50', version: 1 },
        ],
      },
    ],
  },
);

export const EntryPage = pageOf('EntryPage', 'entries', Entry, 'Entries in the order of their numbers.');

export const BulkResults = namedObject(
  'BulkResults',
  {
    results: Type.Array(
      Type.Union([namedObject('PostedItem', { status: Type.Literal(201), entry: Entry }), RefusedItem]),
    ),
  },
  {
    description: 'One result for each item, in their order.',
    examples: [
      {
        results: [
          { status: 201, entry: exampleOf(Entry) },
          { status: 422, problem: exampleOf(Problem) },
        ],
      },
    ],
  },
);

export const checkpointExample =
  'timeledger.example/xinchang\n2\nlAebFdzWK/MAwUvA54s/5GfGI7cOdfZzJVGbCJwZgPI=\n\n— timeledger.example/xinchang lQngWuQfAmfgigU1KyCPeN+wKTMmZA89aqyreZFduGx9tjXz9VGD6OH6qRg95BCvu8vS3qbY1lP0ZiLZROESqRkuIgs=\n';

export const Proof = namedObject(
  'EntryProof',
  {
    leaf_index: Type.Integer({ description: 'From 0: the number less one.' }),
    tree_size: Type.Integer({ description: 'Leaves of the tree that the checkpoint signs.' }),
    leaf: Type.String({ description: 'Base64 of the bytes of the leaf; its hash is SHA-256(0x00 || bytes).' }),
    hashes: Type.Array(Type.String({ description: 'Base64 of a node.' }), {
      description: 'The audit path, RFC 6962 section 2.1.1.',
    }),
    checkpoint: Type.String({ description: 'The signed note (C2SP tlog-checkpoint).' }),
  },
  {
    description: 'Proof that an entry is in the log.',
    examples: [
      {
        leaf_index: 0,
        tree_size: 2,
        leaf: 'eyJraW5kIjoidHJhbnNmZXIiLCJudW1iZXIiOiIxIn0=',
        hashes: ['GbJIPvfPxYe6IEPb65CZY6D1Dh6TYMmcgpHEY9MkPqA='],
        checkpoint: checkpointExample,
      },
    ],
  },
);
