/** The documents and the code hold each other to their word: refusal codes, kinds of entry, kinds of file. */
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'tap';
import { importColumns, statementColumns } from '../src/api/imports/file-columns.js';
import { doorProblems, kindOf, type ProblemCode } from '../src/http/problem-kinds.js';
import { ledgerKinds, manualKinds } from '../src/ledger/entries.js';
import { refusalCodes } from '../src/lib/refusal.js';
import { readBankStatement } from '../src/timebank/audit/partner-statements-file.js';
import { timebankKinds } from '../src/timebank/chart.js';
import { xinchangPilot1 } from '../src/timebank/credit/xinchang-pilot.js';
import { parseImport } from '../src/timebank/imports/kinds.js';
import { importKinds } from '../src/timebank/words.js';
import { root } from './support/root.js';

const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const source = readdirSync(new URL('src', root), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: read(`src/${path}`) }));

const codes: readonly ProblemCode[] = [
  ...refusalCodes,
  ...(Object.keys(doorProblems) as (keyof typeof doorProblems)[]),
];
const kinds: readonly string[] = [...manualKinds, ...ledgerKinds, ...timebankKinds];

test('errors.md lists every code, in the order of the code, with its status, and no other', async (t) => {
  const rows = [...read('docs/errors.md').matchAll(/^\| `([a-z_]+)` +\| (\d{3}) +\|/gm)];
  t.strictSame(
    rows.map(([, code, status]) => `${code} ${status}`),
    codes.map((code) => `${code} ${kindOf(code).status}`),
  );
});

test('errors.md says of every code when it happens, what to do, and whether it is remembered', async (t) => {
  for (const row of read('docs/errors.md').matchAll(/^\| `[a-z_]+` .*$/gm)) {
    const [, code, , when, what, remembered, ...more] = row[0].split('|').map((cell) => cell.trim());
    t.ok(when && what && /^(?:yes|no|–)/.test(remembered ?? ''), `${code}`);
    t.strictSame(more, [''], `${code}: five cells`);
  }
});

test('every code of a refusal is thrown somewhere', async (t) => {
  const thrown = source.flatMap(({ text }) =>
    [...text.matchAll(/(?:new \w*Refusal|super)\(([^,]*),/g)].flatMap(([, first = '']) => quoted(first)),
  );
  for (const code of refusalCodes) t.ok(thrown.includes(code), code);
});

test('a problem of the door is rendered somewhere', async (t) => {
  const door = source.filter(({ path }) => path.startsWith('http/') && path !== 'http/problem-kinds.ts');
  const rendered = door.flatMap(({ text }) =>
    [...text.matchAll(/(?:return|renderDoorProblem\()\s*('[a-z_]+')/g)].flatMap(([, code = '']) => quoted(code)),
  );
  for (const code of Object.keys(doorProblems)) t.ok(rendered.includes(code), code);
});

test('ledger.md lists every kind of entry that can be posted, and no other', async (t) => {
  const [, table = ''] = read('docs/ledger.md').split('## Every kind of entry');
  const rows = [...(table.split('\n## ')[0] ?? '').matchAll(/^\| `([a-z_]+)` +\|/gm)].map(([, kind]) => kind);
  t.strictSame([...rows].sort(), [...kinds].sort());
});

test('ledger.md lists every kind of file, with the columns that such a file has', async (t) => {
  const [, table = ''] = read('docs/ledger.md').split('## Files that are imported');
  const rows = [...(table.split('\n## ')[0] ?? '').matchAll(/^\| `([a-z_]+)` \| `([a-z_,]+)` \|/gm)];
  t.strictSame(
    rows.map(([, kind]) => kind),
    [...importKinds],
  );
  for (const [at, kind] of importKinds.entries()) {
    const header = Buffer.from(`${rows[at]?.[2]}\n`);
    const read = parseImport(kind, header, { rules: xinchangPilot1, charset: null, partner: 'xc-bank' });
    t.match(read, { lines: [], errors: [] }, `${kind}: no column is missing, none is unknown`);
  }
});

test('the document lists the columns that each kind of file has', async (t) => {
  for (const kind of importKinds) {
    const header = Buffer.from(`${Object.keys(importColumns[kind]).join(',')}\n`);
    const read = parseImport(kind, header, { rules: xinchangPilot1, charset: null, partner: 'xc-bank' });
    t.match(read, { lines: [], errors: [] }, `${kind}: no column is missing, none is unknown`);
  }
  const statement = readBankStatement(Buffer.from(`${Object.keys(statementColumns).join(',')}\n`));
  t.match(statement, { rows: [], errors: [] });
});

test('every kind that the code posts is one of the lists, and every kind of the lists is posted', async (t) => {
  const floors = source.filter(({ path }) => path.startsWith('ledger/') || path.startsWith('timebank/'));
  const posted = floors.flatMap(({ text }) => [...text.matchAll(/\bkind: '([a-z_]+)'/g)].map(([, kind = '']) => kind));
  t.ok(posted.length > 10, 'the pattern finds what is posted');
  for (const kind of posted) t.ok(kinds.includes(kind), kind);
  const all = source.map(({ text }) => text).join('\n');
  for (const kind of kinds) {
    const posts =
      posted.includes(kind) || all.split(`'${kind}'`).length > 2 || manualKinds.some((manual) => manual === kind);
    t.ok(posts, `${kind} stands somewhere beside its list`);
  }
});

function quoted(text: string): string[] {
  return [...text.matchAll(/'([a-z_]+)'/g)].map(([, word = '']) => word);
}
