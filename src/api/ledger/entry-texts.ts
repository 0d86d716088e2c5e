/**
 * Answers that post entries, without their free text: a text can be erased, and answers are remembered. When an answer is sent, the texts
 * are put back from the request, which its key says is the same.
 */

import type { StagedEntry } from '../../ledger/drafts.js';
import { type EntryView, viewStaged } from '../../ledger/entries.js';

export interface Texts {
  readonly reference?: string;
  readonly description?: string;
}

/** A staged entry as it is remembered. A reference that stands in the leaf is no text. */
export function viewWithoutText(entry: StagedEntry): EntryView {
  return { ...viewStaged(entry), reference: entry.draft.reference ?? null, description: null };
}

/** Where the texts were, and where an item of a bulk answer begins; quotes in a string are escaped, so neither can stand in one. */
const marks = /"reference":null,"description":null|\{"status":\d+,"(?:entry|problem)":/g;
const left = '"reference":null,"description":null';

/** The answer with the texts of the request's entries, item by item; a single entry is its own item. */
export function withTexts(body: string, items: readonly Texts[]): string {
  if (items.every(({ reference, description }) => reference === undefined && description === undefined)) return body;
  const inBulk = body.startsWith('{"results":[');
  let at = inBulk ? -1 : 0;
  return body.replace(marks, (found) => {
    if (found !== left) {
      at += 1;
      return found;
    }
    const { reference = null, description = null } = items[at] ?? {};
    return `"reference":${JSON.stringify(reference)},"description":${JSON.stringify(description)}`;
  });
}
