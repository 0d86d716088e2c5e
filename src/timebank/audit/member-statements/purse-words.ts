/** What purses are called in statements, and how sentences are put together. */
import type { Words } from '../../../lib/language.js';
import { allPurses, assetOfPurse, type Purse } from '../../chart.js';

/** A purse, or all grants of a member together: of two years there are some at once only until the older ones are tidied up. */
export type StatedPurse = Purse | 'grants';
export const statedPurses: readonly StatedPurse[] = [...allPurses, 'grants'];

/** Grants are coins. */
export const assetOfStated = (purse: StatedPurse) => assetOfPurse(purse === 'grants' ? 'coins' : purse);

export const purseWords: Readonly<Record<StatedPurse, Words>> = {
  hours: { zh: '服务时长', en: 'hours' },
  coins: { zh: '时间币', en: 'coins' },
  points: { zh: '积分', en: 'points' },
  grants: { zh: '资助', en: 'grants' },
};

export function joined(parts: readonly Words[], by: Words): Words {
  return { zh: parts.map(({ zh }) => zh).join(by.zh), en: parts.map(({ en }) => en).join(by.en) };
}
