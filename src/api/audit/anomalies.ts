/** What looks wrong, over HTTP: as JSON, check by check and page by page, or all of it as CSV. It changes nothing. */
import { type Static, Type } from 'typebox';
import { csvContent, formatField, wantsCsv } from '../../http/csv-or-json.js';
import { answerLanguage } from '../../http/language.js';
import { sendPieces } from '../../http/pieces.js';
import { guardedRefusals, problemResponses } from '../../http/problem-responses.js';
import { reachOf } from '../../http/reach.js';
import { closed, pageQuery } from '../../http/schemas.js';
import { type App, laneOf, type Service } from '../../http/service.js';
import { decodeCursor, encodeCursor, foreignCursor } from '../../lib/cursor.js';
import { inLanguage, type Language } from '../../lib/language.js';
import { anomalyCodes, anomalyWords, type AnomalyCode as Code } from '../../timebank/anomaly-words.js';
import type { Check } from '../../timebank/audit/anomalies/check.js';
import { checksOf } from '../../timebank/audit/anomalies/checks.js';
import {
  type Anomaly,
  type AnomalyPosition,
  type AnomalyQuestion,
  eachAnomaly,
  findAnomalies,
  questionOf,
  thresholdsOf,
} from '../../timebank/audit/anomalies/reads.js';
import { anomaliesCsv, describeAnomaly } from '../../timebank/audit/anomalies/report.js';
import { readRulesOn } from '../../timebank/credit/rule-set-reads.js';
import { AnomalyCode, AnomalyReport } from './anomaly-shapes.js';
import { rangeFields, rangeOf } from './range-shapes.js';

const anomalyQuery = Type.Object(
  {
    ...rangeFields,
    code: Type.Optional(AnomalyCode),
    ...formatField,
    cursor: pageQuery.cursor,
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 200,
        default: 50,
        description: 'How many of each check the JSON has at most; the CSV has all.',
        examples: [50],
      }),
    ),
  },
  closed,
);
type AnomalyQuery = Static<typeof anomalyQuery>;

export function registerAnomalies(app: App, service: Service): void {
  app.get('/v1/reports/anomalies', {
    config: { roles: ['operator', 'auditor', 'coordinator'], expensive: true },
    schema: {
      operationId: 'listAnomalies',
      summary: 'What looks wrong',
      description:
        'What reaches the thresholds of the rules of the last day (`anomaly_thresholds`), for people to look into: no check punishes anybody. Service is that of the days asked for, approvals are those made and redemptions those recorded on them, and idle purses are judged on the last day. Records count as they stand after corrections, members that were merged are one. Of each check what weighs most comes first, with how many there are in all; `next_cursor` of a check asks for more of it. A coordinator sees what is about members of the scope alone, and no check on approvers.',
      tags: ['audit'],
      querystring: anomalyQuery,
      response: {
        200: {
          description: 'What was found.',
          content: { 'application/json': { schema: AnomalyReport }, ...csvContent },
        },
        ...problemResponses(...guardedRefusals),
      },
    },
    handler: async (request, reply) => {
      const { query, principal } = request;
      const { facts } = await laneOf(service, principal);
      const range = rangeOf(query, '/query');
      const after = positionOf(query);
      const { anomaly_thresholds: rules } = await readRulesOn(service.sql, facts.id, range.to);
      const asked = { range, rules, zone: facts.zone, reach: reachOf(principal) };
      const question = await questionOf(service.reports, facts.id, asked);
      const checks = checksOf(after?.code ?? query.code, principal.role !== 'coordinator');
      const language = answerLanguage(request, reply);
      reply.header('vary', 'accept, accept-language');
      if (wantsCsv(query.format, request.headers.accept)) {
        const name = `anomalies-${range.from}-to-${range.to}.csv`;
        reply
          .header('content-type', 'text/csv; charset=utf-8')
          .header('content-disposition', `inline; filename="${name}"`);
        return sendPieces(reply, anomaliesCsv(language, allOf(service, facts.id, checks, question)));
      }
      return reportOf(service, facts.id, { checks, question, after, limit: query.limit ?? 50, language });
    },
  });
}

/** Where a page begins, and of which check. */
interface CheckPosition extends AnomalyPosition {
  readonly code: Code;
}

const isCode = (text: string): text is Code => anomalyCodes.some((code) => code === text);

/** Refuses: `request_invalid` (a cursor of another list, or of another check than is asked for). */
function positionOf({ cursor, code: asked }: AnomalyQuery): CheckPosition | null {
  if (cursor === undefined) return null;
  const [code = '', weight = '', key = ''] = decodeCursor(cursor, 3);
  if (!isCode(code) || (asked !== undefined && asked !== code) || !/^-?\d{1,18}$/.test(weight)) throw foreignCursor();
  return { code, weight, key };
}

async function* allOf(
  service: Service,
  ledgerId: number,
  checks: readonly Check[],
  question: AnomalyQuestion,
): AsyncGenerator<readonly Anomaly[]> {
  for (const check of checks) yield* eachAnomaly(service.reports, ledgerId, check, question);
}

interface Page {
  readonly checks: readonly Check[];
  readonly question: AnomalyQuestion;
  readonly after: AnomalyPosition | null;
  readonly limit: number;
  readonly language: Language;
}

/** Of the connections for reports, one is left to others. */
const checksAtOnce = 2;

async function reportOf(service: Service, ledgerId: number, { checks, question, after, limit, language }: Page) {
  const made: Static<typeof AnomalyReport>['checks'] = [];
  const anomalies: Static<typeof AnomalyReport>['anomalies'] = [];
  const rows = { after, limit: limit + 1 };
  for (let i = 0; i < checks.length; i += checksAtOnce) {
    const some = checks.slice(i, i + checksAtOnce);
    const results = await Promise.all(
      some.map(async (check) => ({
        check,
        ...(await findAnomalies(service.reports, ledgerId, check, question, rows)),
      })),
    );
    for (const { check, count, found } of results) {
      const page = found.slice(0, limit);
      const last = found.length > limit ? page.at(-1)?.position : undefined;
      made.push({
        code: check.code,
        explanation: anomalyWords[check.code][language],
        thresholds: thresholdsOf(check, question.rules),
        count,
        next_cursor: last ? encodeCursor([check.code, last.weight, last.key]) : null,
      });
      anomalies.push(...page.map((one) => shown(one, language)));
    }
  }
  return { ...question.range, checks: made, anomalies };
}

function shown(one: Anomaly, language: Language): Static<typeof AnomalyReport>['anomalies'][number] {
  const { code, subjects, figures, thresholds, entries, records } = one;
  return {
    code,
    subjects: [...subjects],
    figures: [...figures],
    thresholds: [...thresholds],
    entries: [...entries],
    records: [...records],
    detail: inLanguage(describeAnomaly(one), language),
  };
}
