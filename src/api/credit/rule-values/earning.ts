/** What service earns, and what caps it. */
import { type TProperties, Type } from 'typebox';
import { externalIdPattern } from '../../../lib/ids.js';
import { qualificationKinds } from '../../../timebank/community-words.js';
import {
  programmeNameEnPattern,
  programmeNameZhPattern,
  programmePattern,
} from '../../../timebank/credit/rule-set-words.js';

import {
  aboveZero,
  byServiceType,
  factor,
  grades,
  hundredths,
  largeAboveZero,
  said,
  serviceType,
  unitId,
  weeklyHours,
  whole,
} from './value.js';

/** Of a further cap, whoever it is for. */
const capTerms = {
  within: Type.Enum(['day', 'week', 'month', 'year']),
  coins: Type.Union([largeAboveZero, Type.Null()]),
  records: Type.Union([whole(1, 1_000_000), Type.Null()]),
};

export const earningValues = {
  coin_per_hour: said(hundredths, '每服务 1 小时铸造的时间币；单位：时间币。', 'COIN for an hour of service.', '1.00'),
  service_coefficients: said(
    byServiceType(factor),
    '各服务类型的系数；列出的即为可记录的服务类型。',
    'Factor by service type; those named are what can be recorded.',
    { errand: '1.00', nursing: '1.50' },
  ),
  visit_coins: said(
    byServiceType(hundredths),
    '按次计币的服务类型及每次铸造的时间币，不论时长，不适用 coin_per_hour；单位：时间币。',
    'COIN for a visit of these types, however long it was; in the place of coin_per_hour.',
    { health_talk: '1.00' },
  ),
  level_coefficients: said(
    Type.Record(Type.String({ pattern: '^[1-9]$' }), factor, { additionalProperties: false }),
    '达人等级系数，按服务当日登记的等级；未列出的等级按 1.00 计。',
    'Further factor by the level of talent that was recorded on the day of service; one that is not named counts 1.00.',
    { '5': '1.20' },
  ),
  station_coefficients: said(
    Type.Record(Type.String({ pattern: externalIdPattern }), factor, {
      additionalProperties: false,
      maxProperties: 1_000,
    }),
    '服务站点系数，按点单所属的站点；未列出的站点按 1.00 计。',
    'Further factor by the station of the order; one that is not named counts 1.00.',
    { S1: '1.10' },
  ),
  calendar_bound: said(
    byServiceType(
      Type.Object(
        {
          hours: Type.Array(weeklyHours, { minItems: 1, maxItems: 20 }),
          units: Type.Array(unitId, { maxItems: 100, uniqueItems: true }),
        },
        { additionalProperties: false },
      ),
    ),
    '限定时段和组织单元的服务类型（如周六文明创建）：签到在所列时段内，且由所列组织单元或其下级记录的，才铸币；units 为空表示不限组织单元。',
    'Service types that mint at certain times and places only: checked in within the hours named, and recorded by one of the units or one below; no units: anywhere.',
    { civic_saturday: { hours: [{ weekday: 6, from: '08:00', to: '12:00' }], units: [] } },
  ),
  once_service_types: said(
    Type.Array(serviceType, { maxItems: 200, uniqueItems: true }),
    '每人只铸币一次的服务类型（如岗前培训）。',
    'Service types that mint once in a life, as an orientation does.',
    ['orientation'],
  ),
  unknown_service_type: said(
    Type.Enum(['refuse', 'accept']),
    '未列出的服务类型：refuse 表示拒绝记录，accept 表示按系数 1.00 计。',
    'What becomes of a service type that is not named; accept counts it at 1.00.',
    'refuse',
  ),
  hours_rounding: said(
    Type.Enum(['half_up']),
    '服务时长精确到 0.01 小时，四舍五入。',
    'How a duration becomes hundredths of an hour: rounded half up.',
    'half_up',
  ),
  coefficient_rounding: said(
    Type.Enum(['half_up']),
    '乘以系数后精确到 0.01 时间币，四舍五入。',
    'How hours times a factor become hundredths of a coin: rounded half up.',
    'half_up',
  ),
  rounding_step: said(
    aboveZero,
    '铸币取整单位：向下取整，零头结转至下一条服务记录；单位：时间币。',
    'COIN are minted downwards in this step; the rest is carried to the next record.',
    '0.50',
  ),
  presence_min_percent: said(
    whole(0, 100),
    '在场时间低于计划时长此比例的，不铸币；单位：%。',
    'Present for less than this share of the plan mints nothing; per cent.',
    60,
  ),
  plan_shift_max_minutes: said(
    whole(0, 1_440),
    '签到时间与计划开始时间相差超过此值的，拒绝记录；单位：分钟。',
    'A check-in further than this from the planned start is refused; minutes.',
    120,
  ),
  cap_visit: said(aboveZero, '单次服务铸币上限；单位：时间币。', 'COIN that one record can mint.', '2.00'),
  cap_day: said(aboveZero, '每人每个服务日铸币上限；单位：时间币。', 'COIN that one day of service can mint.', '2.00'),
  cap_week: said(
    aboveZero,
    '每人每周（自周一起）铸币上限；单位：时间币。',
    'COIN that a week of service, from Monday, can mint.',
    '6.00',
  ),
  further_caps: said(
    Type.Array(
      Type.Union([
        Type.Object({ per: Type.Enum(['member', 'pair']), ...capTerms }, { additionalProperties: false }),
        Type.Object(
          {
            per: Type.Literal('unit'),
            units: Type.Array(unitId, { minItems: 1, maxItems: 500, uniqueItems: true }),
            ...capTerms,
          },
          { additionalProperties: false },
        ),
      ]),
      { maxItems: 12 },
    ),
    '其他铸币上限，按服务日计：member 为每名志愿者，pair 为同一志愿者对同一受助人，unit 为 units 所列的每个组织单元（服务当日属于该单元或其下级的全部成员合计）；coins 为时间币上限，records 为可铸币的服务次数上限，null 表示不限。',
    'Further caps, by days of service: for a member, for a pair of volunteer and recipient, or for each of the units named, all who belong to it or to one below it on the day of service taken together; in COIN, and in how many records can mint; null: no limit.',
    [
      { per: 'pair', within: 'week', coins: '4.00', records: 3 },
      { per: 'unit', units: ['XC-01'], within: 'month', coins: '800.00', records: null },
    ],
  ),
  budgets: said(
    Type.Array(
      Type.Object(
        {
          programme: Type.String({ pattern: programmePattern }),
          name_zh: Type.String({ pattern: programmeNameZhPattern }),
          name_en: Type.String({ pattern: programmeNameEnPattern }),
          service_types: Type.Array(serviceType, { minItems: 1, maxItems: 200, uniqueItems: true }),
          within: Type.Enum(['month', 'year', 'whole']),
          coins: largeAboveZero,
        },
        { additionalProperties: false },
      ),
      { maxItems: 50 },
    ),
    '项目预算：所列服务类型（含限定时段的类型，如周六文明创建）全体成员合计铸币，在每月（month）、每年（year）或项目全程（whole）内不超过 coins；先记录的先用，用完后不再铸币。项目中文名称以“项目、计划、行动、活动、工程、基金、创建、服务”之一结尾。',
    'Budgets of programmes: services of these types, those bound to a calendar among them, mint no more than coins in a month, in a year or in the whole programme, all members taken together; who is recorded first comes first. A Chinese name ends with what it is.',
    [
      {
        programme: 'civic-saturday',
        name_zh: '周六文明创建',
        name_en: 'Civic Saturdays',
        service_types: ['civic_saturday'],
        within: 'month',
        coins: '500.00',
      },
    ],
  ),
  holding_cap: said(
    hundredths,
    '个人时间币存储上限，超出部分转入 holding_cap_excess 所列账户；单位：时间币。',
    'COIN that a member can hold; what is over goes to holding_cap_excess.',
    '1500.00',
  ),
  holding_cap_excess: said(
    Type.Enum(['pool:community', 'pool:fund']),
    '超出存储上限的时间币转入的账户。',
    'The account that takes what is over the holding cap.',
    'pool:community',
  ),
  minting_grades: said(grades, '可铸币的凭证等级。', 'Grades of proof that mint coins.', ['A', 'B']),
  overlap: said(
    Type.Enum(['refuse']),
    '同一人的服务时间重叠：拒绝记录。',
    'Two services of one person at one time: refused.',
    'refuse',
  ),
  service_max_hours: said(
    whole(1, 24),
    '单次服务时长上限，超过的视为漏签出，拒绝记录；单位：小时。',
    'A longer record is refused as a forgotten check-out; hours.',
    24,
  ),
  professional_service_types: said(
    byServiceType(Type.Enum([...qualificationKinds])),
    '须具备专业资质的服务类型及所需资质；此类服务只记时长，不铸币。',
    'Service types that take a qualification, and which; their hours are recorded and mint nothing.',
    { nursing: 'medicine' },
  ),
  earn_from_kin: said(
    Type.Boolean(),
    '为配偶或直系亲属服务，是否铸币。',
    'Whether service to a spouse or lineal kin mints coins.',
    false,
  ),
} as const satisfies TProperties;
