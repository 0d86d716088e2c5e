/** What purses are called in statements, and how sentences are put together. */
import type { Words } from '../../../lib/language.js';
import type { Purse } from '../../chart.js';

export const purseWords: Readonly<Record<Purse, Words>> = {
  hours: { zh: '服务时长', en: 'hours' },
  coins: { zh: '时间币', en: 'coins' },
  points: { zh: '积分', en: 'points' },
};

export function joined(parts: readonly Words[], by: Words): Words {
  return { zh: parts.map(({ zh }) => zh).join(by.zh), en: parts.map(({ en }) => en).join(by.en) };
}
