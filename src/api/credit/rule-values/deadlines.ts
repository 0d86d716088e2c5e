/** How long things wait, and codes are good. */
import { type TProperties, Type } from 'typebox';
import { proofGrades } from '../../../timebank/service-words.js';

import { said, whole } from './value.js';

export const deadlinesValues = {
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
