/** Talents for tests of dispatch: homes near and far in the town of orders, and who lives there and can do what. */
import type { Test } from 'tap';
import { type OrderTown, orderTown, plan } from './people.js';

export const operator = { role: 'operator', subject: 'one' } as const;
const other = { role: 'operator', subject: 'two' } as const;

/** What is said of a talent beside who it is. */
interface Said {
  readonly categories?: readonly string[];
  readonly specialties?: readonly string[];
  readonly availability?: readonly { weekday: number; from: string; to: string }[];
  readonly registry?: string;
}

export interface TalentTown extends OrderTown {
  readonly live: (id: string, unit: string) => Promise<void>;
  readonly talent: (id: string, said?: Said) => Promise<void>;
  /** An order that an operator places, for R9 unless it says otherwise. */
  readonly need: (id: string, more?: object) => Promise<void>;
  readonly kin: (elder: string, relative: string, relation: string) => Promise<void>;
  /** `member score` and `member code`, in their order. */
  readonly candidates: (id: string, query?: string) => Promise<{ found: string[]; excluded: string[] }>;
}

/** Below XC-01 a community C1 with an estate E1 and its stairwell S1, and a community C2; R9 lives in S1. */
export async function talentTown(t: Test): Promise<TalentTown> {
  const town = await orderTown(t);
  const { ask, app } = town;
  for (const [external_id, parent_external_id, level] of [
    ['C1', 'XC-01', 'community'],
    ['C2', 'XC-01', 'community'],
    ['E1', 'C1', 'estate'],
    ['S1', 'E1', 'stairwell'],
  ])
    await ask(operator, '/v1/org-units', { external_id, parent_external_id, level, name: external_id }, 201);
  for (const code of ['errand', 'nursing', 'chess'])
    await ask(operator, '/v1/specialties', { kind: 'specialty', code, name_zh: code }, 201);
  const live = async (external_id: string, org_unit: string) => {
    const person = { name: '何根仙', gender: 'female', birth_date: '1949-02-20', phone: null, talent_category: null };
    await ask(operator, '/v1/members', { external_id, org_unit, ...person }, 201);
  };
  await live('R9', 'S1');
  return {
    ...town,
    live,
    talent: async (member, { registry = 'silver', ...said } = {}) => {
      const nothing = { categories: ['ecology'], specialties: [], interests: [], availability: [] };
      await ask(operator, '/v1/talents', { member, registry, ...nothing, ...said }, 201);
    },
    need: async (external_id, more) => {
      await ask(operator, '/v1/orders', { external_id, recipient: 'R9', ...plan, ...more }, 201);
    },
    kin: async (elder, relative, relation) => {
      await ask(operator, `/v1/members/${elder}/kin`, { relative, relation, evidence: '户口簿' }, 201);
      await ask(other, `/v1/members/${elder}/kin/${relative}/verification`, { elder_consent_on: '2026-11-01' });
    },
    candidates: async (id, query = '') => {
      const { status, body } = await app.get(`/v1/orders/${id}/candidates${query}`, { as: operator });
      t.equal(status, 200, JSON.stringify(body));
      const words = (list: Record<string, string>[], what: string) =>
        list.map((one) => `${one['member']} ${one[what]}`);
      return { found: words(body.candidates, 'score'), excluded: words(body.excluded, 'code') };
    },
  };
}
