/** A member's statement over HTTP: page by page as JSON, whole as CSV and as a paper. Who sees the member sees it; amounts, ids, and the name as they see it. */
import type { FastifyReply } from 'fastify';
import { type Static, Type } from 'typebox';
import { requireDaysInOrder } from '../../http/days.js';
import { formatOf, formatQuery } from '../../http/formats.js';
import { sendPieces } from '../../http/pieces.js';
import { guardedRefusals, problemResponses } from '../../http/problem-responses.js';
import { mayKnowNeed } from '../../http/reach.js';
import { closed, DateString, EntryNumber, ExternalId, pageQuery } from '../../http/schemas.js';
import { type App, laneOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { lastEntry } from '../../ledger/reads/accounts.js';
import type { JointPosition } from '../../ledger/reads/joint-statement.js';
import { readCheckpointAt } from '../../ledger/reads/log.js';
import type { LedgerFacts } from '../../ledger/state.js';
import { isDate } from '../../lib/clock.js';
import { decodeCursor, encodeCursor, foreignCursor } from '../../lib/cursor.js';
import { Refusal } from '../../lib/refusal.js';
import { memberStatementCsv, type ReadPage } from '../../timebank/audit/member-statements/csv.js';
import { memberStatementPaper } from '../../timebank/audit/member-statements/paper.js';
import { type MemberStatementPage, readMemberStatement } from '../../timebank/audit/member-statements/statement.js';
import { memberReaders, visibleMember } from '../people/member-purses.js';
import { MemberStatement } from './member-statement-shapes.js';

const formats = ['json', 'csv', 'pdf'] as const;
const params = Type.Object({ id: ExternalId }, closed);
const query = Type.Object(
  {
    from: Type.Optional(DateString),
    to: Type.Optional(DateString),
    at_entry: Type.Optional(EntryNumber),
    format: formatQuery(formats),
    ...pageQuery,
  },
  closed,
);
type Query = Static<typeof query>;

/** Lines of a piece of a file. */
const linesAtOnce = 200;
/** Some hundred pages. */
const linesOfPaper = 500;

export function registerMemberStatement(app: App, service: Service): void {
  app.get('/v1/members/:id/statement', {
    config: { roles: memberReaders },
    schema: {
      operationId: 'getMemberStatement',
      summary: "A member's statement",
      description:
        'Hours beside coins beside points, and what is owed of each, by day of effect, each line with its reason; and grants of the fund, but not for a coordinator without the claim `care`. What happened under ids that were merged into the member is in it. JSON comes in pages of one moment of the books, CSV whole, and PDF, in Chinese and in large print, with at most 500 lines; `at_entry` asks for the statement as it was when that entry was the last one.',
      tags: ['people'],
      params,
      querystring: query,
      response: {
        200: {
          description: 'The statement.',
          content: {
            'application/json': { schema: MemberStatement },
            'text/csv': {
              schema: Type.String({
                description:
                  'UTF-8, RFC 4180, with a header line; the first row has the opening balances, the last row the closing ones.',
              }),
            },
            'application/pdf': { schema: Type.Unsafe<unknown>({ type: 'string', format: 'binary' }) },
          },
        },
        ...problemResponses(...guardedRefusals, 'member_not_found', 'entry_not_found'),
      },
    },
    handler: async (request, reply) => {
      const { params, query, principal } = request;
      requireDaysInOrder(query);
      const subject = await subjectOf(service, principal, params.id, query);
      reply.header('vary', 'accept');
      const format = formatOf(request, query.format, formats);
      if (format === 'csv') return sendCsv(service, reply, subject);
      if (format === 'pdf') return sendPaper(service, reply, subject);
      return pageOf(service, subject, query);
    },
  });
}

/** Whose statement of which days, as of which entry. */
interface Subject {
  readonly ledger: LedgerFacts;
  readonly id: string;
  readonly knownAs: readonly string[];
  readonly name: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly atEntry: number;
  /** What somebody was granted says that they are in need: not for every coordinator. */
  readonly withGrants: boolean;
}

/** Refuses: `member_not_found`. */
async function subjectOf(service: Service, principal: Principal, id: string, query: Query): Promise<Subject> {
  const { facts: ledger } = await laneOf(service, principal);
  const { from = null, to = null, at_entry: asked } = query;
  // Before the member is read: whoever is merged into them afterwards is not of this statement.
  const atEntry = asked === undefined ? await lastEntry(service.sql, ledger.id) : Number(asked);
  const member = await visibleMember(service, principal, ledger.id, id);
  const knownAs = [member.id, ...member.merged_from];
  const name = principal.role === 'auditor' ? null : member.name;
  return { ledger, id, knownAs, name, from, to, atEntry, withGrants: mayKnowNeed(principal) };
}

/** Refuses: `request_invalid` (a foreign cursor), `entry_not_found`. */
async function pageOf(service: Service, subject: Subject, { cursor, limit = 50 }: Query) {
  const { ledger, name, from, to } = subject;
  const start = cursor === undefined ? { after: null } : positionOf(cursor);
  const { next, ...page } = await readMemberStatement(service.sql, ledger.id, { ...subject, ...start, limit });
  const { member, merged_from, at_entry, ...rest } = page;
  const next_cursor = next && encodeCursor([at_entry, next.day, String(next.entry)]);
  return { member, merged_from, name, from, to, at_entry, ...rest, next_cursor };
}

/** A cursor keeps its pages at the entry of the first one. */
function positionOf(cursor: string): { atEntry: number; after: JointPosition } {
  const [at, day = '', number] = decodeCursor(cursor, 3);
  const [atEntry, entry] = [Number(at), Number(number)];
  if (isDate(day) && [atEntry, entry].every((one) => Number.isSafeInteger(one) && one > 0))
    return { atEntry, after: { day, entry } };
  throw foreignCursor();
}

async function sendCsv(service: Service, reply: FastifyReply, subject: Subject): Promise<void> {
  reply
    .header('content-type', 'text/csv; charset=utf-8')
    .header('content-disposition', `inline; filename="${fileName(subject)}.csv"`);
  await sendPieces(reply, memberStatementCsv(pagesOf(service, subject)));
}

/** The same statement at the same entry is the same bytes. Refuses: `request_invalid` (too many lines), `entry_not_found`, `ledger_busy`. */
async function sendPaper(service: Service, reply: FastifyReply, subject: Subject): Promise<FastifyReply> {
  const { ledger, name, from, to, atEntry } = subject;
  const statement = await wholeOf(pagesOf(service, subject));
  const checkpoint = await readCheckpointAt(service.sql, ledger.id, atEntry, service.logSigner(ledger));
  const { zone } = ledger;
  const paper = memberStatementPaper({ ...statement, name, from, to, checkpoint, zone });
  const bytes = await service.papers.draw(paper);
  reply
    .header('content-type', 'application/pdf')
    .header('content-language', 'zh')
    .header('content-disposition', `inline; filename="${fileName(subject)}.pdf"`);
  return reply.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

function pagesOf(service: Service, subject: Subject): ReadPage {
  return (after) => readMemberStatement(service.sql, subject.ledger.id, { ...subject, after, limit: linesAtOnce });
}

/** All lines. Refuses: `request_invalid` (too many), `entry_not_found`. */
async function wholeOf(read: ReadPage): Promise<MemberStatementPage> {
  let page = await read(null);
  const { lines } = page;
  while (page.next !== null) {
    page = await read(page.next);
    lines.push(...page.lines);
    if (lines.length > linesOfPaper) throw tooLong();
  }
  return { ...page, lines };
}

function tooLong(): Refusal {
  return new Refusal(
    'request_invalid',
    {
      en: `A paper has at most ${linesOfPaper} lines: ask for fewer days.`,
      zh: `一份文件最多 ${linesOfPaper} 笔，请缩短期间。`,
    },
    { errors: [{ pointer: '/query/from', detail: { en: 'must be a later day', zh: '须为较晚的日期' } }] },
  );
}

/** Ids are plain: they need no quoting. */
function fileName({ id, from, to, atEntry }: Subject): string {
  return ['statement', id, ...(from === null ? [] : [`from-${from}`]), ...(to === null ? [] : [`to-${to}`])]
    .concat(`at-${atEntry}`)
    .join('-');
}
