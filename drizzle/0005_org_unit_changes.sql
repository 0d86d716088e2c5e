CREATE TABLE "timebank"."org_unit_changes" (
	"ledger_id" integer NOT NULL,
	"org_unit_id" text NOT NULL,
	"kind" text NOT NULL,
	"effective_on" date NOT NULL,
	"parent_id" text,
	"name" text NOT NULL,
	"changed_by" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "org_unit_changes_pkey" PRIMARY KEY("ledger_id","org_unit_id","entry"),
	CONSTRAINT "org_unit_changes_kind_check" CHECK ("timebank"."org_unit_changes"."kind" in ('registered', 'renamed', 'moved', 'closed')),
	CONSTRAINT "org_unit_changes_ids_check" CHECK (length("timebank"."org_unit_changes"."org_unit_id") <= 64 and "timebank"."org_unit_changes"."org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."org_unit_changes"."parent_id") <= 64 and "timebank"."org_unit_changes"."parent_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "org_unit_changes_dates_check" CHECK ("timebank"."org_unit_changes"."effective_on" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
ALTER TABLE "timebank"."org_units" DROP CONSTRAINT "org_units_level_check";--> statement-breakpoint
ALTER TABLE "timebank"."org_units" ADD COLUMN "closed_on" date;--> statement-breakpoint
CREATE UNIQUE INDEX "org_units_county_key" ON "timebank"."org_units" USING btree ("ledger_id") WHERE "timebank"."org_units"."level" = 'county';--> statement-breakpoint
ALTER TABLE "timebank"."org_units" ADD CONSTRAINT "org_units_level_check" CHECK ("timebank"."org_units"."level" in ('county', 'subdistrict', 'township', 'community', 'village', 'estate', 'stairwell'));--> statement-breakpoint
select timeledger.accept_rows('timebank.org_units'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.org_unit_changes'::regclass, false);
--> statement-breakpoint
select timeledger.distribute();
