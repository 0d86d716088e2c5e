/** Guarantees of the checks on who serves whom: what reaches a threshold is found, what lies just below is not, and only what stands counts. */
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { freeHolds } from '../../../../src/timebank/free-holds.js';
import { claimKin, endKin, verifyKin } from '../../../../src/timebank/people/kin.js';
import { correctService } from '../../../../src/timebank/service/corrections/correction.js';
import { booksBalance } from '../../../support/books.js';
import { must } from '../../../support/story.js';
import { merge, type Town, town } from './town.js';

const first = { reach: null, actor: 'operator:first' } as const;
const second = { reach: null, actor: 'operator:second' } as const;

/** What is wrong with a record is put right by two people: it is annulled, or its fields change. */
async function correct({ lane }: Town, id: string, fields: object): Promise<void> {
  const correction = { id, fields: { reason: '有误', ...fields }, freeHolds };
  for (const who of [first, second])
    await must(lane, (stage) => correctService(stage, { ...correction, ...who, newId: randomUUID() }).correction);
}

test('two who served each other within the hours are found, a minute later they are not', async (t) => {
  const here = await town(t);
  const { visit, found } = here;
  await visit('V1', 'M1', 'M2', '10-05 09:00:00', '10:00:00');
  await visit('V2', 'M2', 'M1', '10-06 10:00:00', '11:00:00');
  await visit('V3', 'M3', 'M4', '10-05 09:00:00', '10:00:00');
  await visit('V4', 'M4', 'M3', '10-06 10:01:00', '11:00:00');
  t.same(await found('mutual_service'), ['M1 M2: exchanges 1, shortest_gap 1440 <- V1 V2']);
  t.same(await found('mutual_service', { mutual_service_hours: 25 }), [
    'M1 M2: exchanges 1, shortest_gap 1440 <- V1 V2',
    'M3 M4: exchanges 1, shortest_gap 1441 <- V3 V4',
  ]);
  t.same(await found('mutual_service', { mutual_service_hours: 23 }), []);
  t.same(
    await found('mutual_service', {}, ['2026-10-01', '2026-10-05']),
    [],
    'it belongs to the day of the later service',
  );
  t.equal(
    (await found('mutual_service', {}, ['2026-10-06', '2026-10-06'])).length,
    1,
    'whose range the earlier one need not be of',
  );
  const [one] = await here.anomalies('mutual_service');
  t.match(one, {
    subjects: [
      { role: 'member', id: 'M1' },
      { role: 'member', id: 'M2' },
    ],
    figures: [
      { name: 'exchanges', value: '1', unit: 'times' },
      { name: 'shortest_gap', value: '1440', unit: 'minutes' },
    ],
    thresholds: [{ rule: 'mutual_service_hours', value: '24', unit: 'hours' }],
    entries: [/^\d+$/, /^\d+$/],
  });
});

test('what was corrected does not count, what took its place does', async (t) => {
  const here = await town(t);
  const { visit, found } = here;
  await visit('V1', 'M1', 'M2', '10-05 09:00:00', '10:00:00');
  await visit('V2', 'M2', 'M1', '10-05 11:00:00', '12:00:00');
  await visit('V3', 'M3', 'M4', '10-05 09:00:00', '10:00:00');
  await visit('V4', 'M4', 'M3', '10-05 11:00:00', '12:00:00');
  t.equal((await found('mutual_service')).length, 2);
  await correct(here, 'V2', { annul: true });
  await correct(here, 'V4', {
    check_out: '2026-10-05T12:30:00+08:00',
    planned_end: '2026-10-05T12:30:00+08:00',
    external_id: 'V5',
  });
  t.same(await found('mutual_service'), ['M3 M4: exchanges 1, shortest_gap 60 <- V3 V5']);
  await booksBalance(t, here.owner);
});

test('members that were merged are one, and nobody is a pair with themselves', async (t) => {
  const { lane, visit, found } = await town(t);
  await visit('V1', 'M1', 'M5', '10-05 09:00:00', '10:00:00');
  await visit('V2', 'M5', 'M6', '10-05 11:00:00', '12:00:00');
  await visit('V3', 'M3', 'M4', '10-05 09:00:00', '10:00:00');
  await visit('V4', 'M4', 'M3', '10-05 11:00:00', '12:00:00');
  await merge(lane, 'M4', 'M3');
  t.same(await found('mutual_service'), []);
  await merge(lane, 'M6', 'M1');
  t.same(await found('mutual_service'), ['M1 M5: exchanges 1, shortest_gap 60 <- V1 V2']);
});

test('a pair is found by the days in which it has most records, and not by one record fewer or one day more', async (t) => {
  const { visit, found } = await town(t);
  for (const [i, day] of ['10-01', '10-05', '10-10', '10-20'].entries())
    await visit(`V${i}`, 'M1', 'M2', `${day} 09:00:00`, '10:30:00');
  for (const [i, day] of ['10-01', '10-05', '10-11'].entries())
    await visit(`W${i}`, 'M3', 'M4', `${day} 09:00:00`, '10:30:00');
  const three = { frequent_pair_records: 3, frequent_pair_days: 10 };
  t.same(await found('frequent_pair', three), ['M1 M2: records 3, hours 4.50 <- V0 V1 V2']);
  t.same(await found('frequent_pair', { ...three, frequent_pair_days: 11 }), [
    'M1 M2: records 3, hours 4.50 <- V0 V1 V2',
    'M3 M4: records 3, hours 4.50 <- W0 W1 W2',
  ]);
  t.same(await found('frequent_pair', { ...three, frequent_pair_records: 4 }), []);
  t.same(await found('frequent_pair', three, ['2026-10-02', '2026-10-31']), [], 'only days of the range count');
});

test('hours for a relative are found from the threshold on, by what the two were to each other that day', async (t) => {
  const { lane, visit, found } = await town(t);
  const claim = { member: 'M1', relative: 'M2', relation: 'sibling', evidence: '户口簿', most: 3 } as const;
  await must(lane, (stage) => claimKin(stage, { ...claim, ...first }));
  await must(lane, (stage) => claimKin(stage, { ...claim, relative: 'M3', ...first }));
  await visit('V1', 'M2', 'M1', '10-05 09:00:00', '11:00:00');
  await visit('V2', 'M2', 'M1', '10-06 09:00:00', '11:00:00');
  await visit('V3', 'M3', 'M1', '10-06 12:00:00', '17:00:00');
  await visit('V4', 'M4', 'M1', '10-07 09:00:00', '14:00:00');
  t.same(await found('household_hours'), [], 'a claim is no relation');
  await must(lane, (stage) => verifyKin(stage, { ...claim, ...second, elderConsentOn: '2026-10-31' }));
  t.same(await found('household_hours'), ['M2 M1: records 2, hours 4.00 <- V1 V2']);
  t.same(await found('household_hours', { household_hours: '4.01' }), []);
  await must(lane, (stage) => endKin(stage, { ...claim, ...first, reasonCode: 'other' }));
  t.equal((await found('household_hours')).length, 1, 'before its end it counts');
  await must(lane, (stage) => claimKin(stage, { ...claim, ...first }));
  await must(lane, (stage) => verifyKin(stage, { ...claim, ...second, elderConsentOn: '2026-10-31' }));
  t.equal((await found('household_hours')).length, 1, 'whatever was claimed since');
  await must(lane, (stage) => verifyKin(stage, { ...claim, relative: 'M3', ...second, elderConsentOn: '2026-10-31' }));
  t.equal((await found('household_hours')).length, 2);
  await must(lane, (stage) => endKin(stage, { ...claim, relative: 'M3', ...first, reasonCode: 'mistaken' }));
  t.same(await found('household_hours'), ['M2 M1: records 2, hours 4.00 <- V1 V2'], 'what was a mistake never was');
});
