/** Reading talents over HTTP: who is in a registry and can do what, at which level, and what became of them. */
import { Type } from 'typebox';
import { reachOf } from '../../http/reach.js';
import { list, read } from '../../http/routes.js';
import { closed, ExternalId } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { balanceDays } from '../../ledger/reads/balance-days.js';
import { dateInZone } from '../../lib/clock.js';
import { formatAmount } from '../../lib/decimal.js';
import { memberAccount } from '../../timebank/chart.js';
import { talentLevelOf, talentLevelSince } from '../../timebank/credit/talent-levels.js';
import { listTalentChanges, listTalents, readTalent, type TalentView } from '../../timebank/people/talents/reads.js';
import { type TalentName, talentNotFound } from '../../timebank/people/talents/talents.js';
import { UnitId } from './org-unit-shapes.js';
import { Category, Code, QualificationKind, Registry, Talent, TalentChangePage, TalentPage } from './talent-shapes.js';

const params = Type.Object({ member: ExternalId, registry: Registry }, closed);

export function registerTalentReading(app: App, service: Service): void {
  list(app, service, '/v1/talents', {
    roles: ['operator', 'auditor', 'coordinator'],
    operationId: 'listTalents',
    summary: 'List talents',
    description:
      'Those who have not left, by member and registry. `qualification` narrows to those who have one that counts today.',
    tags: ['people'],
    filters: {
      registry: Type.Optional(Registry),
      category: Type.Optional(Category),
      specialty: Type.Optional(Code),
      qualification: Type.Optional(QualificationKind),
      unit: Type.Optional(UnitId),
    },
    answer: TalentPage,
    key: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\/[a-z_]+$/,
    rows: ({ query, principal }, ledger, page) => {
      const { registry = null, category = null, specialty = null, qualification = null, unit: orgUnit = null } = query;
      const reach = reachOf(principal);
      const today = dateInZone(service.clock(), ledger.zone);
      const filters = { registry, category, specialty, qualification, orgUnit, reach, today };
      return listTalents(service.sql, ledger.id, { ...filters, ...page });
    },
    keyOf: ({ member, registry }) => `${member}/${registry}`,
    show: (talents, { principal }) => ({ talents: talents.map((one) => shownTo(service, principal, one)) }),
  });

  read(app, service, '/v1/talents/:member/:registry', {
    roles: ['operator', 'auditor', 'coordinator', 'member'],
    operationId: 'getTalent',
    summary: 'One talent',
    description:
      'The talent as it stands now: whether a qualification counts, and the level, are judged today. A member asks for themselves.',
    tags: ['people'],
    params,
    answer: Talent,
    refusals: ['talent_not_found'],
    read: async ({ params, principal }, ledger) => {
      requireOwn(principal, params);
      const seen = { reach: reachOf(principal), today: dateInZone(service.clock(), ledger.zone) };
      const talent = await readTalent(service.sql, ledger.id, params, seen);
      const days = await balanceDays(service.sql, ledger.id, memberAccount(params.member, 'hours'));
      return { ...shownTo(service, principal, talent), level_since: talentLevelSince(service.rules, days) };
    },
  });

  list(app, service, '/v1/talents/:member/:registry/history', {
    roles: ['operator', 'auditor', 'coordinator'],
    operationId: 'listTalentChanges',
    summary: 'What became of a talent',
    description: 'The registration and every change, oldest first, with the talent as it stood from then on.',
    tags: ['people'],
    params,
    answer: TalentChangePage,
    refusals: ['talent_not_found'],
    key: /^[1-9][0-9]{0,14}$/,
    rows: ({ params, principal }, ledger, page) => {
      const seen = { reach: reachOf(principal), today: dateInZone(service.clock(), ledger.zone) };
      return listTalentChanges(service.sql, ledger.id, { ...params, ...seen, ...page });
    },
    keyOf: ({ entry }) => entry,
    show: (changes) => ({ changes }),
  });
}

/** Refuses: `talent_not_found`, when a member asks for another. */
function requireOwn({ role, subject }: Principal, { member, registry }: TalentName): void {
  if (role === 'member' && subject !== member) throw talentNotFound(member, registry);
}

/** With the level of now; evidence is for those who keep the registry. */
function shownTo({ rules }: Service, { role }: Principal, { hours, qualifications, ...talent }: TalentView) {
  const keeps = role === 'operator' || role === 'coordinator';
  return {
    ...talent,
    hours: formatAmount(hours, 2),
    level: talentLevelOf(rules, hours),
    qualifications: keeps ? qualifications : qualifications.map((one) => ({ ...one, evidence: null })),
  };
}
