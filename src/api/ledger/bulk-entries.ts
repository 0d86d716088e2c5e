/** Posting up to a thousand entries over HTTP by one request: each is decided by itself, all are committed together. */
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { keyOfRequest, RawJson, refusalAnswer } from '../../http/commands.js';
import { fingerprint, idempotencyKey, keyOf } from '../../http/idempotency.js';
import { command } from '../../http/routes.js';
import { closed } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import type { EntryRequest } from '../../ledger/entries.js';
import type { Stage } from '../../ledger/stage.js';
import type { Answer, Key } from '../../ledger/state.js';
import { Refusal } from '../../lib/refusal.js';
import { postByHand } from '../../timebank/by-hand.js';
import { BulkItem, BulkResults, example } from './entry-shapes.js';
import { viewWithoutText, withTexts } from './entry-texts.js';

export function registerBulkEntries(app: App, service: Service): void {
  command(app, service, '/v1/entries/bulk', {
    roles: ['operator'],
    bodyLimit: 8 * 1_048_576,
    operationId: 'postEntries',
    summary: 'Post up to 1,000 entries',
    description:
      "Each item is decided by itself, in order, like an entry sent alone: a refused one leaves the others. All results are committed together or not at all. An item's key cannot be the request's own.",
    tags: ['ledger'],
    body: Type.Object(
      { entries: Type.Array(BulkItem, { minItems: 1, maxItems: 1_000 }) },
      { ...closed, description: 'The entries to post.', examples: [{ entries: [example] }] },
    ),
    status: 200,
    answer: BulkResults,
    prepare: (request) => {
      const { entries } = request.body;
      const items = entries.map((item) => bulkItem(request.principal, item));
      if (request.query.dry_run !== true) refuseOwnKey(items, keyOfRequest(request));
      return {
        decide: (stage) => decideBulk(stage, items, request),
        show: (results) => new RawJson(`{"results":[${results.join(',')}]}`),
        reveal: (body) => withTexts(body, entries),
        partKeys: items.flatMap(({ key }) => (key ? [key] : [])),
        weight: items.length,
      };
    },
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
