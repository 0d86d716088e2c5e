/**
 * Reconciliations over HTTP: running the match of the books against a partner's statement, and its results line by line and as
 * a report. Results are worked out from the run's inputs whenever they are read; a partner sees its own runs.
 */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { runCommand } from '../../http/commands.js';
import { afterOf, pageOf } from '../../http/pages.js';
import { commandRefusals, guardedRefusals, problemResponses } from '../../http/problem-responses.js';
import { ownPartner } from '../../http/reach.js';
import { closed, PageQuery, pageQuery, Uuid } from '../../http/schemas.js';
import { type App, laneOf, ledgerIdOf, type Service } from '../../http/service.js';
import { idShape, newId } from '../../lib/ids.js';
import { Refusal } from '../../lib/refusal.js';
import type { StatementChoice } from '../../timebank/audit/partner-statements.js';
import type { ReferenceResult } from '../../timebank/audit/reconciliations/classify.js';
import { type ComputedRun, listRuns, readBooksCheck, readRun } from '../../timebank/audit/reconciliations/reads.js';
import { checkedReport, reconciliationCsv, reportItem } from '../../timebank/audit/reconciliations/report.js';
import { runReconciliation, viewRun } from '../../timebank/audit/reconciliations/run.js';
import { PartnerId } from '../partners/partners.js';
import { Period } from './periods.js';
import { CheckedRun, CutoffDays, MatchStatus, Report, ResultPage, Run, RunPage } from './reconciliation-shapes.js';

const RunRequest = Type.Object(
  {
    partner_statement: Type.Optional(Uuid),
    partner: Type.Optional(PartnerId),
    period: Type.Optional(Period),
    cutoff_days: Type.Optional(Type.Integer({ ...CutoffDays, default: 1 })),
  },
  {
    ...closed,
    title: 'NewReconciliation',
    description: 'A statement by its id, or the newest one that the partner has sent for the period.',
    examples: [{ partner: 'xc-bank', period: '2026-10', cutoff_days: 1 }],
  },
);

const params = Type.Object({ id: Uuid }, closed);
const readers = ['operator', 'auditor', 'partner'] as const;
const readRefusals = [...guardedRefusals, 'reconciliation_not_found'] as const;

export function registerReconciliations(app: App, service: Service): void {
  registerRunning(app, service);
  registerReading(app, service);
  registerResults(app, service);
  registerReport(app, service);
}

function registerRunning(app: App, service: Service): void {
  app.post('/v1/reconciliations', {
    config: { roles: ['operator'], expensive: true },
    schema: {
      operationId: 'runReconciliation',
      summary: "Reconcile with a partner's statement",
      description:
        'Matches the redemptions of the period with the lines of the statement, as the books stand now. The inputs are pinned and journalled, so the same result comes out at any time.',
      tags: ['audit'],
      body: RunRequest,
      response: { 201: Run, ...problemResponses(...commandRefusals, 'partner_statement_not_found') },
    },
    handler: (request, reply) => {
      const { cutoff_days: cutoffDays = 1 } = request.body;
      const run = { id: newId(), statement: choiceOf(request.body), cutoffDays };
      return runCommand(service, request, reply, {
        decide: (stage) => runReconciliation(stage, service.rules, run),
        show: ({ run, result }) => viewRun(run, result),
      });
    },
  });
}

/** Refuses: `request_invalid` (neither a statement nor a partner with a period, or both). */
function choiceOf(body: Static<typeof RunRequest>): StatementChoice {
  const { partner_statement: id, partner: partnerId, period } = body;
  if (id !== undefined && partnerId === undefined && period === undefined) return { id };
  if (id === undefined && partnerId !== undefined && period !== undefined) return { partnerId, period };
  throw new Refusal('request_invalid', 'Name partner_statement, or partner and period.', {
    errors: [{ pointer: '/partner_statement', detail: 'is given, or else both partner and period are' }],
  });
}

function registerReading(app: App, service: Service): void {
  app.get('/v1/reconciliations', {
    config: { roles: readers },
    schema: {
      operationId: 'listReconciliations',
      summary: 'List reconciliations',
      description: 'Runs in the order in which they were made.',
      tags: ['audit'],
      querystring: Type.Object(
        { partner: Type.Optional(PartnerId), period: Type.Optional(Period), ...pageQuery },
        closed,
      ),
      response: { 200: RunPage, ...problemResponses(...guardedRefusals) },
    },
    handler: async (request) => {
      const { cursor, limit = 50, period = null } = request.query;
      const own = ownPartner(request.principal);
      const { partner = own } = request.query;
      const after = afterOf(cursor, idShape);
      const ledgerId = await ledgerIdOf(service, request.principal);
      if (own !== null && partner !== own) return { reconciliations: [], next_cursor: null };
      const rows = await listRuns(service.sql, ledgerId, { partner, period }, { after, limit: limit + 1 });
      const { page, next_cursor } = pageOf(rows, limit, (run) => run.id);
      return { reconciliations: page, next_cursor };
    },
  });

  app.get('/v1/reconciliations/:id', {
    config: { roles: readers, expensive: true },
    schema: {
      operationId: 'getReconciliation',
      summary: 'One reconciliation',
      description: 'The run with its counts and the totals of the three sides: redemptions, statement, and the books.',
      tags: ['audit'],
      params,
      response: { 200: CheckedRun, ...problemResponses(...readRefusals) },
    },
    handler: async (request) => {
      const computed = await computedRun(service, request, request.params.id);
      const check = await readBooksCheck(service.sql, await ledgerIdOf(service, request.principal), computed);
      const { ledger, statement, difference, ledger_in_period } = computed.report.control;
      const control = { ledger, statement, difference, ledger_in_period, ...check };
      return { ...viewRun(computed.run, computed.result), control };
    },
  });
}

function registerResults(app: App, service: Service): void {
  app.get('/v1/reconciliations/:id/lines', {
    config: { roles: readers, expensive: true },
    schema: {
      operationId: 'listReconciliationLines',
      summary: 'The results, reference by reference',
      description: 'In the order of the references, those that match included.',
      tags: ['audit'],
      params,
      querystring: Type.Object({ status: Type.Optional(MatchStatus), ...pageQuery }, closed),
      response: { 200: ResultPage, ...problemResponses(...readRefusals) },
    },
    handler: async (request) => {
      const { status } = request.query;
      const { result } = await computedRun(service, request, request.params.id);
      return resultPage(
        result.results.filter((line) => status === undefined || line.status === status),
        request.query,
      );
    },
  });

  app.get('/v1/reconciliations/:id/breaks', {
    config: { roles: readers, expensive: true },
    schema: {
      operationId: 'listReconciliationBreaks',
      summary: 'What does not match',
      description: 'The results that are not `matched`, in the order of the references.',
      tags: ['audit'],
      params,
      querystring: PageQuery,
      response: { 200: ResultPage, ...problemResponses(...readRefusals) },
    },
    handler: async (request) => {
      const { result } = await computedRun(service, request, request.params.id);
      return resultPage(
        result.results.filter((line) => line.status !== 'matched'),
        request.query,
      );
    },
  });
}

/** The results come in the order of the references, which is the order of code units. */
function resultPage(results: readonly ReferenceResult[], { cursor, limit = 50 }: PageQuery) {
  const after = afterOf(cursor, /^[\x21-\x7e]{1,64}$/);
  const rows = results.filter((line) => line.partner_reference > after).slice(0, limit + 1);
  const { page, next_cursor } = pageOf(rows, limit, (line) => line.partner_reference);
  return { lines: page.map(reportItem), next_cursor };
}

const reportQuery = Type.Object(
  {
    format: Type.Optional(
      Type.Enum(['json', 'csv'], { description: 'Without it, what the Accept header prefers; JSON if nothing.' }),
    ),
  },
  closed,
);
const reportHeaders = {
  etag: Type.String({ description: 'SHA-256 of the bytes sent, in quotes.' }),
  'x-report-sha256': Type.String({ description: "The run's report_sha256." }),
};

function registerReport(app: App, service: Service): void {
  app.get('/v1/reconciliations/:id/report', {
    config: { roles: readers, expensive: true },
    schema: {
      operationId: 'getReconciliationReport',
      summary: 'The report of a reconciliation',
      description: 'As JSON, or as CSV with a row for every reference. The same bytes every time.',
      tags: ['audit'],
      params,
      querystring: reportQuery,
      response: {
        200: {
          description: 'The report.',
          headers: reportHeaders,
          content: {
            'application/json': { schema: Report },
            'text/csv': { schema: Type.String({ description: 'UTF-8, RFC 4180, with a header line.' }) },
          },
        },
        ...problemResponses(...readRefusals),
      },
    },
    handler: async (request, reply) => {
      const computed = await computedRun(service, request, request.params.id);
      if (wantsCsv(request.query.format, request.headers.accept)) {
        sendReport(reply, computed, 'text/csv; charset=utf-8', reconciliationCsv(computed.result));
        return;
      }
      const check = await readBooksCheck(service.sql, await ledgerIdOf(service, request.principal), computed);
      const text = JSON.stringify(checkedReport(computed.report, check));
      sendReport(reply, computed, 'application/json; charset=utf-8', text);
    },
  });
}

function wantsCsv(format: 'json' | 'csv' | undefined, accept = ''): boolean {
  if (format !== undefined) return format === 'csv';
  return /\btext\/csv\b/.test(accept) && !/\bapplication\/json\b/.test(accept);
}

function sendReport(reply: FastifyReply, { run }: ComputedRun, type: string, text: string): void {
  const extension = type.startsWith('text/csv') ? 'csv' : 'json';
  reply
    .header('content-type', type)
    .header('content-disposition', `inline; filename="reconciliation-${run.partner_id}-${run.period}.${extension}"`)
    .header('etag', `"${createHash('sha256').update(text).digest('hex')}"`)
    .header('x-report-sha256', run.report_sha256)
    .header('vary', 'accept')
    .send(text);
}

/** Refuses: `reconciliation_not_found`, also when it is another partner's. */
async function computedRun(service: Service, request: FastifyRequest, id: string): Promise<ComputedRun> {
  const { facts } = await laneOf(service, request.principal);
  return readRun(service.sql, facts, id, ownPartner(request.principal));
}
