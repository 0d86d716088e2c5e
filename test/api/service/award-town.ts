/** A town for tests of awards: who has served how long, and what is asked of a round. */
import type { Test } from 'tap';
import type { Caller, TestApp } from '../../support/app.js';
import { fixedClock } from '../../support/books.js';
import { county, visit, wang } from '../people/county.js';

export const coordinator = (subject: string): Caller => ({ role: 'coordinator', subject, orgUnit: 'XC' });
export const [owner, committee, firm] = ['yezhu', 'yeweihui', 'wuye'].map(coordinator) as [Caller, Caller, Caller];

const every = { award: 'good_neighbour', notice_working_days: 5, decision: 'unanimous' };
export const ranking = {
  ...{ ...every, name: '好邻居', kind: 'ranking', measure: 'hours', places: 2 },
  ...{ minimum_hours: '0.00', minimum_records: 0, tie_rule: 'share' },
};
export const stars = {
  ...{ ...every, award: 'stars', name: '星级', kind: 'threshold' },
  levels: [
    { level: 1, name: '一星', hours: '1.00' },
    { level: 2, name: '二星', hours: '3.00' },
  ],
};

export const day = 24 * 3_600_000;

export interface Town {
  readonly app: TestApp;
  readonly advance: (milliseconds: number) => void;
}

/** M1 has served three hours, M2 an hour and a half, M3 one hour in the west. It is Monday. */
export async function town(t: Test): Promise<Town> {
  const { clock, advance } = fixedClock();
  const app = await county(t, { clock });
  for (const [id, volunteer, recipient, on, minutes] of [
    ['V1', 'M1', 'M2', '2026-10-26', 90],
    ['V2', 'M1', 'M2', '2026-10-27', 90],
    ['V3', 'M2', 'M1', '2026-10-28', 90],
    ['V4', 'M3', 'M1', '2026-10-29', 60],
  ] as const)
    await serve(t, app, { id, volunteer, recipient, on, minutes });
  return { app, advance };
}

export async function serve(
  t: Test,
  app: TestApp,
  { id, on, minutes, ...people }: { id: string; volunteer: string; recipient: string; on: string; minutes: number },
): Promise<void> {
  const end = `${on}T${String(9 + Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}:00+08:00`;
  const start = `${on}T09:00:00+08:00`;
  const times = { planned_start: start, planned_end: end, check_in: start, check_out: end };
  t.equal(
    (await app.post('/v1/service-records', { as: wang, body: visit(id, { ...people, ...times }) })).status,
    201,
    id,
  );
}

export const october = { org_unit: 'XC', from: '2026-10-01', to: '2026-10-31' };
export const open = (app: TestApp, body: object, as: Caller = wang) =>
  app.post('/v1/award-rounds', { as, body: { ...october, ...body } });
export const at = (app: TestApp, id: string, path: string, as: Caller, body: object = {}) =>
  app.post(`/v1/award-rounds/${id}/${path}`, { as, body });
export const shown = async (app: TestApp, id: string, as: Caller = wang) =>
  (await app.get(`/v1/award-rounds/${id}`, { as })).body;
export const refused = (status: number, code: string) => ({ status, body: { code } });
export const week = { from: '2026-11-02', until: '2026-11-06' };

/** A round of which notice is given from today until Friday. */
export async function noticed(t: Test, { app }: Town, criteria: object = ranking): Promise<string> {
  const { status, body } = await open(app, { criteria });
  t.equal(status, 201);
  t.match(await at(app, body.id, 'notice', wang, week), { status: 200, body: { state: 'noticed' } });
  return body.id;
}

/** Everybody votes for it, a week later. */
export async function awarded(t: Test, { app, advance }: Town, id: string): Promise<void> {
  advance(7 * day);
  for (const [party, as] of [
    ['owner_representative', owner],
    ['owners_committee', committee],
    ['property_firm', firm],
  ] as const)
    t.equal((await at(app, id, 'votes', as, { party, approve: true })).status, 201, party);
}
