CREATE TABLE "timebank"."import_mappings" (
	"ledger_id" integer NOT NULL,
	"mapping_id" text NOT NULL,
	"kind" text NOT NULL,
	"columns" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "import_mappings_pkey" PRIMARY KEY("ledger_id","mapping_id"),
	CONSTRAINT "import_mappings_kind_check" CHECK ("timebank"."import_mappings"."kind" in ('org_units', 'members', 'opening_points', 'visits', 'redemptions')),
	CONSTRAINT "import_mappings_ids_check" CHECK (length("timebank"."import_mappings"."mapping_id") <= 64 and "timebank"."import_mappings"."mapping_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
ALTER TABLE "timebank"."imports" DROP CONSTRAINT "imports_encoding_check";--> statement-breakpoint
ALTER TABLE "timebank"."imports" ADD COLUMN "mapping" text;--> statement-breakpoint
ALTER TABLE "timebank"."imports" ADD COLUMN "mapping_entry" bigint;--> statement-breakpoint
ALTER TABLE "timebank"."imports" ADD CONSTRAINT "imports_mapping_check" CHECK (("timebank"."imports"."mapping" is null) = ("timebank"."imports"."mapping_entry" is null));--> statement-breakpoint
ALTER TABLE "timebank"."imports" ADD CONSTRAINT "imports_ids_check" CHECK (length("timebank"."imports"."mapping") <= 64 and "timebank"."imports"."mapping" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$');--> statement-breakpoint
ALTER TABLE "timebank"."imports" ADD CONSTRAINT "imports_encoding_check" CHECK ("timebank"."imports"."encoding" in ('utf-8', 'gb18030', 'utf-16le', 'utf-16be'));--> statement-breakpoint
select timeledger.accept_rows('timebank.import_mappings'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.imports'::regclass, true);
--> statement-breakpoint
select timeledger.distribute();
