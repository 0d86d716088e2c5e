/**
 * What the lines of a statement are about: the rows behind their entries, of all lines at once. Of a service record it is what the entry
 * recorded; what became of it later is told by lines of its own.
 */
import type { Pool } from '../../../db/connect.js';
import type { Leaf } from '../../../ledger/leaf.js';
import type { DifferenceCode } from '../../service-words.js';

/** Amounts in hundredths. */
export interface ServiceFact {
  readonly id: string;
  readonly type: string;
  readonly servedOn: string;
  /** Null: minted. */
  readonly funding: string | null;
  readonly hours: bigint;
  readonly coins: bigint;
  readonly differences: readonly { readonly code: DifferenceCode; readonly amount: bigint }[];
}

/** `ruleSet`: by which a recomputation judged the record anew; null: another record was corrected or judged anew. */
export interface RecomputedFact extends Pick<ServiceFact, 'id' | 'type' | 'servedOn'> {
  readonly ruleSet: string | null;
}

export interface Facts {
  /** Services that the person gave, by the entry that recorded them. */
  readonly services: ReadonlyMap<string, ServiceFact>;
  /** What was recomputed of the person's services, by the entry that did. */
  readonly recomputed: ReadonlyMap<string, RecomputedFact>;
  /** Types of service, by order. */
  readonly orders: ReadonlyMap<string, string>;
  /** Names, by partner. */
  readonly partners: ReadonlyMap<string, string>;
  /** Kinds of entries that were taken back, by number. */
  readonly kinds: ReadonlyMap<string, string>;
}

const statement = `
  with asked as (select jsonb_array_elements_text($2::text::jsonb)::bigint as entry),
    ids as (select jsonb_array_elements_text($3::text::jsonb) as id)
  select
    (select json_agg(json_build_object('entry', r.entry::text, 'id', r.service_record_id, 'type', r.service_type,
        'servedOn', r.served_on::text, 'funding', r.funding, 'hours', r.hours::text, 'coins', r.coins::text,
        'differences', (select json_agg(json_build_object('code', d.code, 'amount', d.amount::text) order by d.code)
          from timebank.service_differences d
          where d.ledger_id = $1 and d.service_record_id = r.service_record_id)))
      from ids cross join lateral (select * from timebank.service_records s where s.ledger_id = $1 and s.volunteer_id = ids.id) r
      where r.entry in (select entry from asked)) as services,
    (select json_agg(json_build_object('entry', c.entry::text, 'id', r.service_record_id, 'type', r.service_type,
        'servedOn', r.served_on::text, 'ruleSet', case when c.recomputation_id is not null then c.rule_set end))
      from ids cross join lateral (
        select * from timebank.service_recomputations s where s.ledger_id = $1 and s.volunteer_id = ids.id) c
      join timebank.service_records r on r.ledger_id = $1 and r.service_record_id = c.service_record_id
      where c.entry in (select entry from asked)) as recomputed,
    (select json_agg(json_build_object('id', o.order_id, 'type', o.service_type))
      from jsonb_array_elements_text($4::text::jsonb) k(id)
      join timebank.orders o on o.ledger_id = $1 and o.order_id = k.id) as orders,
    (select json_agg(json_build_object('id', p.partner_id, 'name', p.name))
      from jsonb_array_elements_text($5::text::jsonb) k(id)
      join timebank.partners p on p.ledger_id = $1 and p.partner_id = k.id) as partners,
    (select json_agg(json_build_object('entry', e.number::text, 'kind', e.kind))
      from asked join timeledger.entries e on e.ledger_id = $1 and e.number = asked.entry) as kinds`;

/** The facts behind entries of a person, who is or was known by `ids`; of entries that took others back, behind those too. */
export async function readFacts(
  sql: Pool,
  ledgerId: number,
  ids: readonly string[],
  leaves: readonly Leaf[],
): Promise<Facts> {
  const numbers = leaves.flatMap(({ number, reverses }) => (reverses === undefined ? [number] : [number, reverses]));
  const [row] = await sql.unsafe(
    statement,
    [
      ledgerId,
      JSON.stringify(numbers),
      JSON.stringify(ids),
      JSON.stringify(unique(leaves.flatMap((leaf) => orderOf(leaf) ?? []))),
      JSON.stringify(unique(leaves.flatMap((leaf) => partnerOf(leaf) ?? []))),
    ],
    { prepare: true },
  );
  const found = (name: string) => (row?.[name] as Record<string, string>[] | null) ?? [];
  const by = <Value>(name: string, key: string, value: (one: Record<string, string>) => Value) =>
    new Map(found(name).map((one) => [one[key] as string, value(one)]));
  return {
    services: by('services', 'entry', serviceOf),
    recomputed: by('recomputed', 'entry', (one) => one as unknown as RecomputedFact),
    orders: by('orders', 'id', ({ type = '' }) => type),
    partners: by('partners', 'id', ({ name = '' }) => name),
    kinds: by('kinds', 'entry', ({ kind = '' }) => kind),
  };
}

function serviceOf(row: Record<string, unknown>): ServiceFact {
  const differences = (row['differences'] as { code: DifferenceCode; amount: string }[] | null) ?? [];
  return {
    ...(row as unknown as ServiceFact),
    hours: BigInt(row['hours'] as string),
    coins: BigInt(row['coins'] as string),
    differences: differences.map(({ code, amount }) => ({ code, amount: BigInt(amount) })),
  };
}

/** The order that an entry belongs to, if it belongs to one. */
export function orderOf({ rows = [] }: Leaf): string | null {
  const row = rows.find(({ table }) => table === 'orders' || table === 'order_people');
  return row?.key?.split('/')[0] ?? null;
}

/** The partner whose account an entry moved, if it moved one. */
export function partnerOf({ legs = [] }: Leaf): string | null {
  for (const { debit, credit } of legs)
    for (const code of [debit, credit]) {
      const [, partner] = /^(?:held:redemptions|partner):([^:]+)/.exec(code) ?? [];
      if (partner !== undefined) return partner;
    }
  return null;
}

const unique = (values: readonly string[]) => [...new Set(values)];
