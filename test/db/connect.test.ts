/** Connections: what the driver gets wrong is set right here. */
import t from 'tap';
import { openPool } from '../../src/db/connect.js';
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
