/**
 * Whether the values of a rule set go together: each by itself is checked where it comes in, here what one says of another. Pure; it judges
 * no value good or bad.
 */
import { parseAmount } from '../../lib/decimal.js';
import type { Words } from '../../lib/language.js';
import { dispatchReasons } from '../service-words.js';
import type { RuleValues } from './rule-set.js';

export interface ValueFault {
  readonly key: keyof RuleValues;
  /** Where in the value, as a JSON pointer; left out: it is the value as a whole. */
  readonly at?: string;
  readonly detail: Words;
}

/** What contradicts what, in the order of the keys. */
export function faultsOf(rules: RuleValues): ValueFault[] {
  return [
    ...namesOfTypes.flatMap((key) => unknownTypes(rules, key)),
    ...calendarFaults(rules),
    ...furtherCapFaults(rules),
    ...unitCapFaults(rules),
    ...budgetFaults(rules),
    ...capFaults(rules),
    ...levelFaults(rules),
    ...weightFaults(rules),
    ...warningFaults(rules),
    ...deadlineFaults(rules),
  ];
}

const hundredths = (text: string) => parseAmount(text, 2);

const namesOfTypes = [
  'professional_service_types',
  'service_categories',
  'visit_coins',
  'calendar_bound',
  'once_service_types',
] as const;

/** What is said of a service type is said of one that can be recorded. */
function unknownTypes(rules: RuleValues, key: (typeof namesOfTypes)[number]): ValueFault[] {
  if (rules.unknown_service_type === 'accept') return [];
  const said = rules[key];
  return unknownAmong(rules, key, Array.isArray(said) ? (said as string[]) : Object.keys(said));
}

function unknownAmong(rules: RuleValues, key: keyof RuleValues, types: readonly string[], at?: string): ValueFault[] {
  const unknown = types.filter((type) => !Object.hasOwn(rules.service_coefficients, type));
  if (unknown.length === 0) return [];
  return [
    {
      key,
      ...(at !== undefined && { at }),
      detail: {
        en: `names ${unknown.join(', ')}, which service_coefficients has not`,
        zh: `包含 service_coefficients 中没有的服务类型：${unknown.join('、')}`,
      },
    },
  ];
}

/** A cap that is less than a step lets nothing through, for ever; one of a longer time that is less than one of a shorter is a slip. */
function capFaults(rules: RuleValues): ValueFault[] {
  const step = hundredths(rules.rounding_step);
  const caps = ['cap_visit', 'cap_day', 'cap_week'] as const;
  const isTooSmall = (cap: string) => hundredths(cap) < step;
  const tooSmall = [
    ...caps.filter((cap) => isTooSmall(rules[cap])),
    ...(rules.further_caps.some(({ coins }) => coins !== null && isTooSmall(coins)) ? ['further_caps' as const] : []),
  ];
  const falling = caps.filter((cap, i) => {
    const before = caps[i - 1];
    return before !== undefined && hundredths(rules[cap]) < hundredths(rules[before]);
  });
  return [
    ...tooSmall.map((key) => ({
      key,
      detail: {
        en: `is less than rounding_step, ${rules.rounding_step}: nothing could be minted`,
        zh: `小于取整单位 rounding_step（${rules.rounding_step}），将无法铸造任何时间币`,
      },
    })),
    ...falling.map((key) => ({
      key,
      detail: {
        en: 'is less than the cap of a shorter time',
        zh: '低于较短期间的上限',
      },
    })),
  ];
}

/** Each cap limits something, and none says again what `cap_day` and `cap_week` say. */
function furtherCapFaults({ further_caps: caps }: RuleValues): ValueFault[] {
  const key = 'further_caps';
  const again = caps.some(
    ({ per, within, coins }) => per === 'member' && coins !== null && /^(?:day|week)$/.test(within),
  );
  const idle = caps.some(({ coins, records }) => coins === null && records === null);
  return [
    ...(again
      ? [
          {
            key,
            detail: { en: 'caps what cap_day and cap_week cap', zh: '其中有上限与 cap_day、cap_week 重复' },
          } as const,
        ]
      : []),
    ...(idle ? [{ key, detail: { en: 'has one that limits nothing', zh: '其中有一项未设任何限制' } } as const] : []),
  ];
}

/** A unit has one cap for one length of time. */
function unitCapFaults({ further_caps: caps }: RuleValues): ValueFault[] {
  const known = new Set<string>();
  return caps.flatMap((cap, i): ValueFault[] => {
    if (cap.per !== 'unit') return [];
    const again = cap.units.filter((unit) => known.has(`${cap.within} ${unit}`));
    for (const unit of cap.units) known.add(`${cap.within} ${unit}`);
    if (again.length === 0) return [];
    const detail = {
      en: `caps ${again.join(', ')} a second time for one length of time`,
      zh: `对同一组织单元的同一期间重复设定上限：${again.join('、')}`,
    };
    return [{ key: 'further_caps', at: `/${i}/units`, detail }];
  });
}

/** A programme has one budget, of at least a step, for types that can be recorded and that can mint. */
function budgetFaults(rules: RuleValues): ValueFault[] {
  const { budgets, rounding_step: step } = rules;
  return budgets.flatMap(({ programme, coins, service_types: types }, i): ValueFault[] => {
    const fault = (name: string, detail: Words): ValueFault => ({ key: 'budgets', at: `/${i}/${name}`, detail });
    const isKnown = rules.unknown_service_type === 'accept';
    const neverMint = types.filter((type) => Object.hasOwn(rules.professional_service_types, type));
    return [
      ...(budgets.findIndex((one) => one.programme === programme) < i
        ? [fault('programme', { en: `is a second budget of ${programme}`, zh: `项目 ${programme} 的预算重复` })]
        : []),
      ...(isKnown ? [] : unknownAmong(rules, 'budgets', types, `/${i}/service_types`)),
      ...(neverMint.length > 0
        ? [
            fault('service_types', {
              en: `names ${neverMint.join(', ')}, which professional_service_types keeps from minting`,
              zh: `包含不铸币的专业服务类型（professional_service_types）：${neverMint.join('、')}`,
            }),
          ]
        : []),
      ...(hundredths(coins) < hundredths(step)
        ? [
            fault('coins', {
              en: `is less than rounding_step, ${step}: nothing could be minted`,
              zh: `小于取整单位 rounding_step（${step}），将无法铸造任何时间币`,
            }),
          ]
        : []),
    ];
  });
}

/** Hours end after they begin. */
function calendarFaults({ calendar_bound: bound }: RuleValues): ValueFault[] {
  if (Object.values(bound).every(({ hours }) => hours.every(({ from, to }) => from < to))) return [];
  return [
    {
      key: 'calendar_bound',
      detail: { en: 'has hours that end before they begin', zh: '其中有时段的结束时间不晚于开始时间' },
    },
  ];
}

/** Levels go up, and take more each. */
function levelFaults({ talent_levels: levels }: RuleValues): ValueFault[] {
  const rises = levels.every((one, i) => {
    const before = levels[i - 1];
    return !before || (one.level > before.level && hundredths(one.min_hours) > hundredths(before.min_hours));
  });
  if (rises) return [];
  return [
    {
      key: 'talent_levels',
      detail: {
        en: 'are not in order: each level takes more hours than the one below',
        zh: '顺序有误：等级须由低到高，且所需时长逐级增加',
      },
    },
  ];
}

/** The nearest and best candidate scores 1.00 at most. */
function weightFaults({ dispatch_weights: weights }: RuleValues): ValueFault[] {
  const near = dispatchReasons.filter((reason) => reason.startsWith('same_'));
  const rest = dispatchReasons.filter((reason) => !reason.startsWith('same_'));
  const nearest = near.map((reason) => hundredths(weights[reason])).reduce((a, b) => (a > b ? a : b), 0n);
  const best = rest.reduce((sum, reason) => sum + hundredths(weights[reason]), nearest);
  if (best <= 100n) return [];
  return [
    {
      key: 'dispatch_weights',
      detail: { en: 'of the nearest and best come to more than 1.00', zh: '最优候选人的各项权重之和超过 1.00' },
    },
  ];
}

function warningFaults({ points_expiry_warning_days: days }: RuleValues): ValueFault[] {
  if (days.every((one, i) => i === 0 || one < (days[i - 1] ?? 0))) return [];
  return [
    {
      key: 'points_expiry_warning_days',
      detail: { en: 'go down: the earliest warning comes first', zh: '须由大到小排列，最早的提醒在前' },
    },
  ];
}

function deadlineFaults({ approval_days, escalation_days }: RuleValues): ValueFault[] {
  if (escalation_days >= approval_days) return [];
  return [
    {
      key: 'escalation_days',
      detail: { en: 'end before approval_days do', zh: '早于审批期限 approval_days' },
    },
  ];
}
