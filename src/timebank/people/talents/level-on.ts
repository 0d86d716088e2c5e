/** Which level of talent somebody had on a day: as it was recorded by then, in whichever registry it was highest. */
import type { Stage } from '../../../ledger/stage.js';
import { talentRegistries } from '../../community-words.js';
import { talentChangeRows } from './rows.js';

/** What became of a talent, as far as its level goes. */
export interface LevelChange {
  readonly registry: string;
  readonly change: string;
  readonly level: number | null;
  readonly effective_on: string;
  readonly entry?: number;
}

/** Null: none was recorded, or they stood in no registry. `ids` are all of the person. */
export function levelOn(stage: Stage, ids: readonly string[], day: string): number | null {
  stage.prefetch({ lists: ids.map((id) => [talentChangeRows, 'member', id] as const) });
  return levelAmong(
    ids.flatMap((id) => stage.rows(talentChangeRows, 'member', id)),
    day,
  );
}

/** The same of changes that were read. */
export function levelAmong(changes: readonly LevelChange[], day: string): number | null {
  const by = changes.filter((one) => one.effective_on <= day).sort(byEntry);
  const levels = talentRegistries.flatMap((registry) => {
    const last = by.findLast((one) => one.registry === registry);
    return last === undefined || last.change === 'ended' || last.level === null ? [] : [last.level];
  });
  return levels.length === 0 ? null : Math.max(...levels);
}

const byEntry = (one: LevelChange, other: LevelChange) => (one.entry ?? 0) - (other.entry ?? 0);
