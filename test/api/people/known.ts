/** A member of whom everything is known, for tests of personal data: how it is recorded, read and looked for where it is stored. */
import type { Test } from 'tap';
import type { Caller, TestApp } from '../../support/app.js';
import { county } from './county.js';

export const operator: Caller = { role: 'operator', subject: 'wang' };
export const west: Caller = { role: 'coordinator', subject: 'west', orgUnit: 'XC-010' };

export const sealed = {
  phone: '13912345678',
  national_id: '330624194902200027',
  address: '东溪社区三幢二〇一室',
  health: '高血压二级',
  hardship: '低保边缘户',
};
export const shown = {
  phone: '139****5678',
  national_id: '****************27',
  address: '***',
  health: '***',
  hardship: '***',
};
export const nothing = { phone: null, national_id: null, address: null, health: null, hardship: null };

export const consent = (app: TestApp, purpose: string, more: object = {}) =>
  app.post('/v1/members/M1/consents', { as: operator, body: { purpose, given_on: '2026-10-01', ...more } });
export const record = (app: TestApp, body: object, as: Caller = operator) =>
  app.post('/v1/members/M1/personal-data', { as, body });
export const read = (app: TestApp, query: string, as: Caller = operator) => app.get(`/v1/members/M1?${query}`, { as });

/** A county in which everything is known of M1. */
export async function known(t: Test): Promise<TestApp> {
  const app = await county(t);
  for (const purpose of ['health', 'special_identity']) t.equal((await consent(app, purpose)).status, 201);
  t.equal((await record(app, sealed)).status, 200);
  return app;
}

/** Everything that the database holds of personal data, as text. */
export async function stored(app: TestApp): Promise<string> {
  const tables = ['persons', 'person_keys', 'sealed_fields', 'consents', 'access_log', 'erasures'];
  const rows = await Promise.all(
    tables.map((name) => app.owner.unsafe(`select r::text as row from timebank.${name} r`)),
  );
  const remembered = await app.owner`select answers from timeledger.batches`;
  return JSON.stringify([rows, remembered]);
}
