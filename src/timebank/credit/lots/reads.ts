/** Reading lots: those of a member, and those that expire. Expiry is judged by the day that is passed in, whatever was tidied up since. */
import type { Pool } from '../../../db/connect.js';
import { addDays, daysIn } from '../../../lib/clock.js';
import { formatAmount } from '../../../lib/decimal.js';
import { assetOfPurse, memberAccount, type Purse } from '../../chart.js';
import { memberWithinSql, type Reach } from '../../people/reach.js';
import { agedPurses } from './lot-words.js';
import type { AgedPurse } from './open-lots.js';
import { never } from './parts.js';

export interface LotView {
  readonly purse: Purse;
  readonly asset: string;
  /** Null: it does not expire. */
  readonly expires_on: string | null;
  readonly amount: string;
}

export interface MemberLots {
  readonly member: string;
  readonly lots: LotView[];
  readonly expired: LotView[];
}

/** $2 member, $3 their accounts as JSON; purses without lots are one that does not expire. */
const ofMember = `
  select l.purse, l.expires_on::text as expires_on, l.remaining::text as remaining, l.expired::text as expired
  from timebank.lots l
  where l.ledger_id = $1 and l.member_id = $2::text and l.state <> 'spent'
  union all
  select split_part(a.code, ':', 3), '${never}', (a.credits - a.debits)::text, '0'
  from timeledger.accounts a
  where a.ledger_id = $1 and a.code in (select jsonb_array_elements_text($3::text::jsonb)) and a.credits > a.debits
    and not exists (select from timebank.lots l
      where l.ledger_id = $1 and l.member_id = $2::text and l.purse = split_part(a.code, ':', 3))
  order by purse, expires_on`;

/** What a member holds and can use, by when it expires, and what has expired; hours are a record and are not used. */
export async function readMemberLots(sql: Pool, ledgerId: number, member: string, today: string): Promise<MemberLots> {
  const codes = (['coins', ...agedPurses] as const).map((purse) => memberAccount(member, purse));
  const rows = await sql.unsafe(ofMember, [ledgerId, member, JSON.stringify(codes)], { prepare: true });
  const [lots, expired]: [LotView[], LotView[]] = [[], []];
  for (const row of rows) {
    const { purse, expires_on: day } = row as unknown as { purse: Purse; expires_on: string };
    const remaining = BigInt(row['remaining']);
    const isOver = day < today;
    const gone = BigInt(row['expired']) + (isOver ? remaining : 0n);
    if (!isOver && remaining > 0n) lots.push(viewLot(purse, day, remaining));
    if (gone > 0n) expired.push(viewLot(purse, day, gone));
  }
  return { member, lots, expired };
}

function viewLot(purse: Purse, day: string, amount: bigint): LotView {
  const { asset, scale } = assetOfPurse(purse);
  return { purse, asset, expires_on: day === never ? null : day, amount: formatAmount(amount, scale) };
}

/** SQL: what remains of a member's lots of points, the member in a parameter, whose last day lies before a day, in another; $1 is the ledger. */
export function overOfLots(member: string, today: string): string {
  return `(select coalesce(sum(l.remaining), 0) from timebank.lots l where l.ledger_id = $1 and l.member_id = ${member}
    and l.purse = 'points' and l.state = 'open' and l.expires_on < ${today}::text::date)`;
}

export interface ExpiringLot {
  readonly member: string;
  readonly org_unit: string;
  readonly purse: AgedPurse['purse'];
  readonly expires_on: string;
  readonly amount: string;
  readonly days_left: number;
}

export interface Expiring {
  readonly reach: Reach;
  readonly today: string;
  /** Lots whose last day lies before it. */
  readonly before: string;
}

const expiring = `
  from timebank.lots l join timebank.members m on m.ledger_id = $1 and m.member_id = l.member_id
  where l.ledger_id = $1 and l.state = 'open' and l.expires_on between $2::text::date and $3::text::date - 1
    and ${memberWithinSql('m', '$4')}`;

/** The earliest expiry first. `after` is `keyOfExpiring` of the last one of the page before, or ''. */
export async function listExpiring(
  sql: Pool,
  ledgerId: number,
  { today, before, reach }: Expiring,
  { after, limit }: { after: string; limit: number },
): Promise<ExpiringLot[]> {
  const [day = '', purse = '', member = ''] = after.split('/');
  const rows = await sql.unsafe(
    `select l.member_id as member, m.org_unit_id as org_unit, l.purse, l.expires_on::text as expires_on, l.remaining::text as remaining
     ${expiring} and (l.expires_on, l.purse, l.member_id) > ($5::text::date, $6::text, $7::text)
     order by l.expires_on, l.purse, l.member_id limit $8`,
    [ledgerId, today, before, reach, day || addDays(today, -1), purse, member, limit],
    { prepare: true },
  );
  return rows.map(
    ({ member, org_unit, purse, expires_on, remaining }): ExpiringLot => ({
      ...{ member, org_unit, purse, expires_on },
      amount: formatAmount(BigInt(remaining), assetOfPurse(purse).scale),
      days_left: daysIn(today, expires_on) - 1,
    }),
  );
}

export function keyOfExpiring({ expires_on, purse, member }: ExpiringLot): string {
  return `${expires_on}/${purse}/${member}`;
}

export interface ExpiringDay {
  readonly purse: AgedPurse['purse'];
  readonly expires_on: string;
  readonly members: number;
  readonly amount: string;
}

/** What expires on each day, in all. */
export async function sumExpiring(
  sql: Pool,
  ledgerId: number,
  { today, before, reach }: Expiring,
): Promise<ExpiringDay[]> {
  const rows = await sql.unsafe(
    `select l.purse, l.expires_on::text as expires_on, count(*)::int as members, sum(l.remaining)::text as amount
     ${expiring} group by l.purse, l.expires_on order by l.expires_on, l.purse`,
    [ledgerId, today, before, reach],
    { prepare: true },
  );
  return rows.map(({ purse, expires_on, members, amount }) => ({
    ...{ purse, expires_on, members },
    amount: formatAmount(BigInt(amount), assetOfPurse(purse).scale),
  }));
}
