/** The report of a reconciliation over HTTP: whole, as JSON or as CSV, sent as it is read from the results. */

import { hash } from 'node:crypto';
import { Type } from 'typebox';
import { csvContent, formatField, wantsCsv } from '../../http/csv-or-json.js';
import { languageOf, sayLanguage } from '../../http/language.js';
import { sendPieces } from '../../http/pieces.js';
import { guardedRefusals, problemResponses } from '../../http/problem-responses.js';
import { closed } from '../../http/schemas.js';
import { type App, laneOf, type Service } from '../../http/service.js';
import { periodOf } from '../../lib/clock.js';
import type { DateRange } from '../../timebank/audit/range.js';
import { readReferences, readResults } from '../../timebank/audit/reconciliations/reads.js';
import { type ResultSource, reportCsv, reportJson } from '../../timebank/audit/reconciliations/report.js';
import { packageVersion } from '../../version.js';
import { Report } from './reconciliation-report-shapes.js';
import { doneRunOf, resultRefusals } from './reconciliation-results.js';
import { runParams, runReaders } from './reconciliations.js';

const reportQuery = Type.Object(formatField, closed);
const reportHeaders = {
  etag: Type.String({ description: 'Another one whenever the bytes may be others.' }),
  'x-report-sha256': Type.String({ description: "The run's report_sha256." }),
};

export function registerReconciliationReport(app: App, service: Service): void {
  app.get('/v1/reconciliations/:id/report', {
    config: { roles: runReaders, expensive: true },
    schema: {
      operationId: 'getReconciliationReport',
      summary: 'The report of a reconciliation',
      description:
        'As JSON, or as CSV with a row for every reference. The same bytes every time, for as long as the words stay the same, in each language; the digest does not cover them.',
      tags: ['audit'],
      params: runParams,
      querystring: reportQuery,
      response: {
        200: {
          description: 'The report.',
          headers: reportHeaders,
          content: {
            'application/json': { schema: Report },
            ...csvContent,
          },
        },
        ...problemResponses(...guardedRefusals, ...resultRefusals),
      },
    },
    handler: async (request, reply) => {
      const { principal, params, query } = request;
      const { facts } = await laneOf(service, principal);
      const run = await doneRunOf(service, principal, facts.id, params.id);
      const source: ResultSource = {
        results: (filter, page) => readResults(service.sql, facts.id, run, filter, page),
        references: (filter, page) => readReferences(service.sql, facts.id, run, filter, page),
      };
      const language = languageOf(request);
      const csv = wantsCsv(query.format, request.headers.accept);
      const tag = hash(
        'sha256',
        [run.reconciliation_id, run.report_sha256, csv, language, packageVersion].join('\n'),
        'base64url',
      );
      const name = `reconciliation-${run.partner_id}-${daysOf(run)}.${csv ? 'csv' : 'json'}`;
      reply
        .header('content-type', csv ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8')
        .header('content-disposition', `inline; filename="${name}"`)
        .header('etag', `"${tag}"`)
        .header('x-report-sha256', run.report_sha256)
        .header('vary', 'accept');
      sayLanguage(reply, language);
      await sendPieces(
        reply,
        csv ? reportCsv(run, language, source) : reportJson(run, { zone: facts.zone, language }, source),
      );
    },
  });
}

/** For a file's name: the month, or the first and the last day. */
function daysOf({ from, to }: DateRange): string {
  return periodOf(from, to) ?? `${from}-to-${to}`;
}
