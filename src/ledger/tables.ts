/**
 * The shape of the books. One schema, `timeledger`; `ledger_id` leads every key, so that the same tables can be distributed
 * by it. What tables cannot say (append-only, the commit function, roles) is in drizzle/0001_books.sql. Amounts are minor
 * units; a posting's amount is signed: debit positive, credit negative.
 */
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  customType,
  date,
  integer,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

export const timeledger = pgSchema('timeledger');

const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });
const minor = (name: string) => bigint(name, { mode: 'bigint' });
const count = (name: string) => bigint(name, { mode: 'number' });
const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'string', precision: 6 });

/** A county's books. */
export const ledgers = timeledger.table(
  'ledgers',
  {
    ledger_id: integer().notNull(),
    code: text().notNull(),
    zone: text().notNull(),
  },
  (t) => [primaryKey({ name: 'ledgers_pkey', columns: [t.ledger_id] }), uniqueIndex('ledgers_code_key').on(t.code)],
);

/**
 * One row a ledger: what every commit compares and sets, `batch_seq` and `batch_id` being the last batch's. `frontier` is the Merkle tree's right edge, largest subtree
 * first; answers of batches up to `forgotten_batch` have been forgotten. */
export const heads = timeledger.table(
  'heads',
  {
    ledger_id: integer().notNull(),
    account_count: integer().notNull(),
    batch_seq: count('batch_seq').notNull(),
    batch_id: uuid().notNull(),
    entry_count: count('entry_count').notNull(),
    recorded_at: instant('recorded_at').notNull(),
    closed_through: date({ mode: 'string' }),
    forgotten_batch: count('forgotten_batch').notNull().default(0),
    frontier: bytea('frontier').notNull(),
  },
  (t) => [primaryKey({ name: 'heads_pkey', columns: [t.ledger_id] })],
);

export const assets = timeledger.table(
  'assets',
  {
    ledger_id: integer().notNull(),
    asset: text().notNull(),
    scale: smallint().notNull(),
  },
  (t) => [
    primaryKey({ name: 'assets_pkey', columns: [t.ledger_id, t.asset] }),
    check('assets_scale_check', sql`${t.scale} between 0 and 4`),
  ],
);

/**
 * `version` counts the account's postings. Floor and ceiling bound the balance on the account's normal side. `day` is the latest
 * day of effect, the `day_` columns what was posted with effect on it and between which entries; null before any posting.
 */
export const accounts = timeledger.table(
  'accounts',
  {
    ledger_id: integer().notNull(),
    account_id: integer().notNull(),
    code: text().notNull(),
    asset: text().notNull(),
    type: text().notNull(),
    state: text().notNull().default('open'),
    control: boolean().notNull().default(false),
    floor: minor('floor'),
    ceiling: minor('ceiling'),
    debits: minor('debits').notNull(),
    credits: minor('credits').notNull(),
    version: count('version').notNull(),
    day: date({ mode: 'string' }),
    day_debits: minor('day_debits'),
    day_credits: minor('day_credits'),
    day_first: count('day_first'),
    day_last: count('day_last'),
  },
  (t) => [
    primaryKey({ name: 'accounts_pkey', columns: [t.ledger_id, t.account_id] }),
    uniqueIndex('accounts_code_key').on(t.ledger_id, t.code),
    check('accounts_type_check', sql`${t.type} in ('asset', 'liability', 'equity', 'income', 'expense')`),
    check('accounts_state_check', sql`${t.state} in ('open', 'frozen', 'closed')`),
    check('accounts_sums_check', sql`${t.debits} >= 0 and ${t.credits} >= 0 and ${t.version} >= 0`),
    check(
      'accounts_floor_check',
      sql`${t.floor} is null or case when ${t.type} in ('asset', 'expense') then ${t.debits} - ${t.credits} else ${t.credits} - ${t.debits} end >= ${t.floor}`,
    ),
    check(
      'accounts_ceiling_check',
      sql`${t.ceiling} is null or case when ${t.type} in ('asset', 'expense') then ${t.debits} - ${t.credits} else ${t.credits} - ${t.debits} end <= ${t.ceiling}`,
    ),
  ],
);

/** The journal. `leaf` is the RFC 8785 text whose UTF-8 bytes were hashed, kept as it was hashed; it holds the legs. */
export const entries = timeledger.table(
  'entries',
  {
    ledger_id: integer().notNull(),
    effective_on: date({ mode: 'string' }).notNull(),
    number: count('number').notNull(),
    recorded_at: instant('recorded_at').notNull(),
    reverses: count('reverses'),
    kind: text().notNull(),
    leaf_hash: bytea('leaf_hash').notNull(),
    leaf: text().notNull(),
  },
  (t) => [
    primaryKey({ name: 'entries_pkey', columns: [t.ledger_id, t.number] }),
    uniqueIndex('entries_reverses_key').on(t.ledger_id, t.reverses).where(sql`${t.reverses} is not null`),
    check('entries_number_check', sql`${t.number} > 0`),
    check('entries_leaf_hash_check', sql`length(${t.leaf_hash}) = 32`),
  ],
);

/** The free text of an entry, apart from it: the leaf holds only a salted commitment, so the text can be erased. */
export const entryTexts = timeledger.table(
  'entry_texts',
  {
    ledger_id: integer().notNull(),
    number: count('number').notNull(),
    salt: bytea('salt'),
    reference: text(),
    description: text(),
  },
  (t) => [primaryKey({ name: 'entry_texts_pkey', columns: [t.ledger_id, t.number] })],
);

/** One row per account side of a leg. `version` is gapless per account; `balance` is the one after it, on the normal side. */
export const postings = timeledger.table(
  'postings',
  {
    ledger_id: integer().notNull(),
    account_id: integer().notNull(),
    entry: count('entry').notNull(),
    version: count('version').notNull(),
    effective_on: date({ mode: 'string' }).notNull(),
    amount: minor('amount').notNull(),
    balance: minor('balance').notNull(),
  },
  (t) => [
    primaryKey({ name: 'postings_pkey', columns: [t.ledger_id, t.account_id, t.entry, t.version] }),
    check('postings_amount_check', sql`${t.amount} <> 0`),
  ],
);

/**
 * What was posted to an account with effect on a day, and between which entries those postings lie: every day but the account's
 * latest, which stands in its row until a later one begins. The view `daily_balances` has them all.
 */
export const earlierDays = timeledger.table(
  'earlier_days',
  {
    ledger_id: integer().notNull(),
    account_id: integer().notNull(),
    day: date({ mode: 'string' }).notNull(),
    debits: minor('debits').notNull(),
    credits: minor('credits').notNull(),
    first_entry: count('first_entry').notNull(),
    last_entry: count('last_entry').notNull(),
  },
  (t) => [primaryKey({ name: 'earlier_days_pkey', columns: [t.ledger_id, t.account_id, t.day] })],
);

/** Roots of perfect subtrees of 256^level leaves: with them and 256 leaf hashes a proof needs no walk over the journal. */
export const logNodes = timeledger.table(
  'log_nodes',
  {
    ledger_id: integer().notNull(),
    level: smallint().notNull(),
    index: count('index').notNull(),
    hash: bytea('hash').notNull(),
  },
  (t) => [primaryKey({ name: 'log_nodes_pkey', columns: [t.ledger_id, t.level, t.index] })],
);

/**
 * One row per commit of the lane, with the answers it gave: what a repeated request is answered with, byte for byte.
 * `digest` binds them to the keys. */
export const batches = timeledger.table(
  'batches',
  {
    ledger_id: integer().notNull(),
    batch_seq: count('batch_seq').notNull(),
    batch_id: uuid().notNull(),
    recorded_at: instant('recorded_at').notNull(),
    digest: bytea('digest').notNull(),
    answers: text().notNull(),
  },
  (t) => [primaryKey({ name: 'batches_pkey', columns: [t.ledger_id, t.batch_seq] })],
);

/** SHA-256: of (client, key) 128 bits are `key`, of the request 64 bits are `fingerprint`; `position` is the line in the batch's answers. */
export const idempotencyKeys = timeledger.table(
  'idempotency_keys',
  {
    ledger_id: integer().notNull(),
    position: integer().notNull(),
    batch_seq: count('batch_seq').notNull(),
    key: uuid().notNull(),
    fingerprint: minor('fingerprint').notNull(),
  },
  (t) => [primaryKey({ name: 'idempotency_keys_pkey', columns: [t.ledger_id, t.key] })],
);
