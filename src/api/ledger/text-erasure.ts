/** Erasing the free text of an entry over HTTP: an operator says whose and why, and the journal says so for ever. */
import { Type } from 'typebox';
import { runCommand } from '../../http/commands.js';
import { commandRefusals, problemResponses } from '../../http/problem-responses.js';
import { closed, dryRunQuery, EntryNumber } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { eraseEntryText } from '../../timebank/credit/erasure.js';
import { Entry, NewTextErasure } from './entry-shapes.js';
import { viewWithoutText } from './entry-texts.js';

export function registerTextErasure(app: App, service: Service): void {
  app.post('/v1/entries/:number/text-erasure', {
    config: { roles: ['operator'] },
    schema: {
      operationId: 'eraseEntryText',
      summary: 'Erase the text of an entry',
      description:
        'Erases reference and description of an entry, with the salt that hides them in the log, and journals that it was done. Amounts, legs and proofs stay as they are. What an adjustment said goes with the entry that it posted. It cannot be undone.',
      tags: ['ledger'],
      querystring: dryRunQuery,
      params: Type.Object({ number: EntryNumber }, closed),
      body: NewTextErasure,
      response: {
        200: Entry,
        201: Entry,
        ...problemResponses(...commandRefusals, 'entry_not_found', 'text_absent', 'adjustment_undecided'),
      },
    },
    handler: (request, reply) =>
      runCommand(service, request, reply, {
        decide: (stage) => eraseEntryText(stage, Number(request.params.number), request.body.reason),
        show: viewWithoutText,
        dryRun: request.query.dry_run,
      }),
  });
}
