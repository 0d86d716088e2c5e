/** What a dry run of a rule set looks like over HTTP. */
import { Type } from 'typebox';
import { annotated, namedObject } from '../../http/named.js';
import { AmountString, DateString, EntryNumber, ExternalId, Nullable, SignedAmountString } from '../../http/schemas.js';

export const NewDryRun = namedObject(
  'NewRuleSetDryRun',
  {
    from: annotated(DateString, { description: 'First day of service.', examples: ['2026-10-01'] }),
    to: annotated(DateString, { description: 'Last day of service.', examples: ['2026-10-31'] }),
    unit: Type.Optional(
      annotated(ExternalId, {
        description: 'Only members of this organisation unit, or of one below it.',
        examples: ['XC-01'],
      }),
    ),
  },
  { description: 'What a rule set is to be tried on.', examples: [{ from: '2026-10-01', to: '2026-10-31' }] },
);

const count = (description: string) => Type.Integer({ minimum: 0, description, examples: [12] });

const Sides = namedObject(
  'DryRunSides',
  {
    standing: annotated(SignedAmountString, { description: 'As the books have it.' }),
    draft: annotated(SignedAmountString, { description: 'As the rule set would have made it.' }),
    difference: annotated(SignedAmountString, { description: 'The second less the first.' }),
  },
  {
    description: 'COIN as they are, and as they would be.',
    examples: [{ standing: '1500.00', draft: '1620.50', difference: '120.50' }],
  },
);

const sides = { standing: '1500.00', draft: '1620.50', difference: '120.50' };
const figures = {
  records: count('Service records that count.'),
  changed: count('Of them, those of which the member or the pool would have had another amount.'),
  hours: annotated(AmountString, { description: 'HOUR: the same under all rules.' }),
  coins: annotated(Sides, { description: 'To members.' }),
  to_pool: annotated(Sides, { description: 'Over the holding cap.' }),
};
const figuresExample = { records: 1800, changed: 212, hours: '2310.40', coins: sides, to_pool: sides };

const Member = namedObject('DryRunMember', {
  member: ExternalId,
  org_unit: ExternalId,
  standing: SignedAmountString,
  draft: SignedAmountString,
  difference: SignedAmountString,
});

export const DryRun = namedObject(
  'RuleSetDryRun',
  {
    rule_set: Type.String({ description: 'The rule set that was tried.', examples: ['xinchang-pilot/2'] }),
    from: DateString,
    to: DateString,
    unit: Nullable(ExternalId, { description: 'Whose members; null: all.' }),
    at_entry: annotated(EntryNumber, { description: 'The last entry of the books that were read.' }),
    members: count('Members who gave service then.'),
    members_gaining: count('Who would have more coins of it.'),
    members_losing: count('Who would have fewer.'),
    totals: namedObject('DryRunFigures', figures, { examples: [figuresExample] }),
    by_reason: Type.Array(
      namedObject('DryRunReason', {
        code: Type.String({
          description: 'As in the differences of a record; `service_type_unknown`: the rule set has no such type.',
          examples: ['cap_week'],
        }),
        standing: SignedAmountString,
        draft: SignedAmountString,
        difference: SignedAmountString,
      }),
      { description: 'Why hours did not become coins, and why they would not.' },
    ),
    by_unit: Type.Array(namedObject('DryRunUnit', { org_unit: ExternalId, ...figures }), {
      description: 'Each organisation unit with all that lies below it, as members belong to them today.',
    }),
    gaining: Type.Array(Member, {
      description: 'The 100 members who would gain most, the first of them first.',
    }),
    losing: Type.Array(Member, {
      description: 'The 100 members who would lose most.',
    }),
    lines: Type.String({
      description: 'Where every record is, as CSV; kept for 35 days.',
      examples: ['/v1/rule-sets/xinchang-pilot-2/dry-runs/0199a2c8-4f00-7a55-9d3e-5b1f7c2a9e40/lines'],
    }),
    lines_sha256: Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'Of the bytes of that file.',
      examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    }),
  },
  {
    description: 'What a rule set would have made of the past.',
    examples: [
      {
        ...{ rule_set: 'xinchang-pilot/2', from: '2026-10-01', to: '2026-10-31', unit: null, at_entry: '5817' },
        ...{ members: 240, members_gaining: 31, members_losing: 0, totals: figuresExample },
        by_reason: [{ code: 'cap_week', standing: '140.00', draft: '19.50', difference: '-120.50' }],
        by_unit: [{ org_unit: 'XC', ...figuresExample }],
        gaining: [{ member: 'M00017', org_unit: 'XC-01', standing: '24.00', draft: '32.00', difference: '8.00' }],
        losing: [],
        lines: '/v1/rule-sets/xinchang-pilot-2/dry-runs/0199a2c8-4f00-7a55-9d3e-5b1f7c2a9e40/lines',
        lines_sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      },
    ],
  },
);
