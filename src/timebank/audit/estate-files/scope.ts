/**
 * What an estate file is about: a unit with those below it, the days of its period, and the entry up to which the books count. Units are as
 * they were known at that entry, whatever has been written since.
 */
import type { ISql } from 'postgres';
import { instantColumn } from '../../../db/instants.js';
import type { LedgerFacts } from '../../../ledger/state.js';
import { periodBounds, periodsOf } from '../../../lib/clock.js';
import { Refusal } from '../../../lib/refusal.js';
import { orgUnitNotFound } from '../../people/org-units.js';
import { type Reach, withinSql } from '../../people/reach.js';
import type { OrgUnitLevel } from '../../people-words.js';
import type { TreeUnit } from '../unit-reports/tree.js';

export interface EstateFileAsked {
  readonly unit: string;
  /** `2026-10`, `2026-Q3` or `2026`. */
  readonly period: string;
  /** The last entry that counts. */
  readonly watermark: number;
}

export interface EstateScope extends Pick<EstateFileAsked, 'period'> {
  readonly ledgerId: number;
  readonly ledger: string;
  readonly zone: string;
  readonly watermark: string;
  /** When the last entry that counts was recorded. */
  readonly recordedAt: string;
  readonly months: readonly string[];
  readonly first: string;
  readonly last: string;
  readonly unit: TreeUnit;
  /** The ids of the unit and of all below it. */
  readonly units: readonly string[];
}

/** Above these a file would be of half a county. */
const levels: readonly OrgUnitLevel[] = ['community', 'village', 'estate', 'stairwell'];

/** Refuses: `request_invalid` (the unit is above a community). */
export function requireEstateLevel({ level }: { readonly level: OrgUnitLevel }): void {
  if (levels.includes(level)) return;
  throw new Refusal(
    'request_invalid',
    { en: 'An estate file is of a community or a unit below it.', zh: '小区档案以社区（村）及以下单元为范围。' },
    { errors: [{ pointer: '/unit', detail: { en: 'is above a community', zh: '级别高于社区（村）' } }] },
  );
}

/** Whether all units of a file are within reach as the tree is now. Refuses: as `readScope`. */
export async function isScopeWithin(
  sql: ISql,
  ledger: LedgerFacts,
  asked: EstateFileAsked,
  reach: Reach,
): Promise<boolean> {
  if (reach === null) return true;
  const { units } = await readScope(sql, ledger, asked);
  const [row] = await sql.unsafe(
    `select count(*)::int as count from timebank.org_units u
     where u.ledger_id = $1 and u.org_unit_id = any($2::text::text[]) and ${withinSql('u.org_unit_id', '$3')}`,
    [ledger.id, `{${units.join(',')}}`, reach],
  );
  return row?.['count'] === units.length;
}

/** Refuses: `org_unit_not_found` (there was none at that entry). */
export async function readScope(
  sql: ISql,
  { id: ledgerId, code, zone }: LedgerFacts,
  { unit: id, period, watermark }: EstateFileAsked,
): Promise<EstateScope> {
  const months = periodsOf(period);
  const first = periodBounds(months[0] as string).first;
  const last = periodBounds(months.at(-1) as string).last;
  const tree = await readTreeAt(sql, ledgerId, String(watermark), last);
  const unit = tree.find((one) => one.id === id);
  if (!unit) throw orgUnitNotFound(id);
  const recordedAt = await readRecordedAt(sql, ledgerId, watermark);
  return {
    ...{ ledgerId, ledger: code, zone, watermark: String(watermark), recordedAt },
    ...{ period, months, first, last, unit, units: withBelow(tree, id) },
  };
}

/**
 * The tree of the last day as it was known at an entry. A unit that an earlier version registered has no row that says so, and stands where it
 * stands now until its first change (0039).
 */
const treeAt = `
  select u.org_unit_id as id, case when c.entry is null then u.parent_id else c.parent_id end as parent, u.level, coalesce(c.name, u.name) as name
  from timebank.org_units u
  left join lateral (select o.entry, o.parent_id, o.name from timebank.org_unit_changes o
    where o.ledger_id = $1 and o.org_unit_id = u.org_unit_id and o.entry <= $2::text::bigint
    order by o.effective_on <= $3::text::date desc, o.entry desc limit 1) c on true
  where u.ledger_id = $1 and (c.entry is not null or not exists (select from timebank.org_unit_changes r
    where r.ledger_id = $1 and r.org_unit_id = u.org_unit_id and r.kind = 'registered'))
  order by u.org_unit_id collate "C"`;

async function readTreeAt(sql: ISql, ledgerId: number, watermark: string, day: string): Promise<TreeUnit[]> {
  return (await sql.unsafe(treeAt, [ledgerId, watermark, day])) as unknown as TreeUnit[];
}

/** The id of a unit, and those of all below it. */
function withBelow(tree: readonly TreeUnit[], id: string): string[] {
  const below = tree.filter(({ parent }) => parent === id).flatMap((one) => withBelow(tree, one.id));
  return [id, ...below];
}

async function readRecordedAt(sql: ISql, ledgerId: number, watermark: number): Promise<string> {
  const [row] = await sql.unsafe(
    `select ${instantColumn('e.recorded_at')} as at from timeledger.entries e where e.ledger_id = $1 and e.number = $2::text::bigint`,
    [ledgerId, String(watermark)],
  );
  if (!row) throw new Error(`there is no entry ${watermark}`);
  return row['at'] as string;
}
