/**
 * What other platforms send, over HTTP: counts of service and resolved issues, one by one or a thousand at a time. A platform sends its own
 * items, each as often as it likes.
 */
import type { FastifyRequest } from 'fastify';
import { RawJson, refusalAnswer } from '../../http/commands.js';
import { command } from '../../http/routes.js';
import type { App, Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import { type Item, type Sent, takeIn } from '../../timebank/credit/intake/item.js';
import { viewItem } from '../../timebank/credit/intake/reads.js';
import { freeHolds } from '../../timebank/free-holds.js';
import {
  IntakeItem,
  IntakeResults,
  ResolvedIssue,
  ResolvedIssues,
  ServiceCount,
  ServiceCounts,
} from './intake-shapes.js';

const again =
  'Sent again as it stands, an item is answered as before and nothing is posted, however long ago it was; sent otherwise, it is corrected, and the difference is posted. What was taken back and is spent is owed, and repaid first.';
const itemRefusals = [
  'member_not_found',
  'intake_item_conflict',
  'intake_batch_closed',
  'date_in_future',
  'member_suspended',
  'member_inactive',
  'member_merged',
  'rule_set_not_effective',
] as const;

export function registerIntake(app: App, service: Service): void {
  command(app, service, '/v1/intake/service-counts', {
    roles: ['platform'],
    operationId: 'sendServiceCount',
    summary: 'Send a count of service',
    description: `Acts that the platform has counted earn points by the rules of their day. ${again}`,
    tags: ['intake'],
    body: ServiceCount,
    status: 200,
    answer: IntakeItem,
    refusals: itemRefusals,
    prepare: ({ principal, body }) => taking(countOf(principal, body, body.batch)),
  });

  command(app, service, '/v1/intake/service-counts/bulk', {
    roles: ['platform'],
    bodyLimit,
    operationId: 'sendServiceCounts',
    summary: 'Send up to 1,000 counts of service',
    description: manyOf(again),
    tags: ['intake'],
    body: ServiceCounts,
    status: 200,
    answer: IntakeResults,
    prepare: (request) => {
      const { principal, body } = request;
      return takingMany(
        request,
        body.items.map((item) => countOf(principal, item, body.batch)),
      );
    },
  });

  command(app, service, '/v1/intake/resolved-issues', {
    roles: ['platform'],
    operationId: 'sendResolvedIssue',
    summary: 'Send an issue that somebody reported',
    description: `A resolved issue earns points by the rules of the day on which it was resolved; one that is reported or rejected is only kept. ${again}`,
    tags: ['intake'],
    body: ResolvedIssue,
    status: 200,
    answer: IntakeItem,
    refusals: itemRefusals,
    prepare: ({ principal, body }) => taking(issueOf(principal, body, body.batch)),
  });

  command(app, service, '/v1/intake/resolved-issues/bulk', {
    roles: ['platform'],
    bodyLimit,
    operationId: 'sendResolvedIssues',
    summary: 'Send up to 1,000 issues',
    description: manyOf(again),
    tags: ['intake'],
    body: ResolvedIssues,
    status: 200,
    answer: IntakeResults,
    prepare: (request) => {
      const { principal, body } = request;
      return takingMany(
        request,
        body.items.map((item) => issueOf(principal, item, body.batch)),
      );
    },
  });
}

const bodyLimit = 2 * 1_048_576;

const manyOf = (text: string) =>
  `Each item is decided by itself, in order, like one that is sent alone: a refused one leaves the others. All results are committed together or not at all. ${text}`;

function countOf(principal: Principal, item: Omit<ServiceCount, 'batch'>, batch: string | undefined): Sent {
  const { occurrences, state = 'counted' } = item;
  return { ...sentBy(principal, item, batch), what: 'service_count', occurrences, state };
}

function issueOf(principal: Principal, item: Omit<ResolvedIssue, 'batch'>, batch: string | undefined): Sent {
  return { ...sentBy(principal, item, batch), what: 'resolved_issue', occurrences: 1, state: item.state };
}

function sentBy(
  { subject: platform }: Principal,
  {
    external_id: externalId,
    member,
    occurred_on: occurredOn,
    revision = null,
  }: Pick<ServiceCount, 'external_id' | 'member' | 'occurred_on'> & { readonly revision?: number | null },
  batch: string | undefined,
) {
  return { platform, externalId, member, occurredOn, revision, batch: batch ?? null };
}

function taking(sent: Sent) {
  return { decide: (stage: Stage) => takeIn(stage, sent, freeHolds), show: viewItem };
}

function takingMany(request: FastifyRequest, items: readonly Sent[]) {
  return {
    decide: (stage: Stage) => decideMany(stage, items, request),
    show: (results: readonly string[]) => new RawJson(`{"results":[${results.join(',')}]}`),
    weight: items.length,
  };
}

function decideMany(stage: Stage, items: readonly Sent[], request: FastifyRequest): string[] {
  const outcomes = stage.savepoints(items.map((item) => () => takeIn(stage, item, freeHolds)));
  // No commit would find out that what was refused is there already.
  if (outcomes.some((outcome) => outcome instanceof Refusal)) stage.requireAssumed();
  return outcomes.map((outcome) => resultOf(outcome, request));
}

/** Everything in a receipt is plain ASCII: it is written, not serialised. */
function resultOf(outcome: Item | Refusal, request: FastifyRequest): string {
  if (outcome instanceof Refusal) {
    const { code, body } = refusalAnswer(outcome, request);
    return `{"status":${code},"problem":${body}}`;
  }
  const { external_id: id, version, state, points, entry } = outcome;
  return `{"status":200,"item":{"external_id":"${id}","version":${version},"state":"${state}","points":"${points}","entry":"${entry}"}}`;
}
