/**
 * What has been used of caps of units and of budgets, added up plainly: every record that counts, its day, its type and where its volunteer
 * belonged on that day, which the test knows. Written from the text of the rules; it knows nothing of how the books keep it.
 */
import type { RuleValues } from '../../../../src/timebank/credit/rule-set.js';
import type { Books } from '../../../support/books.js';

type Limits = Pick<RuleValues, 'further_caps' | 'budgets'>;

/** Where the volunteer belonged on a day: the unit and all above it. */
export type Home = (volunteer: string, day: string) => readonly string[];

export interface PlainUse {
  coins: number;
  records: number;
  /** The most that is allowed, in hundredths and in number; null: as much as there is. */
  readonly most: readonly [coins: number | null, records: number | null];
}

/** By `unit XC-01 month 2026-10-01`. */
export async function plainSums({ owner }: Books, { further_caps: caps, budgets }: Limits, home: Home) {
  const records = await owner`
    select r.volunteer_id as volunteer, r.service_type as type, r.served_on::text as day, r.week::text as week,
      (r.coins + r.to_pool + coalesce(sum(c.coins + c.to_pool), 0))::int as coins
    from timebank.service_records r left join timebank.service_recomputations c using (ledger_id, service_record_id)
    where r.funding is null and not exists (select from timeledger.entries v where v.reverses = r.entry)
    group by r.ledger_id, r.service_record_id`;
  const sums = new Map<string, PlainUse>();
  const add = (name: string, most: PlainUse['most'], coins: number) => {
    const sum = sums.get(name) ?? { coins: 0, records: 0, most };
    sums.set(name, { ...sum, coins: sum.coins + coins, records: sum.records + (coins > 0 ? 1 : 0) });
  };
  const hundredths = (text: string | null) => (text === null ? null : Math.round(Number(text) * 100));
  for (const { volunteer, type, day, week, coins } of records as unknown as Row[]) {
    const first = { day, week, month: `${day.slice(0, 7)}-01`, year: `${day.slice(0, 4)}-01-01`, whole: '2000-01-01' };
    for (const cap of caps)
      for (const unit of cap.per === 'unit' ? cap.units : [])
        if (home(volunteer, day).includes(unit))
          add(`unit ${unit} ${cap.within} ${first[cap.within]}`, [hundredths(cap.coins), cap.records], coins);
    for (const budget of budgets)
      if (budget.service_types.includes(type))
        add(
          `programme ${budget.programme} ${budget.within} ${first[budget.within]}`,
          [hundredths(budget.coins), null],
          coins,
        );
  }
  return sums;
}

interface Row {
  readonly volunteer: string;
  readonly type: string;
  readonly day: string;
  readonly week: string;
  readonly coins: number;
}

/** What the books have of them, the unused left out. */
export async function booksSums({ owner }: Books): Promise<Record<string, string>> {
  const rows = await owner`
    select concat_ws(' ', limit_kind, limit_of, within, first_on) as name, coins::text, records
    from timebank.limit_uses where coins > 0 or records > 0`;
  return Object.fromEntries(rows.map(({ name, coins, records }) => [name, `${coins} in ${records}`]));
}
