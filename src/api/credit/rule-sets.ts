/**
 * Rule sets over HTTP: every number the scheme turns on, with where it comes from; drafted by one person, approved by another. A rule set is
 * named `xinchang-pilot/1` in entries; in a path the slash is a hyphen, because proxies disagree about a slash that is percent-encoded.
 */
import { Type } from 'typebox';
import { besideOf } from '../../http/beside.js';
import { actorOf } from '../../http/commands.js';
import { command, read } from '../../http/routes.js';
import { closed, NoBody } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { type Principal, roles } from '../../http/tokens.js';
import type { RuleValues } from '../../timebank/credit/rule-set.js';
import { readRuleSetRows } from '../../timebank/credit/rule-set-reads.js';
import {
  allSets,
  approveRuleSet,
  findSet,
  headOf,
  proposeRuleSet,
  type RuleSetDecision,
  viewRuleSet,
  withdrawRuleSet,
} from '../../timebank/credit/rule-sets.js';
import { type RuleSetRow, ruleSetOf } from '../../timebank/credit/rules-in-force.js';
import { NewRuleSet, nameOfId, RuleSet, RuleSetList, ruleSetIdShape } from './rule-set-shapes.js';

const params = Type.Object({ id: ruleSetIdShape }, closed);

export function registerRuleSets(app: App, service: Service): void {
  registerDrafting(app, service);
  registerDeciding(app, service);
  registerReading(app, service);
}

const viewRow = (row: RuleSetRow) => viewRuleSet(ruleSetOf(row), row);

function registerDrafting(app: App, service: Service): void {
  command(app, service, '/v1/rule-sets', {
    roles: ['operator'],
    operationId: 'proposeRuleSet',
    summary: 'Draft a rule set',
    description:
      'Values that are not named are those in force on the first day. Nothing is judged by a draft: another person approves it, or a dry run shows what it would have made of the past.',
    tags: ['rules'],
    body: NewRuleSet,
    answer: RuleSet,
    refusals: ['rule_set_invalid', 'rule_set_overlap', 'period_closed', 'org_unit_not_found', 'station_not_found'],
    prepare: ({ body, principal }) => {
      const { rule_set: ruleSet, effective_from: effectiveFrom, document = null } = body;
      const request = { ruleSet, effectiveFrom, values: body.values as Partial<RuleValues>, document };
      const beside = besideOf(service, principal);
      return { decide: (stage) => proposeRuleSet(stage, request, actorOf(principal), beside), show: viewRow };
    },
  });
}

/** Which set, and who decides. */
function decisionOf(service: Service, principal: Principal, id: string): RuleSetDecision {
  const [ruleSet = '', version] = nameOfId(id).split('/');
  return { ruleSet, version: Number(version), actor: actorOf(principal), ...besideOf(service, principal) };
}

function registerDeciding(app: App, service: Service): void {
  const refusals = ['rule_set_not_found', 'rule_set_decided'] as const;
  command(app, service, '/v1/rule-sets/:id/approve', {
    roles: ['operator'],
    operationId: 'approveRuleSet',
    summary: 'Approve a rule set',
    description:
      'By another person than who drafted it. From its first day on, services are judged by it, whenever they are recorded, until the next set begins; it is never changed afterwards. What was recorded before stays as it was judged.',
    tags: ['rules'],
    params,
    body: NoBody,
    status: 200,
    answer: RuleSet,
    refusals: [...refusals, 'self_approval', 'rule_set_overlap', 'period_closed', 'rule_set_outdated'],
    prepare: ({ params: { id }, principal }) => ({
      decide: (stage) => approveRuleSet(stage, decisionOf(service, principal, id)),
      show: viewRow,
    }),
  });

  command(app, service, '/v1/rule-sets/:id/withdraw', {
    roles: ['operator'],
    operationId: 'withdrawRuleSet',
    summary: 'Withdraw a rule set',
    description: 'Takes a draft back, or a set that was approved and has not begun.',
    tags: ['rules'],
    params,
    body: NoBody,
    status: 200,
    answer: RuleSet,
    refusals,
    prepare: ({ params: { id }, principal }) => ({
      decide: (stage) => withdrawRuleSet(stage, decisionOf(service, principal, id)),
      show: viewRow,
    }),
  });
}

function registerReading(app: App, service: Service): void {
  read(app, service, '/v1/rule-sets', {
    roles,
    operationId: 'listRuleSets',
    summary: 'List rule sets',
    description:
      'Which rules there are and from when on they apply, drafts included. They are few: the list has no pages.',
    tags: ['rules'],
    answer: RuleSetList,
    read: async (_, ledger) => {
      const sets = allSets(await readRuleSetRows(service.sql, ledger.id));
      return { rule_sets: sets.map(({ rules, row }) => headOf(rules, row)) };
    },
  });

  read(app, service, '/v1/rule-sets/:id', {
    roles,
    operationId: 'getRuleSet',
    summary: 'One rule set',
    description:
      'Every value with its basis. `id` is the name with a hyphen for the slash; the name itself, its slash percent-encoded, will do too.',
    tags: ['rules'],
    params,
    answer: RuleSet,
    refusals: ['rule_set_not_found'],
    read: async ({ params: { id } }, ledger) => {
      const { rules, row } = findSet(await readRuleSetRows(service.sql, ledger.id), nameOfId(id));
      return viewRuleSet(rules, row);
    },
  });
}
