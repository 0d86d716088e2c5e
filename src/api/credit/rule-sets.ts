/**
 * Rule sets over HTTP: every number the scheme turns on, with where it comes from. A rule set is named `xinchang-pilot/1` in
 * entries; in a path the slash is a hyphen, because proxies disagree about a slash that is percent-encoded.
 */
import { Type } from 'typebox';
import { annotated, namedObject } from '../../http/named.js';
import { read } from '../../http/routes.js';
import { closed, DateString } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { roles } from '../../http/tokens.js';
import { Refusal } from '../../lib/refusal.js';
import { type RuleSet as Rules, ruleSetName } from '../../timebank/credit/rule-set.js';

const head = {
  id: Type.String({ description: 'The name with a hyphen for the slash: for paths.', examples: ['xinchang-pilot-1'] }),
  name: Type.String({
    description: 'What entries and records store: the rule set and its version.',
    examples: ['xinchang-pilot/1'],
  }),
  effective_from: annotated(DateString, {
    description: 'The first day of service it applies to.',
    examples: ['2026-01-01'],
  }),
};

const headExample = { id: 'xinchang-pilot-1', name: 'xinchang-pilot/1', effective_from: '2026-01-01' };

const RuleSetList = namedObject(
  'RuleSetList',
  { rule_sets: Type.Array(namedObject('RuleSetHead', head)) },
  { description: 'All rule sets, in the order of their names.', examples: [{ rule_sets: [headExample] }] },
);

const RuleSet = namedObject(
  'RuleSet',
  {
    ...head,
    values: Type.Array(
      namedObject('RuleValue', {
        key: Type.String({ examples: ['cap_day'] }),
        value: Type.Unknown({
          description: 'Amounts are decimal strings; counts and lengths of time whole numbers.',
          examples: ['2.00'],
        }),
        basis: Type.Enum(['S', 'D', 'S, D'], {
          description: 'S: taken from the scheme named; D: our default, for the county to confirm.',
        }),
        source: Type.String({ examples: ['Hailin, Changning, KISS'] }),
      }),
      { description: 'Every value with its basis.' },
    ),
  },
  {
    description: 'A rule set. It is never edited, only followed by its next version.',
    examples: [
      {
        ...headExample,
        values: [{ key: 'cap_day', value: '2.00', basis: 'S', source: 'Hailin, Changning, KISS' }],
      },
    ],
  },
);

export function registerRuleSets(app: App, service: Service): void {
  const published = [service.rules];

  read(app, service, '/v1/rule-sets', {
    roles,
    operationId: 'listRuleSets',
    summary: 'List rule sets',
    description: 'Which rules there are and from when on they apply. They are few: the list has no pages.',
    tags: ['rules'],
    answer: RuleSetList,
    read: () => ({ rule_sets: published.map(headOf) }),
  });

  read(app, service, '/v1/rule-sets/:id', {
    roles,
    operationId: 'getRuleSet',
    summary: 'One rule set',
    description:
      'Every value with its basis. `id` is the name with a hyphen for the slash; the name itself, its slash percent-encoded, will do too.',
    tags: ['rules'],
    params: Type.Object(
      {
        id: Type.String({
          pattern: '^[a-z][a-z0-9-]{0,62}[/-][0-9]{1,6}$',
          description: 'The id of a rule set.',
          examples: ['xinchang-pilot-1'],
        }),
      },
      closed,
    ),
    answer: RuleSet,
    refusals: ['rule_set_not_found'],
    read: ({ params }) => {
      const id = params.id.replace('/', '-');
      const found = published.find((rules) => idOf(rules) === id);
      if (!found)
        throw new Refusal('rule_set_not_found', {
          en: `there is no rule set ${params.id}`,
          zh: `没有规则集 ${params.id}`,
        });
      return viewRuleSet(found);
    },
  });
}

function idOf(rules: Rules): string {
  return ruleSetName(rules).replace('/', '-');
}

function headOf(rules: Rules) {
  return { id: idOf(rules), name: ruleSetName(rules), effective_from: rules.effective_from };
}

function viewRuleSet(rules: Rules) {
  const { basis } = rules;
  const values = (Object.keys(basis) as (keyof typeof basis)[]).map((key) => ({
    key,
    value: rules[key],
    basis: basis[key].kind,
    source: basis[key].source,
  }));
  return { ...headOf(rules), values };
}
