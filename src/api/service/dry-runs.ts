/** Dry runs of rule sets over HTTP: what a draft would have made of the past. The books are not touched. */
import { Type } from 'typebox';
import { JobShape } from '../../http/jobs.js';
import { sendPieces } from '../../http/pieces.js';
import { commandRefusals, guardedRefusals, jobRefusals, problemResponses } from '../../http/problem-responses.js';
import { noQuery } from '../../http/routes.js';
import { preferHeader, runJob } from '../../http/run-job.js';
import { closed, Uuid } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import { Refusal } from '../../lib/refusal.js';
import { readRuleSetRows } from '../../timebank/credit/rule-set-reads.js';
import { findSet } from '../../timebank/credit/rule-sets.js';
import { readOrgUnit } from '../../timebank/people/reads.js';
import type { DryRunRequest, DryRunResult } from '../../timebank/service/dry-run/dry-run.js';
import { textOfBlob } from '../../work/blobs.js';
import { readJob } from '../../work/jobs.js';
import { nameOfId, ruleSetIdShape } from '../credit/rule-set-shapes.js';
import { DryRun, NewDryRun } from './dry-run-shapes.js';

const kind = 'rule_set_dry_run';
const params = Type.Object({ id: ruleSetIdShape }, closed);

export function registerDryRuns(app: App, service: Service): void {
  registerRunning(app, service);
  registerLines(app, service);
}

function registerRunning(app: App, service: Service): void {
  app.post('/v1/rule-sets/:id/dry-run', {
    config: { roles: ['operator'], expensive: true },
    schema: {
      operationId: 'dryRunRuleSet',
      summary: 'Try a rule set on the past',
      description:
        'Recomputes the service records of these days under the rule set, whether it is in force or not: in the order of service, with caps and carries, each person after the other. Records before the first day count as they stand, and so does what somebody paid for. Nothing in the books changes. If it takes longer than a client waits, it goes on as a job: 202, with its progress.',
      tags: ['rules'],
      headers: preferHeader,
      params,
      querystring: noQuery,
      body: NewDryRun,
      response: {
        200: DryRun,
        202: JobShape,
        ...problemResponses(...commandRefusals, ...jobRefusals, 'rule_set_not_found', 'org_unit_not_found'),
      },
    },
    handler: async (request, reply) => {
      const { from, to, unit = null } = request.body;
      const name = nameOfId(request.params.id);
      const ledgerId = await ledgerIdOf(service, request.principal);
      requireInOrder(from, to);
      findSet(await readRuleSetRows(service.sql, ledgerId), name);
      if (unit !== null) await readOrgUnit(service.sql, ledgerId, unit, null);
      await runJob(service, request, reply, {
        kind,
        runsOn: 'worker',
        input: { ruleSet: name, from, to, unit } satisfies DryRunRequest,
        conclude: (result: DryRunResult) => ({ decide: () => result, show: viewResult, status: 200 }),
      });
    },
  });
}

/** Refuses: `request_invalid`. */
export function requireInOrder(from: string, to: string): void {
  if (from <= to) return;
  throw new Refusal(
    'request_invalid',
    { en: 'The days are in the wrong order.', zh: '起止日期颠倒。' },
    { errors: [{ pointer: '/to', detail: { en: 'is before from', zh: '早于 from' } }] },
  );
}

function viewResult({ ruleSet, sha256, job, ...result }: DryRunResult) {
  const lines = `/v1/rule-sets/${ruleSet.replace('/', '-')}/dry-runs/${job}/lines`;
  return { rule_set: ruleSet, ...result, lines, lines_sha256: sha256 };
}

function registerLines(app: App, service: Service): void {
  app.get('/v1/rule-sets/:id/dry-runs/:job/lines', {
    config: { roles: ['operator', 'auditor'], expensive: true },
    schema: {
      operationId: 'getDryRunLines',
      summary: 'Every record of a dry run',
      description:
        'A line for each service record, by volunteer and in the order of service: what it brought and why, and what the rule set would have made of it. It is kept for 35 days.',
      tags: ['rules'],
      params: Type.Object({ id: ruleSetIdShape, job: Uuid }, closed),
      querystring: noQuery,
      response: {
        200: {
          description: 'The lines.',
          content: { 'text/csv': { schema: Type.String({ description: 'UTF-8, RFC 4180, with a header line.' }) } },
        },
        ...problemResponses(...guardedRefusals, 'job_not_found'),
      },
    },
    handler: async (request, reply) => {
      const { id, job: jobId } = request.params;
      const ledgerId = await ledgerIdOf(service, request.principal);
      const job = await readJob(service.sql, ledgerId, jobId);
      const isOf = job?.kind === kind && job.state === 'done';
      if (!isOf || (job.input as DryRunRequest).ruleSet !== nameOfId(id)) throw jobNotFound(jobId);
      reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="dry-run-${id.replace('/', '-')}.csv"`);
      await sendPieces(reply, textOfBlob(service.work.sql, ledgerId, jobId));
    },
  });
}

function jobNotFound(id: string): Refusal {
  return new Refusal('job_not_found', { en: `there is no job ${id}`, zh: `没有作业 ${id}` });
}
