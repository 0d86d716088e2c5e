/** What `timeledger import` is asked for, and what of it can be refused before the file is looked at. */
import { roles } from '../../http/tokens.js';
import { isDate } from '../../lib/clock.js';
import type { Charset } from '../../lib/encoding.js';
import { externalIdShape, idFault } from '../../lib/ids.js';
import type { Language } from '../../lib/language.js';
import { Refusal } from '../../lib/refusal.js';
import { requireApprover } from '../../timebank/service/four-people.js';
import type { ImportKind } from '../../timebank/words.js';

export interface ImportCommandOptions {
  readonly ledger: string;
  readonly kind: ImportKind;
  readonly name: string;
  readonly bytes: Buffer;
  /** Of the file; absent: as the file shows. */
  readonly charset?: Charset | undefined;
  /** What its headers mean: the id of a mapping. */
  readonly mapping?: string | undefined;
  readonly effectiveOn?: string | undefined;
  /** Whose redemptions they are; only for redemptions, and there required. */
  readonly partner?: string | undefined;
  /** Whose items they are; only for service counts and resolved issues, and there required. */
  readonly platform?: string | undefined;
  /** Who approves the visits of the file; only for visits, and there required. */
  readonly approvedBy?: string | undefined;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly language: Language;
}

/** Refuses: `request_invalid` (a day that does not exist). */
export function requireDate({ effectiveOn }: ImportCommandOptions): void {
  if (effectiveOn === undefined || isDate(effectiveOn)) return;
  throw new Refusal('request_invalid', {
    en: `--effective-on ${effectiveOn} is not a date (YYYY-MM-DD) that exists, from 2000 to 2099`,
    zh: `--effective-on ${effectiveOn} 不是 2000 至 2099 年间实际存在的日期（YYYY-MM-DD）`,
  });
}

/**
 * Who approves, as `role:subject`; a bare subject is an operator's. Refuses: `request_invalid` (not named for visits, named for
 * another kind, or not one who may approve), `approver_invalid`.
 */
export function approverOf({ kind, approvedBy }: ImportCommandOptions): string | undefined {
  if (kind !== 'visits') {
    if (approvedBy === undefined) return undefined;
    throw new Refusal('request_invalid', {
      en: `--approved-by is only for visits, not for ${kind}`,
      zh: `--approved-by 只用于 visits，不可用于 ${kind}`,
    });
  }
  if (approvedBy === undefined || !/^[\x21-\x7e]{1,128}$/.test(approvedBy)) {
    throw new Refusal('request_invalid', {
      en: 'visits need --approved-by SUBJECT: who approves them, in visible ASCII',
      zh: '导入 visits 须用 --approved-by 指明审批人（可见的 ASCII 字符）',
    });
  }
  const role = roles.find((known) => approvedBy.startsWith(`${known}:`));
  if (role !== undefined && role !== 'operator' && role !== 'coordinator') {
    throw new Refusal('request_invalid', {
      en: `--approved-by ${approvedBy}: operators and coordinators approve`,
      zh: `--approved-by ${approvedBy}：只有 operator 和 coordinator 可以审批`,
    });
  }
  const approver = role === undefined ? `operator:${approvedBy}` : approvedBy;
  requireApprover(approver);
  return approver;
}

/** Refuses: `request_invalid` (no partner for redemptions, one for another kind, or none that could be). */
export function requirePartner({ kind, partner }: ImportCommandOptions): void {
  if (kind !== 'redemptions') {
    if (partner === undefined) return;
    throw new Refusal('request_invalid', {
      en: `--partner is only for redemptions, not for ${kind}`,
      zh: `--partner 只用于 redemptions，不可用于 ${kind}`,
    });
  }
  if (partner === undefined) {
    throw new Refusal('request_invalid', {
      en: 'redemptions need --partner ID: at which partner they were',
      zh: '导入 redemptions 须用 --partner ID 指明合作方',
    });
  }
  requireId('--partner', partner);
}

/** Refuses: `request_invalid` (no platform for service counts or resolved issues, one for another kind, or none that could be). */
export function requirePlatform({ kind, platform }: ImportCommandOptions): void {
  if (kind !== 'service_counts' && kind !== 'resolved_issues') {
    if (platform === undefined) return;
    throw new Refusal('request_invalid', {
      en: `--platform is only for service_counts and resolved_issues, not for ${kind}`,
      zh: `--platform 只用于 service_counts 和 resolved_issues，不可用于 ${kind}`,
    });
  }
  if (platform === undefined) {
    throw new Refusal('request_invalid', {
      en: `${kind} need --platform ID: which platform they are from`,
      zh: `导入 ${kind} 须用 --platform ID 指明报送平台`,
    });
  }
  requireId('--platform', platform);
}

function requireId(option: string, id: string): void {
  if (externalIdShape.test(id)) return;
  const fault = idFault(id);
  throw new Refusal('request_invalid', {
    en: `${option} is not an id: it ${fault.en}`,
    zh: `${option} 不是有效的编号：${fault.zh}`,
  });
}
