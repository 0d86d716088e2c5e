/**
 * Erasing the free text of an entry: an entry of its own says whose text goes and why, and text and salt leave the database in the
 * same commit. The commitment stays in the leaf, so that every proof holds, and says nothing once the salt is gone. Rows of the
 * floor above that repeat the text are its to change.
 */
import type { Words } from '../lib/language.js';
import { Refusal } from '../lib/refusal.js';
import type { EntryDraft, RowChange, StagedEntry } from './drafts.js';
import type { Stage } from './stage.js';
import type { RecordedEntry } from './state.js';

/** Why a text is erased, as the leaf says it. */
export const erasureReasons = ['person_asked', 'retention_ended', 'recorded_by_mistake'] as const;
export type ErasureReason = (typeof erasureReasons)[number];

/** Refuses: `entry_not_found`. */
export function requireEntry(stage: Stage, number: number): RecordedEntry {
  const entry = stage.entry(number);
  if (!entry)
    throw new Refusal('entry_not_found', { en: `there is no entry ${number}`, zh: `没有第 ${number} 号凭证` });
  return entry;
}

/** Erases the text of an entry, once. Refuses: `entry_not_found`, `text_absent` (it never had one, or has none any more). */
export function eraseText(stage: Stage, number: number, reason: ErasureReason): StagedEntry {
  if (!requireEntry(stage, number).hasText) throw textAbsent({ en: `entry ${number}`, zh: `第 ${number} 号凭证` });
  return postErasure(stage, reason, { erases: number });
}

/** What is erased: the text of an entry, texts in rows of the floor above, or both. Refuses what `Stage.post` refuses. */
export function postErasure(
  stage: Stage,
  reason: ErasureReason,
  erased: Pick<EntryDraft, 'erases'> & { readonly rows?: readonly RowChange[] },
): StagedEntry {
  return stage.post({ kind: 'text_erased', reason, ...erased });
}

export function textAbsent(what: Words): Refusal {
  return new Refusal('text_absent', {
    en: `${what.en} has no text, or none any more`,
    zh: `${what.zh}没有文字，或文字已删除`,
  });
}
