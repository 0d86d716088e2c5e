/** Values about people: levels, dispatch, relatives, what is published. */
import { type TProperties, Type } from 'typebox';
import { talentCategories } from '../../../timebank/community-words.js';
import { dispatchReasons } from '../../../timebank/service-words.js';

import { aboveZero, byServiceType, decimal, hundredths, said, share, whole } from './value.js';

export const peopleValues = {
  talent_levels: said(
    Type.Array(
      Type.Object(
        {
          level: whole(1, 9),
          min_hours: hundredths,
          min_rating: Type.Union([decimal('^[1-5]\\.[0-9]{2}$'), Type.Null()]),
        },
        { additionalProperties: false },
      ),
      { maxItems: 9 },
    ),
    '达人各等级所需的累计服务时长（小时）和平均评分（1.00 至 5.00）。',
    'What each level of talent takes: hours given, and a mean rating from 1.00 to 5.00.',
    [{ level: 1, min_hours: '10.00', min_rating: null }],
  ),
  adjustment_approvers: said(
    Type.Enum([2]),
    '一笔调账所需人数（提出人和审批人）：固定为 2。',
    'People that an adjustment takes: always 2.',
    2,
  ),
  adjustment_alone_max: said(
    hundredths,
    '单人调账上限：不超过此数的调账无须他人审批；按各资产的单位计。',
    'Up to this much of an asset one person adjusts alone, in its own units.',
    '0',
  ),
  dispatch_weights: said(
    Type.Object(
      Object.fromEntries(dispatchReasons.map((reason) => [reason, share])) as Record<
        (typeof dispatchReasons)[number],
        typeof share
      >,
      { additionalProperties: false },
    ),
    '派单候选各项推荐理由的权重；最优候选人合计不超过 1.00。',
    'What each reason to propose somebody weighs; the best comes to 1.00 at most.',
    Object.fromEntries(dispatchReasons.map((reason) => [reason, '0.10'])),
  ),
  service_categories: said(
    byServiceType(Type.Enum([...talentCategories])),
    '各服务类型所属的作用发挥类型。',
    'The category of talent that a service type belongs to.',
    { errand: 'social_governance' },
  ),
  dispatch_full_load_hours: said(
    aboveZero,
    '近 30 天已服务和已承诺的时长达到此值的，low_load（负荷低）一项不计分；单位：小时。',
    'From this many hours in 30 days on, low_load weighs nothing.',
    '20.00',
  ),
  redeem_age_years: said(
    whole(0, 120),
    '受助人可使用时间币的最低年龄；单位：周岁。',
    'Age from which coins are spent on services; years.',
    60,
  ),
  redeem_relatives_max: said(whole(0, 20), '每名老年人最多可登记的亲属人数。', 'Relatives that an elder can have.', 3),
  publish_min_group: said(
    whole(1, 100),
    '统计数据所涉人数少于此数的，不予公布。',
    'Published figures about fewer people are withheld.',
    10,
  ),
} as const satisfies TProperties;
