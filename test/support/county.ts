/** The sample county's files, and how they come into a service that is tested: staged, committed, read back page by page. */
import { readFileSync } from 'node:fs';
import type { Test } from 'tap';
import type { Answered, Caller, TestApp } from './app.js';
import { root } from './root.js';

/** A file by its name without `.csv`. */
export function countyFile(name: string): Buffer {
  return readFileSync(new URL(`test/data/xinchang/${name}.csv`, root));
}

/** What is known of the county's October: counts, sums, references. */
export function expectedOfCounty() {
  return JSON.parse(readFileSync(new URL('test/data/xinchang/expected.json', root), 'utf8'));
}

/** Stages a file and commits it; the import as it is then. */
export async function bring(t: Test, app: TestApp, query: string, body: Buffer): Promise<Answered['body']> {
  const staged = await app.post(`/v1/imports?${query}`, { as: 'operator', body });
  t.equal(staged.status, 201, `${query}: ${staged.status === 201 ? 'staged' : staged.text}`);
  const committed = await app.post(`/v1/imports/${staged.body.id}/commit`, { as: 'operator' });
  t.equal(committed.status, 200, `${query}: ${committed.status === 200 ? 'committed' : committed.text}`);
  return committed.body;
}

/** The county's units, and its 400 members. */
export async function bringPeople(t: Test, app: TestApp): Promise<void> {
  await bring(t, app, 'kind=org_units', countyFile('org-units'));
  await bring(t, app, 'kind=members', countyFile('members'));
}

/** The county on the eve of its October: people and their opening points. */
export async function bringOpening(t: Test, app: TestApp): Promise<void> {
  await bringPeople(t, app);
  await bring(t, app, 'kind=opening_points&effective_on=2026-09-30', countyFile('opening-points'));
}

/** All rows of a list, page by page. */
export async function everyRow(
  app: TestApp,
  path: string,
  name: string,
  as: Caller = { role: 'operator' },
): Promise<Answered['body'][]> {
  const rows: Answered['body'][] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const more: string = `${path.includes('?') ? '&' : '?'}limit=200${cursor && `&cursor=${cursor}`}`;
    const { body }: Answered = await app.get(`${path}${more}`, { as });
    rows.push(...body[name]);
    cursor = body.next_cursor;
  }
  return rows;
}
