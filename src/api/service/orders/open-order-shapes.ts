/** What orders that can be claimed look like over HTTP. */
import { Type } from 'typebox';
import { namedObject } from '../../../http/named.js';
import { ExternalId, Instant, Nullable, pageOf } from '../../../http/schemas.js';
import { ServiceType } from '../service-shapes.js';
import { Mode, OrderId } from './shapes.js';

export const OpenOrderPage = pageOf(
  'OpenOrderPage',
  'orders',
  namedObject(
    'OpenOrder',
    {
      id: OrderId,
      org_unit: ExternalId,
      service_type: ServiceType,
      mode: Mode,
      station: Nullable(ExternalId),
      planned_start: Instant,
      planned_end: Instant,
      volunteers_needed: Type.Integer({ minimum: 1, examples: [1] }),
      volunteers_accepted: Type.Integer({ minimum: 0, examples: [0] }),
    },
    {
      description: 'An order that a volunteer can claim; not for whom.',
      examples: [
        {
          id: 'N000001',
          org_unit: 'XC-01-02',
          service_type: 'errand',
          mode: 'home',
          station: null,
          planned_start: '2026-10-27T05:30:00.000000Z',
          planned_end: '2026-10-27T07:30:00.000000Z',
          volunteers_needed: 1,
          volunteers_accepted: 0,
        },
      ],
    },
  ),
  'Open orders in the order of their ids.',
);
