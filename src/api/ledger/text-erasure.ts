/** Erasing the free text of an entry over HTTP: an operator says whose and why, and the journal says so for ever. */
import { Type } from 'typebox';
import { command } from '../../http/routes.js';
import { closed, EntryNumber } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { eraseEntryText } from '../../timebank/credit/erasure.js';
import { Entry, NewTextErasure } from './entry-shapes.js';
import { viewWithoutText } from './entry-texts.js';

export function registerTextErasure(app: App, service: Service): void {
  command(app, service, '/v1/entries/:number/text-erasure', {
    roles: ['operator'],
    operationId: 'eraseEntryText',
    summary: 'Erase the text of an entry',
    description:
      'Erases reference and description of an entry, with the salt that hides them in the log, and journals that it was done. Amounts, legs and proofs stay as they are. What an adjustment said goes with the entry that it posted. It cannot be undone.',
    tags: ['ledger'],
    params: Type.Object({ number: EntryNumber }, closed),
    body: NewTextErasure,
    answer: Entry,
    refusals: ['entry_not_found', 'text_absent', 'adjustment_undecided'],
    prepare: ({ params, body }) => ({
      decide: (stage) => eraseEntryText(stage, Number(params.number), body.reason),
      show: viewWithoutText,
    }),
  });
}
