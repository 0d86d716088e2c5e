/** How long things wait, and codes are good. */
import { type TProperties, Type } from 'typebox';
import { proofGrades } from '../../../timebank/service-words.js';

import { said, whole } from './value.js';

export const deadlinesValues = {
  offer_reply_hours: said(
    whole(1, 720),
    '派单后等待志愿者答复的时限；单位：小时。',
    'How long an offer waits; hours.',
    24,
  ),
  confirm_timeout_hours: said(
    whole(1, 720),
    '签出后等待确认的时限；单位：小时。',
    'How long a confirmation waits; hours.',
    72,
  ),
  confirm_automatic_grades: said(
    Type.Array(Type.Enum([...proofGrades]), { maxItems: 3, uniqueItems: true }),
    '逾期未确认时自动确认的凭证等级。',
    'Grades of proof that are confirmed by themselves once that is over.',
    ['A'],
  ),
  approval_days: said(whole(1, 365), '确认后的审批期限；单位：天。', 'How long an approval waits; days.', 7),
  escalation_days: said(
    whole(1, 365),
    '确认后逾此期限仍未审批的，报上级处理；单位：天。',
    'When an approval is escalated; days.',
    14,
  ),
  hours_tolerance_minutes: said(
    whole(0, 240),
    '双方所报时长相差不超过此值的取平均值，超过的列为争议；单位：分钟。',
    'Two sides within this are averaged, further apart disputed; minutes.',
    15,
  ),
  hours_clamp_percent: said(
    whole(0, 100),
    '计入时长最多可超过计划时长的比例；单位：%。',
    'What counts is the plan and this much more at most; per cent.',
    25,
  ),
  late_record_working_days: said(
    whole(1, 250),
    '服务后超过此期限补录的，须两人审批；单位：工作日。',
    'Recorded later than this it takes a second approver; working days.',
    10,
  ),
  code_bits: said(
    Type.Enum([130]),
    '二维码随机码的长度（比特）：固定为 130。',
    'Random bits of a QR code: always 130.',
    130,
  ),
  code_ttl_minutes: said(whole(1, 120), '验证码有效期；单位：分钟。', 'How long a code is good; minutes.', 10),
  code_typed_digits: said(Type.Enum([6]), '手工输入的验证码位数：固定为 6。', 'Digits of a typed code: always 6.', 6),
  code_typed_tries: said(whole(1, 10), '验证码输错达此次数即锁定。', 'How often a code can be tried.', 5),
  code_lock_minutes: said(
    whole(1, 1_440),
    '验证码锁定的时长；单位：分钟。',
    'How long codes are locked after that; minutes.',
    30,
  ),
  qr_valid_seconds: said(
    whole(10, 600),
    '屏幕显示的二维码有效期；单位：秒。',
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
