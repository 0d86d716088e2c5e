/** Partners' statements over HTTP: a file is taken in whole or refused with every wrong line; its lines can be read back. */
import { Type } from 'typebox';
import { fillIn } from '../../http/commands.js';
import { charsetOfCsv, csvBody, receiveFile } from '../../http/csv-body.js';
import { JobShape } from '../../http/jobs.js';
import { annotated, namedObject } from '../../http/named.js';
import { readPage } from '../../http/pages.js';
import { commandRefusals, guardedRefusals, jobRefusals, problemResponses } from '../../http/problem-responses.js';
import { isAnothers, ownPartner } from '../../http/reach.js';
import { preferHeader, runJob } from '../../http/run-job.js';
import {
  AmountString,
  closed,
  DateString,
  ExternalId,
  Instant,
  Nullable,
  PageQuery,
  pageOf,
  pageQuery,
  SignedAmountString,
  Uuid,
} from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import { idShape } from '../../lib/ids.js';
import { Refusal } from '../../lib/refusal.js';
import type { ReceivedStatement, StatementUpload } from '../../timebank/audit/partner-statement-jobs.js';
import { listStatements, readStatement, readStatementLines } from '../../timebank/audit/partner-statement-reads.js';
import { requireStatement, viewStatement, viewStatementLine } from '../../timebank/audit/partner-statements.js';
import { fileNamePattern, statementLineTypes } from '../../timebank/words.js';
import { statementColumns, tableOf } from '../imports/file-columns.js';
import { PartnerId } from '../partners/partners.js';
import { optionalRangeOf, rangeExample, rangeFields, rangeOf, rangeShown, Sequence } from './range-shapes.js';

const FileName = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: fileNamePattern,
  description: 'What the file was called.',
  examples: ['bank-statement-2026-10.csv'],
});

const Statement = namedObject(
  'PartnerStatement',
  {
    id: Uuid,
    partner: PartnerId,
    ...rangeShown,
    file_name: Nullable(FileName),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the file, hexadecimal.' }),
    lines: Type.Integer({ description: 'How many lines it has.', examples: [1753] }),
    points: annotated(SignedAmountString, {
      description: 'Points redeemed less points refunded.',
      examples: ['81005'],
    }),
    amount_cny: annotated(SignedAmountString, { description: 'The same in CNY.', examples: ['8100.50'] }),
    created_at: Instant,
  },
  {
    description: "A partner's statement as it was taken in.",
    examples: [
      {
        id: '0199c3f0-2e00-7c18-9b06-1f4a8d7e5b32',
        partner: 'xc-bank',
        ...rangeExample,
        file_name: 'bank-statement-2026-10.csv',
        sha256: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
        lines: 1753,
        points: '81005',
        amount_cny: '8100.50',
        created_at: '2026-11-02T01:00:00.000000Z',
      },
    ],
  },
);

const StatementPage = pageOf(
  'PartnerStatementPage',
  'partner_statements',
  Statement,
  'Statements in the order in which they came.',
);

const LinePage = pageOf(
  'PartnerStatementLinePage',
  'lines',
  namedObject(
    'PartnerStatementLine',
    {
      line: Type.Integer({ description: 'Where it stands in the file; the header is line 1.', examples: [2] }),
      partner_reference: ExternalId,
      booked_on: DateString,
      points: AmountString,
      amount_cny: AmountString,
      type: Type.Enum([...statementLineTypes], { description: 'A refund takes away.' }),
    },
    {
      examples: [
        {
          line: 2,
          partner_reference: 'BK20260000829',
          booked_on: '2026-10-01',
          points: '50',
          amount_cny: '5.00',
          type: 'redeem',
        },
      ],
    },
  ),
  'Lines in the order of the file.',
);

const params = Type.Object({ id: Uuid }, closed);
const readers = ['operator', 'auditor', 'partner'] as const;

export function registerPartnerStatements(app: App, service: Service): void {
  registerReceiving(app, service);
  registerReading(app, service);
  registerReadingLines(app, service);
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
        tableOf(statementColumns),
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
  app.get('/v1/partner-statements', {
    config: { roles: readers },
    schema: {
      operationId: 'listPartnerStatements',
      summary: "List partners' statements",
      description: 'In the order in which they came, of all days or of exactly those named. A partner sees its own.',
      tags: ['audit'],
      querystring: Type.Object({ partner: Type.Optional(PartnerId), ...rangeFields, ...pageQuery }, closed),
      response: { 200: StatementPage, ...problemResponses(...guardedRefusals) },
    },
    handler: async (request) => {
      const { principal, query } = request;
      const range = optionalRangeOf(query, '/query');
      const own = ownPartner(principal);
      const { partner = own } = query;
      const ledgerId = await ledgerIdOf(service, principal);
      const { page, next_cursor } = await readPage(
        query,
        idShape,
        async (rows) =>
          isAnothers(partner, own) ? [] : listStatements(service.sql, ledgerId, { partner, range }, rows),
        (statement) => statement.id,
      );
      return { partner_statements: page, next_cursor };
    },
  });

  app.get('/v1/partner-statements/:id', {
    config: { roles: readers },
    schema: {
      operationId: 'getPartnerStatement',
      summary: 'One statement',
      description: 'What the file was and what it adds up to.',
      tags: ['audit'],
      params,
      response: { 200: Statement, ...problemResponses(...guardedRefusals, 'partner_statement_not_found') },
    },
    handler: async (request) => {
      const ledgerId = await ledgerIdOf(service, request.principal);
      return readStatement(service.sql, ledgerId, request.params.id, ownPartner(request.principal));
    },
  });
}

function registerReadingLines(app: App, service: Service): void {
  app.get('/v1/partner-statements/:id/lines', {
    config: { roles: readers },
    schema: {
      operationId: 'listPartnerStatementLines',
      summary: 'The lines of a statement',
      description: 'As they stood in the file.',
      tags: ['audit'],
      params,
      querystring: PageQuery,
      response: { 200: LinePage, ...problemResponses(...guardedRefusals, 'partner_statement_not_found') },
    },
    handler: async (request) => {
      const { id } = request.params;
      const ledgerId = await ledgerIdOf(service, request.principal);
      const { page, next_cursor } = await readPage(
        request.query,
        /^[1-9][0-9]{0,8}$/,
        async ({ after, limit }) => {
          await readStatement(service.sql, ledgerId, id, ownPartner(request.principal));
          return readStatementLines(service.sql, ledgerId, id, { after: Number(after), limit });
        },
        ({ line }) => String(line),
      );
      return { lines: page.map(viewStatementLine), next_cursor };
    },
  });
}
