/** Finding members by a number that they have, without opening anything: equal numbers have equal look-ups. Who is found was read. */
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import type { UnmaskPurpose } from '../../personal-words.js';
import { requireMember } from '../members.js';
import { type Reach, requireMemberWithin } from '../reach.js';
import { recordAccess } from './access-log.js';
import type { PersonalKeys } from './personal-keys.js';
import { sealedFieldRows } from './rows.js';

export interface Wanted {
  readonly field: 'phone' | 'national_id';
  readonly value: string;
  readonly purpose: UnmaskPurpose;
}

/** Members within reach who have the number, those that were merged as who they are now, by id, each with a row in the access log. Refuses what `Stage.post` refuses. */
export function findMembers(
  stage: Stage,
  keys: PersonalKeys,
  reach: Reach,
  { field, value, purpose }: Wanted,
): string[] {
  const lookup = keys.lookup(stage.ledgerCode, field, value);
  const found = stage
    .rows(sealedFieldRows, 'lookup', lookup)
    .map((row) => requireMember(stage, row.member_id).merged_into ?? row.member_id)
    .filter((memberId, at, all) => all.indexOf(memberId) === at)
    .filter((memberId) => isWithin(stage, reach, memberId))
    .sort();
  for (const memberId of found) recordAccess(stage, reach, { memberId, fields: [field], purpose });
  return found;
}

function isWithin(stage: Stage, reach: Reach, memberId: string): boolean {
  return !(stage.savepoint(() => requireMemberWithin(stage, reach, memberId)) instanceof Refusal);
}
