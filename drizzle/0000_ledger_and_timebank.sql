CREATE SCHEMA "timeledger";
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
	"leaf_hash" "bytea" NOT NULL,
	"leaf" text NOT NULL,
	CONSTRAINT "entries_pkey" PRIMARY KEY("ledger_id","number"),
	CONSTRAINT "entries_number_check" CHECK ("timeledger"."entries"."number" > 0),
	CONSTRAINT "entries_leaf_hash_check" CHECK (length("timeledger"."entries"."leaf_hash") = 32)
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
	"version" integer NOT NULL,
	"effective_on" date NOT NULL,
	"amount" bigint NOT NULL,
	"balance" bigint NOT NULL,
	CONSTRAINT "postings_pkey" PRIMARY KEY("ledger_id","account_id","entry","version"),
	CONSTRAINT "postings_amount_check" CHECK ("timeledger"."postings"."amount" <> 0)
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
	"entry" bigint NOT NULL,
	CONSTRAINT "partner_statement_lines_pkey" PRIMARY KEY("ledger_id","partner_statement_id","line")
);
--> statement-breakpoint
CREATE TABLE "timebank"."partner_statements" (
	"ledger_id" integer NOT NULL,
	"partner_statement_id" uuid NOT NULL,
	"partner_id" text NOT NULL,
	"period" text NOT NULL,
	"file_name" text,
	"sha256" text NOT NULL,
	"line_count" integer NOT NULL,
	"points" bigint NOT NULL,
	"amount_cny" bigint NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "partner_statements_pkey" PRIMARY KEY("ledger_id","partner_statement_id")
);
--> statement-breakpoint
CREATE TABLE "timebank"."reconciliations" (
	"ledger_id" integer NOT NULL,
	"reconciliation_id" uuid NOT NULL,
	"partner_id" text NOT NULL,
	"period" text NOT NULL,
	"partner_statement_id" uuid NOT NULL,
	"cutoff_days" integer NOT NULL,
	"watermark" bigint NOT NULL,
	"rule_set" text NOT NULL,
	"statement_sha256" text NOT NULL,
	"report_sha256" text NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "reconciliations_pkey" PRIMARY KEY("ledger_id","reconciliation_id")
);
--> statement-breakpoint
CREATE TABLE "timebank"."opening_points" (
	"ledger_id" integer NOT NULL,
	"member_id" text NOT NULL,
	"occurrences" bigint NOT NULL,
	"points" bigint NOT NULL,
	"effective_on" date NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "opening_points_pkey" PRIMARY KEY("ledger_id","member_id")
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
	CONSTRAINT "import_rows_pkey" PRIMARY KEY("ledger_id","import_id","line")
);
--> statement-breakpoint
CREATE TABLE "timebank"."imports" (
	"ledger_id" integer NOT NULL,
	"import_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"file_name" text,
	"brought_by" text NOT NULL,
	"sha256" text NOT NULL,
	"effective_on" date,
	"state" text NOT NULL,
	"content" text,
	"salt" text NOT NULL,
	"total" integer NOT NULL,
	"done" integer NOT NULL,
	"imported" integer NOT NULL,
	"skipped" integer NOT NULL,
	"errors" integer NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "imports_pkey" PRIMARY KEY("ledger_id","import_id")
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
	CONSTRAINT "credentials_pkey" PRIMARY KEY("ledger_id","client_id")
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
	CONSTRAINT "partners_pkey" PRIMARY KEY("ledger_id","partner_id")
);
--> statement-breakpoint
CREATE TABLE "timebank"."redemption_movements" (
	"ledger_id" integer NOT NULL,
	"entry" bigint NOT NULL,
	"redemption_id" uuid NOT NULL,
	"partner_id" text NOT NULL,
	"partner_reference" text NOT NULL,
	"effective_on" date NOT NULL,
	"points" bigint NOT NULL,
	"amount_cny" bigint NOT NULL,
	CONSTRAINT "redemption_movements_pkey" PRIMARY KEY("ledger_id","redemption_id","entry")
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
	"effective_on" date NOT NULL,
	"expires_at" timestamp(6) with time zone NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "redemptions_pkey" PRIMARY KEY("ledger_id","redemption_id")
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
	CONSTRAINT "members_carry_check" CHECK ("timebank"."members"."carry" >= 0)
);
--> statement-breakpoint
CREATE TABLE "timebank"."org_units" (
	"ledger_id" integer NOT NULL,
	"org_unit_id" text NOT NULL,
	"parent_id" text,
	"level" text NOT NULL,
	"name" text NOT NULL,
	"path" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "org_units_pkey" PRIMARY KEY("ledger_id","org_unit_id")
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
	CONSTRAINT "persons_pkey" PRIMARY KEY("ledger_id","member_id")
);
--> statement-breakpoint
CREATE TABLE "timebank"."service_differences" (
	"ledger_id" integer NOT NULL,
	"service_record_id" text NOT NULL,
	"code" text NOT NULL,
	"amount" bigint NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "service_differences_pkey" PRIMARY KEY("ledger_id","service_record_id","code")
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
	"proof_grade" text NOT NULL,
	"recorded_by" text NOT NULL,
	"approved_by" text NOT NULL,
	"rule_set" text NOT NULL,
	"hours" bigint NOT NULL,
	"eligible" bigint NOT NULL,
	"coins" bigint NOT NULL,
	"to_pool" bigint NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "service_records_pkey" PRIMARY KEY("ledger_id","service_record_id")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_code_key" ON "timeledger"."accounts" USING btree ("ledger_id","code");--> statement-breakpoint
CREATE UNIQUE INDEX "entries_reverses_key" ON "timeledger"."entries" USING btree ("ledger_id","reverses") WHERE "timeledger"."entries"."reverses" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "ledgers_code_key" ON "timeledger"."ledgers" USING btree ("code");--> statement-breakpoint
CREATE INDEX "refusals_time_idx" ON "access"."refusals" USING btree ("ledger_id","refused_at","key");--> statement-breakpoint
CREATE UNIQUE INDEX "partner_statements_sha256_key" ON "timebank"."partner_statements" USING btree ("ledger_id","partner_id","period","sha256");--> statement-breakpoint
CREATE INDEX "redemption_movements_day_idx" ON "timebank"."redemption_movements" USING btree ("ledger_id","partner_id","effective_on");--> statement-breakpoint
CREATE UNIQUE INDEX "redemptions_reference_key" ON "timebank"."redemptions" USING btree ("ledger_id","partner_id","partner_reference");--> statement-breakpoint
CREATE INDEX "redemptions_member_idx" ON "timebank"."redemptions" USING btree ("ledger_id","member_id","status");--> statement-breakpoint
CREATE INDEX "redemptions_due_idx" ON "timebank"."redemptions" USING btree ("ledger_id","expires_at") WHERE "timebank"."redemptions"."status" in ('authorised', 'partially_captured');--> statement-breakpoint
CREATE INDEX "members_org_unit_idx" ON "timebank"."members" USING btree ("ledger_id","org_unit_id");--> statement-breakpoint
CREATE INDEX "service_records_week_idx" ON "timebank"."service_records" USING btree ("ledger_id","volunteer_id","week");