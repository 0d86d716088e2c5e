/** What a lane is handed: a command, its key, and how its outcome is to be told. Shapes only. */
import type { Refusal } from '../lib/refusal.js';
import type { Stage } from './stage.js';
import type { Answer, Key } from './state.js';

/** A command and how its outcome is to be told. */
export interface Submission<Result> {
  /** Who acts, as `role:subject`: enters the journal. */
  readonly actor: string;
  /** The client whose credentials were used, where that is not the actor itself: enters the journal beside it. */
  readonly client?: string | undefined;
  /** Under which key the answer is remembered; none for the service's own commands. */
  readonly key?: Key | undefined;
  /** Keys of the command's parts, looked up together with its own. */
  readonly partKeys?: readonly Key[];
  /** Decide, answer, commit nothing. */
  readonly dryRun?: boolean;
  /** How many commands this one counts for, default 1. */
  readonly weight?: number;
  /** Pure and repeatable: it may run several times before its batch commits. Refuses by throwing a Refusal. */
  decide(stage: Stage): Result;
  /** Renders the outcome; what it returns is remembered under the key and handed back, byte for byte, for ever after. */
  answer(outcome: Result | Refusal): Answer;
}

export interface Told {
  readonly answer: Answer;
  readonly replayed: boolean;
}
