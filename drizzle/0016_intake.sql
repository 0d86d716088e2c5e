CREATE TABLE "timebank"."intake_batches" (
	"ledger_id" integer NOT NULL,
	"platform_id" text NOT NULL,
	"batch_id" text NOT NULL,
	"state" text NOT NULL,
	"position" text,
	"done" integer NOT NULL,
	"left_out" integer NOT NULL,
	"undo_proposed_by" text,
	"undo_alias" text,
	"undone_by" text,
	"entry" bigint NOT NULL,
	CONSTRAINT "intake_batches_pkey" PRIMARY KEY("ledger_id","platform_id","batch_id"),
	CONSTRAINT "intake_batches_state_check" CHECK ("timebank"."intake_batches"."state" in ('open', 'undo_proposed', 'undoing', 'undone')),
	CONSTRAINT "intake_batches_ids_check" CHECK (length("timebank"."intake_batches"."platform_id") <= 64 and "timebank"."intake_batches"."platform_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."intake_batches"."batch_id") <= 64 and "timebank"."intake_batches"."batch_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."intake_batches"."position") <= 64 and "timebank"."intake_batches"."position" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "intake_batches_counts_check" CHECK ("timebank"."intake_batches"."left_out" between 0 and "timebank"."intake_batches"."done"),
	CONSTRAINT "intake_batches_people_check" CHECK (("timebank"."intake_batches"."state" = 'open') = ("timebank"."intake_batches"."undo_proposed_by" is null) and ("timebank"."intake_batches"."state" in ('undoing', 'undone')) = ("timebank"."intake_batches"."undone_by" is not null))
);
--> statement-breakpoint
CREATE TABLE "timebank"."intake_items" (
	"ledger_id" integer NOT NULL,
	"platform_id" text NOT NULL,
	"external_id" text NOT NULL,
	"version" integer NOT NULL,
	"revision" integer,
	"replaces" integer,
	"kind" text NOT NULL,
	"member_id" text NOT NULL,
	"occurred_on" date NOT NULL,
	"occurrences" integer NOT NULL,
	"state" text NOT NULL,
	"points" bigint NOT NULL,
	"expires_on" date,
	"rule_set" text,
	"batch_id" text,
	"entry" bigint NOT NULL,
	CONSTRAINT "intake_items_pkey" PRIMARY KEY("ledger_id","platform_id","external_id"),
	CONSTRAINT "intake_items_kind_check" CHECK ("timebank"."intake_items"."kind" in ('service_count', 'resolved_issue')),
	CONSTRAINT "intake_items_state_check" CHECK ("timebank"."intake_items"."state" in ('counted', 'reported', 'resolved', 'rejected', 'withdrawn')),
	CONSTRAINT "intake_items_ids_check" CHECK (length("timebank"."intake_items"."platform_id") <= 64 and "timebank"."intake_items"."platform_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."intake_items"."external_id") <= 64 and "timebank"."intake_items"."external_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."intake_items"."member_id") <= 64 and "timebank"."intake_items"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."intake_items"."batch_id") <= 64 and "timebank"."intake_items"."batch_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "intake_items_occurred_on_check" CHECK ("timebank"."intake_items"."occurred_on" between '2000-01-01' and '2099-12-31'),
	CONSTRAINT "intake_items_occurrences_check" CHECK ("timebank"."intake_items"."occurrences" between 1 and 100000),
	CONSTRAINT "intake_items_version_check" CHECK ("timebank"."intake_items"."version" > 0 and ("timebank"."intake_items"."replaces" is null or "timebank"."intake_items"."replaces" < "timebank"."intake_items"."version")),
	CONSTRAINT "intake_items_points_check" CHECK ("timebank"."intake_items"."points" >= 0 and ("timebank"."intake_items"."points" > 0) = ("timebank"."intake_items"."expires_on" is not null)
      and ("timebank"."intake_items"."points" = 0 or ("timebank"."intake_items"."state" in ('counted', 'resolved') and "timebank"."intake_items"."rule_set" is not null)))
);
--> statement-breakpoint
CREATE TABLE "timebank"."intake_versions" (
	"ledger_id" integer NOT NULL,
	"platform_id" text NOT NULL,
	"external_id" text NOT NULL,
	"version" integer NOT NULL,
	"revision" integer,
	"replaces" integer,
	"kind" text NOT NULL,
	"member_id" text NOT NULL,
	"occurred_on" date NOT NULL,
	"occurrences" integer NOT NULL,
	"state" text NOT NULL,
	"points" bigint NOT NULL,
	"expires_on" date,
	"rule_set" text,
	"batch_id" text,
	"posted" bigint NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "intake_versions_pkey" PRIMARY KEY("ledger_id","platform_id","external_id","version"),
	CONSTRAINT "intake_versions_ids_check" CHECK (length("timebank"."intake_versions"."platform_id") <= 64 and "timebank"."intake_versions"."platform_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."intake_versions"."external_id") <= 64 and "timebank"."intake_versions"."external_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."intake_versions"."member_id") <= 64 and "timebank"."intake_versions"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."intake_versions"."batch_id") <= 64 and "timebank"."intake_versions"."batch_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "intake_versions_posted_check" CHECK ("timebank"."intake_versions"."posted" < "timebank"."intake_versions"."entry")
);
--> statement-breakpoint
ALTER TABLE "timebank"."import_mappings" DROP CONSTRAINT "import_mappings_kind_check";--> statement-breakpoint
ALTER TABLE "timebank"."imports" DROP CONSTRAINT "imports_kind_check";--> statement-breakpoint
CREATE INDEX "intake_batches_state_idx" ON "timebank"."intake_batches" USING btree ("ledger_id","state") WHERE "timebank"."intake_batches"."state" = 'undoing';--> statement-breakpoint
CREATE INDEX "intake_items_batch_idx" ON "timebank"."intake_items" USING btree ("ledger_id","platform_id","batch_id","external_id") WHERE "timebank"."intake_items"."batch_id" is not null;--> statement-breakpoint
ALTER TABLE "timebank"."import_mappings" ADD CONSTRAINT "import_mappings_kind_check" CHECK ("timebank"."import_mappings"."kind" in ('org_units', 'members', 'opening_points', 'visits', 'redemptions', 'service_counts', 'resolved_issues'));--> statement-breakpoint
ALTER TABLE "timebank"."imports" ADD CONSTRAINT "imports_kind_check" CHECK ("timebank"."imports"."kind" in ('org_units', 'members', 'opening_points', 'visits', 'redemptions', 'service_counts', 'resolved_issues'));--> statement-breakpoint
select timeledger.accept_rows('timebank.intake_items'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.intake_versions'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.intake_batches'::regclass, true);
--> statement-breakpoint
select timeledger.distribute();
