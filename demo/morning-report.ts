/** The morning for people to read: when, who, what, and what came of it. */
import type { Verification } from '#src/ledger/verify/verify.js';
import { type Language, sameIn, type Words } from '#src/lib/language.js';
import type { MorningResult } from './morning.js';
import { heading } from './report.js';

/** A page of text, at most 100 columns wide. */
export function morningText({ day, steps }: MorningResult, { ok, checked }: Verification, language: Language): string {
  const lines: Words[] = [
    ...heading({ en: `One morning, ${day}: from an order to a coin`, zh: `${day} 上午：从点单到时间币` }),
    ...steps.flatMap(({ time, said, details }) => [
      { en: `  ${time}  ${said.en}`, zh: `  ${time}  ${said.zh}` },
      ...details.map(({ en, zh }) => ({ en: `           ${en}`, zh: `           ${zh}` })),
    ]),
    sameIn(''),
    {
      en: `  a ledger of its own, ${checked.entries} entries: ${ok ? 'everything agrees' : 'THEY DIFFER'}`,
      zh: `  使用单独的账本，共 ${checked.entries} 张凭证，核验结果：${ok ? '全部相符' : '有不符之处'}`,
    },
  ];
  return lines.map((line) => line[language]).join('\n');
}
