/** What a job looks like over HTTP, wherever one is shown. */
import { type Static, Type } from 'typebox';
import { inLanguage, type Language } from '../lib/language.js';
import { type Job, jobStates } from '../work/jobs.js';
import { closed, Instant, Nullable, Uuid } from './schemas.js';

export const JobShape = Type.Object(
  {
    id: Uuid,
    kind: Type.String({ description: 'What it does.', examples: ['import_commit'] }),
    state: Type.Enum([...jobStates], {
      title: 'JobState',
      description: 'queued and running: it is under way; done, failed and cancelled: it has ended.',
      examples: ['running'],
    }),
    progress: Type.Object(
      {
        done: Type.Integer({ minimum: 0, description: 'How far it is.', examples: [1200] }),
        total: Nullable(Type.Integer({ minimum: 0 }), { description: 'Of how many; null until it is known.' }),
      },
      { ...closed, title: 'JobProgress' },
    ),
    result: Type.Unknown({
      description: 'What came of it, once it is done; its fields depend on the kind. Else null.',
    }),
    problem: Nullable(
      Type.Object(
        {
          code: Type.String({
            pattern: '^[a-z_]+$',
            description: 'As in a problem; `job_failed` when it is no fault of whoever asked.',
            examples: ['file_invalid'],
          }),
          detail: Type.String({ description: 'The same in words.' }),
          errors: Type.Optional(
            Type.Array(
              Type.Object({ pointer: Type.String(), detail: Type.String() }, { ...closed, title: 'JobFault' }),
            ),
          ),
        },
        { ...closed, title: 'JobProblem' },
      ),
      { description: 'Why it failed; null unless it did.' },
    ),
    created_at: Instant,
    finished_at: Nullable(Instant),
  },
  { ...closed, title: 'Job', description: 'Work that goes on without the request that asked for it.' },
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
