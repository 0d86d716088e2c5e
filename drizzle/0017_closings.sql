CREATE TABLE "timebank"."closings" (
	"ledger_id" integer NOT NULL,
	"closing_id" uuid NOT NULL,
	"member_id" text NOT NULL,
	"cause" text NOT NULL,
	"state" text NOT NULL,
	"destination" text,
	"beneficiary_id" text,
	"document" text,
	"died_on" date,
	"was_state" text NOT NULL,
	"salt" text NOT NULL,
	"proposed_by" text NOT NULL,
	"proposed_alias" text,
	"proposed_at" timestamp(6) with time zone NOT NULL,
	"approved_by" text,
	"approved_alias" text,
	"approved_at" timestamp(6) with time zone,
	"decided_by" text,
	"decided_at" timestamp(6) with time zone,
	"settlement" bigint,
	"coins" bigint,
	"coins_repaid" bigint,
	"coins_written_off" bigint,
	"points" bigint,
	"points_repaid" bigint,
	"points_written_off" bigint,
	"entry" bigint NOT NULL,
	CONSTRAINT "closings_pkey" PRIMARY KEY("ledger_id","closing_id"),
	CONSTRAINT "closings_cause_check" CHECK ("timebank"."closings"."cause" in ('left', 'moved', 'died')),
	CONSTRAINT "closings_state_check" CHECK ("timebank"."closings"."state" in ('open', 'settled', 'withdrawn')),
	CONSTRAINT "closings_destination_check" CHECK ("timebank"."closings"."destination" in ('kin', 'pool', 'lapse')),
	CONSTRAINT "closings_was_state_check" CHECK ("timebank"."closings"."was_state" in ('active', 'suspended', 'left', 'deceased', 'merged')),
	CONSTRAINT "closings_ids_check" CHECK (length("timebank"."closings"."member_id") <= 64 and "timebank"."closings"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."closings"."beneficiary_id") <= 64 and "timebank"."closings"."beneficiary_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "closings_dates_check" CHECK ("timebank"."closings"."died_on" between '2000-01-01' and '2099-12-31'),
	CONSTRAINT "closings_death_check" CHECK (("timebank"."closings"."cause" = 'died') = ("timebank"."closings"."died_on" is not null)),
	CONSTRAINT "closings_beneficiary_check" CHECK (("timebank"."closings"."destination" is not distinct from 'kin') = ("timebank"."closings"."beneficiary_id" is not null) and "timebank"."closings"."beneficiary_id" <> "timebank"."closings"."member_id"),
	CONSTRAINT "closings_decided_check" CHECK (("timebank"."closings"."state" = 'open') = ("timebank"."closings"."decided_by" is null) and ("timebank"."closings"."decided_by" is null) = ("timebank"."closings"."decided_at" is null)
        and ("timebank"."closings"."approved_by" is null) = ("timebank"."closings"."approved_at" is null) and ("timebank"."closings"."state" = 'open' or coalesce("timebank"."closings"."proposed_alias", "timebank"."closings"."approved_alias") is null)),
	CONSTRAINT "closings_settled_check" CHECK (("timebank"."closings"."state" = 'settled') = ("timebank"."closings"."settlement" is not null) and ("timebank"."closings"."state" <> 'settled' or "timebank"."closings"."destination" is not null)
        and num_nonnulls("timebank"."closings"."coins", "timebank"."closings"."coins_repaid", "timebank"."closings"."coins_written_off", "timebank"."closings"."points", "timebank"."closings"."points_repaid", "timebank"."closings"."points_written_off")
          = case when "timebank"."closings"."state" = 'settled' then 6 else 0 end),
	CONSTRAINT "closings_figures_check" CHECK (least("timebank"."closings"."coins", "timebank"."closings"."coins_repaid", "timebank"."closings"."coins_written_off", "timebank"."closings"."points", "timebank"."closings"."points_repaid", "timebank"."closings"."points_written_off") >= 0)
);
--> statement-breakpoint
CREATE TABLE "timebank"."beneficiaries" (
	"ledger_id" integer NOT NULL,
	"member_id" text NOT NULL,
	"beneficiary_id" text,
	"nominated_by" text NOT NULL,
	"nominated_at" timestamp(6) with time zone NOT NULL,
	"salt" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "beneficiaries_pkey" PRIMARY KEY("ledger_id","member_id","entry"),
	CONSTRAINT "beneficiaries_ids_check" CHECK (length("timebank"."beneficiaries"."member_id") <= 64 and "timebank"."beneficiaries"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."beneficiaries"."beneficiary_id") <= 64 and "timebank"."beneficiaries"."beneficiary_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "beneficiaries_people_check" CHECK ("timebank"."beneficiaries"."member_id" <> "timebank"."beneficiaries"."beneficiary_id")
);
--> statement-breakpoint
CREATE INDEX "closings_member_idx" ON "timebank"."closings" USING btree ("ledger_id","member_id","state");--> statement-breakpoint
select timeledger.accept_rows('timebank.beneficiaries'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.closings'::regclass, true);
--> statement-breakpoint
select timeledger.distribute();
