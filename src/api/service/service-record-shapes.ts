/** What a service record looks like over HTTP: as it is reported, and as it stands. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import {
  AmountString,
  DateString,
  EntryNumber,
  ExternalId,
  Instant,
  Nullable,
  pageOf,
  SignedAmountString,
  Uuid,
} from '../../http/schemas.js';
import { orderFundings, proofGrades } from '../../timebank/service-words.js';
import { ServiceType } from './service-shapes.js';

export const RecordId = annotated(ExternalId, {
  description: 'The id that the recording side uses for the visit.',
  examples: ['V000001'],
});
export const Grade = named(
  'ProofGrade',
  Type.Enum([...proofGrades], {
    description:
      'A: checked in and out by device; B: one side and the confirmation of the recipient; C: paper, which mints nothing.',
    examples: ['A'],
  }),
);
export const RecordedBy = annotated(ExternalId, {
  description: 'Who wrote it down: an organisation unit or a member, neither volunteer nor recipient.',
  examples: ['XC-01-01'],
});

const reported = {
  volunteer: ExternalId,
  recipient: ExternalId,
  service_type: ServiceType,
  planned_start: Instant,
  planned_end: Instant,
  check_in: Instant,
  check_out: Instant,
  proof_grade: Grade,
  recorded_by: RecordedBy,
};

const visitExample = {
  volunteer: 'M00131',
  recipient: 'M00259',
  service_type: 'errand',
  planned_start: '2026-10-27T13:30:00+08:00',
  planned_end: '2026-10-27T15:30:00+08:00',
  check_in: '2026-10-27T13:30:00+08:00',
  check_out: '2026-10-27T15:30:00+08:00',
  proof_grade: 'A' as const,
  recorded_by: 'XC-01-01',
};

export const NewServiceRecord = namedObject(
  'NewServiceRecord',
  { external_id: RecordId, ...reported },
  {
    description: 'A visit as it was reported.',
    examples: [
      {
        external_id: 'V000001',
        ...visitExample,
      },
    ],
  },
);

export const Difference = namedObject('Difference', {
  code: Type.String({ description: 'The reason.', examples: ['cap_day'] }),
  amount: annotated(SignedAmountString, {
    description: 'Negative when the reason added coins.',
    examples: ['0.50'],
  }),
});

const Recomputation = namedObject(
  'ServiceRecomputation',
  {
    entry: EntryNumber,
    rule_set: Nullable(Type.String(), {
      description:
        'The rule set by which it was judged anew; null: a correction of another record gave it room, or took it.',
      examples: [null],
    }),
    recomputation: Nullable(Uuid, { description: 'The recomputation that it is part of, or null.', examples: [null] }),
    coins: annotated(SignedAmountString, { description: 'Coins more for the volunteer, or less.', examples: ['0.50'] }),
    to_pool: annotated(SignedAmountString, { description: 'Coins more for the pool, or less.', examples: ['0.00'] }),
    differences: Type.Array(Difference, { description: 'How much more each difference is, or less.' }),
  },
  {
    description: 'A change of what a record brought, by the entry of that number.',
    examples: [
      {
        entry: '31',
        rule_set: null,
        recomputation: null,
        coins: '0.50',
        to_pool: '0.00',
        differences: [{ code: 'cap_day', amount: '-0.50' }],
      },
    ],
  },
);

export const ServiceRecord = namedObject(
  'ServiceRecord',
  {
    id: RecordId,
    ...reported,
    recipient: Nullable(ExternalId),
    served_on: annotated(DateString, { description: 'The day of the check-in: what caps count on.' }),
    effective_on: annotated(DateString, {
      description:
        'The day the entry takes effect: the day of service or, for a record that came when its period was closed, the first open day after it.',
    }),
    delay_days: Type.Integer({
      minimum: 0,
      description: 'Days from the day of service to the day on which it was recorded.',
      examples: [0],
    }),
    approved_by: Type.String({ description: 'Who approved it: role and subject.', examples: ['coordinator:wang'] }),
    rule_set: Type.String({ description: 'The rules it was decided under.', examples: ['xinchang-pilot/1'] }),
    hours: annotated(AmountString, {
      description: 'Hours given: check-in to check-out to the microsecond, rounded half up to 0.01 and at least that.',
      examples: ['2.00'],
    }),
    order: Nullable(ExternalId, {
      description: 'The order that it was given in; null for what was reported by itself.',
    }),
    funding: Nullable(
      Type.Enum(
        orderFundings.filter((one) => one !== 'mint'),
        { examples: ['recipient'] },
      ),
      {
        description: 'Who paid the coins; null: they were minted, or it is a member who reads, who is not told.',
      },
    ),
    coins: annotated(AmountString, { description: 'Coins the volunteer received.', examples: ['1.50'] }),
    to_pool: annotated(AmountString, {
      description: 'Coins over the holding cap, which the community pool received.',
      examples: ['0.00'],
    }),
    differences: Type.Array(Difference, { description: 'hours = coins + the sum of these, always.' }),
    corrects: Nullable(RecordId, { description: 'The record whose place it takes; null: of none.' }),
    corrected_by: Nullable(RecordId, {
      description: 'The record that took its place; null: none did, it counts, or it was annulled.',
    }),
    reversed_on: Nullable(DateString, {
      description: 'The day its reversal takes effect: it counts no more; null while it counts.',
    }),
    recomputations: Type.Array(Recomputation, {
      description:
        'What corrections of other records changed: caps that had more room, or a carry that was there no more. `coins`, `to_pool` and `differences` of the record have them in.',
    }),
    entry: EntryNumber,
  },
  {
    description: 'A service record; `entry` is the number of the entry that posted it.',
    examples: [
      {
        id: 'V000001',
        ...visitExample,
        served_on: '2026-10-27',
        effective_on: '2026-10-27',
        delay_days: 0,
        approved_by: 'coordinator:wang',
        rule_set: 'xinchang-pilot/1',
        hours: '2.00',
        order: null,
        funding: null,
        coins: '1.50',
        to_pool: '0.00',
        differences: [{ code: 'cap_day', amount: '0.50' }],
        corrects: null,
        corrected_by: null,
        reversed_on: null,
        recomputations: [],
        entry: '21',
      },
    ],
  },
);

export const ServiceRecordPage = pageOf(
  'ServiceRecordPage',
  'service_records',
  ServiceRecord,
  'Service records in the order of their ids.',
);
