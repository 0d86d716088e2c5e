/** Which entries were recorded on some days: numbers and times rise together, so that the first one is found by halving. */
import type { ISql } from 'postgres';

export interface EntryBounds {
  /** The first entry recorded on the first day. */
  readonly first: string;
  /** The first one recorded after the last day. */
  readonly after: string;
  /** The first one recorded up to so many minutes before the first day. */
  readonly before: string;
}

/** SQL: the number of the first entry that was recorded at an instant or later, or of the next one to come. */
const firstEntryAt = (instant: string) => `(
    with recursive search as (
      select 1::bigint as low, h.entry_count + 1 as high from timeledger.heads h where h.ledger_id = $1
      union all
      select case when e.recorded_at < ${instant} then e.number + 1 else s.low end,
        case when e.recorded_at < ${instant} then s.high else e.number end
      from search s
      join timeledger.entries e on e.ledger_id = $1 and e.number = (s.low + s.high) / 2
      where s.low < s.high)
    select s.low::text from search s where s.low = s.high)`;

const startOf = (day: string) => `((${day})::timestamp at time zone $4::text)`;
const firstMoment = startOf('$2::text::date');

const statement = `select ${firstEntryAt(firstMoment)} as first, ${firstEntryAt(startOf('$3::text::date + 1'))} as after,
  ${firstEntryAt(`${firstMoment} - $5::text::integer * interval '1 minute'`)} as before`;

/** Days are days in a zone. */
export async function boundsOf(
  sql: ISql,
  ledgerId: number,
  days: { readonly from: string; readonly to: string; readonly zone: string; readonly minutesBefore: number },
): Promise<EntryBounds> {
  const { from, to, zone, minutesBefore } = days;
  const [row] = await sql.unsafe(statement, [ledgerId, from, to, zone, String(minutesBefore)], { prepare: true });
  if (!row) throw new Error(`ledger ${ledgerId} has no head`);
  return row as unknown as EntryBounds;
}
