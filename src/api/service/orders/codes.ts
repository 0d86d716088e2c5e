/**
 * The code of an order over HTTP. It is worked out from a key of the service's and the request that asked for it, so that a repetition gets
 * the same and nothing keeps it; the books keep a keyed digest.
 */

import { createHmac, type KeyObject } from 'node:crypto';
import { Type } from 'typebox';
import { fillIn, keyOfRequest } from '../../../http/commands.js';
import { namedObject } from '../../../http/named.js';
import { command } from '../../../http/routes.js';
import { Instant, NoBody } from '../../../http/schemas.js';
import type { App, Service } from '../../../http/service.js';
import { deriveBytes } from '../../../keys.js';
import { issueCode } from '../../../timebank/service/orders/code.js';
import { rulesOfOrder } from '../../../timebank/service/orders/rules.js';
import { askingOf } from './asking.js';
import { OrderId, orderParams } from './shapes.js';

export const codePattern = '^[0-9]{6}$';

const OrderCode = namedObject(
  'OrderCode',
  {
    order: OrderId,
    code: Type.String({ pattern: codePattern, description: 'To be told to the volunteer.', examples: ['048213'] }),
    expires_at: Instant,
  },
  {
    description: 'A code that proves a volunteer is with the recipient.',
    examples: [{ order: 'N000001', code: '048213', expires_at: '2026-10-27T05:40:00.000000Z' }],
  },
);

export function registerCodes(app: App, service: Service): void {
  command(app, service, '/v1/orders/:id/code', {
    roles: ['member'],
    operationId: 'showOrderCode',
    summary: 'Show the code of an order',
    description:
      'The recipient is shown six digits, tells them to the volunteer, and with them the volunteer checks in or out. They last ten minutes and take the place of those before. After five wrong ones none is taken for half an hour.',
    tags: ['orders'],
    dryRun: false,
    params: orderParams,
    body: NoBody,
    answer: OrderCode,
    refusals: ['order_not_found', 'order_role_invalid', 'order_state_invalid', 'code_locked'],
    prepare: (request) => {
      const { principal, params } = request;
      const seed = ['order code', principal.ledger, params.id, keyOfRequest(request).key];
      const code = String(deriveBytes(service.secret, seed, 6).readUIntBE(0, 6) % 1_000_000).padStart(6, '0');
      const digest = digestOfCode(service.secret, params.id, code);
      return {
        decide: (stage) =>
          issueCode(stage, rulesOfOrder(stage, params.id), { orderId: params.id, digest }, askingOf(principal)),
        show: ({ expiresAt }) => ({ order: params.id, code: null, expires_at: expiresAt }),
        reveal: (body) => fillIn(body, { code }),
      };
    },
  });
}

const keys = new WeakMap<KeyObject, Buffer>();

/** What the books keep of a code: without the key, a million tries would find it. */
export function digestOfCode(secret: KeyObject, orderId: string, code: string): string {
  const key = keys.get(secret) ?? deriveBytes(secret, ['digests of order codes'], 32);
  keys.set(secret, key);
  return createHmac('sha256', key).update(`${orderId} ${code}`).digest('base64url');
}
