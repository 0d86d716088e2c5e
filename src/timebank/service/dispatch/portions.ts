/**
 * Going through talents without looking closely at all of them. They come in groups that have the same facts in common; they are looked at
 * in portions, the most promising group first, until nobody behind matters. It does not know where facts come from, nor what matters.
 */
import { type DispatchRules, type GroupFacts, highestScore, type Placed } from './rank.js';

/** Whether somebody has time for an order: has said so, has said other hours, or nothing. */
export type Hours = 'free' | 'other' | 'unsaid';

export interface Group extends GroupFacts {
  /** Whether they have what the service takes. */
  readonly isQualified: boolean;
  readonly hours: Hours;
  readonly members: readonly string[];
}

/** What is known of one member who was looked at. */
export interface Standing {
  /** Whether they take part; `merged`: as another member, who is asked for both. */
  readonly part: 'active' | 'none' | 'merged';
  /** Of who receives it. */
  readonly isKin: boolean;
  /** To something else at the time of the order. */
  readonly isBound: boolean;
  /** Hundredths of an hour, given or promised. */
  readonly load: bigint;
}

/** A member of a group, with what they could score. */
export interface Place extends Placed {
  readonly group: Group;
}

/** Groups that are read only if somebody of them matters. */
export interface Rest {
  /** Nobody of them has more in their favour. */
  readonly best: GroupFacts;
  readonly read: () => Promise<readonly Group[]>;
}

/** Where members come from, and what is known of them; `look` answers in the order in which it is asked. */
export interface Source {
  readonly groups: readonly Group[];
  readonly rest: readonly Rest[];
  readonly look: (members: readonly string[]) => Promise<readonly Standing[]>;
}

export interface Pass {
  /** What somebody of a group could score, at most as much as `highestScore`; null: the group does not matter. */
  readonly scoreOf: (group: Group) => bigint | null;
  /** Whether nobody from this place on matters. */
  readonly isOver: (place: Placed) => boolean;
  /** How many more must be seen at least until it can be over. */
  readonly missing: () => number;
  readonly take: (seen: readonly (Place & { readonly standing: Standing })[]) => void;
}

/** Members who are looked at together. */
const portion = 40;

/** Talents as far as they have been read and looked at; what one pass has found out, the next one knows. */
export class Talents {
  private groups: readonly Group[];
  private unread: readonly (Rest & { readonly score: bigint })[];
  private readonly standings = new Map<string, Standing>();

  constructor(
    rules: DispatchRules,
    private readonly source: Source,
  ) {
    this.groups = source.groups;
    this.unread = byScore(source.rest.map((rest) => ({ ...rest, score: highestScore(rules, rest.best) })));
  }

  async goThrough(pass: Pass): Promise<void> {
    let queue = inOrder(pass, this.groups);
    let waiting: Place[] = [];
    const look = async () => {
      pass.take(await this.look(waiting));
      waiting = [];
    };
    for (;;) {
      const [[next], [rest]] = [queue, this.unread];
      if (rest && (!next || rest.score >= next.score)) {
        if (waiting.length >= pass.missing()) await look();
        if (pass.isOver({ member: '', score: rest.score })) return;
        queue = byScore([...queue, ...inOrder(pass, await this.read(rest))]);
      } else if (next) {
        queue = queue.slice(1);
        for (const member of [...next.group.members].sort()) {
          if (pass.isOver({ member, score: next.score })) break;
          waiting.push({ ...next, member });
          if (waiting.length === portion) await look();
        }
      } else {
        await look();
        return;
      }
    }
  }

  private async read(rest: Rest): Promise<readonly Group[]> {
    this.unread = this.unread.slice(1);
    const groups = await rest.read();
    this.groups = [...this.groups, ...groups];
    return groups;
  }

  private async look(places: readonly Place[]) {
    const unknown = places.map(({ member }) => member).filter((member) => !this.standings.has(member));
    const found = unknown.length === 0 ? [] : await this.source.look(unknown);
    for (const [i, standing] of found.entries()) this.standings.set(unknown[i] ?? '', standing);
    return places.flatMap((place) => {
      const standing = this.standings.get(place.member);
      return standing ? [{ ...place, standing }] : [];
    });
  }
}

function inOrder(pass: Pass, groups: readonly Group[]): { readonly group: Group; readonly score: bigint }[] {
  return byScore(
    groups.flatMap((group) => {
      const score = pass.scoreOf(group);
      return score === null ? [] : [{ group, score }];
    }),
  );
}

function byScore<One extends { readonly score: bigint }>(some: readonly One[]): One[] {
  return [...some].sort((a, b) => Number(b.score - a.score));
}
