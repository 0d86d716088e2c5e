-- What is not the books, and the few functions by which it is written. The service's role may read schema work and call these
-- functions, nothing else. Each call is one statement and so its own transaction: what it writes stays, even when the request
-- that made it is refused by what it answers.

-- A worker that was late must not write into the work of the one that took its job over: whatever a run writes goes through
-- here first. TL010 tells it that it has lost the job.
create function work.hold_claim(p_ledger integer, p_job uuid, p_claimant uuid) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform from work.jobs j
    where j.ledger_id = p_ledger and j.job_id = p_job and j.state = 'running' and j.claimant = p_claimant for share;
  if not found then
    raise exception 'job % is no longer held by this run', p_job using errcode = 'TL010';
  end if;
end $$;
--> statement-breakpoint
-- Adds a job, once for its key. Answers the job that stands in the end: the one given, the one made before under the key, or the
-- one that is at work on the same subject already.
create function work.add_job(
  p_ledger integer, p_job uuid, p_kind text, p_runs_on text, p_owner text, p_key uuid, p_fingerprint bigint, p_subject text, p_input jsonb
) returns setof work.jobs language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  for i in 1 .. 10 loop
    insert into work.jobs (ledger_id, job_id, kind, runs_on, owner, key, fingerprint, subject, input, created_at, due_at)
      values (p_ledger, p_job, p_kind, p_runs_on, p_owner, p_key, p_fingerprint, p_subject, p_input, clock_timestamp(), clock_timestamp())
      on conflict do nothing;
    return query select * from work.jobs j where j.ledger_id = p_ledger and j.key = p_key;
    if found then return; end if;
    return query select * from work.jobs j where j.ledger_id = p_ledger and j.job_id = p_job;
    if found then return; end if;
    return query select * from work.jobs j
      where j.ledger_id = p_ledger and j.kind = p_kind and j.subject = p_subject and j.state in ('queued', 'running');
    if found then return; end if;
    -- What stood in the way has ended meanwhile.
  end loop;
  raise exception 'job % could not be added', p_job using errcode = 'TL011';
end $$;
--> statement-breakpoint
-- A chore of the service's own, there once for each ledger: when it ends it waits and begins anew.
create function work.repeat_job(p_ledger integer, p_job uuid, p_kind text, p_runs_on text, p_seconds integer) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into work.jobs (ledger_id, job_id, kind, runs_on, owner, subject, input, repeats_seconds, created_at, due_at)
    values (p_ledger, p_job, p_kind, p_runs_on, 'service:timeledger', '', '{}', p_seconds, clock_timestamp(), clock_timestamp())
    on conflict do nothing;
end $$;
--> statement-breakpoint
-- Takes the job that has been due longest, or nothing. A running one is due once its lease has lapsed: whoever held it is dead.
-- One that has killed five of its runs is not tried again. p_only: that job alone.
create function work.claim_job(p_runs_on text, p_claimant uuid, p_lease interval, p_patience interval, p_only uuid) returns setof work.jobs
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_job record;
begin
  loop
    select j.ledger_id, j.job_id, j.attempts, j.repeats_seconds into v_job from work.jobs j
      where j.runs_on = p_runs_on and j.state in ('queued', 'running') and j.due_at <= clock_timestamp() - p_patience
        and (p_only is null or j.job_id = p_only)
      order by j.due_at for update skip locked limit 1;
    if not found then return; end if;
    exit when v_job.attempts < 5;
    perform work.end_job(v_job.ledger_id, v_job.job_id, 'failed', null,
      '{"code": "job_failed", "detail": {"en": "it has stopped whoever worked on it, five times", "zh": "处理它的程序已五次中断"}}');
  end loop;
  return query update work.jobs j
    set state = 'running', claimant = p_claimant, attempts = j.attempts + 1,
        heartbeat_at = clock_timestamp(), due_at = clock_timestamp() + p_lease
    where j.ledger_id = v_job.ledger_id and j.job_id = v_job.job_id
    returning j.*;
end $$;
--> statement-breakpoint
-- Ends a job; a chore waits for its next time instead.
create function work.end_job(p_ledger integer, p_job uuid, p_state text, p_result jsonb, p_problem jsonb) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  update work.jobs j
    set state = case when j.repeats_seconds is null then p_state else 'queued' end,
        due_at = clock_timestamp() + make_interval(secs => coalesce(j.repeats_seconds, 0)),
        attempts = case when j.repeats_seconds is null then j.attempts else 0 end,
        result = p_result, problem = p_problem, claimant = null, finished_at = clock_timestamp()
    where j.ledger_id = p_ledger and j.job_id = p_job;
end $$;
--> statement-breakpoint
-- A sign of life: how far the run is. The lease begins anew. Answers whether the job is to be cancelled; TL010 when it is lost.
create function work.beat_job(p_ledger integer, p_job uuid, p_claimant uuid, p_lease interval, p_done bigint, p_total bigint) returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_cancelling boolean;
begin
  update work.jobs j
    set heartbeat_at = clock_timestamp(), due_at = clock_timestamp() + p_lease,
        done = coalesce(p_done, j.done), total = coalesce(p_total, j.total)
    where j.ledger_id = p_ledger and j.job_id = p_job and j.state = 'running' and j.claimant = p_claimant
    returning j.cancelling into v_cancelling;
  if not found then
    raise exception 'job % is no longer held by this run', p_job using errcode = 'TL010';
  end if;
  return v_cancelling;
end $$;
--> statement-breakpoint
-- The run has come to its end: p_state is done, failed or cancelled.
create function work.finish_job(p_ledger integer, p_job uuid, p_claimant uuid, p_state text, p_result jsonb, p_problem jsonb) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform work.hold_claim(p_ledger, p_job, p_claimant);
  perform work.end_job(p_ledger, p_job, p_state, p_result, p_problem);
end $$;
--> statement-breakpoint
-- The run has done its part; the next part runs elsewhere, with another input.
create function work.pass_job(p_ledger integer, p_job uuid, p_claimant uuid, p_runs_on text, p_input jsonb) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform work.hold_claim(p_ledger, p_job, p_claimant);
  update work.jobs j
    set state = 'queued', claimant = null, runs_on = p_runs_on, input = p_input, attempts = 0, due_at = clock_timestamp()
    where j.ledger_id = p_ledger and j.job_id = p_job;
end $$;
--> statement-breakpoint
-- The run gives the job back. p_failed: it failed, is tried again after a while, and a fifth time not at all; otherwise it was only
-- told to stop, and the job is for the next who comes.
create function work.release_job(p_ledger integer, p_job uuid, p_claimant uuid, p_failed boolean) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_attempts integer;
begin
  perform work.hold_claim(p_ledger, p_job, p_claimant);
  select attempts into v_attempts from work.jobs where ledger_id = p_ledger and job_id = p_job;
  if p_failed and v_attempts >= 5 then
    perform work.end_job(p_ledger, p_job, 'failed', null,
      '{"code": "job_failed", "detail": {"en": "it failed five times, through no fault of the request; the log says why", "zh": "已失败五次，与请求无关；原因见日志"}}');
    return;
  end if;
  update work.jobs j
    set state = 'queued', claimant = null, attempts = j.attempts - case when p_failed then 0 else 1 end,
        due_at = clock_timestamp() + case when p_failed then make_interval(secs => power(2, j.attempts - 1)) else interval '0' end
    where j.ledger_id = p_ledger and j.job_id = p_job;
end $$;
--> statement-breakpoint
-- Whatever a process held that is known to be dead is due at once.
create function work.release_claimant(p_claimant uuid) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update work.jobs set due_at = clock_timestamp() where state = 'running' and claimant = p_claimant;
end $$;
--> statement-breakpoint
-- Cancels a job that waits; one that runs is told at its next sign of life. Answers the job as it stands then, if there is one.
create function work.cancel_job(p_ledger integer, p_job uuid) returns setof work.jobs
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query update work.jobs j
    set state = case j.state when 'queued' then 'cancelled' else j.state end,
        finished_at = case j.state when 'queued' then clock_timestamp() else j.finished_at end,
        cancelling = j.cancelling or j.state = 'running'
    where j.ledger_id = p_ledger and j.job_id = p_job and j.repeats_seconds is null
    returning j.*;
end $$;
--> statement-breakpoint
create function work.open_blob(p_ledger integer, p_blob uuid, p_created timestamptz, p_expires timestamptz) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into work.blobs (ledger_id, blob_id, created_at, expires_at) values (p_ledger, p_blob, p_created, p_expires);
end $$;
--> statement-breakpoint
-- The next piece of a file that is still coming in. A file that is whole takes none any more.
create function work.add_piece(p_ledger integer, p_blob uuid, p_piece integer, p_content bytea) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from work.blobs where ledger_id = p_ledger and blob_id = p_blob and sha256 is null for update;
  if not found then raise exception 'file % takes no more pieces', p_blob using errcode = 'TL012'; end if;
  insert into work.blob_pieces (ledger_id, blob_id, piece, content) values (p_ledger, p_blob, p_piece, p_content);
end $$;
--> statement-breakpoint
create function work.close_blob(p_ledger integer, p_blob uuid, p_sha256 text, p_bytes bigint) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update work.blobs set sha256 = p_sha256, bytes = p_bytes
    where ledger_id = p_ledger and blob_id = p_blob and sha256 is null;
  if not found then raise exception 'file % takes no more pieces', p_blob using errcode = 'TL012'; end if;
end $$;
--> statement-breakpoint
-- A file is kept for longer than it was taken in for; never for less. Answers whether it is still there.
create function work.keep_blob(p_ledger integer, p_blob uuid, p_expires timestamptz) returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update work.blobs set expires_at = greatest(expires_at, p_expires)
    where ledger_id = p_ledger and blob_id = p_blob and sha256 is not null;
  return found;
end $$;
--> statement-breakpoint
create function work.drop_blob(p_ledger integer, p_blob uuid) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from work.blob_pieces where ledger_id = p_ledger and blob_id = p_blob;
  delete from work.blobs where ledger_id = p_ledger and blob_id = p_blob;
end $$;
--> statement-breakpoint
-- Lines of a partner's statement, as a JSON list of rows; once the statement is sealed it takes none any more.
create function work.stage_statement_lines(p_ledger integer, p_job uuid, p_claimant uuid, p_statement uuid, p_lines json) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform work.hold_claim(p_ledger, p_job, p_claimant);
  perform from timebank.partner_statements where ledger_id = p_ledger and partner_statement_id = p_statement;
  if found then raise exception 'statement % is sealed', p_statement using errcode = 'TL012'; end if;
  insert into timebank.partner_statement_lines
      (ledger_id, partner_statement_id, line, partner_reference, booked_on, points, amount_cny, type)
    select p_ledger, p_statement, l.line, l.partner_reference, l.booked_on, l.points, l.amount_cny, l.type
    from json_populate_recordset(null::timebank.partner_statement_lines, p_lines) l;
end $$;
--> statement-breakpoint
-- Forgets the lines that are staged for a statement, unless it is sealed.
create function work.drop_statement_lines(p_ledger integer, p_statement uuid) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from timebank.partner_statement_lines l where l.ledger_id = p_ledger and l.partner_statement_id = p_statement
    and not exists (select from timebank.partner_statements s
      where s.ledger_id = p_ledger and s.partner_statement_id = p_statement);
end $$;
--> statement-breakpoint
-- Lines of an import, as a JSON list of rows; once the import is sealed it takes none any more.
create function work.stage_import_lines(p_ledger integer, p_job uuid, p_claimant uuid, p_import uuid, p_lines json) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform work.hold_claim(p_ledger, p_job, p_claimant);
  perform from timebank.imports where ledger_id = p_ledger and import_id = p_import;
  if found then raise exception 'import % is sealed', p_import using errcode = 'TL012'; end if;
  insert into work.import_lines (ledger_id, import_id, line, position, external_id, cells, state, code, reason)
    select p_ledger, p_import, l.line, l.position, l.external_id, l.cells, l.state, l.code, l.reason
    from json_populate_recordset(null::work.import_lines, p_lines) l;
end $$;
--> statement-breakpoint
-- Forgets the lines that are staged for an import, unless they are still to be committed.
create function work.drop_import_lines(p_ledger integer, p_import uuid) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from work.import_lines l where l.ledger_id = p_ledger and l.import_id = p_import
    and not exists (select from timebank.imports i
      where i.ledger_id = p_ledger and i.import_id = p_import and i.state = 'staged');
end $$;
--> statement-breakpoint
-- Files past their time, with what was staged of them, a few at a call so that no call is long; answers how many went.
create function work.sweep_blobs(p_ledger integer, p_now timestamptz) returns integer
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_blob uuid;
  v_count integer := 0;
begin
  for v_blob in
    select blob_id from work.blobs where ledger_id = p_ledger and expires_at < p_now order by expires_at limit 20 for update skip locked
  loop
    perform work.drop_statement_lines(p_ledger, v_blob);
    perform work.drop_import_lines(p_ledger, v_blob);
    perform work.drop_blob(p_ledger, v_blob);
    v_count := v_count + 1;
  end loop;
  return v_count;
end $$;
--> statement-breakpoint
-- Jobs that ended before a moment: as long as a key is remembered its job is, too.
create function work.sweep_jobs(p_ledger integer, p_before timestamptz) returns integer
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_count integer;
begin
  delete from work.jobs where ledger_id = p_ledger and job_id in (
    select job_id from work.jobs
      where ledger_id = p_ledger and state in ('done', 'failed', 'cancelled') and finished_at < p_before limit 1000);
  get diagnostics v_count = row_count;
  return v_count;
end $$;
--> statement-breakpoint
create trigger partner_statement_lines_unchanged before update on timebank.partner_statement_lines
  for each row execute function timeledger.refuse_change();
--> statement-breakpoint
revoke all on all functions in schema work from public;
--> statement-breakpoint
grant usage on schema work to timeledger_service;
--> statement-breakpoint
grant select on all tables in schema work to timeledger_service;
--> statement-breakpoint
alter default privileges in schema work grant select on tables to timeledger_service;
--> statement-breakpoint
grant execute on function work.add_job, work.repeat_job, work.claim_job, work.beat_job, work.finish_job, work.pass_job,
  work.release_job, work.release_claimant, work.cancel_job, work.open_blob, work.add_piece, work.close_blob, work.keep_blob,
  work.drop_blob, work.stage_statement_lines, work.drop_statement_lines,
  work.stage_import_lines, work.drop_import_lines, work.sweep_blobs, work.sweep_jobs to timeledger_service;
--> statement-breakpoint
select timeledger.distribute();
