/** What a redemption looks like over HTTP: asked for, as it stands, in part. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import {
  AmountString,
  DateString,
  EntryNumber,
  ExternalId,
  Instant,
  OptionalBody,
  pageOf,
  Uuid,
} from '../../http/schemas.js';
import { redemptionStatuses } from '../../timebank/words.js';
import { PartnerId } from './partners.js';

const Points = named(
  'Points',
  Type.String({
    pattern: '^(?:[1-9][0-9]{0,8}|1000000000)$',
    description: 'Whole points, 1 to 1,000,000,000, as a string.',
    examples: ['50'],
  }),
);
const PointSum = named(
  'PointSum',
  Type.String({
    pattern: '^(?:0|[1-9][0-9]{0,9})$',
    description: 'Whole points, as a string.',
    examples: ['50'],
  }),
);
export const Reference = annotated(ExternalId, {
  description: "The partner's own name for the redemption, unique for ever.",
  examples: ['BK20260000829'],
});
export const MemberId = annotated(ExternalId, { description: 'The id of the member.', examples: ['M00211'] });
export const Status = named(
  'RedemptionStatus',
  Type.Enum([...redemptionStatuses], {
    description: 'What became of it. What is held past `expires_at` counts as released, whatever jobs have run.',
    examples: ['captured'],
  }),
);
const EffectiveAt = annotated(Instant, {
  description:
    'When it happened at the partner; without it, now. More than 24 hours back only for a partner that may backdate, more than 5 minutes ahead for nobody.',
  examples: ['2026-10-01T09:21:00+08:00'],
});

export const NewRedemption = namedObject(
  'NewRedemption',
  {
    partner_reference: Reference,
    member: MemberId,
    points: Points,
    effective_at: Type.Optional(EffectiveAt),
    capture: Type.Optional(
      Type.Boolean({ default: false, description: 'Capture at once instead of holding the points.' }),
    ),
  },
  {
    description: 'Points to redeem.',
    examples: [{ partner_reference: 'BK20260000829', member: 'M00211', points: '50', capture: true }],
  },
);

export const Redemption = namedObject(
  'Redemption',
  {
    id: Uuid,
    partner: PartnerId,
    partner_reference: Reference,
    member: MemberId,
    status: Status,
    authorised: PointSum,
    captured: PointSum,
    released: PointSum,
    refunded: PointSum,
    captured_cny: AmountString,
    refunded_cny: AmountString,
    effective_on: DateString,
    expires_at: Instant,
    entry: EntryNumber,
  },
  {
    description:
      'A redemption. Held: authorised - captured - released. `entry` is the number of the entry that last changed it.',
    examples: [
      {
        id: '0199a2b4-7c3e-7d10-8f5a-2b6c9d0e1f23',
        partner: 'xc-bank',
        partner_reference: 'BK20260000829',
        member: 'M00211',
        status: 'captured',
        authorised: '50',
        captured: '50',
        released: '0',
        refunded: '0',
        captured_cny: '5.00',
        refunded_cny: '0.00',
        effective_on: '2026-10-01',
        expires_at: '2026-10-02T01:21:00.000Z',
        entry: '17',
      },
    ],
  },
);

export const RedemptionPage = pageOf(
  'RedemptionPage',
  'redemptions',
  Redemption,
  'Redemptions in the order in which they were asked for.',
);

export const Part = OptionalBody(
  namedObject(
    'RedemptionPart',
    { points: Type.Optional(Points), effective_at: Type.Optional(EffectiveAt) },
    {
      description: 'How much of it; without `points`, all of it.',
      examples: [{ points: '20' }],
    },
  ),
);
