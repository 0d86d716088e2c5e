/** Guarantees of turns: a few at a time, in order, and none is lost when somebody hangs up. */
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import Fastify from 'fastify';
import { test } from 'tap';
import { registerTurns, Turns } from '../../src/http/turns.js';

test('no more have their turn than there are, the next is whoever waited longest, and ending twice ends one', async (t) => {
  const turns = new Turns(2);
  const begun: number[] = [];
  const ends = new Map<number, () => void>();
  for (let i = 1; i <= 5; i++)
    void turns.take().then((end) => {
      begun.push(i);
      ends.set(i, end);
    });
  await turnOfTheLoop();
  t.same(begun, [1, 2]);
  ends.get(2)?.();
  ends.get(2)?.();
  await turnOfTheLoop();
  t.same(begun, [1, 2, 3]);
  ends.get(1)?.();
  await turnOfTheLoop();
  t.same(begun, [1, 2, 3, 4]);
});

test('answers, refusals, and those who hang up all give their turn to the next', async (t) => {
  const app = Fastify();
  registerTurns(app);
  let held: (() => void)[] = [];
  let [now, most] = [0, 0];
  app.get('/held', { config: { inTurn: true } }, async () => {
    most = Math.max(most, ++now);
    await new Promise<void>((resolve) => held.push(resolve));
    now -= 1;
    return 'held';
  });
  app.get('/quick', { config: { inTurn: true } }, async () => 'quick');
  app.get('/refused', { config: { inTurn: true } }, async () => {
    throw new Error('no');
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  const begun = async (count: number) => {
    while (held.length < count) await turnOfTheLoop();
  };
  const hangUp = async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /held HTTP/1.1\r\nhost: t\r\n\r\n');
    await once(socket, 'connect');
    return () => socket.destroy();
  };
  const gone = [await hangUp(), await hangUp()];
  await begun(2);
  const waiting = Array.from({ length: 4 }, () => app.inject('/held'));
  const others = ['/refused', '/refused', '/refused', '/quick'].map((path) => app.inject(path));
  for (const leave of gone) leave();
  for (let answered = 2; answered < 6; answered += 2) {
    await begun(answered + 2);
    for (const go of held.slice(answered, answered + 2)) go();
  }
  t.same(
    (await Promise.all(waiting)).map(({ body }) => body),
    Array(4).fill('held'),
  );
  t.same(
    (await Promise.all(others)).map(({ statusCode }) => statusCode),
    [500, 500, 500, 200],
  );
  for (const go of held) go();
  held = [];
  t.equal((await app.inject('/quick')).body, 'quick');
  // Two who hung up were still being worked for when two others began.
  t.ok(most <= 4, `${most} at a time`);
});
