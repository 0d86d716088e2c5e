/** The county's files, whole: what they come to, and that neither their order nor bringing them again changes it. */
import { test } from 'tap';
import { type TestApp, testApp } from '../support/app.js';
import { booksBalance } from '../support/books.js';
import { bring, bringPeople, countyFile, everyRow } from '../support/county.js';
import { seeded, shuffled } from '../support/random.js';

const trialBalance = async (app: TestApp) => (await app.get('/v1/reports/trial-balance', { as: 'operator' })).body;
const hundredths = (amount: string) => Math.round(Number(amount) * 100);

test('the county’s files, brought over HTTP', async (t) => {
  const app = await testApp(t);
  const files = [
    ['kind=org_units&file_name=org-units.csv', countyFile('org-units'), 50, 0],
    ['kind=members', countyFile('members'), 400, 0],
    ['kind=opening_points&effective_on=2026-09-30', countyFile('opening-points'), 400, 0],
    // 99 visits overlap one of the same volunteer that began before.
    ['kind=visits', countyFile('visits'), 2_901, 99],
  ] as const;

  await t.test('come in whole: 201 and 200', async (t) => {
    for (const [query, bytes, imported, errors] of files) {
      const done = await bring(t, app, query, bytes);
      t.equal(done.state, 'committed');
      t.same(done.counts, { total: imported + errors, ready: 0, imported, skipped: 0, errors }, query);
      const faulty = await everyRow(app, `/v1/imports/${done.id}/lines?state=error`, 'lines');
      t.same(
        faulty.filter(({ code }) => code !== 'service_overlap'),
        [],
      );
    }
    t.equal((await everyRow(app, '/v1/org-units', 'org_units')).length, 50);
    t.equal((await everyRow(app, '/v1/members', 'members')).length, 400);
    const asMember = { as: { role: 'member', subject: 'M00001' } } as const;
    const { balances } = (await app.get('/v1/members/M00001/balances', asMember)).body;
    t.match(balances[2], { purse: 'points', balance: '590' });
  });

  const records = await everyRow(app, '/v1/service-records', 'service_records');
  const before = await trialBalance(app);

  await t.test('make hours less coins the differences, record by record and in the books', async (t) => {
    t.equal(records.length, 2_901);
    const sums = { hours: 0, coins: 0, pool: 0 };
    const unexplained = records.filter(({ hours, coins, to_pool, differences }) => {
      sums.hours += hundredths(hours);
      sums.coins += hundredths(coins);
      sums.pool += hundredths(to_pool);
      const explained = differences.reduce((sum: number, one: { amount: string }) => sum + hundredths(one.amount), 0);
      return hundredths(hours) !== hundredths(coins) + explained;
    });
    t.same(unexplained, []);
    const debits = (name: string) =>
      hundredths(before.assets.find(({ asset }: { asset: string }) => asset === name).debits);
    t.equal(debits('HOUR'), sums.hours);
    t.equal(debits('COIN'), sums.coins + sums.pool);
    t.ok(sums.coins < sums.hours, 'the rules granted less than was served');
  });

  await t.test('brought again change no balance and no record: 201 and 200', async (t) => {
    for (const [query, bytes, skipped, errors] of files) {
      const staged = await app.post(`/v1/imports?${query}`, { as: 'operator', body: bytes });
      const counts = { total: skipped + errors, ready: 0, imported: 0, skipped, errors };
      t.same(staged.body.counts, counts, `${query}: nothing is left to import`);
      const committed = await app.post(`/v1/imports/${staged.body.id}/commit`, { as: 'operator' });
      t.same(committed.body.counts, counts);
    }
    t.same(await trialBalance(app), before);
    t.same(await everyRow(app, '/v1/service-records', 'service_records'), records);
    await booksBalance(t, app.owner);
  });
});

test('a file whose lines are shuffled gives every volunteer the same hours, coins and carry', async (t) => {
  const [header, ...lines] = countyFile('visits').toString().trimEnd().split('\n');
  // All visits of 99 volunteers: what one is granted depends on her own visits alone.
  const visits = lines.filter((line) => /^V\d+,M000\d\d,/.test(line));
  const outcomes: unknown[] = [];
  for (const order of [visits, shuffled(visits, seeded(1)), shuffled(visits, seeded(2))]) {
    const app = await testApp(t);
    await bringPeople(t, app);
    await bring(t, app, 'kind=visits', Buffer.from([header, ...order].join('\n')));
    const purses = await app.owner`select code, (credits - debits)::text as balance from timeledger.accounts
      where code like 'member:%' order by code`;
    const carries = await app.owner`select member_id, carry::text from timebank.members order by member_id`;
    const records = await app.owner`select service_record_id, coins::text from timebank.service_records order by 1`;
    outcomes.push([purses, carries, records].map((rows) => [...rows]));
    await booksBalance(t, app.owner);
  }
  for (const outcome of outcomes) t.same(outcome, outcomes[0]);
});
