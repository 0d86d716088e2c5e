/**
 * The four people of a service: who gave it, who received it, who recorded it, who approved it. No two of them are the same,
 * whatever role they act under, and those who are registered here are. Where several received it together, this is said of each of them.
 * Knows no time and no coin.
 */
import type { Stage } from '../../ledger/stage.js';
import type { Words } from '../../lib/language.js';
import { Refusal } from '../../lib/refusal.js';
import { personOf } from '../people/actors.js';
import { idsOf, type Member, refuseMerged, requireMember } from '../people/members.js';
import { memberRows, orgUnitRows } from '../people/rows.js';
import { isOneOf } from '../people/second-person.js';

export interface FourPeople {
  readonly volunteer: string;
  /** Everybody who received it. */
  readonly recipients: readonly string[];
  /** An organisation unit or a member. */
  readonly recordedBy: string;
  /** `role:subject` */
  readonly approvedBy: string;
}

/** Whom the journal names for what a command of the machine's operator does: a program, which approves nothing. */
export const commandLineActor = 'operator:cli';

/** Refuses: `approver_invalid` (nobody, or the command line itself). */
export function requireApprover(approvedBy: string): void {
  const approver = personOf(approvedBy);
  if (approver === '' || approver === personOf(commandLineActor))
    throw new Refusal('approver_invalid', {
      en: 'a service is approved by a person who is named, not by a program',
      zh: '服务须由指明的人员审批，不能由程序审批',
    });
}

/** Refuses: `approver_invalid`, `self_approval` (two of the four are one). */
export function requireFourPeople({ volunteer, recipients, recordedBy, approvedBy }: FourPeople): void {
  requireApprover(approvedBy);
  const approver = personOf(approvedBy);
  const faults: [boolean, () => Words][] = [
    [
      recipients.includes(volunteer),
      () => ({ en: 'a volunteer cannot be the recipient of the service', zh: '志愿者不能同时是受助人' }),
    ],
    [
      [volunteer, ...recipients].includes(recordedBy),
      () => ({ en: 'who gave or received a service cannot record it', zh: '志愿者和受助人不能记录自己的服务' }),
    ],
    [
      [volunteer, ...recipients, recordedBy].includes(approver),
      () => ({
        en: 'who gave, received or recorded a service cannot approve it',
        zh: '志愿者、受助人和记录人不能审批该服务',
      }),
    ],
  ];
  for (const [wrong, detail] of faults) {
    if (wrong) throw new Refusal('self_approval', detail());
  }
}

/**
 * A person who is a pseudonym in the journal is still somebody: `alias` is the member's id that the approver has beside it, if any.
 * Refuses: `self_approval`.
 */
export function requireSomebodyElse(
  alias: string | undefined,
  { volunteer, recipients, recordedBy }: Omit<FourPeople, 'approvedBy'>,
): void {
  if (alias === undefined || ![volunteer, ...recipients, recordedBy].includes(alias)) return;
  throw new Refusal('self_approval', {
    en: 'nobody approves what they gave, received or recorded',
    zh: '任何人不得审批自己提供、接受或记录的服务',
  });
}

/** The rows that `requireRegistered` reads. */
export function rowsOfPeople({ volunteer, recipients, recordedBy, approvedBy }: FourPeople) {
  const members = [volunteer, ...recipients, recordedBy, personOf(approvedBy)];
  return [...members.map((id) => [memberRows, id] as const), [orgUnitRows, recordedBy] as const];
}

/**
 * The volunteer, when all who must be registered are.
 * Refuses: `member_not_found`, `member_merged` (a recipient), `recorder_not_found`, `self_approval` (under an id that was merged).
 */
export function requireRegistered(stage: Stage, people: FourPeople, alias: string | undefined): Member {
  const { volunteer, recipients, recordedBy, approvedBy } = people;
  const giver = requireMember(stage, volunteer);
  const receivers = recipients.map((id) => requireMember(stage, id));
  for (const one of receivers) refuseMerged(one);
  if (!stage.row(orgUnitRows, recordedBy) && !stage.row(memberRows, recordedBy)) {
    throw new Refusal('recorder_not_found', {
      en: `${recordedBy} is neither an organisation unit nor a member`,
      zh: `${recordedBy} 既不是组织单元，也不是成员`,
    });
  }
  const parties = [giver, ...receivers].flatMap(idsOf);
  if (parties.includes(recordedBy) || isOneOf(stage, [volunteer, ...recipients, recordedBy], approvedBy, alias))
    throw new Refusal('self_approval', {
      en: 'who gave or received a service does not record it, nor does who recorded it approve it, under another id either',
      zh: '志愿者、受助人和记录人更换编号后，仍不能记录或审批该服务',
    });
  return giver;
}
