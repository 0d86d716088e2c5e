/** What other platforms send, and what became of it, over HTTP. */
import { type Static, Type } from 'typebox';
import { annotated, exampleOf, namedObject } from '../../http/named.js';
import {
  AmountString,
  closed,
  DateString,
  EntryNumber,
  ExternalId,
  Nullable,
  Problem,
  pageOf,
  RefusedItem,
} from '../../http/schemas.js';
import {
  countStates,
  intakeBatchStates,
  intakeKinds,
  intakeStates,
  issueStates,
  mostOccurrences,
} from '../../timebank/intake-words.js';

const Revision = Type.Integer({
  minimum: 1,
  maximum: 1_000_000_000,
  description:
    "The platform's own number of what it says of the item, higher each time: what arrives late, with a lower one, changes nothing. Left out: whatever arrives last stands.",
  examples: [1],
});

const common = {
  external_id: annotated(ExternalId, {
    description: "The platform's id of the item, which means the same thing for ever.",
    examples: ['WM-20261101-1'],
  }),
  member: annotated(ExternalId, { description: 'Who did it.', examples: ['M00001'] }),
};

const CountFields = {
  ...common,
  occurred_on: annotated(DateString, { description: 'The day of the acts: points go by its rules, and age from it.' }),
  occurrences: Type.Integer({
    minimum: 1,
    maximum: mostOccurrences,
    description: 'How many acts of voluntary service were counted.',
    examples: [12],
  }),
  state: Type.Optional(
    Type.Enum([...countStates], {
      default: 'counted',
      description: 'withdrawn: the platform takes the item back, and with it the points.',
      examples: ['counted'],
    }),
  ),
  revision: Type.Optional(Revision),
};

const IssueFields = {
  ...common,
  occurred_on: annotated(DateString, {
    description: 'The day on which it came to this state: of a resolved issue the day it was resolved.',
  }),
  state: Type.Enum([...issueStates], {
    description:
      'Only resolved issues earn points. rejected: it was none; withdrawn: the platform takes the item back. Either takes back what it earned.',
    examples: ['resolved'],
  }),
  revision: Type.Optional(Revision),
};

const Batch = annotated(ExternalId, {
  description: 'The name of a batch, by which all of its items can be undone together. Several requests may have one.',
  examples: ['2026-W44'],
});

const count = { external_id: 'WM-20261101-1', member: 'M00001', occurred_on: '2026-11-01', occurrences: 12 };
const issue = {
  external_id: 'IS-20261101-7',
  member: 'M00001',
  occurred_on: '2026-11-01',
  state: 'resolved' as const,
};

export const ServiceCount = namedObject(
  'ServiceCount',
  { ...CountFields, batch: Type.Optional(Batch) },
  { description: 'Acts that a platform has counted.', examples: [{ ...count, batch: '2026-W44' }] },
);
export type ServiceCount = Static<typeof ServiceCount>;

export const ResolvedIssue = namedObject(
  'ResolvedIssue',
  { ...IssueFields, batch: Type.Optional(Batch) },
  { description: 'An issue that somebody reported on a platform.', examples: [{ ...issue, batch: '2026-W44' }] },
);
export type ResolvedIssue = Static<typeof ResolvedIssue>;

const items = { minItems: 1, maxItems: 1_000 } as const;

export const ServiceCounts = Type.Object(
  {
    batch: Type.Optional(Batch),
    items: Type.Array(namedObject('ServiceCountItem', CountFields, { examples: [count] }), items),
  },
  { ...closed, description: 'Counts to be taken in.', examples: [{ batch: '2026-W44', items: [count] }] },
);

export const ResolvedIssues = Type.Object(
  {
    batch: Type.Optional(Batch),
    items: Type.Array(namedObject('ResolvedIssueItem', IssueFields, { examples: [issue] }), items),
  },
  { ...closed, description: 'Issues to be taken in.', examples: [{ batch: '2026-W44', items: [issue] }] },
);

const receipt = {
  external_id: ExternalId,
  version: Type.Integer({ minimum: 1, description: 'From 1; each time the item changed one more.' }),
  state: Type.Enum([...intakeStates]),
  points: annotated(AmountString, { description: 'What the item earns as it stands.', examples: ['120'] }),
  entry: EntryNumber,
};

const itemFields = {
  platform: annotated(ExternalId, { description: 'Whose item it is.', examples: ['gold-steward'] }),
  ...receipt,
  kind: Type.Enum([...intakeKinds]),
  member: ExternalId,
  occurred_on: DateString,
  occurrences: Type.Integer({ description: 'Of an issue 1.' }),
  expires_on: Nullable(DateString, { description: 'The last day of its points.' }),
  rule_set: Nullable(Type.String(), { description: 'By which its points were counted; null: it earns none.' }),
  batch: Nullable(ExternalId),
  revision: Nullable(Type.Integer()),
};

const item = {
  platform: 'gold-steward',
  external_id: 'WM-20261101-1',
  version: 1,
  state: 'counted' as const,
  points: '120',
  entry: '17',
  kind: 'service_count' as const,
  member: 'M00001',
  occurred_on: '2026-11-01',
  occurrences: 12,
  expires_on: '2029-11-30',
  rule_set: 'xinchang-pilot/1',
  batch: '2026-W44',
  revision: null,
};

export const IntakeItem = namedObject('IntakeItem', itemFields, {
  description: 'An item of another platform as it stands; `entry` is that of its latest version.',
  examples: [item],
});

export const IntakeHistory = namedObject(
  'IntakeHistory',
  { ...itemFields, earlier: Type.Array(IntakeItem, { description: 'What it was before, the first version first.' }) },
  { description: 'An item with what it was before.', examples: [{ ...item, earlier: [] }] },
);

export const IntakeItemPage = pageOf('IntakeItemPage', 'items', IntakeItem, 'Items by platform, then id.');

const { external_id, version, state, points, entry } = item;
const Receipt = namedObject('IntakeReceipt', receipt, { examples: [{ external_id, version, state, points, entry }] });

export const IntakeResults = namedObject(
  'IntakeResults',
  {
    results: Type.Array(
      Type.Union([namedObject('TakenItem', { status: Type.Literal(200), item: Receipt }), RefusedItem]),
    ),
  },
  {
    description: 'One result for each item, in their order.',
    examples: [
      {
        results: [
          { status: 200, item: exampleOf(Receipt) },
          { status: 404, problem: exampleOf(Problem) },
        ],
      },
    ],
  },
);

const batchFields = {
  platform: ExternalId,
  id: Batch,
  state: Type.Enum([...intakeBatchStates], {
    description:
      'open: more may come to it; undo_proposed: another person is to agree, and nothing comes to it any more; undoing; undone.',
  }),
  done: Type.Integer({ minimum: 0, description: 'Of what is to be undone, how many items were dealt with.' }),
  left_out: Type.Integer({ minimum: 0, description: 'How many of those could not be undone.' }),
  undo_proposed_by: Nullable(Type.String()),
  undone_by: Nullable(Type.String()),
  entry: EntryNumber,
};

const batch = {
  platform: 'gold-steward',
  id: '2026-W44',
  state: 'open' as const,
  done: 0,
  left_out: 0,
  undo_proposed_by: null,
  undone_by: null,
  entry: '17',
};

export const IntakeBatch = namedObject('IntakeBatch', batchFields, {
  description: 'Items that were sent together.',
  examples: [batch],
});

export const IntakeBatchFigures = namedObject(
  'IntakeBatchFigures',
  {
    ...batchFields,
    items: Type.Integer({ minimum: 0, description: 'Items whose latest version came with it.' }),
    standing: Type.Integer({ minimum: 0, description: 'How many of them earn points.' }),
    points: annotated(AmountString, { description: 'The points that they earn together.' }),
  },
  {
    description: 'A batch with what it comes to now.',
    examples: [{ ...batch, items: 1, standing: 1, points: '120' }],
  },
);

export const IntakeBatchPage = pageOf('IntakeBatchPage', 'batches', IntakeBatch, 'Batches by platform, then name.');
