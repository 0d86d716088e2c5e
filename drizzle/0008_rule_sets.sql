CREATE TABLE "timebank"."rule_sets" (
	"ledger_id" integer NOT NULL,
	"rule_set" text NOT NULL,
	"version" integer NOT NULL,
	"state" text NOT NULL,
	"effective_from" date NOT NULL,
	"rules" text NOT NULL,
	"proposed_by" text NOT NULL,
	"proposed_alias" text,
	"proposed_at" timestamp(6) with time zone NOT NULL,
	"decided_by" text,
	"decided_at" timestamp(6) with time zone,
	"entry" bigint NOT NULL,
	CONSTRAINT "rule_sets_pkey" PRIMARY KEY("ledger_id","rule_set","version"),
	CONSTRAINT "rule_sets_state_check" CHECK ("timebank"."rule_sets"."state" in ('draft', 'approved', 'withdrawn')),
	CONSTRAINT "rule_sets_id_check" CHECK (length("timebank"."rule_sets"."rule_set") <= 63 and "timebank"."rule_sets"."rule_set" ~ '^[a-z][a-z0-9-]*$' and "timebank"."rule_sets"."version" > 0),
	CONSTRAINT "rule_sets_effective_from_check" CHECK ("timebank"."rule_sets"."effective_from" between '2000-01-01' and '2099-12-31'),
	CONSTRAINT "rule_sets_decided_check" CHECK (("timebank"."rule_sets"."state" = 'draft') = ("timebank"."rule_sets"."decided_by" is null) and ("timebank"."rule_sets"."decided_by" is null) = ("timebank"."rule_sets"."decided_at" is null))
);
--> statement-breakpoint
CREATE UNIQUE INDEX "rule_sets_effective_from_idx" ON "timebank"."rule_sets" USING btree ("ledger_id","effective_from") WHERE "timebank"."rule_sets"."state" = 'approved';--> statement-breakpoint
select timeledger.accept_rows('timebank.rule_sets'::regclass, true);
--> statement-breakpoint
select timeledger.distribute();
