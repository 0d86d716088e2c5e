/**
 * What becomes of a row of a file: the command that it is, unless the books have it already as it stands there. It knows no file, and refuses
 * as the command does.
 */
import type { Stage } from '../../ledger/stage.js';
import { parseInstant } from '../../lib/clock.js';
import { Refusal } from '../../lib/refusal.js';
import type { BatchName } from '../credit/intake/batch.js';
import { type Sent, takeIn } from '../credit/intake/item.js';
import type { ResolvedIssueRow } from '../credit/intake/resolved-issues-file.js';
import { intakeItemRows } from '../credit/intake/rows.js';
import type { ServiceCountRow } from '../credit/intake/service-counts-file.js';
import { postOpeningPoints, presentOpening } from '../credit/opening-points.js';
import type { OpeningPointsRow } from '../credit/opening-points-file.js';
import { approvedSets, latestOn, rulesToday } from '../credit/rules-in-force.js';
import { freeHolds } from '../free-holds.js';
import { authoriseRedemption, effectiveDay } from '../partners/redemptions/authorise.js';
import type { RedemptionRow } from '../partners/redemptions-file.js';
import { redemptionRows } from '../partners/rows.js';
import { registerMember } from '../people/members.js';
import type { MemberRow } from '../people/members-file.js';
import { registerOrgUnit } from '../people/org-units.js';
import type { OrgUnitRow } from '../people/org-units-file.js';
import type { PersonalKeys } from '../people/personal-data/personal-keys.js';
import { isPhoneOf, needsOfMember } from '../people/personal-data/sealed-fields.js';
import { memberRows, orgUnitRows, personRows } from '../people/rows.js';
import { requireSomebodyElse } from '../service/four-people.js';
import { serviceRecordRows } from '../service/rows.js';
import { recordService } from '../service/service-records.js';
import type { VisitRow } from '../service/visits-file.js';

/** What an import decides under. `approvedBy` approves what the file records, `alias` is a member's id that they have beside it; `keys` seal what is personal; `effectiveOn` dates opening points; other kinds bear their own dates. */
export interface ImportTerms {
  readonly keys: PersonalKeys;
  readonly approvedBy: string;
  readonly alias?: string | undefined;
  readonly effectiveOn: string | null;
}

/** A row with the partner that the file is of. */
export type PastRedemption = RedemptionRow & { readonly partner: string };

/** Rows with the batch that their file is. */
export type CountOfBatch = ServiceCountRow & BatchName;
export type IssueOfBatch = ResolvedIssueRow & BatchName;

export function applyOrgUnit(stage: Stage, _: ImportTerms, row: OrgUnitRow): 'imported' | 'skipped' {
  const known = stage.row(orgUnitRows, row.external_id);
  const parent = row.parent_external_id;
  if (known && known.level === row.level && known.parent_id === parent && known.name === row.name) return 'skipped';
  registerOrgUnit(stage, row);
  return 'imported';
}

export function applyMember(stage: Stage, { keys }: ImportTerms, row: MemberRow): 'imported' | 'skipped' {
  stage.prefetch(needsOfMember(row.external_id));
  const member = stage.row(memberRows, row.external_id);
  const person = stage.row(personRows, row.external_id);
  const same =
    member &&
    person &&
    member.org_unit_id === row.org_unit &&
    person.name === row.name &&
    person.gender === row.gender &&
    person.birth_date === row.birth_date &&
    isPhoneOf(stage, keys, row.external_id, row.phone) &&
    person.talent_category === row.talent_category;
  if (same) return 'skipped';
  registerMember(stage, row, keys);
  return 'imported';
}

export function applyOpeningPoints(stage: Stage, terms: ImportTerms, row: OpeningPointsRow): 'imported' | 'skipped' {
  const known = presentOpening(stage, row.member);
  const effectiveOn = terms.effectiveOn ?? stage.today;
  if (known && terms.effectiveOn !== null && known.effective_on !== effectiveOn) {
    throw new Refusal('opening_points_exist', {
      en: `member ${row.member} was opened on ${known.effective_on} already`,
      zh: `成员 ${row.member} 的期初积分已于 ${known.effective_on} 入账`,
    });
  }
  return postOpeningPoints(stage, latestOn(approvedSets(stage), effectiveOn), row, effectiveOn) === 'posted_before'
    ? 'skipped'
    : 'imported';
}

export function applyVisit(stage: Stage, terms: ImportTerms, row: VisitRow): 'imported' | 'skipped' {
  const known = stage.row(serviceRecordRows, row.external_id);
  const sameTime = (stored: string, read: string) => parseInstant(stored) === parseInstant(read);
  const same =
    known &&
    known.volunteer_id === row.volunteer &&
    known.recipient_id === row.recipient &&
    known.service_type === row.service_type &&
    known.proof_grade === row.proof_grade &&
    known.recorded_by === row.recorded_by_unit &&
    sameTime(known.planned_start, row.planned_start) &&
    sameTime(known.planned_end, row.planned_end) &&
    sameTime(known.check_in, row.check_in) &&
    sameTime(known.check_out, row.check_out);
  if (same) return 'skipped';
  const { recorded_by_unit: recordedBy, ...visit } = row;
  requireSomebodyElse(terms.alias, { volunteer: visit.volunteer, recipients: [visit.recipient], recordedBy });
  recordService(stage, { ...visit, recorded_by: recordedBy }, terms.approvedBy, terms.alias);
  return 'imported';
}

/** Captured at once, on its own day, at the partner's price. */
export function applyRedemption(stage: Stage, _: ImportTerms, row: PastRedemption, id: string): 'imported' | 'skipped' {
  const { partner, partner_reference: reference, member, points, requested_at: moment } = row;
  // Looked up for certain: what is foreseen of a line is checked by no commit.
  stage.prefetch({ lists: [[redemptionRows, 'reference', partner, reference]] });
  const known = stage.uniqueRow(redemptionRows, 'reference', partner, reference);
  const same =
    known &&
    known.member_id === member &&
    known.captured === points &&
    known.effective_on === effectiveDay(stage, { may_backdate: true }, moment);
  if (same) return 'skipped';
  authoriseRedemption(stage, rulesToday(stage), {
    id,
    partnerId: partner,
    partnerReference: reference,
    memberId: member,
    points,
    effectiveAt: moment,
    capture: true,
    historic: true,
  });
  return 'imported';
}

export function applyServiceCount(stage: Stage, _: ImportTerms, row: CountOfBatch): 'imported' | 'skipped' {
  const { occurrences } = row;
  return applySent(stage, { ...sentBy(row), what: 'service_count', occurrences, state: 'counted' });
}

export function applyResolvedIssue(stage: Stage, _: ImportTerms, row: IssueOfBatch): 'imported' | 'skipped' {
  return applySent(stage, { ...sentBy(row), what: 'resolved_issue', occurrences: 1, state: row.state });
}

function sentBy({ platform, batch, ...row }: CountOfBatch | IssueOfBatch) {
  const { external_id: externalId, member, occurred_on: occurredOn } = row;
  return { platform, batch, externalId, member, occurredOn, revision: null };
}

function applySent(stage: Stage, sent: Sent): 'imported' | 'skipped' {
  // Looked up for certain, as above.
  stage.prefetch({ rows: [[intakeItemRows, sent.platform, sent.externalId]] });
  const before = stage.row(intakeItemRows, sent.platform, sent.externalId)?.version ?? 0;
  return takeIn(stage, sent, freeHolds).version > before ? 'imported' : 'skipped';
}
