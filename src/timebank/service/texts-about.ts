/**
 * What is kept about a person in orders, in corrections of service, in closings of accounts, in grants and in rounds of awards: words that people wrote, and
 * files that show who was there. For whoever erases a person. Everything is loaded in three rounds, however many orders there are.
 */
import { change, type RowChange } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { rowsWithoutDocuments } from '../credit/closings/erasure.js';
import { rowsWithoutGrantTexts } from '../credit/grants/erasure.js';
import { teamMemberRows } from '../people/teams/rows.js';
import { awardListsOf, rowsWithoutAwardTexts } from './awards/erasure.js';
import { rowsWithoutReasons } from './corrections/erasure.js';
import { offerRows, orderEvidenceRows, orderPeopleRows, orderRows, orderTextRows } from './orders/rows.js';
import type { Offer } from './orders/state.js';
import { rowsWithoutTexts, withoutWords } from './orders/texts.js';
import { serviceCorrectionRows, serviceRecordRows } from './rows.js';

/**
 * Every such row of somebody, under any of the ids that they have had, without what it holds: texts and files of orders that they received,
 * gave, were offered or placed for somebody; why a team that they were in declined; why a record of what they gave or received was corrected;
 * by which document their accounts were closed, and they were granted something; what was objected against them or by them, and by which document
 * an award of theirs was revoked.
 */
export function rowsWithoutTextsOf(stage: Stage, ids: readonly string[]): RowChange[] {
  stage.prefetch({ lists: ids.flatMap(listsOf) });
  const orders = ordersOf(stage, ids);
  const teams = [
    ...new Set(ids.flatMap((id) => stage.rows(teamMemberRows, 'member', id)).map(({ team_id: id }) => id)),
  ];
  const received = ids.flatMap((id) => stage.rows(serviceRecordRows, 'recipient', id));
  stage.prefetch({
    rows: received.map(({ service_record_id: id }) => [serviceCorrectionRows, id] as const),
    lists: [
      ...orders.flatMap((id) => [
        [orderTextRows, 'order', id] as const,
        [orderEvidenceRows, 'order', id] as const,
        [orderPeopleRows, 'order', id] as const,
      ]),
      ...teams.map((id) => [offerRows, 'team', id] as const),
    ],
  });
  const declined = teams
    .flatMap((id) => stage.rows(offerRows, 'team', id))
    .filter(({ status, order_id: id }) => status === 'declined' && !orders.includes(id));
  const inOrders = orders
    .flatMap((id) => stage.rows(orderPeopleRows, 'order', id))
    .flatMap(({ service_record_id: id }) => id ?? []);
  stage.prefetch({
    rows: [
      ...declined.map(({ order_id: id, offer_id: offer }) => [orderTextRows, id, `offer:${offer}`] as const),
      ...inOrders.map((id) => [serviceCorrectionRows, id] as const),
    ],
  });
  const records = [...received.map(({ service_record_id: id }) => id), ...inOrders];
  return [
    ...orders.flatMap((id) => [...rowsWithoutTexts(stage, id), ...rowsWithoutFiles(stage, id)]),
    ...declined.flatMap((offer) => rowsWithoutReply(stage, offer)),
    ...rowsWithoutReasons(stage, ids, records),
    ...rowsWithoutDocuments(stage, ids),
    ...rowsWithoutGrantTexts(stage, ids),
    ...rowsWithoutAwardTexts(stage, ids),
  ];
}

/** What leads to all that concerns a member. */
const listsOf = (id: string) =>
  [
    [orderPeopleRows, 'member', id],
    [offerRows, 'volunteer', id],
    [orderRows, 'placer', `member:${id}`],
    [teamMemberRows, 'member', id],
    [serviceRecordRows, 'recipient', id],
    [serviceCorrectionRows, 'volunteer', id],
    ...awardListsOf(id),
  ] as const;

/** Orders that somebody has had a part in, was offered or placed. */
function ordersOf(stage: Stage, ids: readonly string[]): string[] {
  const found = ids.flatMap((id) => [
    ...stage.rows(orderPeopleRows, 'member', id),
    ...stage.rows(offerRows, 'volunteer', id),
    ...stage.rows(orderRows, 'placer', `member:${id}`),
  ]);
  return [...new Set(found.map(({ order_id: id }) => id))];
}

/** Files of an order as they stand once their bytes are gone, which is for whoever keeps them. */
export function rowsWithoutFiles(stage: Stage, orderId: string): RowChange[] {
  return stage
    .rows(orderEvidenceRows, 'order', orderId)
    .filter(({ erased_on }) => erased_on === null)
    .map((file) => change(orderEvidenceRows, { ...file, erased_on: stage.today }));
}

/** Why a team declined, which may be because of any of its members. */
export function rowsWithoutReply(stage: Stage, { order_id: id, offer_id: offer }: Offer): RowChange[] {
  const text = stage.row(orderTextRows, id, `offer:${offer}`);
  return text === null || text.words === null ? [] : [withoutWords(text)];
}
