/**
 * What a rule set can say: every key with its unit, its bounds and what it means, Chinese first. The schema is what the document publishes and
 * what a draft is checked by; what one value says of another is checked in the domain.
 */
import { type TProperties, type TSchema, Type } from 'typebox';
import { annotated, namedObject } from '../../http/named.js';
import { externalIdPattern } from '../../lib/ids.js';
import { qualificationKinds, talentCategories } from '../../timebank/community-words.js';
import type { RuleValues } from '../../timebank/credit/rule-set.js';
import { timeFromPattern, timeToPattern } from '../../timebank/people/weekly-hours.js';
import { dispatchReasons, proofGrades } from '../../timebank/service-words.js';
import { serviceTypePattern } from '../../timebank/words.js';

/** A value, in the words of both languages. */
const said = <T extends TSchema>(schema: T, zh: string, en: string, example: unknown) =>
  annotated(schema, { description: `${zh} / ${en}`, examples: [example] });

const decimal = (pattern: string) => Type.String({ pattern });
/** COIN or HOUR to the hundredth, from 0 and above 0. */
const hundredths = decimal('^(?:0|[1-9][0-9]{0,5})(?:\\.[0-9]{1,2})?$');
const aboveZero = decimal('^(?:[1-9][0-9]{0,5}(?:\\.[0-9]{1,2})?|0\\.(?:[1-9][0-9]?|0[1-9]))$');
const factor = decimal('^(?:0|[1-9][0-9]?)(?:\\.[0-9]{1,2})?$');
const share = decimal('^(?:0(?:\\.[0-9]{1,2})?|1(?:\\.00?)?)$');
const wholePoints = decimal('^(?:0|[1-9][0-9]{0,5})$');
const whole = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });
const serviceType = Type.String({ pattern: serviceTypePattern });
const byServiceType = (value: TSchema) =>
  Type.Record(serviceType, value, { additionalProperties: false, maxProperties: 200 });
const unitId = Type.String({ pattern: externalIdPattern });
const weeklyHours = Type.Object(
  {
    weekday: whole(1, 7),
    from: Type.String({ pattern: timeFromPattern }),
    to: Type.String({ pattern: timeToPattern }),
  },
  { additionalProperties: false },
);
const grades = Type.Array(Type.Enum([...proofGrades]), { minItems: 1, maxItems: 3, uniqueItems: true });
const days = (maximum: number) => whole(0, maximum);

const earning = {
  coin_per_hour: said(hundredths, '每小时服务铸造的时间币；单位：时间币。', 'COIN for an hour of service.', '1.00'),
  service_coefficients: said(
    byServiceType(factor),
    '各服务类型的系数；列出的即为可记录的服务类型。',
    'Factor by service type; those named are what can be recorded.',
    { errand: '1.00', nursing: '1.50' },
  ),
  visit_coins: said(
    byServiceType(hundredths),
    '按次计币的服务类型及每次的时间币，与时长无关，取代 coin_per_hour；单位：时间币。',
    'COIN for a visit of these types, however long it was; in the place of coin_per_hour.',
    { health_talk: '1.00' },
  ),
  level_coefficients: said(
    Type.Record(Type.String({ pattern: '^[1-9]$' }), factor, { additionalProperties: false }),
    '服务当日登记的达人等级的系数；未列出的等级按 1.00 计。',
    'Further factor by the level of talent that was recorded on the day of service; one that is not named counts 1.00.',
    { '5': '1.20' },
  ),
  station_coefficients: said(
    Type.Record(Type.String({ pattern: externalIdPattern }), factor, {
      additionalProperties: false,
      maxProperties: 1_000,
    }),
    '点单所在服务站点的系数；未列出的站点按 1.00 计。',
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
    '限定时间和单位的服务类型（如周六文明创建）：签到须在所列时段内，且由所列单位或其下级单位记录才铸币；units 为空表示不限单位。',
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
    '未列出的服务类型：refuse 拒绝，accept 按系数 1.00 计。',
    'What becomes of a service type that is not named; accept counts it at 1.00.',
    'refuse',
  ),
  hours_rounding: said(
    Type.Enum(['half_up']),
    '时长取整到 0.01 小时：四舍五入。',
    'How a duration becomes hundredths of an hour: rounded half up.',
    'half_up',
  ),
  coefficient_rounding: said(
    Type.Enum(['half_up']),
    '乘以系数后取整到 0.01 时间币：四舍五入。',
    'How hours times a factor become hundredths of a coin: rounded half up.',
    'half_up',
  ),
  rounding_step: said(
    aboveZero,
    '铸币取整单位，向下取整，余数结转到下一次；单位：时间币。',
    'COIN are minted downwards in this step; the rest is carried to the next record.',
    '0.50',
  ),
  presence_min_percent: said(
    whole(0, 100),
    '在场时间不足计划的此百分比，不铸币；单位：%。',
    'Present for less than this share of the plan mints nothing; per cent.',
    60,
  ),
  plan_shift_max_minutes: said(
    whole(0, 1_440),
    '签到时间偏离计划开始时间的上限；单位：分钟。',
    'A check-in further than this from the planned start is refused; minutes.',
    120,
  ),
  cap_visit: said(aboveZero, '单次服务铸币上限；单位：时间币。', 'COIN that one record can mint.', '2.00'),
  cap_day: said(aboveZero, '每人每个服务日铸币上限；单位：时间币。', 'COIN that one day of service can mint.', '2.00'),
  cap_week: said(
    aboveZero,
    '每人每周（周一起）铸币上限；单位：时间币。',
    'COIN that a week of service, from Monday, can mint.',
    '6.00',
  ),
  further_caps: said(
    Type.Array(
      Type.Object(
        {
          per: Type.Enum(['member', 'pair']),
          within: Type.Enum(['day', 'week', 'month', 'year']),
          coins: Type.Union([aboveZero, Type.Null()]),
          records: Type.Union([whole(1, 10_000), Type.Null()]),
        },
        { additionalProperties: false },
      ),
      { maxItems: 12 },
    ),
    '其他上限，按服务日计：member 每人，pair 同一对志愿者与受助人；coins 为时间币，records 为可铸币的次数，null 表示不限。',
    'Further caps, by days of service: for a member, or for a pair of volunteer and recipient; in COIN, and in how many records can mint; null: no limit.',
    [{ per: 'pair', within: 'week', coins: '4.00', records: 3 }],
  ),
  holding_cap: said(
    hundredths,
    '个人持有时间币上限，超出部分转入 holding_cap_excess；单位：时间币。',
    'COIN that a member can hold; what is over goes to holding_cap_excess.',
    '1500.00',
  ),
  holding_cap_excess: said(
    Type.Enum(['pool:community', 'pool:fund']),
    '超出持有上限的时间币转入的账户。',
    'The account that takes what is over the holding cap.',
    'pool:community',
  ),
  minting_grades: said(grades, '可铸币的证明等级。', 'Grades of proof that mint coins.', ['A', 'B']),
  overlap: said(
    Type.Enum(['refuse']),
    '同一人时间重叠的服务：拒绝。',
    'Two services of one person at one time: refused.',
    'refuse',
  ),
  service_max_hours: said(
    whole(1, 24),
    '单次服务最长时间；单位：小时。',
    'A longer record is refused as a forgotten check-out; hours.',
    24,
  ),
  professional_service_types: said(
    byServiceType(Type.Enum([...qualificationKinds])),
    '须具备职业资格的服务类型及所需资格；此类服务只记时长，不铸币。',
    'Service types that take a qualification, and which; their hours are recorded and mint nothing.',
    { nursing: 'medicine' },
  ),
  earn_from_kin: said(
    Type.Boolean(),
    '为配偶或直系亲属服务是否铸币。',
    'Whether service to a spouse or lineal kin mints coins.',
    false,
  ),
} as const satisfies TProperties;

const people = {
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

const deadlines = {
  offer_reply_hours: said(whole(1, 720), '派单等待答复的时间；单位：小时。', 'How long an offer waits; hours.', 24),
  confirm_timeout_hours: said(
    whole(1, 720),
    '等待确认的时间；单位：小时。',
    'How long a confirmation waits; hours.',
    72,
  ),
  confirm_automatic_grades: said(
    Type.Array(Type.Enum([...proofGrades]), { maxItems: 3, uniqueItems: true }),
    '逾期自动确认的证明等级。',
    'Grades of proof that are confirmed by themselves once that is over.',
    ['A'],
  ),
  approval_days: said(whole(1, 365), '审批期限；单位：天。', 'How long an approval waits; days.', 7),
  escalation_days: said(whole(1, 365), '上报期限；单位：天。', 'When an approval is escalated; days.', 14),
  hours_tolerance_minutes: said(
    whole(0, 240),
    '双方所报时长相差在此以内取平均，超出即为争议；单位：分钟。',
    'Two sides within this are averaged, further apart disputed; minutes.',
    15,
  ),
  hours_clamp_percent: said(
    whole(0, 100),
    '计入时长不超过计划的此增幅；单位：%。',
    'What counts is the plan and this much more at most; per cent.',
    25,
  ),
  late_record_working_days: said(
    whole(1, 250),
    '服务后逾此期限补录须两人审批；单位：工作日。',
    'Recorded later than this it takes a second approver; working days.',
    10,
  ),
  code_bits: said(Type.Enum([130]), '二维码的随机位数：固定为 130。', 'Random bits of a QR code: always 130.', 130),
  code_ttl_minutes: said(whole(1, 120), '验证码有效期；单位：分钟。', 'How long a code is good; minutes.', 10),
  code_typed_digits: said(Type.Enum([6]), '手输验证码位数：固定为 6。', 'Digits of a typed code: always 6.', 6),
  code_typed_tries: said(whole(1, 10), '验证码可试次数。', 'How often a code can be tried.', 5),
  code_lock_minutes: said(
    whole(1, 1_440),
    '试错后的锁定时间；单位：分钟。',
    'How long codes are locked after that; minutes.',
    30,
  ),
  qr_valid_seconds: said(
    whole(10, 600),
    '屏幕二维码有效期；单位：秒。',
    'How long a QR code on a screen is good; seconds.',
    60,
  ),
  qr_clock_tolerance_seconds: said(
    whole(0, 60),
    '扫码设备时钟的允许误差；单位：秒。',
    'How far the clock of who scans it may be off; seconds.',
    5,
  ),
} as const satisfies TProperties;

const points = {
  points_per_occurrence: said(
    wholePoints,
    '其他平台报送的每次服务的积分；单位：积分。',
    'POINT for one act that another platform counts.',
    '10',
  ),
  points_per_resolved_issue: said(
    wholePoints,
    '每件已解决问题的积分；单位：积分。',
    'POINT for one resolved issue.',
    '20',
  ),
  points_expiry_years: said(
    whole(1, 50),
    '积分有效期，至期满当月月末；单位：年。',
    'Points expire this long after they were earned, at the end of that month; years.',
    3,
  ),
  points_expiry_warning_days: said(
    Type.Array(whole(1, 365), { maxItems: 5, uniqueItems: true }),
    '到期前提醒的天数，由大到小；单位：天。',
    'How long before that its owner is warned, the earliest first; days.',
    [30, 7],
  ),
  coin_expiry_years: said(Type.Null(), '时间币有效期：时间币不过期。', 'Coins do not expire.', null),
  hold_ttl_hours: said(
    whole(1, 720),
    '兑换冻结的有效期；单位：小时。',
    'How long points are held for a redemption; hours.',
    24,
  ),
  point_price: said(
    decimal('^(?:0|[1-9][0-9]{0,3})(?:\\.[0-9]{1,2})?$'),
    '机构与合作方之间每积分的价格；单位：人民币元。',
    'CNY for one point between sponsor and partner.',
    '0.10',
  ),
  statement_original_years: said(
    days(100),
    '合作方对账单原件保存期；单位：年。',
    "How long the original of a partner's statement is kept; years.",
    10,
  ),
} as const satisfies TProperties;

const all = { ...earning, ...people, ...deadlines, ...points } satisfies Record<keyof RuleValues, TSchema>;

const optional = Object.fromEntries(Object.entries(all).map(([key, schema]) => [key, Type.Optional(schema)]));

export const RuleValuesShape = namedObject('RuleValues', optional as TProperties, {
  description:
    '规则集中要变更的取值；未列出的沿用施行首日在用的取值。 / What a rule set changes; what is not named stays as it is in the set in force on its first day.',
  examples: [{ cap_week: '8.00' }],
});
