/** Checks on who approves, by the days on which they did. Whoever acts under several roles is one person. */
import { personIn } from '../../credit/merge-checks.js';
import { checkOf, listed } from './check.js';
import { entryAfter, firstEntry, standing, zone } from './sources.js';

const approvedWithin = `r.entry >= ${firstEntry} and r.entry < ${entryAfter}`;

/** SQL: service records approved on the days asked for, as `approved`, with who approved each. */
const approved = `${standing(approvedWithin)},
    approvers as materialized (
      select a.approved_by, coalesce(m.merged_into, ${personIn('a.approved_by')}) as approver
      from (select distinct r.approved_by from timebank.service_records r where r.ledger_id = $1 and ${approvedWithin}) a
      left join timebank.members m on m.ledger_id = $1 and m.member_id = ${personIn('a.approved_by')}),
    approved as materialized (
      select s.id, s.entry, s.volunteer, s.order_id, s.corrects, a.approver from standing s join approvers a on a.approved_by = s.approved_by)`;

export const approvalsForOne = checkOf({
  code: 'approvals_for_one',
  roles: ['approver', 'volunteer'],
  figures: ['approvals', 'approvals_for_volunteer', 'share'],
  rules: ['approvals_share_percent', 'approvals_min'],
  sql: ({ number }) => `
    with ${approved},
    sums as (
      select a.approver, a.volunteer, count(*) as for_volunteer, sum(count(*)) over (partition by a.approver)::bigint as approvals
      from approved a group by a.approver, a.volunteer),
    large as (
      select s.* from sums s
      where s.approvals >= ${number('approvals_min')} and s.for_volunteer * 100 >= ${number('approvals_share_percent')} * s.approvals)
    select l.approver || ' ' || l.volunteer as key, l.for_volunteer as weight, array[l.approver, l.volunteer] as subjects,
      array[l.approvals, l.for_volunteer, l.for_volunteer * 100 / l.approvals] as figures,
      ${listed('a.entry', 'a.entry')} as entries, ${listed('a.id', 'a.entry')} as records
    from large l join approved a on a.approver = l.approver and a.volunteer = l.volunteer
    group by l.approver, l.volunteer, l.approvals, l.for_volunteer`,
});

/** SQL: records that files brought in: their approver is named once for the whole file. */
const imported = `imported as materialized (
      select distinct l.external_id as id from timebank.imports i
      join timebank.import_rows l on l.ledger_id = $1 and l.import_id = i.import_id and l.state = 'imported'
      where i.ledger_id = $1 and i.kind = 'visits')`;

/** Of each day and approver, the minutes in which most was approved. */
export const approvalsInBurst = checkOf({
  code: 'approvals_in_burst',
  roles: ['approver'],
  figures: ['approvals_at_once'],
  rules: ['approvals_burst', 'approvals_burst_minutes'],
  sql: ({ number }) => `
    with ${approved},
    ${imported},
    acts as materialized (
      select a.approver, min(a.entry) as entry, min(a.id) as id, min(e.recorded_at) as at
      from approved a
      join timeledger.entries e on e.ledger_id = $1 and e.number = a.entry
      where not exists (select from imported i where i.id = a.id)
      group by a.approver, case when a.corrects is null then a.order_id end, case when a.corrects is not null or a.order_id is null then a.id end),
    spans as (
      select a.*, (a.at at time zone ${zone})::date as day, count(*) over (partition by a.approver order by a.at
        range between ${number('approvals_burst_minutes')} * interval '1 minute' preceding and current row) as approvals
      from acts a),
    fullest as (
      select distinct on (s.approver, s.day) s.* from spans s
      where s.approvals >= ${number('approvals_burst')}
      order by s.approver, s.day, s.approvals desc, s.entry)
    select f.approver || ' ' || f.day as key, f.approvals as weight, array[f.approver] as subjects, array[f.approvals] as figures,
      ${listed('a.entry', 'a.entry')} as entries, ${listed('a.id', 'a.entry')} as records
    from fullest f join acts a on a.approver = f.approver and a.at <= f.at
      and a.at >= f.at - ${number('approvals_burst_minutes')} * interval '1 minute'
    group by f.approver, f.day, f.approvals`,
});
