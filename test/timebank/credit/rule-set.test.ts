/** The published rule set says what domain.md section 4 says, and can be stored. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { parseAmount } from '../../../src/lib/decimal.js';
import { qualificationKinds } from '../../../src/timebank/community-words.js';
import { ruleSetName } from '../../../src/timebank/credit/rule-set.js';
import { xinchangPilot1 } from '../../../src/timebank/credit/xinchang-pilot.js';
import { root } from '../../support/root.js';

t.test('the published numbers are those the county was promised', async (t) => {
  const { basis, ...rules } = xinchangPilot1;
  t.equal(ruleSetName(rules), 'xinchang-pilot/1');
  t.match(rules, {
    coin_per_hour: '1.00',
    rounding_step: '0.50',
    presence_min_percent: 60,
    plan_shift_max_minutes: 120,
    cap_visit: '2.00',
    cap_day: '2.00',
    cap_week: '6.00',
    holding_cap: '1500.00',
    holding_cap_excess: 'pool:community',
    minting_grades: ['A', 'B'],
    earn_from_kin: false,
    points_per_occurrence: '10',
    points_per_resolved_issue: '20',
    points_expiry_years: 3,
    coin_expiry_years: null,
    hold_ttl_hours: 24,
    code_typed_tries: 5,
    qr_valid_seconds: 60,
    late_record_working_days: 10,
    point_price: '0.10',
    publish_min_group: 10,
    statement_original_years: 10,
  });
});

t.test('every number names its basis', async (t) => {
  const { basis, id: _id, version: _version, effective_from: _from, ...rules } = xinchangPilot1;
  t.same(Object.keys(basis).sort(), Object.keys(rules).sort());
  for (const [key, { source }] of Object.entries(basis)) t.ok(source.length > 2, key);
});

t.test('every service type in the county file is weighed, those of a profession too, and no other', async (t) => {
  const visits = readFileSync(new URL('test/data/xinchang/visits.csv', root), 'utf8').trim().split('\n').slice(1);
  const types = new Set(visits.map((visit) => visit.split(',')[3]));
  const { service_coefficients: weighed, professional_service_types: professional } = xinchangPilot1;
  t.same(Object.keys(weighed).sort(), [...types, ...Object.keys(professional)].sort());
  for (const kind of Object.values(professional)) t.ok(qualificationKinds.includes(kind), kind);
});

t.test('levels rise one by one, each asking for more hours and no lower a rating', async (t) => {
  const levels = xinchangPilot1.talent_levels;
  t.same(
    levels.map(({ level }) => level),
    levels.map((_, at) => at + 1),
  );
  for (const [at, { min_hours: hours, min_rating: rating }] of levels.entries()) {
    const before = levels[at - 1];
    t.ok(parseAmount(hours, 2) > parseAmount(before?.min_hours ?? '0', 2), `level ${at + 1}: ${hours} h`);
    t.ok(
      Number(rating ?? 0) >= Number(before?.min_rating ?? 0) && Number(rating ?? 0) <= 5,
      `level ${at + 1}: ${rating}`,
    );
  }
});

t.test('a rule set survives being stored as JSON', async (t) => {
  t.same(JSON.parse(JSON.stringify(xinchangPilot1)), xinchangPilot1);
});
