/**
 * Service records over HTTP: the hours given, the coins the rules minted for them, and the reason of every difference. Who
 * records names the recorder; whoever sends the request approves it.
 */
import { Type } from 'typebox';
import { actorOf } from '../../http/commands.js';
import { requireDaysInOrder } from '../../http/days.js';
import { annotated } from '../../http/named.js';
import { isAnothers, mayKnowNeed, ownMember, reachOf } from '../../http/reach.js';
import { command, list, read } from '../../http/routes.js';
import { closed, DateString, ExternalId } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { externalIdShape } from '../../lib/ids.js';
import { requireMemberWithin } from '../../timebank/people/reach.js';
import { requireSomebodyElse } from '../../timebank/service/four-people.js';
import { listServiceRecords, readServiceRecord, viewServiceRecord } from '../../timebank/service/reads.js';
import { recordService } from '../../timebank/service/service-records.js';
import { NewServiceRecord, RecordId, ServiceRecord, ServiceRecordPage } from './service-record-shapes.js';

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
        const { volunteer, recipient, recorded_by: recordedBy } = body;
        requireMemberWithin(stage, reachOf(principal), volunteer);
        requireSomebodyElse(principal.alias, { volunteer, recipients: [recipient], recordedBy });
        const recorded = recordService(stage, body, actorOf(principal), principal.alias);
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
    show: (records, { principal }) => ({ service_records: records.map((one) => recordShown(principal, one)) }),
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
    read: async ({ params, principal }, ledger) => {
      const seen = { reach: reachOf(principal), volunteer: ownMember(principal) };
      return recordShown(principal, await readServiceRecord(service.sql, ledger.id, params.id, seen));
    },
  });
}

/** A volunteer is not told who paid, nor whoever may not know who is in need: the fund pays for nobody else. */
function recordShown<View extends { readonly funding: unknown }>(principal: Principal, record: View): View {
  return principal.role === 'member' || !mayKnowNeed(principal) ? { ...record, funding: null } : record;
}
