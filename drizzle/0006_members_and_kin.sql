CREATE TABLE "timebank"."member_merges" (
	"ledger_id" integer NOT NULL,
	"member_id" text NOT NULL,
	"into_id" text NOT NULL,
	"status" text NOT NULL,
	"proposed_by" text NOT NULL,
	"proposed_at" timestamp(6) with time zone NOT NULL,
	"decided_by" text,
	"decided_at" timestamp(6) with time zone,
	"entry" bigint NOT NULL,
	CONSTRAINT "member_merges_pkey" PRIMARY KEY("ledger_id","member_id"),
	CONSTRAINT "member_merges_status_check" CHECK ("timebank"."member_merges"."status" in ('proposed', 'merged', 'withdrawn')),
	CONSTRAINT "member_merges_ids_check" CHECK (length("timebank"."member_merges"."member_id") <= 64 and "timebank"."member_merges"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."member_merges"."into_id") <= 64 and "timebank"."member_merges"."into_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "member_merges_people_check" CHECK ("timebank"."member_merges"."member_id" <> "timebank"."member_merges"."into_id"),
	CONSTRAINT "member_merges_decided_check" CHECK (("timebank"."member_merges"."status" = 'proposed') = ("timebank"."member_merges"."decided_by" is null) and ("timebank"."member_merges"."decided_by" is null) = ("timebank"."member_merges"."decided_at" is null))
);
--> statement-breakpoint
CREATE TABLE "timebank"."former_names" (
	"ledger_id" integer NOT NULL,
	"member_id" text NOT NULL,
	"replaced_by" bigint NOT NULL,
	"name" text,
	"salt" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "former_names_pkey" PRIMARY KEY("ledger_id","member_id","replaced_by"),
	CONSTRAINT "former_names_ids_check" CHECK (length("timebank"."former_names"."member_id") <= 64 and "timebank"."former_names"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
CREATE TABLE "timebank"."kin" (
	"ledger_id" integer NOT NULL,
	"member_id" text NOT NULL,
	"relative_id" text NOT NULL,
	"relation" text NOT NULL,
	"state" text NOT NULL,
	"evidence" text,
	"salt" text NOT NULL,
	"claimed_by" text NOT NULL,
	"claimed_at" timestamp(6) with time zone NOT NULL,
	"elder_consent_on" date,
	"verified_by" text,
	"verified_at" timestamp(6) with time zone,
	"ended_by" text,
	"ended_on" date,
	"end_reason" text,
	"entry" bigint NOT NULL,
	CONSTRAINT "kin_pkey" PRIMARY KEY("ledger_id","member_id","relative_id"),
	CONSTRAINT "kin_relation_check" CHECK ("timebank"."kin"."relation" in ('spouse', 'parent', 'child', 'grandparent', 'grandchild', 'parent_in_law', 'child_in_law', 'sibling')),
	CONSTRAINT "kin_state_check" CHECK ("timebank"."kin"."state" in ('claimed', 'verified', 'ended')),
	CONSTRAINT "kin_end_reason_check" CHECK ("timebank"."kin"."end_reason" in ('mistaken', 'divorce', 'death', 'consent_withdrawn', 'other')),
	CONSTRAINT "kin_people_check" CHECK ("timebank"."kin"."member_id" <> "timebank"."kin"."relative_id"),
	CONSTRAINT "kin_ids_check" CHECK (length("timebank"."kin"."member_id") <= 64 and "timebank"."kin"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."kin"."relative_id") <= 64 and "timebank"."kin"."relative_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "kin_dates_check" CHECK ("timebank"."kin"."elder_consent_on" between '2000-01-01' and '2099-12-31' and "timebank"."kin"."ended_on" between '2000-01-01' and '2099-12-31'),
	CONSTRAINT "kin_decided_check" CHECK (("timebank"."kin"."verified_by" is null) = ("timebank"."kin"."verified_at" is null) and ("timebank"."kin"."verified_by" is null) = ("timebank"."kin"."elder_consent_on" is null)
        and ("timebank"."kin"."state" <> 'verified' or "timebank"."kin"."verified_by" is not null) and ("timebank"."kin"."state" = 'ended') = ("timebank"."kin"."ended_on" is not null))
);
--> statement-breakpoint
CREATE TABLE "timebank"."member_changes" (
	"ledger_id" integer NOT NULL,
	"member_id" text NOT NULL,
	"kind" text NOT NULL,
	"effective_on" date NOT NULL,
	"org_unit_id" text NOT NULL,
	"second_org_unit_id" text,
	"state" text NOT NULL,
	"was_org_unit_id" text NOT NULL,
	"was_second_org_unit_id" text,
	"was_state" text NOT NULL,
	"reason_code" text,
	"changed_by" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "member_changes_pkey" PRIMARY KEY("ledger_id","member_id","entry"),
	CONSTRAINT "member_changes_kind_check" CHECK ("timebank"."member_changes"."kind" in ('transferred', 'renamed', 'suspended', 'reactivated', 'left', 'deceased', 'merged')),
	CONSTRAINT "member_changes_reason_check" CHECK ("timebank"."member_changes"."reason_code" in ('own_request', 'moved_away', 'returned', 'health', 'under_review', 'rule_breach', 'other')),
	CONSTRAINT "member_changes_states_check" CHECK ("timebank"."member_changes"."state" in ('active', 'suspended', 'left', 'deceased', 'merged') and "timebank"."member_changes"."was_state" in ('active', 'suspended', 'left', 'deceased', 'merged')),
	CONSTRAINT "member_changes_ids_check" CHECK (length("timebank"."member_changes"."member_id") <= 64 and "timebank"."member_changes"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."member_changes"."org_unit_id") <= 64 and "timebank"."member_changes"."org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."member_changes"."second_org_unit_id") <= 64 and "timebank"."member_changes"."second_org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."member_changes"."was_org_unit_id") <= 64 and "timebank"."member_changes"."was_org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."member_changes"."was_second_org_unit_id") <= 64 and "timebank"."member_changes"."was_second_org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "member_changes_dates_check" CHECK ("timebank"."member_changes"."effective_on" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
ALTER TABLE "timebank"."members" DROP CONSTRAINT "members_state_check";--> statement-breakpoint
ALTER TABLE "timebank"."members" ADD COLUMN "second_org_unit_id" text;--> statement-breakpoint
ALTER TABLE "timebank"."members" ADD COLUMN "merged_into" text;--> statement-breakpoint
ALTER TABLE "timebank"."members" ADD COLUMN "merged_from" text;--> statement-breakpoint
CREATE INDEX "kin_relative_idx" ON "timebank"."kin" USING btree ("ledger_id","relative_id");--> statement-breakpoint
CREATE INDEX "members_second_org_unit_idx" ON "timebank"."members" USING btree ("ledger_id","second_org_unit_id") WHERE "timebank"."members"."second_org_unit_id" is not null;--> statement-breakpoint
ALTER TABLE "timebank"."members" ADD CONSTRAINT "members_second_org_unit_check" CHECK ("timebank"."members"."second_org_unit_id" <> "timebank"."members"."org_unit_id");--> statement-breakpoint
ALTER TABLE "timebank"."members" ADD CONSTRAINT "members_second_ids_check" CHECK (length("timebank"."members"."second_org_unit_id") <= 64 and "timebank"."members"."second_org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."members"."merged_into") <= 64 and "timebank"."members"."merged_into" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$');--> statement-breakpoint
ALTER TABLE "timebank"."members" ADD CONSTRAINT "members_merged_check" CHECK (("timebank"."members"."state" = 'merged') = ("timebank"."members"."merged_into" is not null));--> statement-breakpoint
ALTER TABLE "timebank"."members" ADD CONSTRAINT "members_state_check" CHECK ("timebank"."members"."state" in ('active', 'suspended', 'left', 'deceased', 'merged'));
--> statement-breakpoint
select timeledger.accept_rows('timebank.members'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.member_changes'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.former_names'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.kin'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.member_merges'::regclass, true);
--> statement-breakpoint
select timeledger.distribute();
