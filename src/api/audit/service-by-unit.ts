/** The service of a month by organisation unit, over HTTP. A coordinator sees the units of the scope as it is now. */
import { Type } from 'typebox';
import { annotated, namedObject } from '../../http/named.js';
import { reachOf } from '../../http/reach.js';
import { list } from '../../http/routes.js';
import { AmountString, ExternalId, Nullable, PersonalName, pageOf } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { externalIdShape } from '../../lib/ids.js';
import { listServiceByUnit } from '../../timebank/audit/service-by-unit.js';
import { Level } from '../people/org-unit-shapes.js';
import { Period } from './range-shapes.js';

const UnitService = namedObject(
  'UnitService',
  {
    org_unit: annotated(ExternalId, { description: 'The unit.', examples: ['XC-01'] }),
    parent: Nullable(ExternalId, { description: 'The unit above it then; null for the county.' }),
    level: Level,
    name: annotated(PersonalName, { description: 'What it was called then.', examples: ['南明街道'] }),
    records: Type.Integer({ minimum: 1, description: 'Service records of the month, by the day of service.' }),
    hours: annotated(AmountString, { description: 'Hours given.', examples: ['120.50'] }),
    coins: annotated(AmountString, {
      description: 'Coins that the volunteers received for them.',
      examples: ['96.50'],
    }),
    volunteers: Type.Integer({ minimum: 1, description: 'People who gave service; one who was merged is one.' }),
  },
  {
    description: 'What members of a unit, and of those below it, gave in a month.',
    examples: [
      {
        org_unit: 'XC-01',
        parent: 'XC',
        level: 'subdistrict',
        name: '南明街道',
        records: 84,
        hours: '120.50',
        coins: '96.50',
        volunteers: 31,
      },
    ],
  },
);
const UnitServicePage = pageOf('UnitServicePage', 'units', UnitService, 'Units in the order of their ids.');

export function registerServiceByUnit(app: App, service: Service): void {
  list(app, service, '/v1/reports/service-by-unit', {
    roles: ['operator', 'auditor', 'coordinator'],
    operationId: 'listServiceByUnit',
    summary: 'The service of a month by unit',
    description:
      'Rolled up to each unit above. Each member counts where they belonged at the end of the month, by the first of their units, and the tree is that of the same day: later transfers change nothing. Units without service are left out.',
    tags: ['audit'],
    expensive: true,
    filters: { month: annotated(Period, { description: 'The month of service.' }) },
    answer: UnitServicePage,
    key: externalIdShape,
    rows: ({ query: { month }, principal }, ledger, page) =>
      listServiceByUnit(service.reports, ledger.id, { month, reach: reachOf(principal), ...page }),
    keyOf: ({ org_unit }) => org_unit,
    show: (units) => ({ units }),
  });
}
