/** The tables of grants: what the fund was to give to whom, and the purses that hold what each member was given in a year. */
import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { areIds, entry, instant, minor, oneOf, timebank } from '../../schema.js';
import { grantPurseStates, grantStates } from './grant-words.js';

/**
 * A grant of the fund: proposed by one person, decided by another. `year` is that of the day on which it was given, and of the purse. The document's
 * number, reason and rejection are free text: the salt keeps the row's digest in the public log from being guessed, and erasing them replaces the
 * row. `proposed_alias` is sealed (people/second-person.ts), and null once it is decided.
 */
export const grants = timebank.table(
  'grants',
  {
    ledger_id: integer().notNull(),
    grant_id: uuid().notNull(),
    member_id: text().notNull(),
    amount: minor('amount').notNull(),
    state: text({ enum: grantStates }).notNull(),
    year: integer(),
    document_number: text(),
    reason: text(),
    rejection: text(),
    salt: text().notNull(),
    proposed_by: text().notNull(),
    proposed_alias: text(),
    proposed_at: instant('proposed_at').notNull(),
    decided_by: text(),
    decided_at: instant('decided_at'),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'grants_pkey', columns: [t.ledger_id, t.grant_id] }),
    index('grants_member_idx').on(t.ledger_id, t.member_id),
    check('grants_state_check', oneOf(t.state, grantStates)),
    check('grants_ids_check', areIds(t.member_id)),
    check('grants_amount_check', sql`${t.amount} > 0`),
    check('grants_year_check', sql`(${t.state} = 'given') = (${t.year} is not null)`),
    check(
      'grants_decided_check',
      sql`(${t.state} = 'proposed') = (${t.decided_by} is null) and (${t.decided_by} is null) = (${t.decided_at} is null)
        and (${t.state} = 'proposed' or ${t.proposed_alias} is null)`,
    ),
  ],
);

/**
 * The purse of a member's grants of a year; what it holds is the balance of its account. `returned` is what went from it to the fund, less what came
 * back for orders that it paid.
 */
export const grantPurses = timebank.table(
  'grant_purses',
  {
    ledger_id: integer().notNull(),
    member_id: text().notNull(),
    year: integer().notNull(),
    state: text({ enum: grantPurseStates }).notNull(),
    returned: minor('returned').notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'grant_purses_pkey', columns: [t.ledger_id, t.member_id, t.year] }),
    index('grant_purses_open_idx').on(t.ledger_id, t.year).where(sql`${t.state} = 'open'`),
    check('grant_purses_state_check', oneOf(t.state, grantPurseStates)),
    check('grant_purses_ids_check', areIds(t.member_id)),
    check('grant_purses_returned_check', sql`${t.returned} >= 0`),
  ],
);
