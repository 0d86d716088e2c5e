/** Whom to ask for an order, over HTTP: ids, scores and codes, no names. A coordinator is told of members within the scope. */
import { Type } from 'typebox';
import { namedObject } from '../../../http/named.js';
import { reachOf } from '../../../http/reach.js';
import { read } from '../../../http/routes.js';
import { closed, ExternalId } from '../../../http/schemas.js';
import type { App, Service } from '../../../http/service.js';
import { formatAmount } from '../../../lib/decimal.js';
import { findCandidates } from '../../../timebank/service/dispatch/candidates.js';
import { dispatchExclusions, dispatchReasons } from '../../../timebank/service-words.js';
import { unitAskers } from './asking.js';
import { orderParams } from './shapes.js';

const share = (description: string, example: string) =>
  Type.String({ pattern: '^[01]\\.[0-9]{2}$', description, examples: [example] });

const Candidate = namedObject(
  'Candidate',
  {
    member: ExternalId,
    score: share('The sum of the weights, at most 1.00.', '0.83'),
    reasons: Type.Array(
      namedObject('CandidateReason', {
        code: Type.Enum([...dispatchReasons], { description: 'What speaks for them.', examples: ['same_community'] }),
        weight: share('What it weighs, by the rules.', '0.30'),
      }),
    ),
  },
  {
    description: 'A volunteer to ask, and why.',
    examples: [
      {
        member: 'M00131',
        score: '0.83',
        reasons: [
          { code: 'same_community', weight: '0.30' },
          { code: 'specialty', weight: '0.25' },
          { code: 'available', weight: '0.20' },
          { code: 'low_load', weight: '0.08' },
        ],
      },
    ],
  },
);

const Candidates = namedObject(
  'Candidates',
  {
    candidates: Type.Array(Candidate, { description: 'The best first; of equals, the lower id.' }),
    excluded: Type.Array(
      namedObject('ExcludedCandidate', {
        member: ExternalId,
        code: Type.Enum([...dispatchExclusions], {
          description:
            'Suspended, or takes no part any more; without the qualification it takes; spouse or lineal kin of who receives it; bound to something else then; has time, but not then.',
          examples: ['kin'],
        }),
      }),
      { description: 'Who would stand among them, but cannot.' },
    ),
  },
  {
    description: 'Whom to ask for an order.',
    examples: [
      {
        candidates: [
          {
            member: 'M00131',
            score: '0.83',
            reasons: [
              { code: 'same_community', weight: '0.30' },
              { code: 'specialty', weight: '0.25' },
              { code: 'available', weight: '0.20' },
              { code: 'low_load', weight: '0.08' },
            ],
          },
        ],
        excluded: [{ member: 'M00044', code: 'kin' }],
      },
    ],
  },
);

const Limit = Type.Integer({
  minimum: 1,
  maximum: 100,
  default: 20,
  description: 'How many candidates there are at most, and how many who are excluded.',
  examples: [20],
});

export function registerCandidates(app: App, service: Service): void {
  read(app, service, '/v1/orders/:id/candidates', {
    roles: unitAskers,
    operationId: 'listCandidates',
    summary: 'Whom to ask for an order',
    description:
      'Talents of both registries, ranked by how near they live, what they know, when they have time and how little they have given of late; the rules say what each weighs. Who was asked before, or has had a part in the order, is left out.',
    tags: ['orders'],
    params: orderParams,
    query: Type.Object({ limit: Type.Optional(Limit) }, closed),
    answer: Candidates,
    refusals: ['order_not_found', 'order_state_invalid'],
    read: async ({ params: { id: orderId }, query: { limit = 20 }, principal }, { id: ledgerId, zone }) => {
      const asked = { orderId, limit, reach: reachOf(principal) };
      const found = await findCandidates(service.sql, { ledgerId, zone, now: service.clock() }, asked);
      return {
        candidates: found.candidates.map(({ member, score, reasons }) => ({
          member,
          score: formatAmount(score, 2),
          reasons: reasons.map(({ code, weight }) => ({ code, weight: formatAmount(weight, 2) })),
        })),
        excluded: [...found.excluded],
      };
    },
  });
}
