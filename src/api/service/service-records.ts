/**
 * Service records over HTTP: the hours given, the coins the rules minted for them, and the reason of every difference. Who
 * records names the recorder; whoever sends the request approves it.
 */
import { Type } from 'typebox';
import { actorOf } from '../../http/commands.js';
import { requireDaysInOrder } from '../../http/days.js';
import { annotated, named, namedObject } from '../../http/named.js';
import { isAnothers, ownMember, reachOf } from '../../http/reach.js';
import { command, list, read } from '../../http/routes.js';
import {
  AmountString,
  closed,
  DateString,
  EntryNumber,
  ExternalId,
  Instant,
  Nullable,
  pageOf,
  SignedAmountString,
} from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { externalIdShape } from '../../lib/ids.js';
import { requireMemberWithin } from '../../timebank/people/reach.js';
import { requireSomebodyElse } from '../../timebank/service/four-people.js';
import { listServiceRecords, readServiceRecord, viewServiceRecord } from '../../timebank/service/reads.js';
import { recordService } from '../../timebank/service/service-records.js';
import { orderFundings, proofGrades } from '../../timebank/words.js';
import { ServiceType } from './service-shapes.js';

const RecordId = annotated(ExternalId, {
  description: 'The id that the recording side uses for the visit.',
  examples: ['V000001'],
});
const Grade = named(
  'ProofGrade',
  Type.Enum([...proofGrades], {
    description:
      'A: checked in and out by device; B: one side and the confirmation of the recipient; C: paper, which mints nothing.',
    examples: ['A'],
  }),
);
const RecordedBy = annotated(ExternalId, {
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

const NewServiceRecord = namedObject(
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

const ServiceRecord = namedObject(
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
        description: 'Who paid the coins; null: they were minted.',
      },
    ),
    coins: annotated(AmountString, { description: 'Coins the volunteer received.', examples: ['1.50'] }),
    to_pool: annotated(AmountString, {
      description: 'Coins over the holding cap, which the community pool received.',
      examples: ['0.00'],
    }),
    differences: Type.Array(
      namedObject('Difference', {
        code: Type.String({ description: 'The reason.', examples: ['cap_day'] }),
        amount: annotated(SignedAmountString, {
          description: 'Negative when the reason added coins.',
          examples: ['0.50'],
        }),
      }),
      { description: 'hours = coins + the sum of these, always.' },
    ),
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
        entry: '21',
      },
    ],
  },
);

const ServiceRecordPage = pageOf(
  'ServiceRecordPage',
  'service_records',
  ServiceRecord,
  'Service records in the order of their ids.',
);

const readers = ['operator', 'auditor', 'coordinator', 'member'] as const;

export function registerServiceRecords(app: App, service: Service): void {
  registerRecording(app, service);
  registerReading(app, service);
}

function registerRecording(app: App, service: Service): void {
  command(app, service, '/v1/service-records', {
    roles: ['operator', 'coordinator'],
    operationId: 'recordService',
    summary: 'Record and approve a service',
    description:
      'Posts the hours given and mints what the rules grant. The caller approves: volunteer, recipient, recorder and approver are four, whatever role they act under. Nothing is recorded before it is over, nor under rules that begin later. A service of a closed period takes effect on the first open day; `served_on` stays, and caps count on it. More than ten working days after the service the approval is kept and refused, and the same request by a second person records it. A coordinator approves for volunteers within the subtree of the scope; others are not found.',
    tags: ['service'],
    dryRun: false,
    body: NewServiceRecord,
    answer: ServiceRecord,
    refusals: [
      'member_not_found',
      'service_record_exists',
      'service_time_invalid',
      'date_in_future',
      'rule_set_not_effective',
      'approver_invalid',
      'self_approval',
      'recorder_not_found',
      'member_merged',
      'member_suspended',
      'member_inactive',
      'qualification_missing',
      'service_overlap',
      'service_type_unknown',
      'account_frozen',
      'account_closed',
      'ceiling_exceeded',
    ],
    prepare: ({ body, principal }) => ({
      decide: (stage) => {
        requireMemberWithin(stage, reachOf(principal), body.volunteer);
        requireSomebodyElse(principal.alias, { ...body, recordedBy: body.recorded_by });
        const recorded = recordService(stage, service.rules, body, actorOf(principal), principal.alias);
        return { ...recorded, today: stage.today };
      },
      show: ({ record, differences, entry, today }) =>
        viewServiceRecord(record, differences, { entry: entry.number, recordedOn: today }),
    }),
  });
}

function registerReading(app: App, service: Service): void {
  list(app, service, '/v1/service-records', {
    roles: readers,
    operationId: 'listServiceRecords',
    summary: 'List service records',
    description:
      'In the order of their ids. A member sees their own, a coordinator those of volunteers within the subtree of the scope.',
    tags: ['service'],
    filters: {
      volunteer: Type.Optional(ExternalId),
      from: Type.Optional(annotated(DateString, { description: 'First day of service, inclusive.' })),
      to: Type.Optional(annotated(DateString, { description: 'Last day of service, inclusive.' })),
    },
    answer: ServiceRecordPage,
    key: externalIdShape,
    rows: async ({ query, principal }, ledger, page) => {
      requireDaysInOrder(query);
      const own = ownMember(principal);
      const { volunteer = own, from = null, to = null } = query;
      const filter = { reach: reachOf(principal), volunteer, from, to };
      return isAnothers(volunteer, own) ? [] : listServiceRecords(service.sql, ledger.id, { ...filter, ...page });
    },
    keyOf: ({ id }) => id,
    show: (records) => ({ service_records: records }),
  });

  read(app, service, '/v1/service-records/:id', {
    roles: readers,
    operationId: 'getServiceRecord',
    summary: 'One service record',
    description: 'The record with the reasons of every difference between hours and coins.',
    tags: ['service'],
    params: Type.Object({ id: RecordId }, closed),
    answer: ServiceRecord,
    refusals: ['service_record_not_found'],
    read: ({ params, principal }, ledger) => {
      const seen = { reach: reachOf(principal), volunteer: ownMember(principal) };
      return readServiceRecord(service.sql, ledger.id, params.id, seen);
    },
  });
}
