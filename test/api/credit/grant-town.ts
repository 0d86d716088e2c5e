/** A small county in which the fund grants something: who may, who is in need, and the steps between. */
import type { Test } from 'tap';
import { expireDueGrants } from '../../../src/timebank/credit/grants/sweep.js';
import type { Caller } from '../../support/app.js';
import { giveCoins, li, member, type OrderTown, orderTown, serve, wang } from '../service/orders/people.js';

export const operator: Caller = { role: 'operator', subject: 'one' };
export const second: Caller = { role: 'operator', subject: 'two' };
export const auditor: Caller = { role: 'auditor', subject: 'sun' };
export const keeper: Caller = { ...wang, care: true };
export const other: Caller = { ...li, care: true };
const hardship = { reasons: ['hardship'], mode: 'doorstep', interval_days: 30, starts_on: '2026-11-10' };

/** A town in which the fund has so much; R1 to R3 are on the care registry for hardship. */
export async function grantTown(t: Test, fund = '100.00'): Promise<OrderTown> {
  const town = await orderTown(t);
  if (fund !== '0.00') await giveCoins(town, '', fund, true);
  for (const id of ['R1', 'R2', 'R3']) await town.ask(keeper, '/v1/care-subjects', { member: id, ...hardship }, 201);
  return town;
}

export const wish = (id: string, amount: string) => ({ member: id, amount, document_number: 'DOC-9' });

/** Proposed by one coordinator, approved by another. */
export async function grant(town: OrderTown, id: string, amount: string) {
  const { id: grantId } = await town.ask(keeper, '/v1/grants', wish(id, amount), 201);
  return town.ask(other, `/v1/grants/${grantId}/approve`);
}

export async function balanceOf({ app }: OrderTown, code: string): Promise<string> {
  const { status, body } = await app.get(`/v1/accounts/${code}`, { as: operator });
  return status === 404 ? 'none' : body.balance;
}

export const usable = async ({ app }: OrderTown, id: string) =>
  (await app.get(`/v1/members/${id}/grants`, { as: operator })).body.grants;

/** From acceptance to approval; V1 is there for the hour of the plan. */
export async function carryOut(town: OrderTown, id: string, recipient = 'R1') {
  await town.ask(member('V1'), `${id}/claim`);
  await serve(town, id, 'V1', recipient);
  await town.ask(member(recipient), `${id}/confirm`);
  return town.ask(li, `${id}/approve`);
}

export const tidy = ({ app }: OrderTown) => expireDueGrants(app.lane, app.built.service.sql, app.built.service.clock);
export const annul = { annul: true, reason: '并未提供服务' };
