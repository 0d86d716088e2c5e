/**
 * Deciding a batch: each submission on one stage, in their order, each by itself. Pure but for what it leaves in the memory;
 * nothing here waits or knows a database.
 */
import { Refusal } from '../lib/refusal.js';
import { notLoaded } from './missing.js';
import { type Completion, Stage } from './stage.js';
import type { LaneState } from './state.js';
import type { Submission, Told } from './submission.js';

/** What became of a submission: what is to be told once the batch is durable, or the error that its command threw. */
export type Decided =
  | { readonly told: Told; readonly error?: undefined }
  | { readonly told?: undefined; readonly error: unknown };

/** The stage after a batch and what became of each submission; if the stage lacks something, the memory is as it was before. */
export function decideBatch(
  state: LaneState,
  submissions: readonly Submission<unknown>[],
  now: number,
  { careful, completes }: { readonly careful: boolean; readonly completes?: Completion | undefined },
): { stage: Stage; decided: Decided[] } {
  const stage = new Stage(state, now, careful, completes);
  const decided = submissions.map((submission) => decideOne(stage, submission));
  if (!stage.missing.isEmpty) stage.rollback(0);
  return { stage, decided };
}

/** Decides one submission. Its answer is rendered and staged to be remembered; a dry run leaves nothing behind. */
function decideOne(stage: Stage, submission: Submission<unknown>): Decided {
  const mark = stage.mark();
  try {
    const known = submission.key && stage.recall(submission.key.key);
    if (known && !submission.dryRun) {
      if (known.fingerprint === submission.key?.fingerprint) return { told: { answer: known.answer, replayed: true } };
      const reused = new Refusal('idempotency_key_reused', {
        en: 'this Idempotency-Key was used for another request',
        zh: '此 Idempotency-Key 已用于另一请求',
      });
      return { told: { answer: submission.answer(reused), replayed: false } };
    }
    stage.begin(submission.actor, submission.client);
    const outcome = stage.savepoint(() => submission.decide(stage));
    if (outcome instanceof Refusal || submission.dryRun) stage.requireAssumed();
    // The whole batch will be decided again: nobody will see this answer.
    if (!stage.missing.isEmpty) return { error: notLoaded };
    const answer = submission.answer(outcome);
    if (submission.dryRun) stage.rollback(mark);
    else if (submission.key) stage.remember(submission.key, answer);
    return { told: { answer, replayed: false } };
  } catch (error) {
    stage.rollback(mark);
    return { error };
  }
}
