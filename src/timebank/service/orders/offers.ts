/**
 * Offers: the community asks a volunteer, or a team through its leader, and they accept or decline. Declining is never held against
 * anybody (志愿服务条例).
 */
import { change, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { parseInstant } from '../../../lib/clock.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { idsBehind, requireActive } from '../../people/members.js';
import { requireMemberWithin } from '../../people/reach.js';
import { memberRows } from '../../people/rows.js';
import { prefetchMemberships, requireInTeam } from '../../people/teams/membership.js';
import { requireOpenTeam, requireTeamWithin } from '../../people/teams/teams.js';
import type { OfferStatus } from '../../service-words.js';
import { dayOf } from '../service-times.js';
import { eventOf } from './event.js';
import { join, prefetchPeople, requireAble, requireSeat } from './join.js';
import { offerRows } from './rows.js';
import { instantAfter, judgedOffer, type Offer, type Order } from './state.js';
import { textChange } from './texts.js';
import { type Asking, isAnsweredBy, type OrderNow, requireAnyOrder, requireOrder } from './who.js';

/** Whom to ask: one volunteer, or one team. */
export type Asked = { readonly volunteer: string } | { readonly team: string };

export type OfferRequest = Asked & { readonly orderId: string; readonly id: string };

/**
 * Offers an order to a volunteer, or to a team, who has `offer_reply_hours` to answer, and not longer than until it begins.
 * Refuses, in order: `order_not_found`, `order_state_invalid`, `order_full`, `team_not_found` (also when it lies out of reach),
 * `team_dissolved`, what `requireActive` does (of the volunteer or the leader), `self_approval` (the volunteer would be the recipient, or
 * placed the order), `offer_exists`.
 */
export function offerOrder(
  stage: Stage,
  rules: RuleSet,
  request: OfferRequest,
  asking: Asking,
): { entry: StagedEntry; offer: Offer } {
  const now = requireOrder(stage, request.orderId, asking);
  requireSeat(stage, now, 'offer');
  const { asked, answerer } = requireAsked(stage, rules, now, request, asking);
  refuseAgain(stage, now, asked);
  const { order } = now;
  const reply = instantAfter(stage.now, rules.offer_reply_hours * 3_600_000);
  const expires = reply < order.planned_start ? reply : order.planned_start;
  const offer: Offer = {
    ...{ offer_id: request.id, order_id: order.order_id },
    ...{ ...asked, status: 'open', expires_at: expires },
  };
  const until = order.offered_until !== null && order.offered_until > expires ? order.offered_until : expires;
  const offered: Order = {
    ...order,
    status: order.status === 'requested' ? 'offered' : order.status,
    offered_until: until,
  };
  const entry = stage.post({
    kind: 'order_offered' satisfies TimebankKind,
    rows: [change(offerRows, offer), eventOf(stage, offered, 'offered', answerer)],
  });
  return { entry, offer };
}

interface AskedNow {
  readonly asked: Pick<Offer, 'volunteer_id' | 'team_id'>;
  /** Who is to answer. */
  readonly answerer: string;
}

/** Refuses: `member_not_found` (also out of reach), what `requireAble` does; `team_not_found`, `team_dissolved`. */
function requireAsked(stage: Stage, rules: RuleSet, now: OrderNow, request: Asked, { reach }: Asking): AskedNow {
  if ('volunteer' in request) {
    const { volunteer } = request;
    requireMemberWithin(stage, reach, volunteer);
    requireAble(stage, rules, now, volunteer);
    return { asked: { volunteer_id: volunteer, team_id: null }, answerer: volunteer };
  }
  requireTeamWithin(stage, reach, request.team);
  const { leader_id: leader, team_id } = requireOpenTeam(stage, request.team);
  requireActive(stage, leader);
  return { asked: { volunteer_id: null, team_id }, answerer: leader };
}

/** Volunteers and teams that may have an open offer of one order at the same time. */
const mostOpen = 50;

/** Refuses: `offer_exists`, `order_full` (asked of so many already). */
function refuseAgain(stage: Stage, { order: { order_id: id } }: OrderNow, asked: AskedNow['asked']): void {
  const ids = asked.volunteer_id === null ? [] : idsBehind(stage, asked.volunteer_id);
  const isSame = ({ volunteer_id: volunteer, team_id: team }: Offer) =>
    volunteer === null ? team === asked.team_id : ids.includes(volunteer);
  const known = stage.rows(offerRows, 'order', id).map((one) => judgedOffer(one, stage.now));
  const open = known.filter(({ status }) => status === 'open');
  if (open.length >= mostOpen)
    throw new Refusal('order_full', {
      en: `order ${id} is offered to ${open.length} at once: wait for their answers`,
      zh: `点单 ${id} 已同时派给 ${open.length} 人，请等待答复`,
    });
  if (!open.some(isSame)) return;
  const whom = asked.volunteer_id ?? asked.team_id;
  throw new Refusal('offer_exists', {
    en: `order ${id} is offered to ${whom} already`,
    zh: `点单 ${id} 已派给 ${whom}，尚待答复`,
  });
}

export interface Acceptance {
  readonly id: string;
  /** Of a team's offer: who takes it; null: who answers. */
  readonly members: readonly string[] | null;
  /** An id for the service record of each of them. */
  readonly recordIds: readonly string[];
}

/**
 * The volunteer takes the order, or those of the team whom its leader names. Hours go to them.
 * Refuses: `offer_not_found`, `offer_not_open`, `order_role_invalid` (an offer to a volunteer, for others), `team_not_found`,
 * `team_dissolved`, `team_member_not_found` (on the day of the order), then, of each of them, what `join` refuses.
 */
export function acceptOffer(
  stage: Stage,
  rules: RuleSet,
  { id, members, recordIds }: Acceptance,
  asking: Asking,
): StagedEntry {
  const own = requireOwnOffer(stage, id, asking);
  const { offer, answerer } = own;
  const order = requireAnyOrder(stage, offer.order_id);
  requireOpenOffer(offer);
  const taking = members ?? [answerer];
  refuseOutsiders(stage, own, order.order, taking);
  prefetchPeople(stage, rules, order, taking);
  let entry: StagedEntry | undefined;
  for (const [i, volunteer] of taking.entries()) {
    const recordId = recordIds[i];
    if (recordId === undefined) throw new Error(`offer ${id}: ${taking.length} accept, ${recordIds.length} ids`);
    const rows = i === 0 ? [change(offerRows, { ...offer, status: 'accepted' })] : [];
    const now = requireAnyOrder(stage, offer.order_id);
    entry = join(stage, rules, now, { command: 'accept', event: 'accepted', volunteer, recordId, rows });
  }
  if (!entry) throw new Error(`offer ${id} is accepted by nobody`);
  return entry;
}

/** Refuses: `order_role_invalid`, `team_not_found`, `team_dissolved`, `team_member_not_found`. */
function refuseOutsiders(stage: Stage, { offer, answerer }: OwnOffer, order: Order, members: readonly string[]): void {
  const { team_id: team } = offer;
  if (team === null) {
    if (members.every((one) => one === answerer)) return;
    throw new Refusal('order_role_invalid', {
      en: 'an offer to a volunteer is accepted by the volunteer alone',
      zh: '派给个人的单只能由本人接单',
    });
  }
  requireOpenTeam(stage, team);
  const day = dayOf(parseInstant(order.planned_start), stage.zone);
  prefetchMemberships(stage, team, members);
  for (const member of members) requireInTeam(stage, { team, member, day });
}

/** Refuses: `offer_not_found`, `offer_not_open`. */
export function declineOffer(
  stage: Stage,
  { id, reason }: { readonly id: string; readonly reason: string | null },
  asking: Asking,
): { entry: StagedEntry; offer: Offer } {
  const { offer, answerer } = requireOwnOffer(stage, id, asking);
  requireOpenOffer(offer);
  const { order } = requireAnyOrder(stage, offer.order_id);
  const others = stage.rows(offerRows, 'order', order.order_id).map((one) => judgedOffer(one, stage.now));
  const open = others.filter(({ offer_id, status }) => offer_id !== id && status === 'open');
  const until =
    open
      .map(({ expires_at }) => expires_at)
      .sort()
      .at(-1) ?? null;
  const status = order.status === 'offered' && until === null ? 'requested' : order.status;
  const declined: Offer = { ...offer, status: 'declined' };
  const entry = stage.post({
    kind: 'order_declined' satisfies TimebankKind,
    rows: [
      change(offerRows, declined),
      eventOf(stage, { ...order, status, offered_until: until }, 'declined', answerer),
      ...textChange(stage, order.order_id, `offer:${id}`, reason),
    ],
  });
  return { entry, offer: declined };
}

interface OwnOffer {
  readonly offer: Offer;
  /** The member who answers: whoever it was made to, as who they are now. */
  readonly answerer: string;
}

/** Refuses: `offer_not_found`, also when it was made to somebody else, or to a team that another leads. */
function requireOwnOffer(stage: Stage, id: string, { member }: Asking): OwnOffer {
  if (member !== null)
    stage.prefetch({
      rows: [
        [offerRows, id],
        [memberRows, member],
      ],
    });
  const offer = stage.row(offerRows, id);
  if (!offer || member === null || !isAnsweredBy(stage, offer, idsBehind(stage, member)))
    throw new Refusal('offer_not_found', { en: `there is no offer ${id}`, zh: `没有派单 ${id}` });
  return { offer: judgedOffer(offer, stage.now), answerer: member };
}

/** Refuses: `offer_not_open`. */
function requireOpenOffer({ offer_id: id, status }: Offer): void {
  if (status === 'open') return;
  throw new Refusal('offer_not_open', {
    en: `offer ${id} is ${status}`,
    zh: `派单 ${id} 已${offerStatusesZh[status]}`,
  });
}

const offerStatusesZh: Readonly<Record<OfferStatus, string>> = {
  open: '派出',
  accepted: '接受',
  declined: '谢绝',
  expired: '过期',
  withdrawn: '撤回',
};
