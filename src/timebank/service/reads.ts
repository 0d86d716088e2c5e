/**
 * Reading service records: what was given, what the rules minted for it, and every difference between the two with its reason, as they stand
 * now with what was recomputed since. hours = coins + the sum of the differences, for every record.
 */
import type { Pool } from '../../db/connect.js';
import { textColumns } from '../../ledger/rows.js';
import { daysIn } from '../../lib/clock.js';
import { formatAmount } from '../../lib/decimal.js';
import { Refusal } from '../../lib/refusal.js';
import { memberWithinSql, type Reach } from '../people/reach.js';
import type { OrderFunding, ProofGrade } from '../service-words.js';
import type { ServiceDifference } from './post-record.js';
import { serviceRecordRows } from './rows.js';
import type { ServiceRecord } from './standing.js';

/** Each record with the member that its volunteer is now. */
const source = `timebank.service_records r
  join timebank.members v on v.ledger_id = r.ledger_id and v.member_id = r.volunteer_id
  join timebank.members m on m.ledger_id = r.ledger_id and m.member_id = coalesce(v.merged_into, v.member_id)
  join timeledger.entries e on e.ledger_id = r.ledger_id and e.number = r.entry
  join timeledger.ledgers l on l.ledger_id = r.ledger_id`;

/** SQL: whether the volunteer is the member of the id in `parameter`, under whatever id. */
const isVolunteer = (parameter: string) => `r.volunteer_id = any((
    select string_to_array(concat_ws(' ', n.member_id, n.merged_from), ' ') from timebank.members q
    join timebank.members n on n.ledger_id = $1 and n.member_id = coalesce(q.merged_into, q.member_id)
    where q.ledger_id = $1 and q.member_id = ${parameter}::text)::text[])`;
const columns = `${textColumns(serviceRecordRows, 'r')}, (e.recorded_at at time zone l.zone)::date::text as recorded_on,
  (select json_agg(json_build_object('code', d.code, 'amount', d.amount::text) order by d.code)
   from timebank.service_differences d
   where d.ledger_id = $1 and d.service_record_id = r.service_record_id) as differences,
  (select json_agg(json_build_object('entry', c.entry::text, 'coins', c.coins::text, 'to_pool', c.to_pool::text,
      'cap_day', c.cap_day::text, 'cap_week', c.cap_week::text, 'rounding_carry', c.rounding_carry::text,
      'others', c.others, 'rule_set', c.rule_set, 'recomputation', c.recomputation_id) order by c.entry)
   from timebank.service_recomputations c
   where c.ledger_id = $1 and c.service_record_id = r.service_record_id) as recomputations,
  (select json_build_object('by', c.corrected_by, 'on', c.reversed_on::text)
   from timebank.service_corrections c
   where c.ledger_id = $1 and c.service_record_id = r.service_record_id and c.status = 'carried_out') as correction`;

export interface ServiceRecordFilter {
  /** Whose volunteers are seen. */
  readonly reach: Reach;
  readonly volunteer: string | null;
  /** First and last day of service, inclusive; null: without bound. */
  readonly from: string | null;
  readonly to: string | null;
}

/** Service records by id, from after an id on. */
export async function listServiceRecords(
  sql: Pool,
  ledgerId: number,
  page: ServiceRecordFilter & { after: string; limit: number },
): Promise<ServiceRecordView[]> {
  const parameters: (string | number | null)[] = [ledgerId, page.after, page.limit, page.reach];
  // A condition that is not asked for is left out, so that the others can use their index.
  const conditions = (
    [
      [isVolunteer, page.volunteer],
      [(parameter: string) => `r.served_on >= ${parameter}::text::date`, page.from],
      [(parameter: string) => `r.served_on <= ${parameter}::text::date`, page.to],
    ] as const
  ).flatMap(([condition, value]) => (value === null ? [] : [`and ${condition(`$${parameters.push(value)}`)}`]));
  const rows = await sql.unsafe(
    `select ${columns} from ${source}
     where r.ledger_id = $1 and r.service_record_id > $2 and ${memberWithinSql('m', '$4')} ${conditions.join(' ')}
     order by r.service_record_id limit $3`,
    parameters,
    { prepare: true },
  );
  return rows.map(viewOf);
}

/** Refuses: `service_record_not_found`, also when the volunteer is out of reach or not the one asked for. */
export async function readServiceRecord(
  sql: Pool,
  ledgerId: number,
  id: string,
  seen: Pick<ServiceRecordFilter, 'reach' | 'volunteer'>,
): Promise<ServiceRecordView> {
  const [row] = await sql.unsafe(
    `select ${columns} from ${source}
     where r.ledger_id = $1 and r.service_record_id = $2 and ${memberWithinSql('m', '$3')}
       and ($4::text is null or ${isVolunteer('$4')})`,
    [ledgerId, id, seen.reach, seen.volunteer],
    { prepare: true },
  );
  if (!row)
    throw new Refusal('service_record_not_found', {
      en: `there is no service record ${id}`,
      zh: `没有志愿服务记录 ${id}`,
    });
  return viewOf(row);
}

interface Recomputation {
  readonly entry: string;
  readonly rule_set: string | null;
  readonly recomputation: string | null;
  readonly coins: bigint;
  readonly to_pool: bigint;
  readonly differences: readonly ServiceDifference[];
}

/** What became of a record after it was decided. */
interface Since {
  readonly recomputations: readonly Recomputation[];
  readonly corrected_by: string | null;
  readonly reversed_on: string | null;
}

const nothingSince: Since = { recomputations: [], corrected_by: null, reversed_on: null };

function viewOf(row: Record<string, unknown>): ServiceRecordView {
  const { differences, recomputations, correction, recorded_on: recordedOn, ...text } = row;
  const record = serviceRecordRows.decode(text as Record<string, string | null>);
  const parts = (differences as { code: string; amount: string }[] | null) ?? [];
  const { by = null, on = null } = (correction as { by: string | null; on: string } | null) ?? {};
  return viewServiceRecord(
    record,
    parts.map(({ code, amount }) => ({ code, amount: BigInt(amount) })),
    { entry: Number(record.entry), recordedOn: recordedOn as string },
    {
      recomputations: ((recomputations as Record<string, string | null>[] | null) ?? []).map(recomputationOf),
      corrected_by: by,
      reversed_on: on,
    },
  );
}

function recomputationOf({
  entry = '',
  coins = '0',
  to_pool = '0',
  others,
  rule_set: ruleSet,
  recomputation,
  ...changed
}: Record<string, string | null>): Recomputation {
  const toPool = BigInt(to_pool ?? '0');
  const differences = Object.entries(changed).map(([code, amount]) => ({ code, amount: BigInt(amount ?? '0') }));
  return {
    entry: entry ?? '',
    rule_set: ruleSet ?? null,
    recomputation: recomputation ?? null,
    coins: BigInt(coins ?? '0'),
    to_pool: toPool,
    differences: summed([...differences, ...readOthers(others ?? null), { code: 'holding_cap', amount: toPool }]),
  };
}

/** Other differences as the row of a recomputation holds them: `code amount` with commas between. */
function readOthers(others: string | null): ServiceDifference[] {
  if (others === null) return [];
  return others.split(',').map((one) => {
    const [code = '', amount = '0'] = one.split(' ');
    return { code, amount: BigInt(amount) };
  });
}

/** Differences by their codes, those that came to nothing left out. */
function summed(differences: readonly ServiceDifference[]): ServiceDifference[] {
  const sums = new Map<string, bigint>();
  for (const { code, amount } of differences) sums.set(code, (sums.get(code) ?? 0n) + amount);
  return [...sums]
    .filter(([, amount]) => amount !== 0n)
    .map(([code, amount]) => ({ code, amount }))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
}

/**
 * A service record as the interface shows it, with coins and differences as they stand now: with the number of the entry that recorded it,
 * and the day on which it did.
 */
export function viewServiceRecord(
  record: ServiceRecord,
  differences: readonly ServiceDifference[],
  { entry, recordedOn }: { readonly entry: number; readonly recordedOn: string },
  { recomputations, corrected_by, reversed_on }: Since = nothingSince,
) {
  const now = (column: 'coins' | 'to_pool') => recomputations.reduce((sum, one) => sum + one[column], record[column]);
  return {
    id: record.service_record_id,
    volunteer: record.volunteer_id,
    recipient: record.recipient_id,
    service_type: record.service_type,
    planned_start: record.planned_start,
    planned_end: record.planned_end,
    check_in: record.check_in,
    check_out: record.check_out,
    served_on: record.served_on,
    effective_on: record.effective_on,
    delay_days: daysIn(record.served_on, recordedOn) - 1,
    proof_grade: record.proof_grade as ProofGrade,
    recorded_by: record.recorded_by,
    approved_by: record.approved_by,
    rule_set: record.rule_set,
    hours: formatAmount(record.hours, 2),
    order: record.order_id,
    funding: record.funding as Exclude<OrderFunding, 'mint'> | null,
    coins: formatAmount(now('coins'), 2),
    to_pool: formatAmount(now('to_pool'), 2),
    differences: viewDifferences(summed([...differences, ...recomputations.flatMap((one) => one.differences)])),
    corrects: record.corrects,
    corrected_by,
    reversed_on,
    recomputations: recomputations.map((one) => ({
      entry: one.entry,
      rule_set: one.rule_set,
      recomputation: one.recomputation,
      coins: formatAmount(one.coins, 2),
      to_pool: formatAmount(one.to_pool, 2),
      differences: viewDifferences(one.differences),
    })),
    entry: String(entry),
  };
}

function viewDifferences(differences: readonly ServiceDifference[]) {
  return differences.map(({ code, amount }) => ({ code, amount: formatAmount(amount, 2) }));
}

export type ServiceRecordView = ReturnType<typeof viewServiceRecord>;
