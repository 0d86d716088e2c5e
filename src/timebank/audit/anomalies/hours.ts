/** Checks on when service took place: two at one time, at night, too round to be true, after a death. */
import { checkOf, listed } from './check.js';
import { firstDay, presence, served, servedWithin, standing, wholeOf, zone } from './sources.js';

/** Volunteers of one order serve its recipients together: that is no overlap. */
export const overlappingHours = checkOf({
  code: 'overlapping_hours',
  roles: ['member'],
  figures: ['time_together'],
  rules: ['overlap_minutes'],
  sql: ({ number }) => `
    with ${served(servedWithin('1'))},
    ${presence},
    latest as (
      select p.person, p.id, p.entry, p.order_id, p.check_in, p.check_out, p.served_on, max(p.check_out) over (partition by p.person
        order by p.check_in, p.entry rows between unbounded preceding and 1 preceding) as busy_until
      from presence p),
    pairs as (
      select b.person, a.id as a_id, a.entry as a_entry, b.id as b_id, b.entry as b_entry, least(a.check_out, b.check_out) - b.check_in as together
      from latest b
      join presence a on a.person = b.person and (a.check_in, a.entry) < (b.check_in, b.entry) and a.check_out > b.check_in
      where b.busy_until > b.check_in and (a.order_id is null or a.order_id is distinct from b.order_id)
        and greatest(a.served_on, b.served_on) >= ${firstDay})
    select p.person || ' ' || p.a_id || ' ' || p.b_id as key, ${wholeOf('p.together', 60)} as weight, array[p.person] as subjects,
      array[${wholeOf('p.together', 60)}] as figures, array[least(p.a_entry, p.b_entry), greatest(p.a_entry, p.b_entry)] as entries,
      case when p.a_entry < p.b_entry then array[p.a_id, p.b_id] else array[p.b_id, p.a_id] end as records
    from pairs p where p.together >= ${number('overlap_minutes')} * interval '1 minute'`,
});

/** SQL: the time of the record `s` that lies at night. */
const atNight = (from: string, to: string) => `(
      select sum(greatest(least(s.check_out, n.ends) - greatest(s.check_in, n.begins), interval '0')) as time
      from generate_series(date_trunc('day', s.check_in at time zone ${zone}) - interval '1 day',
        date_trunc('day', s.check_out at time zone ${zone}), interval '1 day') d
      cross join lateral (select (d::date + ${from}) at time zone ${zone} as begins,
        (d::date + case when ${to} > ${from} then 0 else 1 end + ${to}) at time zone ${zone} as ends) n)`;

/** SQL: whether the record `s` begins in the night or lasts until the next one: most do neither, and are not measured. */
const touchesNight = (from: string, to: string) => `(
      (s.begins >= ${from} and (${to} <= ${from} or s.begins < ${to})) or (s.begins < ${to} and ${to} <= ${from})
      or s.ends > s.day + case when s.begins < ${from} then 0 else 1 end + ${from})`;

export const nightHours = checkOf({
  code: 'night_hours',
  roles: ['volunteer'],
  figures: ['records', 'night_time', 'longest_night'],
  rules: ['night_from', 'night_to', 'night_minutes'],
  sql: ({ number, clock }) => `
    with ${standing(servedWithin())},
    clocked as (
      select s.*, (s.check_in at time zone ${zone})::date as day, (s.check_in at time zone ${zone})::time as begins, s.check_out at time zone ${zone} as ends
      from standing s),
    nights as (
      select s.*, n.time from clocked s
      cross join lateral ${atNight(clock('night_from'), clock('night_to'))} n
      where ${touchesNight(clock('night_from'), clock('night_to'))} and n.time >= ${number('night_minutes')} * interval '1 minute')
    select n.volunteer as key, ${wholeOf('sum(n.time)', 60)} as weight, array[n.volunteer] as subjects,
      array[count(*), ${wholeOf('sum(n.time)', 60)}, ${wholeOf('max(n.time)', 60)}] as figures,
      ${listed('n.entry', 'n.entry')} as entries, ${listed('n.id', 'n.entry')} as records
    from nights n group by n.volunteer`,
});

export const roundStreak = checkOf({
  code: 'round_streak',
  roles: ['volunteer'],
  figures: ['records', 'hours'],
  rules: ['round_streak', 'round_minutes'],
  sql: ({ number }) => `
    with ${standing(servedWithin())},
    rounded as (
      select s.*, extract(epoch from s.check_out - s.check_in) % (${number('round_minutes')} * 60) = 0 as is_round from standing s),
    streaks as (
      select r.*, count(*) filter (where not r.is_round) over (partition by r.volunteer order by r.check_in, r.entry rows unbounded preceding) as streak
      from rounded r)
    select s.volunteer || ' ' || min(s.entry) as key, count(*) as weight, array[s.volunteer] as subjects,
      array[count(*), sum(s.hours)::bigint] as figures, ${listed('s.entry', 's.entry')} as entries, ${listed('s.id', 's.entry')} as records
    from streaks s where s.is_round
    group by s.volunteer, s.streak having count(*) >= ${number('round_streak')}`,
});

export const hoursAfterDeath = checkOf({
  code: 'hours_after_death',
  roles: ['member'],
  figures: ['records', 'hours', 'days_after_death'],
  rules: ['after_death_days'],
  sql: ({ number }) => `
    with ${served(servedWithin())},
    ${presence},
    deaths as materialized (
      select coalesce(m.merged_into, m.member_id) as person, min(c.effective_on) as died_on
      from timebank.members m
      join timebank.member_changes c on c.ledger_id = $1 and c.member_id = m.member_id and c.kind = 'deceased'
      where m.ledger_id = $1 and m.state <> 'active'
      group by coalesce(m.merged_into, m.member_id))
    select d.person as key, max(p.served_on - d.died_on)::bigint as weight, array[d.person] as subjects,
      array[count(*), sum(p.hours)::bigint, max(p.served_on - d.died_on)::bigint] as figures,
      ${listed('p.entry', 'p.entry')} as entries, ${listed('p.id', 'p.entry')} as records
    from deaths d join presence p on p.person = d.person and p.served_on - d.died_on >= ${number('after_death_days')}
    group by d.person`,
});
