/**
 * Estate files over HTTP: asked for, made by a worker, and fetched as a ZIP. A coordinator has them of the units within reach, whoever asked for them.
 */
import { type Static, Type } from 'typebox';
import { JobShape, viewJob } from '../../http/jobs.js';
import { answerLanguage } from '../../http/language.js';
import { sendPieces } from '../../http/pieces.js';
import { commandRefusals, guardedRefusals, jobRefusals, problemResponses } from '../../http/problem-responses.js';
import { reachOf } from '../../http/reach.js';
import { noQuery, read } from '../../http/routes.js';
import { preferHeader, runJob } from '../../http/run-job.js';
import { closed, Uuid } from '../../http/schemas.js';
import { type App, laneOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { loadHead } from '../../ledger/load.js';
import { readCheckpointAt } from '../../ledger/reads/log.js';
import type { LedgerFacts } from '../../ledger/state.js';
import { Refusal } from '../../lib/refusal.js';
import type { EstateFileRequest, EstateFileResult } from '../../timebank/audit/estate-files/job.js';
import { filesInPack } from '../../timebank/audit/estate-files/pack.js';
import { isScopeWithin, requireEstateLevel } from '../../timebank/audit/estate-files/scope.js';
import { orgUnitNotFound } from '../../timebank/people/org-units.js';
import { readOrgUnit } from '../../timebank/people/reads.js';
import { piecesOfBlob } from '../../work/blobs.js';
import { type Job, readJob } from '../../work/jobs.js';
import { EstateFile, NewEstateFile } from './estate-file-shapes.js';

const kind = 'estate_file';
const roles = ['operator', 'auditor', 'coordinator'] as const;
const params = Type.Object({ id: Uuid }, closed);

export function registerEstateFiles(app: App, service: Service): void {
  registerMaking(app, service);
  registerState(app, service);
  registerZip(app, service);
}

function registerMaking(app: App, service: Service): void {
  app.post('/v1/estate-files', {
    config: { roles: [...roles], expensive: true },
    schema: {
      operationId: 'makeEstateFile',
      summary: 'Make the file of an estate',
      description:
        "A ZIP of what the books say of a unit in a period: members (masked), orders, service records, entries with their leaves, certificates, figures by month, the signed checkpoint, and a manifest with the SHA-256, the rows and the columns of each. It holds what had been written by its watermark, so that the same unit, period and watermark give the same bytes at any time; only the erasure of a person leaves a name empty. If it takes longer than a client waits, it goes on as a job: 202, with its progress; the job's id is the file's.",
      tags: ['audit'],
      headers: preferHeader,
      querystring: noQuery,
      body: NewEstateFile,
      response: {
        201: EstateFile,
        202: JobShape,
        ...problemResponses(...commandRefusals, ...jobRefusals, 'org_unit_not_found', 'entry_not_found'),
      },
    },
    handler: async (request, reply) => {
      const { principal, body } = request;
      const { facts } = await laneOf(service, principal);
      const { unit, period } = body;
      requireEstateLevel(await readOrgUnit(service.sql, facts.id, unit, reachOf(principal)));
      const watermark = Number(body.watermark ?? (await loadHead(service.sql, facts.id)).entryCount);
      const asked = { unit, period, watermark };
      if (!(await isScopeWithin(service.sql, facts, asked, reachOf(principal)))) throw orgUnitNotFound(unit);
      const signer = service.logSigner(facts);
      const { note: checkpoint } = await readCheckpointAt(service.sql, facts.id, watermark, signer);
      await runJob(service, request, reply, {
        kind,
        runsOn: 'worker',
        input: { ...asked, checkpoint } satisfies EstateFileRequest,
        conclude: (result: EstateFileResult) => ({ decide: () => result, show: viewMade }),
      });
    },
  });
}

function registerState(app: App, service: Service): void {
  read(app, service, '/v1/estate-files/:id', {
    roles,
    operationId: 'getEstateFile',
    summary: 'One estate file',
    description: 'How far it is, and once it is made, what is in it and where it is. It is kept for 35 days.',
    tags: ['audit'],
    params,
    answer: EstateFile,
    refusals: ['job_not_found'],
    read: async (request, ledger, reply) => {
      const job = await visibleJob(service, ledger, request.params.id, request.principal);
      if (job.state === 'done') return viewMade(job.result as EstateFileResult);
      const { state, progress, problem } = viewJob(job, answerLanguage(request, reply));
      const { unit, period, watermark } = job.input as EstateFileRequest;
      return {
        ...{ id: job.id, unit, period, watermark: String(watermark), state, progress },
        ...{ sha256: null, bytes: null, files: [], zip: null, problem },
      };
    },
  });
}

function registerZip(app: App, service: Service): void {
  app.get('/v1/estate-files/:id/zip', {
    config: { roles: [...roles], expensive: true },
    schema: {
      operationId: 'getEstateFileZip',
      summary: 'An estate file as a ZIP',
      description: 'The file as it was made; its SHA-256 stands in the answer that says it is made.',
      tags: ['audit'],
      params,
      querystring: noQuery,
      response: {
        200: {
          description: 'The ZIP.',
          content: { 'application/zip': { schema: Type.Unsafe<unknown>({ type: 'string', format: 'binary' }) } },
        },
        ...problemResponses(...guardedRefusals, 'job_not_found'),
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const { facts } = await laneOf(service, request.principal);
      const job = await visibleJob(service, facts, id, request.principal);
      if (job.state !== 'done') throw jobNotFound(id);
      const { unit, period, watermark } = job.input as EstateFileRequest;
      reply
        .header('content-type', 'application/zip')
        .header('content-disposition', `attachment; filename="estate-file-${unit}-${period}-at-${watermark}.zip"`);
      await sendPieces(reply, piecesOfBlob(service.work.sql, facts.id, id));
    },
  });
}

/** Refuses: `job_not_found`, also when one of its units lies out of reach. */
async function visibleJob(service: Service, ledger: LedgerFacts, id: string, principal: Principal): Promise<Job> {
  const job = await readJob(service.sql, ledger.id, id);
  if (job?.kind !== kind) throw jobNotFound(id);
  if (!(await isScopeWithin(service.sql, ledger, job.input as EstateFileRequest, reachOf(principal))))
    throw jobNotFound(id);
  return job;
}

function viewMade({ job, unit, period, watermark, sha256, bytes, files }: EstateFileResult): Static<typeof EstateFile> {
  return {
    ...{ id: job, unit, period, watermark: String(watermark), state: 'done' },
    progress: { done: filesInPack, total: filesInPack },
    ...{ sha256, bytes, files: files.map((one) => ({ ...one })), zip: `/v1/estate-files/${job}/zip`, problem: null },
  };
}

function jobNotFound(id: string): Refusal {
  return new Refusal('job_not_found', { en: `there is no job ${id}`, zh: `没有作业 ${id}` });
}
