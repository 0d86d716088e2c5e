CREATE TABLE "timebank"."recomputations" (
	"ledger_id" integer NOT NULL,
	"recomputation_id" uuid NOT NULL,
	"state" text NOT NULL,
	"rule_set" text NOT NULL,
	"first_on" date NOT NULL,
	"last_on" date NOT NULL,
	"org_unit_id" text,
	"document" text NOT NULL,
	"lines" integer NOT NULL,
	"lines_sha256" text NOT NULL,
	"coins" bigint NOT NULL,
	"to_pool" bigint NOT NULL,
	"done" integer NOT NULL,
	"left_out" integer NOT NULL,
	"proposed_by" text NOT NULL,
	"proposed_alias" text,
	"proposed_at" timestamp(6) with time zone NOT NULL,
	"decided_by" text,
	"decided_at" timestamp(6) with time zone,
	"undo_proposed_by" text,
	"undo_alias" text,
	"undone_by" text,
	"entry" bigint NOT NULL,
	CONSTRAINT "recomputations_pkey" PRIMARY KEY("ledger_id","recomputation_id"),
	CONSTRAINT "recomputations_state_check" CHECK ("timebank"."recomputations"."state" in ('proposed', 'posting', 'posted', 'withdrawn', 'undoing', 'undone')),
	CONSTRAINT "recomputations_counts_check" CHECK ("timebank"."recomputations"."left_out" between 0 and "timebank"."recomputations"."done" and "timebank"."recomputations"."done" <= "timebank"."recomputations"."lines"),
	CONSTRAINT "recomputations_dates_check" CHECK ("timebank"."recomputations"."first_on" between '2000-01-01' and '2099-12-31' and "timebank"."recomputations"."last_on" between '2000-01-01' and '2099-12-31' and "timebank"."recomputations"."first_on" <= "timebank"."recomputations"."last_on"),
	CONSTRAINT "recomputations_ids_check" CHECK (length("timebank"."recomputations"."org_unit_id") <= 64 and "timebank"."recomputations"."org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "recomputations_decided_check" CHECK (("timebank"."recomputations"."state" = 'proposed') = ("timebank"."recomputations"."decided_by" is null))
);
--> statement-breakpoint
ALTER TABLE "timebank"."service_recomputations" DROP CONSTRAINT "service_recomputations_sum_check";--> statement-breakpoint
ALTER TABLE "timebank"."service_recomputations" ADD COLUMN "other" bigint;--> statement-breakpoint
ALTER TABLE "timebank"."service_recomputations" ADD COLUMN "others" text;--> statement-breakpoint
ALTER TABLE "timebank"."service_recomputations" ADD COLUMN "rule_set" text;--> statement-breakpoint
ALTER TABLE "timebank"."service_recomputations" ADD COLUMN "recomputation_id" uuid;--> statement-breakpoint
CREATE INDEX "service_recomputations_batch_idx" ON "timebank"."service_recomputations" USING btree ("ledger_id","recomputation_id","entry") WHERE "timebank"."service_recomputations"."recomputation_id" is not null;--> statement-breakpoint
ALTER TABLE "timebank"."service_recomputations" ADD CONSTRAINT "service_recomputations_sum_check" CHECK ("timebank"."service_recomputations"."coins" + "timebank"."service_recomputations"."to_pool" + "timebank"."service_recomputations"."cap_day" + "timebank"."service_recomputations"."cap_week" + "timebank"."service_recomputations"."rounding_carry" + coalesce("timebank"."service_recomputations"."other", 0) = 0);--> statement-breakpoint
select timeledger.accept_rows('timebank.recomputations'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.service_recomputations'::regclass, false);
--> statement-breakpoint
select timeledger.distribute();
