/** By which documents and why somebody was granted something, which goes with the person. For whoever erases a person. */
import { change, type RowChange } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { newSalt } from '../../../lib/salt.js';
import { grantRows } from './rows.js';

/** Every grant to somebody, under these ids, without its words. New salts: with the old ones the digests in the log would confirm a guess. */
export function rowsWithoutGrantTexts(stage: Stage, ids: readonly string[]): RowChange[] {
  const lists = ids.map((id) => [grantRows, 'member', id] as const);
  stage.prefetch({ lists });
  return lists
    .flatMap(([table, index, id]) => stage.rows(table, index, id))
    .filter(({ document_number, reason, rejection }) => (document_number ?? reason ?? rejection) !== null)
    .map((row) => change(grantRows, { ...row, document_number: null, reason: null, rejection: null, salt: newSalt() }));
}
