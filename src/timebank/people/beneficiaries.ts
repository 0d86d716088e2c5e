/**
 * Whom a member nominates to have what they hold when they die: spouse or lineal kin, verified and taking part. Each nomination stays, and the
 * last one counts. It does not know what is left, nor when.
 */
import { change } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { dateInZone } from '../../lib/clock.js';
import { Refusal } from '../../lib/refusal.js';
import { newSalt } from '../../lib/salt.js';
import type { TimebankKind } from '../chart.js';
import { areLineKin } from './kin.js';
import { idsOf, type Member, memberNotFound, refuseMerged, requireActive, requireMember } from './members.js';
import { requireNotErased } from './personal-data/not-erased.js';
import { type Reach, requireMemberWithin } from './reach.js';
import { beneficiaryRows } from './rows.js';
import { isOneOf } from './second-person.js';

export interface Nomination {
  readonly id: string;
  /** Null: nobody any more. */
  readonly beneficiary: string | null;
  /** The member who acts, under any id; null: an office does so on their behalf. */
  readonly own: string | null;
  readonly reach: Reach;
  readonly actor: string;
  readonly alias?: string | undefined;
}

export type Beneficiary = ReturnType<typeof beneficiaryRows.decode>;

/**
 * Refuses, in order: `member_not_found` (also another's, or out of reach), `member_merged`, `member_suspended`, `member_inactive`, `member_erased`,
 * `member_unchanged`, `beneficiary_invalid`, `self_approval` (an office nominates itself).
 */
export function nominateBeneficiary(stage: Stage, nomination: Nomination): Beneficiary {
  const { id, beneficiary, actor, alias } = nomination;
  const member = requireTheirs(stage, nomination);
  requireActive(stage, member);
  requireNotErased(stage, id);
  const before = nominationsOf(stage, member).at(-1)?.beneficiary_id ?? null;
  if (before === beneficiary)
    throw new Refusal('member_unchanged', {
      en: beneficiary === null ? `${id} has nominated nobody` : `${id} has nominated ${beneficiary} already`,
      zh: beneficiary === null ? `${id} 未指定受益人` : `${id} 已指定 ${beneficiary} 为受益人`,
    });
  if (beneficiary !== null) {
    requireBeneficiary(stage, member, beneficiary, stage.today);
    if (isOneOf(stage, [beneficiary], actor, alias))
      throw new Refusal('self_approval', {
        en: 'nobody nominates themselves on behalf of another',
        zh: '任何人不得代他人指定本人为受益人',
      });
  }
  const row = {
    member_id: id,
    beneficiary_id: beneficiary,
    nominated_by: actor,
    nominated_at: stage.instant,
    salt: newSalt(),
  };
  const { number } = stage.post({
    kind: 'beneficiary_nominated' satisfies TimebankKind,
    rows: [change(beneficiaryRows, row)],
  });
  return { ...row, entry: number };
}

/** Refuses: `member_not_found` (also another's, or out of reach), `member_merged`. */
export function requireTheirs(
  stage: Stage,
  { id, own, reach }: { readonly id: string; readonly own: string | null; readonly reach: Reach },
): Member {
  const member = requireMemberWithin(stage, reach, id);
  if (own !== null && own !== id && !idsOf(member).includes(own)) throw memberNotFound(id);
  refuseMerged(member);
  return member;
}

/** Whom a member had nominated last at the end of a day, by the id of who that is now; null: nobody. */
export function nominatedOn(stage: Stage, member: Member, day: string): string | null {
  const last = nominationsOf(stage, member)
    .filter(({ nominated_at }) => dateInZone(Date.parse(nominated_at), stage.zone) <= day)
    .at(-1);
  if (!last || last.beneficiary_id === null) return null;
  return requireMember(stage, last.beneficiary_id).merged_into ?? last.beneficiary_id;
}

/** Under all ids of a member, the first one first. */
function nominationsOf(stage: Stage, member: Member): Beneficiary[] {
  const lists = idsOf(member).map((id) => [beneficiaryRows, 'member', id] as const);
  stage.prefetch({ lists });
  return lists
    .flatMap(([table, index, ...key]) => stage.rows(table, index, ...key))
    .sort((one, other) => (one.entry ?? 0) - (other.entry ?? 0));
}

/** Whether somebody may have what a member leaves: spouse or lineal kin on a day, who takes part now. */
export function mayInherit(stage: Stage, member: Member, beneficiary: Member, day: string): boolean {
  return beneficiary.state === 'active' && areLineKin(stage, member.member_id, beneficiary.member_id, day);
}

/** Who may have what a member leaves, by the id that they have now. Refuses: `member_not_found`, `beneficiary_invalid`. */
export function requireBeneficiary(stage: Stage, member: Member, id: string, day: string): Member {
  const named = requireMember(stage, id);
  const beneficiary = named.merged_into === null ? named : requireMember(stage, named.merged_into);
  if (mayInherit(stage, member, beneficiary, day)) return beneficiary;
  throw new Refusal('beneficiary_invalid', {
    en: `${id} is not verified as spouse or lineal kin of ${member.member_id}, or does not take part`,
    zh: `${id} 未核实为 ${member.member_id} 的配偶或直系亲属，或未正常参与`,
  });
}
