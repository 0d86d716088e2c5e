/**
 * A dump of every version there has been lies below test/data/dumps, and this version makes a database of each that verifies.
 * `npm run golden` writes that of this version anew; once the version is released, it stays as it is.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { restoreInto } from '../src/commands/restore.js';
import { bookSchemas } from '../src/database.js';
import { openPool } from '../src/db/connect.js';
import { readManifest } from '../src/db/dump/manifest.js';
import { writeDump } from '../src/db/dump/write.js';
import { readHeads } from '../src/ledger/reads/heads.js';
import { packageVersion } from '../src/version.js';
import { books, fixedClock } from './support/books.js';
import { database, temporaryDirectory } from './support/database.js';
import { populate } from './support/populate.js';
import { root } from './support/root.js';

const dumps = fileURLToPath(new URL('test/data/dumps/', root));
const writing = process.env['TIMELEDGER_GOLDEN'] === 'write';

t.test('the dump of this version is written', { skip: !writing && 'npm run golden does' }, async (t) => {
  const set = await books(t);
  const { target } = set;
  await populate(set);
  const directory = join(dumps, packageVersion);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  await writeDump(target, {
    directory,
    schemas: bookSchemas,
    program: packageVersion,
    madeAt: new Date(fixedClock().clock()).toISOString(),
    notes: async (snapshot) => ({ ledgers: await readHeads(snapshot), keys: [] }),
  });
});

t.test('there is a dump of this version, and every table of the books has rows in it', async (t) => {
  const manifest = readManifest(join(dumps, packageVersion));
  t.equal(manifest.program, packageVersion);
  for (const { schema, table, rows } of manifest.tables.filter((one) => one.schema.startsWith('time')))
    t.ok(rows > 0, `${schema}.${table} has ${rows} rows`);
});

for (const version of new Set([...readdirSync(dumps), packageVersion])) {
  t.test(`the dump of ${version} is restored, migrated, and everything in it agrees`, async (t) => {
    const empty = temporaryDirectory();
    t.teardown(() => rmSync(empty, { recursive: true, force: true }));
    const { target } = await database(t, empty);
    const manifest = readManifest(join(dumps, version));
    await restoreInto(target, { directory: join(dumps, version), manifest, language: 'en' });
    const sql = openPool(target, { max: 1, applicationName: 'test' });
    t.teardown(() => sql.end({ timeout: 1 }));
    t.same(await readHeads(sql), manifest.notes['ledgers']);
  });
}

t.test('a restore that is given up leaves no schema of ours, and the next is made', async (t) => {
  const empty = temporaryDirectory();
  t.teardown(() => rmSync(empty, { recursive: true, force: true }));
  const { target } = await database(t, empty);
  const directory = join(dumps, packageVersion);
  const manifest = readManifest(directory);
  const wrong = { ...manifest, notes: { ...manifest.notes, ledgers: [] } };
  await t.rejects(restoreInto(target, { directory, manifest: wrong, language: 'en' }), { name: 'StartError' });
  const sql = openPool(target, { max: 1, applicationName: 'test' });
  t.teardown(() => sql.end({ timeout: 1 }));
  const left = await sql`select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'`;
  t.same(
    left.map(({ nspname }) => nspname),
    ['public'],
  );
  await restoreInto(target, { directory, manifest, language: 'en' });
});
