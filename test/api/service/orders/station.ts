/** An order at a station for tests of QR codes, and what is shown there. */
import type { Test } from 'tap';
import type { Caller } from '../../../support/app.js';
import { member, type OrderTown, orderTown, plan } from './people.js';

const operator: Caller = { role: 'operator' };
const hours = [{ weekday: 1, from: '08:00', to: '17:00' }];

/** What V1 sends who scanned a token. */
export const qr = (token: string) => ({ volunteer: 'V1', proof: { kind: 'qr', token } });

/** An order at the station S1, accepted, at the moment at which it begins; S2 is another station, S3 lies in XC-02. */
export async function atStation(t: Test): Promise<OrderTown> {
  const town = await orderTown(t);
  for (const [id, org_unit] of [
    ['S1', 'XC-01'],
    ['S2', 'XC-01'],
    ['S3', 'XC-02'],
  ]) {
    const station = { id, kind: 'post', org_unit, name: '东溪银色家园', functions: ['care'], opening_hours: hours };
    await town.ask(operator, '/v1/stations', station, 201);
  }
  await town.order('N1', { mode: 'station', station: 'S1' });
  await town.ask(member('V1'), 'N1/claim');
  town.advanceTo(plan.planned_start);
  return town;
}

/** What a station or a card shows now: `/v1/stations/S1/qr`. */
export async function tokenOf(town: OrderTown, path: string, as: Caller = operator): Promise<string> {
  const { status, body } = await town.app.get(path, { as });
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body.token;
}
