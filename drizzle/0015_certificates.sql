CREATE TABLE "timebank"."record_certificates" (
	"ledger_id" integer NOT NULL,
	"certificate_number" text NOT NULL,
	"member_id" text NOT NULL,
	"merged_from" text,
	"org_unit_id" text NOT NULL,
	"first_on" date,
	"last_on" date,
	"at_entry" bigint NOT NULL,
	"issued_on" date NOT NULL,
	"issued_by" text NOT NULL,
	"records" integer NOT NULL,
	"hours" bigint NOT NULL,
	"content" text NOT NULL,
	"identity_entry" bigint,
	"revoked_at" timestamp(6) with time zone,
	"revoked_by" text,
	"revocation" text,
	"entry" bigint NOT NULL,
	CONSTRAINT "record_certificates_pkey" PRIMARY KEY("ledger_id","certificate_number"),
	CONSTRAINT "record_certificates_ids_check" CHECK (length("timebank"."record_certificates"."member_id") <= 64 and "timebank"."record_certificates"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."record_certificates"."org_unit_id") <= 64 and "timebank"."record_certificates"."org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "record_certificates_dates_check" CHECK ("timebank"."record_certificates"."first_on" between '2000-01-01' and '2099-12-31' and "timebank"."record_certificates"."last_on" between '2000-01-01' and '2099-12-31' and "timebank"."record_certificates"."issued_on" between '2000-01-01' and '2099-12-31'),
	CONSTRAINT "record_certificates_range_check" CHECK ("timebank"."record_certificates"."first_on" <= "timebank"."record_certificates"."last_on"),
	CONSTRAINT "record_certificates_amounts_check" CHECK ("timebank"."record_certificates"."records" > 0 and "timebank"."record_certificates"."hours" > 0),
	CONSTRAINT "record_certificates_entries_check" CHECK ("timebank"."record_certificates"."at_entry" > 0 and "timebank"."record_certificates"."identity_entry" <= "timebank"."record_certificates"."at_entry"),
	CONSTRAINT "record_certificates_revocation_check" CHECK ("timebank"."record_certificates"."revocation" in ('record_wrong', 'issued_in_error', 'member_asked', 'misused')),
	CONSTRAINT "record_certificates_revoked_check" CHECK (("timebank"."record_certificates"."revoked_at" is null) = ("timebank"."record_certificates"."revocation" is null) and ("timebank"."record_certificates"."revoked_at" is null) = ("timebank"."record_certificates"."revoked_by" is null))
);
--> statement-breakpoint
CREATE INDEX "record_certificates_member_idx" ON "timebank"."record_certificates" USING btree ("ledger_id","member_id","certificate_number");--> statement-breakpoint
select timeledger.accept_rows('timebank.record_certificates'::regclass, true);
--> statement-breakpoint
select timeledger.distribute();
