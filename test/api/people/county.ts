/** A small county for tests of people: its units, its members, and who asks. */
import type { Test } from 'tap';
import { type Answered, type Caller, type TestApp, type TestAppOptions, testApp } from '../../support/app.js';
import { adjust, partner } from '../../support/story.js';

export const east: Caller = { role: 'coordinator', subject: 'east', orgUnit: 'XC-01' };
export const unscoped: Caller = { role: 'coordinator', subject: 'nobody' };
export const member = (id: string): Caller => ({ role: 'member', subject: id });

export const unit = (external_id: string, parent_external_id: string | null, level: string) => ({
  external_id,
  parent_external_id,
  level,
  name: `单位 ${external_id}`,
});

export const person = (external_id: string, org_unit: string) => ({
  external_id,
  name: '何根仙',
  gender: 'female',
  birth_date: '1949-02-20',
  phone: '13900000001',
  org_unit,
  talent_category: 'ecology',
});

/** A county with an east and a west; M1 and M2 live in the east, M3 in the west. */
export async function county(t: Test, options: TestAppOptions = {}): Promise<TestApp> {
  const app = await testApp(t, options);
  const units = [
    unit('XC', null, 'county'),
    unit('XC-01', 'XC', 'subdistrict'),
    unit('XC-01-01', 'XC-01', 'community'),
    unit('XC-010', 'XC', 'subdistrict'),
  ];
  for (const body of units) t.equal((await app.post('/v1/org-units', { as: 'operator', body })).status, 201);
  for (const [id, at] of [
    ['M1', 'XC-01'],
    ['M2', 'XC-01-01'],
    ['M3', 'XC-010'],
  ] as const) {
    t.equal((await app.post('/v1/members', { as: 'operator', body: person(id, at) })).status, 201);
  }
  return app;
}

/** Asks for something to become of a member: `M1/rename`. */
export const ask = (app: TestApp, as: Caller | 'operator', path: string, body: object = {}) =>
  app.post(`/v1/members/${path}`, { as, body });

/** Two people who decide, each for the whole county. */
export const wang: Caller = { role: 'operator', subject: 'wang' };
export const li: Caller = { role: 'coordinator', subject: 'li', orgUnit: 'XC' };

export const merge = (app: TestApp, as: Caller, id: string, into: string) => ask(app, as, `${id}/merge`, { into });

/** Merges by two people, and hands back the answer of the second. */
export async function mergeByTwo(t: Test, app: TestApp, id: string, into: string): Promise<Answered> {
  t.match(await merge(app, wang, id, into), { status: 200, body: { status: 'proposed' } });
  const merged = await merge(app, li, id, into);
  t.match(merged, { status: 200, body: { member: id, into, status: 'merged', decided_by: 'coordinator:li' } });
  return merged;
}

export const bank: Caller = { role: 'partner', subject: partner };

/** The same county with a bank, and points for some: `{ M1: '500' }`. */
export async function countyWithPoints(t: Test, points: Readonly<Record<string, string>>): Promise<TestApp> {
  const app = await county(t);
  const body = { id: partner, name: '农商', kind: 'rural_commercial_bank', may_backdate: true };
  t.equal((await app.post('/v1/partners', { as: 'operator', body })).status, 201);
  const legs = Object.entries(points).map(([id, amount]) => ({
    debit: 'point:issuance',
    credit: `member:${id}:points`,
    amount,
  }));
  await adjust(app.lane, legs);
  return app;
}

/** M1 looks after M2 for an hour and a half. */
export const visit = (external_id: string, more: object = {}) => ({
  external_id,
  volunteer: 'M1',
  recipient: 'M2',
  service_type: 'errand',
  planned_start: '2026-10-27T09:00:00+08:00',
  planned_end: '2026-10-27T10:30:00+08:00',
  check_in: '2026-10-27T09:00:00+08:00',
  check_out: '2026-10-27T10:30:00+08:00',
  proof_grade: 'A',
  recorded_by: 'XC-01-01',
  ...more,
});
