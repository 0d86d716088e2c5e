/** Accounting periods over HTTP: months are open until they are closed, in order; a closed one takes no entry any more. */
import { Type } from 'typebox';
import { namedObject } from '../../http/named.js';
import { command, read } from '../../http/routes.js';
import { closed, DateString, Nullable } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
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
  read(app, service, '/v1/periods', {
    roles: ['operator', 'auditor'],
    operationId: 'getPeriods',
    summary: 'Which periods are closed',
    description: 'Periods are calendar months and close in order.',
    tags: ['audit'],
    answer: Periods,
    read: async (_request, ledger) => ({ closed_through: (await loadHead(service.sql, ledger.id)).closedThrough }),
  });

  command(app, service, '/v1/periods', {
    roles: ['operator'],
    operationId: 'closePeriod',
    summary: 'Close a period',
    description: 'Closes a month and every one before it, for ever: no entry can take effect in them any more.',
    tags: ['audit'],
    dryRun: false,
    body: Type.Object(
      { period: Period },
      { ...closed, description: 'The period to close.', examples: [{ period: '2026-10' }] },
    ),
    answer: Entry,
    refusals: ['period_invalid'],
    prepare: ({ body }) => ({
      decide: (stage) => closePeriod(stage, periodBounds(body.period).last),
      show: viewStaged,
    }),
  });
}
