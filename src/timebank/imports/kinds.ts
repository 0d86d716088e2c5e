/**
 * What can be imported: for each kind of file, how it is read, in which order its rows are decided, and how one of them becomes a
 * command. A row that is already in the books as it stands in the file is skipped, so that importing a file twice changes nothing.
 */

import type { Stage } from '../../ledger/stage.js';
import { parseInstant } from '../../lib/clock.js';
import type { Charset, Encoding } from '../../lib/encoding.js';
import { newId } from '../../lib/ids.js';
import { type FieldError, Refusal } from '../../lib/refusal.js';
import { postOpeningPoints, presentOpening } from '../credit/opening-points.js';
import { type OpeningPointsRow, openingPointsTable } from '../credit/opening-points-file.js';
import type { RuleSet } from '../credit/rule-set.js';
import { approvedSets, latestOn, rulesToday } from '../credit/rules-in-force.js';
import { scanTable, type TypedFile } from '../files/table.js';
import { authoriseRedemption, effectiveDay } from '../partners/redemptions/authorise.js';
import { type RedemptionRow, redemptionTable, decisionKey as redemptionTurn } from '../partners/redemptions-file.js';
import { redemptionRows } from '../partners/rows.js';
import { registerMember } from '../people/members.js';
import { type MemberRow, memberTable } from '../people/members-file.js';
import { registerOrgUnit } from '../people/org-units.js';
import { type OrgUnitRow, orgUnitTable } from '../people/org-units-file.js';
import type { PersonalKeys } from '../people/personal-data/personal-keys.js';
import { isPhoneOf, needsOfMember } from '../people/personal-data/sealed-fields.js';
import { memberRows, orgUnitRows, personRows } from '../people/rows.js';
import { requireSomebodyElse } from '../service/four-people.js';
import { serviceRecordRows } from '../service/rows.js';
import { recordService } from '../service/service-records.js';
import { type VisitRow, visitTable, decisionKey as visitTurn } from '../service/visits-file.js';
import type { ImportKind } from '../words.js';

/** What an import decides under. `approvedBy` approves what the file records, `alias` is a member's id that they have beside it; `keys` seal what is personal; `effectiveOn` dates opening points; other kinds bear their own dates. */
export interface ImportTerms {
  readonly keys: PersonalKeys;
  readonly approvedBy: string;
  readonly alias?: string | undefined;
  readonly effectiveOn: string | null;
}

/** Decides a row on the stage, saying whether it changed anything; it refuses like any command. */
export type Apply = (stage: Stage, terms: ImportTerms) => 'imported' | 'skipped';

/** A row that could be read. `cells` is its JSON: see `applierOf`; `turn` sorts the lines of a file as they are decided. */
export interface ParsedLine {
  readonly line: number;
  readonly externalId: string;
  readonly cells: string;
  readonly turn: string;
}

export interface ParsedImport {
  readonly encoding: Encoding;
  /** In the order in which they are decided, which need not be that of the file. */
  readonly lines: readonly ParsedLine[];
  readonly errors: readonly FieldError[];
}

/** How a file is read: what its rows do not say themselves. */
export interface Reading {
  readonly rules: RuleSet;
  readonly charset: Charset | null;
  /** Whose redemptions they are; null for every other kind. */
  readonly partner: string | null;
}

interface Kind {
  parse(bytes: Uint8Array, reading: Reading): ParsedImport;
  applier(cells: string): Apply;
}

interface KindOf<Row> {
  /** Reads a file row by row; what `keep` makes of a sound one is all that stays of it. */
  scan(bytes: Uint8Array, reading: Reading, keep: (row: Row) => ParsedLine): TypedFile<ParsedLine>;
  idOf(row: Row): string;
  /** `id` is for what the row makes. */
  apply(stage: Stage, terms: ImportTerms, row: Row, id: string): 'imported' | 'skipped';
  /** When a row's turn comes; without it, and among equals, in the order of the file. */
  turn?(row: Row): string;
  /** A row from its JSON, where whole numbers are text. */
  revive?(cells: Row): Row;
}

/** A row with the partner that the file is of. */
type PastRedemption = RedemptionRow & { readonly partner: string };

const kinds: Readonly<Record<ImportKind, Kind>> = {
  org_units: kindOf<OrgUnitRow>({
    scan: (bytes, { charset }, keep) => scanTable(bytes, orgUnitTable, charset, keep),
    idOf: (row) => row.external_id,
    apply: applyOrgUnit,
  }),
  members: kindOf<MemberRow>({
    scan: (bytes, { charset }, keep) => scanTable(bytes, memberTable, charset, keep),
    idOf: (row) => row.external_id,
    apply: applyMember,
  }),
  opening_points: kindOf<OpeningPointsRow>({
    scan: (bytes, { rules, charset }, keep) =>
      scanTable(bytes, openingPointsTable(BigInt(rules.points_per_occurrence)), charset, keep),
    idOf: (row) => row.member,
    apply: applyOpeningPoints,
    revive: (row) => ({ ...row, occurrences: BigInt(row.occurrences), points: BigInt(row.points) }),
  }),
  // By check-in, so that caps and carries fall on the same visits however the file is sorted.
  visits: kindOf<VisitRow>({
    scan: (bytes, { charset }, keep) => scanTable(bytes, visitTable, charset, keep),
    idOf: (row) => row.external_id,
    apply: applyVisit,
    turn: visitTurn,
  }),
  redemptions: kindOf<PastRedemption>({
    scan: (bytes, { charset, partner }, keep) => {
      if (partner === null)
        throw new Refusal('request_invalid', {
          en: 'whose redemptions they are is not named',
          zh: '未指明兑换属于哪个合作方',
        });
      return scanTable(bytes, redemptionTable, charset, (row) => keep({ ...row, partner }));
    },
    idOf: (row) => row.partner_reference,
    apply: applyRedemption,
    turn: redemptionTurn,
    revive: (row) => ({ ...row, points: BigInt(row.points) }),
  }),
};

/** Refuses: `file_invalid` (not a CSV file of that kind). Faults of single rows are in `errors`. */
export function parseImport(kind: ImportKind, bytes: Uint8Array, reading: Reading): ParsedImport {
  return kinds[kind].parse(bytes, reading);
}

/** The command of a row that `parseImport` gave out. */
export function applierOf(kind: ImportKind, cells: string): Apply {
  return kinds[kind].applier(cells);
}

function kindOf<Row extends { readonly line: number }>(kind: KindOf<Row>): Kind {
  return {
    parse: (bytes, reading) => {
      const { rows, ...rest } = kind.scan(bytes, reading, (row) => ({
        line: row.line,
        externalId: kind.idOf(row),
        cells: cellsOf(row),
        turn: kind.turn?.(row) ?? '',
      }));
      return { lines: inTurn(rows), ...rest };
    },
    applier: (cells) => {
      const read = JSON.parse(cells) as Row;
      const row = kind.revive ? kind.revive(read) : read;
      // Made once: the command may be decided again.
      const id = newId();
      return (stage, terms) => kind.apply(stage, terms, row, id);
    },
  };
}

/** Sorting is stable: equals stay in the order of the file. */
function inTurn(lines: readonly ParsedLine[]): ParsedLine[] {
  return [...lines].sort((a, b) => (a.turn < b.turn ? -1 : a.turn > b.turn ? 1 : 0));
}

function cellsOf(row: object): string {
  return JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}

function applyOrgUnit(stage: Stage, _: ImportTerms, row: OrgUnitRow): 'imported' | 'skipped' {
  const known = stage.row(orgUnitRows, row.external_id);
  const parent = row.parent_external_id;
  if (known && known.level === row.level && known.parent_id === parent && known.name === row.name) return 'skipped';
  registerOrgUnit(stage, row);
  return 'imported';
}

function applyMember(stage: Stage, { keys }: ImportTerms, row: MemberRow): 'imported' | 'skipped' {
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

function applyOpeningPoints(stage: Stage, terms: ImportTerms, row: OpeningPointsRow): 'imported' | 'skipped' {
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

function applyVisit(stage: Stage, terms: ImportTerms, row: VisitRow): 'imported' | 'skipped' {
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
function applyRedemption(stage: Stage, _: ImportTerms, row: PastRedemption, id: string): 'imported' | 'skipped' {
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
