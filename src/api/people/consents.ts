/** Consents over HTTP: recorded by whoever looks after a member or by the member, and revoked by either at any time. */
import { Type } from 'typebox';
import { fillIn } from '../../http/commands.js';
import { ownMember, reachOf } from '../../http/reach.js';
import { command, list } from '../../http/routes.js';
import { closed, ExternalId } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { tidied } from '../../lib/text.js';
import { memberNotFound } from '../../timebank/people/members.js';
import { listConsents, readEvidence, viewConsent } from '../../timebank/people/personal-data/consent-reads.js';
import {
  type Consent as ConsentRow,
  giveConsent,
  revokeConsent,
} from '../../timebank/people/personal-data/consents.js';
import { Consent, ConsentPage, NewConsent, Purpose, Revocation } from './consent-shapes.js';
import { memberReaders, visibleMember } from './member-purses.js';
import { memberParams } from './sealed-shapes.js';

const params = Type.Object({ id: ExternalId, purpose: Purpose }, closed);
const writers = ['operator', 'coordinator', 'member'] as const;

export function registerConsents(app: App, service: Service): void {
  registerGiving(app, service);
  registerRevoking(app, service);
  list(app, service, '/v1/members/:id/consents', {
    roles: memberReaders,
    operationId: 'listConsents',
    summary: 'List consents of a member',
    description:
      'By number, those that are revoked, too, under all the ids that the person has had. An auditor does not see what proves them.',
    tags: ['people'],
    params: memberParams,
    answer: ConsentPage,
    refusals: ['member_not_found'],
    key: /^[1-9][0-9]{0,8}\/[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
    rows: async ({ params: { id }, principal }, ledger, page) => {
      await visibleMember(service, principal, ledger.id, id);
      return listConsents(service.sql, ledger.id, { memberId: id, ...page });
    },
    keyOf: ({ number, member }) => `${number}/${member}`,
    show: (consents, { principal }) => ({
      consents: principal.role === 'auditor' ? consents.map((one) => ({ ...one, evidence: null })) : consents,
    }),
  });
}

function registerGiving(app: App, service: Service): void {
  command(app, service, '/v1/members/:id/consents', {
    roles: writers,
    operationId: 'giveConsent',
    summary: 'Record a consent of a member',
    description:
      'A consent to one purpose, given on a day. Registering a member records the consent to `service` of that day already.',
    tags: ['people'],
    dryRun: false,
    params: memberParams,
    body: NewConsent,
    answer: Consent,
    refusals: ['member_not_found', 'member_merged', 'member_erased', 'date_in_future', 'consent_exists'],
    prepare: ({ params: { id: memberId }, body, principal }) => {
      const { purpose, given_on: givenOn, evidence } = body;
      const request = { memberId, purpose, givenOn, evidence: evidence === undefined ? null : tidied(evidence) };
      return {
        personal: true,
        decide: (stage) => {
          requireOwn(principal, memberId);
          return giveConsent(stage, reachOf(principal), request);
        },
        show: viewWithoutEvidence,
        reveal: (answer) => withEvidence(service, principal, answer),
      };
    },
  });
}

function registerRevoking(app: App, service: Service): void {
  command(app, service, '/v1/members/:id/consents/:purpose/revocation', {
    roles: writers,
    operationId: 'revokeConsent',
    summary: 'Revoke a consent of a member',
    description:
      'Ends the consent that stands, and empties what rests on it in the same entry: for `service` telephone number, identity card and address, for `health` and `special_identity` the field of that name.',
    tags: ['people'],
    dryRun: false,
    params,
    body: Revocation,
    status: 200,
    answer: Consent,
    refusals: ['member_not_found', 'consent_not_found', 'date_in_future', 'date_before_original'],
    prepare: ({ params: { id: memberId, purpose }, body, principal }) => {
      const revokedOn = body?.revoked_on;
      const revocation = { memberId, purpose, ...(revokedOn !== undefined && { revokedOn }) };
      return {
        decide: (stage) => {
          requireOwn(principal, memberId);
          return revokeConsent(stage, reachOf(principal), revocation);
        },
        show: viewWithoutEvidence,
        reveal: (answer) => withEvidence(service, principal, answer),
      };
    },
  });
}

/** Refuses: `member_not_found` (a member who asks for another). */
function requireOwn(principal: Principal, memberId: string): void {
  const own = ownMember(principal);
  if (own === null || own === memberId) return;
  throw memberNotFound(memberId);
}

/** Evidence can be erased, and answers are remembered: it comes from the row when an answer is sent. */
function viewWithoutEvidence(row: ConsentRow) {
  return { ...viewConsent(row), evidence: null };
}

async function withEvidence(service: Service, principal: Principal, body: string): Promise<string> {
  const { member: memberId, number } = JSON.parse(body) as { member: string; number: number };
  const ledgerId = await ledgerIdOf(service, principal);
  return fillIn(body, { evidence: await readEvidence(service.sql, ledgerId, { memberId, number }) });
}
