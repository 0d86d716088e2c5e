/** Files that prove a service on paper, over HTTP: sent, listed, read back and erased by who looks after the order's unit. */
import { hash } from 'node:crypto';
import { Type } from 'typebox';
import { sendAnswer, submitCommand } from '../../../http/commands.js';
import { evidenceBody, receiveEvidence } from '../../../http/evidence-body.js';
import { commandRefusals, guardedRefusals, problemResponses } from '../../../http/problem-responses.js';
import { list, noQuery } from '../../../http/routes.js';
import { closed } from '../../../http/schemas.js';
import { type App, laneOf, ledgerIdOf, type Service } from '../../../http/service.js';
import type { Principal } from '../../../http/tokens.js';
import { eraseEvidence, evidenceNotFound, storeEvidence } from '../../../timebank/service/orders/evidence.js';
import { findEvidence, listEvidence, viewEvidence } from '../../../timebank/service/orders/evidence-reads.js';
import { readOrder } from '../../../timebank/service/orders/reads.js';
import { evidenceTypes } from '../../../timebank/service-words.js';
import { dropBlob, readBlob } from '../../../work/blobs.js';
import { NewTextErasure } from '../../ledger/entry-shapes.js';
import { askingOf, seenBy, unitAskers } from './asking.js';
import { digestShape, Evidence, EvidenceDigest, EvidencePage } from './evidence-shapes.js';
import { OrderId, orderParams } from './shapes.js';

const fileParams = Type.Object({ id: OrderId, digest: EvidenceDigest }, closed);

export function registerEvidence(app: App, service: Service): void {
  registerStoring(app, service);
  registerReading(app, service);
  registerErasing(app, service);
}

function registerStoring(app: App, service: Service): void {
  app.post('/v1/orders/:id/evidence', {
    config: { roles: unitAskers, evidence: true, expensive: true },
    schema: {
      operationId: 'storeEvidence',
      summary: 'Store a file that proves an order',
      description:
        'A scan or a photograph of what is on paper: PNG, JPEG or PDF, whatever its name says, up to 5 MiB. Its SHA-256 enters the log, its bytes do not. A file that the order has already is answered with 200. None is stored once a recipient or a volunteer of the order is erased.',
      tags: ['orders'],
      consumes: [...evidenceTypes],
      params: orderParams,
      querystring: noQuery,
      body: evidenceBody,
      response: {
        200: Evidence,
        201: Evidence,
        ...problemResponses(...commandRefusals, 'order_not_found', 'member_erased', 'evidence_invalid'),
      },
    },
    handler: async (request, reply) => {
      const { params, principal } = request;
      const ledgerId = await ledgerIdOf(service, principal);
      const { discard, ...file } = await receiveEvidence(service, request);
      const { answer, replayed } = await submitCommand(service, request, {
        decide: (stage) => storeEvidence(stage, { orderId: params.id, ...file }, askingOf(principal)),
        show: ({ row }) => viewEvidence(row),
        status: ({ known }) => (known ? 200 : 201),
      });
      // Refused, known or sent again: what came in now is nobody's.
      const stored = await findEvidence(service.work.sql, ledgerId, { orderId: params.id, digest: file.digest });
      if (stored?.fileId !== file.fileId) await discard();
      if (replayed) reply.header('idempotent-replayed', 'true');
      sendAnswer(reply, answer);
      return reply;
    },
  });
}

function registerReading(app: App, service: Service): void {
  list(app, service, '/v1/orders/:id/evidence', {
    roles: ['operator', 'coordinator', 'auditor'],
    operationId: 'listEvidence',
    summary: 'List the files that prove an order',
    description:
      'In the order of their digests, those that were erased too. An auditor sees which there are, not what they show.',
    tags: ['orders'],
    params: orderParams,
    answer: EvidencePage,
    refusals: ['order_not_found'],
    key: digestShape,
    rows: async ({ params, principal }, { id: ledgerId }, page) => {
      await requireSeen(service, ledgerId, params.id, principal);
      return listEvidence(service.sql, ledgerId, { orderId: params.id, ...page });
    },
    keyOf: ({ digest }) => digest,
    show: (files) => ({ files }),
  });

  app.get('/v1/orders/:id/evidence/:digest', {
    config: { roles: unitAskers, expensive: true },
    schema: {
      operationId: 'getEvidence',
      summary: 'One file that proves an order',
      description: 'The bytes as they were sent.',
      tags: ['orders'],
      params: fileParams,
      querystring: noQuery,
      response: {
        200: {
          description: 'The file.',
          content: Object.fromEntries(
            evidenceTypes.map((type) => [type, { schema: Type.Unsafe<unknown>({ type: 'string', format: 'binary' }) }]),
          ),
        },
        ...problemResponses(...guardedRefusals, 'order_not_found', 'evidence_not_found'),
      },
    },
    handler: async ({ params: { id: orderId, digest }, principal }, reply) => {
      const { facts } = await laneOf(service, principal);
      await requireSeen(service, facts.id, orderId, principal);
      const file = await findEvidence(service.sql, facts.id, { orderId, digest });
      if (!file || file.isErased) throw evidenceNotFound(orderId, digest);
      const { fileId, mediaType } = file;
      const bytes = await readBlob(service.work.sql, facts.id, fileId);
      if (hash('sha256', bytes) !== digest) throw new Error(`file ${fileId} is damaged`);
      const name = `${digest.slice(0, 16)}.${mediaType.slice(mediaType.indexOf('/') + 1)}`;
      reply.header('content-type', mediaType).header('content-disposition', `attachment; filename="${name}"`);
      return reply.send(bytes);
    },
  });
}

function registerErasing(app: App, service: Service): void {
  app.post('/v1/orders/:id/evidence/:digest/erasure', {
    config: { roles: ['operator'] },
    schema: {
      operationId: 'eraseEvidence',
      summary: 'Erase a file that proves an order',
      description:
        'Its bytes go; the row stays and says when, and the journal says why. What was recorded by it stays. It cannot be undone.',
      tags: ['orders'],
      params: fileParams,
      querystring: noQuery,
      body: NewTextErasure,
      response: {
        200: Evidence,
        ...problemResponses(...commandRefusals, 'order_not_found', 'evidence_not_found'),
      },
    },
    handler: async (request, reply) => {
      const { params, body, principal } = request;
      const ledgerId = await ledgerIdOf(service, principal);
      const erasing = { orderId: params.id, digest: params.digest, reason: body.reason };
      const { answer, replayed } = await submitCommand(service, request, {
        decide: (stage) => eraseEvidence(stage, erasing, askingOf(principal)),
        show: ({ row }) => viewEvidence(row),
        status: 200,
      });
      // Once the journal says so; who was cut short here sends the request again.
      const file = answer.code < 400 ? await findEvidence(service.work.sql, ledgerId, erasing) : null;
      if (file?.isErased) await dropBlob(service.work.sql, ledgerId, file.fileId);
      if (replayed) reply.header('idempotent-replayed', 'true');
      sendAnswer(reply, answer);
      return reply;
    },
  });
}

/** Refuses: `order_not_found`, also when it is not seen. */
async function requireSeen(service: Service, ledgerId: number, orderId: string, principal: Principal): Promise<void> {
  await readOrder(service.sql, { ledgerId, now: service.clock() }, orderId, seenBy(principal));
}
