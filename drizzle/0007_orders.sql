ALTER TABLE "timebank"."order_people" ADD COLUMN "verdict_minutes" integer;--> statement-breakpoint
ALTER TABLE "timebank"."orders" ADD COLUMN "then_due_at" timestamp(6) with time zone;--> statement-breakpoint
select timeledger.accept_rows('timebank.order_people'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.orders'::regclass, true);
