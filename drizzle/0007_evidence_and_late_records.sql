CREATE TABLE "timebank"."order_evidence" (
	"ledger_id" integer NOT NULL,
	"order_id" text NOT NULL,
	"digest" text NOT NULL,
	"media_type" text NOT NULL,
	"bytes" integer NOT NULL,
	"file_id" uuid NOT NULL,
	"stored_by" text NOT NULL,
	"erased_on" date,
	"entry" bigint NOT NULL,
	CONSTRAINT "order_evidence_pkey" PRIMARY KEY("ledger_id","order_id","digest"),
	CONSTRAINT "order_evidence_media_type_check" CHECK ("timebank"."order_evidence"."media_type" in ('image/png', 'image/jpeg', 'application/pdf')),
	CONSTRAINT "order_evidence_digest_check" CHECK ("timebank"."order_evidence"."digest" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "order_evidence_bytes_check" CHECK ("timebank"."order_evidence"."bytes" > 0),
	CONSTRAINT "order_evidence_ids_check" CHECK (length("timebank"."order_evidence"."order_id") <= 64 and "timebank"."order_evidence"."order_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "order_evidence_dates_check" CHECK ("timebank"."order_evidence"."erased_on" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
CREATE TABLE "timebank"."late_records" (
	"ledger_id" integer NOT NULL,
	"kind" text NOT NULL,
	"record_id" text NOT NULL,
	"content" text NOT NULL,
	"first_approver" text NOT NULL,
	"second_approver" text,
	"entry" bigint NOT NULL,
	CONSTRAINT "late_records_pkey" PRIMARY KEY("ledger_id","kind","record_id"),
	CONSTRAINT "late_records_kind_check" CHECK ("timebank"."late_records"."kind" in ('visit', 'order')),
	CONSTRAINT "late_records_approvers_check" CHECK ("timebank"."late_records"."first_approver" <> "timebank"."late_records"."second_approver"),
	CONSTRAINT "late_records_ids_check" CHECK (length("timebank"."late_records"."record_id") <= 64 and "timebank"."late_records"."record_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
select timeledger.accept_rows('timebank.late_records'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.order_evidence'::regclass, true);
--> statement-breakpoint
select timeledger.distribute();
