/**
 * What a rule set can say: every key with its unit, its bounds and what it means, Chinese first. The schema is what the document publishes and
 * what a draft is checked by; what one value says of another is checked in the domain.
 */
import { type TProperties, type TSchema, Type } from 'typebox';
import { namedObject } from '../../http/named.js';
import type { RuleValues } from '../../timebank/credit/rule-set.js';

import { auditValues } from './rule-values/audit.js';
import { deadlinesValues } from './rule-values/deadlines.js';
import { earningValues } from './rule-values/earning.js';
import { peopleValues } from './rule-values/people.js';
import { pointsValues } from './rule-values/points.js';

const all = {
  ...earningValues,
  ...peopleValues,
  ...deadlinesValues,
  ...pointsValues,
  ...auditValues,
} satisfies Record<keyof RuleValues, TSchema>;

const optional = Object.fromEntries(Object.entries(all).map(([key, schema]) => [key, Type.Optional(schema)]));

export const RuleValuesShape = namedObject('RuleValues', optional as TProperties, {
  description:
    '规则集要变更的各项取值；未列出的，沿用施行首日现行规则集的取值。 / What a rule set changes; what is not named stays as it is in the set in force on its first day.',
  examples: [{ cap_week: '8.00' }],
});
