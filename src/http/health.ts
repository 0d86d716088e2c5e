/** What a load balancer and an orchestrator ask: is the process alive, and may it have traffic. It knows nothing of what is checked. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Refusal } from '../lib/refusal.js';
import { namedObject } from './named.js';
import { problemResponses } from './problem-responses.js';

const Health = namedObject(
  'Health',
  { status: Type.Literal('ok') },
  { description: 'All is well.', examples: [{ status: 'ok' }] },
);

/** How long `/readyz` waits for an answer: whoever asks gives up soon, too. */
const readyMilliseconds = 3_000;

/** `ready` rejects when the service cannot do its work; a refusal says why. */
export function registerHealth(app: FastifyInstance, ready: () => Promise<void>): void {
  app.get('/healthz', {
    config: { public: true, limit: 'none', sheds: false },
    schema: {
      operationId: 'getHealth',
      summary: 'Whether the process is alive',
      description: 'Answers while the process runs, whatever the state of the database.',
      tags: ['system'],
      security: [],
      response: { 200: Health },
    },
    handler: (_request, reply) => {
      reply.send({ status: 'ok' });
    },
  });
  app.get('/readyz', {
    config: { public: true, limit: 'none' },
    schema: {
      operationId: 'getReadiness',
      summary: 'Whether the service can do its work',
      description:
        'Asks the database, and whether it has room to write, and waits three seconds for it. Send traffic only while this answers 200.',
      tags: ['system'],
      security: [],
      response: { 200: Health, ...problemResponses('ledger_unavailable', 'ledger_busy', 'storage_full') },
    },
    handler: async (request) => {
      try {
        await within(ready(), readyMilliseconds);
      } catch (error) {
        request.log.warn({ err: error }, 'not ready');
        if (error instanceof Refusal) throw error;
        throw new Refusal('ledger_unavailable', { en: 'The service is not ready.', zh: '服务尚未就绪。' });
      }
      return { status: 'ok' };
    },
  });
}

/** A connection can die without a word: then no statement's own deadline helps. */
async function within(check: Promise<void>, milliseconds: number): Promise<void> {
  const giveUp = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: giveUp.signal }).then(() => {
    throw new Error(`no answer within ${milliseconds} ms`);
  });
  try {
    await Promise.race([check, late]);
  } finally {
    giveUp.abort();
    for (const promise of [check, late]) promise.catch(() => {});
  }
}
