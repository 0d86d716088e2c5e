/** What tests of redemptions over HTTP say often: a partner's system asks, and is told. */
import type { Answered, Caller, TestApp } from './app.js';

/** Of member M1, unless `more` names another. */
export const redeem = (app: TestApp, as: Caller, partner_reference: string, points: string, more: object = {}) =>
  app.post('/v1/redemptions', { as, body: { partner_reference, member: 'M1', points, ...more } });

export const act = (app: TestApp, as: Caller, id: string, verb: 'captures' | 'refunds' | 'void', body?: object) =>
  app.post(`/v1/redemptions/${id}/${verb}`, { as, ...(body && { body }) });

/** Status, then the code of a refusal or the state of the redemption. */
export const told = ({ status, body }: Answered) => `${status} ${body.code ?? body.status}`;

export async function balanceOf(app: TestApp, code: string): Promise<string> {
  return (await app.get(`/v1/accounts/${code}`, { as: 'operator' })).body.balance;
}
