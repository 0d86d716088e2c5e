/**
 * Foresight: what commands would do, decided as the lane decides them, over a memory of its own that is never committed. What one
 * has decided the next one sees, so that a long file can be tried piece by piece in any process, and no lane waits for it. What
 * others commit meanwhile it may see or not: nothing binding may rest on it.
 */
import type { Sql } from 'postgres';
import type { LaneOptions } from './lane.js';
import { loadAssets, loadHead, loadMissing } from './load.js';
import { Stage } from './stage.js';
import { LaneState, type LedgerFacts } from './state.js';

type Terms = Pick<LaneOptions, 'clock' | 'completes'>;

export class Foresight {
  private constructor(
    private readonly sql: Sql,
    private readonly state: LaneState,
    private readonly terms: Terms,
  ) {}

  /** The books as they stand, with nothing loaded yet. */
  static async open(sql: Sql, facts: LedgerFacts, terms: Terms): Promise<Foresight> {
    const state = new LaneState(facts, await loadHead(sql, facts.id));
    await loadAssets(sql, state);
    return new Foresight(sql, state, terms);
  }

  /** Decides a command; refusals are thrown. What it did stays for the next one to see. */
  async decide<Result>(actor: string, decide: (stage: Stage) => Result): Promise<Result> {
    for (let round = 0; round < 32; round++) {
      const stage = new Stage(this.state, this.terms.clock(), true, this.terms.completes);
      stage.begin(actor);
      const tried = attempt(() => decide(stage));
      if (stage.missing.isEmpty) {
        if ('error' in tried) {
          stage.rollback(0);
          throw tried.error;
        }
        Object.assign(this.state.head, stage.outcome);
        return tried.result;
      }
      stage.rollback(0);
      await loadMissing(this.sql, this.state, stage.missing);
    }
    throw new Error('a command keeps asking for more: 32 rounds of loading were not enough');
  }
}

function attempt<Result>(act: () => Result): { result: Result } | { error: unknown } {
  try {
    return { result: act() };
  } catch (error) {
    return { error };
  }
}
