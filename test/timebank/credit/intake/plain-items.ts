/** Items as a plain list of everything that was ever said of each, the last word standing: the model that the books are held against. */
import type { Sent } from '../../../../src/timebank/credit/intake/item.js';

interface Said {
  readonly content: Sent;
  /** The word that undoing this one goes back to; null: there was none. */
  readonly before: Said | null;
}

/** By the rules of `properties.test.ts`: from 1 October on an act is worth 7 points. */
export function worthOf({ what, state, occurredOn, occurrences }: Sent): number {
  if (state === 'resolved') return 20;
  if (state !== 'counted' || what !== 'service_count') return 0;
  return occurrences * (occurredOn >= '2026-10-01' ? 7 : 10);
}

/** The last day of points by the pilot: of the month, three years on. */
export function lastDayOf({ occurredOn }: Sent): string {
  const [year = 0, month = 0] = occurredOn.split('-').map(Number);
  return new Date(Date.UTC(year + 3, month, 0)).toISOString().slice(0, 10);
}

export class PlainItems {
  private readonly items = new Map<string, Said>();
  private readonly closed = new Set<string>();
  /** Members that were merged, and into whom. */
  readonly merged = new Map<string, string>();

  /** The code of a refusal, or undefined. */
  send(sent: Sent): string | undefined {
    const key = `${sent.platform}/${sent.externalId}`;
    const known = this.items.get(key);
    if (known && isLater(known.content, sent)) return undefined;
    const revises = sent.revision !== null && sent.revision !== known?.content.revision;
    if (known && !revises && isSame(known.content, sent)) return undefined;
    if (known && !revises && sent.revision !== null) return 'intake_item_conflict';
    if (sent.batch !== null && this.closed.has(`${sent.platform}/${sent.batch}`)) return 'intake_batch_closed';
    if (this.merged.has(sent.member) && known?.content.member !== sent.member) return 'member_merged';
    const revision = sent.revision ?? known?.content.revision ?? null;
    this.items.set(key, { content: { ...sent, revision }, before: known ?? null });
    return undefined;
  }

  undo(platform: string, batch: string): void {
    this.closed.add(`${platform}/${batch}`);
    for (const [key, { content, before }] of this.items)
      if (content.platform === platform && content.batch === batch)
        this.items.set(key, before ?? { content: { ...content, state: 'withdrawn' }, before: null });
  }

  get standing(): Sent[] {
    return [...this.items.values()].map(({ content }) => content);
  }

  /** Points by who the member is now. */
  pointsOf(member: string): number {
    const own = this.standing.filter((one) => (this.merged.get(one.member) ?? one.member) === member);
    return own.reduce((sum, one) => sum + worthOf(one), 0);
  }
}

const isLater = (known: Sent, sent: Sent) =>
  known.revision !== null && sent.revision !== null && sent.revision < known.revision;

const isSame = (known: Sent, sent: Sent) =>
  (['member', 'occurredOn', 'occurrences', 'state'] as const).every((field) => known[field] === sent[field]);
