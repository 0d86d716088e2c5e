/**
 * The tables of work itself: jobs, and files as they were sent. What a context stages is in its own `tables.ts`. What tables
 * cannot say, the functions that write them and who may call those, is in drizzle/0002_work.sql.
 */
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  customType,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { work } from './schema.js';

const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });
const count = (name: string) => bigint(name, { mode: 'number' });
const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'string', precision: 6 });

/**
 * Work that a request does not wait for. `runs_on` says which kind of process takes it next, `due_at` from when on it may be
 * taken: for a running job that is the end of its lease, which every heartbeat moves on. `claimant` is the run that holds it; a
 * run that has lost its lease can write nothing more. `key` and `fingerprint` are those of the request that made the job;
 * `owner` is who asked, `repeats_seconds` is set for the service's own chores, which begin anew when they end.
 */
export const jobs = work.table(
  'jobs',
  {
    ledger_id: integer().notNull(),
    job_id: uuid().notNull(),
    kind: text().notNull(),
    runs_on: text().notNull(),
    owner: text().notNull(),
    key: uuid(),
    fingerprint: bigint('fingerprint', { mode: 'bigint' }),
    subject: text(),
    input: jsonb().notNull(),
    state: text().notNull().default('queued'),
    cancelling: boolean().notNull().default(false),
    done: count('done').notNull().default(0),
    total: count('total'),
    result: jsonb(),
    problem: jsonb(),
    attempts: integer().notNull().default(0),
    repeats_seconds: integer(),
    claimant: uuid(),
    created_at: instant('created_at').notNull(),
    due_at: instant('due_at').notNull(),
    heartbeat_at: instant('heartbeat_at'),
    finished_at: instant('finished_at'),
  },
  (t) => [
    primaryKey({ name: 'jobs_pkey', columns: [t.ledger_id, t.job_id] }),
    uniqueIndex('jobs_key_key').on(t.ledger_id, t.key).where(sql`${t.key} is not null`),
    uniqueIndex('jobs_subject_key')
      .on(t.ledger_id, t.kind, t.subject)
      .where(sql`${t.subject} is not null and ${t.state} in ('queued', 'running')`),
    index('jobs_due_idx').on(t.runs_on, t.due_at).where(sql`${t.state} in ('queued', 'running')`),
    check('jobs_state_check', sql`${t.state} in ('queued', 'running', 'done', 'failed', 'cancelled')`),
    check('jobs_runs_on_check', sql`${t.runs_on} in ('worker', 'lane')`),
    check('jobs_claimant_check', sql`(${t.state} = 'running') = (${t.claimant} is not null)`),
  ],
);

/** A file as it was sent. `sha256` is null until its last byte is there; after `expires_at` it is swept. */
export const blobs = work.table(
  'blobs',
  {
    ledger_id: integer().notNull(),
    blob_id: uuid().notNull(),
    sha256: text(),
    bytes: count('bytes').notNull().default(0),
    created_at: instant('created_at').notNull(),
    expires_at: instant('expires_at').notNull(),
  },
  (t) => [
    primaryKey({ name: 'blobs_pkey', columns: [t.ledger_id, t.blob_id] }),
    index('blobs_sha256_idx').on(t.ledger_id, t.sha256),
    index('blobs_expires_idx').on(t.ledger_id, t.expires_at),
  ],
);

/** A file's bytes, 256 KiB a piece. */
export const blobPieces = work.table(
  'blob_pieces',
  {
    ledger_id: integer().notNull(),
    blob_id: uuid().notNull(),
    piece: integer().notNull(),
    content: bytea('content').notNull(),
  },
  (t) => [primaryKey({ name: 'blob_pieces_pkey', columns: [t.ledger_id, t.blob_id, t.piece] })],
);
