/**
 * Reconciliations over HTTP: running the match of the books against a partner's statement, and reading what came of it. A run is computed off the loop; whoever asked for it waits a while for the outcome. A partner sees its own runs.
 */

import { type Static, Type } from 'typebox';
import { actorOf, sendAnswer, submitCommand } from '../../http/commands.js';
import { answerLanguage } from '../../http/language.js';
import { annotated, namedObject } from '../../http/named.js';
import { commandRefusals, problemResponses } from '../../http/problem-responses.js';
import { ownPartner } from '../../http/reach.js';
import { list, noQuery, read } from '../../http/routes.js';
import { closed, Uuid } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { idShape, newId } from '../../lib/ids.js';
import { inLanguage } from '../../lib/language.js';
import { Refusal } from '../../lib/refusal.js';
import type { StatementChoice } from '../../timebank/audit/partner-statements.js';
import { completeRun, readFailures } from '../../timebank/audit/reconciliations/complete.js';
import { listRuns, readRun } from '../../timebank/audit/reconciliations/reads.js';
import {
  controlOfRun,
  type Reconciliation,
  startReconciliation,
  viewRun,
} from '../../timebank/audit/reconciliations/run.js';
import { rulesToday } from '../../timebank/credit/rules-in-force.js';
import { waitForJob } from '../../work/jobs.js';
import { PartnerId } from '../partners/partners.js';
import { optionalRangeOf, partnerRangeFilters, partnerRangeOf, rangeFields, rangeOf } from './range-shapes.js';
import { CheckedRun, CutoffDays, Run, RunPage } from './reconciliation-shapes.js';

const RunRequest = namedObject(
  'NewReconciliation',
  {
    partner_statement: Type.Optional(Uuid),
    partner: Type.Optional(PartnerId),
    ...rangeFields,
    cutoff_days: Type.Optional(annotated(CutoffDays, { default: 1 })),
  },
  {
    description: 'A statement by its id, or the last one that the partner has sent for the days named.',
    examples: [{ partner: 'xc-bank', period: '2026-10', cutoff_days: 1 }],
  },
);

export const runParams = Type.Object({ id: Uuid }, closed);
export const runReaders = ['operator', 'auditor', 'partner'] as const;
export const runRefusals = ['reconciliation_not_found'] as const;

export function registerReconciliations(app: App, service: Service): void {
  registerRunning(app, service);
  registerReading(app, service);
}

function registerRunning(app: App, service: Service): void {
  app.post('/v1/reconciliations', {
    config: { roles: ['operator'], expensive: true },
    schema: {
      operationId: 'runReconciliation',
      summary: "Reconcile with a partner's statement",
      description:
        'Matches the redemptions of the days the statement speaks of with its lines, as the books stand now. The inputs are pinned and journalled first, the results when they are there: that takes some seconds for 100,000 lines. A run that takes over 25 seconds is answered with 202 and goes on; the same request with the same key waits for it again. A run that could not be computed, five times, is `failed`; the same request with the same key has it tried anew.',
      tags: ['audit'],
      querystring: noQuery,
      body: RunRequest,
      response: {
        201: Run,
        202: {
          description: 'The run goes on.',
          headers: { location: Type.String({ description: 'Where to look for the run.' }) },
          content: { 'application/json': { schema: Run } },
        },
        ...problemResponses(...commandRefusals, 'partner_statement_not_found'),
      },
    },
    handler: async (request, reply) => {
      const { cutoff_days: cutoffDays = 1 } = request.body;
      const started = { id: newId(), statement: choiceOf(request.body), cutoffDays };
      const { answer, replayed } = await submitCommand(service, request, {
        decide: (stage) => startReconciliation(stage, rulesToday(stage), started),
        // What is remembered is which run it was: a repetition is told what became of it.
        show: (run) => ({ id: run.reconciliation_id }),
      });
      if (replayed) reply.header('idempotent-replayed', 'true');
      if (answer.code >= 400) return sendAnswer(reply, answer);
      const { id } = JSON.parse(answer.body) as { id: string };
      const run = await outcomeOf(service, request.principal, id);
      const goesOn = run.status === 'running';
      if (goesOn) reply.header('location', `/v1/reconciliations/${id}`);
      sendAnswer(reply, { code: goesOn ? 202 : 201, body: JSON.stringify(run) });
    },
  });
}

/** The run when it has ended, or as it is when patience ends: then it goes on. */
async function outcomeOf(service: Service, principal: Principal, id: string): Promise<ReturnType<typeof viewRun>> {
  const ledgerId = await ledgerIdOf(service, principal);
  const run = await readRun(service.sql, ledgerId, id, null);
  if (run.status === 'done') return viewRun(run, null);
  const { sql, bell, closing } = service.work;
  const job = await completeRun(sql, ledgerId, id, actorOf(principal));
  bell.ring();
  await waitForJob(sql, job, { milliseconds: service.patienceMilliseconds, signal: closing });
  return shownRun(service, ledgerId, await readRun(service.sql, ledgerId, id, null));
}

/** Runs as the interface shows them. */
async function shownRuns(service: Service, ledgerId: number, runs: readonly Reconciliation[]) {
  const failures = await readFailures(service.sql, ledgerId, runs, service.clock());
  return runs.map((run) => viewRun(run, failures.get(run.reconciliation_id) ?? null));
}

export async function shownRun(
  service: Service,
  ledgerId: number,
  run: Reconciliation,
): Promise<ReturnType<typeof viewRun>> {
  const [shown] = await shownRuns(service, ledgerId, [run]);
  if (!shown) throw new Error('a run was shown as nothing');
  return shown;
}

/** Refuses: `request_invalid` (neither a statement nor a partner with its days, or both). */
function choiceOf(body: Static<typeof RunRequest>): StatementChoice {
  const { partner_statement: id, partner: partnerId } = body;
  const range = optionalRangeOf(body, '');
  if (id !== undefined && partnerId === undefined && range === null) return { id };
  if (id === undefined && partnerId !== undefined) return { partnerId, ...rangeOf(body, '') };
  throw new Refusal(
    'request_invalid',
    {
      en: 'Name partner_statement, or partner and the days.',
      zh: '请指定 partner_statement，或者指定合作方和起止日期。',
    },
    {
      errors: [
        {
          pointer: '/partner_statement',
          detail: {
            en: 'is given, or else a partner and period, or from and to, are',
            zh: '必须填写；否则须填写 partner，以及 period 或 from 和 to',
          },
        },
      ],
    },
  );
}

function registerReading(app: App, service: Service): void {
  list(app, service, '/v1/reconciliations', {
    roles: runReaders,
    operationId: 'listReconciliations',
    summary: 'List reconciliations',
    description: 'Runs in the order in which they were started, for all days or for exactly those named.',
    tags: ['audit'],
    filters: partnerRangeFilters,
    answer: RunPage,
    key: idShape,
    rows: async ({ query, principal }, ledger, page) => {
      const asked = partnerRangeOf(query, principal);
      return asked === null ? [] : listRuns(service.sql, ledger.id, asked, page);
    },
    keyOf: (run) => run.reconciliation_id,
    show: async (runs, request, ledger, reply) => {
      const reconciliations = await shownRuns(service, ledger.id, runs);
      return { reconciliations: inLanguage(reconciliations, answerLanguage(request, reply)) };
    },
  });

  read(app, service, '/v1/reconciliations/:id', {
    roles: runReaders,
    expensive: true,
    operationId: 'getReconciliation',
    summary: 'One reconciliation',
    description: 'The run with its counts and the totals of the three sides: redemptions, statement, and the books.',
    tags: ['audit'],
    params: runParams,
    answer: CheckedRun,
    refusals: runRefusals,
    read: async (request, ledger, reply) => {
      const run = await readRun(service.sql, ledger.id, request.params.id, ownPartner(request.principal));
      const shown = inLanguage(await shownRun(service, ledger.id, run), answerLanguage(request, reply));
      const control = controlOfRun(run);
      if (!control) return { ...shown, control: null };
      const { ledger: books, statement, difference, ledger_in_period, ledger_postings, books_agree } = control;
      const totals = { ledger: books, statement, difference, ledger_in_period, ledger_postings, books_agree };
      return { ...shown, control: totals };
    },
  });
}
