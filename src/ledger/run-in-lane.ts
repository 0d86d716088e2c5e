/** The short way into the lane, for commands that the service gives itself: jobs and the command line. */
import { Refusal } from '../lib/refusal.js';
import type { Lane } from './lane.js';
import type { Stage } from './stage.js';
import type { Submission } from './submission.js';

/** Submits a command whose outcome is for this process alone and is not remembered; a refusal is thrown. */
export async function runInLane<Result>(
  lane: Lane,
  submission: Pick<Submission<Result>, 'actor' | 'client' | 'weight' | 'dryRun'>,
  decide: (stage: Stage) => Result,
): Promise<Result> {
  // A command may be decided several times; the last outcome is the one that was committed.
  let last: { readonly outcome: Result } | undefined;
  await lane.submit<Result>({
    ...submission,
    decide,
    answer: (outcome) => {
      if (outcome instanceof Refusal) throw outcome;
      last = { outcome };
      return { code: 0, body: '' };
    },
  });
  if (!last) throw new Error('the lane answered a command that it never decided');
  return last.outcome;
}

/**
 * Submits a command of the service itself for each of these ids, together, and returns how many were carried out: one that is refused, because
 * it was dealt with meanwhile, is left alone.
 */
export async function tidyInLane(
  lane: Lane,
  ids: readonly string[],
  decide: (stage: Stage, id: string) => unknown,
): Promise<number> {
  const told = await Promise.all(
    ids.map((id) =>
      lane.submit({
        actor: 'service:timeledger',
        decide: (stage) => decide(stage, id),
        answer: (outcome) => ({ code: outcome instanceof Refusal ? 0 : 1, body: '' }),
      }),
    ),
  );
  return told.filter(({ answer }) => answer.code === 1).length;
}
