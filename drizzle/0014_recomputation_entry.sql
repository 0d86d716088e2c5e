ALTER TABLE "timebank"."recomputations" ADD COLUMN "at_entry" bigint;--> statement-breakpoint
select timeledger.accept_rows('timebank.recomputations'::regclass, true);
