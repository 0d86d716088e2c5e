CREATE TABLE "timebank"."grant_purses" (
	"ledger_id" integer NOT NULL,
	"member_id" text NOT NULL,
	"year" integer NOT NULL,
	"state" text NOT NULL,
	"returned" bigint NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "grant_purses_pkey" PRIMARY KEY("ledger_id","member_id","year"),
	CONSTRAINT "grant_purses_state_check" CHECK ("timebank"."grant_purses"."state" in ('open', 'ended')),
	CONSTRAINT "grant_purses_ids_check" CHECK (length("timebank"."grant_purses"."member_id") <= 64 and "timebank"."grant_purses"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "grant_purses_returned_check" CHECK ("timebank"."grant_purses"."returned" >= 0)
);
--> statement-breakpoint
CREATE TABLE "timebank"."grants" (
	"ledger_id" integer NOT NULL,
	"grant_id" uuid NOT NULL,
	"member_id" text NOT NULL,
	"amount" bigint NOT NULL,
	"state" text NOT NULL,
	"year" integer,
	"document_number" text,
	"reason" text,
	"rejection" text,
	"salt" text NOT NULL,
	"proposed_by" text NOT NULL,
	"proposed_alias" text,
	"proposed_at" timestamp(6) with time zone NOT NULL,
	"decided_by" text,
	"decided_at" timestamp(6) with time zone,
	"entry" bigint NOT NULL,
	CONSTRAINT "grants_pkey" PRIMARY KEY("ledger_id","grant_id"),
	CONSTRAINT "grants_state_check" CHECK ("timebank"."grants"."state" in ('proposed', 'given', 'rejected')),
	CONSTRAINT "grants_ids_check" CHECK (length("timebank"."grants"."member_id") <= 64 and "timebank"."grants"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "grants_amount_check" CHECK ("timebank"."grants"."amount" > 0),
	CONSTRAINT "grants_year_check" CHECK (("timebank"."grants"."state" = 'given') = ("timebank"."grants"."year" is not null)),
	CONSTRAINT "grants_decided_check" CHECK (("timebank"."grants"."state" = 'proposed') = ("timebank"."grants"."decided_by" is null) and ("timebank"."grants"."decided_by" is null) = ("timebank"."grants"."decided_at" is null)
        and ("timebank"."grants"."state" = 'proposed' or "timebank"."grants"."proposed_alias" is null))
);
--> statement-breakpoint
ALTER TABLE "timebank"."orders" DROP CONSTRAINT "orders_funding_check";--> statement-breakpoint
ALTER TABLE "timebank"."order_people" ADD COLUMN "grants_year" integer;--> statement-breakpoint
CREATE INDEX "grant_purses_open_idx" ON "timebank"."grant_purses" USING btree ("ledger_id","year") WHERE "timebank"."grant_purses"."state" = 'open';--> statement-breakpoint
CREATE INDEX "grants_member_idx" ON "timebank"."grants" USING btree ("ledger_id","member_id");--> statement-breakpoint
ALTER TABLE "timebank"."order_people" ADD CONSTRAINT "order_people_grants_year_check" CHECK ("timebank"."order_people"."grants_year" is null or "timebank"."order_people"."role" = 'volunteer');--> statement-breakpoint
ALTER TABLE "timebank"."orders" ADD CONSTRAINT "orders_funding_check" CHECK ("timebank"."orders"."funding" in ('mint', 'recipient', 'fund', 'grant'));--> statement-breakpoint
select timeledger.accept_rows('timebank.grant_purses'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.grants'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.order_people'::regclass, true);
--> statement-breakpoint
select timeledger.distribute();
