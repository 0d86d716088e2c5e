/**
 * Reading the care registry, as far as the reader sees: who is to be visited by when, the visits, and the plans there were. How many days a
 * visit is late is judged by the day that is handed in. That it was read is recorded elsewhere.
 */
import type { Pool } from '../../../db/connect.js';
import { isDate } from '../../../lib/clock.js';
import { foreignCursor } from '../../../lib/cursor.js';
import type { CareChangeKind, CareMode, CareReason } from '../../community-words.js';
import { idsOfPerson } from '../member-reads.js';
import { memberWithinSql, type Reach } from '../reach.js';
import { readWords } from '../word-lists.js';
import { careSubjectNotFound } from './care.js';

const prepared = { prepare: true } as const;

interface Plan {
  readonly reasons: CareReason[];
  readonly mode: CareMode;
  readonly interval_days: number;
  readonly starts_on: string;
  readonly entry: string;
}

export interface CareSubjectView extends Plan {
  readonly member: string;
  readonly org_unit: string;
  readonly note: string | null;
  readonly visits: number;
  readonly last_visited_on: string | null;
  readonly next_due_on: string;
  readonly overdue_days: number;
  readonly ended_on: string | null;
}

const plan = `c.reasons, c.mode, c.interval_days, c.starts_on::text as starts_on, c.entry::text as entry`;
/** The day stands in a parameter. */
const columnsOn = (today: string) => `c.member_id as member, m.org_unit_id as org_unit, ${plan}, c.note, c.visits,
  c.last_visited_on::text as last_visited_on, c.next_due_on::text as next_due_on,
  case when c.ended_on is null then greatest(${today}::text::date - c.next_due_on, 0) else 0 end as overdue_days,
  c.ended_on::text as ended_on`;
/** With the member who the person is now. */
const source = `timebank.care_subjects c
  join timebank.members w on w.ledger_id = c.ledger_id and w.member_id = c.member_id
  join timebank.members m on m.ledger_id = c.ledger_id and m.member_id = coalesce(w.merged_into, w.member_id)`;

/** Reasons as words, rather than as they are kept; none once the person is erased. */
function viewOf<View>(row: Readonly<Record<string, unknown>>): View {
  return { ...row, reasons: row['reasons'] === null ? [] : readWords(String(row['reasons'])) } as View;
}

export interface CareFilters {
  readonly reach: Reach;
  readonly orgUnit: string | null;
  /** Only whose next visit is due before this day. */
  readonly dueBefore: string | null;
  /** Only whose visit is late on `today`. */
  readonly overdue: boolean;
  readonly today: string;
}

/** Those who are visited, by the day of the next visit and then by member, from after `2026-11-01/M1` on. Refuses: `request_invalid` (a cursor of no day). */
export async function listCareSubjects(
  sql: Pool,
  ledgerId: number,
  page: CareFilters & { after: string; limit: number },
): Promise<CareSubjectView[]> {
  const [due = '', member = ''] = page.after.split('/');
  if (due !== '' && !isDate(due)) throw foreignCursor();
  const parameters: (string | number | null)[] = [ledgerId, page.today, page.reach, page.limit];
  const put = (value: string) => `$${parameters.push(value)}::text`;
  // A condition that is not asked for is left out, so that the others can use their index.
  const conditions = [
    ...(due === '' ? [] : [`(c.next_due_on, c.member_id) > (${put(due)}::date, ${put(member)})`]),
    ...(page.orgUnit === null ? [] : [memberWithinSql('m', put(page.orgUnit))]),
    ...(page.dueBefore === null ? [] : [`c.next_due_on < ${put(page.dueBefore)}::date`]),
    ...(page.overdue ? ['c.next_due_on < $2::text::date'] : []),
  ];
  const rows = await sql.unsafe(
    `select ${columnsOn('$2')} from ${source}
     where c.ledger_id = $1 and c.ended_on is null and ${memberWithinSql('m', '$3')}
       ${conditions.map((one) => `and ${one}`).join(' ')}
     order by c.next_due_on, c.member_id limit $4`,
    parameters,
    prepared,
  );
  return rows.map((row) => viewOf<CareSubjectView>(row));
}

/** How far somebody sees, on which day. */
export interface CareSight {
  readonly reach: Reach;
  readonly today: string;
}

/** Refuses: `care_subject_not_found`, also when the member's unit lies out of reach. */
export async function readCareSubject(
  sql: Pool,
  ledgerId: number,
  member: string,
  { reach, today }: CareSight,
): Promise<CareSubjectView> {
  return (await findSubject(sql, ledgerId, member, { reach, today })).view;
}

/** The plan that `findCareSubject` finds, with its id. Refuses as `readCareSubject`. */
async function findSubject(sql: Pool, ledgerId: number, member: string, { reach, today }: CareSight) {
  const [row] = await sql.unsafe(
    `select c.care_id::text as care_id, ${columnsOn('$4')} from ${source}
     where c.ledger_id = $1 and c.member_id = any(${idsOfPerson('$2')}) and ${memberWithinSql('m', '$3')}
     order by c.ended_on is not null, c.member_id <> $2, c.care_id limit 1`,
    [ledgerId, member, reach, today],
    prepared,
  );
  if (!row) throw careSubjectNotFound(member);
  const { care_id: id, ...rest } = row;
  return { id: id as string, view: viewOf<CareSubjectView>(rest) };
}

export interface CareVisitView {
  readonly number: number;
  readonly visited_on: string;
  readonly reason: CareReason | null;
  readonly visitor: string;
  readonly note: string | null;
  readonly recorded_by: string;
  readonly entry: string;
}

type CarePage = CareSight & { readonly member: string; readonly after: string; readonly limit: number };

/** Visits in the order in which they were recorded, from after a number on. Refuses: `care_subject_not_found`, as `readCareSubject`. */
export async function listCareVisits(sql: Pool, ledgerId: number, page: CarePage): Promise<CareVisitView[]> {
  const { id } = await findSubject(sql, ledgerId, page.member, page);
  const rows = await sql.unsafe(
    `select v.number, v.visited_on::text as visited_on, v.reason, v.visitor, v.note, v.recorded_by, v.entry::text as entry
     from timebank.care_visits v where v.ledger_id = $1 and v.care_id = $2::text::uuid and v.number > $3::text::int order by v.number limit $4`,
    [ledgerId, id, page.after || '0', page.limit],
    prepared,
  );
  return rows as unknown as CareVisitView[];
}

export interface CareChangeView extends Plan {
  readonly number: number;
  readonly change: CareChangeKind;
  readonly effective_on: string;
  readonly changed_by: string;
}

/** The plans there were, oldest first, from after a number on. Refuses: `care_subject_not_found`, as `readCareSubject`. */
export async function listCareChanges(sql: Pool, ledgerId: number, page: CarePage): Promise<CareChangeView[]> {
  const { id } = await findSubject(sql, ledgerId, page.member, page);
  const rows = await sql.unsafe(
    `select c.number, c.change, c.effective_on::text as effective_on, c.changed_by, ${plan}
     from timebank.care_changes c where c.ledger_id = $1 and c.care_id = $2::text::uuid and c.number > $3::text::int order by c.number limit $4`,
    [ledgerId, id, page.after || '0', page.limit],
    prepared,
  );
  return rows.map((row) => viewOf<CareChangeView>(row));
}
