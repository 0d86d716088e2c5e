ALTER TABLE "timebank"."member_changes" DROP CONSTRAINT "member_changes_kind_check";--> statement-breakpoint
DROP INDEX "timebank"."members_org_unit_idx";--> statement-breakpoint
DROP INDEX "timebank"."members_second_org_unit_idx";--> statement-breakpoint
DROP INDEX "timebank"."org_units_parent_idx";--> statement-breakpoint
ALTER TABLE "timebank"."adjustments" ADD COLUMN "proposed_alias" text;--> statement-breakpoint
ALTER TABLE "timebank"."member_merges" ADD COLUMN "proposed_alias" text;--> statement-breakpoint
ALTER TABLE "timebank"."erasures" ADD COLUMN "requested_alias" text;--> statement-breakpoint
ALTER TABLE "timebank"."kin" ADD COLUMN "former" text;--> statement-breakpoint
ALTER TABLE "timebank"."kin" ADD COLUMN "claimed_alias" text;--> statement-breakpoint
ALTER TABLE "timebank"."order_people" ADD COLUMN "verdict_minutes" integer;--> statement-breakpoint
ALTER TABLE "timebank"."orders" ADD COLUMN "then_due_at" timestamp(6) with time zone;--> statement-breakpoint
ALTER TABLE "timebank"."late_records" ADD COLUMN "first_alias" text;--> statement-breakpoint
ALTER TABLE "timebank"."service_corrections" ADD COLUMN "proposed_alias" text;--> statement-breakpoint
CREATE INDEX "talents_specialties_idx" ON "timebank"."talents" USING gin (string_to_array("specialties", ' '));--> statement-breakpoint
CREATE INDEX "offers_team_idx" ON "timebank"."offers" USING btree ("ledger_id","team_id") WHERE "timebank"."offers"."team_id" is not null;--> statement-breakpoint
CREATE INDEX "orders_open_idx" ON "timebank"."orders" USING btree ("ledger_id","order_id") WHERE "timebank"."orders"."status" not in ('approved', 'rejected', 'cancelled', 'expired');--> statement-breakpoint
CREATE INDEX "orders_placed_by_idx" ON "timebank"."orders" USING btree ("ledger_id","placed_by");--> statement-breakpoint
CREATE INDEX "service_records_recipient_idx" ON "timebank"."service_records" USING btree ("ledger_id","recipient_id");--> statement-breakpoint
CREATE INDEX "members_org_unit_idx" ON "timebank"."members" USING btree ("ledger_id","org_unit_id","member_id");--> statement-breakpoint
CREATE INDEX "members_second_org_unit_idx" ON "timebank"."members" USING btree ("ledger_id","second_org_unit_id","member_id") WHERE "timebank"."members"."second_org_unit_id" is not null;--> statement-breakpoint
CREATE INDEX "org_units_parent_idx" ON "timebank"."org_units" USING btree ("ledger_id","parent_id","org_unit_id");--> statement-breakpoint
ALTER TABLE "timebank"."member_changes" ADD CONSTRAINT "member_changes_kind_check" CHECK ("timebank"."member_changes"."kind" in ('transferred', 'renamed', 'card_replaced', 'suspended', 'reactivated', 'left', 'deceased', 'merged'));--> statement-breakpoint
select timeledger.accept_rows('timebank.adjustments'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.erasures'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.kin'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.late_records'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.member_merges'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.order_people'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.orders'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.service_corrections'::regclass, true);
