/** Keeping the care registry over HTTP: who is to be visited, how often, and the visits. Its readings are in care-reads.ts. */
import { Type } from 'typebox';
import { command } from '../../http/routes.js';
import { closed, NoBody } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { newId } from '../../lib/ids.js';
import { changeCarePlan, endCare, registerCareSubject } from '../../timebank/people/care/care.js';
import { eraseCareNotes, recordCareVisit } from '../../timebank/people/care/visits.js';
import { NewTextErasure } from '../ledger/entry-shapes.js';
import { careKeeper, careRoles } from './care-access.js';
import { registerCareReading } from './care-reads.js';
import { CarePlan, NewCareSubject, NewCareVisit, SubjectId } from './care-shapes.js';
import { ChangeReceipt, receiptOf } from './receipts.js';

const params = Type.Object({ member: SubjectId }, closed);
const openRefusals = ['care_subject_not_found', 'member_not_found', 'care_subject_ended'] as const;

export function registerCare(app: App, service: Service): void {
  registerPlanning(app, service);
  registerVisiting(app, service);
  registerCareReading(app, service);
}

function registerPlanning(app: App, service: Service): void {
  command(app, service, '/v1/care-subjects', {
    roles: careRoles,
    operationId: 'registerCareSubject',
    summary: 'Enter a member in the care registry',
    description:
      'Restricted: an operator, or a coordinator whose token has the claim `care`. The log names who is visited by an id of its own, which is not the member’s.',
    tags: ['people'],
    dryRun: false,
    body: NewCareSubject,
    answer: ChangeReceipt,
    refusals: ['member_not_found', 'care_subject_exists', 'member_inactive', 'member_erased'],
    prepare: ({ body: { member, note = null, ...plan }, principal }) => {
      const requireWithin = careKeeper(principal);
      const id = newId();
      return {
        decide: (stage) => {
          requireWithin(stage, member);
          return receiptOf(stage, member, registerCareSubject(stage, id, member, { ...plan, note }));
        },
      };
    },
  });

  command(app, service, '/v1/care-subjects/:member/changes', {
    roles: careRoles,
    operationId: 'changeCarePlan',
    summary: 'Change how somebody is visited',
    description:
      'Puts what is sent in the place of the plan; the next visit follows from the last one and the new plan.',
    tags: ['people'],
    dryRun: false,
    params,
    body: CarePlan,
    answer: ChangeReceipt,
    refusals: openRefusals,
    prepare: ({ params: { member }, body: { note = null, ...plan }, principal }) => {
      const requireWithin = careKeeper(principal);
      return {
        decide: (stage) => {
          requireWithin(stage, member);
          return receiptOf(stage, member, changeCarePlan(stage, member, { ...plan, note }));
        },
      };
    },
  });

  command(app, service, '/v1/care-subjects/:member/end', {
    roles: careRoles,
    operationId: 'endCare',
    summary: 'End the visits of somebody',
    description: 'What was recorded stays readable, to the same readers.',
    tags: ['people'],
    dryRun: false,
    params,
    body: NoBody,
    answer: ChangeReceipt,
    refusals: openRefusals,
    prepare: ({ params: { member }, principal }) => {
      const requireWithin = careKeeper(principal);
      return {
        decide: (stage) => {
          requireWithin(stage, member);
          return receiptOf(stage, member, endCare(stage, member));
        },
      };
    },
  });
}

function registerVisiting(app: App, service: Service): void {
  command(app, service, '/v1/care-subjects/:member/visits', {
    roles: careRoles,
    operationId: 'recordCareVisit',
    summary: 'Record a visit',
    description: 'The next visit is due an interval after the latest of all visits.',
    tags: ['people'],
    dryRun: false,
    params,
    body: NewCareVisit,
    answer: ChangeReceipt,
    refusals: [...openRefusals, 'date_in_future'],
    prepare: ({ params: { member }, body: { note = null, ...visit }, principal }) => {
      const requireWithin = careKeeper(principal);
      return {
        decide: (stage) => {
          requireWithin(stage, member);
          return receiptOf(stage, member, recordCareVisit(stage, member, { ...visit, note }));
        },
      };
    },
  });

  command(app, service, '/v1/care-subjects/:member/text-erasure', {
    roles: ['operator'],
    operationId: 'eraseCareNotes',
    summary: 'Erase what was noted of somebody',
    description:
      'Erases the notes of the person and of all visits, with the salts that hide them in the log; the visits themselves stay. It cannot be undone.',
    tags: ['people'],
    dryRun: false,
    params,
    body: NewTextErasure,
    answer: ChangeReceipt,
    refusals: ['care_subject_not_found', 'text_absent'],
    prepare: ({ params: { member }, body }) => ({
      decide: (stage) => receiptOf(stage, member, eraseCareNotes(stage, member, body.reason)),
    }),
  });
}
