/** Connections: what the driver gets wrong is set right here. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { openPool } from '../../src/db/connect.js';
import { parseDatabaseUrl } from '../../src/db/database-url.js';
import { database } from '../support/database.js';

t.test('a result is whole after a statement that failed half way through its rows', async (t) => {
  const { target } = await database(t);
  const sql = openPool(target, { max: 1, applicationName: 'test' });
  t.teardown(() => sql.end({ timeout: 1 }));
  const numbers = () => sql.unsafe('select i from generate_series(1, 5) i', [], { prepare: true });
  await numbers();
  const failing = sql.unsafe('select i, 1 / (4 - i) as quotient from generate_series(1, 10) i', [], { prepare: true });
  const [failed, behind] = await Promise.allSettled([failing, numbers()]);
  t.equal(failed.status, 'rejected');
  t.same(behind.status === 'fulfilled' && behind.value.map((row) => row?.['i']), [1, 2, 3, 4, 5]);
  t.same((await numbers()).length, 5);
  t.same([...(await sql.unsafe('select 1 where false'))], []);
});

t.test('a Unix socket is reached by a URL, as the host or as a parameter', async (t) => {
  const { target } = await database(t);
  if ('url' in target) throw new Error('the test server listens on a socket');
  const { socketDirectory, port, user, database: name } = target;
  for (const url of [
    `postgres://${user}@${encodeURIComponent(socketDirectory)}:${port}/${name}`,
    `postgres://${user}@localhost:${port}/${name}?host=${socketDirectory}`,
    `postgresql://${user}@elsewhere:${port}/${name}?application_name=kept&host=${encodeURIComponent(socketDirectory)}`,
  ]) {
    const sql = openPool({ url }, { max: 1, applicationName: 'test' });
    const [row] = await sql`select current_database() as name, inet_client_addr() as address`;
    await sql.end({ timeout: 1 });
    t.same(row, { name, address: null }, url);
  }
  t.same(parseDatabaseUrl('postgres:///books?host=/var/run/postgresql'), {
    url: 'postgres://localhost/books',
    host: '/var/run/postgresql',
  });
  for (const url of ['postgres://u:p@h1:1,h2:2/db', 'postgres://u@h/db?host=other', 'u:secret@h'])
    t.same(parseDatabaseUrl(url), { url }, 'another form is left alone');
});

/** A server on a port of its own, closed with the test. */
async function listening(t: Test, onConnection: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer(onConnection);
  t.teardown(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

t.test(
  'a statement written to a connection that is being reset fails as lost, and never as if nothing was found',
  async (t) => {
    const { target } = await database(t);
    if ('url' in target) throw new Error('the test server listens on a socket');
    const { socketDirectory, port, user, database: name } = target;
    const passing: Socket[] = [];
    const proxy = await listening(t, (socket) => {
      const server = connect(`${socketDirectory}/.s.PGSQL.${port}`);
      socket.on('error', () => {}).on('close', () => server.destroy());
      server.on('error', () => {}).on('close', () => socket.destroy());
      socket.pipe(server).pipe(socket);
      passing.push(socket);
    });
    const sql = openPool({ url: `postgres://${user}@127.0.0.1:${proxy}/${name}` }, { max: 1, applicationName: 'test' });
    t.teardown(() => sql.end({ timeout: 1 }));
    const ask = (text: string) => sql.unsafe('select $1::text as text', [text], { prepare: true });
    await ask('warm');
    // As in the service: a request is read in the same turn of the event loop in which the reset arrives.
    const asked = new Promise<PromiseSettledResult<unknown>[]>((resolve) => {
      const requests = listening(t, (socket) => {
        socket.on('error', () => {});
        socket.on('data', () => setImmediate(() => resolve(Promise.allSettled([ask('x'.repeat(2_000)), ask('b')]))));
      });
      requests.then((requestPort) => {
        const request = connect(requestPort, '127.0.0.1', () => {
          setTimeout(() => {
            request.write('x');
            passing[0]?.resetAndDestroy();
            const end = Date.now() + 100;
            while (Date.now() < end);
            request.end();
          }, 20);
        });
      });
    });
    for (const result of await asked) {
      const found = result.status === 'fulfilled' ? (result.value as unknown[]).length : 'lost';
      t.ok(found === 1 || found === 'lost', `answered or lost: ${found}`);
    }
    t.equal((await ask('after')).length, 1);
  },
);
