/** How the morning chooses a volunteer, and how a volunteer proves to be with the resident. */
import type { Words } from '#src/lib/language.js';
import type { Client } from './client.js';
import { community } from './morning-people.js';

/** Somebody whom the community could ask. */
export interface Candidate {
  readonly member: string;
  /** Why. */
  readonly reasons: readonly Words[];
}

const reasonWords = {
  same_community: { en: 'lives in the same community', zh: '同一社区' },
  specialty: { en: 'knows this kind of service', zh: '专长相符' },
  available: { en: 'has time then', zh: '该时段有空' },
} satisfies Record<string, Words>;

interface TalentPage {
  readonly talents: readonly {
    readonly member: string;
    readonly org_unit: string;
    readonly specialties: readonly string[];
    readonly availability: readonly { readonly weekday: number; readonly from: string; readonly to: string }[];
  }[];
}

/** Talents of the community who know the kind of service, as a coordinator would look for them in the registry. */
export async function rankCandidates(coordinator: Client, order: string): Promise<Candidate[]> {
  const { service_type: serviceType } = await coordinator.get<{ service_type: string }>(`/v1/orders/${order}`);
  const { talents } = await coordinator.get<TalentPage>(`/v1/talents?specialty=${serviceType}`);
  return talents.map(({ member, org_unit, specialties, availability }) => ({
    member,
    reasons: [
      ...(org_unit.startsWith(community) ? [reasonWords.same_community] : []),
      ...(specialties.includes(serviceType) ? [reasonWords.specialty] : []),
      ...(availability.length > 0 ? [reasonWords.available] : []),
    ],
  }));
}

export interface ShownProof {
  readonly proof: { readonly kind: string; readonly code: string };
  readonly shown: Words;
}

/** The resident is shown a code and tells it to the volunteer. */
export async function proofFor(resident: Client, order: string): Promise<ShownProof> {
  const { code } = await resident.must<{ code: string }>(`/v1/orders/${order}/code`);
  return {
    proof: { kind: 'code', code },
    shown: { en: 'with the six digits that the resident reads out', zh: '输入老人告知的六位验证码' },
  };
}
