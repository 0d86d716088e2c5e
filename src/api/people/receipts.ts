/**
 * What a command about stations, talents, teams and the care registry answers: what it did and to what, in codes alone. Names and free
 * text are no part of it, so that an answer can be remembered as it is; the thing itself is read.
 */
import { Type } from 'typebox';
import { namedObject } from '../../http/named.js';
import { DateString, EntryNumber } from '../../http/schemas.js';
import type { StagedEntry } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';

export const ChangeReceipt = namedObject(
  'ChangeReceipt',
  {
    id: Type.String({ description: 'What changed.', examples: ['XC-POST-1'] }),
    kind: Type.String({ description: 'The kind of the entry: what became of it.', examples: ['station_registered'] }),
    recorded_on: DateString,
    entry: EntryNumber,
  },
  {
    description: 'What was done, and the number of the entry that says so.',
    examples: [{ id: 'XC-POST-1', kind: 'station_registered', recorded_on: '2026-11-02', entry: '17' }],
  },
);

interface Receipt {
  id: string;
  kind: string;
  recorded_on: string;
  entry: string;
}

/** The receipt of an entry that changed the thing of this id. */
export function receiptOf(stage: Stage, id: string, { number, draft }: StagedEntry): Receipt {
  return { id, kind: draft.kind, recorded_on: stage.today, entry: String(number) };
}
