/** The README's story, run as it is written: each command in a shell against a fresh service, each answer as printed; `…` stands for anything. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t from 'tap';
import { temporaryDirectory } from './support/database.js';
import { root } from './support/root.js';
import { cli, freePort, startService } from './support/service.js';

const readme = readFileSync(new URL('README.md', root), 'utf8');

interface Step {
  readonly command: string;
  readonly output: readonly string[];
}

function story(): { preamble: string; steps: Step[] } {
  const section = readme.slice(readme.indexOf('## A story in eight calls'), readme.indexOf('## The command line'));
  const preamble = /```sh\n([\s\S]*?)```/.exec(section)?.[1] ?? '';
  const steps: { command: string; output: string[] }[] = [];
  for (const block of section.matchAll(/```console\n([\s\S]*?)```/g)) {
    for (const line of (block[1] ?? '').trimEnd().split('\n')) {
      if (line.startsWith('$ ')) steps.push({ command: line.slice(2), output: [] });
      else steps.at(-1)?.output.push(line);
    }
  }
  return { preamble, steps };
}

/** Whether an answer is the one printed: texts with `…` match any text in its place. */
function matches(printed: unknown, answered: unknown): boolean {
  if (printed === '…') return typeof answered === 'string' && answered.length > 0;
  if (Array.isArray(printed)) {
    return (
      Array.isArray(answered) &&
      printed.length === answered.length &&
      printed.every((one, i) => matches(one, answered[i]))
    );
  }
  if (typeof printed === 'object' && printed !== null && typeof answered === 'object' && answered !== null) {
    const keys = Object.keys(printed);
    if (keys.join() !== Object.keys(answered).join()) return false;
    return keys.every((key) =>
      matches((printed as Record<string, unknown>)[key], (answered as Record<string, unknown>)[key]),
    );
  }
  return printed === answered;
}

t.test('the story of the README happens as it is told', { timeout: 120_000 }, async (t) => {
  const directory = temporaryDirectory();
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const port = await freePort();
  const environment = { DATA_DIR: join(directory, 'data'), PORT: String(port) };
  const service = await startService(environment);
  t.teardown(() => service.stop());
  const { preamble, steps } = story();
  t.ok(steps.length >= 11, `${steps.length} commands are told`);
  // One shell for all, so that variables and functions live on; each answer ends with a mark of its own.
  const shell = [
    `npx() { shift; "${process.execPath}" "${cli}" "$@"; }`,
    preamble.replace('http://127.0.0.1:3000', service.url),
    ...steps.map(({ command }) => `${command}\necho "--end--"`),
  ].join('\n');
  const { stdout, stderr } = spawnSync('bash', ['-c', shell], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...environment, PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, HOME: tmpdir() },
  });
  t.equal(stderr, '', 'nothing is said on standard error');
  const answers = stdout.split('--end--\n');
  for (const [i, { command, output }] of steps.entries()) {
    const answer = (answers[i] ?? '').trimEnd();
    const [first = ''] = output;
    if (first.startsWith('{'))
      t.ok(matches(JSON.parse(first), JSON.parse(answer)), `${command.slice(0, 60)} answers as told, not ${answer}`);
    else t.equal(answer.split('\n')[0], first, `${command.slice(0, 60)} prints as told`);
  }
});

t.test('every file that the README links to is there', (t) => {
  const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1] ?? '');
  t.ok(links.length > 3);
  for (const link of links) t.ok(existsSync(new URL(link, root)), link);
  t.end();
});
