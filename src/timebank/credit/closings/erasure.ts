/** By which documents accounts of a person were closed, which goes with the person: a death certificate has one number. For whoever erases a person. */
import { change, type RowChange } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { newSalt } from '../../../lib/salt.js';
import { closingRows } from './rows.js';

/** Every closing of somebody, under these ids, without its document. New salts: with the old ones the digests in the log would confirm a guess. */
export function rowsWithoutDocuments(stage: Stage, ids: readonly string[]): RowChange[] {
  const lists = ids.map((id) => [closingRows, 'member', id] as const);
  stage.prefetch({ lists });
  return lists
    .flatMap(([table, index, ...key]) => stage.rows(table, index, ...key))
    .filter(({ document }) => document !== null)
    .map((row) => change(closingRows, { ...row, document: null, salt: newSalt() }));
}
