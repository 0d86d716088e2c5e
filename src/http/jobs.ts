/** What a job looks like over HTTP, wherever one is shown. */
import { type Static, Type } from 'typebox';
import { inLanguage, type Language } from '../lib/language.js';
import { type Job, jobStates } from '../work/jobs.js';
import { named, namedObject } from './named.js';
import { Instant, Nullable, Uuid } from './schemas.js';

export const JobStateShape = named(
  'JobState',
  Type.Enum([...jobStates], {
    description: 'queued and running: it is under way; done, failed and cancelled: it has ended.',
    examples: ['running'],
  }),
);

export const JobProgressShape = namedObject('JobProgress', {
  done: Type.Integer({ minimum: 0, description: 'How far it is.', examples: [1200] }),
  total: Nullable(Type.Integer({ minimum: 0 }), { description: 'Of how many; null until it is known.' }),
});

export const JobProblemShape = Nullable(
  namedObject('JobProblem', {
    code: Type.String({
      pattern: '^[a-z_]+$',
      description: 'As in a problem; `job_failed` when it is no fault of whoever asked.',
      examples: ['file_invalid'],
    }),
    detail: Type.String({ description: 'The same in words.' }),
    errors: Type.Optional(Type.Array(namedObject('JobFault', { pointer: Type.String(), detail: Type.String() }))),
  }),
  { description: 'Why it failed; null unless it did.' },
);

export const JobShape = namedObject(
  'Job',
  {
    id: Uuid,
    kind: Type.String({ description: 'What it does.', examples: ['import_commit'] }),
    state: JobStateShape,
    progress: JobProgressShape,
    result: Type.Unknown({
      description: 'What came of it, once it is done; its fields depend on the kind. Else null.',
    }),
    problem: JobProblemShape,
    created_at: Instant,
    finished_at: Nullable(Instant),
  },
  {
    description: 'Work that goes on without the request that asked for it.',
    examples: [
      {
        id: '0199a2c8-4f00-7a55-9d3e-5b1f7c2a9e40',
        kind: 'import_commit',
        state: 'running',
        progress: { done: 1200, total: 6400 },
        result: null,
        problem: null,
        created_at: '2026-11-02T01:30:00.000Z',
        finished_at: null,
      },
    ],
  },
);

/** A job as the interface shows it, in a language. */
export function viewJob(job: Job, language: Language): Static<typeof JobShape> {
  return {
    id: job.id,
    kind: job.kind,
    state: job.state,
    progress: { done: job.done, total: job.total },
    result: inLanguage(job.result, language),
    problem: inLanguage(job.problem, language),
    created_at: job.createdAt,
    finished_at: job.finishedAt,
  };
}
