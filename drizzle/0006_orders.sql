CREATE TABLE "timebank"."offers" (
	"ledger_id" integer NOT NULL,
	"offer_id" text NOT NULL,
	"order_id" text NOT NULL,
	"volunteer_id" text NOT NULL,
	"status" text NOT NULL,
	"expires_at" timestamp(6) with time zone NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "offers_pkey" PRIMARY KEY("ledger_id","offer_id"),
	CONSTRAINT "offers_status_check" CHECK ("timebank"."offers"."status" in ('open', 'accepted', 'declined', 'expired', 'withdrawn')),
	CONSTRAINT "offers_ids_check" CHECK (length("timebank"."offers"."offer_id") <= 64 and "timebank"."offers"."offer_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."offers"."order_id") <= 64 and "timebank"."offers"."order_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."offers"."volunteer_id") <= 64 and "timebank"."offers"."volunteer_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
CREATE TABLE "timebank"."order_codes" (
	"ledger_id" integer NOT NULL,
	"order_id" text NOT NULL,
	"digest" text NOT NULL,
	"expires_at" timestamp(6) with time zone NOT NULL,
	"tries" integer NOT NULL,
	"locked_until" timestamp(6) with time zone,
	"entry" bigint NOT NULL,
	CONSTRAINT "order_codes_pkey" PRIMARY KEY("ledger_id","order_id"),
	CONSTRAINT "order_codes_tries_check" CHECK ("timebank"."order_codes"."tries" >= 0),
	CONSTRAINT "order_codes_ids_check" CHECK (length("timebank"."order_codes"."order_id") <= 64 and "timebank"."order_codes"."order_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
CREATE TABLE "timebank"."order_people" (
	"ledger_id" integer NOT NULL,
	"order_id" text NOT NULL,
	"member_id" text NOT NULL,
	"role" text NOT NULL,
	"attendance" text NOT NULL,
	"week" date NOT NULL,
	"planned_start" timestamp(6) with time zone NOT NULL,
	"planned_end" timestamp(6) with time zone NOT NULL,
	"held" bigint NOT NULL,
	"check_in" timestamp(6) with time zone,
	"check_in_proof" text,
	"check_in_by" text,
	"check_out" timestamp(6) with time zone,
	"check_out_proof" text,
	"check_out_by" text,
	"service_record_id" text,
	"entry" bigint NOT NULL,
	CONSTRAINT "order_people_pkey" PRIMARY KEY("ledger_id","order_id","member_id"),
	CONSTRAINT "order_people_role_check" CHECK ("timebank"."order_people"."role" in ('volunteer', 'recipient')),
	CONSTRAINT "order_people_attendance_check" CHECK ("timebank"."order_people"."attendance" in ('waiting', 'committed', 'accepted', 'checked_in', 'checked_out', 'attended', 'no_show', 'released')),
	CONSTRAINT "order_people_held_check" CHECK ("timebank"."order_people"."held" >= 0 and ("timebank"."order_people"."held" = 0 or "timebank"."order_people"."role" = 'recipient')),
	CONSTRAINT "order_people_proof_check" CHECK (("timebank"."order_people"."check_in" is null) = ("timebank"."order_people"."check_in_proof" is null)),
	CONSTRAINT "order_people_ids_check" CHECK (length("timebank"."order_people"."order_id") <= 64 and "timebank"."order_people"."order_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."order_people"."member_id") <= 64 and "timebank"."order_people"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "order_people_dates_check" CHECK ("timebank"."order_people"."week" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
CREATE TABLE "timebank"."order_texts" (
	"ledger_id" integer NOT NULL,
	"order_id" text NOT NULL,
	"about" text NOT NULL,
	"words" text,
	"salt" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "order_texts_pkey" PRIMARY KEY("ledger_id","order_id","about"),
	CONSTRAINT "order_texts_ids_check" CHECK (length("timebank"."order_texts"."order_id") <= 64 and "timebank"."order_texts"."order_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
CREATE TABLE "timebank"."orders" (
	"ledger_id" integer NOT NULL,
	"order_id" text NOT NULL,
	"status" text NOT NULL,
	"recipient_id" text NOT NULL,
	"org_unit_id" text NOT NULL,
	"placed_by" text NOT NULL,
	"on_behalf" boolean NOT NULL,
	"service_type" text NOT NULL,
	"mode" text NOT NULL,
	"station_id" text,
	"planned_start" timestamp(6) with time zone NOT NULL,
	"planned_end" timestamp(6) with time zone NOT NULL,
	"volunteers_needed" integer NOT NULL,
	"recipients" integer NOT NULL,
	"funding" text NOT NULL,
	"price" bigint NOT NULL,
	"offered_until" timestamp(6) with time zone,
	"deadline_at" timestamp(6) with time zone,
	"lapses_to" text,
	"recipient_minutes" integer,
	"verdict_minutes" integer,
	"rating" integer,
	"confirmed_by" text,
	"series_id" text,
	"series_weekday" integer,
	"series_until" date,
	"written_agreement" boolean NOT NULL,
	"history" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "orders_pkey" PRIMARY KEY("ledger_id","order_id"),
	CONSTRAINT "orders_status_check" CHECK ("timebank"."orders"."status" in ('requested', 'offered', 'accepted', 'checked_in', 'checked_out', 'confirmed', 'approved', 'rejected', 'cancelled', 'expired', 'disputed', 'upheld', 'to_volunteer', 'to_recipient')),
	CONSTRAINT "orders_mode_check" CHECK ("timebank"."orders"."mode" in ('home', 'station', 'online')),
	CONSTRAINT "orders_funding_check" CHECK ("timebank"."orders"."funding" in ('mint', 'recipient', 'fund')),
	CONSTRAINT "orders_station_check" CHECK (("timebank"."orders"."mode" = 'station') = ("timebank"."orders"."station_id" is not null)),
	CONSTRAINT "orders_times_check" CHECK ("timebank"."orders"."planned_start" < "timebank"."orders"."planned_end"),
	CONSTRAINT "orders_amounts_check" CHECK ("timebank"."orders"."price" >= 0 and "timebank"."orders"."volunteers_needed" > 0 and "timebank"."orders"."recipients" > 0),
	CONSTRAINT "orders_lapse_check" CHECK ("timebank"."orders"."lapses_to" is null or "timebank"."orders"."deadline_at" is not null),
	CONSTRAINT "orders_service_type_check" CHECK (length("timebank"."orders"."service_type") <= 64 and "timebank"."orders"."service_type" ~ '^[a-z][a-z0-9_]*$'),
	CONSTRAINT "orders_ids_check" CHECK (length("timebank"."orders"."order_id") <= 64 and "timebank"."orders"."order_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."orders"."recipient_id") <= 64 and "timebank"."orders"."recipient_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."orders"."org_unit_id") <= 64 and "timebank"."orders"."org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."orders"."station_id") <= 64 and "timebank"."orders"."station_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
ALTER TABLE "timebank"."service_records" ADD COLUMN "order_id" text;--> statement-breakpoint
ALTER TABLE "timebank"."service_records" ADD COLUMN "funding" text;--> statement-breakpoint
CREATE INDEX "offers_order_idx" ON "timebank"."offers" USING btree ("ledger_id","order_id");--> statement-breakpoint
CREATE INDEX "order_people_week_idx" ON "timebank"."order_people" USING btree ("ledger_id","member_id","week");--> statement-breakpoint
CREATE INDEX "orders_deadline_idx" ON "timebank"."orders" USING btree ("ledger_id","deadline_at") WHERE "timebank"."orders"."lapses_to" is not null;--> statement-breakpoint
select timeledger.accept_rows('timebank.orders'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.order_people'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.offers'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.order_codes'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.order_texts'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.service_records'::regclass, false);
--> statement-breakpoint
select timeledger.distribute();
