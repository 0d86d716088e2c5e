/** Partners' statements over HTTP: a file is taken in whole or refused with every wrong line; its lines can be read back. */
import { Type } from 'typebox';
import { fillIn } from '../../http/commands.js';
import { charsetOfCsv, csvBody, receiveFile } from '../../http/csv-body.js';
import { JobShape } from '../../http/jobs.js';
import { annotated } from '../../http/named.js';
import { commandRefusals, jobRefusals, problemResponses } from '../../http/problem-responses.js';
import { isAnothers, ownPartner } from '../../http/reach.js';
import { list, read } from '../../http/routes.js';
import { preferHeader, runJob } from '../../http/run-job.js';
import { closed, Uuid } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import { idShape } from '../../lib/ids.js';
import { Refusal } from '../../lib/refusal.js';
import type { ReceivedStatement, StatementUpload } from '../../timebank/audit/partner-statement-jobs.js';
import { listStatements, readStatement, readStatementLines } from '../../timebank/audit/partner-statement-reads.js';
import { requireStatement, viewStatement, viewStatementLine } from '../../timebank/audit/partner-statements.js';
import { statementTable } from '../../timebank/audit/partner-statements-file.js';
import { headerOf } from '../../timebank/files/table.js';
import { statementColumns, tableOf } from '../imports/file-columns.js';
import { PartnerId } from '../partners/partners.js';
import { FileName, LinePage, Statement, StatementPage } from './partner-statement-shapes.js';
import { partnerRangeFilters, partnerRangeOf, rangeFields, rangeOf, Sequence } from './range-shapes.js';

const params = Type.Object({ id: Uuid }, closed);
const readers = ['operator', 'auditor', 'partner'] as const;

export function registerPartnerStatements(app: App, service: Service): void {
  registerReceiving(app, service);
  registerReading(app, service);
}

function registerReceiving(app: App, service: Service): void {
  app.post('/v1/partner-statements', {
    config: { roles: ['operator', 'partner'], csv: true, expensive: true },
    schema: {
      operationId: 'receivePartnerStatement',
      summary: "Take in a partner's statement",
      description: [
        "The partner's own list for a range of days, to be matched against the books. Statements for the same days are numbered in the order in which they come, and the last one counts. Sending that one again answers 200 and changes nothing; sending an older one again takes it in anew, with the next number, and then it counts.",
        'Columns may stand in any order:',
        tableOf(statementColumns, headerOf(statementTable)),
      ].join('\n\n'),
      tags: ['audit'],
      consumes: ['text/csv'],
      headers: preferHeader,
      querystring: Type.Object(
        {
          partner: PartnerId,
          ...rangeFields,
          sequence: Type.Optional(
            annotated(Sequence, {
              description:
                "The partner's own number of the statement, higher than those before it for the same days. Default: the next one.",
            }),
          ),
          file_name: Type.Optional(FileName),
        },
        closed,
      ),
      body: csvBody('partner_reference,booked_on,points,amount_cny,type\nBK20260000829,2026-10-01,50,5.00,redeem\n'),
      response: {
        200: Statement,
        201: Statement,
        202: JobShape,
        ...problemResponses(
          ...commandRefusals,
          ...jobRefusals,
          'partner_not_found',
          'file_invalid',
          'file_expired',
          'partner_statement_exists',
        ),
      },
    },
    handler: async (request, reply) => {
      const { principal, query } = request;
      const { partner: partnerId, sequence, file_name: fileName = null } = query;
      const range = rangeOf(query, '/query');
      requireOwn(partnerId, ownPartner(principal));
      const { id, sha256, discard } = await receiveFile(service, request);
      const charset = charsetOfCsv(request);
      const upload = { id, sha256, charset, partnerId, ...range, sequence, fileName, client: principal.client ?? null };
      await runJob(service, request, reply, {
        kind: 'partner_statement',
        runsOn: 'worker',
        input: upload satisfies StatementUpload,
        joined: discard,
        // A file that was sent before is shown as it was called then: the row knows.
        reveal: async (body) => {
          const { id } = JSON.parse(body) as { id: string };
          const ledgerId = await ledgerIdOf(service, principal);
          return fillIn(body, { file_name: (await readStatement(service.sql, ledgerId, id, null)).file_name });
        },
        conclude: ({ statement, known }: ReceivedStatement) => ({
          decide: (stage) => requireStatement(stage, { id: statement }),
          show: (row) => ({ ...viewStatement(row), file_name: null }),
          status: known ? 200 : 201,
        }),
      });
    },
  });
}

/** Refuses: `partner_not_found` (what is not one's own is not there). */
function requireOwn(partnerId: string, own: string | null): void {
  if (isAnothers(partnerId, own))
    throw new Refusal('partner_not_found', { en: `there is no partner ${partnerId}`, zh: `没有合作方 ${partnerId}` });
}

function registerReading(app: App, service: Service): void {
  list(app, service, '/v1/partner-statements', {
    roles: readers,
    operationId: 'listPartnerStatements',
    summary: "List partners' statements",
    description: 'In the order in which they came, of all days or of exactly those named. A partner sees its own.',
    tags: ['audit'],
    filters: partnerRangeFilters,
    answer: StatementPage,
    key: idShape,
    rows: async ({ query, principal }, ledger, page) => {
      const asked = partnerRangeOf(query, principal);
      return asked === null ? [] : listStatements(service.sql, ledger.id, asked, page);
    },
    keyOf: ({ id }) => id,
    show: (statements) => ({ partner_statements: statements }),
  });

  read(app, service, '/v1/partner-statements/:id', {
    roles: readers,
    operationId: 'getPartnerStatement',
    summary: 'One statement',
    description: 'What the file was and what it adds up to.',
    tags: ['audit'],
    params,
    answer: Statement,
    refusals: ['partner_statement_not_found'],
    read: ({ params, principal }, ledger) => readStatement(service.sql, ledger.id, params.id, ownPartner(principal)),
  });

  list(app, service, '/v1/partner-statements/:id/lines', {
    roles: readers,
    operationId: 'listPartnerStatementLines',
    summary: 'The lines of a statement',
    description: 'As they stood in the file.',
    tags: ['audit'],
    params,
    answer: LinePage,
    refusals: ['partner_statement_not_found'],
    key: /^[1-9][0-9]{0,8}$/,
    rows: async ({ params: { id }, principal }, ledger, { after, limit }) => {
      await readStatement(service.sql, ledger.id, id, ownPartner(principal));
      return readStatementLines(service.sql, ledger.id, id, { after: Number(after), limit });
    },
    keyOf: ({ line }) => String(line),
    show: (lines) => ({ lines: lines.map(viewStatementLine) }),
  });
}
