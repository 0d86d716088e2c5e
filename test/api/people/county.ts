/** A small county for tests of people: its units, its members, and who asks. */
import type { Test } from 'tap';
import { type Caller, type TestApp, type TestAppOptions, testApp } from '../../support/app.js';

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
