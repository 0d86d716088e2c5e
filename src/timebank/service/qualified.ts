/** Which services take a qualification of who gives them, and whether somebody has it on a day. It does not know how one is registered. */
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import type { QualificationKind } from '../community-words.js';
import type { RuleSet } from '../credit/rule-set.js';
import { isQualified, wasQualified } from '../people/talents/qualifications.js';
import { qualificationRows } from '../people/talents/rows.js';
import type { Visit } from './post-record.js';

type Work = Pick<Visit, 'volunteer' | 'service_type'>;

/**
 * What is service of a profession takes a qualification that counts on the day on which it is to be given; of other types nothing is looked up.
 * Refuses: `qualification_missing`.
 */
export function requireQualified(stage: Stage, rules: RuleSet, work: Work, day: string): void {
  const kind = professionOf(rules, work.service_type);
  if (kind !== undefined && !isQualified(stage, work.volunteer, kind, day)) throw unqualified(work, kind, day);
}

/** The same of service that was given: what ended on the day of service counts for it. Refuses: `qualification_missing`. */
export function requireWasQualified(stage: Stage, rules: RuleSet, work: Work, servedOn: string): void {
  const kind = professionOf(rules, work.service_type);
  if (kind !== undefined && !wasQualified(stage, work.volunteer, kind, servedOn))
    throw unqualified(work, kind, servedOn);
}

function unqualified({ volunteer, service_type: type }: Work, kind: QualificationKind, day: string): Refusal {
  return new Refusal('qualification_missing', {
    en: `${volunteer} has no qualification ${kind} that is valid on ${day}, which ${type} takes`,
    zh: `${volunteer} 在 ${day} 没有有效的 ${kind} 资质，服务类型 ${type} 须有此资质`,
  });
}

function professionOf({ professional_service_types: types }: RuleSet, serviceType: string) {
  return Object.hasOwn(types, serviceType) ? types[serviceType] : undefined;
}

/** What `requireQualified` and `requireWasQualified` read. */
export function qualificationLists(rules: RuleSet, serviceType: string, volunteer: string) {
  return professionOf(rules, serviceType) === undefined ? [] : [[qualificationRows, 'member', volunteer] as const];
}
