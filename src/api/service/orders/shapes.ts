/** What orders look like over HTTP as they stand, with their offers and their history. */
import { type TProperties, Type } from 'typebox';
import { annotated, named, namedObject } from '../../../http/named.js';
import {
  AmountString,
  closed,
  DateString,
  EntryNumber,
  ExternalId,
  Instant,
  Nullable,
  pageOf,
} from '../../../http/schemas.js';
import {
  attendances,
  offerStatuses,
  orderEvents,
  orderFundings,
  orderModes,
  orderStatuses,
  proofKinds,
} from '../../../timebank/service-words.js';
import { ServiceType } from '../service-shapes.js';

export const OrderId = annotated(ExternalId, { description: 'The id of the order.', examples: ['N000001'] });
const OfferId = annotated(ExternalId, {
  description: 'The id of the offer.',
  examples: ['019f8d2e-7c1a-7e35-9b52-3d7a0c6f1e04'],
});
export const orderParams = Type.Object({ id: OrderId }, closed);
export const offerParams = Type.Object({ id: OfferId }, closed);

export const OrderStatus = named(
  'OrderStatus',
  Type.Enum([...orderStatuses], { description: 'Where the order stands, deadlines judged.', examples: ['accepted'] }),
);
export const Mode = named(
  'OrderMode',
  Type.Enum([...orderModes], { description: 'Where it takes place.', examples: ['home'] }),
);
export const Funding = named(
  'OrderFunding',
  Type.Enum([...orderFundings], {
    description:
      'Where the coins come from: minted by the rules; paid by the recipients, who are held to the price once a volunteer accepts; paid by the fund, for members in need; paid of what the fund has granted the recipients this year.',
    examples: ['mint'],
  }),
);
const ProofKind = named(
  'ProofKind',
  Type.Enum([...proofKinds], {
    description: 'How a moment is known: a device (`qr`, `code`), somebody’s word, paper.',
    examples: ['code'],
  }),
);

/** What people write: kept beside the journal, only a digest in the log. */
export const words = (description: string, example: string) =>
  Type.String({ minLength: 1, maxLength: 1_000, description, examples: [example] });

const orderFields = {
  id: OrderId,
  status: OrderStatus,
  recipient: ExternalId,
  recipients: Type.Array(ExternalId, { description: 'Everybody who receives it, `recipient` among them.' }),
  org_unit: annotated(ExternalId, {
    description: 'The unit of the recipient when it was placed.',
    examples: ['XC-01-02'],
  }),
  placed_by: Type.String({ description: 'Who really placed it: role and subject.', examples: ['member:M00259'] }),
  on_behalf: Type.Boolean({ description: 'Whether somebody else placed it for the recipient.' }),
  service_type: ServiceType,
  mode: Mode,
  station: Nullable(ExternalId, { description: 'Null unless it takes place at a station.' }),
  planned_start: Instant,
  planned_end: Instant,
  volunteers_needed: Type.Integer({ minimum: 1, examples: [1] }),
  volunteers: Type.Array(
    namedObject('OrderVolunteer', {
      member: ExternalId,
      attendance: Type.Enum([...attendances], {
        description: '`released`: left, or let go; `attended`: came, and it was approved.',
        examples: ['checked_in'],
      }),
      check_in: Nullable(Instant),
      check_in_proof: Nullable(ProofKind),
      check_out: Nullable(Instant),
      check_out_proof: Nullable(ProofKind),
      verdict_minutes: Nullable(Type.Integer({ minimum: 1, examples: [100] }), {
        description: 'The minutes that a verdict gave this volunteer, if it gave any.',
      }),
      service_record: Nullable(ExternalId, {
        description:
          'The service record that counts, once the order is approved: after corrections the last one; null if it was annulled.',
      }),
    }),
    { description: 'Everybody who accepted it.' },
  ),
  funding: Nullable(Funding, {
    description:
      'Where the coins come from. Null where somebody pays, for a volunteer and for a coordinator without the claim `care`: who is in need is not theirs to know.',
  }),
  price: annotated(AmountString, {
    description: 'Coins for each volunteer; zero where coins are minted.',
    examples: ['2.00'],
  }),
  held: annotated(AmountString, { description: 'Coins that are held for it now.', examples: ['2.00'] }),
  expires_at: Nullable(Instant, {
    description: 'The next deadline: to be accepted, attended, confirmed or approved by.',
  }),
  recipient_minutes: Nullable(Type.Integer({ minimum: 1, examples: [115] }), {
    description: 'What the recipient says it took; null while the recipient agrees.',
  }),
  rating: Nullable(Type.Integer({ minimum: 1, maximum: 5, examples: [5] }), {
    description: 'What the recipient says of it.',
  }),
  recurrence: Nullable(
    namedObject('Series', {
      series: annotated(OrderId, { description: 'The first order of the series.' }),
      weekday: Type.Integer({ minimum: 1, maximum: 7, examples: [2] }),
      until: DateString,
    }),
    { description: 'The series that it belongs to.' },
  ),
  written_agreement: Type.Boolean({
    description: 'Whether volunteers are to have a written agreement: the series lasts over a month.',
  }),
  entry: EntryNumber,
} satisfies TProperties;

const orderExample = {
  id: 'N000001',
  status: 'accepted' as const,
  recipient: 'M00259',
  recipients: ['M00259'],
  org_unit: 'XC-01-02',
  placed_by: 'member:M00259',
  on_behalf: false,
  service_type: 'errand',
  mode: 'home' as const,
  station: null,
  planned_start: '2026-10-27T05:30:00.000000Z',
  planned_end: '2026-10-27T07:30:00.000000Z',
  volunteers_needed: 1,
  volunteers: [
    {
      member: 'M00131',
      attendance: 'accepted' as const,
      check_in: null,
      check_in_proof: null,
      check_out: null,
      check_out_proof: null,
      verdict_minutes: null,
      service_record: null,
    },
  ],
  funding: 'mint' as const,
  price: '0.00',
  held: '0.00',
  expires_at: '2026-10-30T07:30:00.000000Z',
  recipient_minutes: null,
  rating: null,
  recurrence: null,
  written_agreement: false,
  entry: '21',
};

export const Order = namedObject('Order', orderFields, {
  description: 'An order as it stands; `entry` is the number of the entry that last changed it.',
  examples: [orderExample],
});
export const OrderPage = pageOf('OrderPage', 'orders', Order, 'Orders in the order of their ids.');

const offerExample = {
  id: '019f8d2e-7c1a-7e35-9b52-3d7a0c6f1e04',
  order: 'N000001',
  volunteer: 'M00131',
  team: null,
  status: 'open' as const,
  expires_at: '2026-10-27T05:30:00.000000Z',
};

export const Offer = namedObject(
  'Offer',
  {
    id: OfferId,
    order: OrderId,
    volunteer: Nullable(ExternalId, { description: 'Who was asked; null: a team.' }),
    team: Nullable(ExternalId, { description: 'The team that was asked; null: a volunteer.' }),
    status: Type.Enum([...offerStatuses], {
      description: 'An offer that nobody answers in time has expired.',
      examples: ['open'],
    }),
    expires_at: Instant,
  },
  { description: 'An order that was offered to a volunteer, or to a team.', examples: [offerExample] },
);

export const OrderDetails = namedObject(
  'OrderDetails',
  {
    ...orderFields,
    offers: Type.Array(Offer),
    texts: Type.Array(
      namedObject('OrderText', {
        about: Type.String({
          description: '`note`: of the order; otherwise what was done, and by whom or by which offer.',
          examples: ['note'],
        }),
        text: Nullable(Type.String({ examples: ['三楼，按两次门铃'] }), { description: 'Null once it was erased.' }),
      }),
      { description: 'What people wrote; empty for an auditor.' },
    ),
    history: Type.Array(
      namedObject('OrderEvent', {
        event: Type.Enum([...orderEvents], { examples: ['accepted'] }),
        member: Nullable(ExternalId, { description: 'Whom it concerns, if it concerns one.' }),
        by: Type.String({ description: 'Who did it: role and subject.', examples: ['member:M00131'] }),
        recorded_at: Instant,
        entry: EntryNumber,
      }),
      { description: 'What became of it, oldest first, each with the entry that proves it.' },
    ),
  },
  {
    description: 'An order with its offers, its words and its history.',
    examples: [
      {
        ...orderExample,
        offers: [{ ...offerExample, status: 'accepted' }],
        texts: [{ about: 'note', text: '三楼，按两次门铃' }],
        history: [
          {
            event: 'placed',
            member: null,
            by: 'member:M00259',
            recorded_at: '2026-10-26T01:00:00.000000Z',
            entry: '19',
          },
          {
            event: 'offered',
            member: 'M00131',
            by: 'coordinator:wang',
            recorded_at: '2026-10-26T01:05:00.000000Z',
            entry: '20',
          },
          {
            event: 'accepted',
            member: 'M00131',
            by: 'member:M00131',
            recorded_at: '2026-10-26T01:10:00.000000Z',
            entry: '21',
          },
        ],
      },
    ],
  },
);
