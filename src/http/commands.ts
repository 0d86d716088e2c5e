/**
 * From a request to the lane and back: the idempotency key, the actor, the dry run, and the answer as bytes that are remembered
 * and repeated as they are. It does not know what any command does.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Stage } from '../ledger/stage.js';
import type { Answer, Key } from '../ledger/state.js';
import type { Told } from '../ledger/submission.js';
import { Refusal } from '../lib/refusal.js';
import { sendProblem } from './error-handler.js';
import { fingerprint, idempotencyKey, keyOf } from './idempotency.js';
import { languageOf } from './language.js';
import { codeOfProblem, renderProblem } from './problems.js';
import { noteOf } from './request-log.js';
import { laneOf, type Service } from './service.js';
import type { Principal } from './tokens.js';

export interface Command<Result> {
  /** Decides on the stage; see `Submission.decide`. */
  readonly decide: (stage: Stage) => Result;
  /** The body of the answer: to be written as JSON, or JSON already. Default: the result itself, an object. */
  readonly show?: (result: Result) => object | RawJson;
  /** Default 201. */
  readonly status?: number | ((result: Result) => number);
  /** Decide and answer, commit nothing; the answer's status is 200. */
  readonly dryRun?: boolean | undefined;
  /** The body holds personal data, of which its remembered fingerprint must confirm no guess. */
  readonly personal?: boolean;
  readonly partKeys?: readonly Key[];
  readonly weight?: number;
  /**
   * Completes the body when it is sent, for what must not be remembered: a secret is worked out anew for every replay, a name is taken
   * from the request, which the key says is the same, or else from its row; so the bytes are the same until it is erased there.
   * Changes nothing; problems are sent as they are.
   */
  readonly reveal?: Reveal;
  /** Called with every answer that is no refusal, also when it is repeated, before it is sent: for what must follow outside the lane. */
  readonly onDone?: (body: string) => Promise<void>;
  /** Called with every refusal that is remembered, also when it is repeated, before it is sent. */
  readonly onRefusal?: (code: string, key: Key) => Promise<void>;
}

export type Reveal = (body: string) => string | Promise<string>;

/** The body with fields that were left null when it was remembered; each keeps its place. */
export function fillIn(body: string, fields: object): string {
  return JSON.stringify({ ...JSON.parse(body), ...fields });
}

/** JSON text that is to be sent as it is. */
export class RawJson {
  constructor(readonly text: string) {}
}

/** Whoever acts, as the journal names them: role and subject, which for people is a pseudonym or a member's id. */
export function actorOf(principal: Principal): string {
  return `${principal.role}:${principal.subject}`;
}

/** Runs a command on the lane of the caller's ledger and sends what came of it. */
export async function runCommand<Result>(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  command: Command<Result>,
): Promise<void> {
  const { answer, replayed } = await submitCommand(service, request, command);
  if (replayed) reply.header('idempotent-replayed', 'true');
  const { reveal } = command;
  sendAnswer(reply, reveal && answer.code < 400 ? { ...answer, body: await reveal(answer.body) } : answer);
}

/** Runs a command and hands back what came of it, for a handler that has more to do before it answers. */
export async function submitCommand<Result>(
  service: Service,
  request: FastifyRequest,
  command: Command<Result>,
): Promise<Told> {
  const { principal } = request;
  const dryRun = command.dryRun === true;
  const key = dryRun ? undefined : keyOfRequest(request, command.personal);
  const lane = await laneOf(service, principal);
  const told = await lane.submit<Result>({
    actor: actorOf(principal),
    client: principal.client,
    key,
    dryRun,
    ...(command.partKeys && { partKeys: command.partKeys }),
    ...(command.weight !== undefined && { weight: command.weight }),
    decide: command.decide,
    answer: (outcome) => answerOf(outcome, command, request),
  });
  const { answer, replayed } = told;
  if (dryRun) noteDryRun(service, request, answer);
  if (replayed) noteOf(request).replayed = true;
  const refused = answer.code >= 400 ? codeOfProblem(answer.body) : undefined;
  if (refused === undefined && !dryRun) await command.onDone?.(answer.body);
  if (refused !== undefined && refused !== 'idempotency_key_reused' && key) await command.onRefusal?.(refused, key);
  return told;
}

/** A partner that only tries learns something about members and leaves nothing in the books: so it is counted. */
function noteDryRun(service: Service, request: FastifyRequest, answer: Answer): void {
  noteOf(request).dryRun = true;
  if (request.principal.role !== 'partner') return;
  const route = request.routeOptions.url ?? '';
  service.metrics.partnerDryRuns.inc({ route, status: String(answer.code) });
}

/** The key of a command, as the lane remembers it. Refuses: `idempotency_key_missing`, `idempotency_key_invalid`. */
export function keyOfRequest(request: FastifyRequest, personal = false): Key {
  const key = idempotencyKey(request.raw.headers['idempotency-key']);
  const { method, url, rawBody } = request;
  // The client's key is kept nowhere: only its digest is.
  return { key: keyOf(request.principal, key), fingerprint: fingerprint(method, url, rawBody, personal ? key : '') };
}

/** A refusal as it is sent and remembered: in the language of the first request. */
export function refusalAnswer(refusal: Refusal, request: FastifyRequest): Answer {
  const { status, body } = renderProblem(refusal, request.id, languageOf(request));
  return { code: status, body };
}

function answerOf<Result>(outcome: Result | Refusal, command: Command<Result>, request: FastifyRequest): Answer {
  if (outcome instanceof Refusal) {
    return refusalAnswer(outcome, request);
  }
  const status = typeof command.status === 'function' ? command.status(outcome) : (command.status ?? 201);
  const shown = command.show ? command.show(outcome) : outcome;
  return { code: command.dryRun ? 200 : status, body: shown instanceof RawJson ? shown.text : JSON.stringify(shown) };
}

/** Sends remembered bytes: a problem from 400 on, JSON below. */
export function sendAnswer(reply: FastifyReply, answer: Answer): void {
  if (answer.code >= 400) sendProblem(reply, answer.code, answer.body);
  else reply.code(answer.code).header('content-type', 'application/json; charset=utf-8').send(answer.body);
}
