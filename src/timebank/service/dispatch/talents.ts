/**
 * Reading the talents who could take an order, in groups that have the same facts in common: first those who know the work and those in the
 * community of the order, who are few, then neighbours, then all. It weighs nothing, and whether they take part is looked at later.
 */
import type { Pool } from '../../../db/connect.js';
import type { QualificationKind, TalentCategory } from '../../community-words.js';
import type { Reach } from '../../people/reach.js';
import { groupTalents } from './groups.js';
import type { Group, Hours } from './portions.js';
import type { At } from './reads.js';

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
  readonly hoursOf: (availability: string) => Hours;
}

/** Units of the subdistrict of $6, each with the level of the lowest unit that both lie in; walked once, from the subdistrict down. */
const near = `
  chain as (
    select u.org_unit_id, u.parent_id, u.level from timebank.org_units u where u.ledger_id = $1 and u.org_unit_id = $6
    union all
    select u.org_unit_id, u.parent_id, u.level from timebank.org_units u
    join chain c on u.ledger_id = $1 and u.org_unit_id = c.parent_id),
  near as (
    select c.org_unit_id, c.level as nearest from chain c where c.level in ('subdistrict', 'township')
    union all
    select u.org_unit_id, coalesce(c.level, n.nearest) from near n
    join timebank.org_units u on u.ledger_id = $1 and u.parent_id = n.org_unit_id
    left join chain c on c.org_unit_id = u.org_unit_id)`;

/** Members with a home in units of a list `n`, from the indexes alone; the planner cannot know how few second homes there are. */
const livingIn = (list: string, columns: string) => `
    select ${columns} from ${list} n
    join timebank.members m on m.ledger_id = $1 and m.org_unit_id = n.org_unit_id
    union all
    select ${columns} from ${list} n
    cross join lateral (select m.member_id from timebank.members m
      where m.ledger_id = $1 and m.second_org_unit_id = n.org_unit_id offset 0) m`;

/** Members within the reach of $7. */
const within = `
  below as (
    select u.org_unit_id from timebank.org_units u where u.ledger_id = $1 and u.org_unit_id = $7
    union all
    select u.org_unit_id from timebank.org_units u join below b on u.ledger_id = $1 and u.parent_id = b.org_unit_id),
  within as materialized (${livingIn('below', 'm.member_id')})`;

const hasSpecialty = `string_to_array(t.specialties, ' ') @> array[$2::text]`;

const specialists = `
  specialists as materialized (
    select distinct t.member_id from timebank.talents t where t.ledger_id = $1 and t.ended_on is null and ${hasSpecialty})`;

const qualified = `
  qualified as materialized (
    select q.member_id from timebank.talent_qualifications q
    where q.ledger_id = $1 and q.kind = $4::text and coalesce(q.valid_until, $5::text::date) >= $5::text::date
      and (q.ended_on is null or q.ended_on > $5::text::date))`;

interface Reading {
  readonly ctes: readonly string[];
  /** Talents `t`. */
  readonly from: string;
  /** The level that they share with the place. */
  readonly nearest: string;
}

const isFar = `n.nearest in ('subdistrict', 'township')`;

const readings = {
  foremost: {
    ctes: [
      near,
      specialists,
      `around as materialized (select n.org_unit_id, n.nearest from near n where not ${isFar})`,
      // Each home of who knows the work by itself, looked up by the member: most live far away.
      `foremost as materialized (
    select s.member_id, n.nearest from specialists s
    join timebank.members m on m.ledger_id = $1 and m.member_id = s.member_id
    cross join lateral (values (m.org_unit_id), (m.second_org_unit_id)) h(org_unit_id)
    left join near n on n.org_unit_id = h.org_unit_id
    where h.org_unit_id is not null
    union${livingIn('around', 'm.member_id, n.nearest')})`,
    ],
    // Talents are looked up one by one: few who live there are any, which the planner cannot know.
    from: `foremost l
      cross join lateral (select * from timebank.talents t where t.ledger_id = $1 and t.member_id = l.member_id offset 0) t
      where t.ended_on is null`,
    nearest: `coalesce(l.nearest, '-')`,
  },
  // Not a join: it would look up every neighbour, of whom few are talents.
  neighbours: {
    ctes: [near],
    from: `timebank.talents t where t.ledger_id = $1 and t.ended_on is null
      and (t.member_id in (${livingIn('near', 'm.member_id')})) is true`,
    nearest: `(select n.nearest from near n where ${isFar} limit 1)`,
  },
  all: { ctes: [], from: 'timebank.talents t where t.ledger_id = $1 and t.ended_on is null', nearest: `'-'` },
} satisfies Record<string, Reading>;

/** Lines as `groupTalents` reads them. All take the same parameters, whether they ask about unit and reach or not. */
function statementOf({ ctes, from, nearest }: Reading, isBounded: boolean): string {
  const all = [`asked as (select $6::text, $7::text)`, ...ctes, qualified, ...(isBounded ? [within] : [])];
  return `with recursive ${all.join(',')}
  select string_agg(concat_ws(' ', g.members, g.facts), E'\\n') as lines
  from (select string_agg(t.member_id, ',') as members,
      concat_ws(' ', ${nearest}, (${hasSpecialty})::int, (string_to_array(t.categories, ' ') @> array[$3::text])::int,
        ($4::text is null or t.member_id in (select q.member_id from qualified q))::int, t.availability) as facts
    from ${from}${isBounded ? ' and t.member_id in (select w.member_id from within w)' : ''} group by 2) g`;
}

const statements = Object.fromEntries(
  Object.entries(readings).map(([name, reading]) => [
    name,
    { whole: statementOf(reading, false), bounded: statementOf(reading, true) },
  ]),
) as Record<keyof typeof readings, { readonly whole: string; readonly bounded: string }>;

/**
 * Talents within reach: `foremost`, who have the specialty, or live in the community of the order; `neighbours` in the subdistrict, as if none
 * lived nearer; `all`, as if they lived far away.
 */
export async function readTalents(
  sql: Pool,
  { ledgerId }: At,
  which: keyof typeof readings,
  wanted: Wanted,
): Promise<Group[]> {
  const { unit, specialty, category, qualification, day, reach, hoursOf } = wanted;
  const { whole, bounded } = statements[which];
  const parameters = [ledgerId, specialty, category ?? '', qualification, day, unit, reach];
  const [row] = await sql.unsafe(reach === null ? whole : bounded, parameters, { prepare: true });
  return groupTalents((row?.['lines'] as string | null) ?? '', hoursOf);
}
