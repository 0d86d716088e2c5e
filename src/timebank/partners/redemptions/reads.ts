/** Reading redemptions, in the order in which they were asked for. Expiry is judged at `now`, in views and filters alike. */
import type { Pool } from '../../../db/connect.js';
import { type TextRow, textColumns } from '../../../ledger/rows.js';
import { nilId } from '../../../lib/ids.js';
import { Refusal } from '../../../lib/refusal.js';
import { partRows } from '../../credit/lots/parts.js';
import { openStatuses, type RedemptionStatus } from '../../words.js';
import { redemptionRows } from '../rows.js';
import { type RedemptionView, viewRedemption } from './redemption.js';

const columns = textColumns(redemptionRows, 'r');

/** null: whatever it is. Days of effect are inclusive. */
export interface RedemptionFilter {
  readonly partner: string | null;
  readonly partnerReference: string | null;
  readonly member: string | null;
  readonly status: RedemptionStatus | null;
  readonly from: string | null;
  readonly to: string | null;
}

export interface RedemptionPage {
  /** The id of the last redemption of the page before; '' for the first page. */
  readonly after: string;
  readonly limit: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export async function listRedemptions(
  sql: Pool,
  ledgerId: number,
  filter: RedemptionFilter,
  page: RedemptionPage,
): Promise<RedemptionView[]> {
  const parameters: (string | number)[] = [ledgerId, page.after || nilId, page.limit];
  const put = (value: string) => `$${parameters.push(value)}::text`;
  // A condition that is not asked for is left out, so that the others can use their index.
  const conditions = [
    ...(filter.partner === null ? [] : [`r.partner_id = ${put(filter.partner)}`]),
    ...(filter.partnerReference === null ? [] : [`r.partner_reference = ${put(filter.partnerReference)}`]),
    ...(filter.member === null ? [] : [`r.member_id = ${put(filter.member)}`]),
    ...(filter.status === null ? [] : [statusSql(filter.status, put, page.now)]),
    ...(filter.from === null ? [] : [`r.effective_on >= ${put(filter.from)}::date`]),
    ...(filter.to === null ? [] : [`r.effective_on <= ${put(filter.to)}::date`]),
  ];
  const rows = await sql.unsafe(
    `select ${columns} from timebank.redemptions r
     where r.ledger_id = $1 and r.redemption_id > $2::text::uuid ${conditions.map((one) => `and ${one}`).join(' ')}
     order by r.redemption_id limit $3`,
    parameters,
    { prepare: true },
  );
  return rows.map((row) => viewOf(row, page.now));
}

/** Whether a redemption `r` holds points, in SQL. */
const isOpen = `r.status in (${openStatuses.map((status) => `'${status}'`).join(', ')})`;

/** SQL: points held of a member, in a parameter, that are past their time at a moment, in another; $1 is the ledger. */
export function expiredPoints(member: string, now: string): string {
  return `(select coalesce(sum(r.authorised - r.captured - r.released), 0) from timebank.redemptions r
    where r.ledger_id = $1 and r.member_id = ${member} and ${isOpen} and r.expires_at <= ${now}::text::timestamptz)`;
}

/** SQL: how much of that comes back to lots whose last day lies before a day, in a third parameter. What is open are the last of a redemption's lots. */
export function overOfHolds(member: string, now: string, today: string): string {
  return `(select coalesce(sum(greatest(o.over - (r.captured - r.refunded), 0)), 0) from timebank.redemptions r
    cross join lateral (select coalesce(sum(p.amount), 0) as over
      from ${partRows('r.lots')} where p.expires_on < ${today}::text::date) o
    where r.ledger_id = $1 and r.member_id = ${member} and ${isOpen} and r.expires_at <= ${now}::text::timestamptz)`;
}

/** Redemptions of a status as `viewRedemption` tells it: what holds points past its time is what it will be once they are given back. */
function statusSql(status: RedemptionStatus, put: (value: string) => string, now: number): string {
  const wanted = put(status);
  const expired = `r.expires_at <= ${put(new Date(now).toISOString())}::timestamptz`;
  const ended = `case when r.refunded = 0 then case when r.captured = 0 then 'expired' else 'captured' end
    when r.refunded = r.captured then 'refunded' else 'partially_refunded' end`;
  return `(r.status = ${wanted} and not (${isOpen} and ${expired}) or ${isOpen} and ${expired} and ${ended} = ${wanted})`;
}

/** `partner`: whose it must be; null: anyone's. Refuses: `redemption_not_found`, also when it is another partner's. */
export async function readRedemption(
  sql: Pool,
  ledgerId: number,
  id: string,
  { partner, now }: { partner: string | null; now: number },
): Promise<RedemptionView> {
  const [row] = await sql.unsafe(
    `select ${columns} from timebank.redemptions r
     where r.ledger_id = $1 and r.redemption_id = $2::text::uuid and ($3::text is null or r.partner_id = $3::text)`,
    [ledgerId, id, partner],
    { prepare: true },
  );
  if (!row)
    throw new Refusal('redemption_not_found', { en: `there is no redemption ${id}`, zh: `没有编号为 ${id} 的兑换` });
  return viewOf(row, now);
}

/** Ids of holds that are open past their time, at most `limit`. */
export async function findDue(sql: Pool, ledgerId: number, now: number, limit: number): Promise<string[]> {
  const rows = await sql.unsafe(
    `select r.redemption_id::text as id from timebank.redemptions r
     where r.ledger_id = $1 and ${isOpen} and r.expires_at <= $2::text::timestamptz limit $3`,
    [ledgerId, new Date(now).toISOString(), limit],
    { prepare: true },
  );
  return rows.map((row) => row['id'] as string);
}

function viewOf(row: Record<string, unknown>, now: number): RedemptionView {
  const redemption = redemptionRows.decode(row as TextRow);
  return viewRedemption(redemption, Number(redemption.entry), now);
}
