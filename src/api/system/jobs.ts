/** Jobs over HTTP: how far one is, and calling it off. Whoever asked for it sees it; operators and auditors see all. */
import { Type } from 'typebox';
import { actorOf } from '../../http/commands.js';
import { JobShape, viewJob } from '../../http/jobs.js';
import { answerLanguage, languageOf } from '../../http/language.js';
import { command, read } from '../../http/routes.js';
import { closed, NoBody, Uuid } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { Refusal } from '../../lib/refusal.js';
import { cancelJob, hasEnded, type Job, jobStatesZh, readJob } from '../../work/jobs.js';

const params = Type.Object({ id: Uuid }, closed);

export function registerJobs(app: App, service: Service): void {
  read(app, service, '/v1/jobs/:id', {
    roles: ['operator', 'auditor', 'coordinator', 'partner', 'platform'],
    operationId: 'getJob',
    summary: 'One job',
    description:
      'How far it is, and what came of it. A job that has ended is kept for 35 days, as long as the key of its request.',
    tags: ['system'],
    params,
    answer: JobShape,
    refusals: ['job_not_found'],
    read: async (request, ledger, reply) => {
      const { id } = request.params;
      const job = visible(await readJob(service.sql, ledger.id, id), id, request.principal);
      return viewJob(job, answerLanguage(request, reply));
    },
  });

  command(app, service, '/v1/jobs/:id/cancel', {
    roles: ['operator', 'coordinator', 'partner', 'platform'],
    operationId: 'cancelJob',
    summary: 'Call a job off',
    description:
      'One that waits is cancelled at once, one that runs at its next step: what it has done until then stays, as it does when it is cut short in any other way.',
    tags: ['system'],
    dryRun: false,
    params,
    body: NoBody,
    status: 200,
    answer: JobShape,
    refusals: ['job_not_found', 'job_ended'],
    prepare: async (request) => {
      const { id } = request.params;
      const ledgerId = await ledgerIdOf(service, request.principal);
      const before = visible(await readJob(service.sql, ledgerId, id), id, request.principal);
      const job = (await cancelJob(service.work.sql, ledgerId, id)) ?? before;
      return {
        decide: () => {
          if (hasEnded(before))
            throw new Refusal('job_ended', {
              en: `job ${id} is ${before.state} already`,
              zh: `作业 ${id} 已${jobStatesZh[before.state]}`,
            });
          return job;
        },
        show: (told: Job) => viewJob(told, languageOf(request)),
      };
    },
  });
}

/** Refuses: `job_not_found`, also when it is somebody else's. */
function visible(job: Job | null, id: string, principal: Principal): Job {
  const all = principal.role === 'operator' || principal.role === 'auditor';
  if (job && (all || job.owner === actorOf(principal))) return job;
  throw new Refusal('job_not_found', { en: `there is no job ${id}`, zh: `没有作业 ${id}` });
}
