/** Points, and what partners redeem them by. */
import { type TProperties, Type } from 'typebox';

import { days, decimal, said, whole, wholePoints } from './value.js';

export const pointsValues = {
  points_per_occurrence: said(
    wholePoints,
    '其他平台报送的服务，每次所得积分；单位：积分。',
    'POINT for one act that another platform counts.',
    '10',
  ),
  points_per_resolved_issue: said(
    wholePoints,
    '上报的问题每解决一件所得积分；单位：积分。',
    'POINT for one resolved issue.',
    '20',
  ),
  points_expiry_years: said(
    whole(1, 50),
    '积分有效期，自获得之日起，至期满当月月末止；单位：年。',
    'Points expire this long after they were earned, at the end of that month; years.',
    3,
  ),
  points_expiry_warning_days: said(
    Type.Array(whole(1, 365), { maxItems: 5, uniqueItems: true }),
    '积分到期前提醒的天数，由大到小排列；单位：天。',
    'How long before that its owner is warned, the earliest first; days.',
    [30, 7],
  ),
  coin_expiry_years: said(Type.Null(), '时间币有效期：固定为 null，即时间币不过期。', 'Coins do not expire.', null),
  hold_ttl_hours: said(
    whole(1, 720),
    '兑换时积分冻结的有效期；单位：小时。',
    'How long points are held for a redemption; hours.',
    24,
  ),
  point_price: said(
    decimal('^(?:0|[1-9][0-9]{0,3})(?:\\.[0-9]{1,2})?$'),
    '与合作方结算时每 1 积分的价格；单位：人民币元。',
    'CNY for one point between sponsor and partner.',
    '0.10',
  ),
  statement_original_years: said(
    days(100),
    '合作方对账单原件的保存期限；单位：年。',
    "How long the original of a partner's statement is kept; years.",
    10,
  ),
} as const satisfies TProperties;
