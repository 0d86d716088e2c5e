/** Reading talents over HTTP: who is in a registry and can do what, at which level, and what became of them. */

import { Type } from 'typebox';
import { reachOf } from '../../http/reach.js';
import { list, read } from '../../http/routes.js';
import { readRulesNow } from '../../http/rules.js';
import { closed, ExternalId } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { dateInZone, datePattern } from '../../lib/clock.js';
import { formatAmount } from '../../lib/decimal.js';
import type { RuleSet } from '../../timebank/credit/rule-set.js';
import {
  levelSince,
  meanRating,
  noFigures,
  type TalentFigures,
  talentLevelChanges,
  talentLevelOf,
} from '../../timebank/credit/talent-levels.js';
import { listTalentChanges, listTalents, readTalent, type TalentView } from '../../timebank/people/talents/reads.js';
import { type TalentName, talentNotFound } from '../../timebank/people/talents/talents.js';
import { readTalentDays, readTalentFigures } from '../../timebank/service/talent-figures.js';
import { UnitId } from './org-unit-shapes.js';
import { Code } from './specialty-shapes.js';
import {
  Category,
  QualificationKind,
  Registry,
  Talent,
  TalentChangePage,
  TalentLevelPage,
  TalentPage,
} from './talent-shapes.js';

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
    show: async (talents, { principal }, ledger) => {
      const figuresOf = await readTalentFigures(
        service.sql,
        ledger.id,
        talents.map(({ member }) => member),
      );
      const rules = await readRulesNow(service, ledger);
      return { talents: talents.map((one) => shownTo(rules, principal, one, figuresOf(one.member))) };
    },
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
      const days = await readTalentDays(service.sql, ledger.id, params.member);
      const rules = await readRulesNow(service, ledger);
      const since = levelSince(talentLevelChanges(rules, days));
      return { ...shownTo(rules, principal, talent, days.at(-1) ?? noFigures), level_since: since };
    },
  });

  list(app, service, '/v1/talents/:member/:registry/levels', {
    roles: ['operator', 'auditor', 'coordinator', 'member'],
    operationId: 'listTalentLevels',
    summary: 'The levels of a talent, by day',
    description:
      'Each change of level, oldest first, by the rules of today. Hours count from their day of effect, a rating from the day on which its order was approved. A record that was corrected no longer counts, nor does the rating of an order whose record was annulled. Members see their own.',
    tags: ['people'],
    params,
    answer: TalentLevelPage,
    refusals: ['talent_not_found'],
    key: new RegExp(datePattern),
    rows: async ({ params, principal }, ledger, { after, limit }) => {
      requireOwn(principal, params);
      const seen = { reach: reachOf(principal), today: dateInZone(service.clock(), ledger.zone) };
      await readTalent(service.sql, ledger.id, params, seen);
      const days = await readTalentDays(service.sql, ledger.id, params.member);
      return talentLevelChanges(await readRulesNow(service, ledger), days)
        .filter(({ day }) => day > after)
        .slice(0, limit);
    },
    keyOf: ({ day }) => day,
    show: (changes) => ({
      levels: changes.map((one) => ({ effective_on: one.day, level: one.level, ...shownFigures(one) })),
    }),
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
function shownTo(
  rules: RuleSet,
  { role }: Principal,
  { qualifications, ...talent }: TalentView,
  figures: TalentFigures,
) {
  const keeps = role === 'operator' || role === 'coordinator';
  return {
    ...talent,
    ...shownFigures(figures),
    level: talentLevelOf(rules, figures),
    qualifications: keeps ? qualifications : qualifications.map((one) => ({ ...one, evidence: null })),
  };
}

/** What a level rests on, as decimals. */
export function shownFigures(figures: TalentFigures) {
  const rating = meanRating(figures);
  return {
    hours: formatAmount(figures.hours, 2),
    rating: rating === null ? null : formatAmount(rating, 2),
    ratings: figures.ratings,
  };
}
