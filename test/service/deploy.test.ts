/** The files of deploy/: understood by the programs they are for, where those are present, and true of this service. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import { createMetrics } from '../../src/http/metrics.js';
import { temporaryDirectory } from '../support/database.js';
import { root } from '../support/root.js';

const checkout = fileURLToPath(root);
const deploy = (name: string) => join(checkout, 'deploy', name);

function directory(t: Test): string {
  // Programs are installed in it, which may not run from memory.
  const made = temporaryDirectory(tmpdir());
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Where a program is; undefined: nowhere, which a test says. */
function which(t: Test, program: string): string | undefined {
  const { stdout } = spawnSync('sh', ['-c', `command -v ${program}`], {
    encoding: 'utf8',
    env: { PATH: `${process.env['PATH']}:/usr/sbin` },
  });
  const found = stdout.trim();
  if (found === '') t.comment(`${program} is not on this machine`);
  return found || undefined;
}

t.test('systemd understands the units', async (t) => {
  const analyze = which(t, 'systemd-analyze');
  if (!analyze) return;
  const units = ['timeledger.service', 'timeledger-backup.service', 'timeledger-backup.timer'].map(deploy);
  // What it starts need not be installed where the units are only read.
  const base = directory(t);
  const copies = units.map((unit) => join(base, unit.slice(unit.lastIndexOf('/') + 1)));
  for (const [i, unit] of units.entries())
    writeFileSync(copies[i] ?? '', readFileSync(unit, 'utf8').replaceAll('/usr/bin/node', process.execPath));
  const { status, stderr } = spawnSync(analyze, ['verify', ...copies], { encoding: 'utf8' });
  t.same({ status, stderr }, { status: 0, stderr: '' });
});

t.test('nginx takes the proxy', async (t) => {
  const nginx = process.env['TIMELEDGER_NGINX'] ?? which(t, 'nginx');
  const openssl = which(t, 'openssl');
  if (!nginx || !openssl) return;
  const base = directory(t);
  const [certificate, key] = [join(base, 'fullchain.pem'), join(base, 'privkey.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=time.example.gov.cn', '-days', '1'];
  execFileSync(openssl, [...request, '-out', certificate, '-keyout', key], { stdio: 'ignore' });
  const site = readFileSync(deploy('nginx.conf'), 'utf8').replaceAll('/etc/ssl/timeledger', base);
  writeFileSync(join(base, 'site.conf'), site);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${base}/${name};`,
  );
  const main = `pid ${base}/pid; error_log stderr; events {} http { access_log off; ${paths.join(' ')} include ${base}/site.conf; }`;
  writeFileSync(join(base, 'nginx.conf'), main);
  const { status, stderr } = spawnSync(nginx, ['-t', '-c', join(base, 'nginx.conf'), '-p', base], { encoding: 'utf8' });
  t.equal(status, 0, stderr);
});

t.test('Prometheus takes the rules, and every metric they ask for is there', async (t) => {
  const rules = parse(readFileSync(deploy('prometheus-rules.yml'), 'utf8')) as {
    groups: { rules: { alert: string; expr: string; for: string; annotations: { summary: string } }[] }[];
  };
  const { registry, httpDuration } = createMetrics({ freeBytes: 1, full: false });
  httpDuration.route('GET', '/')(200, 0.1);
  const offered = new Set([...(await registry.metrics()).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
  const histograms = [...(await registry.metrics()).matchAll(/^# TYPE (\w+) histogram$/gm)].map(([, name]) => name);
  for (const name of histograms) offered.add(`${name}_bucket`).add(`${name}_count`);
  for (const { alert, expr, annotations } of rules.groups.flatMap((group) => group.rules)) {
    t.ok(annotations.summary, `${alert} says what it is`);
    const words = expr.replace(/\{[^}]*\}|\[[^\]]*\]|by \([^)]*\)|\b\d\S*/g, ' ').match(/\b[a-z]\w+\b(?!\s*\()/g) ?? [];
    const metrics = words.filter((word) => !['up', 'sum', 'by', 'le'].includes(word));
    for (const metric of metrics) t.ok(offered.has(metric), `${alert} asks for ${metric}`);
    t.ok(metrics.length > 0 || expr.startsWith('up'), `${alert} asks for something`);
  }
  const promtool = which(t, 'promtool');
  if (promtool) t.equal(spawnSync(promtool, ['check', 'rules', deploy('prometheus-rules.yml')]).status, 0);
});

/** `{ from: 'build', words: ['/build/dist', '/opt/timeledger/dist'] }` of each COPY, and each RUN, in order. */
function stages(dockerfile: string): { run: string[]; copies: { from: string | undefined; words: string[] }[] }[] {
  return dockerfile
    .split(/^FROM .*$/m)
    .slice(1)
    .map((stage) => ({
      run: [...stage.matchAll(/^RUN (.*)$/gm)].map(([, command = '']) => command),
      copies: [...stage.matchAll(/^COPY (?:--from=(\S+) )?(.*)$/gm)].map(([, from, words = '']) => ({
        from,
        words: words.split(' '),
      })),
    }));
}

const image = { timeout: 400_000, skip: !process.env['TIMELEDGER_IMAGE'] && '.ci/run has the time' };

t.test('the image holds a service that runs: its stages by hand, without an engine', image, async (t) => {
  const [build, final] = stages(readFileSync(deploy('Dockerfile'), 'utf8'));
  if (!build || !final) throw new Error('the Dockerfile has two stages');
  const base = directory(t);
  const work = join(base, 'build');
  const ignored = readFileSync(join(checkout, '.dockerignore'), 'utf8').split('\n');
  const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: checkout,
    encoding: 'utf8',
  });
  for (const file of listed.split('\0').filter((path) => path !== '' && existsSync(join(checkout, path)))) {
    if (!ignored.some((entry) => entry !== '' && (file === entry || file.startsWith(`${entry}/`))))
      cpSync(join(checkout, file), join(work, file));
  }
  // What the checkout itself was installed from is in npm's cache: nothing is asked of a registry.
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], npm_config_offline: 'true' };
  for (const command of build.run) {
    const { status, stderr } = spawnSync('sh', ['-c', `unset NODE_OPTIONS; ${command}`], {
      cwd: work,
      encoding: 'utf8',
      env,
    });
    if (/ENOTCACHED/.test(stderr)) return t.comment('the packages are not in the cache of npm');
    t.equal(status, 0, `${command} ${stderr.slice(-500)}`);
  }
  const layers = join(base, 'image');
  for (const { words } of final.copies) {
    const target = words.at(-1) ?? '';
    for (const source of words.slice(0, -1)) {
      const from = join(work, source.replace(/^\/build\//, ''));
      const to = join(layers, target.endsWith('/') ? `${target}${source.slice(source.lastIndexOf('/') + 1)}` : target);
      mkdirSync(dirname(to), { recursive: true });
      renameSync(from, to);
    }
  }
  const program = join(layers, 'opt', 'timeledger', 'dist', 'main.js');
  const data = join(base, 'data');
  const run = (args: string[]) =>
    spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', env: { ...env, DATA_DIR: data, PORT: '0' } });
  t.match(run(['ledger', 'create', 'xinchang']), { status: 0, stderr: '' });
  t.match(run(['verify']), { status: 0, stdout: /^ledger xinchang: everything agrees/ });
  t.match(run(['demo']), { status: 1, stderr: /not shipped/ });
});
