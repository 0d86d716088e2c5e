-- What tables cannot say about the books: that the journal only grows, that one function writes it, and who may call it.
-- Every write is one call of timeledger.commit_batch: it compares and sets the ledger's head, so two processes on one ledger
-- cannot both write, and a connection that dies leaves either the whole batch or nothing.

-- No function of this or any later migration may be executed by whoever can connect: each grants what it means to. Not for a schema,
-- where PostgreSQL could only add to what everybody has.
alter default privileges revoke execute on functions from public;
--> statement-breakpoint
-- Hot rows keep room on their page, so that an update stays on it and touches no index.
alter table timeledger.accounts set (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);
--> statement-breakpoint
-- Whatever a small sample says: the number of the ledger alone finds no account.
alter table timeledger.accounts alter column ledger_id set (n_distinct = 1);
--> statement-breakpoint
-- The sums of every day of effect of every account: the latest stands in the account's row, the earlier ones in a table.
create view timeledger.daily_balances as
  select ledger_id, account_id, day, debits, credits, first_entry, last_entry from timeledger.earlier_days
  union all
  select ledger_id, account_id, day, day_debits, day_credits, day_first, day_last from timeledger.accounts where day is not null;
--> statement-breakpoint
create function timeledger.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% on %.% is refused: the books only grow', tg_op, tg_table_schema, tg_table_name
    using errcode = 'TL001';
end $$;
--> statement-breakpoint
create trigger entries_append_only before update or delete on timeledger.entries
  for each row execute function timeledger.refuse_change();
--> statement-breakpoint
create trigger entries_no_truncate before truncate on timeledger.entries
  for each statement execute function timeledger.refuse_change();
--> statement-breakpoint
create trigger postings_append_only before update or delete on timeledger.postings
  for each row execute function timeledger.refuse_change();
--> statement-breakpoint
create trigger postings_no_truncate before truncate on timeledger.postings
  for each statement execute function timeledger.refuse_change();
--> statement-breakpoint
create trigger log_nodes_append_only before update or delete on timeledger.log_nodes
  for each row execute function timeledger.refuse_change();
--> statement-breakpoint
create trigger log_nodes_no_truncate before truncate on timeledger.log_nodes
  for each statement execute function timeledger.refuse_change();
--> statement-breakpoint
create trigger batches_append_only before update on timeledger.batches
  for each row execute function timeledger.refuse_change();
--> statement-breakpoint
create trigger idempotency_keys_append_only before update on timeledger.idempotency_keys
  for each row execute function timeledger.refuse_change();
--> statement-breakpoint
-- A ledger begins with an empty head; its first entry (ledger_opened) is posted through the lane like any other.
create function timeledger.create_ledger(p_code text, p_zone text, p_origin text, p_log_key text) returns integer
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare v_ledger integer;
begin
  perform pg_advisory_xact_lock(hashtext('timeledger.create_ledger'));
  select ledger_id into v_ledger from timeledger.ledgers where code = p_code;
  if found then return v_ledger; end if;
  select coalesce(max(ledger_id), 0) + 1 into v_ledger from timeledger.ledgers;
  insert into timeledger.ledgers (ledger_id, code, zone, origin, log_key) values (v_ledger, p_code, p_zone, p_origin, p_log_key);
  insert into timeledger.heads (ledger_id, account_count, batch_seq, batch_id, entry_count, recorded_at, frontier)
    values (v_ledger, 0, 0, '00000000-0000-0000-0000-000000000000', 0, 'epoch', '');
  return v_ledger;
end $$;
--> statement-breakpoint
-- Rows of the floors above (members, redemptions, ...) ride in the same commit: for each table a JSON list of whole rows but
-- their ledger_id, with every value a string. They live in schema timebank, and only there. Each table gets functions of its
-- own, so that their plans are kept: add_ for rows that are new, and for a table whose rows may change put_ for those that stand
-- there already. A migration that makes or alters such a table calls accept_rows for it.
create function timeledger.accept_rows(p_table regclass, p_mutable boolean) returns void language plpgsql as $accept$
declare
  v_name text;
  v_columns text;
  v_values text;
  v_changes text;
  v_key text;
begin
  select relname into strict v_name from pg_class where oid = p_table and relnamespace = 'timebank'::regnamespace;
  select string_agg(quote_ident(a.attname), ', ' order by a.attnum),
         string_agg('r.' || quote_ident(a.attname), ', ' order by a.attnum),
         string_agg(format('%1$I = excluded.%1$I', a.attname), ', ' order by a.attnum)
    into v_columns, v_values, v_changes
    from pg_attribute a where a.attrelid = p_table and a.attnum > 0 and not a.attisdropped and a.attname <> 'ledger_id';
  select string_agg(quote_ident(a.attname), ', ' order by k.ord) into v_key
    from pg_index i
    cross join lateral unnest(i.indkey::smallint[]) with ordinality k(attnum, ord)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
    where i.indrelid = p_table and i.indisprimary;
  execute format($f$
    create or replace function timebank.add_%1$s(p_ledger integer, p_rows json) returns void language plpgsql as $b$
    begin
      insert into timebank.%1$I (ledger_id, %2$s)
        select p_ledger, %3$s from json_populate_recordset(null::timebank.%1$I, p_rows) r;
    end $b$$f$, v_name, v_columns, v_values);
  execute format('revoke all on function timebank.add_%s from public', v_name);
  if not p_mutable then return; end if;
  execute format($f$
    create or replace function timebank.put_%1$s(p_ledger integer, p_rows json) returns void language plpgsql as $b$
    begin
      insert into timebank.%1$I (ledger_id, %2$s)
        select p_ledger, %3$s from json_populate_recordset(null::timebank.%1$I, p_rows) r
        on conflict (%4$s) do update set %5$s;
    end $b$$f$, v_name, v_columns, v_values, v_key, v_changes);
  execute format('revoke all on function timebank.put_%s from public', v_name);
end $accept$;
--> statement-breakpoint
select timeledger.accept_rows(c.oid, c.relname in ('org_units', 'members', 'persons', 'partners', 'credentials', 'redemptions', 'imports', 'reconciliations', 'opening_points', 'adjustments'))
  from pg_class c where c.relnamespace = 'timebank'::regnamespace and c.relkind = 'r'
    -- Staged and sealed: see the migration `work`.
    and c.relname <> 'partner_statement_lines'
  order by c.relname;
--> statement-breakpoint
create function timeledger.write_rows(p_ledger integer, p_functions text[], p_lists text[]) returns void language plpgsql as $$
begin
  for i in 1 .. cardinality(p_functions) loop
    execute format('select timebank.%I($1, $2)', p_functions[i]) using p_ledger, p_lists[i]::json;
  end loop;
end $$;
--> statement-breakpoint
-- Rare company of a batch: new assets and accounts, texts of entries and which of them are erased, interior nodes of the log, the closed date.
create function timeledger.put_extra(p_ledger integer, p_extra jsonb) returns void language plpgsql as $$
declare
  v_accounts integer;
  v_opened integer;
  v_erased integer;
begin
  if p_extra ? 'closed_through' then
    update timeledger.heads set closed_through = (p_extra ->> 'closed_through')::date where ledger_id = p_ledger;
  end if;
  if p_extra ? 'assets' then
    insert into timeledger.assets (ledger_id, asset, scale)
      select p_ledger, x.asset, x.scale from jsonb_to_recordset(p_extra -> 'assets') x(asset text, scale smallint);
  end if;
  if p_extra ? 'accounts' then
    insert into timeledger.accounts
      (ledger_id, account_id, code, asset, type, control, floor, ceiling, debits, credits, version,
        day, day_debits, day_credits, day_first, day_last)
      select p_ledger, x.account_id, x.code, x.asset, x.type, x.control, x.floor, x.ceiling, x.debits, x.credits, x.version,
        x.day, x.day_debits, x.day_credits, x.day_first, x.day_last
      from jsonb_to_recordset(p_extra -> 'accounts')
        x(account_id integer, code text, asset text, type text, control boolean, floor bigint, ceiling bigint,
          debits bigint, credits bigint, version bigint,
          day date, day_debits bigint, day_credits bigint, day_first bigint, day_last bigint);
    get diagnostics v_opened = row_count;
    -- A commit that was planned for a few accounts reads them all: at the 21st, the 55th, the 149th, ... it is planned anew.
    select account_count into v_accounts from timeledger.heads where ledger_id = p_ledger;
    if floor(ln(v_accounts)) > floor(ln(greatest(v_accounts - v_opened, 1))) then
      discard plans;
    end if;
  end if;
  if p_extra ? 'texts' then
    insert into timeledger.entry_texts (ledger_id, number, salt, reference, description)
      select p_ledger, x.number, decode(x.salt, 'hex'), x.reference, x.description
      from jsonb_to_recordset(p_extra -> 'texts') x(number bigint, salt text, reference text, description text);
  end if;
  if p_extra ? 'erased' then
    delete from timeledger.entry_texts t where t.ledger_id = p_ledger
      and t.number in (select x.number::bigint from jsonb_array_elements_text(p_extra -> 'erased') x(number));
    get diagnostics v_erased = row_count;
    if v_erased <> jsonb_array_length(p_extra -> 'erased') then
      raise exception 'erased % of % texts', v_erased, jsonb_array_length(p_extra -> 'erased') using errcode = 'TL003';
    end if;
  end if;
  if p_extra ? 'nodes' then
    insert into timeledger.log_nodes (ledger_id, level, index, hash)
      select p_ledger, x.level, x.index, decode(x.hash, 'hex')
      from jsonb_to_recordset(p_extra -> 'nodes') x(level smallint, index bigint, hash text);
  end if;
end $$;
--> statement-breakpoint
-- What a batch is handed over as: records of columns, described once here and once in src/ledger/composites.ts.
create type timeledger.batch_head as
  (expected_seq bigint, expected_batch uuid, batch uuid, entries bigint, accounts integer, recorded_at timestamptz, frontier text);
--> statement-breakpoint
create type timeledger.journal_columns as (first_instant timestamptz, days date[], kinds text[], reverses bigint[]);
--> statement-breakpoint
create type timeledger.posting_columns as
  (accounts integer[], entries bigint[], versions bigint[], amounts bigint[], balances bigint[]);
--> statement-breakpoint
create type timeledger.account_columns as
  (accounts integer[], debits bigint[], credits bigint[], versions bigint[], days date[], day_debits bigint[], day_credits bigint[],
   day_first bigint[], day_last bigint[]);
--> statement-breakpoint
create type timeledger.day_columns as
  (accounts integer[], days date[], debits bigint[], credits bigint[], first bigint[], last bigint[]);
--> statement-breakpoint
create type timeledger.answer_columns as (answered_at timestamptz, digest text, keys uuid[], fingerprints bigint[]);
--> statement-breakpoint
-- For every entry and asset the postings sum to zero (TL004): whatever the service was made to believe. An account's asset is that
-- of its row, or of the list of those opened in the same batch.
create function timeledger.check_balanced(
  p_postings timeledger.posting_columns, p_accounts integer[], p_assets text[], p_opened jsonb
) returns void language plpgsql set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  v_entry bigint;
begin
  if p_opened is not null then
    select p_accounts || array_agg(x.account_id), p_assets || array_agg(x.asset) into p_accounts, p_assets
      from jsonb_to_recordset(p_opened) x(account_id integer, asset text);
  end if;
  select p.entry into v_entry
    from unnest(p_postings.entries, p_postings.accounts, p_postings.amounts) p(entry, account_id, amount)
    left join unnest(p_accounts, p_assets) a(account_id, asset) on a.account_id = p.account_id
    group by p.entry, a.asset having a.asset is null or sum(p.amount) <> 0 limit 1;
  if found then
    raise exception 'the postings of entry % do not sum to zero', v_entry using errcode = 'TL004';
  end if;
end $$;
--> statement-breakpoint
-- The one write. Takes a whole batch as text (casts happen inside, where a distributed planner cannot spoil them): records of
-- columns, and leaves, answers and lists of rows as lines (JSON as we write it has no line feed).
-- Answers 'committed', or 'moved' when another process wrote first; fails with 23505 when an idempotency key is already
-- remembered and with TL003 when the batch does not fit the tables (a bug). Nothing is written in any of these cases.
-- Its plans are kept (but see put_extra): PostgreSQL would make new ones for every batch smaller than the ten rows it expects.
create function timeledger.commit_batch(
  p_ledger text, p_head text, p_journal text, p_leaves text, p_postings text, p_accounts text, p_days text,
  p_answered text, p_answers text, p_extra text, p_row_functions text, p_rows text
) returns text language plpgsql security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  v_ledger integer := p_ledger::integer;
  v_head timeledger.batch_head := p_head::timeledger.batch_head;
  v_journal timeledger.journal_columns := p_journal::timeledger.journal_columns;
  v_postings timeledger.posting_columns := p_postings::timeledger.posting_columns;
  v_moved timeledger.account_columns := p_accounts::timeledger.account_columns;
  v_earlier timeledger.day_columns := p_days::timeledger.day_columns;
  v_answered timeledger.answer_columns := p_answered::timeledger.answer_columns;
  v_extra jsonb := p_extra::jsonb;
  v_first bigint := v_head.entries - cardinality(v_journal.days);
  v_ids integer[];
  v_assets text[];
begin
  update timeledger.heads h
    set batch_seq = v_head.expected_seq + 1, batch_id = v_head.batch, entry_count = v_head.entries,
        account_count = v_head.accounts, recorded_at = v_head.recorded_at, frontier = decode(v_head.frontier, 'hex')
    where h.ledger_id = v_ledger and h.batch_seq = v_head.expected_seq and h.batch_id = v_head.expected_batch;
  if not found then return 'moved'; end if;

  insert into timeledger.batches (ledger_id, batch_seq, batch_id, recorded_at, digest, answers)
    values (v_ledger, v_head.expected_seq + 1, v_head.batch, v_answered.answered_at, decode(v_answered.digest, 'hex'), p_answers);

  -- A key that is remembered already violates the primary key (23505): the lane then looks its keys up.
  insert into timeledger.idempotency_keys (ledger_id, position, batch_seq, key, fingerprint)
    select v_ledger, k.ord - 1, v_head.expected_seq + 1, k.key, k.fingerprint
    from unnest(v_answered.keys, v_answered.fingerprints) with ordinality k(key, fingerprint, ord);

  if cardinality(v_journal.days) > 0 then
    insert into timeledger.entries (ledger_id, effective_on, number, recorded_at, reverses, kind, leaf)
      select v_ledger, e.day, v_first + e.ord, v_journal.first_instant + (e.ord - 1) * interval '1 microsecond', e.reverses, e.kind, e.leaf
      from rows from (unnest(v_journal.days), unnest(v_journal.reverses), unnest(v_journal.kinds), string_to_table(p_leaves, E'\n'))
           with ordinality e(day, reverses, kind, leaf, ord);
  end if;

  if v_extra is not null then
    perform timeledger.put_extra(v_ledger, v_extra);
  end if;
  if p_row_functions <> '{}' then
    perform timeledger.write_rows(v_ledger, p_row_functions::text[], string_to_array(p_rows, E'\n'));
  end if;

  if cardinality(v_postings.accounts) > 0 then
    with moved as (
      update timeledger.accounts a
        set debits = u.debits, credits = u.credits, version = u.version,
            day = u.day, day_debits = u.day_debits, day_credits = u.day_credits, day_first = u.day_first, day_last = u.day_last
        from unnest(v_moved.accounts, v_moved.debits, v_moved.credits, v_moved.versions, v_moved.days,
                    v_moved.day_debits, v_moved.day_credits, v_moved.day_first, v_moved.day_last)
             u(account_id, debits, credits, version, day, day_debits, day_credits, day_first, day_last)
        where a.ledger_id = v_ledger and a.account_id = u.account_id
        returning a.account_id, a.asset)
    select array_agg(account_id), array_agg(asset) into v_ids, v_assets from moved;
    if coalesce(cardinality(v_ids), 0) <> cardinality(v_moved.accounts) then
      raise exception 'updated % of % accounts', cardinality(v_ids), cardinality(v_moved.accounts) using errcode = 'TL003';
    end if;
    insert into timeledger.postings (ledger_id, account_id, entry, version, effective_on, amount, balance)
      select v_ledger, p.account_id, p.entry, p.version, v_journal.days[(p.entry - v_first)::integer], p.amount, p.balance
      from unnest(v_postings.accounts, v_postings.entries, v_postings.versions, v_postings.amounts, v_postings.balances)
           p(account_id, entry, version, amount, balance);
    perform timeledger.check_balanced(v_postings, v_ids, v_assets, v_extra -> 'accounts');
  end if;

  if v_earlier is not null then
    insert into timeledger.earlier_days as d (ledger_id, account_id, day, debits, credits, first_entry, last_entry)
      select v_ledger, x.account_id, x.day, x.debits, x.credits, x.first_entry, x.last_entry
      from unnest(v_earlier.accounts, v_earlier.days, v_earlier.debits, v_earlier.credits, v_earlier.first, v_earlier.last)
           x(account_id, day, debits, credits, first_entry, last_entry)
      on conflict on constraint earlier_days_pkey do update
        set debits = d.debits + excluded.debits, credits = d.credits + excluded.credits,
            first_entry = least(d.first_entry, excluded.first_entry), last_entry = greatest(d.last_entry, excluded.last_entry);
  end if;

  return 'committed';
end $$;
--> statement-breakpoint
-- Forgets what was answered before a moment (35 days by default), the oldest batches first and at most so many: keys first seen
-- long ago may be used anew. The last batch is kept whatever its age: the head names it, and verification compares the two. Answers how many batches and keys it forgot, as '3 17'. Commits go on meanwhile: the head is held
-- from the last statement to the end only, and whoever finds another call at work leaves the ledger to it.
create function timeledger.forget_answers(p_ledger text, p_before text, p_batches text) returns text
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_ledger integer := p_ledger::integer;
  v_first bigint;
  v_last bigint;
  v_batches bigint;
  v_keys bigint;
begin
  if not pg_try_advisory_xact_lock(hashtext('timeledger.forget_answers'), v_ledger) then return '0 0'; end if;
  -- The oldest in the order of the primary key, up to the first that is too young to be forgotten.
  select min(b.batch_seq), max(b.batch_seq) into v_first, v_last
    from (select o.batch_seq, bool_and(o.recorded_at < p_before::timestamptz) over (order by o.batch_seq) as old
          from (select batch_seq, recorded_at from timeledger.batches
                where ledger_id = v_ledger
                  and batch_seq < (select h.batch_seq from timeledger.heads h where h.ledger_id = v_ledger)
                order by batch_seq limit p_batches::integer) o) b
    where b.old;
  if v_last is null then return '0 0'; end if;
  delete from timeledger.idempotency_keys where ledger_id = v_ledger and batch_seq between v_first and v_last;
  get diagnostics v_keys = row_count;
  delete from timeledger.batches where ledger_id = v_ledger and batch_seq between v_first and v_last;
  get diagnostics v_batches = row_count;
  update timeledger.heads set forgotten_batch = v_last where ledger_id = v_ledger and forgotten_batch < v_last;
  return v_batches || ' ' || v_keys;
end $$;
--> statement-breakpoint
-- The service reads everything and writes nothing but through the functions above. Whoever may not make roles is given this one,
-- and may not grant it either: what counts is that it is ours to take on.
do $$ begin
  if not exists (select from pg_roles where rolname = 'timeledger_service') then
    create role timeledger_service nologin;
  end if;
exception when duplicate_object or unique_violation then null;
end $$;
--> statement-breakpoint
do $$ begin
  grant timeledger_service to current_user;
exception when insufficient_privilege then
  if not pg_has_role(current_user, 'timeledger_service', 'member') then raise; end if;
end $$;
--> statement-breakpoint
revoke all on all functions in schema timeledger from public;
--> statement-breakpoint
grant usage on schema timeledger, timebank to timeledger_service;
--> statement-breakpoint
grant select on all tables in schema timeledger, timebank to timeledger_service;
--> statement-breakpoint
alter default privileges in schema timeledger, timebank grant select on tables to timeledger_service;
--> statement-breakpoint
grant execute on function timeledger.commit_batch, timeledger.forget_answers to timeledger_service;
--> statement-breakpoint
-- Does nothing on plain PostgreSQL; where Citus is installed it spreads what is new by ledger_id. Every later migration ends with it.
create function timeledger.distribute() returns void language plpgsql as $$
declare
  v_table regclass;
begin
  if not exists (select from pg_extension where extname = 'citus') then return; end if;
  -- A plan for any ledger would be one for all its shards.
  alter function timeledger.commit_batch reset plan_cache_mode;
  for v_table in
    select c.oid::regclass from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'ledger_id'
    where c.relnamespace in (select oid from pg_namespace where nspname in ('timeledger', 'timebank', 'access', 'work')) and c.relkind = 'r'
    order by c.oid
  loop
    if v_table = 'timeledger.ledgers'::regclass then
      execute format('select create_reference_table(%L) where not exists (select from pg_dist_partition where logicalrelid = %L::regclass)', v_table, v_table);
    else
      execute format('select create_distributed_table(%L, ''ledger_id'') where not exists (select from pg_dist_partition where logicalrelid = %L::regclass)', v_table, v_table);
    end if;
  end loop;
end $$;
--> statement-breakpoint
select timeledger.distribute();
