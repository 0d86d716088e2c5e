/**
 * Who belonged to the units of an estate file, and on which days: a stay is a time without a break. Worked out from the changes of members that
 * were known at its entry, so that a transfer or a merge that was written later changes nothing.
 */
import type { ISql } from 'postgres';
import { addDays } from '../../../lib/clock.js';
import type { MemberState } from '../../people-words.js';
import type { EstateScope } from './scope.js';

export interface Stay {
  readonly member: string;
  /** Masked; empty: it is not known any more. */
  readonly name: string;
  /** Where the member belonged on the last day. */
  readonly unit: string;
  /** Days, both ends included, within the period. */
  readonly first: string;
  readonly last: string;
  /** At the end of the period. */
  readonly state: MemberState;
  /** Who the member had become by the entry. */
  readonly merged_into: string | null;
}

/** A change of a member, with what was before it: see 0039. */
interface PastChange {
  readonly entry: number;
  readonly on: string;
  readonly unit: string;
  readonly state: MemberState;
  readonly was_unit: string;
  readonly was_state: MemberState;
}

export interface MemberPast {
  readonly id: string;
  readonly name: string | null;
  /** As they are now. */
  readonly unit: string;
  readonly state: MemberState;
  readonly merged_into: string | null;
  /** In the order of entries, later ones too: the first says what was before it. */
  readonly changes: readonly PastChange[];
}

/**
 * Members who were ever changed to or from the units, or are there now. Whoever was registered after the entry was nobody then; only rows that an
 * entry has touched since can be theirs.
 */
const pasts = `
  with since as materialized (
    select r ->> 'key' as member_id from timeledger.entries e cross join lateral jsonb_array_elements(e.leaf::jsonb -> 'rows') r
    where e.ledger_id = $1 and e.number > $2::text::bigint and e.kind = 'member_registered' and r ->> 'table' = 'members')
  select m.member_id as id, m.org_unit_id as unit, m.state,
    case when f.replaced_by is null then p.name else f.name end as name,
    (select g.into_id from timebank.member_merges g where g.ledger_id = $1 and g.member_id = m.member_id and g.status = 'merged'
       and g.entry <= $2::text::bigint) as merged_into,
    coalesce((select json_agg(json_build_object('entry', c.entry, 'on', c.effective_on, 'unit', c.org_unit_id, 'state', c.state,
        'was_unit', c.was_org_unit_id, 'was_state', c.was_state) order by c.entry)
      from timebank.member_changes c where c.ledger_id = $1 and c.member_id = m.member_id and c.kind <> 'card_replaced'), '[]') as changes
  from timebank.members m
  join timebank.persons p on p.ledger_id = $1 and p.member_id = m.member_id
  left join lateral (select o.name, o.replaced_by from timebank.former_names o
    where o.ledger_id = $1 and o.member_id = m.member_id and o.replaced_by > $2::text::bigint order by o.replaced_by limit 1) f on true
  where m.ledger_id = $1
    and m.member_id in (
      select l.member_id from timebank.members l where l.ledger_id = $1 and l.org_unit_id = any($3::text::text[])
      union
      select c.member_id from timebank.member_changes c where c.ledger_id = $1
        and (c.org_unit_id = any($3::text::text[]) or c.was_org_unit_id = any($3::text::text[])))
    and (m.entry <= $2::text::bigint or not exists (select from since s where s.member_id = m.member_id))
  order by m.member_id collate "C"`;

/** By member and day. */
export async function readStays(sql: ISql, scope: EstateScope): Promise<Stay[]> {
  const { ledgerId, watermark, units } = scope;
  const rows = await sql.unsafe(pasts, [ledgerId, watermark, `{${units.join(',')}}`]);
  return (rows as unknown as MemberPast[]).flatMap((past) => staysOf(past, scope));
}

type Days = Pick<EstateScope, 'first' | 'last' | 'units' | 'watermark'>;

/** The stays of a member in the units, from the changes that were known. */
export function staysOf(past: MemberPast, { first, last, units, watermark }: Days): Stay[] {
  const { id: member, changes, merged_into } = past;
  const known = changes.filter(({ entry, on }) => entry <= Number(watermark) && on <= last);
  const { was_unit: unitBefore = past.unit, was_state: stateBefore = past.state } = changes[0] ?? {};
  const state = known.at(-1)?.state ?? stateBefore;
  const stays: Stay[] = [];
  const turns = [
    { on: first, unit: unitBefore },
    ...known.map(({ on, unit }) => ({ on: on < first ? first : on, unit })),
  ];
  for (const [at, { on, unit }] of turns.entries()) {
    const next = turns[at + 1]?.on;
    // Of several changes on a day the last one counts.
    if (next === on || !units.includes(unit)) continue;
    const until = next === undefined ? last : dayBefore(next);
    const before = stays.at(-1);
    const goesOn = before !== undefined && dayBefore(on) === before.last;
    if (goesOn) stays.pop();
    const name = maskedName(past.name);
    stays.push({ member, name, unit, first: goesOn ? before.first : on, last: until, state, merged_into });
  }
  return stays;
}

/** `何**`: the first character is enough to talk about somebody whose id is known. */
function maskedName(name: string | null): string {
  const [head = '', ...rest] = name ?? '';
  return rest.length > 0 ? `${head}**` : head && '*';
}

const dayBefore = (day: string) => addDays(day, -1);

/** Stays as parameters of a statement: members, first and last days. Ids are plain, and need no quotes. */
export function stayArrays(stays: readonly Stay[]): [members: string, firsts: string, lasts: string] {
  const listed = (of: (stay: Stay) => string) => `{${stays.map(of).join(',')}}`;
  return [listed(({ member }) => member), listed(({ first }) => first), listed(({ last }) => last)];
}
