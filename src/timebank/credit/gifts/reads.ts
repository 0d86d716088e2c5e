/** Reading gifts, the state of each judged at `now`, and giving back what nobody answered. */
import type { Pool } from '../../../db/connect.js';
import type { Lane } from '../../../ledger/lane.js';
import { type TextRow, textColumns } from '../../../ledger/rows.js';
import { tidyInLane } from '../../../ledger/run-in-lane.js';
import type { Clock } from '../../../lib/clock.js';
import { nilId } from '../../../lib/ids.js';
import type { Purse } from '../../chart.js';
import { partRows } from '../lots/parts.js';
import { giftRows } from '../rows.js';
import { expireGift } from './decide.js';
import { type Gift, type GiftView, giftNotFound, viewGift } from './gift.js';

const columns = textColumns(giftRows, 'g');

/** `member`: whose gifts, given or received, under any of these ids; null: everybody's. */
export interface GiftsAsked {
  readonly members: readonly string[] | null;
  readonly now: number;
}

const seen = (parameter: string) =>
  `(${parameter}::text[] is null or g.giver_id = any(${parameter}::text[]) or g.receiver_id = any(${parameter}::text[]))`;

/** Ids have no letter that an array's text would quote. */
const namesOf = (members: readonly string[] | null) => members && `{${members.join(',')}}`;

/** In the order in which they were offered, from after an id on, '' for the first page. */
export async function listGifts(
  sql: Pool,
  ledgerId: number,
  { members, now }: GiftsAsked,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<GiftView[]> {
  const rows = await sql.unsafe(
    `select ${columns} from timebank.gifts g
     where g.ledger_id = $1 and g.gift_id > $2::text::uuid and ${seen('$3')} order by g.gift_id limit $4`,
    [ledgerId, after || nilId, namesOf(members), limit],
    { prepare: true },
  );
  return rows.map((row) => viewGift(giftRows.decode(row as TextRow) as Gift, now));
}

/** Refuses: `gift_not_found`, also when it is somebody else's. */
export async function readGift(sql: Pool, ledgerId: number, id: string, { members, now }: GiftsAsked) {
  const [row] = await sql.unsafe(
    `select ${columns} from timebank.gifts g where g.ledger_id = $1 and g.gift_id = $2::text::uuid and ${seen('$3')}`,
    [ledgerId, id, namesOf(members)],
    { prepare: true },
  );
  if (!row) throw giftNotFound(id);
  return viewGift(giftRows.decode(row as TextRow) as Gift, now);
}

/** SQL: what a member, in a parameter, offered of a purse and nobody answered by a moment, in another; $1 is the ledger. */
export function unansweredGifts(purse: Purse, member: string, now: string): string {
  return `(select coalesce(sum(g.amount), 0) from timebank.gifts g where g.ledger_id = $1 and g.giver_id = ${member}
    and g.state = 'offered' and g.purse = '${purse}' and g.expires_at <= ${now}::text::timestamptz)`;
}

/** SQL: how much of the points among them comes back to lots whose last day lies before a day, in a third parameter. */
export function overOfGifts(member: string, now: string, today: string): string {
  return `(select coalesce(sum(p.amount), 0) from timebank.gifts g cross join lateral ${partRows('g.lots')}
    where g.ledger_id = $1 and g.giver_id = ${member} and g.state = 'offered' and g.expires_at <= ${now}::text::timestamptz
      and p.expires_on < ${today}::text::date)`;
}

/** Gifts given back in one sweep: a fraction of a batch, so that nobody waits for it. */
const sweepLimit = 500;

/** Gives back what is due and returns how many gifts; one that was answered meanwhile is left alone. */
export async function expireDueGifts(lane: Lane, sql: Pool, clock: Clock): Promise<number> {
  const rows = await sql.unsafe(
    `select g.gift_id::text as id from timebank.gifts g
     where g.ledger_id = $1 and g.state = 'offered' and g.expires_at <= $2::text::timestamptz limit $3`,
    [lane.facts.id, new Date(clock()).toISOString(), sweepLimit],
    { prepare: true },
  );
  return tidyInLane(
    lane,
    rows.map((row) => row['id'] as string),
    expireGift,
  );
}
