/** What rule sets look like over HTTP: drafted, listed, read with the basis of every value. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import { DateString, EntryNumber, Instant, Nullable } from '../../http/schemas.js';
import { ruleSetIdPattern, ruleSetStates } from '../../timebank/credit/rule-set-words.js';
import { RuleValuesShape } from './rule-values-shapes.js';

export const ruleSetIdShape = Type.String({
  pattern: '^[a-z][a-z0-9-]{0,62}[/-][0-9]{1,6}$',
  description: 'The id of a rule set.',
  examples: ['xinchang-pilot-2'],
});

/** The name of a set by its id: the last number is the version. */
export function nameOfId(id: string): string {
  return id.replace(/[-/]([0-9]+)$/, (_, version: string) => `/${Number(version)}`);
}

export const DocumentNumber = named(
  'DocumentNumber',
  Type.String({
    pattern: '^[\\p{L}\\p{N}〔〕［］（）()\\[\\]/._-]{0,60}[0-9][\\p{L}\\p{N}〔〕［］（）()\\[\\]/._-]{0,60}$',
    description: 'The number of the document by which the county decided it; public, like what it is about.',
    examples: ['新民发〔2026〕12号'],
  }),
);

const Actor = (description: string) =>
  Nullable(Type.String(), { description: `${description}, as \`role:subject\`.`, examples: ['operator:wang'] });

const head = {
  id: Type.String({ description: 'The name with a hyphen for the slash: for paths.', examples: ['xinchang-pilot-1'] }),
  name: Type.String({
    description: 'What entries and records store: the rule set and its version.',
    examples: ['xinchang-pilot/1'],
  }),
  state: Type.Enum([...ruleSetStates], {
    description:
      'draft: nothing is judged by it; approved: in force from its first day until the next set begins; withdrawn: never in force.',
    examples: ['approved'],
  }),
  effective_from: annotated(DateString, {
    description: 'The first day of service it applies to.',
    examples: ['2026-01-01'],
  }),
  proposed_by: Actor('Who drafted it; null: it is built in'),
  proposed_at: Nullable(Instant, { description: 'When it was drafted.', examples: ['2026-11-27T09:30:00+08:00'] }),
  decided_by: Actor('Who approved or withdrew it; null: nobody yet'),
  decided_at: Nullable(Instant, { description: 'When that was.', examples: ['2026-11-28T09:30:00+08:00'] }),
  entry: Nullable(EntryNumber, {
    description: 'The entry that last changed it; null: it is built in.',
    examples: ['17'],
  }),
};

const builtIn = {
  id: 'xinchang-pilot-1',
  name: 'xinchang-pilot/1',
  state: 'approved' as const,
  effective_from: '2026-01-01',
  proposed_by: null,
  proposed_at: null,
  decided_by: null,
  decided_at: null,
  entry: null,
};

export const RuleSetList = namedObject(
  'RuleSetList',
  { rule_sets: Type.Array(namedObject('RuleSetHead', head)) },
  { description: 'All rule sets, in the order of their names.', examples: [{ rule_sets: [builtIn] }] },
);

export const RuleSet = namedObject(
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
        basis: Type.Enum(['S', 'D', 'S, D', 'C'], {
          description:
            'S: taken from the scheme named; D: our default, for the county to confirm; C: decided by the county, by the document named.',
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
        ...builtIn,
        values: [{ key: 'cap_day', value: '2.00', basis: 'S' as const, source: 'Hailin, Changning, KISS' }],
      },
    ],
  },
);

export const NewRuleSet = namedObject(
  'NewRuleSet',
  {
    rule_set: Type.String({
      pattern: ruleSetIdPattern,
      description: 'Its id, which may have versions already: this becomes the next.',
      examples: ['xinchang-pilot'],
    }),
    effective_from: annotated(DateString, {
      description: 'The first day of service it applies to; after that of every approved set, and in no closed period.',
      examples: ['2027-01-01'],
    }),
    document: Type.Optional(DocumentNumber),
    values: RuleValuesShape,
  },
  {
    description: 'A rule set to draft.',
    examples: [
      {
        rule_set: 'xinchang-pilot',
        effective_from: '2027-01-01',
        document: '新民发〔2026〕12号',
        values: { cap_week: '8.00' },
      },
    ],
  },
);
