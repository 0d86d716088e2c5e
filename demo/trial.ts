/** What if the county let a week mint more: a draft of its rules, tried on the month that has just passed. Nothing in the books changes. */
import { latestDate } from '#src/lib/clock.js';
import { padEndColumns, padStartColumns } from '#src/lib/columns.js';
import type { Words } from '#src/lib/language.js';
import type { Client } from './client.js';
import { differenceWords, reasonColumns } from './differences.js';

interface Sides {
  readonly standing: string;
  readonly draft: string;
  readonly difference: string;
}

export interface TrialResult {
  readonly rule_set: string;
  readonly members: number;
  readonly members_gaining: number;
  readonly members_losing: number;
  readonly totals: {
    readonly records: number;
    readonly changed: number;
    readonly coins: Sides;
    readonly to_pool: Sides;
  };
  readonly by_reason: readonly (Sides & { readonly code: string })[];
}

/** What a week could mint. */
const tried = '8.00';

/** A draft that nobody approves: its first day is as far as the calendar of the books goes. */
export async function tryRules(
  operator: Client,
  { first: from, last: to }: { readonly first: string; readonly last: string },
): Promise<TrialResult> {
  const draft = {
    rule_set: 'xinchang-pilot',
    effective_from: latestDate,
    document: 'DEMO-1',
    values: { cap_week: tried },
  };
  const { id } = await operator.must<{ id: string }>('/v1/rule-sets', draft);
  return operator.must<TrialResult>(`/v1/rule-sets/${id}/dry-run`, { from, to });
}

export function trialTable({ rule_set: ruleSet, totals, by_reason, ...members }: TrialResult): Words[] {
  const row = ({ en, zh }: Words, { standing, draft, difference }: Sides) => {
    const figures = [standing, draft, difference].map((one) => one.padStart(12)).join('');
    return { en: `  ${en.padEnd(reasonColumns)}${figures}`, zh: `  ${padEndColumns(zh, reasonColumns)}${figures}` };
  };
  const head = (words: readonly string[]) => words.map((one) => padStartColumns(one, 12)).join('');
  const moved = by_reason.filter(({ difference }) => difference !== '0.00');
  return [
    {
      en: `  ${ruleSet} would let a week mint ${tried} coins; the books stay as they are`,
      zh: `  ${ruleSet} 拟将每周铸币上限调为 ${tried}；仅为试算，账簿不变`,
    },
    {
      en: `  ${''.padEnd(reasonColumns)}${head(['as it is', 'as tried', 'difference'])}`,
      zh: `  ${' '.repeat(reasonColumns)}${head(['现行', '试算', '差额'])}`,
    },
    row({ en: 'coins received', zh: '获得时间币' }, totals.coins),
    ...(totals.to_pool.difference === '0.00' ? [] : [row({ en: 'to the pool', zh: '转入公共账户' }, totals.to_pool)]),
    ...moved.map(({ code, ...sides }) => {
      const { en, zh } = differenceWords(code);
      return row({ en: `  ${en}`, zh: `  ${zh}` }, sides);
    }),
    {
      en: `  ${totals.changed} of ${totals.records} records change; ${members.members_gaining} of ${members.members} members gain, ${members.members_losing} lose`,
      zh: `  ${totals.records} 条记录中 ${totals.changed} 条有变化；${members.members} 名成员中 ${members.members_gaining} 人增加，${members.members_losing} 人减少`,
    },
  ];
}
