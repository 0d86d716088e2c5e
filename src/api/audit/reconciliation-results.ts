/** The results of a reconciliation over HTTP, reference by reference: all of them, or those that do not match. */
import { Type } from 'typebox';
import { answerLanguage } from '../../http/language.js';
import { readPage } from '../../http/pages.js';
import { ownPartner } from '../../http/reach.js';
import { read } from '../../http/routes.js';
import { closed, PageQuery, pageQuery } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { externalIdShape } from '../../lib/ids.js';
import type { Language } from '../../lib/language.js';
import { Refusal } from '../../lib/refusal.js';
import { type ResultFilter, readResults, readRun } from '../../timebank/audit/reconciliations/reads.js';
import { reportItem } from '../../timebank/audit/reconciliations/results.js';
import { type Reconciliation, windowOfRun } from '../../timebank/audit/reconciliations/run.js';
import { MatchStatus, ResultPage } from './reconciliation-shapes.js';
import { runParams, runReaders, runRefusals, shownRun } from './reconciliations.js';

export const resultRefusals = [...runRefusals, 'reconciliation_running', 'reconciliation_failed'] as const;

export function registerReconciliationResults(app: App, service: Service): void {
  read(app, service, '/v1/reconciliations/:id/lines', {
    roles: runReaders,
    expensive: true,
    inTurn: true,
    operationId: 'listReconciliationLines',
    summary: 'The results, reference by reference',
    description: 'In the order of the references, those that match included.',
    tags: ['audit'],
    params: runParams,
    query: Type.Object({ status: Type.Optional(MatchStatus), ...pageQuery }, closed),
    answer: ResultPage,
    refusals: resultRefusals,
    read: (request, ledger, reply) =>
      resultPage(service, ledger.id, request, request.query.status ?? 'all', answerLanguage(request, reply)),
  });

  read(app, service, '/v1/reconciliations/:id/breaks', {
    roles: runReaders,
    expensive: true,
    inTurn: true,
    operationId: 'listReconciliationBreaks',
    summary: 'What does not match',
    description: 'The results that are not `matched`, in the order of the references.',
    tags: ['audit'],
    params: runParams,
    query: PageQuery,
    answer: ResultPage,
    refusals: resultRefusals,
    read: (request, ledger, reply) => resultPage(service, ledger.id, request, 'breaks', answerLanguage(request, reply)),
  });
}

interface ResultRequest {
  readonly principal: Principal;
  readonly params: { readonly id: string };
  readonly query: PageQuery;
}

async function resultPage(
  service: Service,
  ledgerId: number,
  { principal, params, query }: ResultRequest,
  filter: ResultFilter,
  language: Language,
) {
  const run = await doneRunOf(service, principal, ledgerId, params.id);
  const { page, next_cursor } = await readPage(
    query,
    externalIdShape,
    (rows) => readResults(service.sql, ledgerId, run, filter, rows),
    (line) => line.partner_reference,
  );
  const window = windowOfRun(run);
  return { lines: page.map((line) => reportItem(line, window, language)), next_cursor };
}

/**
 * A run whose results are there. Refuses: `reconciliation_not_found`, also when it is another partner's, `reconciliation_failed`,
 * `reconciliation_running`.
 */
export async function doneRunOf(
  service: Service,
  principal: Principal,
  ledgerId: number,
  id: string,
): Promise<Reconciliation> {
  const run = await readRun(service.sql, ledgerId, id, ownPartner(principal));
  if (run.status === 'done') return run;
  const { problem } = await shownRun(service, ledgerId, run);
  if (problem) {
    throw new Refusal('reconciliation_failed', {
      en: `reconciliation ${id} has no results: ${problem.detail.en}`,
      zh: `对账 ${id} 没有结果：${problem.detail.zh}`,
    });
  }
  throw new Refusal('reconciliation_running', {
    en: `reconciliation ${id} is still being computed`,
    zh: `对账 ${id} 仍在计算中`,
  });
}
