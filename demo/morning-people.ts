/** Who takes part in the morning: an estate, a resident, two volunteers and two coordinators, and how the ledger learns of them. Knows nothing of orders. */
import type { Words } from '#src/lib/language.js';
import type { Client } from './client.js';

/** A ledger of their own, so that the books of the month are as they always were. */
export const morningLedger = 'morning';
export const community = 'M-01-01';
export const estate = { id: 'M-01-01-02', name: { en: 'the estate Jiangbin', zh: '江滨小区' } } satisfies Person;

interface Person {
  readonly id: string;
  readonly name: Words;
}

export const resident = { id: 'R1', name: { en: 'Pan Mingjian, 86', zh: '潘明建老人' } } satisfies Person;
export const busy = { id: 'V1', name: { en: 'He Genxian', zh: '何根仙' } } satisfies Person;
export const willing = { id: 'V2', name: { en: 'Liang Xiaofen', zh: '梁小芬' } } satisfies Person;

/** The subjects of their tokens. */
export const dispatcher = 'wang';
export const approver = 'li';

const units = [
  ['M', null, 'county', '新昌县'],
  ['M-01', 'M', 'subdistrict', '南明街道'],
  [community, 'M-01', 'community', '东溪社区'],
  ['M-01-01-01', community, 'estate', '新天地小区'],
  [estate.id, community, 'estate', estate.name.zh],
] as const;

const members = [
  [resident.id, '潘明建', 'male', '1940-08-13', 'M-01-01-01'],
  [busy.id, '何根仙', 'female', '1959-02-20', 'M-01-01-01'],
  [willing.id, '梁小芬', 'female', '1962-11-05', estate.id],
] as const;

/** Registers everybody; the volunteers are talents for errands, at home on every morning of the week. */
export async function registerPeople(operator: Client, serviceType: string): Promise<void> {
  for (const [external_id, parent_external_id, level, name] of units)
    await operator.must('/v1/org-units', { external_id, parent_external_id, level, name });
  for (const [external_id, name, gender, birth_date, org_unit] of members) {
    const person = { external_id, name, gender, birth_date, org_unit };
    await operator.must('/v1/members', { ...person, phone: null, talent_category: null });
  }
  await operator.must('/v1/specialties', { kind: 'specialty', code: serviceType, name_zh: '代办跑腿' });
  const availability = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: '08:00', to: '12:00' }));
  for (const { id } of [busy, willing]) {
    const described = { categories: ['social_governance'], specialties: [serviceType], interests: [], availability };
    await operator.must('/v1/talents', { member: id, registry: 'silver', ...described });
  }
}

/** What the screen calls one of them. */
export function nameOf(id: string): Words {
  const person = [resident, busy, willing].find((one) => one.id === id);
  if (!person) throw new Error(`nobody of the morning is called ${id}`);
  return person.name;
}
