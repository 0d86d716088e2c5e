/** Redemptions that were refused, for auditors: one by one and counted. A partner sees its own. */
import { type Static, Type } from 'typebox';
import { annotated, namedObject } from '../../http/named.js';
import { isAnothers, ownPartner } from '../../http/reach.js';
import { read } from '../../http/routes.js';
import { closed, DateString, Instant, pageOf, pageQuery } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { decodeCursor, encodeCursor, foreignCursor } from '../../lib/cursor.js';
import { idShape } from '../../lib/ids.js';
import { countRefusals, listRefusals, type RefusalFilter } from '../../timebank/access/refusals.js';
import { PartnerAsked, PartnerId } from './partners.js';
import { Reference } from './redemption-shapes.js';

const Code = Type.String({
  pattern: '^[a-z_]{1,64}$',
  description: 'The code of the problem it was answered with; docs/errors.md explains each.',
  examples: ['balance_insufficient'],
});

const filters = {
  partner: Type.Optional(PartnerAsked),
  code: Type.Optional(Code),
  from: Type.Optional(annotated(DateString, { description: 'First day, inclusive.' })),
  to: Type.Optional(annotated(DateString, { description: 'Last day, inclusive.' })),
};
const reportQuery = Type.Object(filters, closed);

const RefusalPage = pageOf(
  'RefusalPage',
  'refusals',
  namedObject(
    'RefusedRedemption',
    {
      partner: PartnerId,
      partner_reference: Reference,
      code: Code,
      refused_at: Instant,
    },
    {
      examples: [
        {
          partner: 'xc-bank',
          partner_reference: 'BK20260001017',
          code: 'balance_insufficient',
          refused_at: '2026-10-01T01:27:00.000Z',
        },
      ],
    },
  ),
  'Redemptions that were refused, in the order of their moments.',
);

const count = Type.Integer({ minimum: 0, description: 'How many were refused.', examples: [246] });
const RefusalReport = namedObject(
  'RefusalReport',
  {
    refused: count,
    by_partner: Type.Array(namedObject('RefusalCount', { partner: PartnerId, code: Code, count }), {
      description: 'In the order of partners, then codes.',
    }),
  },
  {
    description: 'How many redemptions were refused, and why.',
    examples: [{ refused: 246, by_partner: [{ partner: 'xc-bank', code: 'balance_insufficient', count: 246 }] }],
  },
);

const readers = ['operator', 'auditor', 'partner'] as const;

export function registerRefusals(app: App, service: Service): void {
  read(app, service, '/v1/refusals', {
    roles: readers,
    operationId: 'listRefusals',
    summary: 'List refused redemptions',
    description:
      'Every redemption that was asked for and refused, once however often the request was repeated; dry runs are not among them. No member is named: the partner knows its reference.',
    tags: ['partners', 'audit'],
    query: Type.Object({ ...filters, ...pageQuery }, closed),
    answer: RefusalPage,
    read: async ({ query, principal }, ledger) => {
      const { limit = 50 } = query;
      const after = afterOf(query.cursor);
      const filter = filterOf(query, principal);
      if (filter === null) return { refusals: [], next_cursor: null };
      const rows = await listRefusals(service.sql, ledger, filter, { after, limit: limit + 1 });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        refusals: page.map(({ key: _, ...refusal }) => refusal),
        next_cursor: rows.length > limit && last ? encodeCursor([last.refused_at, last.key]) : null,
      };
    },
  });

  read(app, service, '/v1/reports/refusals', {
    roles: readers,
    expensive: true,
    operationId: 'reportRefusals',
    summary: 'Count refused redemptions',
    description: 'By partner and code, over all days or some. A partner gets its own.',
    tags: ['audit'],
    query: reportQuery,
    answer: RefusalReport,
    read: async ({ query, principal }, ledger) => {
      const filter = filterOf(query, principal);
      const counts = filter === null ? [] : await countRefusals(service.sql, ledger, filter);
      return { refused: counts.reduce((sum, row) => sum + row.count, 0), by_partner: counts };
    },
  });
}

const instantShape = /^\d{4}-\d{2}-\d{2}T[\d:.]{15}Z$/;

function afterOf(cursor: string | undefined): readonly [string, string] | null {
  if (cursor === undefined) return null;
  const [refusedAt = '', key = ''] = decodeCursor(cursor, 2);
  if (!instantShape.test(refusedAt) || Number.isNaN(Date.parse(refusedAt)) || !idShape.test(key)) throw foreignCursor();
  return [refusedAt, key];
}

/** null: nothing can be found, for a partner asks for another's. */
function filterOf(query: Static<typeof reportQuery>, principal: Principal): RefusalFilter | null {
  const own = ownPartner(principal);
  const { partner = own, code = null, from = null, to = null } = query;
  return isAnothers(partner, own) ? null : { partner, code, from, to };
}
