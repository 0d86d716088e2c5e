/**
 * The house in order: floors that look down only, no circles, files that say what they are for, nothing exported for nobody.
 * It reads text, not types, so that it stays fast.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { test } from 'tap';
import { root } from './support/root.js';

interface Import {
  /** The file, from the root: `src/lib/clock.ts`. */
  readonly from: string;
  readonly names: readonly string[];
}

interface File {
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

const exported =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm;
const files = ['src', 'demo', 'bench', 'test'].flatMap(filesOf);
/** What is shipped, and what stands beside it in a checkout. */
const house = files.filter(({ path }) => !path.startsWith('test/'));

/** From the roof to the ground; a file imports from its own floor and from those below. */
const floors: readonly (readonly [name: string, belongs: RegExp])[] = [
  ['beside', /^(?:demo|bench)\//],
  ['doors', /^src\/(?:main|cli|server|worker|worker-process|runners|database)\.ts$|^src\/(?:cli|commands)\//],
  ['app', /^src\/app\.ts$/],
  ['api', /^src\/api\//],
  ['http', /^src\/http\//],
  ['timebank', /^src\/timebank\//],
  ['ledger', /^src\/ledger\//],
  ['work', /^src\/work\//],
  ['db', /^src\/db\//],
  ['lib', /^src\/lib\/|^src\/(?:config|keys|master-keys|version)\.ts$/],
];

/** `floor` as a number, the ground being the highest. */
const floorOf = (path: string) => floors.findIndex(([, belongs]) => belongs.test(path));

test('every file stands on a floor and imports only from its own and those below, types too', async (t) => {
  for (const { path, imports } of house) {
    const floor = floorOf(path);
    t.ok(floor >= 0, `${path} stands on a floor`);
    for (const { from } of imports) {
      t.ok(floorOf(from) >= floor, `${path} (${floors[floor]?.[0]}) imports ${from} (${floors[floorOf(from)]?.[0]})`);
    }
  }
});

/**
 * What a context of the time bank may import beside itself and what all contexts share (the chart, the fields of files). Imports
 * of files stand above them all: every context hands its kinds to them.
 */
const contexts: Readonly<Record<string, readonly string[]>> = {
  people: [],
  credit: ['people'],
  service: ['people', 'credit'],
  partners: ['people', 'credit'],
  audit: ['people', 'credit', 'service', 'partners'],
  feed: [],
  access: [],
  imports: ['people', 'credit', 'service', 'partners', 'audit'],
};

const contextOf = (path: string) => /^src\/timebank\/(\w+)\//.exec(path)?.[1];

test('a context of the time bank imports only those it may know', async (t) => {
  for (const { path, imports } of house) {
    const context = contextOf(path);
    const known = context === undefined ? undefined : contexts[context];
    if (context === undefined || known === undefined) continue;
    for (const { from } of imports) {
      const other = contextOf(from);
      const shared = other === undefined || !(other in contexts);
      t.ok(shared || other === context || known.includes(other), `${path} imports ${from}`);
    }
  }
});

test('the embedded PostgreSQL has one face: nothing else of its folder is imported from outside', async (t) => {
  const folder = 'src/db/embedded/';
  for (const { path, imports } of files.filter((file) => !file.path.startsWith(folder))) {
    for (const { from } of imports)
      t.ok(!from.startsWith(folder) || from === `${folder}embedded.ts`, `${path}: ${from}`);
  }
});

test('no file imports itself by a detour', async (t) => {
  for (const circle of circles()) t.fail(circle.join(' -> '));
  t.pass(`${files.length} files were walked`);
});

test('no default exports, and no file that only passes on what others export', async (t) => {
  for (const { path, text } of house) {
    t.notMatch(text, /^export default\b/m, `${path} exports by name`);
    t.notMatch(text, /^export (?:type )?(?:\*|\{[^}]*\}) (?:as \w+ )?from /m, `${path} exports its own`);
    t.not(posix.basename(path), 'index.ts', `${path} is no barrel`);
  }
});

test('every file opens with what it is for', async (t) => {
  for (const { path, text } of files) t.match(text, /^(?:#!.*\n)?\/\*\*/, path);
});

test('no file is longer than 400 lines; past 250 it is mentioned', async (t) => {
  for (const { path, lines } of files) {
    t.ok(lines <= 400, `${path} has ${lines} lines`);
    if (lines > 250) t.comment(`${path} has ${lines} lines: split it by verb`);
  }
});

test('no export that nobody imports, but for types that an export of the same file speaks of', async (t) => {
  const used = new Set(
    files.flatMap(({ imports }) => imports.flatMap(({ from, names }) => names.map((name) => `${from} ${name}`))),
  );
  // drizzle-kit reads every table of the first, and cli/beside.ts opens the other by its path.
  const openedByPath = ['tables.ts', 'main.ts'];
  for (const { path, text } of house.filter((file) => !openedByPath.includes(posix.basename(file.path)))) {
    for (const [declaration, name = ''] of text.matchAll(exported)) {
      const uses = code(text).match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0;
      const speaksOf = /\b(?:interface|type) \w+$/.test(declaration) && uses > 1;
      t.ok(used.has(`${path} ${name}`) || speaksOf, `${path} exports ${name}`);
    }
  }
});

test('only config.ts is given the environment, by the doors', async (t) => {
  // A child process gets the least it can do with; the bench starts the service and its yardsticks so.
  const allowed = /^(?:src\/(?:config|main|cli|db\/embedded\/account)|bench\/(?:pgbench|service-process))\.ts$/;
  for (const { path, text } of house) t.ok(!code(text).includes('process.env') || allowed.test(path), path);
});

test('a database transaction is opened to read and to migrate, never to write', async (t) => {
  const allowed = /^src\/db\/(?:snapshot|migrate)\.ts$/;
  for (const { path, text } of house)
    t.ok(!/(?<!\bstage)\.(?:begin|transaction)\(/.test(code(text)) || allowed.test(path), path);
});

test('nothing is left to be done, and no file is named after nothing', async (t) => {
  for (const { path, text } of files) {
    if (path !== 'test/tidy.test.ts') t.notMatch(text, /\b(?:TODO|FIXME|XXX)\b/, path);
    t.notMatch(posix.basename(path), /^(?:.*-)?(?:utils?|helpers?|managers?|data|common|misc)(?:-.*)?\.ts$/, path);
  }
});

function filesOf(directory: string): File[] {
  return readdirSync(new URL(directory, root), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => fileOf(posix.join(directory, path)))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function fileOf(path: string): File {
  const text = readFileSync(new URL(path, root), 'utf8');
  return { path, text, lines: text.split('\n').length - 1, imports: importsOf(path, code(text)) };
}

/**
 * `import type { A, type B as C } from './x.js'`, `import D, * as E from`, and `await import('./x.js')`, which may use anything.
 * `#src/x.js` is how those beside the service name its modules.
 */
function importsOf(path: string, text: string): Import[] {
  const resolve = (module: string) =>
    (module.startsWith('#') ? module.slice(1) : posix.join(posix.dirname(path), module)).replace(/\.js$/, '.ts');
  const still = [...text.matchAll(/^(?:import|export)\s([^;'"]*?)\sfrom\s'((?:\.|#src\/)[^']+)'/gm)].map(
    ([, clause = '', module = '']) => ({
      from: resolve(module),
      names: namesOf(clause),
    }),
  );
  const moving = [...text.matchAll(/\bimport\('((?:\.|#src\/)[^']+)'\)|^import '((?:\.|#src\/)[^']+)'/gm)].map(
    ([, module, bare]) => {
      const from = resolve(module ?? bare ?? '');
      return {
        from,
        names: [...readFileSync(new URL(from, root), 'utf8').matchAll(exported)].map(([, name = '']) => name),
      };
    },
  );
  return [...still, ...moving];
}

function namesOf(clause: string): string[] {
  const [, inner = ''] = /\{([^}]*)\}/.exec(clause) ?? [];
  return inner
    .split(',')
    .map((name) =>
      name
        .trim()
        .replace(/^type /, '')
        .replace(/ as .*$/s, ''),
    )
    .filter((name) => name !== '');
}

/** The text without its comments. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm, '');
}

/** Every circle once, as the files that it runs through. */
function circles(): string[][] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const found: string[][] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push([...trail.slice(start), path]);
    if (start >= 0 || done.has(path)) return;
    for (const { from } of byPath.get(path)?.imports ?? []) walk(from, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) walk(path, []);
  return found;
}
