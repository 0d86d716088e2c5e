/**
 * What must hold of items that other platforms sent, as SQL for `verify`, where $1 is the ledger: each check selects key, expected and actual, and
 * only where they differ. It compares nothing itself.
 */
import type { Words } from '../../../lib/language.js';

export const intakeChecks: readonly { readonly name: Words; readonly sql: string }[] = [
  {
    name: { en: 'an item has every version before the one that stands', zh: '报送记录的历史版本齐全' },
    sql: `select i.platform_id || '/' || i.external_id as key, (i.version - 1)::text as expected, v.count::text as actual
      from timebank.intake_items i
      cross join lateral (select count(*) from timebank.intake_versions v
        where v.ledger_id = $1 and v.platform_id = i.platform_id and v.external_id = i.external_id and v.version < i.version) v
      where i.ledger_id = $1 and v.count <> i.version - 1`,
  },
  {
    name: { en: 'versions of items that stand no more have an item', zh: '报送记录的历史版本均有现行记录' },
    sql: `select v.platform_id || '/' || v.external_id || '/' || v.version as key, 'one' as expected, 'none' as actual
      from timebank.intake_versions v
      left join timebank.intake_items i on i.ledger_id = $1 and i.platform_id = v.platform_id
        and i.external_id = v.external_id and i.version > v.version
      where v.ledger_id = $1 and i.platform_id is null`,
  },
];

/** Points of the items that stand, by `key`: rows of key and amount. */
export const intakePoints = (key: string) =>
  `select ${key} as key, sum(points) as amount from timebank.intake_items where ledger_id = $1 and points > 0 group by 1`;

/** SQL: the kinds of entry that post them. */
export const intakeEntryKinds = `in ('intake_counted', 'intake_corrected', 'intake_withdrawn')`;
