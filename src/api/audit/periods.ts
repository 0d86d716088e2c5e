/** Accounting periods over HTTP: months are open until they are closed, in order; a closed one takes no entry any more. */
import { Type } from 'typebox';
import { runCommand } from '../../http/commands.js';
import { namedObject } from '../../http/named.js';
import { commandRefusals, guardedRefusals, problemResponses } from '../../http/problem-responses.js';
import { closed, DateString, Nullable } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import { closePeriod, viewStaged } from '../../ledger/entries.js';
import { loadHead } from '../../ledger/load.js';
import { periodBounds } from '../../lib/clock.js';
import { Entry } from '../ledger/entry-shapes.js';
import { Period } from './range-shapes.js';

const Periods = namedObject(
  'ClosedPeriods',
  {
    closed_through: Nullable(DateString, {
      description: 'Everything up to and with this day is closed; null: nothing is.',
    }),
  },
  { description: 'Which periods are closed.', examples: [{ closed_through: '2026-09-30' }] },
);

export function registerPeriods(app: App, service: Service): void {
  app.get('/v1/periods', {
    config: { roles: ['operator', 'auditor'] },
    schema: {
      operationId: 'getPeriods',
      summary: 'Which periods are closed',
      description: 'Periods are calendar months and close in order.',
      tags: ['audit'],
      response: { 200: Periods, ...problemResponses(...guardedRefusals) },
    },
    handler: async (request) => {
      const head = await loadHead(service.sql, await ledgerIdOf(service, request.principal));
      return { closed_through: head.closedThrough };
    },
  });

  app.post('/v1/periods', {
    config: { roles: ['operator'] },
    schema: {
      operationId: 'closePeriod',
      summary: 'Close a period',
      description: 'Closes a month and every one before it, for ever: no entry can take effect in them any more.',
      tags: ['audit'],
      body: Type.Object(
        { period: Period },
        { ...closed, description: 'The period to close.', examples: [{ period: '2026-10' }] },
      ),
      response: { 201: Entry, ...problemResponses(...commandRefusals, 'period_invalid') },
    },
    handler: (request, reply) =>
      runCommand(service, request, reply, {
        decide: (stage) => closePeriod(stage, periodBounds(request.body.period).last),
        show: viewStaged,
      }),
  });
}
