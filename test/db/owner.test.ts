/** On a PostgreSQL that others run: the user of DATABASE_URL owns its database, and is no superuser. */
import { generateKeyPairSync } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { type ConnectionTarget, openPool, type SocketTarget } from '../../src/db/connect.js';
import { migrate } from '../../src/db/migrate.js';
import type { LaneOptions } from '../../src/ledger/lane.js';
import { createLedger, Lanes } from '../../src/ledger/ledgers.js';
import { logIdentity } from '../../src/ledger/log/identity.js';
import { openStore } from '../../src/ledger/store.js';
import { verifyLedger } from '../../src/ledger/verify/verify.js';
import { countyPlan } from '../../src/timebank/chart.js';
import { verifyControls } from '../../src/timebank/controls.js';
import { allRows } from '../../src/timebank/rows.js';
import { fixedClock, ledger } from '../support/books.js';
import { startTestServer } from '../support/database.js';
import { populate } from '../support/populate.js';
import { root } from '../support/root.js';

const folder = fileURLToPath(new URL('drizzle', root));

/** The whole story, as a service would run it that connects as this user. */
async function tell(t: Test, target: ConnectionTarget): Promise<void> {
  t.equal((await migrate(target, { folder })).applied.length > 0, true);
  const { clock } = fixedClock();
  const store = openStore(() => openPool(target, { max: 1, applicationName: 'test ledger' }));
  const logKey = generateKeyPairSync('ed25519').privateKey;
  const plan = { ...countyPlan, ...logIdentity('ledger.test', ledger, logKey) };
  await createLedger(store, ledger, plan, { clock });
  await store.close();
  const openPoolOfLane = () => openPool(target, { max: 1, applicationName: 'test lane', role: 'timeledger_service' });
  const opened: Lanes[] = [];
  const openLane = (more: Partial<LaneOptions> = {}) => {
    const lanes = new Lanes(() => openStore(openPoolOfLane), { clock, ...more });
    opened.push(lanes);
    return lanes.of(ledger);
  };
  const sql = openPool(target, { max: 4, applicationName: 'test owner' });
  const lane = await openLane();
  await populate({ target, owner: sql, lane, logKey, openLane }).finally(async () => {
    for (const lanes of opened) await lanes.close();
  });
  const verification = await verifyLedger(sql, ledger, { tables: allRows as never, controls: verifyControls });
  await sql.end({ timeout: 1 });
  t.same(verification.findings, []);
  t.ok(verification.checked.entries > 260, `${verification.checked.entries} entries`);
}

t.test('a user that owns its database and is no superuser runs everything', async (t) => {
  const server = await startTestServer();
  t.teardown(() => server.stop());
  const cluster = server.connection as SocketTarget;
  const root = openPool(cluster, { max: 1, applicationName: 'test' });
  t.teardown(() => root.end({ timeout: 1 }));
  const owner = async (name: string, rights: string): Promise<SocketTarget> => {
    await root.unsafe(`create role ${name} login nosuperuser ${rights}`);
    await root.unsafe(`create database ${name}_books owner ${name}`);
    return { ...cluster, user: name, database: `${name}_books` };
  };
  const nobody = await owner('nobody', '');
  const message =
    /^the migration of \S+ failed and changed nothing: .*create the role timeledger_service .* or be granted it$/;
  await t.rejects(
    migrate(nobody, { folder }),
    { name: 'StartError', message },
    'without the role it says what it needs',
  );
  await t.test('one that may create roles makes that of the service', async (t) => {
    await tell(t, await owner('maker', 'createrole'));
  });
  await t.test('one that may not is given it', async (t) => {
    const given = await owner('given', '');
    await root`grant timeledger_service to given`;
    await tell(t, given);
    t.same(await migrate(given, { folder }), { applied: [] });
  });
  await t.rejects(migrate(nobody, { folder }), { name: 'StartError', message }, 'and not by its being there');
});
