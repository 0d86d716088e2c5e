/** Points, and what partners redeem them by. */
import { type TProperties, Type } from 'typebox';

import { giftPurses } from '../../../timebank/credit/gifts/gift-words.js';
import { days, decimal, hundredths, said, whole, wholePoints } from './value.js';

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
  gift_purses: said(
    Type.Array(Type.Enum([...giftPurses]), { maxItems: 2, uniqueItems: true }),
    '成员之间可转赠的种类：coins 为时间币，points 为积分；留空表示不可转赠。',
    'What members may give each other; empty: nothing.',
    ['coins', 'points'],
  ),
  gift_hours: said(
    whole(1, 720),
    '转赠待接受的时限，逾期退回转赠人；单位：小时。',
    'How long a gift waits to be accepted before it goes back; hours.',
    72,
  ),
  gift_others_month_coins: said(
    hundredths,
    '每月可转赠给配偶和直系亲属以外成员的时间币上限，0 表示只可转赠给配偶和直系亲属；单位：时间币。',
    'What a member may give in a month to others than spouse and lineal kin; COIN. 0: to these alone.',
    '6.00',
  ),
  gift_others_month_points: said(
    wholePoints,
    '每月可转赠给配偶和直系亲属以外成员的积分上限，0 表示只可转赠给配偶和直系亲属；单位：积分。',
    'The same for points; POINT.',
    '200',
  ),
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
