CREATE TABLE "timebank"."lots" (
	"ledger_id" integer NOT NULL,
	"member_id" text NOT NULL,
	"purse" text NOT NULL,
	"expires_on" date NOT NULL,
	"remaining" bigint NOT NULL,
	"expired" bigint NOT NULL,
	"state" text NOT NULL,
	"warned" integer,
	"entry" bigint NOT NULL,
	CONSTRAINT "lots_pkey" PRIMARY KEY("ledger_id","member_id","purse","expires_on"),
	CONSTRAINT "lots_ids_check" CHECK (length("timebank"."lots"."member_id") <= 64 and "timebank"."lots"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "lots_purse_check" CHECK ("timebank"."lots"."purse" in ('points')),
	CONSTRAINT "lots_expires_on_check" CHECK ("timebank"."lots"."expires_on" = 'infinity' or "timebank"."lots"."expires_on" between '2000-01-01' and '2099-12-31'),
	CONSTRAINT "lots_figures_check" CHECK ("timebank"."lots"."remaining" >= 0 and "timebank"."lots"."expired" >= 0
        and "timebank"."lots"."state" = case when "timebank"."lots"."remaining" > 0 then 'open' when "timebank"."lots"."expired" > 0 then 'expired' else 'spent' end)
);
--> statement-breakpoint
ALTER TABLE "timebank"."redemptions" ADD COLUMN "lots" text;--> statement-breakpoint
CREATE INDEX "lots_expires_on_idx" ON "timebank"."lots" USING btree ("ledger_id","expires_on") WHERE "timebank"."lots"."state" = 'open';--> statement-breakpoint
select timeledger.accept_rows('timebank.lots'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.redemptions'::regclass, true);
--> statement-breakpoint
select timeledger.distribute();
