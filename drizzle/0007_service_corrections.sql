CREATE TABLE "timebank"."service_corrections" (
	"ledger_id" integer NOT NULL,
	"service_record_id" text NOT NULL,
	"volunteer_id" text NOT NULL,
	"week" date NOT NULL,
	"status" text NOT NULL,
	"annul" boolean NOT NULL,
	"external_id" text,
	"service_type" text,
	"planned_start" timestamp(6) with time zone,
	"planned_end" timestamp(6) with time zone,
	"check_in" timestamp(6) with time zone,
	"check_out" timestamp(6) with time zone,
	"proof_grade" text,
	"recorded_by" text,
	"reason" text,
	"salt" text NOT NULL,
	"proposed_by" text NOT NULL,
	"proposed_at" timestamp(6) with time zone NOT NULL,
	"decided_by" text,
	"decided_at" timestamp(6) with time zone,
	"corrected_by" text,
	"reversed_on" date,
	"entry" bigint NOT NULL,
	CONSTRAINT "service_corrections_pkey" PRIMARY KEY("ledger_id","service_record_id"),
	CONSTRAINT "service_corrections_status_check" CHECK ("timebank"."service_corrections"."status" in ('proposed', 'carried_out', 'withdrawn')),
	CONSTRAINT "service_corrections_proof_grade_check" CHECK ("timebank"."service_corrections"."proof_grade" in ('A', 'B', 'C')),
	CONSTRAINT "service_corrections_service_type_check" CHECK (length("timebank"."service_corrections"."service_type") <= 64 and "timebank"."service_corrections"."service_type" ~ '^[a-z][a-z0-9_]*$'),
	CONSTRAINT "service_corrections_decided_check" CHECK (("timebank"."service_corrections"."status" = 'proposed') = ("timebank"."service_corrections"."decided_by" is null) and ("timebank"."service_corrections"."decided_by" is null) = ("timebank"."service_corrections"."decided_at" is null)),
	CONSTRAINT "service_corrections_reversed_check" CHECK (("timebank"."service_corrections"."status" = 'carried_out') = ("timebank"."service_corrections"."reversed_on" is not null)),
	CONSTRAINT "service_corrections_corrected_check" CHECK (("timebank"."service_corrections"."status" = 'carried_out' and not "timebank"."service_corrections"."annul") = ("timebank"."service_corrections"."corrected_by" is not null)),
	CONSTRAINT "service_corrections_annul_check" CHECK (case when "timebank"."service_corrections"."annul"
        then num_nonnulls("timebank"."service_corrections"."external_id", "timebank"."service_corrections"."service_type", "timebank"."service_corrections"."planned_start", "timebank"."service_corrections"."planned_end", "timebank"."service_corrections"."check_in", "timebank"."service_corrections"."check_out", "timebank"."service_corrections"."proof_grade", "timebank"."service_corrections"."recorded_by") = 0
        else num_nulls("timebank"."service_corrections"."service_type", "timebank"."service_corrections"."planned_start", "timebank"."service_corrections"."planned_end", "timebank"."service_corrections"."check_in", "timebank"."service_corrections"."check_out", "timebank"."service_corrections"."proof_grade", "timebank"."service_corrections"."recorded_by") = 0 end),
	CONSTRAINT "service_corrections_ids_check" CHECK (length("timebank"."service_corrections"."service_record_id") <= 64 and "timebank"."service_corrections"."service_record_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."service_corrections"."volunteer_id") <= 64 and "timebank"."service_corrections"."volunteer_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."service_corrections"."external_id") <= 64 and "timebank"."service_corrections"."external_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."service_corrections"."recorded_by") <= 64 and "timebank"."service_corrections"."recorded_by" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."service_corrections"."corrected_by") <= 64 and "timebank"."service_corrections"."corrected_by" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "service_corrections_dates_check" CHECK ("timebank"."service_corrections"."week" between '2000-01-01' and '2099-12-31' and "timebank"."service_corrections"."reversed_on" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
CREATE TABLE "timebank"."service_recomputations" (
	"ledger_id" integer NOT NULL,
	"service_record_id" text NOT NULL,
	"volunteer_id" text NOT NULL,
	"week" date NOT NULL,
	"served_on" date NOT NULL,
	"coins" bigint NOT NULL,
	"to_pool" bigint NOT NULL,
	"cap_day" bigint NOT NULL,
	"cap_week" bigint NOT NULL,
	"rounding_carry" bigint NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "service_recomputations_pkey" PRIMARY KEY("ledger_id","service_record_id","entry"),
	CONSTRAINT "service_recomputations_sum_check" CHECK ("timebank"."service_recomputations"."coins" + "timebank"."service_recomputations"."to_pool" + "timebank"."service_recomputations"."cap_day" + "timebank"."service_recomputations"."cap_week" + "timebank"."service_recomputations"."rounding_carry" = 0),
	CONSTRAINT "service_recomputations_ids_check" CHECK (length("timebank"."service_recomputations"."service_record_id") <= 64 and "timebank"."service_recomputations"."service_record_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."service_recomputations"."volunteer_id") <= 64 and "timebank"."service_recomputations"."volunteer_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "service_recomputations_dates_check" CHECK ("timebank"."service_recomputations"."week" between '2000-01-01' and '2099-12-31' and "timebank"."service_recomputations"."served_on" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
ALTER TABLE "timebank"."service_records" ADD COLUMN "corrects" text;--> statement-breakpoint
CREATE INDEX "service_corrections_week_idx" ON "timebank"."service_corrections" USING btree ("ledger_id","volunteer_id","week");--> statement-breakpoint
CREATE INDEX "service_recomputations_week_idx" ON "timebank"."service_recomputations" USING btree ("ledger_id","volunteer_id","week");--> statement-breakpoint
select timeledger.accept_rows('timebank.service_corrections'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.service_recomputations'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.service_records'::regclass, false);
--> statement-breakpoint
select timeledger.distribute();
