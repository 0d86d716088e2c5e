/**
 * Imports over HTTP: a file is staged, which says what would become of each line, and committed, which does it. A platform
 * brings opening points, visits and its items, and sees what it brought itself; an auditor sees all and brings nothing.
 */
import { type Static, Type } from 'typebox';
import { fillIn } from '../../http/commands.js';
import { charsetOfCsv, csvBody, receiveFile } from '../../http/csv-body.js';
import { JobShape } from '../../http/jobs.js';
import { answerLanguage, languageOf } from '../../http/language.js';
import { annotated } from '../../http/named.js';
import { commandRefusals, jobRefusals, problemResponses } from '../../http/problem-responses.js';
import { ownPlatform } from '../../http/reach.js';
import { list, noQuery, read } from '../../http/routes.js';
import { preferHeader, runJob } from '../../http/run-job.js';
import { closed, DateString, dryRunQuery, ExternalId, NoBody, Uuid } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { previewOf } from '../../lib/csv/preview.js';
import type { Encoding } from '../../lib/encoding.js';
import { idShape } from '../../lib/ids.js';
import { inLanguage, type Words } from '../../lib/language.js';
import { Refusal } from '../../lib/refusal.js';
import { type Import as ImportRow, viewImport } from '../../timebank/imports/import.js';
import type { ImportCommit, ImportUpload, TriedImport } from '../../timebank/imports/import-jobs.js';
import { mappingFor } from '../../timebank/imports/mapping-reads.js';
import { listImportLines, listImports, readImport } from '../../timebank/imports/reads.js';
import { fileNamePattern, type ImportKind } from '../../timebank/words.js';
import { PartnerId } from '../partners/partners.js';
import { importTables } from './file-columns.js';
import { MappingId } from './import-mapping-shapes.js';
import {
  Import,
  ImportPage,
  intakeFiles,
  Kind,
  kindsOf,
  LinePage,
  LineState,
  StagedImport,
  seenBy,
} from './import-shapes.js';

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
    effective_on: Type.Optional(
      annotated(DateString, {
        description: 'Only for opening points: the day they take effect. Default: the day of the commit.',
      }),
    ),
    mapping: Type.Optional(
      annotated(MappingId, {
        description: 'What the headers of the file mean: see `POST /v1/import-mappings`. It is read as it stands now.',
      }),
    ),
    partner: Type.Optional(
      annotated(PartnerId, {
        description: 'Only for redemptions, and required for them: the partner at which they were redeemed.',
      }),
    ),
    platform: Type.Optional(
      annotated(ExternalId, {
        description:
          'Only for service counts and resolved issues: the platform that they are from, as its tokens name it; required of an operator. The import is a batch of its items.',
        examples: ['gold-steward'],
      }),
    ),
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
      description: [
        'Reads the file and tries every row, so that each is known to be ready, skipped or in error; nothing is imported before the commit, for which it waits a week; `preview` shows how the file was decoded. A large file goes on as a job: 202. Platforms bring opening points, visits, counts of service and resolved issues; operators also people, and redemptions of the time before these books.',
        'Columns may stand in any order, headed by their codes, by Chinese names, or as a `mapping` says:',
        importTables,
      ].join('\n\n'),
      tags: ['people', 'service'],
      consumes: ['text/csv'],
      headers: preferHeader,
      querystring: stagingQuery,
      body: csvBody('external_id,parent_external_id,level,name\nXC,,county,新昌县\n'),
      response: {
        200: StagedImport,
        201: StagedImport,
        202: JobShape,
        ...problemResponses(
          ...commandRefusals,
          ...jobRefusals,
          'import_mapping_not_found',
          'file_invalid',
          'file_expired',
        ),
      },
    },
    handler: async (request, reply) => {
      const { principal, query } = request;
      const { kind, file_name: fileName = null, effective_on: effectiveOn = null, partner = null } = query;
      const { dry_run: dryRun = false } = query;
      requireTerms(principal, query);
      const mapping = await mappingFor(service.sql, await ledgerIdOf(service, principal), query);
      const { id, sha256, head, discard } = await receiveFile(service, request, dryRun);
      const charset = charsetOfCsv(request);
      const client = principal.client ?? null;
      const { alias } = principal;
      const file = { id, sha256, charset, kind, fileName, mapping };
      const platform = platformOf(principal, query);
      const upload = { ...file, effectiveOn, partner, platform, dryRun, client, alias };
      await runJob(service, request, reply, {
        kind: 'import_stage',
        runsOn: 'worker',
        input: upload satisfies ImportUpload,
        dryRun,
        joined: discard,
        reveal: (body) => fillIn(body, { file_name: fileName, preview: previewFor(body, head) }),
        conclude: (tried: TriedImport) => ({
          decide: () => tried,
          show: () => ({
            ...withoutFileName(viewImport(tried.import)),
            lines: inLanguage(tried.lines.slice(0, 100), languageOf(request)),
          }),
        }),
      });
    },
  });
}

/** Names and telephone numbers: read from the request anew for every replay, and not remembered. */
function previewFor(body: string, head: Uint8Array) {
  const { encoding } = JSON.parse(body) as { encoding: Encoding };
  return previewOf(head, encoding);
}

/**
 * Refuses: `forbidden` (a kind that is not a platform's), `request_invalid` (a date for a file that bears its own; redemptions of no
 * partner, or a partner for another kind; items of no platform, or of another than who asks).
 */
function requireTerms(
  principal: Principal,
  { kind, effective_on: effectiveOn, partner, platform }: Static<typeof stagingQuery>,
): void {
  const kinds = kindsOf(principal);
  if (!kinds.includes(kind)) {
    throw new Refusal('forbidden', {
      en: `The role ${principal.role} brings ${kinds.join(' or ')}, not ${kind}.`,
      zh: `角色 ${principal.role} 可导入 ${kinds.join('、')}，不可导入 ${kind}。`,
    });
  }
  if (effectiveOn !== undefined && kind !== 'opening_points') {
    throw new Refusal(
      'request_invalid',
      { en: 'Only opening points take effect on a day that is named here.', zh: '只有期初积分可以在此指定生效日期。' },
      {
        errors: [
          { pointer: '/query/effective_on', detail: { en: 'is only for opening_points', zh: '只用于 opening_points' } },
        ],
      },
    );
  }
  if ((partner !== undefined) !== (kind === 'redemptions')) {
    const detail =
      partner === undefined
        ? { en: 'is required for redemptions', zh: '导入兑换时必须填写' }
        : { en: 'is only for redemptions', zh: '只用于导入兑换' };
    throw new Refusal(
      'request_invalid',
      {
        en: 'A file of redemptions is of one partner, and other files of none.',
        zh: '兑换文件须指定一个合作方，其他文件不得指定。',
      },
      { errors: [{ pointer: '/query/partner', detail }] },
    );
  }
  const fault = platformFault(principal, kind, platform);
  if (fault)
    throw new Refusal(
      'request_invalid',
      {
        en: 'A file of counts or issues is of one platform, and other files of none.',
        zh: '服务次数和问题文件须属于一个平台，其他文件不得指定平台。',
      },
      { errors: [{ pointer: '/query/platform', detail: fault }] },
    );
}

const isOfPlatform = (kind: ImportKind) => intakeFiles.some((one) => one === kind);

function platformFault(principal: Principal, kind: ImportKind, platform: string | undefined): Words | null {
  if (!isOfPlatform(kind))
    return platform === undefined
      ? null
      : { en: 'is only for service_counts and resolved_issues', zh: '只用于 service_counts 和 resolved_issues' };
  const own = ownPlatform(principal);
  if (own === null)
    return platform === undefined ? { en: 'is required of an operator', zh: '由 operator 导入时必须填写' } : null;
  return platform === undefined || platform === own
    ? null
    : { en: 'is another platform than your own', zh: '不是您所属的平台' };
}

/** Whose items a file is; of other files undefined. */
function platformOf(principal: Principal, { kind, platform }: Static<typeof stagingQuery>): string | undefined {
  return isOfPlatform(kind) ? (platform ?? ownPlatform(principal) ?? undefined) : undefined;
}

/** What a file is called may name a person: it is not remembered with the answer, but put back when that is sent. */
function withoutFileName(view: ReturnType<typeof viewImport>) {
  return { ...view, file_name: null };
}

function registerCommitting(app: App, service: Service): void {
  app.post('/v1/imports/:id/commit', {
    config: { roles: users, expensive: true },
    schema: {
      operationId: 'commitImport',
      summary: 'Commit an import',
      description:
        'Imports the lines that are ready, in chunks, and answers when all are dealt with; if that takes longer than a client waits, it goes on as a job: 202. A commit that is cut short or cancelled goes on where it stopped when it is asked for again. The caller approves what the file records.',
      tags: ['people', 'service'],
      headers: preferHeader,
      params,
      querystring: noQuery,
      body: NoBody,
      response: {
        200: Import,
        202: JobShape,
        ...problemResponses(
          ...commandRefusals,
          ...jobRefusals,
          'import_not_found',
          'import_already_committed',
          'file_expired',
        ),
      },
    },
    handler: async (request, reply) => {
      const { principal } = request;
      const { id } = request.params;
      const staged = await readImport(service.sql, await ledgerIdOf(service, principal), id, seenBy(principal));
      await runJob(service, request, reply, {
        kind: 'import_commit',
        runsOn: 'lane',
        subject: id,
        input: { id, client: principal.client ?? null, alias: principal.alias } satisfies ImportCommit,
        reveal: (body) => fillIn(body, { file_name: staged.file_name }),
        conclude: (done: { readonly import: ImportRow }) => ({
          decide: () => done.import,
          show: (committed) => withoutFileName(viewImport(committed)),
          status: 200,
        }),
      });
    },
  });
}

function registerReading(app: App, service: Service): void {
  list(app, service, '/v1/imports', {
    roles: readers,
    operationId: 'listImports',
    summary: 'List imports',
    description: 'The oldest first; a platform sees those that it brought.',
    tags: ['people', 'service'],
    answer: ImportPage,
    key: idShape,
    rows: ({ principal }, ledger, page) => listImports(service.sql, ledger.id, { ...seenBy(principal), ...page }),
    keyOf: (row) => row.import_id,
    show: (rows) => ({ imports: rows.map(viewImport) }),
  });

  read(app, service, '/v1/imports/:id', {
    roles: readers,
    operationId: 'getImport',
    summary: 'One import',
    description: 'How far it has come.',
    tags: ['people', 'service'],
    params,
    answer: Import,
    refusals: ['import_not_found'],
    read: async ({ params, principal }, ledger) =>
      viewImport(await readImport(service.sql, ledger.id, params.id, seenBy(principal))),
  });

  list(app, service, '/v1/imports/:id/lines', {
    roles: readers,
    expensive: true,
    inTurn: true,
    operationId: 'listImportLines',
    summary: 'The lines of an import',
    description:
      'What became of each line; of lines still to be committed, what was foreseen when the file was taken in. The commit decides them anew.',
    tags: ['people', 'service'],
    params,
    filters: { state: Type.Optional(LineState) },
    answer: LinePage,
    refusals: ['import_not_found'],
    key: /^[0-9]{1,9}$/,
    rows: async ({ params, principal, query }, ledger, { after, limit }) => {
      const { import_id: id } = await readImport(service.sql, ledger.id, params.id, seenBy(principal));
      return listImportLines(service.sql, ledger.id, id, { state: query.state ?? null, after: Number(after), limit });
    },
    keyOf: ({ line }) => String(line),
    show: (lines, request, _, reply) => ({ lines: inLanguage(lines, answerLanguage(request, reply)) }),
  });
}
