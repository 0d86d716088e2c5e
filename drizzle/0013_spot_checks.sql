CREATE TABLE "timebank"."spot_check_results" (
	"ledger_id" integer NOT NULL,
	"spot_check_id" uuid NOT NULL,
	"service_record_id" text NOT NULL,
	"outcome" text NOT NULL,
	"checked_on" date NOT NULL,
	"checked_by" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "spot_check_results_pkey" PRIMARY KEY("ledger_id","spot_check_id","service_record_id"),
	CONSTRAINT "spot_check_results_ids_check" CHECK (length("timebank"."spot_check_results"."service_record_id") <= 64 and "timebank"."spot_check_results"."service_record_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "spot_check_results_outcome_check" CHECK ("timebank"."spot_check_results"."outcome" in ('confirmed', 'deviates', 'unreachable')),
	CONSTRAINT "spot_check_results_checked_on_check" CHECK ("timebank"."spot_check_results"."checked_on" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
CREATE TABLE "timebank"."spot_checks" (
	"ledger_id" integer NOT NULL,
	"spot_check_id" uuid NOT NULL,
	"from" date NOT NULL,
	"to" date NOT NULL,
	"proof_grade" text,
	"count" integer NOT NULL,
	"drawn_by" text NOT NULL,
	"drawn_at" timestamp(6) with time zone NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "spot_checks_pkey" PRIMARY KEY("ledger_id","spot_check_id"),
	CONSTRAINT "spot_checks_range_check" CHECK ("timebank"."spot_checks"."from" between '2000-01-01' and '2099-12-31' and "timebank"."spot_checks"."to" between '2000-01-01' and '2099-12-31' and "timebank"."spot_checks"."from" <= "timebank"."spot_checks"."to" and "timebank"."spot_checks"."count" > 0),
	CONSTRAINT "spot_checks_proof_grade_check" CHECK ("timebank"."spot_checks"."proof_grade" in ('A', 'B', 'C'))
);
--> statement-breakpoint
select timeledger.accept_rows('timebank.spot_checks'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.spot_check_results'::regclass, true);
--> statement-breakpoint
select timeledger.distribute();
