/** A member's statement over HTTP: page by page as JSON, whole as CSV. Who sees the member sees it; amounts, ids, and the name as they see it. */
import type { FastifyReply } from 'fastify';
import { type Static, Type } from 'typebox';
import { requireDaysInOrder } from '../../http/days.js';
import { formatOf, formatQuery } from '../../http/formats.js';
import { sendPieces } from '../../http/pieces.js';
import { guardedRefusals, problemResponses } from '../../http/problem-responses.js';
import { closed, DateString, EntryNumber, ExternalId, pageQuery } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { lastEntry } from '../../ledger/reads/accounts.js';
import type { JointPosition } from '../../ledger/reads/joint-statement.js';
import { isDate } from '../../lib/clock.js';
import { decodeCursor, encodeCursor, foreignCursor } from '../../lib/cursor.js';
import { memberStatementCsv } from '../../timebank/audit/member-statements/csv.js';
import { readMemberStatement } from '../../timebank/audit/member-statements/statement.js';
import { memberReaders, visibleMember } from '../people/member-purses.js';
import { MemberStatement } from './member-statement-shapes.js';

const formats = ['json', 'csv'] as const;
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

export function registerMemberStatement(app: App, service: Service): void {
  app.get('/v1/members/:id/statement', {
    config: { roles: memberReaders },
    schema: {
      operationId: 'getMemberStatement',
      summary: "A member's statement",
      description:
        'Hours beside coins beside points, and what is owed of each, by day of effect, each line with its reason. What happened under ids that were merged into the member is in it. JSON comes in pages of one moment of the books, CSV whole; `at_entry` asks for the statement as it was when that entry was the last one.',
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
      return format === 'csv' ? sendCsv(service, reply, subject) : pageOf(service, subject, query);
    },
  });
}

/** Whose statement of which days, as of which entry. */
interface Subject {
  readonly ledgerId: number;
  readonly id: string;
  readonly knownAs: readonly string[];
  readonly name: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly atEntry: number;
}

/** Refuses: `member_not_found`. */
async function subjectOf(service: Service, principal: Principal, id: string, query: Query): Promise<Subject> {
  const ledgerId = await ledgerIdOf(service, principal);
  const { from = null, to = null, at_entry: asked } = query;
  // Before the member is read: whoever is merged into them afterwards is not of this statement.
  const atEntry = asked === undefined ? await lastEntry(service.sql, ledgerId) : Number(asked);
  const member = await visibleMember(service, principal, ledgerId, id);
  const knownAs = [member.id, ...member.merged_from];
  return { ledgerId, id, knownAs, name: principal.role === 'auditor' ? null : member.name, from, to, atEntry };
}

/** Refuses: `request_invalid` (a foreign cursor), `entry_not_found`. */
async function pageOf(service: Service, subject: Subject, { cursor, limit = 50 }: Query) {
  const { ledgerId, name, from, to } = subject;
  const start = cursor === undefined ? { after: null } : positionOf(cursor);
  const { next, ...page } = await readMemberStatement(service.sql, ledgerId, { ...subject, ...start, limit });
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
  const { ledgerId } = subject;
  const read = (after: JointPosition | null) =>
    readMemberStatement(service.sql, ledgerId, { ...subject, after, limit: linesAtOnce });
  reply
    .header('content-type', 'text/csv; charset=utf-8')
    .header('content-disposition', `inline; filename="${fileName(subject)}.csv"`);
  await sendPieces(reply, memberStatementCsv(read));
}

/** Ids are plain: they need no quoting. */
function fileName({ id, from, to, atEntry }: Subject): string {
  return ['statement', id, ...(from === null ? [] : [`from-${from}`]), ...(to === null ? [] : [`to-${to}`])]
    .concat(`at-${atEntry}`)
    .join('-');
}
