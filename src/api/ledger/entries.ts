/** The journal over HTTP: posting one entry or up to a thousand, reversing one, reading and proving them. */
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { keyOfRequest, RawJson, refusalAnswer, runCommand } from '../../http/commands.js';
import { fingerprint, idempotencyKey, keyOf } from '../../http/idempotency.js';
import { namedObject } from '../../http/named.js';
import { afterOf } from '../../http/pages.js';
import { commandRefusals, guardedRefusals, problemResponses } from '../../http/problem-responses.js';
import { closed, DateString, dryRunQuery, EntryNumber, OptionalBody, pageQuery } from '../../http/schemas.js';
import { type App, laneOf, ledgerIdOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import type { EntryRequest } from '../../ledger/entries.js';
import { listEntries, readEntry } from '../../ledger/reads/entries.js';
import { readEntryProof } from '../../ledger/reads/log.js';
import type { Stage } from '../../ledger/stage.js';
import type { Answer, Key } from '../../ledger/state.js';
import { encodeCursor } from '../../lib/cursor.js';
import { Refusal } from '../../lib/refusal.js';
import { postByHand } from '../../timebank/by-hand.js';
import { reverseByHand } from '../../timebank/credit/reversal.js';
import { freeHoldsBy } from '../../timebank/partners/redemptions/release.js';
import { BulkItem, BulkResults, description, Entry, EntryPage, example, NewEntry, Proof } from './entry-shapes.js';
import { viewWithoutText, withTexts } from './entry-texts.js';

const params = Type.Object({ number: EntryNumber }, closed);
const readers = ['operator', 'auditor'] as const;
const postRefusals = [
  'account_not_found',
  'balance_insufficient',
  'account_restricted',
  'account_frozen',
  'account_closed',
  'leg_invalid',
  'asset_mismatch',
  'amount_invalid',
  'ceiling_exceeded',
  'period_closed',
  'date_in_future',
] as const;

const NewReversal = OptionalBody(
  namedObject(
    'NewReversal',
    { effective_on: Type.Optional(DateString), description: Type.Optional(description) },
    {
      description: 'When and why.',
      examples: [{ description: 'posted twice' }],
    },
  ),
);

export function registerEntries(app: App, service: Service): void {
  registerPosting(app, service);
  registerReading(app, service);
}

function registerPosting(app: App, service: Service): void {
  app.post('/v1/entries', {
    config: { roles: ['operator'] },
    schema: {
      operationId: 'postEntry',
      summary: 'Post an entry',
      description:
        "Journals one entry and moves its amounts between accounts that were opened by hand; the time bank's own are corrected by an adjustment. Every asset balances by construction: a leg debits and credits the same amount.",
      tags: ['ledger'],
      querystring: dryRunQuery,
      body: NewEntry,
      response: { 200: Entry, 201: Entry, ...problemResponses(...commandRefusals, ...postRefusals) },
    },
    handler: (request, reply) =>
      runCommand(service, request, reply, {
        decide: (stage) => postByHand(stage, request.body),
        show: viewWithoutText,
        reveal: (body) => withTexts(body, [request.body]),
        dryRun: request.query.dry_run,
      }),
  });

  app.post('/v1/entries/bulk', {
    config: { roles: ['operator'] },
    bodyLimit: 8 * 1_048_576,
    schema: {
      operationId: 'postEntries',
      summary: 'Post up to 1,000 entries',
      description:
        "Each item is decided by itself, in order, like an entry sent alone: a refused one leaves the others. All results are committed together or not at all. An item's key cannot be the request's own.",
      tags: ['ledger'],
      querystring: dryRunQuery,
      body: Type.Object(
        { entries: Type.Array(BulkItem, { minItems: 1, maxItems: 1_000 }) },
        { ...closed, description: 'The entries to post.', examples: [{ entries: [example] }] },
      ),
      response: { 200: BulkResults, ...problemResponses(...commandRefusals) },
    },
    handler: (request, reply) => {
      const items = request.body.entries.map((item) => bulkItem(request.principal, item));
      if (request.query.dry_run !== true) refuseOwnKey(items, keyOfRequest(request));
      return runCommand(service, request, reply, {
        decide: (stage) => decideBulk(stage, items, request),
        show: (results) => new RawJson(`{"results":[${results.join(',')}]}`),
        reveal: (body) => withTexts(body, request.body.entries),
        status: 200,
        dryRun: request.query.dry_run,
        partKeys: items.flatMap(({ key }) => (key ? [key] : [])),
        weight: items.length,
      });
    },
  });

  app.post('/v1/entries/:number/reversal', {
    config: { roles: ['operator'] },
    schema: {
      operationId: 'reverseEntry',
      summary: 'Reverse an entry',
      description:
        'Posts the opposite of an entry, once, net for each account. What a member has spent meanwhile becomes a debt in `member:…:receivable:…`; what comes back to a member repays one first. Opening points that were taken back can be brought in anew. Entries that changed a redemption or a record are corrected there instead.',
      tags: ['ledger'],
      querystring: dryRunQuery,
      params,
      body: NewReversal,
      response: {
        200: Entry,
        201: Entry,
        ...problemResponses(
          ...commandRefusals,
          ...postRefusals,
          'entry_not_found',
          'entry_already_reversed',
          'entry_not_reversible',
          'date_before_original',
        ),
      },
    },
    handler: (request, reply) =>
      runCommand(service, request, reply, {
        decide: (stage) =>
          reverseByHand(stage, Number(request.params.number), request.body ?? {}, freeHoldsBy(service.rules)),
        show: viewWithoutText,
        reveal: (body) => withTexts(body, [request.body ?? {}]),
        dryRun: request.query.dry_run,
      }),
  });
}

interface Item {
  readonly request: EntryRequest;
  readonly key: Key | undefined;
}

/** An item's key has the scope of the header's; its fingerprint is that of the entry as it would be sent alone. */
function bulkItem(principal: Principal, { idempotency_key: key, ...request }: BulkItem): Item {
  if (key === undefined) return { request, key };
  return {
    request,
    key: {
      key: keyOf(principal, idempotencyKey(key)),
      fingerprint: fingerprint('POST', '/v1/entries', JSON.stringify(request)),
    },
  };
}

/** Refuses: `idempotency_key_invalid` (an item under the key of the whole request: one key cannot have two answers). */
function refuseOwnKey(items: readonly Item[], own: Key): void {
  const at = items.findIndex(({ key }) => key?.key === own.key);
  if (at < 0) return;
  throw new Refusal(
    'idempotency_key_invalid',
    {
      en: "An item's idempotency_key cannot be the request's Idempotency-Key.",
      zh: '批量请求中单条的 idempotency_key 不能与请求的 Idempotency-Key 相同。',
    },
    {
      errors: [
        {
          pointer: `/entries/${at}/idempotency_key`,
          detail: { en: 'must not be the key of the request', zh: '不能与请求的幂等键相同' },
        },
      ],
    },
  );
}

function decideBulk(stage: Stage, items: readonly Item[], asked: FastifyRequest): string[] {
  const answers = stage.savepoints(items.map((item) => () => decideItem(stage, item, asked)));
  return answers.map((answer) => {
    if (answer instanceof Refusal) throw answer;
    return `{"status":${answer.code},"${answer.code < 400 ? 'entry' : 'problem'}":${answer.body}}`;
  });
}

function decideItem(stage: Stage, { request, key }: Item, asked: FastifyRequest): Answer {
  const known = key && stage.recall(key.key);
  if (known) return known.fingerprint === key.fingerprint ? known.answer : refusalAnswer(reused(), asked);
  const outcome = stage.savepoint(() => postByHand(stage, request));
  const answer =
    outcome instanceof Refusal
      ? refusalAnswer(outcome, asked)
      : { code: 201, body: JSON.stringify(viewWithoutText(outcome)) };
  if (key) stage.remember(key, answer);
  return answer;
}

function reused(): Refusal {
  return new Refusal('idempotency_key_reused', {
    en: 'this idempotency_key was used for another entry',
    zh: '此 idempotency_key 已用于另一凭证',
  });
}

function registerReading(app: App, service: Service): void {
  app.get('/v1/entries', {
    config: { roles: readers },
    schema: {
      operationId: 'listEntries',
      summary: 'List entries',
      description:
        'The journal in the order it was written. With `kind` a page looks at 100,000 entries at most: it may have fewer than asked for, or none, and yet a next_cursor.',
      tags: ['ledger'],
      querystring: Type.Object(
        {
          kind: Type.Optional(
            Type.String({ pattern: '^[a-z_]{1,64}$', description: 'Only entries of this kind.', examples: ['gift'] }),
          ),
          ...pageQuery,
        },
        closed,
      ),
      response: { 200: EntryPage, ...problemResponses(...guardedRefusals) },
    },
    handler: async (request) => {
      const { cursor, kind = null, limit = 50 } = request.query;
      const after = Number(afterOf(cursor, /^[1-9][0-9]{0,14}$/));
      const ledgerId = await ledgerIdOf(service, request.principal);
      const { entries, next } = await listEntries(service.sql, ledgerId, { after, limit, kind });
      return { entries, next_cursor: next === null ? null : encodeCursor([String(next)]) };
    },
  });

  app.get('/v1/entries/:number', {
    config: { roles: readers },
    schema: {
      operationId: 'getEntry',
      summary: 'One entry',
      description: 'The entry with its legs and the balances it left.',
      tags: ['ledger'],
      params,
      response: { 200: Entry, ...problemResponses(...guardedRefusals, 'entry_not_found') },
    },
    handler: async (request) =>
      readEntry(service.sql, await ledgerIdOf(service, request.principal), Number(request.params.number)),
  });

  app.get('/v1/entries/:number/proof', {
    config: { roles: readers },
    schema: {
      operationId: 'getEntryProof',
      summary: 'Prove an entry',
      description: "An RFC 6962 inclusion proof against the log's checkpoint of this moment.",
      tags: ['ledger'],
      params,
      response: { 200: Proof, ...problemResponses(...guardedRefusals, 'entry_not_found') },
    },
    handler: async (request) => {
      const { facts } = await laneOf(service, request.principal);
      return readEntryProof(service.sql, facts.id, Number(request.params.number), service.logSigner(facts));
    },
  });
}
