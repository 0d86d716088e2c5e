-- Results of reconciliations do not ride through the lane: they are written here in pieces, each run's under an attempt of its
-- own, and mean nothing until the lane's commit lets the run name that attempt with its count and digest. Nothing is added to a
-- run that is done, and no row is ever changed.
create trigger reconciliation_results_no_update before update on timebank.reconciliation_results
  for each row execute function timeledger.refuse_change();
--> statement-breakpoint
-- The lane has no part in them.
drop function timebank.add_reconciliation_results(integer, json);
--> statement-breakpoint
-- Writes a piece of an attempt, and answers how many rows it had. Fails with TL004 when the run is not there or is done.
create function timebank.stage_results(p_ledger text, p_run text, p_attempt text, p_rows text) returns bigint
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_ledger integer := p_ledger::integer;
  v_run uuid := p_run::uuid;
  v_count bigint;
begin
  if not exists (select from timebank.reconciliations c
                 where c.ledger_id = v_ledger and c.reconciliation_id = v_run and c.status = 'running') then
    raise exception 'reconciliation % takes no results', p_run using errcode = 'TL004';
  end if;
  insert into timebank.reconciliation_results
    (ledger_id, reconciliation_id, attempt, partner_reference, status, direction, reason, ledger_points, ledger_cny,
      statement_points, statement_cny, redemption_ids, entries, lines, outside_lines, reason_lines, redeemed_on, booked_on)
    select v_ledger, v_run, p_attempt::uuid, r.partner_reference, r.status, r.direction, r.reason, r.ledger_points, r.ledger_cny,
      r.statement_points, r.statement_cny, r.redemption_ids, r.entries, r.lines, r.outside_lines, r.reason_lines, r.redeemed_on,
      r.booked_on
    from json_populate_recordset(null::timebank.reconciliation_results, p_rows::json) r;
  get diagnostics v_count = row_count;
  return v_count;
end $$;
--> statement-breakpoint
-- Removes what attempts before an id (UUIDs of version 7: before a moment) left behind and no run names, at most so many rows.
-- Attempts are found by leaping from one to the next along the primary key. Answers how many rows went.
create function timebank.sweep_results(p_ledger text, p_before text, p_rows text) returns bigint
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_ledger integer := p_ledger::integer;
  v_left bigint := p_rows::bigint;
  v_count bigint;
  v_attempt record;
begin
  for v_attempt in
    with recursive attempts as (
      (select r.reconciliation_id, r.attempt from timebank.reconciliation_results r
       where r.ledger_id = v_ledger order by r.reconciliation_id, r.attempt limit 1)
      union all
      select n.reconciliation_id, n.attempt from attempts a
      cross join lateral (select r.reconciliation_id, r.attempt from timebank.reconciliation_results r
        where r.ledger_id = v_ledger and (r.reconciliation_id, r.attempt) > (a.reconciliation_id, a.attempt)
        order by r.reconciliation_id, r.attempt limit 1) n
    )
    select a.reconciliation_id, a.attempt from attempts a
    where a.attempt < p_before::uuid
      and not exists (select from timebank.reconciliations c where c.ledger_id = v_ledger
        and c.reconciliation_id = a.reconciliation_id and c.attempt = a.attempt)
  loop
    delete from timebank.reconciliation_results r using (
      select x.partner_reference from timebank.reconciliation_results x where x.ledger_id = v_ledger
        and x.reconciliation_id = v_attempt.reconciliation_id and x.attempt = v_attempt.attempt
      order by x.partner_reference limit v_left) x
      where r.ledger_id = v_ledger and r.reconciliation_id = v_attempt.reconciliation_id and r.attempt = v_attempt.attempt
        and r.partner_reference = x.partner_reference;
    get diagnostics v_count = row_count;
    v_left := v_left - v_count;
    exit when v_left = 0;
  end loop;
  return p_rows::bigint - v_left;
end $$;
--> statement-breakpoint
revoke all on function timebank.stage_results, timebank.sweep_results from public;
--> statement-breakpoint
grant execute on function timebank.stage_results, timebank.sweep_results to timeledger_service;
--> statement-breakpoint
select timeledger.distribute();
