/** The tables of imports: files taken in and what became of their lines. */
import { check, date, integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { encodings } from '../../lib/encoding.js';
import { areDates, areIds, entry, instant, oneOf, timebank } from '../schema.js';
import { importKinds, importLineStates, importStates } from '../words.js';

/**
 * A file taken in. `brought_by` is an actor of the journal. The content is kept (base64) until it is committed, then cleared; `done` counts
 * the lines dealt with. `encoding` is how it was read.
 */
export const imports = timebank.table(
  'imports',
  {
    ledger_id: integer().notNull(),
    import_id: uuid().notNull(),
    kind: text().notNull(),
    file_name: text(),
    brought_by: text().notNull(),
    sha256: text().notNull(),
    effective_on: date({ mode: 'string' }),
    encoding: text().notNull(),
    state: text().notNull(),
    content: text(),
    salt: text().notNull(),
    total: integer().notNull(),
    done: integer().notNull(),
    imported: integer().notNull(),
    skipped: integer().notNull(),
    errors: integer().notNull(),
    created_at: instant('created_at').notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'imports_pkey', columns: [t.ledger_id, t.import_id] }),
    check('imports_kind_check', oneOf(t.kind, importKinds)),
    check('imports_state_check', oneOf(t.state, importStates)),
    check('imports_encoding_check', oneOf(t.encoding, encodings)),
    check('imports_effective_on_check', areDates(t.effective_on)),
  ],
);

/** What became of each line of a committed import. */
export const importRows = timebank.table(
  'import_rows',
  {
    ledger_id: integer().notNull(),
    import_id: uuid().notNull(),
    line: integer().notNull(),
    external_id: text(),
    state: text().notNull(),
    code: text(),
    reason: text(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'import_rows_pkey', columns: [t.ledger_id, t.import_id, t.line] }),
    check('import_rows_state_check', oneOf(t.state, importLineStates)),
    check('import_rows_ids_check', areIds(t.external_id)),
  ],
);
