/** The access log over HTTP: who read personal data in the clear. It names members by id, and no value. */
import { Type } from 'typebox';
import { annotated, namedObject } from '../../http/named.js';
import { list } from '../../http/routes.js';
import { DateString, EntryNumber, ExternalId, Instant, pageOf } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import type { LedgerFacts } from '../../ledger/state.js';
import { type AccessFilter, listAccesses } from '../../timebank/people/personal-data/access-log.js';
import { unmaskPurposes } from '../../timebank/personal-words.js';
import { memberReaders, visibleMember } from './member-purses.js';
import { fieldsOf, memberParams } from './sealed-shapes.js';

const Access = namedObject(
  'PersonalDataAccess',
  {
    entry: EntryNumber,
    member: ExternalId,
    fields: fieldsOf('What was read in the clear.', [['phone']]),
    purpose: Type.Enum([...unmaskPurposes], { description: 'What for.', examples: ['service_delivery'] }),
    actor: Type.String({ description: 'Who read it, as role and subject.', examples: ['coordinator:zhao'] }),
    at: Instant,
  },
  {
    description: 'One read of personal data in the clear.',
    examples: [
      {
        entry: '40',
        member: 'M00001',
        fields: ['phone'],
        purpose: 'service_delivery',
        actor: 'coordinator:zhao',
        at: '2026-11-02T01:00:00.000000Z',
      },
    ],
  },
);
const AccessPage = pageOf('PersonalDataAccessPage', 'accesses', Access, 'Reads in the clear, oldest first.');

const entryKey = /^[1-9][0-9]{0,14}$/;

const days = {
  from: Type.Optional(annotated(DateString, { description: "The first day, in the ledger's zone." })),
  to: Type.Optional(annotated(DateString, { description: 'The last day.' })),
};

export function registerAccessLog(app: App, service: Service): void {
  list(app, service, '/v1/access-log', {
    roles: ['auditor', 'operator'],
    operationId: 'listAccesses',
    summary: 'List reads of personal data',
    description: 'Every read of a sealed field in the clear, oldest first: who, whose, which, what for, when.',
    tags: ['people', 'audit'],
    filters: {
      member: Type.Optional(annotated(ExternalId, { description: 'Only of this member.' })),
      actor: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 200,
          pattern: '^[a-z]+:[\\x21-\\x7e]+$',
          description: 'Only by whom the journal names so.',
          examples: ['coordinator:zhao'],
        }),
      ),
      ...days,
    },
    answer: AccessPage,
    key: entryKey,
    rows: ({ query: { member = null, actor = null, from = null, to = null } }, ledger, page) =>
      accesses(service, ledger, { member, actor, from, to }, page),
    keyOf: ({ entry }) => entry,
    show: (accesses) => ({ accesses }),
  });

  list(app, service, '/v1/members/:id/access-log', {
    roles: memberReaders,
    operationId: 'listAccessesOfMember',
    summary: 'List reads of personal data of a member',
    description: 'Every read of a sealed field of the member in the clear, oldest first. A member asks for themselves.',
    tags: ['people'],
    params: memberParams,
    filters: days,
    answer: AccessPage,
    refusals: ['member_not_found'],
    key: entryKey,
    rows: async ({ params: { id: member }, query: { from = null, to = null }, principal }, ledger, page) => {
      await visibleMember(service, principal, ledger.id, member);
      return accesses(service, ledger, { member, actor: null, from, to }, page);
    },
    keyOf: ({ entry }) => entry,
    show: (accesses) => ({ accesses }),
  });
}

function accesses(
  service: Service,
  { id, zone }: LedgerFacts,
  filter: Omit<AccessFilter, 'zone'>,
  page: { after: string; limit: number },
) {
  return listAccesses(service.sql, id, { ...filter, zone }, page);
}
