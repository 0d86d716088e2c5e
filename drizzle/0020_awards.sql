CREATE TABLE "timebank"."award_candidates" (
	"ledger_id" integer NOT NULL,
	"round_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"member_id" text NOT NULL,
	"place" integer,
	"level" integer,
	"value" bigint NOT NULL,
	"records" integer NOT NULL,
	"reached_on" date NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "award_candidates_pkey" PRIMARY KEY("ledger_id","round_id","number"),
	CONSTRAINT "award_candidates_ids_check" CHECK (length("timebank"."award_candidates"."member_id") <= 64 and "timebank"."award_candidates"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "award_candidates_dates_check" CHECK ("timebank"."award_candidates"."reached_on" between '2000-01-01' and '2099-12-31'),
	CONSTRAINT "award_candidates_figures_check" CHECK ("timebank"."award_candidates"."number" > 0 and "timebank"."award_candidates"."value" > 0 and "timebank"."award_candidates"."records" >= 0 and num_nonnulls("timebank"."award_candidates"."place", "timebank"."award_candidates"."level") = 1)
);
--> statement-breakpoint
CREATE TABLE "timebank"."award_objections" (
	"ledger_id" integer NOT NULL,
	"objection_id" uuid NOT NULL,
	"round_id" uuid NOT NULL,
	"candidate" integer,
	"candidate_id" text,
	"objector_id" text NOT NULL,
	"state" text NOT NULL,
	"words" text,
	"answer" text,
	"salt" text NOT NULL,
	"raised_by" text NOT NULL,
	"raised_alias" text,
	"raised_at" timestamp(6) with time zone NOT NULL,
	"answered_by" text,
	"answered_at" timestamp(6) with time zone,
	"entry" bigint NOT NULL,
	CONSTRAINT "award_objections_pkey" PRIMARY KEY("ledger_id","objection_id"),
	CONSTRAINT "award_objections_state_check" CHECK ("timebank"."award_objections"."state" in ('open', 'upheld', 'dismissed')),
	CONSTRAINT "award_objections_ids_check" CHECK (length("timebank"."award_objections"."candidate_id") <= 64 and "timebank"."award_objections"."candidate_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."award_objections"."objector_id") <= 64 and "timebank"."award_objections"."objector_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "award_objections_candidate_check" CHECK (("timebank"."award_objections"."candidate" is null) = ("timebank"."award_objections"."candidate_id" is null)),
	CONSTRAINT "award_objections_answered_check" CHECK (("timebank"."award_objections"."state" = 'open') = ("timebank"."award_objections"."answered_by" is null) and ("timebank"."award_objections"."answered_by" is null) = ("timebank"."award_objections"."answered_at" is null))
);
--> statement-breakpoint
CREATE TABLE "timebank"."award_revocations" (
	"ledger_id" integer NOT NULL,
	"round_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"member_id" text NOT NULL,
	"state" text NOT NULL,
	"document" text,
	"salt" text NOT NULL,
	"proposed_by" text NOT NULL,
	"proposed_alias" text,
	"proposed_at" timestamp(6) with time zone NOT NULL,
	"decided_by" text,
	"decided_at" timestamp(6) with time zone,
	"revoked_entry" bigint,
	"entry" bigint NOT NULL,
	CONSTRAINT "award_revocations_pkey" PRIMARY KEY("ledger_id","round_id","number"),
	CONSTRAINT "award_revocations_state_check" CHECK ("timebank"."award_revocations"."state" in ('proposed', 'revoked', 'withdrawn')),
	CONSTRAINT "award_revocations_ids_check" CHECK (length("timebank"."award_revocations"."member_id") <= 64 and "timebank"."award_revocations"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "award_revocations_decided_check" CHECK (("timebank"."award_revocations"."state" = 'proposed') = ("timebank"."award_revocations"."decided_by" is null) and ("timebank"."award_revocations"."decided_by" is null) = ("timebank"."award_revocations"."decided_at" is null)
        and ("timebank"."award_revocations"."state" = 'revoked') = ("timebank"."award_revocations"."revoked_entry" is not null))
);
--> statement-breakpoint
CREATE TABLE "timebank"."award_rounds" (
	"ledger_id" integer NOT NULL,
	"round_id" uuid NOT NULL,
	"org_unit_id" text NOT NULL,
	"from" date,
	"to" date NOT NULL,
	"award" text NOT NULL,
	"criteria" text NOT NULL,
	"method" integer NOT NULL,
	"at_entry" bigint NOT NULL,
	"ranked" integer NOT NULL,
	"candidates" integer NOT NULL,
	"snapshot_sha256" text NOT NULL,
	"state" text NOT NULL,
	"opened_by" text NOT NULL,
	"opened_at" timestamp(6) with time zone NOT NULL,
	"notice_from" date,
	"notice_until" date,
	"noticed_by" text,
	"ended_by" text,
	"ended_at" timestamp(6) with time zone,
	"awards" integer,
	"entry" bigint NOT NULL,
	CONSTRAINT "award_rounds_pkey" PRIMARY KEY("ledger_id","round_id"),
	CONSTRAINT "award_rounds_state_check" CHECK ("timebank"."award_rounds"."state" in ('frozen', 'noticed', 'awarded', 'refused', 'withdrawn')),
	CONSTRAINT "award_rounds_award_check" CHECK (length("timebank"."award_rounds"."award") <= 40 and "timebank"."award_rounds"."award" ~ '^[a-z][a-z0-9_]*$'),
	CONSTRAINT "award_rounds_ids_check" CHECK (length("timebank"."award_rounds"."org_unit_id") <= 64 and "timebank"."award_rounds"."org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "award_rounds_dates_check" CHECK ("timebank"."award_rounds"."from" between '2000-01-01' and '2099-12-31' and "timebank"."award_rounds"."to" between '2000-01-01' and '2099-12-31' and "timebank"."award_rounds"."notice_from" between '2000-01-01' and '2099-12-31' and "timebank"."award_rounds"."notice_until" between '2000-01-01' and '2099-12-31'),
	CONSTRAINT "award_rounds_range_check" CHECK ("timebank"."award_rounds"."from" <= "timebank"."award_rounds"."to" and "timebank"."award_rounds"."notice_from" <= "timebank"."award_rounds"."notice_until"),
	CONSTRAINT "award_rounds_counts_check" CHECK ("timebank"."award_rounds"."candidates" > 0 and "timebank"."award_rounds"."ranked" >= "timebank"."award_rounds"."candidates" and "timebank"."award_rounds"."at_entry" > 0),
	CONSTRAINT "award_rounds_sha256_check" CHECK ("timebank"."award_rounds"."snapshot_sha256" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "award_rounds_notice_check" CHECK (("timebank"."award_rounds"."notice_from" is null) = ("timebank"."award_rounds"."noticed_by" is null) and ("timebank"."award_rounds"."notice_from" is null) = ("timebank"."award_rounds"."notice_until" is null)
        and ("timebank"."award_rounds"."state" <> 'frozen' or "timebank"."award_rounds"."noticed_by" is null) and ("timebank"."award_rounds"."state" not in ('noticed', 'awarded', 'refused') or "timebank"."award_rounds"."noticed_by" is not null)),
	CONSTRAINT "award_rounds_ended_check" CHECK (("timebank"."award_rounds"."state" in ('frozen', 'noticed')) = ("timebank"."award_rounds"."ended_by" is null) and ("timebank"."award_rounds"."ended_by" is null) = ("timebank"."award_rounds"."ended_at" is null)
        and ("timebank"."award_rounds"."state" = 'awarded') = ("timebank"."award_rounds"."awards" is not null))
);
--> statement-breakpoint
CREATE TABLE "timebank"."award_votes" (
	"ledger_id" integer NOT NULL,
	"round_id" uuid NOT NULL,
	"party" text NOT NULL,
	"approve" boolean NOT NULL,
	"voted_by" text NOT NULL,
	"voted_alias" text,
	"voted_at" timestamp(6) with time zone NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "award_votes_pkey" PRIMARY KEY("ledger_id","round_id","party"),
	CONSTRAINT "award_votes_party_check" CHECK ("timebank"."award_votes"."party" in ('owner_representative', 'owners_committee', 'property_firm'))
);
--> statement-breakpoint
CREATE TABLE "timebank"."awards" (
	"ledger_id" integer NOT NULL,
	"round_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"member_id" text NOT NULL,
	"award" text NOT NULL,
	"place" integer,
	"level" integer,
	"awarded_on" date NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "awards_pkey" PRIMARY KEY("ledger_id","round_id","number"),
	CONSTRAINT "awards_award_check" CHECK (length("timebank"."awards"."award") <= 40 and "timebank"."awards"."award" ~ '^[a-z][a-z0-9_]*$'),
	CONSTRAINT "awards_ids_check" CHECK (length("timebank"."awards"."member_id") <= 64 and "timebank"."awards"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "awards_dates_check" CHECK ("timebank"."awards"."awarded_on" between '2000-01-01' and '2099-12-31'),
	CONSTRAINT "awards_place_check" CHECK (num_nonnulls("timebank"."awards"."place", "timebank"."awards"."level") = 1)
);
--> statement-breakpoint
CREATE INDEX "award_objections_round_idx" ON "timebank"."award_objections" USING btree ("ledger_id","round_id","state");--> statement-breakpoint
CREATE INDEX "award_objections_candidate_idx" ON "timebank"."award_objections" USING btree ("ledger_id","candidate_id") WHERE "timebank"."award_objections"."candidate_id" is not null;--> statement-breakpoint
CREATE INDEX "award_objections_objector_idx" ON "timebank"."award_objections" USING btree ("ledger_id","objector_id","round_id");--> statement-breakpoint
CREATE INDEX "award_revocations_member_idx" ON "timebank"."award_revocations" USING btree ("ledger_id","member_id");--> statement-breakpoint
CREATE INDEX "awards_member_idx" ON "timebank"."awards" USING btree ("ledger_id","member_id");--> statement-breakpoint
CREATE INDEX "awards_award_idx" ON "timebank"."awards" USING btree ("ledger_id","award") WHERE "timebank"."awards"."level" is not null;--> statement-breakpoint
select timeledger.accept_rows('timebank.award_rounds'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.award_candidates'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.award_objections'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.award_votes'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.awards'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.award_revocations'::regclass, true);
--> statement-breakpoint
select timeledger.distribute();
