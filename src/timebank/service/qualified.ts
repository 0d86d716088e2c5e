/** Which services take a qualification of who gives them, and whether somebody has it on a day. It does not know how one is registered. */
import type { Stage } from '../../ledger/stage.js';
import { Refusal } from '../../lib/refusal.js';
import type { RuleSet } from '../credit/rule-set.js';
import { isQualified } from '../people/talents/qualifications.js';
import { qualificationRows } from '../people/talents/rows.js';
import type { Visit } from './post-record.js';

/**
 * What is service of a profession takes a qualification that counts on that day; of other types nothing is looked up.
 * Refuses: `qualification_missing`.
 */
export function requireQualified(
  stage: Stage,
  rules: RuleSet,
  { volunteer, service_type }: Pick<Visit, 'volunteer' | 'service_type'>,
  servedOn: string,
): void {
  const kind = professionOf(rules, service_type);
  if (kind === undefined || isQualified(stage, volunteer, kind, servedOn)) return;
  throw new Refusal('qualification_missing', {
    en: `${volunteer} has no qualification ${kind} that is valid on ${servedOn}, which ${service_type} takes`,
    zh: `${volunteer} 在 ${servedOn} 没有有效的 ${kind} 资质，服务类型 ${service_type} 须有此资质`,
  });
}

function professionOf({ professional_service_types: types }: RuleSet, serviceType: string) {
  return Object.hasOwn(types, serviceType) ? types[serviceType] : undefined;
}

/** What `requireQualified` reads. */
export function qualificationLists(rules: RuleSet, serviceType: string, volunteer: string) {
  return professionOf(rules, serviceType) === undefined ? [] : [[qualificationRows, 'member', volunteer] as const];
}
