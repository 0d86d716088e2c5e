/** The files of `bench --beside`: a year's visits as another platform exports them, and the partner's statement of its redemptions. */
import type { Pool } from '#src/db/connect.js';
import { memberId, orgUnitId, partnerId, redeemerCount } from '../names.js';

const columns =
  'external_id,volunteer,recipient,service_type,planned_start,planned_end,check_in,check_out,proof_grade,recorded_by_unit';
const dayMilliseconds = 86_400_000;

/** Visits of an hour and a half, one a member and day, the last days first: they are not in the order in which they are decided. */
export function visitsFile(count: number, now: number): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const volunteer = i % redeemerCount;
    const day = new Date(now - (2 + Math.floor(i / redeemerCount)) * dayMilliseconds).toISOString().slice(0, 10);
    const [start, end] = [`${day}T09:00:00+08:00`, `${day}T10:30:00+08:00`];
    const people = `${memberId(volunteer)},${memberId((volunteer + 1) % redeemerCount)}`;
    return `BV${String(i).padStart(7, '0')},${people},companionship,${start},${end},${start},${end},A,${orgUnitId}\n`;
  });
  return `${columns}\n${lines.join('')}`;
}

export interface StatementFile {
  readonly csv: string;
  /** The days it speaks of. */
  readonly from: string;
  readonly to: string;
}

/** A statement of the partner's redemptions, all captured at once, in which every hundredth line differs by a point. */
export async function statementFile(sql: Pool, most: number): Promise<StatementFile> {
  const rows = await sql`
    select r.partner_reference as reference, r.effective_on::text as day, r.captured::text as points, r.captured_cny::text as fen
    from timebank.redemptions r where r.partner_id = ${partnerId} order by r.redemption_id limit ${most}`;
  const days = rows.map((row) => row['day'] as string).sort();
  const lines = rows.map((row, i) => {
    const points = BigInt(row['points'] as string) + (i % 100 === 99 ? 1n : 0n);
    return `${row['reference']},${row['day']},${points},${(Number(row['fen']) / 100).toFixed(2)},redeem\n`;
  });
  const csv = `partner_reference,booked_on,points,amount_cny,type\n${lines.join('')}`;
  return { csv, from: days[0] ?? '', to: days.at(-1) ?? '' };
}
