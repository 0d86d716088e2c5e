/** From a line for each talent of each registry to groups of members who have the same facts in common. Pure. */
import { orgUnitLevels } from '../../people-words.js';
import type { Group, Hours } from './portions.js';

type Common = Omit<Group, 'members'>;

/**
 * Groups the lines `M1,M2 community 1 0 1 2 09:00-10:00`: members, the level shared with a home, specialty, category, qualified, and hours
 * of the week as they stand in a row, if any. Of a member in several lines, for another home or registry, the best of each counts, and all
 * hours.
 */
export function groupTalents(lines: string, hoursOf: (availability: string) => Hours): Group[] {
  const said = new Map<string, string>();
  for (const line of lines === '' ? [] : lines.split('\n')) {
    const end = line.indexOf(' ');
    const facts = line.slice(end + 1);
    for (const member of line.slice(0, end).split(',')) {
      const other = said.get(member);
      said.set(member, other === undefined ? facts : `${other}\n${facts}`);
    }
  }
  const byFacts = new Map<string, string[]>();
  for (const [member, facts] of said) {
    const members = byFacts.get(facts);
    if (members) members.push(member);
    else byFacts.set(facts, [member]);
  }
  const groups = new Map<string, Common & { readonly members: string[] }>();
  for (const [facts, members] of byFacts) {
    const common = commonOf(facts.split('\n'), hoursOf);
    const name = Object.values(common).join(' ');
    const group = groups.get(name);
    if (group) group.members.push(...members);
    else groups.set(name, { ...common, members });
  }
  return [...groups.values()];
}

function commonOf(lines: readonly string[], hoursOf: (availability: string) => Hours): Common {
  const words = lines.map((line) => line.split(' '));
  const levels = words.map(([level]) => level);
  const isSo = (place: number) => words.some((one) => one[place] === '1');
  const hours = words.map((one) => one.slice(4).join(' ')).filter((one) => one !== '');
  return {
    nearest: orgUnitLevels.findLast((level) => levels.includes(level)) ?? null,
    specialty: isSo(1),
    category: isSo(2),
    isQualified: isSo(3),
    hours: hoursOf(hours.join(',')),
  };
}
