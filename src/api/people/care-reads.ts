/** Reading the care registry over HTTP: every reading is an entry of its own, made before the answer is sent. */
import { Type } from 'typebox';
import { annotated } from '../../http/named.js';
import { list, read } from '../../http/routes.js';
import { closed, DateString } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { listCareReads } from '../../timebank/people/care/access.js';
import {
  listCareChanges,
  listCareSubjects,
  listCareVisits,
  readCareSubject,
} from '../../timebank/people/care/reads.js';
import { careRoles, openCareRegistry } from './care-access.js';
import {
  CareChangePage,
  CareReadPage,
  CareSubject,
  CareSubjectPage,
  CareVisitPage,
  Purpose,
  SubjectId,
} from './care-shapes.js';
import { UnitId } from './org-unit-shapes.js';

const params = Type.Object({ member: SubjectId }, closed);
const purpose = { purpose: Type.Optional(Purpose) };
const logged = 'Every reading is written down with who asks, before the answer is sent.';

const filters = {
  due_before: Type.Optional(
    annotated(DateString, {
      description: 'Only whose next visit is due before this day.',
      examples: ['2026-11-30'],
    }),
  ),
  overdue: Type.Optional(
    Type.Boolean({ description: 'true: only whose next visit was due before today.', examples: [true] }),
  ),
  unit: Type.Optional(UnitId),
  ...purpose,
};

export function registerCareReading(app: App, service: Service): void {
  registerSubjectReading(app, service);
  registerHistoryReading(app, service);
  registerLog(app, service);
}

function registerSubjectReading(app: App, service: Service): void {
  list(app, service, '/v1/care-subjects', {
    roles: careRoles,
    operationId: 'listCareSubjects',
    summary: 'List who is to be visited',
    description: `By the day of the next visit, those that are late first. A coordinator sees the subtree of the scope. ${logged}`,
    tags: ['people'],
    filters,
    answer: CareSubjectPage,
    key: /^[0-9]{4}-[0-9]{2}-[0-9]{2}\/[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
    rows: async (request, ledger, page) => {
      const { due_before: dueBefore = null, overdue = false, unit: orgUnit = null, purpose = null } = request.query;
      const asked = askedOf({ due_before: dueBefore, overdue: overdue || null, unit: orgUnit });
      const sight = await openCareRegistry(service, request, ledger, { kind: 'list', member: null, asked, purpose });
      return listCareSubjects(service.sql, ledger.id, { ...sight, dueBefore, overdue, orgUnit, ...page });
    },
    keyOf: ({ next_due_on: due, member }) => `${due}/${member}`,
    show: (subjects) => ({ care_subjects: subjects }),
  });

  read(app, service, '/v1/care-subjects/:member', {
    roles: careRoles,
    operationId: 'getCareSubject',
    summary: 'How one member is visited',
    description: `The plan as it stands now, and how late the next visit is today. ${logged}`,
    tags: ['people'],
    params,
    query: Type.Object(purpose, closed),
    answer: CareSubject,
    refusals: ['care_subject_not_found'],
    read: async (request, ledger) => {
      const { member } = request.params;
      const what = { kind: 'subject', member, asked: null, purpose: request.query.purpose ?? null } as const;
      const sight = await openCareRegistry(service, request, ledger, what);
      return readCareSubject(service.sql, ledger.id, member, sight);
    },
  });
}

function registerHistoryReading(app: App, service: Service): void {
  list(app, service, '/v1/care-subjects/:member/visits', {
    roles: careRoles,
    operationId: 'listCareVisits',
    summary: 'The visits to a member',
    description: `In the order in which they were recorded. ${logged}`,
    tags: ['people'],
    params,
    filters: purpose,
    answer: CareVisitPage,
    refusals: ['care_subject_not_found'],
    key: /^[1-9][0-9]{0,8}$/,
    rows: async (request, ledger, page) => {
      const { member } = request.params;
      const what = { kind: 'visits', member, asked: null, purpose: request.query.purpose ?? null } as const;
      const sight = await openCareRegistry(service, request, ledger, what);
      return listCareVisits(service.sql, ledger.id, { ...sight, member, ...page });
    },
    keyOf: ({ number }) => String(number),
    show: (visits) => ({ visits }),
  });

  list(app, service, '/v1/care-subjects/:member/changes', {
    roles: careRoles,
    operationId: 'listCareChanges',
    summary: 'The plans by which a member was visited',
    description: `The first plan and every change, oldest first. ${logged}`,
    tags: ['people'],
    params,
    filters: purpose,
    answer: CareChangePage,
    refusals: ['care_subject_not_found'],
    key: /^[1-9][0-9]{0,8}$/,
    rows: async (request, ledger, page) => {
      const { member } = request.params;
      const what = { kind: 'changes', member, asked: null, purpose: request.query.purpose ?? null } as const;
      const sight = await openCareRegistry(service, request, ledger, what);
      return listCareChanges(service.sql, ledger.id, { ...sight, member, ...page });
    },
    keyOf: ({ number }) => String(number),
    show: (changes) => ({ changes }),
  });
}

function registerLog(app: App, service: Service): void {
  list(app, service, '/v1/care-reads', {
    roles: ['operator', 'auditor'],
    operationId: 'listCareReads',
    summary: 'Who read the care registry',
    description:
      'Every reading, oldest first, as it was written down. An auditor sees who read, when and what for, not about whom.',
    tags: ['people'],
    filters: {
      member: Type.Optional(annotated(SubjectId, { description: 'Only readings about this member; operators alone.' })),
    },
    answer: CareReadPage,
    key: /^[1-9][0-9]{0,14}$/,
    rows: async ({ query: { member = null }, principal }, ledger, page) => {
      const about = principal.role === 'auditor' ? null : member;
      return listCareReads(service.sql, ledger.id, { member: about, ...page });
    },
    keyOf: ({ entry }) => entry,
    show: (reads, { principal }) => ({
      care_reads: principal.role === 'auditor' ? reads.map((one) => ({ ...one, ...unseen })) : reads,
    }),
  });
}

/** What an auditor does not see of a reading. */
const unseen = { member: null } as const;

/** What a list was narrowed by, as a query; null: by nothing. */
function askedOf(narrowed: Readonly<Record<string, string | boolean | null>>): string | null {
  const said = Object.entries(narrowed).flatMap(([name, value]) => (value === null ? [] : `${name}=${value}`));
  return said.length === 0 ? null : said.join('&');
}
