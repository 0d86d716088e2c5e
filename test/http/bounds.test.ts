/** Guarantees of what one client may take: connections, what is expensive, answers that are not read, bodies that are too large. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { type Test, test } from 'tap';
import { type ConnectionLimits, limitConnections } from '../../src/http/connections.js';
import { type SampleOptions, sample } from './sample.js';

/** The sample, listening. */
async function listening(t: Test, limits: Partial<ConnectionLimits> = {}, options: SampleOptions = {}) {
  const lines: string[] = [];
  const made = await sample({ logLevel: 'info', logTo: { write: (line) => lines.push(line) }, ...options });
  const { app, metrics } = made;
  limitConnections(app.server, { total: 0, perAddress: 0, ...limits }, metrics, app.log);
  await app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  return { ...made, port, lines };
}

/** Whether the service keeps a connection: on one that it refuses nothing is answered. */
async function knock(t: Test, port: number, localAddress = '127.0.0.1'): Promise<boolean> {
  const socket = net.connect({ port, host: '127.0.0.1', localAddress });
  t.teardown(() => socket.destroy());
  socket.on('error', () => {});
  const closed = once(socket, 'close').then(() => false);
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  return await Promise.race([closed, once(socket, 'data').then(() => true)]);
}

test('an address has so many connections and no more; another still gets in; the refusals are counted and logged once', async (t) => {
  const { port, metrics, lines } = await listening(t, { perAddress: 3 });
  for (let n = 0; n < 3; n += 1) t.equal(await knock(t, port), true);
  t.equal(await knock(t, port), false);
  t.equal(await knock(t, port), false);
  t.equal(await knock(t, port, '127.0.0.2'), true);
  const text = await metrics.registry.metrics();
  t.match(text, /timeledger_connections_refused_total\{reason="address"\} 2/);
  t.match(text, /timeledger_connections_open 4/);
  const told = lines.filter((line) => line.includes('connections refused'));
  t.equal(told.length, 1, 'a flood is not a flood of lines');
  t.match(JSON.parse(told[0] ?? ''), { level: 'warn', reason: 'address' });
});

test('there are so many in all; a connection that closes makes room', async (t) => {
  const { port, app } = await listening(t, { total: 2 });
  const first = net.connect({ port, host: '127.0.0.1' });
  await once(first, 'connect');
  t.equal(await knock(t, port), true);
  t.equal(await knock(t, port, '127.0.0.2'), false);
  first.destroy();
  for (let open = 2; open > 1; ) {
    await sleep(10);
    open = await new Promise<number>((resolve) => app.server.getConnections((_error, count) => resolve(count)));
  }
  t.equal(await knock(t, port), true);
});

test('a proxy that is trusted stands for many clients', async (t) => {
  for (const proxies of ['127.0.0.2', 'loopback', '10.0.0.0/8, 127.0.0.0/255.0.0.0']) {
    const { port } = await listening(t, { perAddress: 1, proxies });
    for (let n = 0; n < 3; n += 1) t.equal(await knock(t, port, '127.0.0.2'), true, proxies);
  }
  const { port } = await listening(t, { perAddress: 1, proxies: '127.0.0.3/32' });
  t.equal(await knock(t, port, '127.0.0.2'), true);
  t.equal(await knock(t, port, '127.0.0.2'), false, 'any other address is bounded');
});

/** Asks for something and reads nothing. */
async function askWithoutReading(t: Test, port: number, path: string): Promise<net.Socket> {
  const socket = net.connect({ port, host: '127.0.0.1' });
  t.teardown(() => socket.destroy());
  socket.on('error', () => {}).pause();
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  return socket;
}

test('who does not read an answer is cut off; who waits for one, however long, is not', async (t) => {
  const slow = (app: FastifyInstance) => {
    app.get('/large', { config: { public: true } }, () => 'x'.repeat(50_000_000));
    app.get('/slow', { config: { public: true } }, () => sleep(900).then(() => 'done'));
  };
  const { port, metrics } = await listening(t, { stalledMilliseconds: 200 }, { routes: slow });
  await askWithoutReading(t, port, '/large');
  const answer = await fetch(`http://127.0.0.1:${port}/slow`);
  t.equal(await answer.text(), 'done', 'four times as long, and nothing to be read meanwhile');
  for (let n = 0; n < 200; n += 1) {
    if (/reason="stalled"\} 1/.test(await metrics.registry.metrics())) break;
    await sleep(25);
  }
  t.match(await metrics.registry.metrics(), /timeledger_connections_refused_total\{reason="stalled"\} 1/);
});

test('who reads slowly but reads is not cut off', async (t) => {
  const size = 20_000_000;
  const routes = (app: FastifyInstance) => {
    app.get('/large', { config: { public: true } }, () => 'x'.repeat(size));
  };
  // The system tells of progress by the megabyte: it has buffers on both sides.
  const { port } = await listening(t, { stalledMilliseconds: 2_000 }, { routes });
  const socket = await askWithoutReading(t, port, '/large');
  let read = 0;
  const started = performance.now();
  while (read < size && !socket.destroyed) {
    read += (socket.read() as Buffer | null)?.length ?? 0;
    await sleep(15);
  }
  t.comment(`${Math.round(performance.now() - started)} ms`);
  t.ok(read >= size, `${read} bytes`);
});

test('a client still sending a body that is too large gets to read why: 413, and the connection closes', async (t) => {
  const { port, token, lines } = await listening(t, {}, { bodyLimit: 2_000 });
  const head = `POST /v1/entries HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token('operator')}\r\nContent-Type: application/json\r\n`;
  const megabytes = Buffer.alloc(20_000_000, 'x');
  const chunked = Buffer.concat([
    Buffer.from(`${megabytes.length.toString(16)}\r\n`),
    megabytes,
    Buffer.from('\r\n0\r\n\r\n'),
  ]);
  for (const [how, framing, body] of [
    ['of a known length', `Content-Length: ${megabytes.length}`, megabytes],
    ['in chunks', 'Transfer-Encoding: chunked', chunked],
  ] as const) {
    const socket = net.connect({ port, host: '127.0.0.1' });
    let answer = '';
    let broken: Error | undefined;
    socket.on('data', (chunk) => (answer += chunk)).on('error', (error) => (broken = error));
    // All of it is sent before anything is read, as simple clients do.
    await new Promise<void>((resolve) =>
      socket.write(`${head}${framing}\r\n\r\n`, () => socket.write(body, () => resolve())),
    );
    await once(socket, 'close');
    t.equal(broken, undefined, how);
    t.match(answer, /^HTTP\/1\.1 413 [\s\S]*connection: close[\s\S]*"code":"body_too_large"/i, how);
    const id = /"request_id":"([^"]+)"/.exec(answer)?.[1];
    t.ok(
      lines.some((line) => line.includes(`"${id}"`) && line.includes('body_too_large')),
      `${how}: it is in the log`,
    );
  }
});

test('a sender that never ends is not listened to for ever', async (t) => {
  const { port, token } = await listening(t, {}, { bodyLimit: 2_000 });
  const socket = net.connect({ port, host: '127.0.0.1' });
  t.teardown(() => socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(
    `POST /v1/entries HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token('operator')}\r\nContent-Type: application/json\r\nContent-Length: 100000000000\r\n\r\n`,
  );
  const piece = Buffer.alloc(1_000_000, 'x');
  let sent = 0;
  while (!socket.destroyed && sent < 1_000) {
    await new Promise((resolve) => socket.write(piece, resolve));
    sent += 1;
  }
  t.ok(sent < 200, `${sent} MB were taken`);
});

/** A route that is expensive and takes as long as it is told to. */
async function expensive(t: Test) {
  const waiting: (() => void)[] = [];
  const routes = (app: FastifyInstance) => {
    app.get('/report', { config: { roles: ['auditor'], expensive: true } }, async () => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return 'report';
    });
  };
  const { app, token } = await sample({ routes });
  t.teardown(() => app.close());
  const ask = (subject: string) =>
    app
      .inject({ url: '/report', headers: { authorization: `Bearer ${token('auditor', { subject })}` } })
      .then((answer) => answer);
  const running = async (count: number) => {
    while (waiting.length < count) await sleep(5);
  };
  return { ask, waiting, running };
}

test('a client has two expensive requests running and no third: 429 with Retry-After; another client is not held up', async (t) => {
  const { ask, waiting, running } = await expensive(t);
  const first = [ask('a'), ask('a')];
  await running(2);
  const refused = await ask('a');
  t.match(refused, { statusCode: 429, headers: { 'retry-after': '2' } });
  t.equal(refused.json().code, 'rate_limited');
  const other = ask('b');
  await running(3);
  for (const finish of waiting.splice(0)) finish();
  t.same(
    (await Promise.all([...first, other])).map(({ statusCode }) => statusCode),
    [200, 200, 200],
  );
  const again = ask('a');
  await running(1);
  waiting[0]?.();
  t.equal((await again).statusCode, 200, 'a place is free again');
});

test('hanging up does not free a place while the work goes on', async (t) => {
  const waiting: (() => void)[] = [];
  const routes = (app: FastifyInstance) => {
    app.get('/report', { config: { public: true, expensive: true } }, async () => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return 'report';
    });
  };
  const { port } = await listening(t, {}, { routes });
  const hangUp = async (count: number) => {
    const socket = net.connect({ port, host: '127.0.0.1' });
    socket.on('error', () => {});
    socket.write('GET /report HTTP/1.1\r\nHost: x\r\n\r\n');
    while (waiting.length < count) await sleep(5);
    socket.destroy();
    await sleep(50);
  };
  await hangUp(1);
  await hangUp(2);
  const status = async () => (await fetch(`http://127.0.0.1:${port}/report`)).status;
  t.equal(await status(), 429);
  for (const finish of waiting.splice(0)) finish();
  await sleep(50);
  const asked = status();
  while (waiting.length < 1) await sleep(5);
  waiting[0]?.();
  t.equal(await asked, 200);
});
