/** What a redemption looks like over HTTP: asked for, as it stands, in part. */
import { Type } from 'typebox';
import {
  AmountString,
  closed,
  DateString,
  EntryNumber,
  ExternalId,
  Instant,
  NextCursor,
  OptionalBody,
  Uuid,
} from '../../http/schemas.js';
import { redemptionStatuses } from '../../timebank/words.js';
import { PartnerId } from './partners.js';

const Points = Type.String({
  title: 'Points',
  pattern: '^(?:[1-9][0-9]{0,8}|1000000000)$',
  description: 'Whole points, 1 to 1,000,000,000, as a string.',
  examples: ['50'],
});
const PointSum = Type.String({
  title: 'PointSum',
  pattern: '^(?:0|[1-9][0-9]{0,9})$',
  description: 'Whole points, as a string.',
  examples: ['50'],
});
export const Reference = Type.String({
  ...ExternalId,
  description: "The partner's own name for the redemption, unique for ever.",
  examples: ['BK20260000829'],
});
export const MemberId = Type.String({ ...ExternalId, description: 'The id of the member.', examples: ['M00211'] });
export const Status = Type.Enum([...redemptionStatuses], {
  title: 'RedemptionStatus',
  description: 'What became of it. What is held past `expires_at` counts as released, whatever jobs have run.',
  examples: ['captured'],
});
const EffectiveAt = Type.String({
  ...Instant,
  description:
    'When it happened at the partner; without it, now. More than 24 hours back only for a partner that may backdate, more than 5 minutes ahead for nobody.',
  examples: ['2026-10-01T09:21:00+08:00'],
});

export const NewRedemption = Type.Object(
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
    ...closed,
    title: 'NewRedemption',
    description: 'Points to redeem.',
    examples: [{ partner_reference: 'BK20260000829', member: 'M00211', points: '50', capture: true }],
  },
);

export const Redemption = Type.Object(
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
    ...closed,
    title: 'Redemption',
    description:
      'A redemption. Held: authorised - captured - released. `entry` is the number of the entry that last changed it.',
  },
);

export const RedemptionPage = Type.Object(
  { redemptions: Type.Array(Redemption), next_cursor: NextCursor },
  { ...closed, title: 'RedemptionPage', description: 'Redemptions in the order in which they were asked for.' },
);

export const Part = OptionalBody(
  Type.Object(
    { points: Type.Optional(Points), effective_at: Type.Optional(EffectiveAt) },
    {
      ...closed,
      title: 'RedemptionPart',
      description: 'How much of it; without `points`, all of it.',
      examples: [{ points: '20' }],
    },
  ),
);
