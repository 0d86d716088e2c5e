CREATE TABLE "timebank"."access_log" (
	"ledger_id" integer NOT NULL,
	"member_id" text NOT NULL,
	"fields" text NOT NULL,
	"purpose" text NOT NULL,
	"actor" text NOT NULL,
	"at" timestamp(6) with time zone NOT NULL,
	"salt" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "access_log_pkey" PRIMARY KEY("ledger_id","entry"),
	CONSTRAINT "access_log_purpose_check" CHECK ("timebank"."access_log"."purpose" in ('service_delivery', 'care_visit', 'identity_check', 'emergency', 'own_request', 'supervision')),
	CONSTRAINT "access_log_ids_check" CHECK (length("timebank"."access_log"."member_id") <= 64 and "timebank"."access_log"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
CREATE TABLE "timebank"."consents" (
	"ledger_id" integer NOT NULL,
	"member_id" text NOT NULL,
	"purpose" text NOT NULL,
	"number" integer NOT NULL,
	"given_on" date NOT NULL,
	"given_by" text NOT NULL,
	"evidence" text,
	"salt" text NOT NULL,
	"revoked_on" date,
	"revoked_by" text,
	"entry" bigint NOT NULL,
	CONSTRAINT "consents_pkey" PRIMARY KEY("ledger_id","member_id","number"),
	CONSTRAINT "consents_purpose_check" CHECK ("timebank"."consents"."purpose" in ('service', 'health', 'special_identity', 'location', 'publication')),
	CONSTRAINT "consents_ids_check" CHECK (length("timebank"."consents"."member_id") <= 64 and "timebank"."consents"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "consents_dates_check" CHECK ("timebank"."consents"."given_on" between '2000-01-01' and '2099-12-31' and "timebank"."consents"."revoked_on" between '2000-01-01' and '2099-12-31'),
	CONSTRAINT "consents_revoked_check" CHECK ("timebank"."consents"."revoked_on" >= "timebank"."consents"."given_on")
);
--> statement-breakpoint
CREATE TABLE "timebank"."erasures" (
	"ledger_id" integer NOT NULL,
	"member_id" text NOT NULL,
	"state" text NOT NULL,
	"requested_by" text NOT NULL,
	"requested_at" timestamp(6) with time zone NOT NULL,
	"erased_by" text,
	"erased_at" timestamp(6) with time zone,
	"withdrawn_by" text,
	"withdrawn_at" timestamp(6) with time zone,
	"entry" bigint NOT NULL,
	CONSTRAINT "erasures_pkey" PRIMARY KEY("ledger_id","member_id"),
	CONSTRAINT "erasures_state_check" CHECK ("timebank"."erasures"."state" in ('requested', 'erased', 'withdrawn')),
	CONSTRAINT "erasures_ids_check" CHECK (length("timebank"."erasures"."member_id") <= 64 and "timebank"."erasures"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "erasures_erased_check" CHECK (("timebank"."erasures"."state" = 'erased') = ("timebank"."erasures"."erased_by" is not null)),
	CONSTRAINT "erasures_withdrawn_check" CHECK (("timebank"."erasures"."state" = 'withdrawn') = ("timebank"."erasures"."withdrawn_by" is not null))
);
--> statement-breakpoint
CREATE TABLE "timebank"."key_generations" (
	"ledger_id" integer NOT NULL,
	"wraps" text NOT NULL,
	"generation" integer NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "key_generations_pkey" PRIMARY KEY("ledger_id","wraps"),
	CONSTRAINT "key_generations_wraps_check" CHECK ("timebank"."key_generations"."wraps" = 'person_keys'),
	CONSTRAINT "key_generations_generation_check" CHECK ("timebank"."key_generations"."generation" > 0)
);
--> statement-breakpoint
CREATE TABLE "timebank"."person_keys" (
	"ledger_id" integer NOT NULL,
	"member_id" text NOT NULL,
	"generation" integer,
	"wrapped" text,
	"entry" bigint NOT NULL,
	CONSTRAINT "person_keys_pkey" PRIMARY KEY("ledger_id","member_id"),
	CONSTRAINT "person_keys_ids_check" CHECK (length("timebank"."person_keys"."member_id") <= 64 and "timebank"."person_keys"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "person_keys_wrapped_check" CHECK (("timebank"."person_keys"."generation" is null) = ("timebank"."person_keys"."wrapped" is null))
);
--> statement-breakpoint
CREATE TABLE "timebank"."sealed_fields" (
	"ledger_id" integer NOT NULL,
	"member_id" text NOT NULL,
	"slot" integer NOT NULL,
	"field" text,
	"ciphertext" text,
	"lookup" text,
	"salt" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "sealed_fields_pkey" PRIMARY KEY("ledger_id","member_id","slot"),
	CONSTRAINT "sealed_fields_field_check" CHECK ("timebank"."sealed_fields"."field" in ('phone', 'national_id', 'address', 'health', 'hardship')),
	CONSTRAINT "sealed_fields_ids_check" CHECK (length("timebank"."sealed_fields"."member_id") <= 64 and "timebank"."sealed_fields"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "sealed_fields_lookup_check" CHECK ("timebank"."sealed_fields"."lookup" is null or "timebank"."sealed_fields"."ciphertext" is not null),
	CONSTRAINT "sealed_fields_named_check" CHECK ("timebank"."sealed_fields"."ciphertext" is null or "timebank"."sealed_fields"."field" is not null)
);
--> statement-breakpoint
ALTER TABLE "timebank"."care_changes" ALTER COLUMN "reasons" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "timebank"."care_subjects" ALTER COLUMN "reasons" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "timebank"."care_visits" ALTER COLUMN "reason" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "timebank"."care_changes" ADD COLUMN "number" integer NOT NULL;--> statement-breakpoint
CREATE INDEX "access_log_member_idx" ON "timebank"."access_log" USING btree ("ledger_id","member_id","entry");--> statement-breakpoint
CREATE UNIQUE INDEX "sealed_fields_field_key" ON "timebank"."sealed_fields" USING btree ("ledger_id","member_id","field");--> statement-breakpoint
CREATE INDEX "sealed_fields_lookup_idx" ON "timebank"."sealed_fields" USING btree ("ledger_id","lookup") WHERE "timebank"."sealed_fields"."lookup" is not null;--> statement-breakpoint
ALTER TABLE "timebank"."care_changes" DROP CONSTRAINT "care_changes_pkey";
--> statement-breakpoint
ALTER TABLE "timebank"."care_changes" ADD CONSTRAINT "care_changes_pkey" PRIMARY KEY("ledger_id","care_id","number");
--> statement-breakpoint
select timeledger.accept_rows('timebank.person_keys'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.key_generations'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.sealed_fields'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.consents'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.access_log'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.erasures'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.care_subjects'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.care_changes'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.care_visits'::regclass, true);
--> statement-breakpoint
select timeledger.distribute();
