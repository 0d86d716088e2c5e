/**
 * Reading the talents who could take an order, in groups that have the same facts in common: first those who know the work or live in the
 * community, who are few, then neighbours, then all. It weighs nothing.
 */
import type { Pool } from '../../../db/connect.js';
import type { QualificationKind, TalentCategory } from '../../community-words.js';
import { memberWithinSql, type Reach } from '../../people/reach.js';
import { groupTalents } from './groups.js';
import type { At } from './reads.js';
import type { Group } from './shortlist.js';

export interface Wanted {
  /** Where the order takes place. */
  readonly unit: string;
  /** What the service is called as a specialty. */
  readonly specialty: string;
  readonly category: TalentCategory | null;
  /** What the service takes of who gives it, on `day`. */
  readonly qualification: QualificationKind | null;
  readonly day: string;
  readonly reach: Reach;
}

/** Units of the subdistrict of $7, each with the level of the lowest unit that both lie in; walked once, from the subdistrict down. */
const nearUnits = `
  chain as (
    select u.org_unit_id, u.parent_id, u.level from timebank.org_units u where u.ledger_id = $1 and u.org_unit_id = $7
    union all
    select u.org_unit_id, u.parent_id, u.level from timebank.org_units u
    join chain c on u.ledger_id = $1 and u.org_unit_id = c.parent_id),
  near as (
    select c.org_unit_id, c.level as nearest from chain c where c.level in ('subdistrict', 'township')
    union all
    select u.org_unit_id, coalesce(c.level, n.nearest) from near n
    join timebank.org_units u on u.ledger_id = $1 and u.parent_id = n.org_unit_id
    left join chain c on c.org_unit_id = u.org_unit_id)`;

/** Members with a home in those units that a condition names. */
const livingIn = (condition: string) => `
    select m.member_id, n.nearest from near n
    join timebank.members m on m.ledger_id = $1 and m.org_unit_id = n.org_unit_id where ${condition}
    union all
    select m.member_id, n.nearest from near n
    join timebank.members m on m.ledger_id = $1 and m.second_org_unit_id = n.org_unit_id where ${condition}`;

const qualified = `
  qualified as materialized (
    select distinct q.member_id from timebank.talent_qualifications q
    where q.ledger_id = $1 and q.kind = $5::text and coalesce(q.valid_until, $6::text::date) >= $6::text::date
      and (q.ended_on is null or q.ended_on > $6::text::date))`;

const hasSpecialty = `strpos(' ' || t.specialties || ' ', ' ' || $3::text || ' ') > 0`;

/** All talents as lines that `groupTalents` reads. */
const lines = (
  nearest: string,
  isActive: string,
) => `string_agg(concat_ws(' ', t.member_id, ${nearest}, (${hasSpecialty})::int,
      (strpos(' ' || t.categories || ' ', ' ' || $4::text || ' ') > 0)::int,
      case when not ${isActive} then 'suspended' when $5::text is not null and q.member_id is null then 'unqualified' else '-' end), ',')`;

const isWithin = (alias: string) => memberWithinSql(alias, '$2');

/** Few are foremost, which the planner cannot know: each is looked up by itself. */
const foremostStatement = `
  with recursive ${nearUnits}, ${qualified},
  foremost as materialized (
    select t.member_id from timebank.talents t where t.ledger_id = $1 and t.ended_on is null and ${hasSpecialty}
    union
    select l.member_id from (${livingIn(`n.nearest not in ('subdistrict', 'township')`)}) l)
  select ${lines(
    `coalesce(n.nearest, '-'), case when m.second_org_unit_id is null then '-'
      else coalesce((select s.nearest from near s where s.org_unit_id = m.second_org_unit_id), '-') end`,
    `m.state = 'active'`,
  )} as talents
  from foremost f
  cross join lateral (select * from timebank.talents t where t.ledger_id = $1 and t.member_id = f.member_id and t.ended_on is null offset 0) t
  cross join lateral (select * from timebank.members m where m.ledger_id = $1 and m.member_id = f.member_id and m.state <> 'merged' offset 0) m
  left join near n on n.org_unit_id = m.org_unit_id
  left join qualified q on q.member_id = t.member_id
  where ${isWithin('m')}`;

/** Who does not take part, for those who are not looked up as members. */
const resting = `
  resting as materialized (
    select m.member_id, m.state from timebank.members m where m.ledger_id = $1 and m.state <> 'active')`;

const neighboursStatement = `
  with recursive ${nearUnits}, ${qualified}, ${resting},
  living as materialized (${livingIn(`n.nearest in ('subdistrict', 'township')`)})
  select ${lines(`n.nearest, '-'`, '(r.member_id is null)')} as talents
  from timebank.talents t
  join living n on n.member_id = t.member_id
  left join resting r on r.member_id = t.member_id
  left join qualified q on q.member_id = t.member_id
  where t.ledger_id = $1 and t.ended_on is null and not ${hasSpecialty} and r.state is distinct from 'merged'`;

const allStatement = `
  with ${qualified}, ${resting}
  select ${lines(`'-', '-'`, '(r.member_id is null)')} as talents
  from timebank.talents t
  left join resting r on r.member_id = t.member_id
  left join qualified q on q.member_id = t.member_id
  where t.ledger_id = $1 and t.ended_on is null and r.state is distinct from 'merged'`;

/** The same within a reach. */
const bounded = (statement: string) => `${statement} and ($2::text is null or exists (select from timebank.members b
    where b.ledger_id = $1 and b.member_id = t.member_id and ${isWithin('b')}))`;

/** Talents within reach who have the specialty, or live in the community of the order. */
export function readForemost(sql: Pool, at: At, wanted: Wanted): Promise<Group[]> {
  return readGroups(sql, at, wanted, { text: foremostStatement, near: true });
}

/** Talents within reach who live in the subdistrict, without the specialty. */
export function readNeighbours(sql: Pool, at: At, wanted: Wanted): Promise<Group[]> {
  return readGroups(sql, at, wanted, { text: bounded(neighboursStatement), near: true });
}

/** All talents within reach, as if they lived far away. */
export function readAll(sql: Pool, at: At, wanted: Wanted): Promise<Group[]> {
  return readGroups(sql, at, wanted, { text: bounded(allStatement), near: false });
}

interface Statement {
  readonly text: string;
  /** Whether it asks where the order takes place. */
  readonly near: boolean;
}

async function readGroups(sql: Pool, { ledgerId }: At, wanted: Wanted, { text, near }: Statement): Promise<Group[]> {
  const { unit, specialty, category, qualification, day, reach } = wanted;
  const parameters = [ledgerId, reach, specialty, category ?? '', qualification, day];
  const [row] = await sql.unsafe(text, near ? [...parameters, unit] : parameters, { prepare: true });
  return groupTalents((row?.['talents'] as string | null) ?? '');
}
