/** What is used and left of budgets of programmes and of caps of units, over HTTP. It changes nothing. */
import { Type } from 'typebox';
import { annotated, namedObject } from '../../http/named.js';
import { list } from '../../http/routes.js';
import { AmountString, DateString, ExternalId, Nullable, pageOf } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { dateInZone, periodBounds } from '../../lib/clock.js';
import { Refusal } from '../../lib/refusal.js';
import { listLimits } from '../../timebank/service/limits/reads.js';
import { sharedLimitKinds, sharedLimitPeriods } from '../../timebank/service-words.js';
import { Period } from './range-shapes.js';

const Count = (description: string) => Nullable(Type.Integer({ minimum: 0 }), { description, examples: [null] });
const Coins = (description: string, example: string) => Nullable(AmountString, { description, examples: [example] });

const Budget = namedObject(
  'Budget',
  {
    kind: Type.Enum([...sharedLimitKinds], {
      description: 'unit: what members of a unit and of those below it can mint; programme: what a programme can.',
      examples: ['programme'],
    }),
    org_unit: Nullable(ExternalId, { description: 'The unit; null: it is a programme.', examples: [null] }),
    programme: Nullable(Type.String(), {
      description: 'The programme; null: it is a unit.',
      examples: ['civic-saturday'],
    }),
    name_zh: Nullable(Type.String(), {
      description: 'The name of the programme in Chinese.',
      examples: ['周六文明创建'],
    }),
    name_en: Nullable(Type.String(), {
      description: 'The name of the programme in English.',
      examples: ['Civic Saturdays'],
    }),
    service_types: Nullable(Type.Array(Type.String()), {
      description: 'The types of service that the programme covers; null: it is a unit.',
      examples: [['civic_saturday']],
    }),
    within: Type.Enum([...sharedLimitPeriods], {
      description: 'The days that count together; whole: all of the programme.',
      examples: ['month'],
    }),
    first_on: Nullable(DateString, {
      description: 'The first of these days; null: all of the programme.',
      examples: ['2026-10-01'],
    }),
    last_on: Nullable(DateString, {
      description: 'The last of these days; null: all of the programme.',
      examples: ['2026-10-31'],
    }),
    rule_set: Type.String({ description: 'The rule set that says so.', examples: ['xinchang-pilot/2'] }),
    coins: Coins('COIN that can be minted; null: no limit.', '500.00'),
    coins_used: annotated(AmountString, {
      description: 'What records that count have minted under it.',
      examples: ['462.50'],
    }),
    coins_left: Coins('What can still be minted; null: no limit.', '37.50'),
    records: Count('How many records can mint; null: no limit.'),
    records_used: Type.Integer({ minimum: 0, description: 'How many records have minted any.', examples: [231] }),
    records_left: Count('How many more can; null: no limit.'),
  },
  {
    description: 'A budget of a programme, or a cap of a unit, in one of its periods.',
    examples: [
      {
        kind: 'programme',
        org_unit: null,
        programme: 'civic-saturday',
        name_zh: '周六文明创建',
        name_en: 'Civic Saturdays',
        service_types: ['civic_saturday'],
        within: 'month',
        first_on: '2026-10-01',
        last_on: '2026-10-31',
        rule_set: 'xinchang-pilot/2',
        coins: '500.00',
        coins_used: '462.50',
        coins_left: '37.50',
        records: null,
        records_used: 231,
        records_left: null,
      },
    ],
  },
);
const BudgetPage = pageOf('BudgetPage', 'budgets', Budget, 'Programmes first, then units, in the order of their ids.');

const filters = {
  day: Type.Optional(
    annotated(DateString, { description: 'The day asked for; today unless this or `month` is given.' }),
  ),
  month: Type.Optional(annotated(Period, { description: 'The month asked for: all periods with a day in it.' })),
};

export function registerBudgets(app: App, service: Service): void {
  list(app, service, '/v1/budgets', {
    roles: ['operator', 'auditor'],
    operationId: 'listBudgets',
    summary: 'What is left of budgets',
    description:
      'Each budget of a programme and each cap of a unit that is in force on the day, or on a day of the month, in each of its periods: the limit, what is used, what is left. Days are days of service. Records count as they stand after corrections, from the first day on of the rule set that first had the limit.',
    tags: ['rules'],
    filters,
    answer: BudgetPage,
    key: /^[a-z]+ [A-Za-z0-9_.-]+ [a-z]+ [0-9-]{10} [a-z0-9/-]+$/,
    rows: ({ query }, { id, zone }, { after, limit }) =>
      listLimits(service.sql, id, { ...daysOf(query, dateInZone(service.clock(), zone)), after, limit }),
    keyOf: ({ key }) => key,
    show: (rows) => ({ budgets: rows.map(({ key: _, ...shown }) => shown) }),
  });
}

/** Refuses: `request_invalid` (a day and a month). */
function daysOf({ day, month }: { day?: string; month?: string }, today: string): { from: string; to: string } {
  if (day !== undefined && month !== undefined)
    throw new Refusal(
      'request_invalid',
      { en: 'Name a day or a month.', zh: '请指定日期或月份，二者只填其一。' },
      { errors: [{ pointer: '/query/month', detail: { en: 'cannot be combined with day', zh: '不能与 day 同用' } }] },
    );
  if (month === undefined) return { from: day ?? today, to: day ?? today };
  const { first, last } = periodBounds(month);
  return { from: first, to: last };
}
