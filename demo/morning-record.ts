/** What a service record of the morning comes to, for people to read. */
import { padEndColumns } from '#src/lib/columns.js';
import type { Words } from '#src/lib/language.js';
import { differenceWords, reasonColumns } from './differences.js';

export interface RecordAnswer {
  readonly hours: string;
  readonly coins: string;
  readonly proof_grade: string;
  readonly differences: readonly { readonly code: string; readonly amount: string }[];
  readonly entry: string;
}

/** What a volunteer has of the service, and where each step of it stands. */
export function earnedLines(name: Words, record: RecordAnswer, steps: number): Words[] {
  const { hours, coins, proof_grade: grade, differences, entry } = record;
  const line = (label: Words, amount: string) => ({
    en: `${label.en.padEnd(reasonColumns)}${amount.padStart(6)}`,
    zh: `${padEndColumns(label.zh, reasonColumns)}${amount.padStart(6)}`,
  });
  return [
    line({ en: 'hours given', zh: '服务时长（小时）' }, hours),
    ...differences.map(({ code, amount }) => {
      const { en, zh } = differenceWords(code);
      return line({ en: `  ${en}`, zh: `  ${zh}` }, `-${amount}`);
    }),
    line({ en: 'coins received', zh: '获得时间币' }, coins),
    {
      en: `${name.en}: proof of grade ${grade}, entry ${entry}; each of the order's ${steps} steps is an entry that can be proven`,
      zh: `${name.zh}：凭证等级 ${grade}，第 ${entry} 号凭证；该点单的 ${steps} 个步骤均有凭证，可逐一证实`,
    },
  ];
}
