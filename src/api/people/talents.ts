/**
 * Talents over HTTP: members in a registry, what they can, and the level that the rules make of their hours and of how they were rated. A coordinator keeps those
 * within the scope; an auditor sees no evidence.
 */

import { Type } from 'typebox';
import { reachOf } from '../../http/reach.js';
import { command } from '../../http/routes.js';
import { closed, ExternalId, NoBody } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import type { Stage } from '../../ledger/stage.js';
import { rulesToday } from '../../timebank/credit/rules-in-force.js';
import { talentLevelOf } from '../../timebank/credit/talent-levels.js';
import { requireMemberWithin } from '../../timebank/people/reach.js';
import { changeTalent, endTalent, recordTalentLevel, registerTalent } from '../../timebank/people/talents/talents.js';
import { talentFigures } from '../../timebank/service/talent-figures.js';
import { ChangeReceipt, receiptOf } from './receipts.js';
import { registerTalentReading, shownFigures } from './talent-reads.js';
import { NewTalent, Registry, TalentLevel, TalentParticulars } from './talent-shapes.js';

const params = Type.Object({ member: ExternalId, registry: Registry }, closed);
const keepers = ['operator', 'coordinator'] as const;
const openRefusals = ['talent_not_found', 'member_not_found', 'talent_ended'] as const;
const wordRefusals = ['specialty_unknown', 'weekly_hours_invalid'] as const;

export function registerTalents(app: App, service: Service): void {
  registerKeeping(app, service);
  registerLevels(app, service);
  registerTalentReading(app, service);
}

function registerKeeping(app: App, service: Service): void {
  command(app, service, '/v1/talents', {
    roles: keepers,
    operationId: 'registerTalent',
    summary: 'Enter a member in a talent registry',
    description: 'A member may be in both registries; who has left one may enter it anew.',
    tags: ['people'],
    dryRun: false,
    body: NewTalent,
    answer: ChangeReceipt,
    refusals: [
      'member_not_found',
      'talent_exists',
      'member_erased',
      'member_merged',
      'member_suspended',
      'member_inactive',
      ...wordRefusals,
    ],
    prepare: ({ body: { member, registry, ...particulars }, principal }) => ({
      decide: (stage) => {
        requireMemberWithin(stage, reachOf(principal), member);
        return receiptOf(stage, `${member}/${registry}`, registerTalent(stage, { member, registry }, particulars));
      },
    }),
  });

  command(app, service, '/v1/talents/:member/:registry/changes', {
    roles: keepers,
    operationId: 'changeTalent',
    summary: 'Change a talent',
    description: 'Puts what is sent in the place of categories, specialties, interests and hours.',
    tags: ['people'],
    dryRun: false,
    params,
    body: TalentParticulars,
    answer: ChangeReceipt,
    refusals: [...openRefusals, ...wordRefusals],
    prepare: ({ params, body, principal }) => ({
      decide: (stage) => {
        requireMemberWithin(stage, reachOf(principal), params.member);
        return receiptOf(stage, `${params.member}/${params.registry}`, changeTalent(stage, params, body));
      },
    }),
  });

  command(app, service, '/v1/talents/:member/:registry/end', {
    roles: keepers,
    operationId: 'endTalent',
    summary: 'Take a talent out of the registry',
    description: 'What stands there stays readable; qualifications recorded in this registry end with it.',
    tags: ['people'],
    dryRun: false,
    params,
    body: NoBody,
    answer: ChangeReceipt,
    refusals: openRefusals,
    prepare: ({ params, principal }) => ({
      decide: (stage) => {
        requireMemberWithin(stage, reachOf(principal), params.member);
        return receiptOf(stage, `${params.member}/${params.registry}`, endTalent(stage, params));
      },
    }),
  });
}

function registerLevels(app: App, service: Service): void {
  command(app, service, '/v1/talents/:member/:registry/level', {
    roles: keepers,
    operationId: 'recordTalentLevel',
    summary: 'Record the level of a talent',
    description:
      'Works out the level by the rules from hours and ratings, as they stand now, and records it, if it has changed.',
    tags: ['people'],
    dryRun: false,
    params,
    body: NoBody,
    status: 200,
    answer: TalentLevel,
    refusals: openRefusals,
    prepare: ({ params, principal }) => ({
      decide: (stage) => recordLevel(stage, principal, params),
    }),
  });
}

function recordLevel(
  stage: Stage,
  principal: Principal,
  name: { member: string; registry: 'silver' | 'resident_expert' },
) {
  requireMemberWithin(stage, reachOf(principal), name.member);
  const figures = talentFigures(stage, name.member);
  const level = talentLevelOf(rulesToday(stage), figures);
  const entry = recordTalentLevel(stage, name, level);
  return { ...name, level, ...shownFigures(figures), entry: entry === null ? null : String(entry.number) };
}
