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
CREATE TABLE "timebank"."care_changes" (
	"ledger_id" integer NOT NULL,
	"care_id" uuid NOT NULL,
	"reasons" text,
	"mode" text NOT NULL,
	"interval_days" integer NOT NULL,
	"starts_on" date NOT NULL,
	"salt" text NOT NULL,
	"number" integer NOT NULL,
	"change" text NOT NULL,
	"effective_on" date NOT NULL,
	"changed_by" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "care_changes_pkey" PRIMARY KEY("ledger_id","care_id","number"),
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
	"reasons" text,
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
	"reason" text,
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
	CONSTRAINT "member_changes_reason_check" CHECK ("timebank"."member_changes"."reason_code" in ('own_request', 'moved_away', 'returned', 'under_review', 'rule_breach', 'other')),
	CONSTRAINT "member_changes_states_check" CHECK ("timebank"."member_changes"."state" in ('active', 'suspended', 'left', 'deceased', 'merged') and "timebank"."member_changes"."was_state" in ('active', 'suspended', 'left', 'deceased', 'merged')),
	CONSTRAINT "member_changes_ids_check" CHECK (length("timebank"."member_changes"."member_id") <= 64 and "timebank"."member_changes"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."member_changes"."org_unit_id") <= 64 and "timebank"."member_changes"."org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."member_changes"."second_org_unit_id") <= 64 and "timebank"."member_changes"."second_org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."member_changes"."was_org_unit_id") <= 64 and "timebank"."member_changes"."was_org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."member_changes"."was_second_org_unit_id") <= 64 and "timebank"."member_changes"."was_second_org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "member_changes_dates_check" CHECK ("timebank"."member_changes"."effective_on" between '2000-01-01' and '2099-12-31')
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
CREATE TABLE "timebank"."offers" (
	"ledger_id" integer NOT NULL,
	"offer_id" text NOT NULL,
	"order_id" text NOT NULL,
	"volunteer_id" text,
	"team_id" text,
	"status" text NOT NULL,
	"expires_at" timestamp(6) with time zone NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "offers_pkey" PRIMARY KEY("ledger_id","offer_id"),
	CONSTRAINT "offers_status_check" CHECK ("timebank"."offers"."status" in ('open', 'accepted', 'declined', 'expired', 'withdrawn')),
	CONSTRAINT "offers_asked_check" CHECK (("timebank"."offers"."volunteer_id" is null) <> ("timebank"."offers"."team_id" is null)),
	CONSTRAINT "offers_ids_check" CHECK (length("timebank"."offers"."offer_id") <= 64 and "timebank"."offers"."offer_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."offers"."order_id") <= 64 and "timebank"."offers"."order_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."offers"."volunteer_id") <= 64 and "timebank"."offers"."volunteer_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."offers"."team_id") <= 64 and "timebank"."offers"."team_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
CREATE TABLE "timebank"."order_codes" (
	"ledger_id" integer NOT NULL,
	"order_id" text NOT NULL,
	"digest" text NOT NULL,
	"expires_at" timestamp(6) with time zone NOT NULL,
	"tries" integer NOT NULL,
	"locked_until" timestamp(6) with time zone,
	"entry" bigint NOT NULL,
	CONSTRAINT "order_codes_pkey" PRIMARY KEY("ledger_id","order_id"),
	CONSTRAINT "order_codes_tries_check" CHECK ("timebank"."order_codes"."tries" >= 0),
	CONSTRAINT "order_codes_ids_check" CHECK (length("timebank"."order_codes"."order_id") <= 64 and "timebank"."order_codes"."order_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
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
CREATE TABLE "timebank"."order_people" (
	"ledger_id" integer NOT NULL,
	"order_id" text NOT NULL,
	"member_id" text NOT NULL,
	"role" text NOT NULL,
	"attendance" text NOT NULL,
	"week" date NOT NULL,
	"planned_start" timestamp(6) with time zone NOT NULL,
	"planned_end" timestamp(6) with time zone NOT NULL,
	"held" bigint NOT NULL,
	"check_in" timestamp(6) with time zone,
	"check_in_proof" text,
	"check_in_by" text,
	"check_out" timestamp(6) with time zone,
	"check_out_proof" text,
	"check_out_by" text,
	"service_record_id" text,
	"entry" bigint NOT NULL,
	CONSTRAINT "order_people_pkey" PRIMARY KEY("ledger_id","order_id","member_id"),
	CONSTRAINT "order_people_role_check" CHECK ("timebank"."order_people"."role" in ('volunteer', 'recipient')),
	CONSTRAINT "order_people_attendance_check" CHECK ("timebank"."order_people"."attendance" in ('waiting', 'committed', 'accepted', 'checked_in', 'checked_out', 'attended', 'no_show', 'left', 'released')),
	CONSTRAINT "order_people_held_check" CHECK ("timebank"."order_people"."held" >= 0 and ("timebank"."order_people"."held" = 0 or "timebank"."order_people"."role" = 'recipient')),
	CONSTRAINT "order_people_check_in_proof_check" CHECK ("timebank"."order_people"."check_in_proof" in ('qr', 'qr_printed', 'code', 'reported', 'paper')),
	CONSTRAINT "order_people_check_out_proof_check" CHECK ("timebank"."order_people"."check_out_proof" in ('qr', 'qr_printed', 'code', 'reported', 'paper')),
	CONSTRAINT "order_people_proof_check" CHECK (("timebank"."order_people"."check_in" is null) = ("timebank"."order_people"."check_in_proof" is null)),
	CONSTRAINT "order_people_ids_check" CHECK (length("timebank"."order_people"."order_id") <= 64 and "timebank"."order_people"."order_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."order_people"."member_id") <= 64 and "timebank"."order_people"."member_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "order_people_dates_check" CHECK ("timebank"."order_people"."week" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
CREATE TABLE "timebank"."order_texts" (
	"ledger_id" integer NOT NULL,
	"order_id" text NOT NULL,
	"about" text NOT NULL,
	"words" text,
	"salt" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "order_texts_pkey" PRIMARY KEY("ledger_id","order_id","about"),
	CONSTRAINT "order_texts_ids_check" CHECK (length("timebank"."order_texts"."order_id") <= 64 and "timebank"."order_texts"."order_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
CREATE TABLE "timebank"."orders" (
	"ledger_id" integer NOT NULL,
	"order_id" text NOT NULL,
	"status" text NOT NULL,
	"recipient_id" text NOT NULL,
	"org_unit_id" text NOT NULL,
	"placed_by" text NOT NULL,
	"on_behalf" boolean NOT NULL,
	"service_type" text NOT NULL,
	"mode" text NOT NULL,
	"station_id" text,
	"planned_start" timestamp(6) with time zone NOT NULL,
	"planned_end" timestamp(6) with time zone NOT NULL,
	"volunteers_needed" integer NOT NULL,
	"recipients" integer NOT NULL,
	"funding" text NOT NULL,
	"price" bigint NOT NULL,
	"offered_until" timestamp(6) with time zone,
	"deadline_at" timestamp(6) with time zone,
	"lapses_to" text,
	"recipient_minutes" integer,
	"verdict_minutes" integer,
	"rating" integer,
	"confirmed_by" text,
	"series_id" text,
	"series_weekday" integer,
	"series_until" date,
	"written_agreement" boolean NOT NULL,
	"history" text NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "orders_pkey" PRIMARY KEY("ledger_id","order_id"),
	CONSTRAINT "orders_status_check" CHECK ("timebank"."orders"."status" in ('requested', 'offered', 'accepted', 'checked_in', 'checked_out', 'confirmed', 'approved', 'rejected', 'cancelled', 'expired', 'disputed', 'upheld', 'to_volunteer', 'to_recipient')),
	CONSTRAINT "orders_mode_check" CHECK ("timebank"."orders"."mode" in ('home', 'station', 'online')),
	CONSTRAINT "orders_lapses_to_check" CHECK ("timebank"."orders"."lapses_to" in ('requested', 'offered', 'accepted', 'checked_in', 'checked_out', 'confirmed', 'approved', 'rejected', 'cancelled', 'expired', 'disputed', 'upheld', 'to_volunteer', 'to_recipient')),
	CONSTRAINT "orders_funding_check" CHECK ("timebank"."orders"."funding" in ('mint', 'recipient', 'fund')),
	CONSTRAINT "orders_station_check" CHECK (("timebank"."orders"."mode" = 'station') = ("timebank"."orders"."station_id" is not null)),
	CONSTRAINT "orders_times_check" CHECK ("timebank"."orders"."planned_start" < "timebank"."orders"."planned_end"),
	CONSTRAINT "orders_amounts_check" CHECK ("timebank"."orders"."price" >= 0 and "timebank"."orders"."volunteers_needed" > 0 and "timebank"."orders"."recipients" > 0),
	CONSTRAINT "orders_lapse_check" CHECK ("timebank"."orders"."lapses_to" is null or "timebank"."orders"."deadline_at" is not null),
	CONSTRAINT "orders_service_type_check" CHECK (length("timebank"."orders"."service_type") <= 64 and "timebank"."orders"."service_type" ~ '^[a-z][a-z0-9_]*$'),
	CONSTRAINT "orders_ids_check" CHECK (length("timebank"."orders"."order_id") <= 64 and "timebank"."orders"."order_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."orders"."recipient_id") <= 64 and "timebank"."orders"."recipient_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."orders"."org_unit_id") <= 64 and "timebank"."orders"."org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."orders"."station_id") <= 64 and "timebank"."orders"."station_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
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
	CONSTRAINT "late_records_kind_check" CHECK ("timebank"."late_records"."kind" in ('order')),
	CONSTRAINT "late_records_approvers_check" CHECK ("timebank"."late_records"."first_approver" <> "timebank"."late_records"."second_approver"),
	CONSTRAINT "late_records_ids_check" CHECK (length("timebank"."late_records"."record_id") <= 64 and "timebank"."late_records"."record_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$')
);
--> statement-breakpoint
CREATE TABLE "timebank"."service_corrections" (
	"ledger_id" integer NOT NULL,
	"service_record_id" text NOT NULL,
	"volunteer_id" text NOT NULL,
	"week" date NOT NULL,
	"status" text NOT NULL,
	"annul" boolean NOT NULL,
	"external_id" text,
	"service_type" text,
	"planned_start" timestamp(6) with time zone,
	"planned_end" timestamp(6) with time zone,
	"check_in" timestamp(6) with time zone,
	"check_out" timestamp(6) with time zone,
	"proof_grade" text,
	"recorded_by" text,
	"reason" text,
	"salt" text NOT NULL,
	"proposed_by" text NOT NULL,
	"proposed_at" timestamp(6) with time zone NOT NULL,
	"decided_by" text,
	"decided_at" timestamp(6) with time zone,
	"corrected_by" text,
	"reversed_on" date,
	"entry" bigint NOT NULL,
	CONSTRAINT "service_corrections_pkey" PRIMARY KEY("ledger_id","service_record_id"),
	CONSTRAINT "service_corrections_status_check" CHECK ("timebank"."service_corrections"."status" in ('proposed', 'carried_out', 'withdrawn')),
	CONSTRAINT "service_corrections_proof_grade_check" CHECK ("timebank"."service_corrections"."proof_grade" in ('A', 'B', 'C')),
	CONSTRAINT "service_corrections_service_type_check" CHECK (length("timebank"."service_corrections"."service_type") <= 64 and "timebank"."service_corrections"."service_type" ~ '^[a-z][a-z0-9_]*$'),
	CONSTRAINT "service_corrections_decided_check" CHECK (("timebank"."service_corrections"."status" = 'proposed') = ("timebank"."service_corrections"."decided_by" is null) and ("timebank"."service_corrections"."decided_by" is null) = ("timebank"."service_corrections"."decided_at" is null)),
	CONSTRAINT "service_corrections_reversed_check" CHECK (("timebank"."service_corrections"."status" = 'carried_out') = ("timebank"."service_corrections"."reversed_on" is not null)),
	CONSTRAINT "service_corrections_corrected_check" CHECK (("timebank"."service_corrections"."status" = 'carried_out' and not "timebank"."service_corrections"."annul") = ("timebank"."service_corrections"."corrected_by" is not null)),
	CONSTRAINT "service_corrections_annul_check" CHECK (case when "timebank"."service_corrections"."annul"
        then num_nonnulls("timebank"."service_corrections"."external_id", "timebank"."service_corrections"."service_type", "timebank"."service_corrections"."planned_start", "timebank"."service_corrections"."planned_end", "timebank"."service_corrections"."check_in", "timebank"."service_corrections"."check_out", "timebank"."service_corrections"."proof_grade", "timebank"."service_corrections"."recorded_by") = 0
        else num_nulls("timebank"."service_corrections"."service_type", "timebank"."service_corrections"."planned_start", "timebank"."service_corrections"."planned_end", "timebank"."service_corrections"."check_in", "timebank"."service_corrections"."check_out", "timebank"."service_corrections"."proof_grade", "timebank"."service_corrections"."recorded_by") = 0 end),
	CONSTRAINT "service_corrections_ids_check" CHECK (length("timebank"."service_corrections"."service_record_id") <= 64 and "timebank"."service_corrections"."service_record_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."service_corrections"."volunteer_id") <= 64 and "timebank"."service_corrections"."volunteer_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."service_corrections"."external_id") <= 64 and "timebank"."service_corrections"."external_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."service_corrections"."recorded_by") <= 64 and "timebank"."service_corrections"."recorded_by" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."service_corrections"."corrected_by") <= 64 and "timebank"."service_corrections"."corrected_by" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "service_corrections_dates_check" CHECK ("timebank"."service_corrections"."week" between '2000-01-01' and '2099-12-31' and "timebank"."service_corrections"."reversed_on" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
CREATE TABLE "timebank"."service_recomputations" (
	"ledger_id" integer NOT NULL,
	"service_record_id" text NOT NULL,
	"volunteer_id" text NOT NULL,
	"week" date NOT NULL,
	"served_on" date NOT NULL,
	"coins" bigint NOT NULL,
	"to_pool" bigint NOT NULL,
	"cap_day" bigint NOT NULL,
	"cap_week" bigint NOT NULL,
	"rounding_carry" bigint NOT NULL,
	"entry" bigint NOT NULL,
	CONSTRAINT "service_recomputations_pkey" PRIMARY KEY("ledger_id","service_record_id","entry"),
	CONSTRAINT "service_recomputations_sum_check" CHECK ("timebank"."service_recomputations"."coins" + "timebank"."service_recomputations"."to_pool" + "timebank"."service_recomputations"."cap_day" + "timebank"."service_recomputations"."cap_week" + "timebank"."service_recomputations"."rounding_carry" = 0),
	CONSTRAINT "service_recomputations_ids_check" CHECK (length("timebank"."service_recomputations"."service_record_id") <= 64 and "timebank"."service_recomputations"."service_record_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."service_recomputations"."volunteer_id") <= 64 and "timebank"."service_recomputations"."volunteer_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$'),
	CONSTRAINT "service_recomputations_dates_check" CHECK ("timebank"."service_recomputations"."week" between '2000-01-01' and '2099-12-31' and "timebank"."service_recomputations"."served_on" between '2000-01-01' and '2099-12-31')
);
--> statement-breakpoint
ALTER TABLE "timebank"."members" DROP CONSTRAINT "members_state_check";--> statement-breakpoint
ALTER TABLE "timebank"."members" ADD COLUMN "second_org_unit_id" text;--> statement-breakpoint
ALTER TABLE "timebank"."members" ADD COLUMN "merged_into" text;--> statement-breakpoint
ALTER TABLE "timebank"."members" ADD COLUMN "merged_from" text;--> statement-breakpoint
ALTER TABLE "timebank"."service_records" ADD COLUMN "order_id" text;--> statement-breakpoint
ALTER TABLE "timebank"."service_records" ADD COLUMN "funding" text;--> statement-breakpoint
ALTER TABLE "timebank"."service_records" ADD COLUMN "corrects" text;--> statement-breakpoint
CREATE INDEX "care_reads_member_idx" ON "timebank"."care_reads" USING btree ("ledger_id","member_id");--> statement-breakpoint
CREATE UNIQUE INDEX "care_subjects_member_key" ON "timebank"."care_subjects" USING btree ("ledger_id","member_id");--> statement-breakpoint
CREATE INDEX "care_subjects_due_idx" ON "timebank"."care_subjects" USING btree ("ledger_id","next_due_on");--> statement-breakpoint
CREATE INDEX "access_log_member_idx" ON "timebank"."access_log" USING btree ("ledger_id","member_id","entry");--> statement-breakpoint
CREATE UNIQUE INDEX "sealed_fields_field_key" ON "timebank"."sealed_fields" USING btree ("ledger_id","member_id","field");--> statement-breakpoint
CREATE INDEX "sealed_fields_lookup_idx" ON "timebank"."sealed_fields" USING btree ("ledger_id","lookup") WHERE "timebank"."sealed_fields"."lookup" is not null;--> statement-breakpoint
CREATE INDEX "stations_org_unit_idx" ON "timebank"."stations" USING btree ("ledger_id","org_unit_id");--> statement-breakpoint
CREATE INDEX "kin_relative_idx" ON "timebank"."kin" USING btree ("ledger_id","relative_id");--> statement-breakpoint
CREATE INDEX "talent_qualifications_kind_idx" ON "timebank"."talent_qualifications" USING btree ("ledger_id","kind");--> statement-breakpoint
CREATE INDEX "team_members_member_idx" ON "timebank"."team_members" USING btree ("ledger_id","member_id");--> statement-breakpoint
CREATE INDEX "teams_org_unit_idx" ON "timebank"."teams" USING btree ("ledger_id","org_unit_id");--> statement-breakpoint
CREATE INDEX "offers_order_idx" ON "timebank"."offers" USING btree ("ledger_id","order_id");--> statement-breakpoint
CREATE INDEX "offers_volunteer_idx" ON "timebank"."offers" USING btree ("ledger_id","volunteer_id");--> statement-breakpoint
CREATE INDEX "order_people_week_idx" ON "timebank"."order_people" USING btree ("ledger_id","member_id","week");--> statement-breakpoint
CREATE INDEX "orders_unit_idx" ON "timebank"."orders" USING btree ("ledger_id","org_unit_id","order_id");--> statement-breakpoint
CREATE INDEX "orders_deadline_idx" ON "timebank"."orders" USING btree ("ledger_id","deadline_at") WHERE "timebank"."orders"."lapses_to" is not null;--> statement-breakpoint
CREATE INDEX "service_corrections_week_idx" ON "timebank"."service_corrections" USING btree ("ledger_id","volunteer_id","week");--> statement-breakpoint
CREATE INDEX "service_recomputations_week_idx" ON "timebank"."service_recomputations" USING btree ("ledger_id","volunteer_id","week");--> statement-breakpoint
CREATE INDEX "members_second_org_unit_idx" ON "timebank"."members" USING btree ("ledger_id","second_org_unit_id") WHERE "timebank"."members"."second_org_unit_id" is not null;--> statement-breakpoint
CREATE INDEX "members_resting_idx" ON "timebank"."members" USING btree ("ledger_id","member_id") WHERE "timebank"."members"."state" <> 'active';--> statement-breakpoint
ALTER TABLE "timebank"."members" ADD CONSTRAINT "members_second_org_unit_check" CHECK ("timebank"."members"."second_org_unit_id" <> "timebank"."members"."org_unit_id");--> statement-breakpoint
ALTER TABLE "timebank"."members" ADD CONSTRAINT "members_second_ids_check" CHECK (length("timebank"."members"."second_org_unit_id") <= 64 and "timebank"."members"."second_org_unit_id" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$' and length("timebank"."members"."merged_into") <= 64 and "timebank"."members"."merged_into" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]*$');--> statement-breakpoint
ALTER TABLE "timebank"."members" ADD CONSTRAINT "members_merged_check" CHECK (("timebank"."members"."state" = 'merged') = ("timebank"."members"."merged_into" is not null));--> statement-breakpoint
ALTER TABLE "timebank"."members" ADD CONSTRAINT "members_state_check" CHECK ("timebank"."members"."state" in ('active', 'suspended', 'left', 'deceased', 'merged'));
--> statement-breakpoint
select timeledger.accept_rows('timebank.access_log'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.care_changes'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.care_reads'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.care_subjects'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.care_visits'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.consents'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.erasures'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.former_names'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.key_generations'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.kin'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.late_records'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.member_changes'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.member_merges'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.members'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.offers'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.order_codes'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.order_evidence'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.order_people'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.order_texts'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.orders'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.person_keys'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.sealed_fields'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.service_corrections'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.service_recomputations'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.service_records'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.specialties'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.station_changes'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.stations'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.talent_changes'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.talent_qualifications'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.talents'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.team_changes'::regclass, false);
--> statement-breakpoint
select timeledger.accept_rows('timebank.team_members'::regclass, true);
--> statement-breakpoint
select timeledger.accept_rows('timebank.teams'::regclass, true);
--> statement-breakpoint
select timeledger.distribute();
