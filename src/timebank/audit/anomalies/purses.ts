/** Checks on what members do with what they hold: redeeming it within minutes, or not touching it for a long time. */
import { assetOfPurse, type Purse, type TimebankKind } from '../../chart.js';
import { checkOf, listed } from './check.js';
import { entryAfter, firstEntry, firstReceipt, lastDay, wholeOf, zone } from './sources.js';

const quoted = (kinds: readonly TimebankKind[]) => kinds.map((kind) => `'${kind}'`).join(', ');

/** By these a member gets back what was theirs before: nothing is received. */
const givingBack: readonly TimebankKind[] = [
  'redemption_voided',
  'redemption_expired',
  'redemption_refunded',
  'points_reinstated',
  'gift_declined',
  'gift_withdrawn',
  'gift_expired',
  'member_merged',
];
/** By these points leave a purse for a redemption. */
const redeeming: readonly TimebankKind[] = ['redemption_authorised', 'redemption_captured'];
/** By these a purse becomes less without its member having spent anything. */
const takingAway: readonly TimebankKind[] = ['member_merged', 'member_settled', 'service_recomputed', 'points_expired'];

/** SQL: the entry `e` stands: it is no reversal, and was not reversed. */
const stands = `e.reverses is null and not exists (select from timeledger.entries x where x.ledger_id = $1 and x.reverses = e.number)`;

/** SQL: the redemption that an entry wrote, by the name of its row in the leaf. */
const redemptionOf = (leaf: string) =>
  `jsonb_path_query_first(${leaf}::jsonb, '$.rows[*] ? (@.table == "redemptions").key') #>> '{}'`;

/**
 * Of redemptions that were recorded on the day on which they took effect, as they stand: less what was given back. What was recorded later, such as a file of
 * past redemptions, says nothing of minutes.
 */
export const quickRedemption = checkOf({
  code: 'quick_redemption',
  roles: ['member'],
  figures: ['points_redeemed', 'points_received', 'time_between'],
  rules: ['quick_redemption_minutes', 'quick_redemption_points'],
  sql: ({ number }) => {
    const minutes = `${number('quick_redemption_minutes')} * interval '1 minute'`;
    return `
    with moves as materialized (
      select coalesce(m.merged_into, m.member_id) as person, p.entry, -p.amount as amount, e.recorded_at as at, p.amount > 0 as is_redemption
      from timebank.members m
      join timeledger.accounts a on a.ledger_id = $1 and a.code = 'member:' || m.member_id || ':points'
      join timeledger.postings p on p.ledger_id = $1 and p.account_id = a.account_id and p.entry >= ${firstReceipt} and p.entry < ${entryAfter}
      join timeledger.entries e on e.ledger_id = $1 and e.number = p.entry
      where m.ledger_id = $1 and e.kind not in (${quoted(givingBack)}) and (p.amount < 0 or e.kind in (${quoted(redeeming)})) and ${stands}),
    spans as (
      select v.*, max(v.at) filter (where not v.is_redemption) over (partition by v.person order by v.entry rows unbounded preceding) as received_at
      from moves v),
    quick as (
      select s.person, s.entry, s.at, s.received_at, r.redemption_id, r.authorised - r.released - r.refunded as points
      from spans s
      join timeledger.entries e on e.ledger_id = $1 and e.number = s.entry
      join timebank.redemptions r on r.ledger_id = $1 and r.redemption_id = (${redemptionOf('e.leaf')})::uuid
      where s.is_redemption and s.at - s.received_at <= ${minutes} and s.entry >= ${firstEntry}
        and e.effective_on = (s.at at time zone ${zone})::date)
    select q.person || ' ' || q.entry as key, q.points as weight, array[q.person] as subjects,
      array[q.points, sum(v.amount)::bigint, ${wholeOf('q.at - q.received_at', 60)}] as figures,
      ${listed('v.entry', 'v.entry')} || q.entry as entries, array[q.redemption_id::text] as records
    from quick q
    join moves v on v.person = q.person and not v.is_redemption and v.entry < q.entry and v.at >= q.at - ${minutes}
    where q.points >= ${number('quick_redemption_points')}
    group by q.person, q.entry, q.at, q.received_at, q.redemption_id, q.points`;
  },
});

/** The first day is no matter: what counts is the last one, and the months before it. */
function idlePurse(purse: Purse & ('coins' | 'points')) {
  const { scale } = assetOfPurse(purse);
  return checkOf({
    code: `idle_${purse}`,
    roles: ['member'],
    figures: [`${purse}_held`, 'time_idle'],
    rules: [`idle_${purse}`, 'idle_months'],
    sql: ({ number }) => {
      const since = `(${lastDay} - ${number('idle_months')}::integer * interval '1 month')::date`;
      const least = `${number(`idle_${purse}`)} * ${10 ** scale}`;
      const heldOn = (day: string) => `case when a.day <= ${day} then a.credits - a.debits else coalesce((
        select sum(d.credits - d.debits) from timeledger.earlier_days d
        where d.ledger_id = $1 and d.account_id = a.account_id and d.day <= ${day}), 0) end`;
      return `
    with purses as materialized (
      select coalesce(m.merged_into, m.member_id) as person, a.account_id, ${heldOn(lastDay)} as held, ${heldOn(since)} as held_before
      from timebank.members m
      join timeledger.accounts a on a.ledger_id = $1 and a.code = 'member:' || m.member_id || ':${purse}'
      where m.ledger_id = $1),
    full_purses as materialized (
      select p.person, sum(p.held)::bigint as held, array_agg(p.account_id) as accounts from purses p
      group by p.person having sum(p.held) >= ${least} and sum(p.held_before) >= ${least}),
    idle as (
      select f.*, spent.entry as spent_entry, coalesce(spent.day, received.first_day) as idle_since, received.entry as received_entry
      from full_purses f
      cross join lateral (
        select max(p.entry) as entry, max(p.effective_on) as day from timeledger.postings p
        join timeledger.entries e on e.ledger_id = $1 and e.number = p.entry
        where p.ledger_id = $1 and p.account_id = any(f.accounts) and p.amount > 0 and p.effective_on <= ${lastDay}
          and e.kind not in (${quoted(takingAway)}) and ${stands}) spent
      cross join lateral (
        select max(p.entry) as entry, min(p.effective_on) as first_day from timeledger.postings p
        where p.ledger_id = $1 and p.account_id = any(f.accounts) and p.amount < 0 and p.effective_on <= ${lastDay}) received
      where spent.day is null or spent.day <= ${since})
    select i.person as key, i.held as weight, array[i.person] as subjects,
      array[i.held, (extract(year from age(${lastDay}, i.idle_since)) * 12 + extract(month from age(${lastDay}, i.idle_since)))::bigint] as figures,
      case when i.spent_entry is null then array[i.received_entry]
        else array[least(i.spent_entry, i.received_entry), greatest(i.spent_entry, i.received_entry)] end as entries,
      array[]::text[] as records
    from idle i`;
    },
  });
}

export const idleCoins = idlePurse('coins');
export const idlePoints = idlePurse('points');
