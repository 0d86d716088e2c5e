/** What criteria of awards look like over HTTP, and what all that is said of awards has in common. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import { AmountString, closed } from '../../http/schemas.js';
import { awardCodePattern, awardDecisions, awardMeasures, tieRules } from '../../timebank/award-words.js';
import { fewestNoticeDays, shippedCriteria } from '../../timebank/service/awards/criteria.js';
import { mostCandidates } from '../../timebank/service/awards/snapshot.js';

export const Person = (description: string) => Type.String({ description, examples: ['coordinator:wang'] });
export const count = (description: string, example: number) =>
  Type.Integer({ minimum: 0, description, examples: [example] });

export const CandidateNumber = Type.Integer({
  minimum: 1,
  maximum: mostCandidates,
  description: 'Of a candidate in the round.',
  examples: [1],
});

export const AwardCode = named(
  'AwardCode',
  Type.String({
    pattern: awardCodePattern,
    description: 'What names an award, the same in all its rounds.',
    examples: ['star_volunteer'],
  }),
);
export const AwardName = (description: string, example: string) =>
  Type.String({ minLength: 1, maxLength: 100, description, examples: [example] });

const every = {
  award: AwardCode,
  name: AwardName('What people call it.', '最美业主'),
  notice_working_days: Type.Integer({
    minimum: fewestNoticeDays,
    maximum: 60,
    description: 'How many working days public notice takes at least.',
    examples: [5],
  }),
  decision: Type.Enum([...awardDecisions], {
    description: 'Whether all three parties have to approve, or two of them.',
    examples: ['unanimous'],
  }),
};

const Ranking = namedObject(
  'AwardRankingCriteria',
  {
    kind: Type.Literal('ranking'),
    ...every,
    measure: Type.Enum([...awardMeasures], {
      description:
        'hours, records: of service; recipients: different people who received it; points: of items that other platforms sent.',
      examples: ['hours'],
    }),
    places: Type.Integer({
      minimum: 1,
      maximum: mostCandidates,
      description: 'How many win; more where the last place is shared.',
      examples: [10],
    }),
    minimum_hours: annotated(AmountString, {
      description: 'Who has served fewer hours is left out.',
      examples: ['20.00'],
    }),
    minimum_records: Type.Integer({
      minimum: 0,
      maximum: 10_000,
      description: 'Who has fewer service records is left out.',
      examples: [5],
    }),
    tie_rule: Type.Enum([...tieRules], {
      description:
        'Who of equal measure comes first. share: nobody, they share the place; more_records: who has more service records; earlier_reached: whose last act that counts was on an earlier day. Those who are equal in that, too, share the place.',
      examples: ['more_records'],
    }),
  },
  {
    description: 'The first ones by a measure.',
    examples: shippedCriteria.filter((one) => one.kind === 'ranking') as never,
  },
);

const Threshold = namedObject(
  'AwardThresholdCriteria',
  {
    kind: Type.Literal('threshold'),
    ...every,
    levels: Type.Array(
      Type.Object(
        {
          level: Type.Integer({ minimum: 1, maximum: 100, description: 'Counts up.', examples: [1] }),
          name: AwardName('What people call it.', '一星级志愿者'),
          hours: annotated(AmountString, { description: 'The hours that it takes.', examples: ['100.00'] }),
        },
        closed,
      ),
      { minItems: 1, maxItems: 20, description: 'From the lowest to the highest.' },
    ),
  },
  {
    description: 'Whoever has the hours of a level, of which none as high was awarded to them before.',
    examples: shippedCriteria.filter((one) => one.kind === 'threshold') as never,
  },
);

export const Criteria = named(
  'AwardCriteria',
  Type.Union([Ranking, Threshold], {
    description: 'Criteria of an award.',
    examples: [shippedCriteria[0] as never],
  }),
);

export const CriteriaList = namedObject(
  'AwardCriteriaList',
  { criteria: Type.Array(Criteria) },
  { description: 'Criteria that are shipped.', examples: [{ criteria: [...shippedCriteria] as never }] },
);
