/**
 * Imports over HTTP: a file is staged, which says what would become of each line, and committed, which does it. A platform
 * brings opening points and visits, and sees what it brought itself; an auditor sees all and brings nothing.
 */
import { type Static, Type } from 'typebox';
import { actorOf, keyOfRequest, runCommand } from '../../http/commands.js';
import { charsetOfCsv, csvBody, receiveFile } from '../../http/csv-body.js';
import { afterOf, pageOf } from '../../http/pages.js';
import { commandRefusals, guardedRefusals, problemResponses } from '../../http/problem-responses.js';
import { closed, DateString, dryRunQuery, NoBody, PageQuery, pageQuery, Uuid } from '../../http/schemas.js';
import { type App, laneOf, ledgerIdOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { isKeyKnown } from '../../ledger/reads/keys.js';
import { previewOf } from '../../lib/csv.js';
import { idShape, newId } from '../../lib/ids.js';
import { Refusal } from '../../lib/refusal.js';
import { commitUpToLast, lineCount } from '../../timebank/imports/commit.js';
import {
  chunkLines,
  commitChunk,
  contentOf,
  type ImportLineState,
  parseForImport,
  stageImport,
  viewImport,
} from '../../timebank/imports/import.js';
import type { ParsedImport } from '../../timebank/imports/kinds.js';
import { foreseeImportLines, listImportLines, listImports, readImport } from '../../timebank/imports/reads.js';
import { fileNamePattern } from '../../timebank/words.js';
import { readBlob } from '../../work/blobs.js';
import { Import, ImportPage, Kind, kindsOf, LinePage, LineState, StagedImport, seenBy } from './import-shapes.js';

const params = Type.Object({ id: Uuid }, closed);
const users = ['operator', 'platform'] as const;
const readers = [...users, 'auditor'] as const;

export function registerImports(app: App, service: Service): void {
  registerStaging(app, service);
  registerCommitting(app, service);
  registerReading(app, service);
}

const stagingQuery = Type.Object(
  {
    kind: Kind,
    file_name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        pattern: fileNamePattern,
        description: "The file's name, for people.",
        examples: ['members.csv'],
      }),
    ),
    effective_on: Type.Optional({
      ...DateString,
      description: 'Only for opening points: the day they take effect. Default: the day of the commit.',
    }),
    ...dryRunQuery.properties,
  },
  closed,
);

function registerStaging(app: App, service: Service): void {
  app.post('/v1/imports', {
    config: { roles: users, csv: true, expensive: true },
    schema: {
      operationId: 'stageImport',
      summary: 'Take a file in',
      description:
        'Reads the file and tries every row, so that each is known to be ready, skipped or in error; nothing is imported before the commit; `preview` shows how the file was decoded. At most 20,000 rows. Platforms bring opening points and visits.',
      tags: ['people', 'service'],
      consumes: ['text/csv'],
      querystring: stagingQuery,
      body: csvBody('external_id,parent_external_id,level,name\nXC,,county,新昌县\n'),
      response: { 200: StagedImport, 201: StagedImport, ...problemResponses(...commandRefusals, 'file_invalid') },
    },
    handler: async (request, reply) => {
      const { principal, query } = request;
      const { kind, file_name: fileName = null, effective_on: effectiveOn = null } = query;
      requireTerms(principal, query);
      const { rules } = service;
      const charset = charsetOfCsv(request);
      const file = await receiveFile(service, request, query.dry_run);
      const bytes = await readBlob(service.work.sql, await ledgerIdOf(service, principal), file.id);
      await file.discard();
      const parsed = parsedOrRefusal(() => parseForImport(kind, bytes, rules, charset));
      const actor = actorOf(principal);
      const staging = { id: newId(), kind, fileName, bytes, effectiveOn, approvedBy: actor, broughtBy: actor };
      return runCommand(service, request, reply, {
        decide: (stage) => {
          if (parsed instanceof Refusal) throw parsed;
          return stageImport(stage, rules, staging, parsed);
        },
        show: (staged) => ({
          ...withoutFileName(viewImport(staged.import)),
          lines: staged.lines.filter(isTelling).slice(0, 100),
        }),
        // Names and telephone numbers: read from the request anew for every replay, and not remembered.
        reveal: (body) =>
          JSON.stringify({ ...JSON.parse(withFileName(body, fileName)), preview: previewOf(bytes, charset) }),
        dryRun: query.dry_run,
        weight: parsed instanceof Refusal ? 1 : lineCount(parsed),
      });
    },
  });
}

/** Refuses: `forbidden` (a kind that is not a platform's), `request_invalid` (a date for a file that bears its own). */
function requireTerms(principal: Principal, { kind, effective_on: effectiveOn }: Static<typeof stagingQuery>): void {
  const kinds = kindsOf(principal);
  if (!kinds.includes(kind)) {
    throw new Refusal('forbidden', `The role ${principal.role} brings ${kinds.join(' or ')}, not ${kind}.`);
  }
  if (effectiveOn !== undefined && kind !== 'opening_points') {
    throw new Refusal('request_invalid', 'Only opening points take effect on a day that is named here.', {
      errors: [{ pointer: '/query/effective_on', detail: 'is only for opening_points' }],
    });
  }
}

/** A file that cannot be read is refused by the command, so that the refusal is remembered under its key. */
function parsedOrRefusal(parse: () => ParsedImport): ParsedImport | Refusal {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** What a file is called may name a person: it is not remembered with the answer, but put back when that is sent. */
function withoutFileName(view: ReturnType<typeof viewImport>) {
  return { ...view, file_name: null };
}

function withFileName(body: string, fileName: string | null): string {
  return body.replace('"file_name":null', () => `"file_name":${JSON.stringify(fileName)}`);
}

function isTelling(line: ImportLineState): boolean {
  return line.state !== 'ready';
}

function registerCommitting(app: App, service: Service): void {
  app.post('/v1/imports/:id/commit', {
    config: { roles: users, expensive: true },
    schema: {
      operationId: 'commitImport',
      summary: 'Commit an import',
      description:
        'Imports the lines that are ready, in chunks, and answers when all are dealt with. A commit that is cut short goes on where it stopped when it is sent again. The caller approves what the file records.',
      tags: ['people', 'service'],
      params,
      body: NoBody,
      response: {
        200: Import,
        ...problemResponses(...commandRefusals, 'import_not_found', 'import_already_committed'),
      },
    },
    handler: async (request, reply) => {
      const { principal } = request;
      const { rules } = service;
      const { id } = request.params;
      const actor = actorOf(principal);
      const { key } = keyOfRequest(request);
      const lane = await laneOf(service, principal);
      const staged = await readImport(service.sql, lane.facts.id, id, seenBy(principal));
      const parsed =
        staged.content === null ? nothing : parseForImport(staged.kind, contentOf(staged), rules, staged.encoding);
      // A key that is known has its answer, or was for another request: neither may import anything.
      if (!(await isKeyKnown(service.sql, lane.facts.id, key)))
        await commitUpToLast(lane, { rules, id, actor, parsed });
      // The last chunk goes with the answer: a retry finds either both or neither.
      await runCommand(service, request, reply, {
        decide: (stage) => commitChunk(stage, rules, id, parsed, actor),
        show: (committed) => withoutFileName(viewImport(committed)),
        reveal: (body) => withFileName(body, staged.file_name),
        status: 200,
        weight: chunkLines,
      });
    },
  });
}

/** What is left to read of a file whose import is committed. */
const nothing: ParsedImport = { encoding: 'utf-8', lines: [], errors: [] };

function registerReading(app: App, service: Service): void {
  app.get('/v1/imports', {
    config: { roles: readers },
    schema: {
      operationId: 'listImports',
      summary: 'List imports',
      description: 'The oldest first; a platform sees those that it brought.',
      tags: ['people', 'service'],
      querystring: PageQuery,
      response: { 200: ImportPage, ...problemResponses(...guardedRefusals) },
    },
    handler: async (request) => {
      const { cursor, limit = 50 } = request.query;
      const filter = { ...seenBy(request.principal), after: afterOf(cursor, idShape) };
      const ledgerId = await ledgerIdOf(service, request.principal);
      const rows = await listImports(service.sql, ledgerId, { ...filter, limit: limit + 1 });
      const { page, next_cursor } = pageOf(rows, limit, (row) => row.import_id);
      return { imports: page.map(viewImport), next_cursor };
    },
  });

  app.get('/v1/imports/:id', {
    config: { roles: readers },
    schema: {
      operationId: 'getImport',
      summary: 'One import',
      description: 'How far it has come.',
      tags: ['people', 'service'],
      params,
      response: { 200: Import, ...problemResponses(...guardedRefusals, 'import_not_found') },
    },
    handler: async (request) => {
      const ledgerId = await ledgerIdOf(service, request.principal);
      return viewImport(await readImport(service.sql, ledgerId, request.params.id, seenBy(request.principal)));
    },
  });

  app.get('/v1/imports/:id/lines', {
    config: { roles: readers, expensive: true },
    schema: {
      operationId: 'listImportLines',
      summary: 'The lines of an import',
      description: 'What became of each line; for lines still to be committed, what would become of them now.',
      tags: ['people', 'service'],
      params,
      querystring: Type.Object({ state: Type.Optional(LineState), ...pageQuery }, closed),
      response: {
        200: LinePage,
        ...problemResponses(...guardedRefusals, 'import_not_found', 'ledger_busy', 'storage_full'),
      },
    },
    handler: async (request) => {
      const { cursor, limit = 50, state = null } = request.query;
      const after = Number(afterOf(cursor, /^[0-9]{1,9}$/));
      const lane = await laneOf(service, request.principal);
      const row = await readImport(service.sql, lane.facts.id, request.params.id, seenBy(request.principal));
      const filter = { state, after, limit: limit + 1 };
      const lines = await (row.content === null
        ? listImportLines(service.sql, lane.facts.id, row.import_id, filter)
        : foreseeImportLines(service.sql, lane, row, {
            ...filter,
            rules: service.rules,
            actor: actorOf(request.principal),
          }));
      const { page, next_cursor } = pageOf(lines, limit, ({ line }) => String(line));
      return { lines: page, next_cursor };
    },
  });
}
