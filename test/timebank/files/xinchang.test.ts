/** The county's six files are read whole: every row typed, none refused, the sums as published. */

import { readFileSync } from 'node:fs';
import t from 'tap';
import { readBankStatement } from '../../../src/timebank/audit/partner-statements-file.js';
import { openingPointsTable } from '../../../src/timebank/credit/opening-points-file.js';
import { readTable } from '../../../src/timebank/files/table.js';
import { redemptionTable } from '../../../src/timebank/partners/redemptions-file.js';
import { memberTable } from '../../../src/timebank/people/members-file.js';
import { orgUnitTable } from '../../../src/timebank/people/org-units-file.js';
import { visitTable } from '../../../src/timebank/service/visits-file.js';
import { root } from '../../support/root.js';

const data = (name: string) => readFileSync(new URL(`test/data/xinchang/${name}`, root));

t.test('50 units on five levels, each parent among them', async (t) => {
  const { rows, errors } = readTable(data('org-units.csv'), orgUnitTable);
  t.same(errors, []);
  t.same(rows[0], { line: 2, external_id: 'XC', parent_external_id: null, level: 'county', name: '新昌县' });
  const ids = new Set(rows.map((row) => row.external_id));
  t.equal(ids.size, 50);
  t.same(
    rows.filter((row) => row.parent_external_id && !ids.has(row.parent_external_id)),
    [],
  );
});

t.test('400 members', async (t) => {
  const { rows, errors } = readTable(data('members.csv'), memberTable);
  t.same(errors, []);
  t.equal(rows.length, 400);
  t.same(rows[0], {
    line: 2,
    external_id: 'M00001',
    name: '何根仙',
    gender: 'male',
    birth_date: '1949-02-20',
    phone: '13900000001',
    org_unit: 'XC-01-02-01-02',
    talent_category: 'theory_talks',
  });
});

t.test('400 opening balances of ten points an act, one of them of no act at all', async (t) => {
  const { rows, errors } = readTable(data('opening-points.csv'), openingPointsTable(10n));
  t.same(errors, []);
  t.equal(rows.length, 400);
  t.equal(rows.filter((row) => row.points === 0n).length, 1);
  t.same(rows[0], { line: 2, member: 'M00001', occurrences: 59n, points: 590n });
  t.equal(
    readTable(data('opening-points.csv'), openingPointsTable(20n)).rows.length,
    1,
    'at another rate none but the zero is right',
  );
});

t.test('3,000 visits', async (t) => {
  const { rows, errors } = readTable(data('visits.csv'), visitTable);
  t.same(errors, []);
  t.equal(rows.length, 3000);
  t.match(rows[1], { line: 3, volunteer: 'M00169', check_out: '2026-10-31T13:48:00+08:00', proof_grade: 'A' });
});

t.test('2,000 redemptions, in the order they were asked for', async (t) => {
  const { rows, errors } = readTable(data('redemptions.csv'), redemptionTable);
  t.same(errors, []);
  t.equal(rows.length, 2000);
  t.match(rows[0], { line: 2, partner_reference: 'BK20260000829', member: 'M00211', points: 50n, terminal: 'T07' });
});

t.test('1,753 statement lines of 81,005 points, repeated references among them', async (t) => {
  const { rows, errors } = readBankStatement(data('bank-statement-2026-10.csv'));
  t.same(errors, []);
  t.equal(rows.length, 1753);
  t.equal(
    rows.reduce((sum, row) => sum + row.points, 0n),
    81005n,
  );
  t.equal(rows.length - new Set(rows.map((row) => row.partner_reference)).size, 15);
  t.same(rows[0], {
    line: 2,
    partner_reference: 'BK20260000879',
    booked_on: '2026-10-14',
    points: 80n,
    amountCny: 800n,
    type: 'redeem',
  });
});
