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
    '达人等级所需的累计时长（小时）和平均评分（1.00 至 5.00）。',
    'What each level of talent takes: hours given, and a mean rating from 1.00 to 5.00.',
    [{ level: 1, min_hours: '10.00', min_rating: null }],
  ),
  adjustment_approvers: said(
    Type.Enum([2]),
    '调账所需人数：固定为 2。',
    'People that an adjustment takes: always 2.',
    2,
  ),
  adjustment_alone_max: said(
    hundredths,
    '提出人可独自过账的调账上限，按各资产自身单位计。',
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
    '派单各项理由的权重；最优人选合计不超过 1.00。',
    'What each reason to propose somebody weighs; the best comes to 1.00 at most.',
    Object.fromEntries(dispatchReasons.map((reason) => [reason, '0.10'])),
  ),
  service_categories: said(
    byServiceType(Type.Enum([...talentCategories])),
    '各服务类型所属的作用发挥类别。',
    'The category of talent that a service type belongs to.',
    { errand: 'social_governance' },
  ),
  dispatch_full_load_hours: said(
    aboveZero,
    '30 天内已服务或已承诺达此时长者，负荷项不加分；单位：小时。',
    'From this many hours in 30 days on, low_load weighs nothing.',
    '20.00',
  ),
  redeem_age_years: said(
    whole(0, 120),
    '可用时间币兑换服务的年龄；单位：周岁。',
    'Age from which coins are spent on services; years.',
    60,
  ),
  redeem_relatives_max: said(whole(0, 20), '每位老人可登记的亲属人数。', 'Relatives that an elder can have.', 3),
  publish_min_group: said(
    whole(1, 100),
    '公布的数据所涉人数下限。',
    'Published figures about fewer people are withheld.',
    10,
  ),
} as const satisfies TProperties;
