CREATE TABLE "timebank"."gifts" (
	"ledger_id" integer NOT NULL,
	"gift_id" uuid NOT NULL,
	"giver_id" text NOT NULL,
	"receiver_id" text NOT NULL,
	"purse" text NOT NULL,
	"amount" bigint NOT NULL,
	"lots" text,
	"as_kin" boolean NOT NULL,
	"state" text NOT NULL,
	"month" text NOT NULL,
	"offered_at" timestamp(6) with time zone NOT NULL,
	"expires_at" timestamp(6) with time zone NOT NULL,
	"decided_by" text,
	"decided_at" timestamp(6) with time zone,
	"entry" bigint NOT NULL,
	CONSTRAINT "gifts_pkey" PRIMARY KEY("ledger_id","gift_id"),
	CONSTRAINT "gifts_state_check" CHECK ("timebank"."gifts"."state" in ('offered', 'accepted', 'declined', 'withdrawn', 'expired')),
	CONSTRAINT "gifts_purse_check" CHECK ("timebank"."gifts"."purse" in ('coins', 'points')),
	CONSTRAINT "gifts_ids_check" CHECK (length("timebank"."gifts"."giver_id") <= 64 and "timebank"."gifts"."giver_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."gifts"."receiver_id") <= 64 and "timebank"."gifts"."receiver_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "gifts_amount_check" CHECK ("timebank"."gifts"."amount" > 0 and "timebank"."gifts"."giver_id" <> "timebank"."gifts"."receiver_id"),
	CONSTRAINT "gifts_month_check" CHECK ("timebank"."gifts"."month" ~ '^20[0-9]{2}-(?:0[1-9]|1[0-2])$'),
	CONSTRAINT "gifts_decided_check" CHECK (("timebank"."gifts"."state" = 'offered') = ("timebank"."gifts"."decided_by" is null) and ("timebank"."gifts"."decided_by" is null) = ("timebank"."gifts"."decided_at" is null))
);
--> statement-breakpoint
CREATE INDEX "gifts_giver_idx" ON "timebank"."gifts" USING btree ("ledger_id","giver_id","purse","month");--> statement-breakpoint
CREATE INDEX "gifts_receiver_idx" ON "timebank"."gifts" USING btree ("ledger_id","receiver_id");--> statement-breakpoint
CREATE INDEX "gifts_due_idx" ON "timebank"."gifts" USING btree ("ledger_id","expires_at") WHERE "timebank"."gifts"."state" = 'offered';--> statement-breakpoint
select timeledger.accept_rows('timebank.gifts'::regclass, true);
--> statement-breakpoint
select timeledger.distribute();
