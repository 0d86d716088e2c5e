/** What the report of a month by unit looks like as JSON. */
import { type TSchema, Type } from 'typebox';
import { annotated, namedObject } from '../../http/named.js';
import {
  AmountString,
  EntryNumber,
  ExternalId,
  Nullable,
  PersonalName,
  SignedAmountString,
} from '../../http/schemas.js';
import { PartnerId } from '../partners/partners.js';
import { Level } from '../people/org-unit-shapes.js';
import { Period } from './range-shapes.js';

const figure = (schema: TSchema, description: string) =>
  Nullable(Type.Unsafe<string>(schema), { description: `${description} Null: withheld.` });
const amount = (description: string) => figure(AmountString, description);
const signed = (description: string) => figure(SignedAmountString, description);
const count = (description: string) =>
  Nullable(Type.Integer({ minimum: 0 }), { description: `${description} Null: withheld.` });

const figures = {
  hours: '120.50',
  coins_minted: '96.50',
  coins_paid: '0.00',
  shortfalls: [
    { code: 'cap_day', amount: '20.00' },
    { code: 'rounding_carry', amount: '4.00' },
  ],
  people_active: 31,
  points_earned: '300',
  points_redeemed: '120',
  redemptions: [{ partner: 'xc-bank', name: '新昌农商', points: '120' }],
  orders_placed: 40,
  orders_by_resident: 31,
  orders_on_behalf: 9,
  share_by_resident: '0.78',
};

const UnitFigures = namedObject(
  'UnitFigures',
  {
    hours: amount('Hours given.'),
    coins_minted: amount('Coins that volunteers received for them, minted.'),
    coins_paid: amount('Coins that they received from who paid for the order.'),
    shortfalls: Type.Array(
      Type.Object(
        {
          code: Type.String({ description: 'The reason.', examples: ['cap_day'] }),
          amount: signed('Negative when the reason added coins.'),
        },
        { additionalProperties: false },
      ),
      { description: 'Why hours did not become coins: hours = coins minted + coins paid + the sum of these.' },
    ),
    people_active: count('Volunteers with a record that stands, each once, in the unit of their last service.'),
    points_earned: signed('Points issued to members; below zero where more was taken back by hand.'),
    points_redeemed: signed('Points captured, less those refunded.'),
    redemptions: Type.Array(
      Type.Object(
        { partner: PartnerId, name: PersonalName, points: signed('Captured there, less refunded.') },
        { additionalProperties: false },
      ),
      { description: 'The same by partner; they add up to `points_redeemed`.' },
    ),
    orders_placed: count('Orders placed.'),
    orders_by_resident: count('Of these, placed by who receives it.'),
    orders_on_behalf: count('Placed by somebody for them.'),
    share_by_resident: Nullable(Type.String({ pattern: '^[01]\\.[0-9]{2}$' }), {
      description:
        '`orders_by_resident` by `orders_placed`. Null where no order was placed, or one of the two is withheld.',
    }),
  },
  {
    description: 'What a unit has of a month. Reasons and partners that have nothing are left out.',
    examples: [figures],
  },
);

const row = { org_unit: 'XC-01', parent: 'XC', level: 'subdistrict', name: '南明街道', depth: 0 } as const;

const UnitReportRow = namedObject(
  'UnitReportRow',
  {
    org_unit: annotated(ExternalId, { description: 'The unit.', examples: ['XC-01'] }),
    parent: Nullable(ExternalId, { description: 'The unit above it then; null for the county.' }),
    level: Level,
    name: annotated(PersonalName, { description: 'What it was called then.', examples: ['南明街道'] }),
    depth: Type.Integer({ minimum: 0, description: 'How far below the unit that was asked for.', examples: [0] }),
    total: annotated(UnitFigures, { description: 'Of its members, and of those of all units below it.' }),
    own: annotated(UnitFigures, { description: 'Of what belongs to the unit itself, and to none below it.' }),
  },
  {
    description: '`total` is `own` and the `total` of each unit right below, added up.',
    examples: [{ ...row, total: figures, own: figures }],
  },
);

export const UnitReport = namedObject(
  'UnitReport',
  {
    month: Period,
    at_entry: annotated(EntryNumber, { description: 'The last entry that is in it: the same entry, the same report.' }),
    published: Type.Boolean({ description: 'Whether figures are withheld, so that it may be published.' }),
    min_group: Type.Integer({
      minimum: 1,
      description: 'Figures about fewer people are withheld where it is published (`publish_min_group`).',
      examples: [10],
    }),
    units: Type.Array(UnitReportRow, {
      description: 'The unit that was asked for first, then those below it, each before what is below it.',
    }),
  },
  {
    description: 'What a unit and those below it have of a month.',
    examples: [
      {
        ...{ month: '2026-10', at_entry: '1204', published: false, min_group: 10 },
        units: [{ ...row, total: figures, own: figures }],
      },
    ],
  },
);
