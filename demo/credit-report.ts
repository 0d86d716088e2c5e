/** What became of what was earned, for people to read: on which day, who, what. */
import type { Verification } from '#src/ledger/verify/verify.js';
import { type Language, sameIn, type Words } from '#src/lib/language.js';
import type { CreditStep } from './credit.js';
import { heading } from './report.js';

/** A page of text, at most 100 columns wide. */
export function creditText(steps: readonly CreditStep[], { ok, checked }: Verification, language: Language): string {
  const lines: Words[] = [
    ...heading({ en: 'Years of points: earned, given, expired', zh: '积分的来龙去脉：获得、转赠、到期' }),
    ...steps.flatMap(({ day, said, details }) => [
      { en: `  ${day}  ${said.en}`, zh: `  ${day}  ${said.zh}` },
      ...details.map(({ en, zh }) => ({ en: `                ${en}`, zh: `                ${zh}` })),
    ]),
    sameIn(''),
    {
      en: `  by a clock that was moved on; ${checked.entries} entries: ${ok ? 'everything agrees' : 'THEY DIFFER'}`,
      zh: `  时钟由演示程序拨快；共 ${checked.entries} 张凭证，核验结果：${ok ? '全部相符' : '有不符之处'}`,
    },
  ];
  return lines.map((line) => line[language]).join('\n');
}
