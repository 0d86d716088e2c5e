/** Which level of talent somebody had on a day: as it was recorded by then, in whichever registry it was highest. */
import type { Stage } from '../../../ledger/stage.js';
import { talentRegistries } from '../../community-words.js';
import { talentChangeRows } from './rows.js';

/** Null: none was recorded, or they stood in no registry. */
export function levelOn(stage: Stage, ids: readonly string[], day: string): number | null {
  stage.prefetch({ lists: ids.map((id) => [talentChangeRows, 'member', id] as const) });
  const levels = ids.flatMap((id) => {
    const changes = stage.rows(talentChangeRows, 'member', id).filter((one) => one.effective_on <= day);
    return talentRegistries.flatMap((registry) => {
      const last = changes
        .filter((one) => one.registry === registry)
        .sort(byEntry)
        .at(-1);
      return last === undefined || last.change === 'ended' || last.level === null ? [] : [last.level];
    });
  });
  return levels.length === 0 ? null : Math.max(...levels);
}

const byEntry = (one: { readonly entry?: number }, other: { readonly entry?: number }) =>
  (one.entry ?? 0) - (other.entry ?? 0);
