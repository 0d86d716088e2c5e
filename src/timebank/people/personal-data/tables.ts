/** The tables of personal data: keys of people, what is sealed under them, consents, who read what, erasures. */
import { sql } from 'drizzle-orm';
import { check, date, index, integer, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { consentPurposes, erasureStates, sealedFields, unmaskPurposes } from '../../personal-words.js';
import { areDates, areIds, entry, instant, oneOf, timebank } from '../../schema.js';

/** The key of a person, wrapped by a generation of the master key. Both are null once it is destroyed. */
export const personKeys = timebank.table(
  'person_keys',
  {
    ledger_id: integer().notNull(),
    member_id: text().notNull(),
    generation: integer(),
    wrapped: text(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'person_keys_pkey', columns: [t.ledger_id, t.member_id] }),
    check('person_keys_ids_check', areIds(t.member_id)),
    check('person_keys_wrapped_check', sql`(${t.generation} is null) = (${t.wrapped} is null)`),
  ],
);

/**
 * The generation by which keys of people are wrapped, in a row of its own: whoever wraps reads it in the same commit, and an older one wraps
 * nothing any more. There is none before the first rotation.
 */
export const keyGenerations = timebank.table(
  'key_generations',
  {
    ledger_id: integer().notNull(),
    wraps: text().notNull(),
    generation: integer().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'key_generations_pkey', columns: [t.ledger_id, t.wraps] }),
    check('key_generations_wraps_check', sql`${t.wraps} = 'person_keys'`),
    check('key_generations_generation_check', sql`${t.generation} > 0`),
  ],
);

/**
 * What is sealed under a person's key; null once it is emptied. `lookup` is what equal values have in common: see seal.ts. Rows are named in
 * the log, which must not say of whom there is a health or a hardship: so a row is counted by `slot`, from 1, and its field is no part of its name; the salt hides it in the digest. Of an erased person it is null.
 */
export const sealedFieldTable = timebank.table(
  'sealed_fields',
  {
    ledger_id: integer().notNull(),
    member_id: text().notNull(),
    slot: integer().notNull(),
    field: text(),
    ciphertext: text(),
    lookup: text(),
    salt: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'sealed_fields_pkey', columns: [t.ledger_id, t.member_id, t.slot] }),
    uniqueIndex('sealed_fields_field_key').on(t.ledger_id, t.member_id, t.field),
    index('sealed_fields_lookup_idx').on(t.ledger_id, t.lookup).where(sql`${t.lookup} is not null`),
    check('sealed_fields_field_check', oneOf(t.field, sealedFields)),
    check('sealed_fields_ids_check', areIds(t.member_id)),
    check('sealed_fields_lookup_check', sql`${t.lookup} is null or ${t.ciphertext} is not null`),
    check('sealed_fields_named_check', sql`${t.ciphertext} is null or ${t.field} is not null`),
  ],
);

/**
 * What a person has consented to, a row each time, counted by `number` from 1 whatever the purpose; it stands until `revoked_on`. What proves
 * it is free text. The salt hides that, and the purpose, in the digest.
 */
export const consents = timebank.table(
  'consents',
  {
    ledger_id: integer().notNull(),
    member_id: text().notNull(),
    purpose: text().notNull(),
    number: integer().notNull(),
    given_on: date({ mode: 'string' }).notNull(),
    given_by: text().notNull(),
    evidence: text(),
    salt: text().notNull(),
    revoked_on: date({ mode: 'string' }),
    revoked_by: text(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'consents_pkey', columns: [t.ledger_id, t.member_id, t.number] }),
    check('consents_purpose_check', oneOf(t.purpose, consentPurposes)),
    check('consents_ids_check', areIds(t.member_id)),
    check('consents_dates_check', areDates(t.given_on, t.revoked_on)),
    check('consents_revoked_check', sql`${t.revoked_on} >= ${t.given_on}`),
  ],
);

/** Who read which of a person's sealed fields in the clear, what for, and when. `fields` are their names with commas between; the salt hides them in the digest. */
export const accessLog = timebank.table(
  'access_log',
  {
    ledger_id: integer().notNull(),
    member_id: text().notNull(),
    fields: text().notNull(),
    purpose: text().notNull(),
    actor: text().notNull(),
    at: instant('at').notNull(),
    salt: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'access_log_pkey', columns: [t.ledger_id, t.entry] }),
    index('access_log_member_idx').on(t.ledger_id, t.member_id, t.entry),
    check('access_log_purpose_check', oneOf(t.purpose, unmaskPurposes)),
    check('access_log_ids_check', areIds(t.member_id)),
  ],
);

/** Erasures of people: one asks, another carries it out, unless the request is withdrawn before. `requested_alias` is sealed (second-person.ts), and null then. */
export const erasures = timebank.table(
  'erasures',
  {
    ledger_id: integer().notNull(),
    member_id: text().notNull(),
    state: text().notNull(),
    requested_by: text().notNull(),
    requested_alias: text(),
    requested_at: instant('requested_at').notNull(),
    erased_by: text(),
    erased_at: instant('erased_at'),
    withdrawn_by: text(),
    withdrawn_at: instant('withdrawn_at'),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'erasures_pkey', columns: [t.ledger_id, t.member_id] }),
    check('erasures_state_check', oneOf(t.state, erasureStates)),
    check('erasures_ids_check', areIds(t.member_id)),
    check('erasures_erased_check', sql`(${t.state} = 'erased') = (${t.erased_by} is not null)`),
    check('erasures_withdrawn_check', sql`(${t.state} = 'withdrawn') = (${t.withdrawn_by} is not null)`),
  ],
);
