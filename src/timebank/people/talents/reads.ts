/** Reading talents, what became of them, and the lists of codes, as far as the reader sees. Which level somebody has is not known here. */
import type { Pool } from '../../../db/connect.js';
import type {
  QualificationKind,
  SpecialtyKind,
  TalentCategory,
  TalentChangeKind,
  TalentRegistry,
} from '../../community-words.js';
import { memberWithinSql, type Reach } from '../reach.js';
import { readWeeklyHours, type WeeklyHours } from '../weekly-hours.js';
import { readWords } from '../word-lists.js';
import { type TalentName, talentNotFound } from './talents.js';

const prepared = { prepare: true } as const;

interface Particulars {
  readonly categories: TalentCategory[];
  readonly specialties: string[];
  readonly interests: string[];
  readonly availability: WeeklyHours[];
  readonly entry: string;
}

export interface QualificationView {
  readonly number: number;
  readonly kind: QualificationKind;
  readonly evidence: string | null;
  readonly valid_until: string | null;
  readonly ended_on: string | null;
  /** Whether it counts today. */
  readonly counts: boolean;
}

export interface TalentView extends Particulars {
  readonly member: string;
  readonly registry: TalentRegistry;
  readonly org_unit: string;
  readonly level_recorded: number | null;
  readonly level_recorded_on: string | null;
  readonly qualifications: QualificationView[];
  readonly registered_on: string;
  readonly ended_on: string | null;
}

const particulars = `t.categories, t.specialties, t.interests, t.availability, t.entry::text as entry`;
/** `today` stands in a parameter: the ledger's day is the clock's to say. */
const columnsOn = (today: string) => `t.member_id as member, t.registry, m.org_unit_id as org_unit, ${particulars},
  t.level as level_recorded, t.level_on::text as level_recorded_on, t.registered_on::text as registered_on, t.ended_on::text as ended_on,
  coalesce((select json_agg(json_build_object('number', q.number, 'kind', q.kind, 'evidence', q.evidence,
      'valid_until', q.valid_until::text, 'ended_on', q.ended_on::text, 'counts', ${countsOn(today)}) order by q.number)
    from timebank.talent_qualifications q
    where q.ledger_id = $1 and q.member_id = t.member_id and q.registry = t.registry), '[]') as qualifications`;
const source = `timebank.talents t join timebank.members m on m.ledger_id = t.ledger_id and m.member_id = t.member_id`;

/** SQL: a qualification `q` counts on the day in a parameter. */
function countsOn(day: string): string {
  return `(coalesce(q.valid_until, ${day}::text::date) >= ${day}::text::date and (q.ended_on is null or q.ended_on > ${day}::text::date))`;
}

type Row = Readonly<Record<string, unknown>>;

/** Lists and times as they are meant, rather than as they are kept. */
function wordsOf(row: Row) {
  const text = (name: string) => String(row[name] ?? '');
  return {
    categories: readWords<TalentCategory>(text('categories')),
    specialties: readWords<string>(text('specialties')),
    interests: readWords<string>(text('interests')),
    availability: readWeeklyHours(text('availability')),
  };
}

function viewOf(row: Row): TalentView {
  return { ...row, ...wordsOf(row) } as unknown as TalentView;
}

export interface TalentFilters {
  readonly reach: Reach;
  readonly orgUnit: string | null;
  readonly registry: TalentRegistry | null;
  readonly category: TalentCategory | null;
  readonly specialty: string | null;
  /** Only those who have one of this kind that counts on `today`. */
  readonly qualification: QualificationKind | null;
  readonly today: string;
}

/** Talents that have not ended, by member and registry, from after `M1/silver` on. */
export async function listTalents(
  sql: Pool,
  ledgerId: number,
  page: TalentFilters & { after: string; limit: number },
): Promise<TalentView[]> {
  const [member = '', registry = ''] = page.after.split('/');
  const rows = await sql.unsafe(
    `select ${columnsOn('$10')} from ${source}
     where t.ledger_id = $1 and (t.member_id, t.registry) > ($2::text, $3::text) and t.ended_on is null
       and ${memberWithinSql('m', '$4')} and ${memberWithinSql('m', '$5')}
       and ($6::text is null or t.registry = $6::text)
       and ($7::text is null or $7::text = any(string_to_array(t.categories, ' ')))
       and ($8::text is null or $8::text = any(string_to_array(t.specialties, ' ')))
       and ($9::text is null or exists (select from timebank.talent_qualifications q where q.ledger_id = $1
         and q.member_id = t.member_id and q.registry = t.registry and q.kind = $9::text and ${countsOn('$10')}))
     order by t.member_id, t.registry limit $11`,
    [
      ledgerId,
      member,
      registry,
      page.reach,
      page.orgUnit,
      page.registry,
      page.category,
      page.specialty,
      page.qualification,
      page.today,
      page.limit,
    ],
    prepared,
  );
  return rows.map(viewOf);
}

/** Refuses: `talent_not_found`, also when the member's unit lies out of reach. */
export async function readTalent(
  sql: Pool,
  ledgerId: number,
  { member, registry }: TalentName,
  { reach, today }: { reach: Reach; today: string },
): Promise<TalentView> {
  const [row] = await sql.unsafe(
    `select ${columnsOn('$5')} from ${source}
     where t.ledger_id = $1 and t.member_id = $2 and t.registry = $3 and ${memberWithinSql('m', '$4')}`,
    [ledgerId, member, registry, reach, today],
    prepared,
  );
  if (!row) throw talentNotFound(member, registry);
  return viewOf(row);
}

export interface TalentChangeView extends Particulars {
  readonly change: TalentChangeKind;
  readonly qualification: number | null;
  readonly level: number | null;
  readonly effective_on: string;
  readonly changed_by: string;
}

/** What became of a talent, oldest first, from after an entry on. Refuses: `talent_not_found`, also when it lies out of reach. */
export async function listTalentChanges(
  sql: Pool,
  ledgerId: number,
  page: TalentName & { reach: Reach; today: string; after: string; limit: number },
): Promise<TalentChangeView[]> {
  await readTalent(sql, ledgerId, page, page);
  const rows = await sql.unsafe(
    `select t.change, t.qualification, t.level, t.effective_on::text as effective_on, t.changed_by, ${particulars}
     from timebank.talent_changes t
     where t.ledger_id = $1 and t.member_id = $2 and t.registry = $3 and t.entry > $4::text::bigint order by t.entry limit $5`,
    [ledgerId, page.member, page.registry, page.after || '0', page.limit],
    prepared,
  );
  return rows.map((row) => ({ ...row, ...wordsOf(row) }) as unknown as TalentChangeView);
}

export interface SpecialtyView {
  readonly kind: SpecialtyKind;
  readonly code: string;
  readonly name_zh: string;
  readonly name_en: string | null;
  readonly entry: string;
}

/** Codes by kind and code, from after `interest/chess` on. */
export async function listSpecialties(
  sql: Pool,
  ledgerId: number,
  page: { kind: SpecialtyKind | null; after: string; limit: number },
): Promise<SpecialtyView[]> {
  const [kind = '', code = ''] = page.after.split('/');
  const rows = await sql.unsafe(
    `select s.kind, s.code, s.name_zh, s.name_en, s.entry::text as entry from timebank.specialties s
     where s.ledger_id = $1 and (s.kind, s.code) > ($2::text, $3::text) and ($4::text is null or s.kind = $4::text)
     order by s.kind, s.code limit $5`,
    [ledgerId, kind, code, page.kind, page.limit],
    prepared,
  );
  return rows as unknown as SpecialtyView[];
}
