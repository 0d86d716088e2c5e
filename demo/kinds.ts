/** How the kinds of file are called on the screen. */
import type { Words } from '#src/lib/language.js';

const kinds: Readonly<Record<string, Words>> = {
  org_units: { en: 'org units', zh: '组织单元' },
  members: { en: 'members', zh: '成员' },
  opening_points: { en: 'opening points', zh: '期初积分' },
  visits: { en: 'visits', zh: '志愿服务记录' },
};

export function kindWords(kind: string): Words {
  return kinds[kind] ?? { en: kind, zh: kind };
}
