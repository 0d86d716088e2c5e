/**
 * Requests whose work is a job. The handler waits for it as long as a client waits for an answer, and then answers as any command;
 * beyond that it answers 202 with the job, and whoever repeats the request with its key gets what has become of it. It does not
 * know what any job does.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { isKeyKnown } from '../ledger/reads/keys.js';
import { newId } from '../lib/ids.js';
import { sameIn } from '../lib/language.js';
import { Refusal, type RefusalCode } from '../lib/refusal.js';
import { addJob, hasEnded, type Job, type RunsOn, waitForJob } from '../work/jobs.js';
import { actorOf, type Command, keyOfRequest, type Reveal, runCommand } from './commands.js';
import { viewJob } from './jobs.js';
import { answerLanguage } from './language.js';
import { problemFor } from './problem-kinds.js';
import { ledgerIdOf, type Service } from './service.js';

/** For the `headers` of a route that runs a job. */
export const preferHeader = Type.Object({
  prefer: Type.Optional(
    Type.String({
      maxLength: 200,
      description:
        '`respond-async`: answer 202 with the job at once; `wait=5`: wait for it at most so many seconds, 25 unless it is said (RFC 7240).',
      examples: ['respond-async'],
    }),
  ),
});

/** Shorter than what proxies and clients commonly wait for. */
const longestWaitSeconds = 25;

function waitOf(prefer: string | undefined): number {
  if (prefer === undefined) return longestWaitSeconds;
  if (/(?:^|,)\s*respond-async\s*(?:$|[,;])/i.test(prefer)) return 0;
  const seconds = /(?:^|,)\s*wait=(\d{1,4})\s*(?:$|[,;])/i.exec(prefer)?.[1];
  return seconds === undefined ? longestWaitSeconds : Math.min(Number(seconds), longestWaitSeconds);
}

export interface JobRequest<Result> {
  readonly kind: string;
  readonly runsOn: RunsOn;
  /** What it works on, which may name the job that it will be. */
  readonly input: object | ((id: string) => object);
  /** Only one job of this kind is at work on it. */
  readonly subject?: string;
  /** Remembers nothing, needs no key. */
  readonly dryRun?: boolean | undefined;
  /** Told when the request joins a job that it had made before: what it brought along is not needed. */
  readonly joined?: () => Promise<void>;
  /** Completes the answer when it is sent, for what must not be remembered: see `Command.reveal`. */
  readonly reveal?: Reveal;
  /** The command that ends a job that is done: it changes nothing, but puts the answer under the request's key. */
  readonly conclude: (result: never) => Command<Result>;
}

/** Runs a job for a request. Refuses as the job does, and: `idempotency_key_reused`, `job_in_progress`, `job_cancelled`. */
export async function runJob<Result>(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: JobRequest<Result>,
): Promise<void> {
  const { sql, bell, closing } = service.work;
  const ledgerId = await ledgerIdOf(service, request.principal);
  const key = asked.dryRun ? undefined : keyOfRequest(request);
  const revealed = asked.reveal && { reveal: asked.reveal };
  // A key that is known has its answer, or was for another request: nothing is begun for either.
  if (key && (await isKeyKnown(service.sql, ledgerId, key.key))) {
    await asked.joined?.();
    return runCommand(service, request, reply, { ...refusing(reused()), ...revealed });
  }
  const id = newId();
  const { kind, runsOn, subject } = asked;
  const input = typeof asked.input === 'function' ? asked.input(id) : asked.input;
  const job = await addJob(sql, ledgerId, { id, kind, runsOn, input, subject, key, owner: actorOf(request.principal) });
  if (job.id !== id) {
    await asked.joined?.();
    if (key === undefined || job.key !== key.key) throw underWay(job);
    if (job.fingerprint !== key.fingerprint) throw reused();
  }
  bell.ring();
  const milliseconds = waitOf(request.headers['prefer'] as string | undefined) * 1_000;
  const last = await waitForJob(sql, job, { milliseconds, signal: closing });
  if (!hasEnded(last)) {
    reply
      .code(202)
      .header('location', `/v1/jobs/${last.id}`)
      .send(viewJob(last, answerLanguage(request, reply)));
    return;
  }
  await runCommand(service, request, reply, { ...commandOf(last, asked), ...revealed, dryRun: asked.dryRun });
}

/** The command that tells what became of a job. Throws when that failed through no fault of the request: it is not remembered. */
function commandOf<Result>(job: Job, { conclude }: JobRequest<Result>): Command<Result> {
  if (job.state === 'done') return conclude(job.result as never);
  if (job.state === 'cancelled')
    return refusing(new Refusal('job_cancelled', { en: `job ${job.id} was cancelled`, zh: `作业 ${job.id} 已取消` }));
  const { code = '', detail = sameIn(''), errors } = job.problem ?? {};
  if (!(code in problemFor)) throw new Error(`job ${job.id} (${job.kind}) failed: ${detail.en}`);
  return refusing(new Refusal(code as RefusalCode, detail, errors ? { errors } : {}));
}

function refusing<Result>(refusal: Refusal): Command<Result> {
  return { decide: () => refuse(refusal), show: () => ({}) };
}

function refuse(refusal: Refusal): never {
  throw refusal;
}

function reused(): Refusal {
  return new Refusal('idempotency_key_reused', {
    en: 'this Idempotency-Key was used for another request',
    zh: '此 Idempotency-Key 已用于另一请求',
  });
}

function underWay(job: Job): Refusal {
  return new Refusal(
    'job_in_progress',
    { en: `job ${job.id} is doing this already`, zh: `作业 ${job.id} 正在处理同一事项` },
    { retryAfterSeconds: 5 },
  );
}
