/** A certificate as a paper, in Chinese, as the order of the ministry asks for it (民政部令第67号). It knows no page and no font. */
import type { PastCheckpoint } from '../../../ledger/reads/log.js';
import { formatAmount } from '../../../lib/decimal.js';
import { code, heading, type Paper, paragraph, type Table, table } from '../../../lib/pdf/paper.js';
import { wordsOfServiceType } from '../../service-words.js';
import { totalsOf } from './content.js';
import type { StoredCertificate } from './reads.js';

export interface PrintedCertificate {
  readonly certificate: StoredCertificate;
  /** Null: it is not shown to who asked, or was erased. */
  readonly name: string | null;
  readonly identity: ShownIdentity;
  /** Null: it is not shown to who asked, and nor is where to check it. */
  readonly checkCode: string | null;
  /** Where anybody checks it, with the code in it. */
  readonly checkUrl: string | null;
  /** Of the entry as of which the certificate was issued. */
  readonly checkpoint: PastCheckpoint;
}

/** By what a person is told from others of the name. */
export const identityWords = { national_id: '身份证号码', member_id: '成员编号' } as const;

/** Masked. Null: it is not shown, or is not kept any more. */
export interface ShownIdentity {
  readonly kind: keyof typeof identityWords;
  readonly masked: string | null;
}

const hidden = '（不显示）';

/** The days of a certificate in words. */
export function daysOf(row: { readonly first_on: string | null; readonly last_on: string | null }): string {
  const { first_on: from, last_on: to } = row;
  if (from === null && to === null) return '全部服务记录';
  return `${from ?? '最早记录'} 至 ${to ?? '最近记录'}`;
}

export function certificatePaper(printed: PrintedCertificate): Paper {
  const { certificate, checkCode, checkUrl, checkpoint } = printed;
  const { row } = certificate;
  return {
    title: '志愿服务记录证明',
    orientation: 'portrait',
    size: 12,
    foot: `志愿服务记录证明 ${row.certificate_number}`,
    madeAt: checkpoint.recordedAt,
    blocks: [
      paragraph(`证明编号：${row.certificate_number}\n验证码：${checkCode ?? hidden}`),
      ...statementOf(printed).map(paragraph),
      heading('时长合计'),
      totals(certificate),
      heading('服务明细'),
      records(certificate),
      paragraph(`出具单位（盖章）：${certificate.unit_name}\n出具日期：${row.issued_on}`),
      paragraph('本证明依据《志愿服务记录与证明出具办法（试行）》（民政部令第67号）免费出具，不得用于商业用途。'),
      ...(checkUrl === null ? [] : [heading('查验'), code(checkUrl, howToCheck(checkUrl, checkpoint))]),
      paragraph(`账本检查点（有账本签名）：\n${checkpoint.note.trim()}`),
    ],
  };
}

function statementOf({ certificate: { row }, name, identity }: PrintedCertificate): string[] {
  return [
    `姓名：${name ?? hidden}\n${identityWords[identity.kind]}：${identity.masked ?? hidden}`,
    `服务期间：${daysOf(row)}`,
    `兹证明上述志愿者在该期间参加志愿服务 ${row.records} 次，服务时长共计 ${formatAmount(row.hours, 2)} 小时。`,
  ];
}

function totals({ row, records: given }: StoredCertificate): Table {
  return table(
    [
      { title: '凭证等级', share: 6, align: 'left' },
      { title: '次数', share: 2, align: 'right' },
      { title: '时长（小时）', share: 3, align: 'right' },
    ],
    [
      ...totalsOf(given).map(({ proof_grade: grade, records: count, hours }) => [
        gradeWords[grade],
        String(count),
        formatAmount(hours, 2),
      ]),
      ['合计', String(row.records), formatAmount(row.hours, 2)],
    ],
  );
}

/** How the time of a record is known. */
export const gradeWords = { A: 'A（设备签到签出）', B: 'B（一方报告、另一方确认）', C: 'C（纸质记录）' } as const;

function records({ records: given }: StoredCertificate): Table {
  return table(
    [
      { title: '日期', share: 5, align: 'left' },
      { title: '服务内容', share: 6, align: 'left' },
      { title: '时长（小时）', share: 5, align: 'right' },
      { title: '凭证等级', share: 4, align: 'left' },
      { title: '组织单位', share: 8, align: 'left' },
    ],
    given.map((one) => [
      one.served_on,
      wordsOfServiceType(one.service_type).zh,
      formatAmount(one.hours, 2),
      one.proof_grade,
      one.unit_name,
    ]),
  );
}

function howToCheck(url: string, { size }: PastCheckpoint): string {
  const [address = ''] = url.split('?');
  return [
    '扫描二维码，或打开下面的网址并输入验证码，可查验本证明是否有效：',
    address,
    `本证明依据账本第 ${size} 号凭证及以前的记录出具。记录日后有更正的，本证明失效，须重新出具。`,
  ].join('\n');
}
