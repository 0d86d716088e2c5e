/** What a package of the service holds, and that it runs without the checkout it was made in. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { root } from '../support/root.js';
import { run } from '../support/service.js';

const checkout = fileURLToPath(root);

function packed(): string[] {
  const pack = ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline'];
  const answer = execFileSync('npm', pack, { cwd: checkout, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const [found] = JSON.parse(answer) as { files: { path: string }[] }[];
  return (found?.files ?? []).map(({ path }) => path);
}

t.test('what is shipped is the service, its migrations and its document, and it runs elsewhere', async (t) => {
  const files = packed();
  const tops = new Set(files.map((path) => path.split('/')[0]));
  t.same([...tops].sort(), ['LICENSE', 'README.md', 'dist', 'drizzle', 'openapi.yaml', 'package.json']);
  t.ok(files.includes('dist/main.js'));
  const elsewhere = mkdtempSync(join(tmpdir(), 'timeledger-shipped-'));
  t.teardown(() => rmSync(elsewhere, { recursive: true, force: true }));
  for (const path of files) cpSync(join(checkout, path), join(elsewhere, path));
  symlinkSync(join(checkout, 'node_modules'), join(elsewhere, 'node_modules'));
  const cli = join(elsewhere, 'dist', 'main.js');
  t.match(await run(process.execPath, [cli, 'token', '--help'], {}), { code: 0 });
  for (const name of ['demo', 'bench']) {
    t.match(await run(process.execPath, [cli, name, '--json'], {}), {
      code: 1,
      stdout: '',
      stderr: `timeledger: ${name} is not shipped with the service: run it in a checkout, after "npm run build"\n`,
    });
  }
});
