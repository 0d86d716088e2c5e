CREATE TABLE "timebank"."care_changes" (
	"ledger_id" integer NOT NULL,
	"care_id" uuid NOT NULL,
	"reasons" text NOT NULL,
	"mode" text NOT NULL,
	"interval_days" integer NOT NULL,
	"starts_on" date NOT NULL,
	"salt" text NOT NULL,
	"change" text NOT NULL,
	"effective_on" date NOT NULL,
	"changed_by" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "care_changes_pkey" PRIMARY KEY("ledger_id","care_id","entry"),
	CONSTRAINT "care_changes_change_check" CHECK ("timebank"."care_changes"."change" in ('registered', 'changed', 'ended')),
	CONSTRAINT "care_changes_dates_check" CHECK ("timebank"."care_changes"."effective_on" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
CREATE TABLE "timebank"."care_reads" (
	"ledger_id" integer NOT NULL,
	"kind" text NOT NULL,
	"member_id" text,
	"asked" text,
	"purpose" text,
	"actor" text NOT NULL,
	"at" timestamp(6) with time zone NOT NULL,
	"salt" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "care_reads_pkey" PRIMARY KEY("ledger_id","entry"),
	CONSTRAINT "care_reads_kind_check" CHECK ("timebank"."care_reads"."kind" in ('list', 'subject', 'visits', 'changes')),
	CONSTRAINT "care_reads_purpose_check" CHECK ("timebank"."care_reads"."purpose" in ('visit', 'planning', 'oversight')),
	CONSTRAINT "care_reads_ids_check" CHECK (length("timebank"."care_reads"."member_id") <= 64 and "timebank"."care_reads"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
CREATE TABLE "timebank"."care_subjects" (
	"ledger_id" integer NOT NULL,
	"care_id" uuid NOT NULL,
	"reasons" text NOT NULL,
	"mode" text NOT NULL,
	"interval_days" integer NOT NULL,
	"starts_on" date NOT NULL,
	"salt" text NOT NULL,
	"member_id" text NOT NULL,
	"note" text,
	"visits" integer NOT NULL,
	"last_visited_on" date,
	"next_due_on" date NOT NULL,
	"ended_on" date,
	"entry" bigint NOT NULL,
	CONSTRAINT "care_subjects_pkey" PRIMARY KEY("ledger_id","care_id"),
	CONSTRAINT "care_subjects_reasons_check" CHECK ("timebank"."care_subjects"."reasons" ~ '^(?:routine|emotional|hardship|illness|old_age_occasion)(?: (?:routine|emotional|hardship|illness|old_age_occasion))*$'),
	CONSTRAINT "care_subjects_mode_check" CHECK ("timebank"."care_subjects"."mode" in ('fixed', 'doorstep')),
	CONSTRAINT "care_subjects_interval_check" CHECK ("timebank"."care_subjects"."interval_days" between 1 and 366 and "timebank"."care_subjects"."visits" >= 0),
	CONSTRAINT "care_subjects_ids_check" CHECK (length("timebank"."care_subjects"."member_id") <= 64 and "timebank"."care_subjects"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "care_subjects_dates_check" CHECK ("timebank"."care_subjects"."starts_on" between '2000-01-01' and '2099-12-31' and "timebank"."care_subjects"."last_visited_on" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
CREATE TABLE "timebank"."care_visits" (
	"ledger_id" integer NOT NULL,
	"care_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"visited_on" date NOT NULL,
	"reason" text NOT NULL,
	"visitor" text NOT NULL,
	"note" text,
	"recorded_by" text NOT NULL,
	"salt" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "care_visits_pkey" PRIMARY KEY("ledger_id","care_id","number"),
	CONSTRAINT "care_visits_number_check" CHECK ("timebank"."care_visits"."number" > 0),
	CONSTRAINT "care_visits_reason_check" CHECK ("timebank"."care_visits"."reason" in ('routine', 'emotional', 'hardship', 'illness', 'old_age_occasion')),
	CONSTRAINT "care_visits_ids_check" CHECK (length("timebank"."care_visits"."visitor") <= 64 and "timebank"."care_visits"."visitor" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "care_visits_dates_check" CHECK ("timebank"."care_visits"."visited_on" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
CREATE TABLE "timebank"."station_changes" (
	"ledger_id" integer NOT NULL,
	"station_id" text NOT NULL,
	"org_unit_id" text NOT NULL,
	"name" text NOT NULL,
	"functions" text NOT NULL,
	"opening_hours" text NOT NULL,
	"latitude" text,
	"longitude" text,
	"kid" text NOT NULL,
	"change" text NOT NULL,
	"effective_on" date NOT NULL,
	"changed_by" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "station_changes_pkey" PRIMARY KEY("ledger_id","station_id","entry"),
	CONSTRAINT "station_changes_change_check" CHECK ("timebank"."station_changes"."change" in ('registered', 'changed', 'key_rotated', 'closed')),
	CONSTRAINT "station_changes_ids_check" CHECK (length("timebank"."station_changes"."station_id") <= 64 and "timebank"."station_changes"."station_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."station_changes"."org_unit_id") <= 64 and "timebank"."station_changes"."org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "station_changes_dates_check" CHECK ("timebank"."station_changes"."effective_on" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
CREATE TABLE "timebank"."stations" (
	"ledger_id" integer NOT NULL,
	"station_id" text NOT NULL,
	"org_unit_id" text NOT NULL,
	"name" text NOT NULL,
	"functions" text NOT NULL,
	"opening_hours" text NOT NULL,
	"latitude" text,
	"longitude" text,
	"kid" text NOT NULL,
	"kind" text NOT NULL,
	"key_generation" integer NOT NULL,
	"public_key" text NOT NULL,
	"closed_on" date,
	"entry" bigint NOT NULL,
	CONSTRAINT "stations_pkey" PRIMARY KEY("ledger_id","station_id"),
	CONSTRAINT "stations_kind_check" CHECK ("timebank"."stations"."kind" in ('silver_home', 'county_elder_centre', 'community_party_service_centre', 'village_activity_room', 'pavilion', 'post', 'studio')),
	CONSTRAINT "stations_functions_check" CHECK ("timebank"."stations"."functions" ~ '^(?:learning|volunteering|exchange|care)(?: (?:learning|volunteering|exchange|care))*$'),
	CONSTRAINT "stations_opening_hours_check" CHECK ("timebank"."stations"."opening_hours" ~ '^(?:[1-7] (?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)(?:,[1-7] (?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00))*)?$'),
	CONSTRAINT "stations_latitude_check" CHECK ("timebank"."stations"."latitude" ~ '^-?(?:[1-8]?[0-9](?:[.][0-9]{1,7})?|90(?:[.]0{1,7})?)$'),
	CONSTRAINT "stations_longitude_check" CHECK ("timebank"."stations"."longitude" ~ '^-?(?:(?:[1-9]?[0-9]|1[0-7][0-9])(?:[.][0-9]{1,7})?|180(?:[.]0{1,7})?)$'),
	CONSTRAINT "stations_ids_check" CHECK (length("timebank"."stations"."station_id") <= 64 and "timebank"."stations"."station_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."stations"."org_unit_id") <= 64 and "timebank"."stations"."org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
CREATE TABLE "timebank"."specialties" (
	"ledger_id" integer NOT NULL,
	"kind" text NOT NULL,
	"code" text NOT NULL,
	"name_zh" text NOT NULL,
	"name_en" text,
	"entry" bigint NOT NULL,
	CONSTRAINT "specialties_pkey" PRIMARY KEY("ledger_id","kind","code"),
	CONSTRAINT "specialties_kind_check" CHECK ("timebank"."specialties"."kind" in ('specialty', 'interest')),
	CONSTRAINT "specialties_code_check" CHECK (length("timebank"."specialties"."code") <= 64 and "timebank"."specialties"."code" ~ '^[a-z][a-z0-9_]*$')
);
--> statement-breakpoint
CREATE TABLE "timebank"."talent_changes" (
	"ledger_id" integer NOT NULL,
	"member_id" text NOT NULL,
	"registry" text NOT NULL,
	"categories" text NOT NULL,
	"specialties" text NOT NULL,
	"interests" text NOT NULL,
	"availability" text NOT NULL,
	"level" integer,
	"change" text NOT NULL,
	"qualification" integer,
	"effective_on" date NOT NULL,
	"changed_by" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "talent_changes_pkey" PRIMARY KEY("ledger_id","member_id","registry","entry"),
	CONSTRAINT "talent_changes_registry_check" CHECK ("timebank"."talent_changes"."registry" in ('silver', 'resident_expert')),
	CONSTRAINT "talent_changes_change_check" CHECK ("timebank"."talent_changes"."change" in ('registered', 'changed', 'qualified', 'qualification_ended', 'level_recorded', 'ended')),
	CONSTRAINT "talent_changes_ids_check" CHECK (length("timebank"."talent_changes"."member_id") <= 64 and "timebank"."talent_changes"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "talent_changes_dates_check" CHECK ("timebank"."talent_changes"."effective_on" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
CREATE TABLE "timebank"."talent_qualifications" (
	"ledger_id" integer NOT NULL,
	"member_id" text NOT NULL,
	"registry" text NOT NULL,
	"number" integer NOT NULL,
	"kind" text NOT NULL,
	"evidence" text,
	"valid_until" date,
	"recorded_on" date NOT NULL,
	"ended_on" date,
	"salt" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "talent_qualifications_pkey" PRIMARY KEY("ledger_id","member_id","registry","number"),
	CONSTRAINT "talent_qualifications_registry_check" CHECK ("timebank"."talent_qualifications"."registry" in ('silver', 'resident_expert')),
	CONSTRAINT "talent_qualifications_kind_check" CHECK ("timebank"."talent_qualifications"."kind" in ('law', 'medicine', 'education', 'other')),
	CONSTRAINT "talent_qualifications_number_check" CHECK ("timebank"."talent_qualifications"."number" > 0),
	CONSTRAINT "talent_qualifications_ids_check" CHECK (length("timebank"."talent_qualifications"."member_id") <= 64 and "timebank"."talent_qualifications"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "talent_qualifications_dates_check" CHECK ("timebank"."talent_qualifications"."recorded_on" between '2000-01-01' and '2099-12-31' and "timebank"."talent_qualifications"."valid_until" between '2000-01-01' and '2099-12-31' and "timebank"."talent_qualifications"."ended_on" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
CREATE TABLE "timebank"."talents" (
	"ledger_id" integer NOT NULL,
	"member_id" text NOT NULL,
	"registry" text NOT NULL,
	"categories" text NOT NULL,
	"specialties" text NOT NULL,
	"interests" text NOT NULL,
	"availability" text NOT NULL,
	"level" integer,
	"level_on" date,
	"registered_on" date NOT NULL,
	"ended_on" date,
	"entry" bigint NOT NULL,
	CONSTRAINT "talents_pkey" PRIMARY KEY("ledger_id","member_id","registry"),
	CONSTRAINT "talents_registry_check" CHECK ("timebank"."talents"."registry" in ('silver', 'resident_expert')),
	CONSTRAINT "talents_categories_check" CHECK ("timebank"."talents"."categories" ~ '^(?:enterprise_aid|theory_talks|rural_revival|social_governance|culture_education|ecology|next_generation)(?: (?:enterprise_aid|theory_talks|rural_revival|social_governance|culture_education|ecology|next_generation))*$'),
	CONSTRAINT "talents_codes_check" CHECK ("timebank"."talents"."specialties" ~ '^(?:[a-z][a-z0-9_]*(?: [a-z][a-z0-9_]*)*)?$' and "timebank"."talents"."interests" ~ '^(?:[a-z][a-z0-9_]*(?: [a-z][a-z0-9_]*)*)?$'),
	CONSTRAINT "talents_availability_check" CHECK ("timebank"."talents"."availability" ~ '^(?:[1-7] (?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)(?:,[1-7] (?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00))*)?$'),
	CONSTRAINT "talents_level_check" CHECK ("timebank"."talents"."level" > 0),
	CONSTRAINT "talents_ids_check" CHECK (length("timebank"."talents"."member_id") <= 64 and "timebank"."talents"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
CREATE TABLE "timebank"."team_changes" (
	"ledger_id" integer NOT NULL,
	"team_id" text NOT NULL,
	"change" text NOT NULL,
	"member_id" text,
	"effective_on" date NOT NULL,
	"changed_by" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "team_changes_pkey" PRIMARY KEY("ledger_id","team_id","entry"),
	CONSTRAINT "team_changes_change_check" CHECK ("timebank"."team_changes"."change" in ('registered', 'member_joined', 'member_left', 'leader_changed', 'dissolved')),
	CONSTRAINT "team_changes_ids_check" CHECK (length("timebank"."team_changes"."team_id") <= 64 and "timebank"."team_changes"."team_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."team_changes"."member_id") <= 64 and "timebank"."team_changes"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "team_changes_dates_check" CHECK ("timebank"."team_changes"."effective_on" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
CREATE TABLE "timebank"."team_members" (
	"ledger_id" integer NOT NULL,
	"team_id" text NOT NULL,
	"member_id" text NOT NULL,
	"joined_on" date NOT NULL,
	"left_on" date,
	"entry" bigint NOT NULL,
	CONSTRAINT "team_members_pkey" PRIMARY KEY("ledger_id","team_id","member_id","joined_on"),
	CONSTRAINT "team_members_ids_check" CHECK (length("timebank"."team_members"."team_id") <= 64 and "timebank"."team_members"."team_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."team_members"."member_id") <= 64 and "timebank"."team_members"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "team_members_dates_check" CHECK ("timebank"."team_members"."joined_on" between '2000-01-01' and '2099-12-31' and "timebank"."team_members"."left_on" between '2000-01-01' and '2099-12-31' and "timebank"."team_members"."left_on" >= "timebank"."team_members"."joined_on")
);
--> statement-breakpoint
CREATE TABLE "timebank"."teams" (
	"ledger_id" integer NOT NULL,
	"team_id" text NOT NULL,
	"org_unit_id" text NOT NULL,
	"name" text NOT NULL,
	"leader_id" text NOT NULL,
	"labels" text NOT NULL,
	"registered_on" date NOT NULL,
	"dissolved_on" date,
	"entry" bigint NOT NULL,
	CONSTRAINT "teams_pkey" PRIMARY KEY("ledger_id","team_id"),
	CONSTRAINT "teams_ids_check" CHECK (length("timebank"."teams"."team_id") <= 64 and "timebank"."teams"."team_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."teams"."org_unit_id") <= 64 and "timebank"."teams"."org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."teams"."leader_id") <= 64 and "timebank"."teams"."leader_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
CREATE INDEX "care_reads_member_idx" ON "timebank"."care_reads" USING btree ("ledger_id","member_id");--> statement-breakpoint
CREATE UNIQUE INDEX "care_subjects_member_key" ON "timebank"."care_subjects" USING btree ("ledger_id","member_id");--> statement-breakpoint
CREATE INDEX "care_subjects_due_idx" ON "timebank"."care_subjects" USING btree ("ledger_id","next_due_on");--> statement-breakpoint
CREATE INDEX "stations_org_unit_idx" ON "timebank"."stations" USING btree ("ledger_id","org_unit_id");--> statement-breakpoint
CREATE INDEX "talent_qualifications_kind_idx" ON "timebank"."talent_qualifications" USING btree ("ledger_id","kind");--> statement-breakpoint
CREATE INDEX "team_members_member_idx" ON "timebank"."team_members" USING btree ("ledger_id","member_id");--> statement-breakpoint
CREATE INDEX "teams_org_unit_idx" ON "timebank"."teams" USING btree ("ledger_id","org_unit_id");--> statement-breakpoint
select timeledger.accept_rows('timebank.stations'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.station_changes'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.specialties'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.talents'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.talent_changes'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.talent_qualifications'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.teams'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.team_members'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.team_changes'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.care_subjects'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.care_changes'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.care_visits'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.care_reads'::regclass, false);
--> statement-breakpoint
select timeledger.distribute();
