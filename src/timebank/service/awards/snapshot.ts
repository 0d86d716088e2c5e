/**
 * Whom criteria find in the books as they stood at an entry: corrected, moved, suspended or merged is who was so by then, whatever came later. So
 * the same question has the same answer at any time, and its SHA-256 says whether it is the same. Reads the books, and writes nothing.
 */
import { hash } from 'node:crypto';
import type { ISql } from 'postgres';
import { canonicalJson } from '../../../lib/canonical-json.js';
import type { AwardMeasure, TieRule } from '../../award-words.js';
import { type AwardCriteria, hundredths, type RankingCriteria, type ThresholdCriteria } from './criteria.js';

/** Counted up when the same books give another answer: `verify` repeats only what this version found. */
export const snapshotMethod = 1;

/** As many rows as one command writes. */
export const mostCandidates = 1_000;

export interface SnapshotAsked {
  readonly criteria: AwardCriteria;
  /** With all below it, as the tree stood at the entry. */
  readonly unit: string;
  /** Days of service, both included; null: from the first one on. */
  readonly from: string | null;
  readonly to: string;
  readonly atEntry: number;
}

export interface Candidate {
  readonly number: number;
  readonly member: string;
  readonly place: number | null;
  readonly level: number | null;
  /** In the last decimal place of the measure. */
  readonly value: bigint;
  readonly records: number;
  /** The day of what brought the value up to what it is. */
  readonly reached_on: string;
}

export interface Snapshot {
  /** How many came up to what the criteria ask of all. */
  readonly ranked: number;
  /** One more than there may be, if there are too many. */
  readonly candidates: readonly Candidate[];
  readonly text: string;
  readonly sha256: string;
}

/** SQL: who was whom at the entry $2, of those who had been merged into another by then. */
const persons = `merged as materialized (
    select g.member_id, g.into_id from timebank.member_merges g
    where g.ledger_id = $1 and g.status = 'merged' and g.entry <= $2::text::bigint),
  chains as (
    select m.member_id, m.into_id from merged m
    union all
    select c.member_id, m.into_id from chains c join merged m on m.member_id = c.into_id),
  persons as materialized (
    select c.member_id, c.into_id as person from chains c where not exists (select from merged m where m.member_id = c.into_id))`;

/** SQL: the unit $3 and what stood below it at the entry. */
const below = `tree as materialized (
    select u.org_unit_id, case when c.known then c.parent_id else u.parent_id end as parent_id
    from timebank.org_units u
    left join lateral (select true as known, c.parent_id from timebank.org_unit_changes c
      where c.ledger_id = $1 and c.org_unit_id = u.org_unit_id and c.entry <= $2::text::bigint order by c.entry desc limit 1) c on true
    where u.ledger_id = $1),
  below as (
    select $3::text as org_unit_id
    union all
    select t.org_unit_id from tree t join below b on t.parent_id = b.org_unit_id)`;

const inDays = (day: string) => `${day} <= $5::text::date and ($4::text is null or ${day} >= $4::text::date)`;

/** SQL: the service of those days that stood at the entry, by who gave and received it. */
const served = `records as materialized (
    select coalesce(p.person, r.volunteer_id) as person, coalesce(q.person, r.recipient_id) as recipient, r.served_on, r.hours
    from timebank.service_records r
    left join persons p on p.member_id = r.volunteer_id
    left join persons q on q.member_id = r.recipient_id
    where r.ledger_id = $1 and r.entry <= $2::text::bigint and ${inDays('r.served_on')}
      and not exists (select from timeledger.entries v where v.ledger_id = $1 and v.reverses = r.entry and v.number <= $2::text::bigint)),
  served as (
    select r.person, sum(r.hours) as hours, count(*) as records, max(r.served_on) as last_on from records r group by r.person)`;

/** SQL: each with `person`, `value` and the day on which it was reached. */
const measured: Readonly<Record<AwardMeasure, string>> = {
  hours: `select s.person, s.hours as value, s.last_on as reached_on from served s`,
  records: `select s.person, s.records as value, s.last_on as reached_on from served s`,
  recipients: `select f.person, count(*) as value, max(f.first_on) as reached_on
    from (select r.person, r.recipient, min(r.served_on) as first_on from records r where r.recipient <> r.person group by 1, 2) f
    group by f.person`,
  // An item is what its version of that time said.
  points: `select coalesce(p.person, i.member_id) as person, sum(i.points) as value, max(i.occurred_on) as reached_on
    from (select n.member_id, n.occurred_on, n.points from timebank.intake_items n
        where n.ledger_id = $1 and n.entry <= $2::text::bigint
      union all
      select o.member_id, o.occurred_on, o.points from timebank.intake_versions o
        where o.ledger_id = $1 and o.posted <= $2::text::bigint and o.entry > $2::text::bigint) i
    left join persons p on p.member_id = i.member_id
    where i.points > 0 and ${inDays('i.occurred_on')} group by 1`,
};

/** SQL: figures of those who took part and belonged to the unit at the entry, and were not erased by then. */
const figures = (measure: AwardMeasure) => `with recursive ${persons}, ${below}, ${served},
  figures as materialized (
    select x.person, x.value, x.reached_on, coalesce(s.records, 0) as records, coalesce(s.hours, 0) as hours
    from (${measured[measure]}) x
    left join served s on s.person = x.person
    join timebank.members m on m.ledger_id = $1 and m.member_id = x.person
    left join lateral (select c.state, c.org_unit_id from timebank.member_changes c
      where c.ledger_id = $1 and c.member_id = m.member_id and c.entry <= $2::text::bigint order by c.entry desc limit 1) a on true
    left join lateral (select c.was_state as state, c.was_org_unit_id as org_unit_id from timebank.member_changes c
      where c.ledger_id = $1 and c.member_id = m.member_id and c.entry > $2::text::bigint order by c.entry limit 1) b on a.state is null
    where coalesce(a.state, b.state, m.state) = 'active'
      and coalesce(a.org_unit_id, b.org_unit_id, m.org_unit_id) in (select org_unit_id from below)
      and not exists (select from timebank.erasures e where e.ledger_id = $1 and e.member_id = m.member_id and e.state = 'erased'
        and e.entry <= $2::text::bigint))`;

const orders: Readonly<Record<TieRule, string>> = {
  share: 'f.value desc',
  more_records: 'f.value desc, f.records desc',
  earlier_reached: 'f.value desc, f.reached_on',
};

const ranking = ({ measure, tie_rule: rule }: RankingCriteria) => `${figures(measure)}
  select r.*, null as level from (
    select f.person, f.value, f.records, f.reached_on, rank() over (order by ${orders[rule]}) as place, count(*) over () as ranked
    from figures f where f.hours >= $6::text::bigint and f.records >= $7::text::bigint) r
  where r.place <= $8::text::bigint
  order by r.place, r.person collate "C" limit $9`;

/** Levels of an award that was revoked by then were not awarded. */
const threshold = `${figures('hours')},
  had as (
    select coalesce(p.person, w.member_id) as person, max(w.level) as level
    from timebank.awards w left join persons p on p.member_id = w.member_id
    where w.ledger_id = $1 and w.award = $6::text and w.level is not null and w.entry <= $2::text::bigint
      and not exists (select from timebank.award_revocations v where v.ledger_id = $1 and v.round_id = w.round_id and v.number = w.number
        and v.revoked_entry <= $2::text::bigint)
    group by 1),
  reached as (
    select f.*, (select max(l.level) from unnest($7::text::integer[], $8::text::bigint[]) l(level, hours) where l.hours <= f.value) as level
    from figures f)
  select r.person, r.value, r.records, r.reached_on, null as place, r.level, count(*) over () as ranked
  from reached r left join had h on h.person = r.person
  where r.level > coalesce(h.level, 0)
  order by r.level desc, r.person collate "C" limit $9`;

/** Whom the criteria find, in their order; what is equal stands in the order of the ids. */
export async function takeSnapshot(sql: ISql, ledgerId: number, asked: SnapshotAsked): Promise<Snapshot> {
  const { criteria, unit, from, to, atEntry } = asked;
  const [statement, own] = criteria.kind === 'ranking' ? rankingOf(criteria) : thresholdOf(criteria);
  const parameters = [ledgerId, String(atEntry), unit, from, to, ...own, mostCandidates + 1];
  const rows = await sql.unsafe(
    `select x.person, x.value::text, x.records::text, x.reached_on::text, x.place::text, x.level::text, x.ranked::text from (${statement}) x`,
    parameters,
  );
  const candidates = rows.map((row, i) => ({
    number: i + 1,
    member: row['person'] as string,
    place: numberOf(row['place']),
    level: numberOf(row['level']),
    value: BigInt(row['value']),
    records: Number(row['records']),
    reached_on: row['reached_on'] as string,
  }));
  const ranked = numberOf(rows[0]?.['ranked']) ?? 0;
  const text = textOf(asked, ranked, candidates);
  return { ranked, candidates, text, sha256: hash('sha256', text, 'hex') };
}

const numberOf = (text: string | null | undefined) => (text == null ? null : Number(text));

function rankingOf(criteria: RankingCriteria): [string, string[]] {
  const { minimum_hours: hours, minimum_records: records, places } = criteria;
  return [ranking(criteria), [String(hundredths(hours)), String(records), String(places)]];
}

function thresholdOf({ award, levels }: ThresholdCriteria): [string, string[]] {
  const list = (values: readonly (number | bigint)[]) => `{${values.join(',')}}`;
  return [
    threshold,
    [award, list(levels.map(({ level }) => level)), list(levels.map(({ hours }) => hundredths(hours)))],
  ];
}

/** The question and its answer. Figures are text, in the last decimal place of the measure. */
function textOf(asked: SnapshotAsked, ranked: number, candidates: readonly Candidate[]): string {
  const { criteria, unit, from, to, atEntry } = asked;
  return canonicalJson({
    method: snapshotMethod,
    at_entry: String(atEntry),
    org_unit: unit,
    from,
    to,
    criteria,
    ranked,
    candidates: candidates.map((one) => ({ ...one, value: String(one.value) })),
  });
}
