/** How the morning chooses a volunteer, and how a volunteer proves to be with the resident. */
import type { Words } from '#src/lib/language.js';
import type { Client } from './client.js';

/** Somebody whom the community could ask. */
export interface Candidate {
  readonly member: string;
  /** Why. */
  readonly reasons: readonly Words[];
}

const reasonWords: Readonly<Record<string, Words>> = {
  same_stairwell: { en: 'lives in the same stairwell', zh: '同一楼道' },
  same_estate: { en: 'lives in the same estate', zh: '同一小区' },
  same_community: { en: 'lives in the same community', zh: '同一社区' },
  same_subdistrict: { en: 'lives in the same subdistrict', zh: '同一街道' },
  specialty: { en: 'knows this kind of service', zh: '专长相符' },
  category: { en: 'works in this field', zh: '类别相符' },
  available: { en: 'has time then', zh: '该时段有空' },
  low_load: { en: 'has given little of late', zh: '近期服务较少' },
};

interface Candidates {
  readonly candidates: readonly {
    readonly member: string;
    readonly score: string;
    readonly reasons: readonly { readonly code: string; readonly weight: string }[];
  }[];
}

/** Whom the service proposes, the best first, and what each reason weighs by the rules. */
export async function rankCandidates(coordinator: Client, order: string): Promise<Candidate[]> {
  const { candidates } = await coordinator.get<Candidates>(`/v1/orders/${order}/candidates`);
  return candidates.map(({ member, score, reasons }) => ({
    member,
    reasons: [
      ...reasons.map(({ code, weight }) => {
        const { en, zh } = reasonWords[code] ?? { en: code, zh: code };
        return { en: `${en} ${weight}`, zh: `${zh} ${weight}` };
      }),
      { en: `in all ${score}`, zh: `合计 ${score}` },
    ],
  }));
}

export interface ShownProof {
  readonly proof: { readonly kind: string; readonly token: string };
  readonly shown: Words;
}

/** The resident shows the QR code of a card, and the volunteer's telephone reads it. */
export async function proofFor(resident: Client, residentId: string): Promise<ShownProof> {
  const { token } = await resident.get<{ token: string }>(`/v1/members/${residentId}/card`);
  return {
    proof: { kind: 'qr', token },
    shown: { en: 'by the QR code of the resident’s card', zh: '扫描老人卡片上的二维码' },
  };
}
