/**
 * The best of many for an order, without looking closely at all of them. Talents come in groups that have the same facts in common; who can
 * still be among the best is looked at in portions, the most promising group first, until nobody behind can be. It does not know where
 * facts come from.
 */
import type { DispatchExclusion } from '../../words.js';
import {
  comparePlaces,
  type DispatchRules,
  type GroupFacts,
  highestScore,
  type Placed,
  type Reason,
  reasonsFor,
  scoreOf,
} from './rank.js';

export interface Group extends GroupFacts {
  /** What excludes all of them. */
  readonly excluded: DispatchExclusion | null;
  readonly members: readonly string[];
}

/** What is known of one member who was looked at: the reason they are excluded for, or the facts that differ within a group. */
export type Standing = DispatchExclusion | { readonly available: boolean; readonly load: bigint };

export interface Candidate extends Placed {
  readonly reasons: readonly Reason[];
}

export interface Exclusion {
  readonly member: string;
  readonly code: DispatchExclusion;
}

export interface Shortlist {
  readonly candidates: readonly Candidate[];
  readonly excluded: readonly Exclusion[];
}

/** Members who are looked at together. */
const portion = 200;

/**
 * The `limit` best, and of those who would have stood among them at most as many who are excluded, in the order of what they could score.
 * `look` answers in the order in which it is asked.
 */
export async function shortlist(
  rules: DispatchRules,
  groups: readonly Group[],
  limit: number,
  look: (members: readonly string[]) => Promise<readonly Standing[]>,
): Promise<Shortlist> {
  let best: Candidate[] = [];
  const excluded: (Placed & Exclusion)[] = [];
  const isSettled = (next: Placed) => {
    const last = best[limit - 1];
    return last !== undefined && comparePlaces(last, next) < 0;
  };
  for (const { score, ...group } of mostPromising(rules, groups)) {
    const members = [...group.members].sort();
    for (let at = 0; at < members.length; at += portion) {
      const asked = members.slice(at, at + portion);
      if (isSettled({ member: asked[0] ?? '', score })) break;
      const standings = group.excluded ? asked.map(() => group.excluded) : await look(asked);
      for (const [i, member] of asked.entries()) {
        const standing = standings[i];
        if (typeof standing === 'string') excluded.push({ member, score, code: standing });
        else if (standing) best.push(candidateOf(rules, member, { ...group, ...standing }));
      }
      best = best.sort(comparePlaces).slice(0, limit);
    }
  }
  return {
    candidates: best,
    excluded: excluded
      .filter((one) => !isSettled(one))
      .sort(comparePlaces)
      .slice(0, limit)
      .map(({ member, code }) => ({ member, code })),
  };
}

function mostPromising(rules: DispatchRules, groups: readonly Group[]): (Group & { readonly score: bigint })[] {
  return groups
    .map((group) => ({ ...group, score: highestScore(rules, group) }))
    .sort((a, b) => Number(b.score - a.score));
}

function candidateOf(rules: DispatchRules, member: string, facts: Parameters<typeof reasonsFor>[1]): Candidate {
  const reasons = reasonsFor(rules, facts);
  return { member, score: scoreOf(reasons), reasons };
}
