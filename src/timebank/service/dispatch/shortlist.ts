/**
 * The best of many for an order, and who would be among them but for something. It does not know where facts come from, nor who is looked
 * at when.
 */
import type { DispatchExclusion } from '../../service-words.js';
import { type Group, type Place, type Source, type Standing, Talents } from './portions.js';
import {
  comparePlaces,
  type DispatchRules,
  highestScore,
  type Placed,
  type Reason,
  reasonsFor,
  scoreOf,
} from './rank.js';

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

/**
 * The `limit` best, and of those who would have stood among them at most as many who are excluded, in the order of what they could score
 * with all the time they need.
 */
export async function shortlist(rules: DispatchRules, source: Source, limit: number): Promise<Shortlist> {
  const talents = new Talents(rules, source);
  const best = new Foremost<Candidate>(limit);
  await talents.goThrough({
    scoreOf: (group) => (group.isQualified && group.hours !== 'other' ? ownHighest(rules, group) : null),
    isOver: (place) => best.isFullBefore(place),
    missing: () => best.missing,
    take: (seen) =>
      best.add(
        seen
          .filter(({ group, standing }) => standing.part !== 'merged' && exclusionOf(group, standing) === null)
          .map((one) => candidateOf(rules, one)),
      ),
  });
  const excluded = new Foremost<Placed & Exclusion>(limit);
  await talents.goThrough({
    scoreOf: (group) => highestScore(rules, group),
    isOver: (place) => best.isFullBefore(place) || excluded.isFullBefore(place),
    missing: () => (best.missing === 0 ? 0 : excluded.missing),
    take: (seen) =>
      excluded.add(
        seen.flatMap(({ member, score, group, standing }) => {
          const code = standing.part === 'merged' ? null : exclusionOf(group, standing);
          return code === null ? [] : [{ member, score, code }];
        }),
      ),
  });
  return { candidates: best.list, excluded: excluded.list.map(({ member, code }) => ({ member, code })) };
}

/** The first few of all that were added. */
class Foremost<One extends Placed> {
  list: readonly One[] = [];

  constructor(private readonly limit: number) {}

  get missing(): number {
    return this.limit - this.list.length;
  }

  add(some: readonly One[]): void {
    this.list = [...this.list, ...some].sort(comparePlaces).slice(0, this.limit);
  }

  /** Whether nobody from this place on can be among them. */
  isFullBefore(place: Placed): boolean {
    const last = this.list[this.limit - 1];
    return last !== undefined && comparePlaces(last, place) < 0;
  }
}

/** What excludes a member; the first of several is told. */
function exclusionOf({ isQualified, hours }: Group, { part, isKin, isBound }: Standing): DispatchExclusion | null {
  if (part === 'none') return 'suspended';
  if (!isQualified) return 'unqualified';
  if (isKin) return 'kin';
  if (isBound) return 'overlap';
  return hours === 'other' ? 'unavailable' : null;
}

/** What somebody of a group scores at most, by what they have said of their time. */
function ownHighest(rules: DispatchRules, group: Group): bigint {
  return scoreOf(reasonsFor(rules, { ...group, available: group.hours === 'free', load: 0n }));
}

function candidateOf(rules: DispatchRules, { member, group, standing }: Place & { standing: Standing }): Candidate {
  const reasons = reasonsFor(rules, { ...group, available: group.hours === 'free', load: standing.load });
  return { member, score: scoreOf(reasons), reasons };
}
