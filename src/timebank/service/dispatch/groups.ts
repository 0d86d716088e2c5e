/** From a line for each talent of each registry to groups of members who have the same facts in common. Pure. */
import { orgUnitLevels } from '../../people-words.js';
import type { Group } from './shortlist.js';

type Common = Omit<Group, 'members'>;

/** Groups the lines `M1 community - 1 0 -`, with commas between; of a member with several lines, the best of each counts. */
export function groupTalents(lines: string): Group[] {
  const facts = new Map<string, string>();
  for (const line of lines === '' ? [] : lines.split(',')) {
    const end = line.indexOf(' ');
    const member = line.slice(0, end);
    const one = line.slice(end + 1);
    const other = facts.get(member);
    facts.set(member, other === undefined || other === one ? one : `${one} ${other}`);
  }
  const groups = new Map<string, string[]>();
  for (const [member, common] of facts) {
    const members = groups.get(common);
    if (members) members.push(member);
    else groups.set(common, [member]);
  }
  return [...groups].map(([common, members]) => ({ ...commonOf(common), members }));
}

/** For each line five words: the level shared with one home and with the other, specialty, category, and what excludes a member. */
function commonOf(text: string): Common {
  const words = text.split(' ');
  const isSo = (place: number) => words.some((word, i) => i % 5 === place && word === '1');
  const nearest = orgUnitLevels.findLast((level) => words.includes(level)) ?? null;
  // What excludes a member does so in every registry.
  const excluded = words[4];
  return {
    nearest,
    specialty: isSo(2),
    category: isSo(3),
    excluded: excluded === 'suspended' || excluded === 'unqualified' ? excluded : null,
  };
}
