/**
 * An order that is approved long after its service takes a second approver: the first approval is kept, and the same request by somebody else
 * carries it out. Visits that are reported, and files, do not come this way: they are the way in for paper and for other systems, and the
 * record tells the delay.
 */
import { hash } from 'node:crypto';
import { change, type RowChange } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import type { TimebankKind } from '../chart.js';
import type { RuleSet } from '../credit/rule-set.js';
import { type Beside, isFirstPerson, keptAlias } from '../people/second-person.js';
import type { LateRecordKind } from '../service-words.js';
import { workingDaysBetween } from './calendar/working-days.js';
import { lateRecordRows } from './rows.js';

/** What is approved late: a second approval is of the same thing, or it is a first one. */
export interface LateApproval extends Beside {
  readonly about: LateRecordKind;
  readonly id: string;
  readonly servedOn: string;
  /** All that is recorded, as text. */
  readonly content: string;
  /** `role:subject` */
  readonly actor: string;
}

/**
 * Null: it is not late, or somebody else has approved the same before, and now both are on record. Otherwise this is the first approval:
 * it is journalled, and the refusal that comes back, `record_too_late`, says what is missing.
 * Refuses: `self_approval` (the first approver is no second one).
 */
export function approveLate(stage: Stage, rules: RuleSet, approval: LateApproval): Refusal | null {
  const { about, id, servedOn, actor } = approval;
  const name = `late_records/${about}/${id}`;
  if (!isLate(stage, rules, servedOn)) return null;
  const content = hash('sha256', approval.content);
  const first = stage.row(lateRecordRows, about, id);
  const isSecond = first !== null && first.content === content && first.second_approver === null;
  if (isSecond && isFirstPerson(stage, name, { actor: first.first_approver, alias: first.first_alias }, approval))
    throw new Refusal('self_approval', {
      en: 'who has approved a late record first is not its second approver',
      zh: '逾期补录的两次审批不得为同一人',
    });
  const row = isSecond
    ? { ...first, first_alias: null, second_approver: actor }
    : {
        ...{ kind: about, record_id: id, content },
        ...{ first_approver: actor, first_alias: keptAlias(approval, name), second_approver: null },
      };
  stage.post({ kind: 'late_record_approved' satisfies TimebankKind, rows: [change(lateRecordRows, row)] });
  return isSecond ? null : tooLate(rules, servedOn);
}

/** What the first approval of something keeps beside the name of who gave it goes, once nobody can approve it any more. */
export function withoutFirstAlias(stage: Stage, about: LateRecordKind, id: string): RowChange[] {
  const row = stage.row(lateRecordRows, about, id);
  return row === null || row.first_alias === null ? [] : [change(lateRecordRows, { ...row, first_alias: null })];
}

function isLate({ today }: Stage, { late_record_working_days: most }: RuleSet, servedOn: string): boolean {
  return workingDaysBetween(servedOn, today, most + 1) > most;
}

function tooLate({ late_record_working_days: most }: RuleSet, servedOn: string): Refusal {
  return new Refusal('record_too_late', {
    en: `the service was on ${servedOn}, more than ${most} working days ago: this approval is kept, and the same request by a second person records it`,
    zh: `服务发生于 ${servedOn}，已超过 ${most} 个工作日：本次审批已保留，须由第二人提交相同请求方可入账`,
  });
}
