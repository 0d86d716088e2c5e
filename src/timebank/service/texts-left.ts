/**
 * Words and files of orders, and reasons of corrections, that came to be after a person was erased whom they may be about. Decides nothing about
 * who is erased, and drops no bytes of files.
 */
import type { Pool } from '../../db/connect.js';
import { type ErasureReason, textAbsent } from '../../ledger/erasure.js';
import type { Lane } from '../../ledger/lane.js';
import type { Stage } from '../../ledger/stage.js';
import {
  erasedIds,
  eraseEach,
  erasureReason,
  isErased,
  type Left,
  postErasures,
} from '../people/personal-data/left-texts.js';
import { eraseReasonOf } from './corrections/erasure.js';
import { offerRows, orderEvidenceRows, orderTextRows } from './orders/rows.js';
import { rowsWithoutTexts } from './orders/texts.js';
import { rowsWithoutFiles, rowsWithoutReply } from './texts-about.js';

/** Erases what is left about people who are erased, under all their ids. Returns of how many orders, offers and corrections there was any. */
export async function eraseServiceTextsOfErased({
  sql,
  lane,
}: {
  readonly sql: Pool;
  readonly lane: Lane;
}): Promise<number> {
  const find = async (query: string) =>
    (await sql.unsafe(query, [lane.facts.id, null], { prepare: true })) as unknown as Left[];
  const orders = await eraseEach(lane, await find(leftInOrders), eraseOrderOf);
  const replies = await eraseEach(lane, await find(leftInReplies), eraseReplyOf);
  const corrections = await eraseEach(lane, await find(leftInCorrections), eraseReasonOf);
  return orders + replies + corrections;
}

/** Refuses: `text_absent`. */
function eraseOrderOf(stage: Stage, id: string, reason: ErasureReason): void {
  stage.prefetch({ lists: [orderTextRows, orderEvidenceRows].map((table) => [table, 'order', id] as const) });
  const rows = [...rowsWithoutTexts(stage, id), ...rowsWithoutFiles(stage, id)];
  if (rows.length === 0) throw textAbsent({ en: `order ${id}`, zh: `点单 ${id} ` });
  postErasures(stage, reason, rows);
}

/** Refuses: `text_absent`. */
function eraseReplyOf(stage: Stage, id: string, reason: ErasureReason): void {
  const offer = stage.row(offerRows, id);
  const rows = offer ? rowsWithoutReply(stage, offer) : [];
  if (rows.length === 0) throw textAbsent({ en: `offer ${id}`, zh: `派单 ${id} ` });
  postErasures(stage, reason, rows);
}

/** SQL: orders with words or files in which they have a part, or which they placed for another. */
const leftInOrders = `select distinct o.order_id as id, ${erasureReason} from ${erasedIds}
  cross join lateral (
    select p.order_id from timebank.order_people p where p.ledger_id = $1 and p.member_id = known.id
    union
    select b.order_id from timebank.orders b where b.ledger_id = $1 and b.placed_by = 'member:' || known.id) o
  where ${isErased} and (
    exists (select from timebank.order_texts t where t.ledger_id = $1 and t.order_id = o.order_id and t.words is not null)
    or exists (select from timebank.order_evidence v where v.ledger_id = $1 and v.order_id = o.order_id and v.erased_on is null))`;

/** SQL: offers that were declined with words, to them or to a team that they were in after the erasure. */
const leftInReplies = `select distinct f.offer_id as id, ${erasureReason} from ${erasedIds}
  cross join lateral (
    select v.offer_id, v.order_id from timebank.offers v where v.ledger_id = $1 and v.volunteer_id = known.id
    union
    select v.offer_id, v.order_id from timebank.team_members d
    join timebank.offers v on v.ledger_id = $1 and v.team_id = d.team_id and v.status = 'declined'
    where d.ledger_id = $1 and d.member_id = known.id
      and (d.left_on is null or d.left_on >= (x.erased_at at time zone 'UTC')::date)) f
  join timebank.order_texts t on t.ledger_id = $1 and t.order_id = f.order_id and t.about = 'offer:' || f.offer_id
  where ${isErased} and t.words is not null`;

/** SQL: corrections with a reason, of what they gave or received, alone or with others. */
const leftInCorrections = `select distinct c.service_record_id as id, ${erasureReason} from ${erasedIds}
  join timebank.service_corrections c on c.ledger_id = $1 and c.reason is not null
  join timebank.service_records r on r.ledger_id = $1 and r.service_record_id = c.service_record_id
  where ${isErased} and (r.volunteer_id = known.id or r.recipient_id = known.id
    or exists (select from timebank.order_people p where p.ledger_id = $1 and p.order_id = r.order_id and p.member_id = known.id))`;
