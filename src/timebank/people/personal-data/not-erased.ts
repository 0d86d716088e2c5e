/** Whether a person is erased already: of an erased person nothing is recorded any more. */
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import { erasureRows } from './rows.js';

export function isErased(stage: Stage, memberId: string): boolean {
  return stage.row(erasureRows, memberId)?.state === 'erased';
}

/** Refuses: `member_erased`. */
export function requireNotErased(stage: Stage, memberId: string): void {
  if (!isErased(stage, memberId)) return;
  throw new Refusal('member_erased', {
    en: `the personal data of ${memberId} is erased`,
    zh: `${memberId} 的个人信息已删除`,
  });
}
