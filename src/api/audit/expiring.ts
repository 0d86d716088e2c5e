/** What is about to expire, over HTTP, so that offices can tell people in time. A coordinator sees the members of the scope. */
import { Type } from 'typebox';
import { annotated, exampleOf, namedObject } from '../../http/named.js';
import { reachOf } from '../../http/reach.js';
import { list } from '../../http/routes.js';
import { AmountString, DateString, ExternalId, NextCursor } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { addDays, dateInZone } from '../../lib/clock.js';
import { agedPurses } from '../../timebank/credit/lots/lot-words.js';
import { type Expiring, keyOfExpiring, listExpiring, sumExpiring } from '../../timebank/credit/lots/reads.js';

const lotFields = {
  purse: Type.Enum([...agedPurses], { description: 'The purse.', examples: ['points'] }),
  expires_on: annotated(DateString, { description: 'The last day on which it can be used.', examples: ['2029-10-31'] }),
  amount: annotated(AmountString, { description: 'What is left of it.', examples: ['540'] }),
};

const ExpiringLot = namedObject(
  'ExpiringLot',
  {
    member: ExternalId,
    org_unit: annotated(ExternalId, { description: 'The first unit of the member.', examples: ['XC-01-02-01-02'] }),
    ...lotFields,
    days_left: Type.Integer({ minimum: 0, description: 'Days after today on which it can be used.', examples: [30] }),
  },
  {
    description: 'What a member is about to lose.',
    examples: [
      {
        member: 'M00001',
        org_unit: 'XC-01-02-01-02',
        purse: 'points',
        expires_on: '2029-10-31',
        amount: '540',
        days_left: 30,
      },
    ],
  },
);

const ExpiringPage = namedObject(
  'ExpiringPage',
  {
    days: Type.Array(
      namedObject('ExpiringDay', {
        ...lotFields,
        members: Type.Integer({ minimum: 1, description: 'How many members lose something.', examples: [12] }),
      }),
      { description: 'All of it by day, on every page.' },
    ),
    lots: Type.Array(ExpiringLot),
    next_cursor: NextCursor,
  },
  {
    description: 'The earliest expiry first, then by member.',
    examples: [
      {
        days: [{ purse: 'points', expires_on: '2029-10-31', members: 1, amount: '540' }],
        lots: [exampleOf(ExpiringLot)],
        next_cursor: null,
      },
    ],
  },
);

export function registerExpiring(app: App, service: Service): void {
  list(app, service, '/v1/reports/expiring', {
    roles: ['operator', 'auditor', 'coordinator'],
    operationId: 'listExpiring',
    summary: 'What is about to expire',
    description:
      'Lots that can still be used today and whose last day lies before a day. Points that are held are not among them. The service warns of them by entries of kind `expiry_warned`, as far ahead as the rules say.',
    tags: ['audit'],
    expensive: true,
    filters: {
      before: Type.Optional(
        annotated(DateString, { description: 'Default: 31 days from today.', examples: ['2029-11-01'] }),
      ),
    },
    answer: ExpiringPage,
    key: /^\d{4}-\d\d-\d\d\/[a-z]+\/[A-Za-z0-9][A-Za-z0-9_.-]*$/,
    rows: ({ query, principal }, ledger, page) =>
      listExpiring(service.reports, ledger.id, asked(query.before, reachOf(principal), ledger.zone), page),
    keyOf: keyOfExpiring,
    show: async (lots, { query, principal }, ledger) => ({
      days: await sumExpiring(
        service.reports,
        ledger.id,
        asked((query as { before?: string }).before, reachOf(principal), ledger.zone),
      ),
      lots,
    }),
  });

  function asked(before: string | undefined, reach: Expiring['reach'], zone: string): Expiring {
    const today = dateInZone(service.clock(), zone);
    return { reach, today, before: before ?? addDays(today, 31) };
  }
}
