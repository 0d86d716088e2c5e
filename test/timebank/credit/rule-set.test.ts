/** The published rule set says what domain.md section 4 says, and can be stored. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { ruleSetName, xinchangPilot1 } from '../../../src/timebank/credit/rule-set.js';
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

t.test('every service type in the county file is weighed, and no other', async (t) => {
  const visits = readFileSync(new URL('test/data/xinchang/visits.csv', root), 'utf8').trim().split('\n').slice(1);
  const types = new Set(visits.map((visit) => visit.split(',')[3]));
  t.same(Object.keys(xinchangPilot1.service_coefficients).sort(), [...types].sort());
});

t.test('a rule set survives being stored as JSON', async (t) => {
  t.same(JSON.parse(JSON.stringify(xinchangPilot1)), xinchangPilot1);
});
