/**
 * Gifts between members, over HTTP. Only a member offers what is theirs, and takes it back; who is given something answers, or an office on their
 * behalf. Others see only gifts of their own.
 */
import { Type } from 'typebox';
import { actorOf } from '../../http/commands.js';
import { annotated, named, namedObject } from '../../http/named.js';
import { ownMember, reachOf } from '../../http/reach.js';
import { command, list, read } from '../../http/routes.js';
import {
  AmountString,
  AssetCode,
  closed,
  EntryNumber,
  ExternalId,
  Instant,
  NoBody,
  Nullable,
  pageOf,
  Uuid,
} from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import type { Stage } from '../../ledger/stage.js';
import { idShape, newId } from '../../lib/ids.js';
import { acceptGift, declineGift, type GiftDecision, withdrawGift } from '../../timebank/credit/gifts/decide.js';
import { type Gift as Row, viewGift } from '../../timebank/credit/gifts/gift.js';
import { giftPurses, giftStates } from '../../timebank/credit/gifts/gift-words.js';
import { offerGift } from '../../timebank/credit/gifts/offer.js';
import { type GiftsAsked, listGifts, readGift } from '../../timebank/credit/gifts/reads.js';
import { rulesToday } from '../../timebank/credit/rules-in-force.js';
import { freeHolds } from '../../timebank/free-holds.js';
import { readMember } from '../../timebank/people/reads.js';

const purse = named(
  'GiftPurse',
  Type.Enum([...giftPurses], { description: 'The purse that it is given of.', examples: ['points'] }),
);

const NewGift = namedObject(
  'NewGift',
  {
    to: annotated(ExternalId, { description: 'The member who is to have it.', examples: ['M00002'] }),
    purse,
    amount: annotated(AmountString, { description: 'Coins to the hundredth, points whole.', examples: ['30'] }),
  },
  { description: 'A gift to offer.', examples: [{ to: 'M00002', purse: 'points', amount: '30' }] },
);

const Gift = namedObject(
  'Gift',
  {
    id: Uuid,
    from: annotated(ExternalId, { description: 'The member who gives.', examples: ['M00001'] }),
    to: annotated(ExternalId, { description: 'The member who is given to.', examples: ['M00002'] }),
    purse,
    asset: AssetCode,
    amount: AmountString,
    state: named(
      'GiftState',
      Type.Enum([...giftStates], {
        description: 'What became of it by now; what is not accepted in time is `expired`, and free again.',
        examples: ['offered'],
      }),
    ),
    as_kin: Type.Boolean({ description: 'Whether it is given to spouse or lineal kin: that has no limit.' }),
    offered_at: Instant,
    expires_at: annotated(Instant, { description: 'Until when it can be accepted (`gift_hours` of the rules).' }),
    decided_at: Nullable(Instant, { description: 'When it ended; null while it is open, or was not tidied up yet.' }),
    entry: EntryNumber,
  },
  {
    description: 'A gift between members.',
    examples: [
      {
        id: '0199a2c4-7c3e-7d10-8f5a-2b6c9d0e1f23',
        from: 'M00001',
        to: 'M00002',
        purse: 'points',
        asset: 'POINT',
        amount: '30',
        state: 'offered',
        as_kin: false,
        offered_at: '2026-11-02T01:00:00.000000Z',
        expires_at: '2026-11-05T01:00:00.000000Z',
        decided_at: null,
        entry: '17',
      },
    ],
  },
);
const GiftPage = pageOf('GiftPage', 'gifts', Gift, 'Gifts in the order in which they were offered.');

const params = Type.Object({ id: Uuid }, closed);
const readers = ['operator', 'auditor', 'member'] as const;
const memberRefusals = ['member_not_found', 'member_merged', 'member_suspended', 'member_inactive'] as const;
const postRefusals = ['account_frozen', 'account_closed', 'period_closed'] as const;

export function registerGifts(app: App, service: Service): void {
  command(app, service, '/v1/gifts', {
    roles: ['member'],
    operationId: 'offerGift',
    summary: 'Offer a gift',
    description:
      'Offers another member coins or points of one’s own. It leaves the purse at once and is held until it is accepted, which the rules give time for (`gift_hours`); what is declined, withdrawn or not answered goes back. Points keep their age. To spouse and lineal kin, verified, without limit; to others as much as the rules allow in a month. For somebody without a telephone an office posts an adjustment of kind `gift`, by two people.',
    tags: ['people'],
    body: NewGift,
    answer: Gift,
    refusals: [
      ...memberRefusals,
      ...(['gift_invalid', 'gift_restricted', 'gift_limit', 'amount_invalid', 'balance_insufficient'] as const),
      ...postRefusals,
    ],
    prepare: ({ body, principal }) => {
      const request = { id: newId(), from: ownMember(principal) ?? '', ...body, freeHolds };
      return { decide: (stage) => offerGift(stage, rulesToday(stage), request), show: viewAt(service) };
    },
  });
  registerDecisions(app, service);
  list(app, service, '/v1/gifts', {
    roles: readers,
    operationId: 'listGifts',
    summary: 'List gifts',
    description: 'A member sees what they gave and were given.',
    tags: ['people'],
    answer: GiftPage,
    key: idShape,
    rows: async ({ principal }, ledger, page) =>
      listGifts(service.sql, ledger.id, await askedBy(service, principal, ledger.id), page),
    keyOf: ({ id }) => id,
    show: (gifts) => ({ gifts }),
  });
  read(app, service, '/v1/gifts/:id', {
    roles: readers,
    operationId: 'getGift',
    summary: 'A gift',
    description: 'By its id.',
    tags: ['people'],
    params,
    answer: Gift,
    refusals: ['gift_not_found'],
    read: async ({ params: { id }, principal }, ledger) =>
      readGift(service.sql, ledger.id, id, await askedBy(service, principal, ledger.id)),
  });
}

function registerDecisions(app: App, service: Service): void {
  const decide = (
    verb: 'accept' | 'decline' | 'withdraw',
    words: { operationId: string; summary: string; description: string },
    carryOut: (stage: Stage, decision: GiftDecision) => Row,
  ) =>
    command(app, service, `/v1/gifts/:id/${verb}`, {
      roles: verb === 'withdraw' ? ['member'] : ['operator', 'coordinator', 'member'],
      ...words,
      tags: ['people'],
      params,
      body: NoBody,
      status: 200,
      answer: Gift,
      refusals: [
        ...(['gift_not_found', 'gift_decided'] as const),
        ...(verb === 'accept' ? (['self_approval', 'member_suspended', 'member_inactive'] as const) : []),
        ...postRefusals,
      ],
      prepare: ({ params: { id }, principal }) => {
        const { alias } = principal;
        const decision = {
          id,
          member: ownMember(principal),
          reach: reachOf(principal),
          actor: actorOf(principal),
          alias,
        };
        return { decide: (stage) => carryOut(stage, decision), show: viewAt(service) };
      },
    });
  decide(
    'accept',
    {
      operationId: 'acceptGift',
      summary: 'Accept a gift',
      description:
        'The member who is given to takes it, or an office on their behalf, who may not be the giver. What they owe of the same purse is repaid first.',
    },
    acceptGift,
  );
  decide(
    'decline',
    { operationId: 'declineGift', summary: 'Decline a gift', description: 'It goes back to who offered it.' },
    declineGift,
  );
  decide(
    'withdraw',
    {
      operationId: 'withdrawGift',
      summary: 'Take a gift back',
      description: 'Who offered it does not any more; only before it is accepted.',
    },
    withdrawGift,
  );
}

const viewAt = (service: Pick<Service, 'clock'>) => (gift: Row) => viewGift(gift, service.clock());

/** Of a member, gifts under any of their ids. */
async function askedBy(service: Service, principal: Principal, ledgerId: number): Promise<GiftsAsked> {
  const now = service.clock();
  const own = ownMember(principal);
  if (own === null) return { members: null, now };
  const { id, merged_from } = await readMember(service.sql, ledgerId, own, null);
  return { members: [id, ...merged_from], now };
}
