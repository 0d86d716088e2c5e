/**
 * The best of many for an order, without looking closely at all of them. Talents come in groups that have the same facts in common; who can
 * still be among the best is looked at in portions, the most promising group first, until nobody behind can be. It does not know where
 * facts come from.
 */
import type { DispatchExclusion } from '../../service-words.js';
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
const portion = 60;

/** Groups that are read only if somebody of them can be among the best. */
export interface Rest {
  /** Nobody of them has more in their favour. */
  readonly best: GroupFacts;
  readonly read: () => Promise<readonly Group[]>;
}

/** Where members come from, and what is known of them; `look` answers in the order in which it is asked. */
export interface Source {
  readonly groups: readonly Group[];
  /** The best first. */
  readonly rest: readonly Rest[];
  readonly look: (members: readonly string[]) => Promise<readonly Standing[]>;
}

/**
 * The `limit` best, and of those who would have stood among them at most as many who are excluded, in the order of what they could score.
 */
export async function shortlist(
  rules: DispatchRules,
  { groups, rest, look }: Source,
  limit: number,
): Promise<Shortlist> {
  const list = new List(rules, limit);
  let unread = rest;
  let queue = mostPromising(rules, groups);
  while (queue[0] || unread[0]) {
    const [next, later] = [queue[0], unread[0]];
    const highest = later ? highestScore(rules, later.best) : 0n;
    if (later && (!next || highest >= next.score)) {
      unread = unread.slice(1);
      if (!list.isSettled({ member: '', score: highest }))
        queue = mostPromising(rules, [...queue, ...(await later.read())]);
    } else if (next) {
      queue = queue.slice(1);
      await list.take(next, look);
    }
  }
  return list.result();
}

type Promising = Group & { readonly score: bigint };

function mostPromising(rules: DispatchRules, groups: readonly Group[]): Promising[] {
  return groups
    .map((group) => ({ ...group, score: highestScore(rules, group) }))
    .sort((a, b) => Number(b.score - a.score));
}

/** The best so far, and who is excluded. */
class List {
  private best: Candidate[] = [];
  private readonly excluded: (Placed & Exclusion)[] = [];

  constructor(
    private readonly rules: DispatchRules,
    private readonly limit: number,
  ) {}

  /** Whether nobody from this place on can be among the best. */
  isSettled(next: Placed): boolean {
    const last = this.best[this.limit - 1];
    return last !== undefined && comparePlaces(last, next) < 0;
  }

  /** Looks at the members of a group, as far as one of them can be among the best. */
  async take({ score, ...group }: Promising, look: Source['look']): Promise<void> {
    const members = [...group.members].sort();
    for (let at = 0; at < members.length; at += portion) {
      const asked = members.slice(at, at + portion);
      if (this.isSettled({ member: asked[0] ?? '', score })) return;
      const standings = group.excluded ? asked.map(() => group.excluded) : await look(asked);
      for (const [i, member] of asked.entries()) {
        const standing = standings[i];
        if (typeof standing === 'string') this.excluded.push({ member, score, code: standing });
        else if (standing) this.best.push(candidateOf(this.rules, member, { ...group, ...standing }));
      }
      this.best = this.best.sort(comparePlaces).slice(0, this.limit);
    }
  }

  result(): Shortlist {
    const among = this.excluded.filter((one) => !this.isSettled(one)).sort(comparePlaces);
    return {
      candidates: this.best,
      excluded: among.slice(0, this.limit).map(({ member, code }) => ({ member, code })),
    };
  }
}

function candidateOf(rules: DispatchRules, member: string, facts: Parameters<typeof reasonsFor>[1]): Candidate {
  const reasons = reasonsFor(rules, facts);
  return { member, score: scoreOf(reasons), reasons };
}
