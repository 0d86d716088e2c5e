/**
 * The report of a month by unit over HTTP: as JSON, CSV, a spreadsheet, and a paper of one page. A coordinator sees the units of the scope; who
 * may not see what single people did is given what is published.
 */
import type { FastifyReply } from 'fastify';
import { type Static, Type } from 'typebox';
import { readSnapshot } from '../../db/snapshot.js';
import { formatOf, formatQuery } from '../../http/formats.js';
import { annotated } from '../../http/named.js';
import { sendPieces } from '../../http/pieces.js';
import { guardedRefusals, problemResponses } from '../../http/problem-responses.js';
import { reachOf } from '../../http/reach.js';
import { closed, ExternalId } from '../../http/schemas.js';
import { type App, laneOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { loadHead } from '../../ledger/load.js';
import type { LedgerFacts } from '../../ledger/state.js';
import { periodBounds } from '../../lib/clock.js';
import { formatAmount } from '../../lib/decimal.js';
import { Refusal } from '../../lib/refusal.js';
import { writeXlsx } from '../../lib/xlsx/write.js';
import { partnersOf, scaleOf, shortfallsOf } from '../../timebank/audit/unit-reports/columns.js';
import { unitReportCsv } from '../../timebank/audit/unit-reports/csv.js';
import { unitReportPaper } from '../../timebank/audit/unit-reports/paper.js';
import { type FigureOf, readUnitReport, type UnitReport } from '../../timebank/audit/unit-reports/report.js';
import { unitReportSheet } from '../../timebank/audit/unit-reports/sheet.js';
import { shareByResident } from '../../timebank/audit/unit-reports/words.js';
import { Period } from './range-shapes.js';
import { UnitReport as UnitReportShape } from './unit-report-shapes.js';

const formats = ['json', 'csv', 'xlsx', 'pdf'] as const;
const params = Type.Object({ id: ExternalId }, closed);
const query = Type.Object(
  {
    month: annotated(Period, { description: 'The month of service, of effect, and in which orders were placed.' }),
    below: Type.Optional(
      Type.Enum(['children', 'all'], {
        default: 'children',
        description: 'The units right below, or all; JSON and the spreadsheet have at most 500.',
      }),
    ),
    published: Type.Optional(Type.Boolean({ default: false, description: 'Withhold what must not be published.' })),
    format: formatQuery(formats),
  },
  closed,
);
type Query = Static<typeof query>;

/** Units of an answer that is made in one piece. */
const mostUnits = 500;

export function registerUnitReport(app: App, service: Service): void {
  app.get('/v1/reports/units/:id', {
    config: { roles: ['operator', 'auditor', 'coordinator', 'platform'], expensive: true },
    schema: {
      operationId: 'getUnitReport',
      summary: 'What a unit and those below it have of a month',
      description:
        'Hours, coins and why they are fewer, volunteers, points earned and redeemed, orders, of the unit and of those below it, as the tree stood at the end of the month. Each act counts where its member belonged on its day, an order where it was placed for; later transfers change nothing. Records count as they stand after corrections and recomputations. With `published` figures about fewer people than `publish_min_group` of the rules of the last day are withheld, and others from which they could be worked out; a platform is given no others, and only of months that are closed. CSV has a row for each figure, the spreadsheet one for each unit; the PDF is one page in Chinese, of the units right below. All formats are the same bytes as long as no entry is written.',
      tags: ['audit'],
      params,
      querystring: query,
      response: {
        200: {
          description: 'The report.',
          content: {
            'application/json': { schema: UnitReportShape },
            'text/csv': { schema: Type.String({ description: 'UTF-8, RFC 4180, with a header line.' }) },
            'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': {
              schema: Type.Unsafe<unknown>({ type: 'string', format: 'binary' }),
            },
            'application/pdf': { schema: Type.Unsafe<unknown>({ type: 'string', format: 'binary' }) },
          },
        },
        ...problemResponses(...guardedRefusals, 'org_unit_not_found'),
      },
    },
    handler: async (request, reply) => {
      const { params, query, principal } = request;
      const { facts } = await laneOf(service, principal);
      const published = query.published === true || (await onlyPublished(service, principal, facts, query));
      const format = formatOf(request, query.format, formats);
      reply.header('vary', 'accept');
      const report = await readSnapshot(service.reports, (snapshot) =>
        readUnitReport(
          snapshot,
          facts.id,
          {
            ...{ unit: params.id, month: query.month, published, zone: facts.zone, reach: reachOf(principal) },
            ...{ below: format === 'pdf' ? 'children' : (query.below ?? 'children'), trend: format === 'pdf' },
          },
          () => requireReader(reply),
        ),
      );
      if (format === 'csv') return sendCsv(reply, report);
      if (format === 'pdf') {
        const paper = await service.papers.draw(unitReportPaper(report, facts.zone));
        return sendFile(reply, report, 'pdf', paper);
      }
      if (report.rows.length > mostUnits) throw tooManyUnits();
      return format === 'xlsx' ? sendFile(reply, report, 'xlsx', writeXlsx(unitReportSheet(report))) : shown(report);
    },
  });
}

/**
 * Whether a caller is given nothing but what is published: then also only what changes little any more, for from two reports of a month the acts
 * between them could be read. Refuses: `request_invalid` (the month is not closed).
 */
async function onlyPublished(
  service: Service,
  { role }: Principal,
  { id }: LedgerFacts,
  { month }: Query,
): Promise<boolean> {
  if (role !== 'platform') return false;
  const { closedThrough } = await loadHead(service.sql, id);
  if (closedThrough !== null && closedThrough >= periodBounds(month).last) return true;
  throw new Refusal(
    'request_invalid',
    { en: 'A month is published once it is closed.', zh: '月份关账后方可公布。' },
    { errors: [{ pointer: '/query/month', detail: { en: 'must be a closed month', zh: '须为已关账的月份' } }] },
  );
}

/** Of who has hung up nobody waits for the rest. Refuses: `ledger_busy`, which nobody reads. */
function requireReader({ raw }: FastifyReply): void {
  if (!raw.destroyed) return;
  throw new Refusal(
    'ledger_busy',
    { en: 'The reader has hung up.', zh: '请求方已断开连接。' },
    { retryAfterSeconds: 1 },
  );
}

function tooManyUnits(): Refusal {
  return new Refusal(
    'request_invalid',
    {
      en: `In one piece a report has at most ${mostUnits} units: ask for CSV, or for a unit further below.`,
      zh: `此格式最多包含 ${mostUnits} 个单元，请改用 CSV 或查询更低一级的单元。`,
    },
    { errors: [{ pointer: '/query/below', detail: { en: 'must be children', zh: '须为 children' } }] },
  );
}

async function sendCsv(reply: FastifyReply, report: UnitReport): Promise<void> {
  reply
    .header('content-type', 'text/csv; charset=utf-8')
    .header('content-disposition', `inline; filename="${fileName(report)}.csv"`);
  await sendPieces(reply, asynchronous(unitReportCsv(report)));
}

async function* asynchronous(pieces: Iterable<string>): AsyncGenerator<string> {
  yield* pieces;
}

const mediaTypes = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
} as const;

function sendFile(reply: FastifyReply, report: UnitReport, ending: keyof typeof mediaTypes, bytes: Uint8Array) {
  reply
    .header('content-type', mediaTypes[ending])
    .header('content-language', 'zh')
    .header('content-disposition', `inline; filename="${fileName(report)}.${ending}"`);
  return reply.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

/** Ids are plain: they need no quoting. */
function fileName({ rows: [{ id }], month, published, atEntry }: UnitReport): string {
  return ['report', id, month, ...(published ? ['published'] : []), 'at', atEntry].join('-');
}

function shown(report: UnitReport): Static<typeof UnitReportShape> {
  const { month, atEntry, published, least, rows } = report;
  return {
    ...{ month, at_entry: atEntry, published, min_group: least },
    units: rows.map(({ id, parent, level, name, depth, total, own }) => ({
      ...{ org_unit: id, parent, level, name, depth },
      ...{ total: shownFigures(report, total), own: shownFigures(report, own) },
    })),
  };
}

function shownFigures({ columns, partners }: UnitReport, figures: FigureOf) {
  const amount = (column: string) => {
    const figure = figures(column);
    return figure === null ? null : formatAmount(figure, scaleOf(column));
  };
  const count = (column: string) => {
    const figure = figures(column);
    return figure === null ? null : Number(figure);
  };
  const share = shareByResident(figures);
  const isThere = ({ column }: { column: string }) => figures(column) !== 0n;
  return {
    hours: amount('hours'),
    coins_minted: amount('coins_minted'),
    coins_paid: amount('coins_paid'),
    shortfalls: shortfallsOf(columns)
      .filter(isThere)
      .map(({ column, name: code }) => ({ code, amount: amount(column) })),
    people_active: count('people_active'),
    points_earned: amount('points_earned'),
    points_redeemed: amount('points_redeemed'),
    redemptions: partnersOf(columns)
      .filter(isThere)
      .map(({ column, name: partner }) => ({
        partner,
        name: partners.get(partner) ?? partner,
        points: amount(column),
      })),
    orders_placed: count('orders_placed'),
    orders_by_resident: count('orders_by_resident'),
    orders_on_behalf: count('orders_on_behalf'),
    share_by_resident: share === null ? null : formatAmount(share, 2),
  };
}
