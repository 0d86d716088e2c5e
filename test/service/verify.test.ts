/** `timeledger verify` as an auditor runs it: its words, its JSON and its exit status, with and without a saved checkpoint. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openCommandDatabase } from '../../src/database.js';
import { openPool, type Pool } from '../../src/db/connect.js';
import { temporaryDirectory } from '../support/database.js';
import { freePort, runCli, startService } from '../support/service.js';
import { rebuild, rewriteLeaf } from '../support/tampering.js';

async function asOwner(dataDir: string, act: (sql: Pool) => Promise<unknown>): Promise<void> {
  const database = await openCommandDatabase({ dataDir });
  const sql = openPool(database.target, { max: 1, applicationName: 'test owner' });
  try {
    await sql`set session_replication_role = replica`;
    await act(sql);
  } finally {
    await sql.end({ timeout: 1 });
    await database.stop();
  }
}

t.test('a saved checkpoint, a clean run, a rewritten entry, and what cannot be run: 0, 1, 2', async (t) => {
  const directory = temporaryDirectory();
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const environment = { DATA_DIR: join(directory, 'data'), PORT: String(await freePort()) };
  const verify = (...args: string[]) => runCli(['verify', ...args], environment);
  t.match(await verify(), { code: 2, stdout: '', stderr: /there are no books in this database yet/ });

  const service = await startService(environment);
  t.teardown(() => service.stop());
  const [note, vkey] = [join(directory, 'checkpoint.txt'), join(directory, 'log.vkey')];
  for (const [path, file] of [
    ['checkpoint', note],
    ['vkey', vkey],
  ] as const)
    writeFileSync(file, await (await fetch(new URL(`/log/xinchang/${path}`, service.url))).text());
  t.match(await verify(), {
    code: 0,
    stdout: /ledger xinchang: everything agrees\n[^!]*no saved checkpoint was compared/,
    stderr: '',
  });
  await service.stop();

  const key = readFileSync(vkey, 'utf8').trim();
  for (const given of [vkey, key]) {
    t.match(await verify('--checkpoint', note, '--vkey', given), {
      code: 0,
      stdout: /checkpoint .*checkpoint\.txt of 1 entries: signed, and these entries are still the same/,
    });
  }
  const binary = join(directory, 'binary');
  writeFileSync(binary, Buffer.of(0xff, 0xfe, 0x0a));
  for (const [args, reason] of [
    [['--checkpoint', binary, '--vkey', vkey], /cannot read .*binary: .*not valid/],
    [['--checkpoint', join(directory, 'nosuch'), '--vkey', vkey], /cannot read .*nosuch/],
    [['--checkpoint', note], /name its key with --vkey/],
    [['--vkey', vkey], /name its file with --checkpoint/],
    [['--checkpoint', note, '--vkey', 'key'], /neither a file nor a verifier key/],
    [['--ledger', 'elsewhere'], /there is no ledger "elsewhere"; there is xinchang/],
    [['--nosuch'], /unknown option/],
    [['--checkpoint'], /argument missing/],
  ] as const)
    t.match(await verify(...args), { code: 2, stdout: '', stderr: reason }, `${args.join(' ')}: cannot be run`);
  t.match(await verify('--help'), { code: 0, stdout: /--checkpoint <file>/ });

  await asOwner(environment.DATA_DIR, async (sql) => {
    await rewriteLeaf(sql, 1, (leaf) => ({ ...leaf, actor: 'operator:nobody' }));
    await rebuild(sql);
  });
  t.match(await verify(), { code: 0 }, 'books rewritten as a whole agree with themselves');
  t.match(await verify('--checkpoint', note, '--vkey', vkey), {
    code: 1,
    stdout: /1 difference \(checkpoint 1\)[^!]*does not agree\n {2}! checkpoint .*: history was rewritten/,
  });
  t.match(await verify('--checkpoint', note, '--vkey', vkey, '--lang', 'zh'), {
    code: 1,
    stdout:
      /^账本 xinchang：有 1 处不符（checkpoint 1）[^!]*不符\n {2}! checkpoint \S+：历史被改写：前 1 张凭证与签名时不同\n$/,
  });
  const told = await verify('--ledger', 'xinchang', '--json', '--checkpoint', note, '--vkey', vkey, '--lang', 'zh');
  t.equal(told.code, 1);
  t.match(JSON.parse(told.stdout), {
    ledger: 'xinchang',
    ok: false,
    tree_size: '1',
    checkpoints: [{ name: note, tree_size: '1', agrees: false }],
    finding_count: 1,
    finding_counts: { checkpoint: 1 },
    findings: [{ table: 'checkpoint', key: note, detail: /^历史被改写：/ }],
  });
});
