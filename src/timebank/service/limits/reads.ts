/** Limits that many members share, read beside the lane: what of each is used and left in each of its periods. */
import type { ISql } from 'postgres';
import { addDays } from '../../../lib/clock.js';
import { formatAmount } from '../../../lib/decimal.js';
import { noUse } from '../../credit/further-caps.js';
import { type RuleSet, ruleSetName } from '../../credit/rule-set.js';
import { readApprovedSets } from '../../credit/rule-set-reads.js';
import { type LimitKey, nameOfLimit, periodOfLimit, type SharedLimit, sharedLimitsOf } from './keys.js';

export interface LimitPage {
  /** Limits that are in force on one of these days, in each of their periods that has one of them. */
  readonly from: string;
  readonly to: string;
  /** The last key of the page before; '' before the first. */
  readonly after: string;
  readonly limit: number;
}

/** In the order of their keys. */
export async function listLimits(sql: ISql, ledgerId: number, { from, to, after, limit }: LimitPage) {
  const sets = await readApprovedSets(sql, ledgerId);
  const page = sets
    .flatMap((rules, i) => inForce(rules, sets[i + 1], { from, to }))
    .filter(({ key }) => key > after)
    .sort((one, other) => (one.key < other.key ? -1 : 1))
    .slice(0, limit);
  const uses = await readUses(sql, ledgerId, page);
  return page.map((one) => view(one, uses.get(nameOfLimit(one)) ?? noUse));
}

interface LimitInForce extends SharedLimit, LimitKey {
  readonly key: string;
  readonly last_on: string;
  readonly rules: RuleSet;
}

/** The limits of a set with their periods, on those of the days on which it is in force: until the next one begins. */
function inForce(rules: RuleSet, next: RuleSet | undefined, days: { from: string; to: string }): LimitInForce[] {
  const from = rules.effective_from > days.from ? rules.effective_from : days.from;
  const end = next === undefined ? days.to : addDays(next.effective_from, -1);
  const to = end < days.to ? end : days.to;
  return sharedLimitsOf(rules).flatMap((limit) => {
    const periods: LimitInForce[] = [];
    for (let day = from; day <= to; ) {
      const { first, last } = periodOfLimit(limit.within, day);
      const key = `${nameOfLimit({ ...limit, first_on: first })} ${ruleSetName(rules)}`;
      periods.push({ ...limit, first_on: first, last_on: last, rules, key });
      if (last >= to) break;
      day = addDays(last, 1);
    }
    return periods;
  });
}

async function readUses(sql: ISql, ledgerId: number, limits: readonly LimitKey[]) {
  const column = (name: keyof LimitKey) => `{${limits.map((limit) => limit[name]).join(',')}}`;
  const rows = await sql.unsafe(
    `select concat_ws(' ', u.limit_kind, u.limit_of, u.within, u.first_on) as name, u.coins::text as coins, u.records
     from unnest($2::text::text[], $3::text::text[], $4::text::text[], $5::text::date[]) as k(limit_kind, limit_of, within, first_on)
     join timebank.limit_uses u on u.ledger_id = $1 and u.limit_kind = k.limit_kind and u.limit_of = k.limit_of
       and u.within = k.within and u.first_on = k.first_on`,
    [ledgerId, column('limit_kind'), column('limit_of'), column('within'), column('first_on')],
    { prepare: true },
  );
  return new Map(rows.map(({ name, coins, records }) => [name, { coins: BigInt(coins), records: Number(records) }]));
}

function view(limit: LimitInForce, used: { readonly coins: bigint; readonly records: number }) {
  const { key, limit_kind: kind, limit_of: of, within, first_on, last_on, coins, records, rules } = limit;
  const programme = kind === 'programme' ? rules.budgets.find((one) => one.programme === of) : undefined;
  const left = coins === null ? null : coins - used.coins;
  return {
    key,
    kind,
    org_unit: kind === 'unit' ? of : null,
    programme: kind === 'programme' ? of : null,
    name_zh: programme?.name_zh ?? null,
    name_en: programme?.name_en ?? null,
    service_types: programme === undefined ? null : [...programme.service_types],
    within,
    first_on: within === 'whole' ? null : first_on,
    last_on: within === 'whole' ? null : last_on,
    rule_set: ruleSetName(rules),
    coins: coins === null ? null : formatAmount(coins, 2),
    coins_used: formatAmount(used.coins, 2),
    // A later set may allow less than was used before it.
    coins_left: left === null ? null : formatAmount(left > 0n ? left : 0n, 2),
    records,
    records_used: used.records,
    records_left: records === null ? null : Math.max(0, records - used.records),
  };
}
