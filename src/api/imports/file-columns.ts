/** What the columns of files hold, for the document. The readers decide; a test holds the two together. */
import type { Column } from '../../lib/csv/header.js';
import { talentCategories } from '../../timebank/community-words.js';
import { columnsOf } from '../../timebank/imports/kinds.js';
import { issueStates } from '../../timebank/intake-words.js';
import { genders, orgUnitLevels } from '../../timebank/people-words.js';
import { proofGrades } from '../../timebank/service-words.js';
import { type ImportKind, statementLineTypes } from '../../timebank/words.js';

type Columns = Readonly<Record<string, string>>;

const id = 'an id: 1 to 64 ASCII letters, digits, `_`, `.` and `-`';
const moment = 'a time with seconds and offset (RFC 3339)';
const day = 'a date, 2026-10-01, 2026/10/1 or 2026年10月1日';
const oneOf = (words: readonly string[]) => `one of ${words.map((word) => `\`${word}\``).join(', ')}`;

export const importColumns: Readonly<Record<ImportKind, Columns>> = {
  org_units: {
    external_id: id,
    parent_external_id: 'the id of the unit above; empty for a county',
    level: oneOf(orgUnitLevels),
    name: 'a name, up to 100 characters',
  },
  members: {
    external_id: id,
    name: 'a name, up to 100 characters',
    gender: oneOf(genders),
    birth_date: 'a date, 1949-02-20, 1949/2/20 or 1949年2月20日, from 1900 on',
    phone: 'a telephone number, or empty',
    org_unit: "the unit's id",
    talent_category: `${oneOf(talentCategories)}, or empty`,
  },
  opening_points: {
    member: "the member's id",
    occurrences: 'how often, a whole number',
    points: 'what that is worth by the rules, a whole number',
  },
  visits: {
    external_id: id,
    volunteer: "the member's id",
    recipient: "the member's id",
    service_type: 'a type of service that the rules have',
    planned_start: moment,
    planned_end: moment,
    check_in: moment,
    check_out: moment,
    proof_grade: oneOf(proofGrades),
    recorded_by_unit: "the unit's or member's id",
  },
  redemptions: {
    partner_reference: id,
    member: "the member's id",
    points: 'a whole number, 1 or more',
    requested_at: moment,
    terminal: 'an id, or empty; not kept',
  },
  service_counts: {
    external_id: `${id}; the platform's, for ever`,
    member: "the member's id",
    occurred_on: day,
    occurrences: 'how many acts, a whole number from 1 to 100000',
  },
  resolved_issues: {
    external_id: `${id}; the platform's, for ever`,
    member: 'the id of the member who reported it',
    occurred_on: `${day}: on which it came to its state`,
    state: `${oneOf(issueStates)}, or 已上报, 已解决, 已驳回, 已撤回 and the like`,
  },
};

export const statementColumns: Columns = {
  partner_reference: id,
  booked_on: day,
  points: 'a whole number, 1 or more',
  amount_cny: 'CNY with at most 2 decimals, 0.00 or more',
  type: oneOf(statementLineTypes),
};

/** A table in Markdown. */
export function tableOf(columns: Columns, header: readonly Column[]): string {
  const rows = header.map(({ code, names }) => `| \`${code}\` | ${names.join('、')} | ${columns[code]} |`);
  return ['| column | or headed | holds |', '| --- | --- | --- |', ...rows].join('\n');
}

/** A table for each kind, under its name. */
export const importTables = Object.entries(importColumns)
  .map(([kind, columns]) => `**\`${kind}\`**\n\n${tableOf(columns, columnsOf(kind as ImportKind))}`)
  .join('\n\n');
