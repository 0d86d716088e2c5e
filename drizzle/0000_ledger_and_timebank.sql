CREATE SCHEMA "timeledger";
--> statement-breakpoint
CREATE SCHEMA "work";
--> statement-breakpoint
CREATE SCHEMA "timebank";
--> statement-breakpoint
CREATE SCHEMA "access";
--> statement-breakpoint
CREATE TABLE "timeledger"."accounts" (
	"ledger_id" integer NOT NULL,
	"account_id" integer NOT NULL,
	"code" text NOT NULL,
	"asset" text NOT NULL,
	"type" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"control" boolean DEFAULT false NOT NULL,
	"floor" bigint,
	"ceiling" bigint,
	"debits" bigint NOT NULL,
	"credits" bigint NOT NULL,
	"version" bigint NOT NULL,
	"day" date,
	"day_debits" bigint,
	"day_credits" bigint,
	"day_first" bigint,
	"day_last" bigint,
	CONSTRAINT "accounts_pkey" PRIMARY KEY("ledger_id","account_id"),
	CONSTRAINT "accounts_type_check" CHECK ("timeledger"."accounts"."type" in ('asset', 'liability', 'equity', 'income', 'expense')),
	CONSTRAINT "accounts_state_check" CHECK ("timeledger"."accounts"."state" in ('open', 'frozen', 'closed')),
	CONSTRAINT "accounts_sums_check" CHECK ("timeledger"."accounts"."debits" >= 0 and "timeledger"."accounts"."credits" >= 0 and "timeledger"."accounts"."version" >= 0),
	CONSTRAINT "accounts_floor_check" CHECK ("timeledger"."accounts"."floor" is null or case when "timeledger"."accounts"."type" in ('asset', 'expense') then "timeledger"."accounts"."debits" - "timeledger"."accounts"."credits" else "timeledger"."accounts"."credits" - "timeledger"."accounts"."debits" end >= "timeledger"."accounts"."floor"),
	CONSTRAINT "accounts_ceiling_check" CHECK ("timeledger"."accounts"."ceiling" is null or case when "timeledger"."accounts"."type" in ('asset', 'expense') then "timeledger"."accounts"."debits" - "timeledger"."accounts"."credits" else "timeledger"."accounts"."credits" - "timeledger"."accounts"."debits" end <= "timeledger"."accounts"."ceiling")
);
--> statement-breakpoint
CREATE TABLE "timeledger"."assets" (
	"ledger_id" integer NOT NULL,
	"asset" text NOT NULL,
	"scale" smallint NOT NULL,
	CONSTRAINT "assets_pkey" PRIMARY KEY("ledger_id","asset"),
	CONSTRAINT "assets_scale_check" CHECK ("timeledger"."assets"."scale" between 0 and 4)
);
--> statement-breakpoint
CREATE TABLE "timeledger"."batches" (
	"ledger_id" integer NOT NULL,
	"batch_seq" bigint NOT NULL,
	"batch_id" uuid NOT NULL,
	"recorded_at" timestamp(6) with time zone NOT NULL,
	"digest" "bytea" NOT NULL,
	"answers" text NOT NULL,
	CONSTRAINT "batches_pkey" PRIMARY KEY("ledger_id","batch_seq")
);
--> statement-breakpoint
CREATE TABLE "timeledger"."earlier_days" (
	"ledger_id" integer NOT NULL,
	"account_id" integer NOT NULL,
	"day" date NOT NULL,
	"debits" bigint NOT NULL,
	"credits" bigint NOT NULL,
	"first_entry" bigint NOT NULL,
	"last_entry" bigint NOT NULL,
	CONSTRAINT "earlier_days_pkey" PRIMARY KEY("ledger_id","account_id","day")
);
--> statement-breakpoint
CREATE TABLE "timeledger"."entries" (
	"ledger_id" integer NOT NULL,
	"effective_on" date NOT NULL,
	"number" bigint NOT NULL,
	"recorded_at" timestamp(6) with time zone NOT NULL,
	"reverses" bigint,
	"kind" text NOT NULL,
	"leaf" text NOT NULL,
	CONSTRAINT "entries_pkey" PRIMARY KEY("ledger_id","number"),
	CONSTRAINT "entries_number_check" CHECK ("timeledger"."entries"."number" > 0)
);
--> statement-breakpoint
CREATE TABLE "timeledger"."entry_texts" (
	"ledger_id" integer NOT NULL,
	"number" bigint NOT NULL,
	"salt" "bytea",
	"reference" text,
	"description" text,
	CONSTRAINT "entry_texts_pkey" PRIMARY KEY("ledger_id","number")
);
--> statement-breakpoint
CREATE TABLE "timeledger"."heads" (
	"ledger_id" integer NOT NULL,
	"account_count" integer NOT NULL,
	"batch_seq" bigint NOT NULL,
	"batch_id" uuid NOT NULL,
	"entry_count" bigint NOT NULL,
	"recorded_at" timestamp(6) with time zone NOT NULL,
	"closed_through" date,
	"forgotten_batch" bigint DEFAULT 0 NOT NULL,
	"frontier" "bytea" NOT NULL,
	CONSTRAINT "heads_pkey" PRIMARY KEY("ledger_id")
);
--> statement-breakpoint
CREATE TABLE "timeledger"."idempotency_keys" (
	"ledger_id" integer NOT NULL,
	"position" integer NOT NULL,
	"batch_seq" bigint NOT NULL,
	"key" uuid NOT NULL,
	"fingerprint" bigint NOT NULL,
	CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY("ledger_id","key")
);
--> statement-breakpoint
CREATE TABLE "timeledger"."ledgers" (
	"ledger_id" integer NOT NULL,
	"code" text NOT NULL,
	"zone" text NOT NULL,
	"origin" text NOT NULL,
	"log_key" text NOT NULL,
	CONSTRAINT "ledgers_pkey" PRIMARY KEY("ledger_id")
);
--> statement-breakpoint
CREATE TABLE "timeledger"."log_nodes" (
	"ledger_id" integer NOT NULL,
	"level" smallint NOT NULL,
	"index" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "log_nodes_pkey" PRIMARY KEY("ledger_id","level","index")
);
--> statement-breakpoint
CREATE TABLE "timeledger"."postings" (
	"ledger_id" integer NOT NULL,
	"account_id" integer NOT NULL,
	"entry" bigint NOT NULL,
	"version" bigint NOT NULL,
	"effective_on" date NOT NULL,
	"amount" bigint NOT NULL,
	"balance" bigint NOT NULL,
	CONSTRAINT "postings_pkey" PRIMARY KEY("ledger_id","account_id","entry","version"),
	CONSTRAINT "postings_amount_check" CHECK ("timeledger"."postings"."amount" <> 0)
);
--> statement-breakpoint
CREATE TABLE "work"."blob_pieces" (
	"ledger_id" integer NOT NULL,
	"blob_id" uuid NOT NULL,
	"piece" integer NOT NULL,
	"content" "bytea" NOT NULL,
	CONSTRAINT "blob_pieces_pkey" PRIMARY KEY("ledger_id","blob_id","piece")
);
--> statement-breakpoint
CREATE TABLE "work"."blobs" (
	"ledger_id" integer NOT NULL,
	"blob_id" uuid NOT NULL,
	"sha256" text,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"expires_at" timestamp(6) with time zone NOT NULL,
	CONSTRAINT "blobs_pkey" PRIMARY KEY("ledger_id","blob_id")
);
--> statement-breakpoint
CREATE TABLE "work"."jobs" (
	"ledger_id" integer NOT NULL,
	"job_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"runs_on" text NOT NULL,
	"owner" text NOT NULL,
	"key" uuid,
	"fingerprint" bigint,
	"subject" text,
	"input" jsonb NOT NULL,
	"state" text DEFAULT 'queued' NOT NULL,
	"cancelling" boolean DEFAULT false NOT NULL,
	"done" bigint DEFAULT 0 NOT NULL,
	"total" bigint,
	"result" jsonb,
	"problem" jsonb,
	"attempts" integer DEFAULT 0 NOT NULL,
	"repeats_seconds" integer,
	"claimant" uuid,
	"created_at" timestamp(6) with time zone NOT NULL,
	"due_at" timestamp(6) with time zone NOT NULL,
	"heartbeat_at" timestamp(6) with time zone,
	"finished_at" timestamp(6) with time zone,
	CONSTRAINT "jobs_pkey" PRIMARY KEY("ledger_id","job_id"),
	CONSTRAINT "jobs_state_check" CHECK ("work"."jobs"."state" in ('queued', 'running', 'done', 'failed', 'cancelled')),
	CONSTRAINT "jobs_runs_on_check" CHECK ("work"."jobs"."runs_on" in ('worker', 'lane')),
	CONSTRAINT "jobs_claimant_check" CHECK (("work"."jobs"."state" = 'running') = ("work"."jobs"."claimant" is not null))
);
--> statement-breakpoint
CREATE TABLE "access"."refusals" (
	"ledger_id" integer NOT NULL,
	"key" uuid NOT NULL,
	"partner_id" text NOT NULL,
	"partner_reference" text NOT NULL,
	"code" text NOT NULL,
	"refused_at" timestamp(6) with time zone NOT NULL,
	CONSTRAINT "refusals_pkey" PRIMARY KEY("ledger_id","key")
);
--> statement-breakpoint
CREATE TABLE "access"."subjects" (
	"ledger_id" integer NOT NULL,
	"pseudonym" text NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"first_seen" timestamp(6) with time zone NOT NULL,
	CONSTRAINT "subjects_pkey" PRIMARY KEY("ledger_id","pseudonym")
);
--> statement-breakpoint
CREATE TABLE "timebank"."partner_statement_lines" (
	"ledger_id" integer NOT NULL,
	"partner_statement_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"partner_reference" text NOT NULL,
	"booked_on" date NOT NULL,
	"points" bigint NOT NULL,
	"amount_cny" bigint NOT NULL,
	"type" text NOT NULL,
	CONSTRAINT "partner_statement_lines_pkey" PRIMARY KEY("ledger_id","partner_statement_id","line"),
	CONSTRAINT "partner_statement_lines_type_check" CHECK ("timebank"."partner_statement_lines"."type" in ('redeem', 'refund')),
	CONSTRAINT "partner_statement_lines_ids_check" CHECK (length("timebank"."partner_statement_lines"."partner_reference") <= 64 and "timebank"."partner_statement_lines"."partner_reference" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "partner_statement_lines_booked_on_check" CHECK ("timebank"."partner_statement_lines"."booked_on" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
CREATE TABLE "timebank"."partner_statements" (
	"ledger_id" integer NOT NULL,
	"partner_statement_id" uuid NOT NULL,
	"partner_id" text NOT NULL,
	"from" date NOT NULL,
	"to" date NOT NULL,
	"sequence" integer NOT NULL,
	"file_name" text,
	"sha256" text NOT NULL,
	"line_count" integer NOT NULL,
	"points" bigint NOT NULL,
	"amount_cny" bigint NOT NULL,
	"lines_sha256" text NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "partner_statements_pkey" PRIMARY KEY("ledger_id","partner_statement_id"),
	CONSTRAINT "partner_statements_ids_check" CHECK (length("timebank"."partner_statements"."partner_id") <= 64 and "timebank"."partner_statements"."partner_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "partner_statements_dates_check" CHECK ("timebank"."partner_statements"."from" between '2000-01-01' and '2099-12-31' and "timebank"."partner_statements"."to" between '2000-01-01' and '2099-12-31'),
	CONSTRAINT "partner_statements_range_check" CHECK ("timebank"."partner_statements"."from" <= "timebank"."partner_statements"."to"),
	CONSTRAINT "partner_statements_sequence_check" CHECK ("timebank"."partner_statements"."sequence" > 0)
);
--> statement-breakpoint
CREATE TABLE "timebank"."reconciliation_results" (
	"ledger_id" integer NOT NULL,
	"reconciliation_id" uuid NOT NULL,
	"attempt" uuid NOT NULL,
	"partner_reference" text collate "C" NOT NULL,
	"status" text NOT NULL,
	"direction" text,
	"reason" text NOT NULL,
	"ledger_points" bigint NOT NULL,
	"ledger_cny" bigint NOT NULL,
	"statement_points" bigint NOT NULL,
	"statement_cny" bigint NOT NULL,
	"redemption_ids" uuid[] NOT NULL,
	"entries" bigint[] NOT NULL,
	"lines" integer[] NOT NULL,
	"outside_lines" integer[] NOT NULL,
	"reason_lines" integer[] NOT NULL,
	"redeemed_on" date[] NOT NULL,
	"booked_on" date[] NOT NULL,
	CONSTRAINT "reconciliation_results_pkey" PRIMARY KEY("ledger_id","reconciliation_id","attempt","partner_reference")
);
--> statement-breakpoint
CREATE TABLE "timebank"."reconciliations" (
	"ledger_id" integer NOT NULL,
	"reconciliation_id" uuid NOT NULL,
	"partner_id" text NOT NULL,
	"from" date NOT NULL,
	"to" date NOT NULL,
	"sequence" integer NOT NULL,
	"partner_statement_id" uuid NOT NULL,
	"cutoff_days" integer NOT NULL,
	"watermark" bigint NOT NULL,
	"rule_set" text NOT NULL,
	"statement_sha256" text NOT NULL,
	"status" text NOT NULL,
	"matcher_version" integer,
	"attempt" uuid,
	"result_count" integer,
	"report_sha256" text,
	"control" text,
	"created_at" timestamp(6) with time zone NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "reconciliations_pkey" PRIMARY KEY("ledger_id","reconciliation_id"),
	CONSTRAINT "reconciliations_ids_check" CHECK (length("timebank"."reconciliations"."partner_id") <= 64 and "timebank"."reconciliations"."partner_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "reconciliations_dates_check" CHECK ("timebank"."reconciliations"."from" between '2000-01-01' and '2099-12-31' and "timebank"."reconciliations"."to" between '2000-01-01' and '2099-12-31'),
	CONSTRAINT "reconciliations_range_check" CHECK ("timebank"."reconciliations"."from" <= "timebank"."reconciliations"."to"),
	CONSTRAINT "reconciliations_status_check" CHECK ("timebank"."reconciliations"."status" in ('running', 'done'))
);
--> statement-breakpoint
CREATE TABLE "timebank"."adjustments" (
	"ledger_id" integer NOT NULL,
	"adjustment_id" uuid NOT NULL,
	"state" text NOT NULL,
	"kind" text NOT NULL,
	"effective_on" date,
	"legs" text NOT NULL,
	"reference" text,
	"reason" text,
	"rejection" text,
	"salt" text NOT NULL,
	"proposed_by" text NOT NULL,
	"proposed_at" timestamp(6) with time zone NOT NULL,
	"decided_by" text,
	"decided_at" timestamp(6) with time zone,
	"entry" bigint NOT NULL,
	CONSTRAINT "adjustments_pkey" PRIMARY KEY("ledger_id","adjustment_id"),
	CONSTRAINT "adjustments_state_check" CHECK ("timebank"."adjustments"."state" in ('proposed', 'posted', 'rejected', 'reversed')),
	CONSTRAINT "adjustments_decided_check" CHECK (("timebank"."adjustments"."state" = 'proposed') = ("timebank"."adjustments"."decided_by" is null) and ("timebank"."adjustments"."decided_by" is null) = ("timebank"."adjustments"."decided_at" is null))
);
--> statement-breakpoint
CREATE TABLE "timebank"."opening_points" (
	"ledger_id" integer NOT NULL,
	"member_id" text NOT NULL,
	"occurrences" bigint NOT NULL,
	"points" bigint NOT NULL,
	"effective_on" date NOT NULL,
	"state" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "opening_points_pkey" PRIMARY KEY("ledger_id","member_id"),
	CONSTRAINT "opening_points_ids_check" CHECK (length("timebank"."opening_points"."member_id") <= 64 and "timebank"."opening_points"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "opening_points_effective_on_check" CHECK ("timebank"."opening_points"."effective_on" between '2000-01-01' and '2099-12-31'),
	CONSTRAINT "opening_points_state_check" CHECK ("timebank"."opening_points"."state" in ('counted', 'reversed')),
	CONSTRAINT "opening_points_figures_check" CHECK ("timebank"."opening_points"."occurrences" >= 0 and "timebank"."opening_points"."points" >= 0)
);
--> statement-breakpoint
CREATE TABLE "work"."import_lines" (
	"ledger_id" integer NOT NULL,
	"import_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"position" integer NOT NULL,
	"external_id" text,
	"cells" text,
	"state" text NOT NULL,
	"code" text,
	"reason" text,
	CONSTRAINT "import_lines_pkey" PRIMARY KEY("ledger_id","import_id","line")
);
--> statement-breakpoint
CREATE TABLE "timebank"."import_rows" (
	"ledger_id" integer NOT NULL,
	"import_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"external_id" text,
	"state" text NOT NULL,
	"code" text,
	"reason" text,
	"entry" bigint NOT NULL,
	CONSTRAINT "import_rows_pkey" PRIMARY KEY("ledger_id","import_id","line"),
	CONSTRAINT "import_rows_state_check" CHECK ("timebank"."import_rows"."state" in ('ready', 'skipped', 'error', 'imported')),
	CONSTRAINT "import_rows_ids_check" CHECK (length("timebank"."import_rows"."external_id") <= 64 and "timebank"."import_rows"."external_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
CREATE TABLE "timebank"."imports" (
	"ledger_id" integer NOT NULL,
	"import_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"file_name" text,
	"brought_by" text NOT NULL,
	"sha256" text NOT NULL,
	"lines_sha256" text NOT NULL,
	"effective_on" date,
	"encoding" text NOT NULL,
	"state" text NOT NULL,
	"salt" text NOT NULL,
	"total" integer NOT NULL,
	"done" integer NOT NULL,
	"imported" integer NOT NULL,
	"skipped" integer NOT NULL,
	"errors" integer NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "imports_pkey" PRIMARY KEY("ledger_id","import_id"),
	CONSTRAINT "imports_kind_check" CHECK ("timebank"."imports"."kind" in ('org_units', 'members', 'opening_points', 'visits', 'redemptions')),
	CONSTRAINT "imports_state_check" CHECK ("timebank"."imports"."state" in ('staged', 'committed', 'expired')),
	CONSTRAINT "imports_encoding_check" CHECK ("timebank"."imports"."encoding" in ('utf-8', 'gb18030')),
	CONSTRAINT "imports_effective_on_check" CHECK ("timebank"."imports"."effective_on" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
CREATE TABLE "timebank"."credentials" (
	"ledger_id" integer NOT NULL,
	"client_id" text NOT NULL,
	"role" text NOT NULL,
	"subject" text NOT NULL,
	"secret_sha256" text NOT NULL,
	"issued_at" timestamp(6) with time zone NOT NULL,
	"ends_at" timestamp(6) with time zone,
	"revoked" boolean NOT NULL,
	"replaced_by" text,
	"entry" bigint NOT NULL,
	CONSTRAINT "credentials_pkey" PRIMARY KEY("ledger_id","client_id"),
	CONSTRAINT "credentials_ids_check" CHECK (length("timebank"."credentials"."subject") <= 64 and "timebank"."credentials"."subject" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
CREATE TABLE "timebank"."partners" (
	"ledger_id" integer NOT NULL,
	"partner_id" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"point_price" text NOT NULL,
	"may_backdate" boolean NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "partners_pkey" PRIMARY KEY("ledger_id","partner_id"),
	CONSTRAINT "partners_kind_check" CHECK ("timebank"."partners"."kind" in ('rural_commercial_bank', 'shop', 'platform')),
	CONSTRAINT "partners_ids_check" CHECK (length("timebank"."partners"."partner_id") <= 64 and "timebank"."partners"."partner_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
CREATE TABLE "timebank"."redemptions" (
	"ledger_id" integer NOT NULL,
	"redemption_id" uuid NOT NULL,
	"partner_id" text NOT NULL,
	"partner_reference" text NOT NULL,
	"member_id" text NOT NULL,
	"status" text NOT NULL,
	"authorised" bigint NOT NULL,
	"captured" bigint NOT NULL,
	"released" bigint NOT NULL,
	"refunded" bigint NOT NULL,
	"captured_cny" bigint NOT NULL,
	"refunded_cny" bigint NOT NULL,
	"movements" text NOT NULL,
	"effective_on" date NOT NULL,
	"expires_at" timestamp(6) with time zone NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "redemptions_pkey" PRIMARY KEY("ledger_id","redemption_id"),
	CONSTRAINT "redemptions_status_check" CHECK ("timebank"."redemptions"."status" in ('authorised', 'partially_captured', 'captured', 'voided', 'expired', 'partially_refunded', 'refunded')),
	CONSTRAINT "redemptions_amounts_check" CHECK ("timebank"."redemptions"."authorised" > 0 and "timebank"."redemptions"."captured" >= 0 and "timebank"."redemptions"."released" >= 0 and "timebank"."redemptions"."captured" + "timebank"."redemptions"."released" <= "timebank"."redemptions"."authorised"
        and "timebank"."redemptions"."refunded" between 0 and "timebank"."redemptions"."captured" and "timebank"."redemptions"."refunded_cny" between 0 and "timebank"."redemptions"."captured_cny"
        and ("timebank"."redemptions"."captured" = 0) = ("timebank"."redemptions"."movements" = '')),
	CONSTRAINT "redemptions_ids_check" CHECK (length("timebank"."redemptions"."partner_id") <= 64 and "timebank"."redemptions"."partner_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."redemptions"."partner_reference") <= 64 and "timebank"."redemptions"."partner_reference" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."redemptions"."member_id") <= 64 and "timebank"."redemptions"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "redemptions_effective_on_check" CHECK ("timebank"."redemptions"."effective_on" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
CREATE TABLE "timebank"."members" (
	"ledger_id" integer NOT NULL,
	"member_id" text NOT NULL,
	"org_unit_id" text NOT NULL,
	"state" text NOT NULL,
	"carry" bigint NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "members_pkey" PRIMARY KEY("ledger_id","member_id"),
	CONSTRAINT "members_state_check" CHECK ("timebank"."members"."state" in ('active')),
	CONSTRAINT "members_ids_check" CHECK (length("timebank"."members"."member_id") <= 64 and "timebank"."members"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."members"."org_unit_id") <= 64 and "timebank"."members"."org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "members_carry_check" CHECK ("timebank"."members"."carry" >= 0)
);
--> statement-breakpoint
CREATE TABLE "timebank"."org_units" (
	"ledger_id" integer NOT NULL,
	"org_unit_id" text NOT NULL,
	"parent_id" text,
	"level" text NOT NULL,
	"name" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "org_units_pkey" PRIMARY KEY("ledger_id","org_unit_id"),
	CONSTRAINT "org_units_level_check" CHECK ("timebank"."org_units"."level" in ('county', 'subdistrict', 'community', 'estate', 'stairwell')),
	CONSTRAINT "org_units_ids_check" CHECK (length("timebank"."org_units"."org_unit_id") <= 64 and "timebank"."org_units"."org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."org_units"."parent_id") <= 64 and "timebank"."org_units"."parent_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
CREATE TABLE "timebank"."persons" (
	"ledger_id" integer NOT NULL,
	"member_id" text NOT NULL,
	"name" text,
	"gender" text,
	"birth_date" date,
	"phone" text,
	"talent_category" text,
	"salt" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "persons_pkey" PRIMARY KEY("ledger_id","member_id"),
	CONSTRAINT "persons_gender_check" CHECK ("timebank"."persons"."gender" in ('male', 'female')),
	CONSTRAINT "persons_talent_category_check" CHECK ("timebank"."persons"."talent_category" in ('enterprise_aid', 'theory_talks', 'rural_revival', 'social_governance', 'culture_education', 'ecology', 'next_generation')),
	CONSTRAINT "persons_phone_check" CHECK ("timebank"."persons"."phone" ~ '^\+?[0-9][0-9 -]{4,19}$'),
	CONSTRAINT "persons_birth_date_check" CHECK ("timebank"."persons"."birth_date" >= '1900-01-01'),
	CONSTRAINT "persons_ids_check" CHECK (length("timebank"."persons"."member_id") <= 64 and "timebank"."persons"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
CREATE TABLE "timebank"."service_differences" (
	"ledger_id" integer NOT NULL,
	"service_record_id" text NOT NULL,
	"code" text NOT NULL,
	"amount" bigint NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "service_differences_pkey" PRIMARY KEY("ledger_id","service_record_id","code"),
	CONSTRAINT "service_differences_amount_check" CHECK ("timebank"."service_differences"."amount" <> 0)
);
--> statement-breakpoint
CREATE TABLE "timebank"."service_records" (
	"ledger_id" integer NOT NULL,
	"service_record_id" text NOT NULL,
	"volunteer_id" text NOT NULL,
	"recipient_id" text,
	"service_type" text NOT NULL,
	"planned_start" timestamp(6) with time zone NOT NULL,
	"planned_end" timestamp(6) with time zone NOT NULL,
	"check_in" timestamp(6) with time zone NOT NULL,
	"check_out" timestamp(6) with time zone NOT NULL,
	"served_on" date NOT NULL,
	"week" date NOT NULL,
	"effective_on" date NOT NULL,
	"proof_grade" text NOT NULL,
	"recorded_by" text NOT NULL,
	"approved_by" text NOT NULL,
	"rule_set" text NOT NULL,
	"hours" bigint NOT NULL,
	"coins" bigint NOT NULL,
	"to_pool" bigint NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "service_records_pkey" PRIMARY KEY("ledger_id","service_record_id"),
	CONSTRAINT "service_records_people_check" CHECK ("timebank"."service_records"."volunteer_id" <> "timebank"."service_records"."recipient_id" and "timebank"."service_records"."recorded_by" <> "timebank"."service_records"."volunteer_id" and "timebank"."service_records"."recorded_by" <> "timebank"."service_records"."recipient_id"),
	CONSTRAINT "service_records_times_check" CHECK ("timebank"."service_records"."planned_start" < "timebank"."service_records"."planned_end" and "timebank"."service_records"."check_in" < "timebank"."service_records"."check_out"),
	CONSTRAINT "service_records_week_check" CHECK (extract(isodow from "timebank"."service_records"."week") = 1 and "timebank"."service_records"."served_on" - "timebank"."service_records"."week" between 0 and 6),
	CONSTRAINT "service_records_effective_check" CHECK ("timebank"."service_records"."effective_on" >= "timebank"."service_records"."served_on"),
	CONSTRAINT "service_records_amounts_check" CHECK ("timebank"."service_records"."hours" > 0 and "timebank"."service_records"."coins" >= 0 and "timebank"."service_records"."to_pool" >= 0),
	CONSTRAINT "service_records_proof_grade_check" CHECK ("timebank"."service_records"."proof_grade" in ('A', 'B', 'C')),
	CONSTRAINT "service_records_service_type_check" CHECK (length("timebank"."service_records"."service_type") <= 64 and "timebank"."service_records"."service_type" ~ '^[a-z][a-z0-9_]*$'),
	CONSTRAINT "service_records_ids_check" CHECK (length("timebank"."service_records"."service_record_id") <= 64 and "timebank"."service_records"."service_record_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."service_records"."volunteer_id") <= 64 and "timebank"."service_records"."volunteer_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."service_records"."recipient_id") <= 64 and "timebank"."service_records"."recipient_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."service_records"."recorded_by") <= 64 and "timebank"."service_records"."recorded_by" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "service_records_served_on_check" CHECK ("timebank"."service_records"."served_on" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_code_key" ON "timeledger"."accounts" USING btree ("ledger_id","code");--> statement-breakpoint
CREATE UNIQUE INDEX "entries_reverses_key" ON "timeledger"."entries" USING btree ("ledger_id","reverses") WHERE "timeledger"."entries"."reverses" is not null;--> statement-breakpoint
CREATE INDEX "idempotency_keys_batch_idx" ON "timeledger"."idempotency_keys" USING brin ("ledger_id","batch_seq") WITH (pages_per_range=16,autosummarize=true);--> statement-breakpoint
CREATE UNIQUE INDEX "ledgers_code_key" ON "timeledger"."ledgers" USING btree ("code");--> statement-breakpoint
CREATE INDEX "blobs_sha256_idx" ON "work"."blobs" USING btree ("ledger_id","sha256");--> statement-breakpoint
CREATE INDEX "blobs_expires_idx" ON "work"."blobs" USING btree ("ledger_id","expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_key_key" ON "work"."jobs" USING btree ("ledger_id","key") WHERE "work"."jobs"."key" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_subject_key" ON "work"."jobs" USING btree ("ledger_id","kind","subject") WHERE "work"."jobs"."subject" is not null and "work"."jobs"."state" in ('queued', 'running');--> statement-breakpoint
CREATE INDEX "jobs_due_idx" ON "work"."jobs" USING btree ("runs_on","due_at") WHERE "work"."jobs"."state" in ('queued', 'running');--> statement-breakpoint
CREATE INDEX "refusals_time_idx" ON "access"."refusals" USING btree ("ledger_id","refused_at","key");--> statement-breakpoint
CREATE UNIQUE INDEX "partner_statements_sequence_key" ON "timebank"."partner_statements" USING btree ("ledger_id","partner_id","from","to","sequence");--> statement-breakpoint
CREATE INDEX "reconciliation_results_status_idx" ON "timebank"."reconciliation_results" USING btree ("ledger_id","reconciliation_id","attempt","status","partner_reference");--> statement-breakpoint
CREATE INDEX "reconciliation_results_breaks_idx" ON "timebank"."reconciliation_results" USING btree ("ledger_id","reconciliation_id","attempt","partner_reference") WHERE "timebank"."reconciliation_results"."status" <> 'matched';--> statement-breakpoint
CREATE INDEX "reconciliations_running_idx" ON "timebank"."reconciliations" USING btree ("ledger_id","reconciliation_id") WHERE "timebank"."reconciliations"."status" = 'running';--> statement-breakpoint
CREATE UNIQUE INDEX "import_lines_position_key" ON "work"."import_lines" USING btree ("ledger_id","import_id","position");--> statement-breakpoint
CREATE UNIQUE INDEX "redemptions_reference_key" ON "timebank"."redemptions" USING btree ("ledger_id","partner_id","partner_reference");--> statement-breakpoint
CREATE INDEX "redemptions_member_idx" ON "timebank"."redemptions" USING btree ("ledger_id","member_id","status");--> statement-breakpoint
CREATE INDEX "redemptions_due_idx" ON "timebank"."redemptions" USING btree ("ledger_id","expires_at") WHERE "timebank"."redemptions"."status" in ('authorised', 'partially_captured');--> statement-breakpoint
CREATE INDEX "members_org_unit_idx" ON "timebank"."members" USING btree ("ledger_id","org_unit_id");--> statement-breakpoint
CREATE INDEX "org_units_parent_idx" ON "timebank"."org_units" USING btree ("ledger_id","parent_id");--> statement-breakpoint
CREATE INDEX "service_records_week_idx" ON "timebank"."service_records" USING btree ("ledger_id","volunteer_id","week");