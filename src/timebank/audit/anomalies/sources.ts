/**
 * What the checks have in common of their SQL: the parameters that all of them take, and the service of some days as it stands now, by who its
 * people are now. It looks for nothing.
 */
import { daysIn, earliestDate } from '../../../lib/clock.js';

/**
 * $1 is the ledger; these are the first and the last day asked for, and the zone in which days are days. Days are passed as numbers, as `dayNumber` has them: text
 * would be read anew for each row.
 */
export const firstDay = `(date '${earliestDate}' + $2::text::integer)`;
export const lastDay = `(date '${earliestDate}' + $3::text::integer)`;
export const zone = '$4::text';

export const dayNumber = (day: string) => String(daysIn(earliestDate, day) - 1);

/** Numbers of entries: the first one that was recorded on the days asked for, the first one after them, and the first one that a redemption on them may have followed at once. */
export const firstEntry = '$6::text::bigint';
export const entryAfter = '$7::text::bigint';
export const firstReceipt = '$8::text::bigint';

/** SQL: whether the service record `r` is of the days asked for, or began up to so many days before. */
export const servedWithin = (daysBefore = '0') =>
  `r.served_on between ${firstDay} - ceil(${daysBefore})::integer and ${lastDay}`;

/**
 * SQL: service records `r` of a condition as a table expression `standing`. What was corrected does not count, what took its place does; the volunteer has the
 * id of now.
 */
export const standing = (condition: string) => `standing as (
    select r.service_record_id collate "C" as id, r.entry, coalesce(v.merged_into, v.member_id) as volunteer, r.recipient_id, r.order_id,
      r.corrects, r.check_in, r.check_out, r.served_on, r.hours, r.approved_by
    from timebank.service_records r
    join timebank.members v on v.ledger_id = $1 and v.member_id = r.volunteer_id
    where r.ledger_id = $1 and ${condition} and not exists (select from timebank.service_corrections c
      where c.ledger_id = $1 and c.service_record_id = r.service_record_id and c.status = 'carried_out'))`;

/**
 * SQL: the same with the recipients, a row for each, as `served`. Of an order, those who were there; who was merged with another of them is there once. Nobody is
 * their own recipient.
 */
export const served = (condition: string) => `${standing(condition)},
  attending as (
    select distinct p.order_id, coalesce(m.merged_into, m.member_id) as person
    from timebank.order_people p
    join timebank.members m on m.ledger_id = $1 and m.member_id = p.member_id
    where p.ledger_id = $1 and p.role = 'recipient' and p.attendance not in ('no_show', 'left')),
  served as (
    select s.id, s.entry, s.volunteer, coalesce(a.person, m.merged_into, m.member_id) as recipient, s.order_id, s.check_in, s.check_out, s.served_on, s.hours
    from standing s
    left join attending a on a.order_id = s.order_id
    left join timebank.members m on m.ledger_id = $1 and m.member_id = s.recipient_id
    where coalesce(a.person, m.merged_into, m.member_id) <> s.volunteer)`;

/** SQL: whoever took part in the records of `served` or, without a known recipient, of `standing`: a row for each record and person. */
export const presence = `presence as (
    select s.volunteer as person, s.id, s.entry, s.order_id, s.check_in, s.check_out, s.served_on, s.hours from standing s
    union all
    select s.recipient, s.id, s.entry, s.order_id, s.check_in, s.check_out, s.served_on, s.hours from served s)`;

/** SQL: whole units of so many seconds in an interval. */
export const wholeOf = (interval: string, seconds: number) =>
  `floor(extract(epoch from ${interval}) / ${seconds})::bigint`;
