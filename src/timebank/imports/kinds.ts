/**
 * What can be imported: for each kind of file, its columns, in which order its rows are decided, and how one of them becomes a command. A row
 * that is already in the books as it stands in the file is skipped, so that importing a file twice changes nothing.
 */

import type { Stage } from '../../ledger/stage.js';
import type { Column } from '../../lib/csv/header.js';
import type { CsvReading } from '../../lib/csv/read.js';
import type { Encoding } from '../../lib/encoding.js';
import { newId } from '../../lib/ids.js';
import { type FieldError, Refusal } from '../../lib/refusal.js';
import type { BatchName } from '../credit/intake/batch.js';
import { resolvedIssueTable } from '../credit/intake/resolved-issues-file.js';
import { serviceCountTable } from '../credit/intake/service-counts-file.js';
import { type OpeningPointsRow, openingPointsColumns, openingPointsTable } from '../credit/opening-points-file.js';
import type { RuleSet } from '../credit/rule-set.js';
import { headerOf, scanTable, type TypedFile } from '../files/table.js';
import { redemptionTable, decisionKey as redemptionTurn } from '../partners/redemptions-file.js';
import { type MemberRow, memberTable } from '../people/members-file.js';
import { type OrgUnitRow, orgUnitTable } from '../people/org-units-file.js';
import { type VisitRow, visitTable, decisionKey as visitTurn } from '../service/visits-file.js';
import type { ImportKind } from '../words.js';
import {
  applyMember,
  applyOpeningPoints,
  applyOrgUnit,
  applyRedemption,
  applyResolvedIssue,
  applyServiceCount,
  applyVisit,
  type CountOfBatch,
  type ImportTerms,
  type IssueOfBatch,
  type PastRedemption,
} from './apply.js';

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
export interface Reading extends CsvReading {
  readonly rules: RuleSet;
  /** Whose redemptions they are; null for every other kind. */
  readonly partner: string | null;
  /** Which platform's items they are, and the batch that they make; absent for every other kind. */
  readonly batch?: BatchName | undefined;
}

interface Kind {
  /** The columns of its files. */
  readonly header: readonly Column[];
  parse(bytes: Uint8Array, reading: Reading): ParsedImport;
  applier(cells: string): Apply;
}

interface KindOf<Row> {
  readonly header: readonly Column[];
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

const kinds: Readonly<Record<ImportKind, Kind>> = {
  org_units: kindOf<OrgUnitRow>({
    header: headerOf(orgUnitTable),
    scan: (bytes, reading, keep) => scanTable(bytes, orgUnitTable, reading, keep),
    idOf: (row) => row.external_id,
    apply: applyOrgUnit,
  }),
  members: kindOf<MemberRow>({
    header: headerOf(memberTable),
    scan: (bytes, reading, keep) => scanTable(bytes, memberTable, reading, keep),
    idOf: (row) => row.external_id,
    apply: applyMember,
  }),
  opening_points: kindOf<OpeningPointsRow>({
    header: headerOf(openingPointsColumns),
    scan: (bytes, reading, keep) =>
      scanTable(bytes, openingPointsTable(BigInt(reading.rules.points_per_occurrence)), reading, keep),
    idOf: (row) => row.member,
    apply: applyOpeningPoints,
    revive: (row) => ({ ...row, occurrences: BigInt(row.occurrences), points: BigInt(row.points) }),
  }),
  // By check-in, so that caps and carries fall on the same visits however the file is sorted.
  visits: kindOf<VisitRow>({
    header: headerOf(visitTable),
    scan: (bytes, reading, keep) => scanTable(bytes, visitTable, reading, keep),
    idOf: (row) => row.external_id,
    apply: applyVisit,
    turn: visitTurn,
  }),
  redemptions: kindOf<PastRedemption>({
    header: headerOf(redemptionTable),
    scan: (bytes, reading, keep) => {
      const { partner } = reading;
      if (partner === null)
        throw new Refusal('request_invalid', {
          en: 'whose redemptions they are is not named',
          zh: '未指明兑换属于哪个合作方',
        });
      return scanTable(bytes, redemptionTable, reading, (row) => keep({ ...row, partner }));
    },
    idOf: (row) => row.partner_reference,
    apply: applyRedemption,
    turn: redemptionTurn,
    revive: (row) => ({ ...row, points: BigInt(row.points) }),
  }),
  service_counts: kindOf<CountOfBatch>({
    header: headerOf(serviceCountTable),
    scan: (bytes, reading, keep) =>
      scanTable(bytes, serviceCountTable, reading, (row) => keep({ ...row, ...batchOf(reading) })),
    idOf: (row) => row.external_id,
    apply: applyServiceCount,
  }),
  resolved_issues: kindOf<IssueOfBatch>({
    header: headerOf(resolvedIssueTable),
    scan: (bytes, reading, keep) =>
      scanTable(bytes, resolvedIssueTable, reading, (row) => keep({ ...row, ...batchOf(reading) })),
    idOf: (row) => row.external_id,
    apply: applyResolvedIssue,
  }),
};

/** Refuses: `request_invalid`. */
function batchOf({ batch }: Reading): BatchName {
  if (batch) return batch;
  throw new Refusal('request_invalid', {
    en: 'which platform they are from is not named',
    zh: '未指明由哪个平台报送',
  });
}

/** The columns of the files of a kind. */
export function columnsOf(kind: ImportKind): readonly Column[] {
  return kinds[kind].header;
}

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
    header: kind.header,
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
