/** Recomputations over HTTP: what a wrong rule has made of some days is put right, by two people, and can be undone by two. */
import { Type } from 'typebox';
import { besideOf } from '../../http/beside.js';
import { actorOf } from '../../http/commands.js';
import { JobShape } from '../../http/jobs.js';
import { sendPieces } from '../../http/pieces.js';
import { commandRefusals, guardedRefusals, jobRefusals, problemResponses } from '../../http/problem-responses.js';
import { command, list, noQuery, read } from '../../http/routes.js';
import { preferHeader, runJob } from '../../http/run-job.js';
import { closed, NoBody, Uuid } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import type { Stage } from '../../ledger/stage.js';
import { idShape } from '../../lib/ids.js';
import { readRuleSetRows } from '../../timebank/credit/rule-set-reads.js';
import { findApproved } from '../../timebank/credit/rule-sets.js';
import { readOrgUnit } from '../../timebank/people/reads.js';
import { keptAlias } from '../../timebank/people/second-person.js';
import {
  carryOnRecomputation,
  type ProposedRecomputation,
  type RecomputationRequest,
} from '../../timebank/service/recomputations/jobs.js';
import {
  listRecomputations,
  readRecomputation,
  viewRecomputation,
} from '../../timebank/service/recomputations/reads.js';
import {
  aliasName,
  approveRecomputation,
  type Decision,
  type Recomputation as Row,
  undoRecomputation,
  withdrawRecomputation,
} from '../../timebank/service/recomputations/recomputation.js';
import { textOfBlob } from '../../work/blobs.js';
import { nameOfId } from '../credit/rule-set-shapes.js';
import { requireInOrder } from './dry-runs.js';
import { NewRecomputation, Recomputation, RecomputationPage } from './recomputation-shapes.js';

const params = Type.Object({ id: Uuid }, closed);
const readers = ['operator', 'auditor'] as const;

export function registerRecomputations(app: App, service: Service): void {
  registerProposing(app, service);
  registerDeciding(app, service);
  registerReading(app, service);
  registerLines(app, service);
}

function registerProposing(app: App, service: Service): void {
  app.post('/v1/recomputations', {
    config: { roles: ['operator'], expensive: true },
    schema: {
      operationId: 'proposeRecomputation',
      summary: 'Propose to judge records anew',
      description:
        'For when a wrong rule was in force: judges the records of these days by another rule set that was approved, as a dry run does, and puts every record that changes up for another person to approve, as a line of a file. Nothing is posted yet. If it takes longer than a client waits, it goes on as a job: 202.',
      tags: ['rules'],
      headers: preferHeader,
      querystring: noQuery,
      body: NewRecomputation,
      response: {
        201: Recomputation,
        202: JobShape,
        ...problemResponses(
          ...commandRefusals,
          ...jobRefusals,
          'rule_set_not_found',
          'rule_set_not_effective',
          'org_unit_not_found',
        ),
      },
    },
    handler: async (request, reply) => {
      const { principal, body } = request;
      const { from, to, unit = null, document } = body;
      const ledgerId = await ledgerIdOf(service, principal);
      requireInOrder(from, to);
      const ruleSet = nameOfId(body.rule_set);
      findApproved(await readRuleSetRows(service.sql, ledgerId), ruleSet);
      if (unit !== null) await readOrgUnit(service.sql, ledgerId, unit, null);
      const beside = besideOf(service, principal);
      const asked = { ruleSet, from, to, unit, document, client: principal.client ?? null };
      await runJob(service, request, reply, {
        kind: 'recomputation_proposal',
        runsOn: 'worker',
        input: (id) => ({ ...asked, alias: keptAlias(beside, aliasName(id)) }) satisfies RecomputationRequest,
        conclude: ({ recomputation }: ProposedRecomputation) => ({ decide: () => recomputation, show: (view) => view }),
      });
    },
  });
}

function registerDeciding(app: App, service: Service): void {
  deciding(app, service, {
    verb: 'approve',
    operationId: 'approveRecomputation',
    summary: 'Approve a recomputation',
    description:
      'By another person than who proposed it. Each record that changes is posted by an entry of its own, line by line, and goes on if it is cut short; a member who has spent what is taken back owes it. A record that has changed meanwhile is left out.',
    decide: approveRecomputation,
    refusals: ['self_approval', 'rule_set_not_effective'],
  });
  deciding(app, service, {
    verb: 'withdraw',
    operationId: 'withdrawRecomputation',
    summary: 'Withdraw a recomputation',
    description: 'Before it is approved, by whoever may approve one.',
    decide: withdrawRecomputation,
    refusals: [],
  });
  deciding(app, service, {
    verb: 'undo',
    operationId: 'undoRecomputation',
    summary: 'Undo a recomputation',
    description:
      'Proposes to take back what was posted; the same call by another person does it, each entry by its reversal. What was corrected since is left out.',
    decide: undoRecomputation,
    refusals: ['self_approval'],
  });
}

interface Deciding {
  readonly verb: 'approve' | 'withdraw' | 'undo';
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly decide: (stage: Stage, decision: Decision) => Row;
  readonly refusals: readonly ('self_approval' | 'rule_set_not_effective')[];
}

function deciding(app: App, service: Service, { verb, decide, refusals, ...words }: Deciding): void {
  command(app, service, `/v1/recomputations/:id/${verb}`, {
    roles: ['operator'],
    ...words,
    tags: ['rules'],
    dryRun: false,
    params,
    body: NoBody,
    status: 200,
    answer: Recomputation,
    refusals: ['recomputation_not_found', 'recomputation_decided', ...refusals],
    prepare: ({ params: { id }, principal }) => ({
      decide: (stage) => decide(stage, { id, ...whoIs(service, principal) }),
      show: viewRecomputation,
      onDone: (body) => goOn(service, principal, body),
    }),
  });
}

const whoIs = (service: Service, principal: Principal) => ({
  actor: actorOf(principal),
  ...besideOf(service, principal),
});

/** Begins what was approved at once; without this it would begin when the chore comes by. */
async function goOn(service: Service, principal: Principal, body: string): Promise<void> {
  const { id, state } = JSON.parse(body) as ReturnType<typeof viewRecomputation>;
  if (state !== 'posting' && state !== 'undoing') return;
  await carryOnRecomputation(service.work.sql, await ledgerIdOf(service, principal), id, actorOf(principal));
  service.work.bell.ring();
}

function registerReading(app: App, service: Service): void {
  list(app, service, '/v1/recomputations', {
    roles: readers,
    operationId: 'listRecomputations',
    summary: 'List recomputations',
    description: 'The oldest first.',
    tags: ['rules'],
    answer: RecomputationPage,
    key: idShape,
    rows: (_, ledger, page) => listRecomputations(service.sql, ledger.id, page),
    keyOf: (row) => row.recomputation_id,
    show: (rows) => ({ recomputations: rows.map(viewRecomputation) }),
  });

  read(app, service, '/v1/recomputations/:id', {
    roles: readers,
    operationId: 'getRecomputation',
    summary: 'One recomputation',
    description: 'How far it has come.',
    tags: ['rules'],
    params,
    answer: Recomputation,
    refusals: ['recomputation_not_found'],
    read: async ({ params }, ledger) => viewRecomputation(await readRecomputation(service.sql, ledger.id, params.id)),
  });
}

function registerLines(app: App, service: Service): void {
  app.get('/v1/recomputations/:id/lines', {
    config: { roles: readers, expensive: true },
    schema: {
      operationId: 'getRecomputationLines',
      summary: 'What a recomputation changes',
      description:
        'A line for each record that changes: what it brought and why, and what it is to have brought. Its SHA-256 stands in the recomputation.',
      tags: ['rules'],
      params,
      querystring: noQuery,
      response: {
        200: {
          description: 'The lines.',
          content: { 'text/csv': { schema: Type.String({ description: 'UTF-8, RFC 4180, with a header line.' }) } },
        },
        ...problemResponses(...guardedRefusals, 'recomputation_not_found'),
      },
    },
    handler: async (request, reply) => {
      const ledgerId = await ledgerIdOf(service, request.principal);
      const { recomputation_id: id } = await readRecomputation(service.sql, ledgerId, request.params.id);
      reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="recomputation-${id}.csv"`);
      await sendPieces(reply, textOfBlob(service.work.sql, ledgerId, id));
    },
  });
}
