/** Load is shed where it arrives: a slow loop refuses at once, and is known to be alive meanwhile; a large answer cannot pass for whole. */
import { setImmediate as turn } from 'node:timers/promises';
import Fastify from 'fastify';
import { test } from 'tap';
import { errorHandler } from '../../src/http/error-handler.js';
import { sendPieces } from '../../src/http/pieces.js';
import { registerPressure } from '../../src/http/pressure.js';
import { sameIn } from '../../src/lib/language.js';
import { Refusal } from '../../src/lib/refusal.js';

test('while the loop lags, requests are refused with 503 and Retry-After, but for those that never are', async (t) => {
  const app = Fastify();
  t.teardown(() => app.close());
  app.setErrorHandler(errorHandler);
  await registerPressure(app, { maxDelayMilliseconds: 300 });
  app.get('/work', async () => ({ status: 'done' }));
  app.get('/alive', { config: { sheds: false } }, async () => ({ status: 'ok' }));
  await app.ready();
  t.equal((await app.inject('/work')).statusCode, 200);

  const block = async () => {
    for (const end = performance.now() + 1_500; performance.now() < end; );
    await turn();
  };
  await block();
  t.equal((await app.inject('/work')).statusCode, 200, 'one long block is no reason');
  let refused = await app.inject('/work');
  for (let blocks = 0; blocks < 10 && refused.statusCode === 200; blocks++) {
    await block();
    refused = await app.inject('/work');
  }
  t.equal(refused.statusCode, 503);
  t.equal(refused.json().code, 'ledger_busy');
  t.ok(Number(refused.headers['retry-after']) > 0);
  t.equal((await app.inject('/alive')).statusCode, 200);

  for (const end = performance.now() + 5_000; performance.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if ((await app.inject('/work')).statusCode === 200) break;
  }
  t.equal((await app.inject('/work')).statusCode, 200, 'and answered again once it has caught up');
});

test('an answer in pieces is whole or broken off; what fails before the first piece is a problem', async (t) => {
  const app = Fastify();
  t.teardown(() => app.close());
  app.setErrorHandler(errorHandler);
  const closed: string[] = [];
  async function* pieces(count: number, failAt = -1) {
    try {
      for (let i = 0; i < count; i++) {
        if (i === failAt) throw new Refusal('ledger_unavailable', sameIn('the books are away'));
        yield `片${i},`;
      }
    } finally {
      closed.push(`${count}`);
    }
  }
  app.get('/whole', async (_, reply) => sendPieces(reply.type('text/plain; charset=utf-8'), pieces(3)));
  app.get('/none', async (_, reply) => sendPieces(reply.type('text/plain; charset=utf-8'), pieces(0)));
  app.get('/first', async (_, reply) => sendPieces(reply.type('text/plain; charset=utf-8'), pieces(4, 0)));
  app.get('/midway', async (_, reply) => sendPieces(reply.type('text/plain; charset=utf-8'), pieces(5, 3)));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.equal(await (await fetch(`${url}/whole`)).text(), '片0,片1,片2,');
  t.equal(await (await fetch(`${url}/none`)).text(), '');
  const first = await fetch(`${url}/first`);
  t.same([first.status, ((await first.json()) as { code: string }).code], [503, 'ledger_unavailable']);
  await t.rejects(fetch(`${url}/midway`).then((answer) => answer.text()));
  t.same(closed, ['3', '0', '4', '5'], 'each was closed');
});
