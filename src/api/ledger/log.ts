/** The transparency log over HTTP, for anyone: the signed checkpoint and the key that verifies it. */
import { Type } from 'typebox';
import { problemResponses } from '../../http/problem-responses.js';
import { closed } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { loadLedger } from '../../ledger/load.js';
import { readCheckpoint } from '../../ledger/reads/log.js';
import type { LedgerFacts } from '../../ledger/state.js';
import { Refusal } from '../../lib/refusal.js';
import { checkpointExample } from './entry-shapes.js';

const params = Type.Object(
  {
    ledger: Type.String({
      pattern: '^[a-z][a-z0-9-]{0,31}$',
      description: 'The code of a ledger.',
      examples: ['xinchang'],
    }),
  },
  closed,
);
const text = (description: string, example: string) => ({
  description,
  content: { 'text/plain': { schema: Type.String({ examples: [example] }) } },
});

export function registerLog(app: App, service: Service): void {
  app.get('/log/:ledger/checkpoint', {
    config: { public: true },
    schema: {
      operationId: 'getCheckpoint',
      summary: "The log's checkpoint",
      description: 'Size and root of the log, signed (C2SP tlog-checkpoint).',
      tags: ['feed'],
      security: [],
      params,
      response: {
        200: text('The signed note.', checkpointExample),
        ...problemResponses('ledger_not_found', 'request_invalid', 'rate_limited'),
      },
    },
    handler: async (request, reply) => {
      const facts = await ledgerFacts(service, request.params.ledger);
      const note = await readCheckpoint(service.sql, facts.id, service.logSigner(facts));
      return reply.type('text/plain; charset=utf-8').send(note);
    },
  });

  app.get('/log/:ledger/vkey', {
    config: { public: true },
    schema: {
      operationId: 'getLogKey',
      summary: "The log's verifier key",
      description: 'The key that verifies checkpoints, as signed-note tools take it (C2SP vkey).',
      tags: ['feed'],
      security: [],
      params,
      response: {
        200: text(
          'The key, one line.',
          'timeledger.example/xinchang+9509e05a+AUW4ZgaT/IFIkZystvjFjmhkRi0bWpPiJCHsmWY2mJXE\n',
        ),
        ...problemResponses('ledger_not_found', 'request_invalid', 'rate_limited'),
      },
    },
    handler: async (request, reply) => {
      const { logKey } = await ledgerFacts(service, request.params.ledger);
      return reply.type('text/plain; charset=utf-8').send(`${logKey}\n`);
    },
  });
}

/** Without opening a lane: anyone may ask, for any name. Refuses: `ledger_not_found`. */
async function ledgerFacts(service: Service, code: string): Promise<LedgerFacts> {
  const facts = await loadLedger(service.sql, code);
  if (!facts) throw new Refusal('ledger_not_found', { en: `there is no ledger "${code}"`, zh: `没有账本“${code}”` });
  return facts;
}
