/** Why hours did not become coins, in words; in English by the codes, as programs read them. */
import type { Words } from '#src/lib/language.js';
import { differenceWords as words } from '#src/timebank/service-words.js';

/** Columns of a reason and of what stands above and below it. */
export const reasonColumns = 26;

export function differenceWords(code: string): Words {
  const zh: Readonly<Record<string, Words>> = words;
  return { en: code, zh: zh[code]?.zh ?? code };
}
