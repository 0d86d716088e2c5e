/** The tables of imports: files taken in, what became of their lines, and the lines themselves for as long as they are needed. */
import { sql } from 'drizzle-orm';
import { bigint, check, date, integer, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { encodings } from '../../lib/encoding.js';
import { work } from '../../work/schema.js';
import { areDates, areIds, entry, instant, oneOf, timebank } from '../schema.js';
import { importKinds, importLineStates, importStates } from '../words.js';

/** What the headers of an office mean: `columns` is JSON, the code of a column for each header. */
export const importMappings = timebank.table(
  'import_mappings',
  {
    ledger_id: integer().notNull(),
    mapping_id: text().notNull(),
    kind: text().notNull(),
    columns: text().notNull(),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'import_mappings_pkey', columns: [t.ledger_id, t.mapping_id] }),
    check('import_mappings_kind_check', oneOf(t.kind, importKinds)),
    check('import_mappings_ids_check', areIds(t.mapping_id)),
  ],
);

/**
 * A file taken in. `brought_by` is an actor of the journal. `sha256` is that of the file, `encoding` is how it was read, `lines_sha256` binds the lines that were staged of it;
 * `mapping` is that by which its headers were read, as the entry `mapping_entry` stored it;
 * `done` counts the lines dealt with. The salt keeps the leaf from confirming a guess about what the file held.
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
    lines_sha256: text().notNull(),
    effective_on: date({ mode: 'string' }),
    encoding: text().notNull(),
    state: text().notNull(),
    salt: text().notNull(),
    total: integer().notNull(),
    done: integer().notNull(),
    imported: integer().notNull(),
    skipped: integer().notNull(),
    errors: integer().notNull(),
    created_at: instant('created_at').notNull(),
    mapping: text(),
    mapping_entry: bigint({ mode: 'number' }),
    entry: entry(),
  },
  (t) => [
    primaryKey({ name: 'imports_pkey', columns: [t.ledger_id, t.import_id] }),
    check('imports_kind_check', oneOf(t.kind, importKinds)),
    check('imports_state_check', oneOf(t.state, importStates)),
    check('imports_encoding_check', oneOf(t.encoding, encodings)),
    check('imports_mapping_check', sql`(${t.mapping} is null) = (${t.mapping_entry} is null)`),
    check('imports_ids_check', areIds(t.mapping)),
    check('imports_effective_on_check', areDates(t.effective_on)),
  ],
);

/** What became of each line that was dealt with. */
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

/**
 * The lines of imports that are not committed: `cells` is the row as JSON, null if it could not be read; `position` is where its
 * turn comes; `state`, `code` and `reason` are what was foreseen. They hold names, and go when the import ends.
 */
export const importLines = work.table(
  'import_lines',
  {
    ledger_id: integer().notNull(),
    import_id: uuid().notNull(),
    line: integer().notNull(),
    position: integer().notNull(),
    external_id: text(),
    cells: text(),
    state: text().notNull(),
    code: text(),
    reason: text(),
  },
  (t) => [
    primaryKey({ name: 'import_lines_pkey', columns: [t.ledger_id, t.import_id, t.line] }),
    uniqueIndex('import_lines_position_key').on(t.ledger_id, t.import_id, t.position),
  ],
);
