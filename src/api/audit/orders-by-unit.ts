/** The orders of a month by organisation unit, over HTTP, and how many residents placed for themselves. A coordinator sees the units of the scope. */
import { type TProperties, Type } from 'typebox';
import { annotated, namedObject } from '../../http/named.js';
import { reachOf } from '../../http/reach.js';
import { list } from '../../http/routes.js';
import { ExternalId, NextCursor, Nullable } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { formatAmount } from '../../lib/decimal.js';
import { externalIdShape } from '../../lib/ids.js';
import {
  countOrders,
  listOrdersByUnit,
  type OrderCounts,
  shareOfResidents,
} from '../../timebank/audit/orders-by-unit.js';
import { Period } from './range-shapes.js';

const count = (description: string, example: number) => Type.Integer({ minimum: 0, description, examples: [example] });

const counts = {
  placed: count('Orders placed in the month.', 40),
  by_resident: count('Of these, placed by who receives it.', 31),
  on_behalf: count('Placed by somebody for them: a relative, a grid worker.', 9),
  accepted: count('Taken by a volunteer, whatever came of it.', 35),
  approved: count('Approved by now.', 28),
  cancelled: count('Cancelled by now.', 4),
  expired: count('Expired by now.', 3),
  disputed: count('Over whose hours there was a dispute.', 1),
  share_by_resident: Nullable(
    Type.String({ pattern: '^[01]\\.[0-9]{2}$', description: '`by_resident` by `placed`.', examples: ['0.78'] }),
    { description: 'Null where no order was placed.' },
  ),
} satisfies TProperties;

const example = {
  ...{ placed: 40, by_resident: 31, on_behalf: 9, accepted: 35, approved: 28 },
  ...{ cancelled: 4, expired: 3, disputed: 1, share_by_resident: '0.78' },
};

const OrderReport = namedObject(
  'OrderReport',
  {
    units: Type.Array(
      namedObject(
        'UnitOrders',
        { org_unit: annotated(ExternalId, { description: 'The unit.', examples: ['XC-01'] }), ...counts },
        {
          description: 'Orders for a unit, and for those below it.',
          examples: [{ org_unit: 'XC-01', ...example }],
        },
      ),
      { description: 'Units in the order of their ids; those without orders are left out.' },
    ),
    all: namedObject('AllOrders', counts, { description: 'All orders that the reader sees.', examples: [example] }),
    next_cursor: NextCursor,
  },
  {
    description: 'The orders of a month, by unit and in all.',
    examples: [{ units: [{ org_unit: 'XC-01', ...example }], all: example, next_cursor: null }],
  },
);

export function registerOrdersByUnit(app: App, service: Service): void {
  const askedOf = (month: string, principal: Principal, zone: string) => ({
    ...{ month, zone, now: service.clock() },
    reach: reachOf(principal),
  });
  list(app, service, '/v1/reports/orders', {
    roles: ['operator', 'auditor', 'coordinator'],
    operationId: 'listOrdersByUnit',
    summary: 'The orders of a month by unit, and who placed them',
    description:
      'Orders placed in the month, by the unit of who receives them when they were placed, rolled up to each unit above as the tree is now. The orders of a series count one by one, as placed by who placed the first. Units of few people are shown, too: the report is not for publication.',
    tags: ['audit'],
    expensive: true,
    filters: { month: annotated(Period, { description: 'The month in which they were placed.' }) },
    answer: OrderReport,
    key: externalIdShape,
    rows: ({ query: { month }, principal }, { id, zone }, page) =>
      listOrdersByUnit(service.reports, id, { ...askedOf(month, principal, zone), ...page }),
    keyOf: ({ org_unit }) => org_unit,
    show: async (units, request, { id, zone }) => {
      const { month } = request.query as { month: string };
      const all = await countOrders(service.reports, id, askedOf(month, request.principal, zone));
      return { units: units.map((one) => ({ org_unit: one.org_unit, ...shown(one) })), all: shown(all) };
    },
  });
}

function shown(counted: OrderCounts) {
  const { placed, by_resident, on_behalf, accepted, approved, cancelled, expired, disputed } = counted;
  const share = shareOfResidents(counted);
  return {
    ...{ placed, by_resident, on_behalf, accepted, approved, cancelled, expired, disputed },
    share_by_resident: share === null ? null : formatAmount(share, 2),
  };
}
