/** A small county for tests of orders: who needs, who helps, who looks after them, and the steps between. */
import type { Test } from 'tap';
import { settleDue } from '../../../../src/timebank/service/orders/sweep.js';
import { type Answered, type Caller, type TestApp, testApp } from '../../../support/app.js';
import { fixedClock } from '../../../support/books.js';

export const wang: Caller = { role: 'coordinator', subject: 'wang', orgUnit: 'XC-01' };
export const li: Caller = { role: 'coordinator', subject: 'li', orgUnit: 'XC-01' };
export const member = (id: string): Caller => ({ role: 'member', subject: id });

const day = '2026-11-03';
/** It is nine in the morning of the day before. */
const start = '2026-11-02T09:00:00+08:00';

export interface OrderTown {
  readonly app: TestApp;
  /** Milliseconds. */
  readonly advance: (by: number) => void;
  readonly advanceTo: (instant: string) => void;
  /** Asks and requires an answer of a status. */
  readonly ask: (as: Caller, path: string, body?: object, status?: number) => Promise<Answered['body']>;
  readonly refused: (as: Caller, path: string, body: object | undefined, status: number, code: string) => Promise<void>;
  readonly order: (id: string, more?: object) => Promise<Answered['body']>;
  /** Writes down what is past its time, as the worker does; how many orders that were. */
  readonly settle: () => Promise<number>;
}

export const plan = {
  service_type: 'errand',
  mode: 'home',
  planned_start: `${day}T09:00:00+08:00`,
  planned_end: `${day}T10:00:00+08:00`,
};

/** R1 to R3 need something, V1 to V3 help; all live below XC-01, F1 in XC-02. */
export async function orderTown(t: Test): Promise<OrderTown> {
  const time = fixedClock(Date.parse(start));
  const app = await testApp(t, { clock: time.clock, settings: { LOG_LEVEL: 'error' } });
  for (const [external_id, parent_external_id, level] of [
    ['XC', null, 'county'],
    ['XC-01', 'XC', 'subdistrict'],
    ['XC-02', 'XC', 'subdistrict'],
  ])
    await expect(
      t,
      app.post('/v1/org-units', {
        as: 'operator',
        body: { external_id, parent_external_id, level, name: external_id },
      }),
      201,
    );
  for (const [external_id, org_unit, birth_date] of [
    ['R1', 'XC-01', '1946-05-01'],
    ['R2', 'XC-01', '1944-08-09'],
    ['R3', 'XC-01', '1950-02-28'],
    ['V1', 'XC-01', '1960-01-01'],
    ['V2', 'XC-01', '1961-01-01'],
    ['V3', 'XC-01', '1990-01-01'],
    ['F1', 'XC-02', '1955-01-01'],
  ]) {
    const person = {
      external_id,
      org_unit,
      birth_date,
      name: `人${external_id}`,
      gender: 'female',
      phone: null,
      talent_category: null,
    };
    await expect(t, app.post('/v1/members', { as: 'operator', body: person }), 201);
  }
  const call = (as: Caller, path: string, body: object | undefined) =>
    app.post(path.startsWith('/v1') ? path : `/v1/orders/${path}`, { as, ...(body && { body }) });
  const ask: OrderTown['ask'] = (as, path, body, status = 200) => expect(t, call(as, path, body), status);
  return {
    app,
    advance: time.advance,
    advanceTo: (instant) => time.advance(Date.parse(instant) - time.clock()),
    ask,
    refused: async (as, path, body, status, code) => {
      t.match(await call(as, path, body), { status, body: { code } }, `${path} is refused with ${code}`);
    },
    order: (id, more = {}) =>
      ask(member('R1'), '/v1/orders', { external_id: id, recipient: 'R1', ...plan, ...more }, 201),
    settle: () => settleDue(app.lane, app.built.service.sql, app.built.service.clock),
  };
}

async function expect(t: Test, answer: Promise<Answered>, status: number): Promise<Answered['body']> {
  const { status: got, body } = await answer;
  t.equal(got, status, JSON.stringify(body));
  return body;
}

/** Puts coins into a member's purse, by an adjustment that two people decide. */
export async function giveCoins(town: OrderTown, memberId: string, amount: string, fund = false): Promise<void> {
  const credit = fund ? 'pool:fund' : `member:${memberId}:coins`;
  const legs = [{ debit: 'coin:issuance', credit, amount }];
  const body = { reference: 'DOC-1', reason: 'brought in', legs };
  const { id } = await town.ask({ role: 'operator', subject: 'one' }, '/v1/adjustments', body, 201);
  await town.ask({ role: 'operator', subject: 'two' }, `/v1/adjustments/${id}/approve`);
}

/** What a member has in coins now. */
export async function coinsOf({ app }: OrderTown, memberId: string): Promise<string> {
  const { body } = await app.get(`/v1/members/${memberId}/balances`, { as: 'operator' });
  return body.balances.find(({ purse }: { purse: string }) => purse === 'coins').balance;
}

/** From an accepted order to one that is checked out after its plan, each moment proved by a code. */
export async function serve(town: OrderTown, id: string, volunteer: string, recipient = 'R1'): Promise<void> {
  for (const [step, at] of [
    ['check-in', plan.planned_start],
    ['check-out', plan.planned_end],
  ] as const) {
    town.advanceTo(at);
    const { code } = await town.ask(member(recipient), `${id}/code`, undefined, 201);
    await town.ask(member(volunteer), `${id}/${step}`, { volunteer, proof: { kind: 'code', code } });
  }
}

/** An order of R1's from one end to the other, which V1 does; the id of its service record. */
export async function given(town: OrderTown, id: string, more: object = {}): Promise<string> {
  await town.order(id, more);
  await town.ask(member('V1'), `${id}/claim`);
  await serve(town, id, 'V1');
  await town.ask(member('R1'), `${id}/confirm`);
  return (await town.ask(li, `${id}/approve`)).volunteers[0].service_record;
}

/** A scan of what is on paper, stored with an order; its digest. */
export async function storeScan({ app }: OrderTown, as: Caller, id: string): Promise<string> {
  const body = Buffer.from(`%PDF-1.7 of ${id}`);
  const answer = await app.post(`/v1/orders/${id}/evidence`, {
    as,
    body,
    headers: { 'content-type': 'application/pdf' },
  });
  if (answer.status > 201) throw new Error(answer.text);
  return answer.body.digest;
}

/** Registers so many members, of an age to pay with coins, in XC-01; returns their ids. */
export async function crowd(town: OrderTown, letter: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, i) => `${letter}${i}`);
  const known = { org_unit: 'XC-01', birth_date: '1950-01-01', gender: 'female', phone: null, talent_category: null };
  for (const external_id of ids)
    await town.ask(
      { role: 'operator', subject: 'one' },
      '/v1/members',
      { ...known, external_id, name: `人${external_id}` },
      201,
    );
  return ids;
}

/** Another lane moves the head: the service's own knows nothing any more. */
export async function forget({ app }: OrderTown): Promise<void> {
  const lane = await app.openLane();
  await lane.submit({
    actor: 'operator:test',
    decide: (stage) => stage.post({ kind: 'text_erased' }),
    answer: () => ({ code: 200, body: '' }),
  });
}
