/** Checks on who serves whom: one another, the same one again and again, a relative. */

import { checkOf, listed } from './check.js';
import { kinSpans } from './kin-spans.js';
import { firstDay, served, servedWithin, wholeOf } from './sources.js';

/** The later of the two services is of the days asked for, the earlier one may lie before. */
export const mutualService = checkOf({
  code: 'mutual_service',
  roles: ['member', 'member'],
  figures: ['exchanges', 'shortest_gap'],
  rules: ['mutual_service_hours'],
  sql: ({ number }) => `
    with ${served(servedWithin(`${number('mutual_service_hours')} / 24 + 1`))},
    turns as (
      select least(a.volunteer, b.volunteer) as one, greatest(a.volunteer, b.volunteer) as other, a.entry as a_entry, a.id as a_id,
        b.entry as b_entry, b.id as b_id, greatest(b.check_in - a.check_out, interval '0') as gap
      from served a
      join served b on b.volunteer = a.recipient and b.recipient = a.volunteer and (b.check_in, b.entry) > (a.check_in, a.entry)
        and b.check_in - a.check_out <= ${number('mutual_service_hours')} * interval '1 hour'
      where b.served_on >= ${firstDay}),
    sums as (select t.one, t.other, count(*) as exchanges, min(t.gap) as gap from turns t group by t.one, t.other),
    parts as (
      select t.one, t.other, t.a_entry as entry, t.a_id as id from turns t
      union
      select t.one, t.other, t.b_entry, t.b_id from turns t)
    select s.one || ' ' || s.other as key, s.exchanges as weight, array[s.one, s.other] as subjects,
      array[s.exchanges, ${wholeOf('s.gap', 60)}] as figures, ${listed('p.entry', 'p.entry')} as entries, ${listed('p.id', 'p.entry')} as records
    from sums s join parts p on p.one = s.one and p.other = s.other
    group by s.one, s.other, s.exchanges, s.gap`,
});

/** Of the days asked for, those in which most was given. */
export const frequentPair = checkOf({
  code: 'frequent_pair',
  roles: ['volunteer', 'recipient'],
  figures: ['records', 'hours'],
  rules: ['frequent_pair_records', 'frequent_pair_days'],
  sql: ({ number }) => `
    with ${served(servedWithin())},
    frequent as (
      select s.volunteer, s.recipient from served s group by s.volunteer, s.recipient having count(*) >= ${number('frequent_pair_records')}),
    spans as (
      select s.volunteer, s.recipient, s.served_on, s.entry, count(*) over span as records, sum(s.hours) over span as hours
      from frequent f join served s on s.volunteer = f.volunteer and s.recipient = f.recipient
      window span as (partition by s.volunteer, s.recipient order by s.served_on
        range between (${number('frequent_pair_days')} - 1) * interval '1 day' preceding and current row)),
    fullest as (
      select distinct on (s.volunteer, s.recipient) s.* from spans s
      where s.records >= ${number('frequent_pair_records')}
      order by s.volunteer, s.recipient, s.records desc, s.served_on, s.entry)
    select f.volunteer || ' ' || f.recipient as key, f.records as weight, array[f.volunteer, f.recipient] as subjects,
      array[f.records, f.hours::bigint] as figures, ${listed('s.entry', 's.entry')} as entries, ${listed('s.id', 's.entry')} as records
    from fullest f join served s on s.volunteer = f.volunteer and s.recipient = f.recipient
      and s.served_on > f.served_on - ${number('frequent_pair_days')}::integer and s.served_on <= f.served_on
    group by f.volunteer, f.recipient, f.records, f.hours`,
});

/** By what the two were to each other on the day of service. */
export const householdHours = checkOf({
  code: 'household_hours',
  roles: ['volunteer', 'recipient'],
  figures: ['records', 'hours'],
  rules: ['household_hours'],
  sql: ({ number }) => `
    with ${served(servedWithin())},
    ${kinSpans}
    select s.volunteer || ' ' || s.recipient as key, sum(s.hours)::bigint as weight, array[s.volunteer, s.recipient] as subjects,
      array[count(*), sum(s.hours)::bigint] as figures, ${listed('s.entry', 's.entry')} as entries, ${listed('s.id', 's.entry')} as records
    from served s
    where exists (select from kin_spans k where k.one = least(s.volunteer, s.recipient) and k.other = greatest(s.volunteer, s.recipient)
      and (k.since is null or k.since <= s.served_on) and (k.until is null or s.served_on < k.until))
    group by s.volunteer, s.recipient having sum(s.hours) >= ${number('household_hours')} * 100`,
});
