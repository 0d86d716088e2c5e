/**
 * Relatives over HTTP: claimed by one person, verified by another. The evidence is free text, which no answer remembers: it comes from the
 * row, for as long as it stands there.
 */

import { type Static, Type } from 'typebox';
import { besideOf } from '../../http/beside.js';
import { actorOf, fillIn } from '../../http/commands.js';
import { reachOf } from '../../http/reach.js';
import { command, list } from '../../http/routes.js';
import { closed, ExternalId } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { rulesToday } from '../../timebank/credit/rules-in-force.js';
import { claimKin, endKin, eraseKinEvidence, verifyKin } from '../../timebank/people/kin.js';
import { type Kin as Row, readFormer, withoutEvidence } from '../../timebank/people/kin-history.js';
import { evidenceOf, type KinView, listKin } from '../../timebank/people/member-reads.js';
import { NewTextErasure } from '../ledger/entry-shapes.js';
import { End, Kin, KinPage, NewKin, Verification } from './kin-shapes.js';
import { memberReaders, visibleMember } from './member-purses.js';

const params = Type.Object({ id: ExternalId }, closed);
const pairParams = Type.Object({ id: ExternalId, relative: ExternalId }, closed);
const keepers = ['operator', 'coordinator'] as const;

export function registerKin(app: App, service: Service): void {
  registerClaiming(app, service);
  registerDeciding(app, service);
  registerErasing(app, service);
  registerReading(app, service);
}

/** Whose relation to whom, and who says so. */
function asked(service: Service, principal: Principal, { id, relative }: Static<typeof pairParams>) {
  const who = { reach: reachOf(principal), actor: actorOf(principal), ...besideOf(service, principal) };
  return { member: id, relative, ...who };
}

/** A relation as a command leaves it, without any evidence, which is not remembered. */
function viewOf(row: Row): KinView {
  const { member_id, relative_id, salt: _, claimed_alias: __, former, entry, ...rest } = withoutEvidence(row);
  return { member: member_id, relative: relative_id, ...rest, former: readFormer(former), entry: String(entry) };
}

/** Who decides does not repeat the evidence. */
async function withEvidence(service: Service, principal: Principal, body: string): Promise<string> {
  const { member, relative } = JSON.parse(body) as KinView;
  const ledgerId = await ledgerIdOf(service, principal);
  return fillIn(body, { evidence: await evidenceOf(service.sql, ledgerId, member, relative) });
}

function registerClaiming(app: App, service: Service): void {
  command(app, service, '/v1/members/:id/kin', {
    roles: keepers,
    operationId: 'claimKin',
    summary: 'Claim that a member is a relative',
    description:
      'Of the member in the path, who is the elder; both lie within the scope of a coordinator. Another person has to verify it. A relation that has ended may be claimed again and then counts from the day of the new claim; the earlier one still counts for its own days. An elder has as many relatives as the rules allow (`redeem_relatives_max`).',
    tags: ['people'],
    dryRun: false,
    params,
    body: NewKin,
    answer: Kin,
    refusals: [
      'member_not_found',
      'kin_exists',
      'member_merged',
      'member_erased',
      'kin_invalid',
      'kin_limit',
      'self_approval',
    ],
    prepare: ({ params: { id }, body: { relative, ...claim }, principal }) => {
      const request = { ...asked(service, principal, { id, relative }), ...claim };
      return {
        decide: (stage) => claimKin(stage, { ...request, most: rulesToday(stage).redeem_relatives_max }),
        show: viewOf,
        reveal: (body) => fillIn(body, { evidence: claim.evidence }),
      };
    },
  });
}

function registerDeciding(app: App, service: Service): void {
  command(app, service, '/v1/members/:id/kin/:relative/verification', {
    roles: keepers,
    operationId: 'verifyKin',
    summary: 'Verify a relative',
    description:
      'By another person than who claimed it, neither of the two, with the day on which the elder consented. From then on service between spouses and lineal kin mints no coins, unless the rules let it (`earn_from_kin`).',
    tags: ['people'],
    dryRun: false,
    params: pairParams,
    body: Verification,
    status: 200,
    answer: Kin,
    refusals: ['kin_not_found', 'member_not_found', 'kin_decided', 'member_merged', 'self_approval', 'date_in_future'],
    prepare: ({ params, body: { elder_consent_on: elderConsentOn }, principal }) => ({
      decide: (stage) => verifyKin(stage, { ...asked(service, principal, params), elderConsentOn }),
      show: viewOf,
      reveal: (body) => withEvidence(service, principal, body),
    }),
  });

  command(app, service, '/v1/members/:id/kin/:relative/end', {
    roles: keepers,
    operationId: 'endKin',
    summary: 'End a relation',
    description: 'From today on they are relatives no more; a relation that was `mistaken` never was.',
    tags: ['people'],
    dryRun: false,
    params: pairParams,
    body: End,
    status: 200,
    answer: Kin,
    refusals: ['kin_not_found', 'member_not_found', 'kin_decided', 'member_merged', 'self_approval'],
    prepare: ({ params, body, principal }) => ({
      decide: (stage) => endKin(stage, { ...asked(service, principal, params), reasonCode: body?.reason_code }),
      show: viewOf,
      reveal: (answer) => withEvidence(service, principal, answer),
    }),
  });
}

function registerErasing(app: App, service: Service): void {
  command(app, service, '/v1/members/:id/kin/:relative/text-erasure', {
    roles: ['operator'],
    operationId: 'eraseKinEvidence',
    summary: 'Erase the evidence of a relation',
    description: 'Erases what was written of the evidence and journals that it was done. It cannot be undone.',
    tags: ['people'],
    dryRun: false,
    params: pairParams,
    body: NewTextErasure,
    status: 200,
    answer: Kin,
    refusals: ['kin_not_found', 'member_not_found', 'text_absent', 'member_merged'],
    prepare: ({ params, body: { reason }, principal }) => ({
      decide: (stage) => eraseKinEvidence(stage, { ...asked(service, principal, params), reason }),
      show: viewOf,
    }),
  });
}

function registerReading(app: App, service: Service): void {
  list(app, service, '/v1/members/:id/kin', {
    roles: memberReaders,
    operationId: 'listKin',
    summary: 'The relatives of a member',
    description:
      'Relations in which the member is the elder, and those in which the member is the relative, ended ones too. `former` lists those that ended before the relation was claimed again. An auditor gets no evidence.',
    tags: ['people'],
    params,
    answer: KinPage,
    refusals: ['member_not_found'],
    key: /^[A-Za-z0-9_.-]{1,64}\/[A-Za-z0-9_.-]{1,64}$/,
    rows: async ({ params, principal }, ledger, page) => {
      const { id } = await visibleMember(service, principal, ledger.id, params.id);
      return listKin(service.sql, ledger.id, { id, ...page });
    },
    keyOf: ({ member, relative }) => `${member}/${relative}`,
    show: (kin, { principal }) => ({
      kin: principal.role === 'auditor' ? kin.map(unproved) : kin,
    }),
  });
}

/** A relation, and those before it, without their evidence. */
function unproved(kin: KinView): KinView {
  return { ...kin, evidence: null, former: kin.former.map((one) => ({ ...one, evidence: null })) };
}
