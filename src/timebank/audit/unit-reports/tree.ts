/** The tree of units as it stood on a day, from the units of now and what became of them. */
import type { ISql } from 'postgres';
import type { OrgUnitLevel } from '../../people-words.js';

export interface TreeUnit {
  readonly id: string;
  readonly parent: string | null;
  readonly level: OrgUnitLevel;
  readonly name: string;
}

/** Units with their places and names, each from a day on; the order is that of the entries. */
interface UnitHistory extends TreeUnit {
  readonly changes: readonly (Pick<TreeUnit, 'parent' | 'name'> & { readonly on: string })[];
}

const statement = `
  select u.org_unit_id as id, u.parent_id as parent, u.level, u.name,
    coalesce((select json_agg(json_build_object('on', c.effective_on::text, 'parent', c.parent_id, 'name', c.name) order by c.entry)
      from timebank.org_unit_changes c where c.ledger_id = $1 and c.org_unit_id = u.org_unit_id), '[]') as changes
  from timebank.org_units u where u.ledger_id = $1 order by u.org_unit_id collate "C"`;

export async function readUnits(sql: ISql, ledgerId: number): Promise<UnitHistory[]> {
  return (await sql.unsafe(statement, [ledgerId])) as unknown as UnitHistory[];
}

/** As reports by unit have it: the last change by then or, of a unit that has none by then, the place it has now. */
export function treeOn(units: readonly UnitHistory[], day: string): TreeUnit[] {
  return units.map(({ id, level, changes, ...now }) => {
    const { parent, name } = changes.filter(({ on }) => on <= day).at(-1) ?? now;
    return { id, parent, level, name };
  });
}
