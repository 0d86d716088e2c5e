/** Since when and until when members were related, in SQL: as `kinshipOn` (people/kin-history.ts) judges a day. */
import { zone } from './sources.js';

/**
 * Table expressions of which `kin_spans` says of two people, by the ids that they have now, the smaller one first, from which day on (null: ever since) and up to which
 * (null: still) they were verified to be relatives. What was a mistake never was; what was claimed anew after an end counts from that day.
 */
export const kinSpans = `relations as (
      select k.member_id, k.relative_id, k.claimed_at, k.verified_by, k.ended_on, k.end_reason
      from timebank.kin k where k.ledger_id = $1
      union all
      select k.member_id, k.relative_id, f.claimed_at, f.verified_by, f.ended_on, f.end_reason
      from timebank.kin k
      cross join lateral jsonb_to_recordset(k.former::jsonb)
        as f(claimed_at timestamp with time zone, verified_by text, ended_on date, end_reason text)
      where k.ledger_id = $1 and k.former is not null),
    verified as (
      select least(p.person, q.person) as one, greatest(p.person, q.person) as other, r.claimed_at,
        (r.claimed_at at time zone ${zone})::date as claimed_on, r.ended_on
      from relations r
      cross join lateral (select coalesce(m.merged_into, m.member_id) as person from timebank.members m
        where m.ledger_id = $1 and m.member_id = r.member_id) p
      cross join lateral (select coalesce(m.merged_into, m.member_id) as person from timebank.members m
        where m.ledger_id = $1 and m.member_id = r.relative_id) q
      where r.verified_by is not null and r.end_reason is distinct from 'mistaken'),
    kin_spans as materialized (
      select v.one, v.other, v.ended_on as until, case when min(v.ended_on) over (partition by v.one, v.other order by v.claimed_at
        rows between unbounded preceding and 1 preceding) <= v.claimed_on then v.claimed_on end as since
      from verified v)`;
