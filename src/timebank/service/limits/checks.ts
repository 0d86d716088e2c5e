/** What must hold of limits that many members share, as SQL for `verify`; see `service/checks.ts`. */
import type { Words } from '../../../lib/language.js';
import { standing } from '../checks.js';

const limit = 'limit_kind, limit_of, within, first_on';
const nameOf = (alias: string) =>
  `concat_ws(' ', ${limit
    .split(', ')
    .map((column) => `${alias}.${column}`)
    .join(', ')})`;

export const limitChecks: readonly { readonly name: Words; readonly sql: string }[] = [
  {
    name: {
      en: 'coins that count under a cap of a unit or a budget = what their records have minted and stand with',
      zh: '组织单元上限与项目预算下计入的时间币 = 有效服务记录所铸造的时间币',
    },
    sql: `select concat_ws(' ', l.service_record_id, ${nameOf('l')}) as key, coalesce((s.coins + s.to_pool)::text, '-') as expected,
        l.coins::text as actual
      from timebank.limit_records l left join (${standing}) s on s.service_record_id = l.service_record_id
      where l.ledger_id = $1 and l.counted and (s.funding is not null or l.coins is distinct from s.coins + s.to_pool)`,
  },
  {
    name: {
      en: 'what is used of a cap of a unit or a budget = the sum over the records that count under it',
      zh: '组织单元上限与项目预算的已用数 = 计入该上限或预算的各条记录之和',
    },
    sql: `select concat_ws(' ', ${limit}) as key, concat_ws(' ', coalesce(l.coins, 0), coalesce(l.records, 0)) as expected,
        concat_ws(' ', coalesce(u.coins, 0), coalesce(u.records, 0)) as actual
      from (select ${limit}, u.coins, u.records from timebank.limit_uses u where u.ledger_id = $1) u
      full join (select ${limit}, sum(r.coins) as coins, count(*) filter (where r.coins > 0) as records
        from timebank.limit_records r where r.ledger_id = $1 and r.counted group by ${limit}) l using (${limit})
      where coalesce(u.coins, 0) <> coalesce(l.coins, 0) or coalesce(u.records, 0) <> coalesce(l.records, 0)`,
  },
];
