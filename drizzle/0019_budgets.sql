CREATE TABLE "timebank"."limit_records" (
	"ledger_id" integer NOT NULL,
	"service_record_id" text NOT NULL,
	"limit_kind" text NOT NULL,
	"limit_of" text NOT NULL,
	"within" text NOT NULL,
	"first_on" date NOT NULL,
	"coins" bigint NOT NULL,
	"counted" boolean NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "limit_records_pkey" PRIMARY KEY("ledger_id","service_record_id","limit_kind","limit_of","within","first_on"),
	CONSTRAINT "limit_records_kind_check" CHECK ("timebank"."limit_records"."limit_kind" in ('unit', 'programme')),
	CONSTRAINT "limit_records_within_check" CHECK ("timebank"."limit_records"."within" in ('day', 'week', 'month', 'year', 'whole')),
	CONSTRAINT "limit_records_ids_check" CHECK (length("timebank"."limit_records"."service_record_id") <= 64 and "timebank"."limit_records"."service_record_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."limit_records"."limit_of") <= 64 and "timebank"."limit_records"."limit_of" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "limit_records_dates_check" CHECK ("timebank"."limit_records"."first_on" between '2000-01-01' and '2099-12-31'),
	CONSTRAINT "limit_records_amounts_check" CHECK ("timebank"."limit_records"."coins" >= 0 and ("timebank"."limit_records"."counted" or "timebank"."limit_records"."coins" = 0))
);
--> statement-breakpoint
CREATE TABLE "timebank"."limit_uses" (
	"ledger_id" integer NOT NULL,
	"limit_kind" text NOT NULL,
	"limit_of" text NOT NULL,
	"within" text NOT NULL,
	"first_on" date NOT NULL,
	"coins" bigint NOT NULL,
	"records" integer NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "limit_uses_pkey" PRIMARY KEY("ledger_id","limit_kind","limit_of","within","first_on"),
	CONSTRAINT "limit_uses_kind_check" CHECK ("timebank"."limit_uses"."limit_kind" in ('unit', 'programme')),
	CONSTRAINT "limit_uses_within_check" CHECK ("timebank"."limit_uses"."within" in ('day', 'week', 'month', 'year', 'whole')),
	CONSTRAINT "limit_uses_ids_check" CHECK (length("timebank"."limit_uses"."limit_of") <= 64 and "timebank"."limit_uses"."limit_of" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "limit_uses_dates_check" CHECK ("timebank"."limit_uses"."first_on" between '2000-01-01' and '2099-12-31'),
	CONSTRAINT "limit_uses_amounts_check" CHECK ("timebank"."limit_uses"."coins" >= 0 and "timebank"."limit_uses"."records" >= 0)
);
--> statement-breakpoint
select timeledger.accept_rows('timebank.limit_uses'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.limit_records'::regclass, true);
--> statement-breakpoint
select timeledger.distribute();
