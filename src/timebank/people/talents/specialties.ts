/** The lists of codes by which a ledger names specialties and interests: a code has a Chinese name, and says for ever what it says. */
import { change, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import type { SpecialtyKind } from '../../community-words.js';
import { specialtyRows } from './rows.js';

export interface SpecialtyRequest {
  readonly kind: SpecialtyKind;
  readonly code: string;
  readonly name_zh: string;
  readonly name_en: string | null;
}

const kindsZh: Readonly<Record<SpecialtyKind, string>> = { specialty: '专长', interest: '兴趣' };

/** Refuses: `specialty_exists`. */
export function registerSpecialty(stage: Stage, request: SpecialtyRequest): StagedEntry {
  const { kind, code } = request;
  if (stage.row(specialtyRows, kind, code))
    throw new Refusal('specialty_exists', {
      en: `there is ${kind === 'interest' ? 'an' : 'a'} ${kind} ${code} already`,
      zh: `${kindsZh[kind]}代码 ${code} 已存在`,
    });
  return stage.post({
    kind: 'specialty_registered' satisfies TimebankKind,
    rows: [change(specialtyRows, { ...request })],
  });
}

/** Refuses: `specialty_unknown`. */
export function requireSpecialties(stage: Stage, kind: SpecialtyKind, codes: readonly string[]): void {
  stage.prefetch({ rows: codes.map((code) => [specialtyRows, kind, code] as const) });
  const unknown = codes.find((code) => stage.row(specialtyRows, kind, code) === null);
  if (unknown !== undefined)
    throw new Refusal('specialty_unknown', {
      en: `there is no ${kind} ${unknown}`,
      zh: `没有${kindsZh[kind]}代码 ${unknown}`,
    });
}
