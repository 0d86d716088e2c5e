-- What the service writes beside the books: refusals of redemptions, which write no entry, and the people behind pseudonyms, who can be
-- erased. Each function writes one kind of row and no other; the service may call the first two, erasing is the owner's.
grant usage on schema access to timeledger_service;
--> statement-breakpoint
grant select on all tables in schema access to timeledger_service;
--> statement-breakpoint
-- A list of refusals. One that is there already stays as it is: a repeated request is not a second refusal.
create function access.record_refusals(p_rows jsonb) returns void
  language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into access.refusals (ledger_id, key, partner_id, partner_reference, code, refused_at)
    select r.ledger_id, r.key, r.partner_id, r.partner_reference, r.code, r.refused_at
    from jsonb_to_recordset(p_rows)
      r(ledger_id integer, key uuid, partner_id text, partner_reference text, code text, refused_at timestamptz)
    on conflict on constraint refusals_pkey do nothing
$$;
--> statement-breakpoint
-- Nothing happens for a ledger that is not there.
create function access.keep_subject(p_ledger text, p_pseudonym text, p_issuer text, p_subject text) returns void
  language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into access.subjects (ledger_id, pseudonym, issuer, subject, first_seen)
    select l.ledger_id, p_pseudonym, p_issuer, p_subject, now() from timeledger.ledgers l where l.code = p_ledger
    on conflict on constraint subjects_pkey do nothing
$$;
--> statement-breakpoint
-- Whether there was one.
create function access.erase_subject(p_ledger text, p_pseudonym text) returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from access.subjects s
    where s.ledger_id = (select l.ledger_id from timeledger.ledgers l where l.code = p_ledger) and s.pseudonym = p_pseudonym;
  return found;
end $$;
--> statement-breakpoint
grant execute on function access.record_refusals, access.keep_subject to timeledger_service;
--> statement-breakpoint
select timeledger.distribute();
