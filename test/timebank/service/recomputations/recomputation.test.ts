/**
 * A recomputation makes records what they would have been under other rules, and undoing it what they were: whatever was spent or corrected in
 * between, every hour is explained and the books balance.
 */
import t, { type Test } from 'tap';
import type { Lane } from '../../../../src/ledger/lane.js';
import type { RuleValues } from '../../../../src/timebank/credit/rule-set.js';
import type { Visit } from '../../../../src/timebank/service/post-record.js';
import { readRecomputation } from '../../../../src/timebank/service/recomputations/reads.js';
import {
  approveRecomputation,
  undoRecomputation,
  withdrawRecomputation,
} from '../../../../src/timebank/service/recomputations/recomputation.js';
import { type Books, booksBalance, run } from '../../../support/books.js';
import { carryOut } from '../../../support/jobs.js';
import { runsOf, seeded, seedOf } from '../../../support/random.js';
import { adoptRules } from '../../../support/rules.js';
import { adjust } from '../../../support/story.js';
import { annul, draftOf, record, town, tried, visitOf } from '../dry-run/town.js';

const seed = seedOf(t);
const october = { from: '2026-10-01', to: '2026-10-31', unit: null } as const;

/** Proposes to judge October by a rule set; the id. */
async function propose(b: Books, ruleSet: string): Promise<string> {
  const input = { ruleSet, ...october, document: '新民发〔2026〕15号', alias: null, client: null };
  const job = await carryOut(b, { kind: 'recomputation_proposal', owner: 'operator:one', input });
  if (job.state !== 'done') throw new Error(JSON.stringify(job.problem));
  return (job.result as { recomputation: { id: string } }).recomputation.id;
}

const decide = (lane: Lane, how: typeof approveRecomputation, id: string, actor: string) =>
  run(lane, (stage) => how(stage, { id, actor }), { actor });

async function goOn(b: Books, id: string) {
  const job = await carryOut(b, { kind: 'recomputation', runsOn: 'lane', input: { id } });
  if (job.state !== 'done') throw new Error(JSON.stringify(job.problem));
  return readRecomputation(b.owner, b.lane.facts.id, id);
}

/** What every record has brought, as it stands, with its reasons; and what everybody holds, owes and carries. */
async function figures({ owner }: Books) {
  const records = await owner`
    select r.service_record_id as id, (r.coins + coalesce(sum(c.coins), 0))::text as coins,
      (r.to_pool + coalesce(sum(c.to_pool), 0))::text as pool
    from timebank.service_records r left join timebank.service_recomputations c using (service_record_id)
    group by r.service_record_id, r.coins, r.to_pool order by 1`;
  const members = await owner`
    select m.member_id as id, m.carry::text, coalesce(sum(a.credits - a.debits), 0)::text as coins
    from timebank.members m left join timeledger.accounts a on a.code in (
      'member:' || m.member_id || ':coins', 'member:' || m.member_id || ':receivable:coins')
    group by 1, 2 order by 1`;
  return { records: records.map((one) => ({ ...one })), members: members.map((one) => ({ ...one })) };
}

/** A past of random visits, some of them annulled. */
async function past(t: Test, round: number): Promise<Books> {
  const random = seeded(seed + round);
  const b = await town(t);
  const standing: string[] = [];
  for (let i = 0; i < 60; i += 1) {
    const visit = visitOf(random, i);
    if ((await record(b.lane, visit)).code === undefined) standing.push(visit.external_id);
    if (random.below(8) === 0 && standing.length > 5)
      await annul(b.lane, standing.splice(random.below(standing.length), 1)[0] ?? '');
  }
  return b;
}

for (let round = 0; round < runsOf(4); round += 1)
  t.test('records become what they would have been, and by undoing it what they were', async (t) => {
    const random = seeded(seed + round);
    const b = await past(t, round);
    await adoptRules(b.lane, draftOf(random), '2026-11-30');
    const before = await figures(b);
    const asked = { ruleSet: 'test/1', ...october };
    const { result: expected } = await tried(b, asked);
    const id = await propose(b, 'test/1');
    t.same(await figures(b), before, 'proposing changes nothing');
    t.equal((await decide(b.lane, approveRecomputation, id, 'operator:one')).code, 'self_approval');
    await decide(b.lane, approveRecomputation, id, 'operator:two');
    const posted = await goOn(b, id);
    t.match(posted, { state: 'posted', done: posted.lines, left_out: 0 });
    const { result: after } = await tried(b, asked);
    t.equal(after.totals.changed, 0, 'nothing is left to change');
    t.equal(after.totals.coins.standing, expected.totals.coins.draft);
    for (const { code, difference } of after.by_reason) t.equal(difference, '0.00', code);
    await booksBalance(t, b.owner);

    t.equal((await decide(b.lane, approveRecomputation, id, 'operator:two')).code, 'recomputation_decided');
    await decide(b.lane, undoRecomputation, id, 'operator:two');
    t.equal((await decide(b.lane, undoRecomputation, id, 'operator:two')).code, 'self_approval');
    await decide(b.lane, undoRecomputation, id, 'operator:one');
    t.match(await goOn(b, id), { state: 'undone', left_out: 0 });
    t.same(await figures(b), before, 'as it was');
    await booksBalance(t, b.owner);
  });

for (let round = 0; round < runsOf(3); round += 1)
  t.test('what was spent is owed, what was corrected meanwhile is left out, and later corrections go on', async (t) => {
    const random = seeded(seed + 100 + round);
    const b = await past(t, 100 + round);
    await adoptRules(b.lane, { cap_visit: '0.50', cap_day: '0.50', cap_week: '1.00' }, '2026-11-30');
    const id = await propose(b, 'test/1');
    const { records, members } = await figures(b);
    for (const { id: member, coins } of members as { id: string; coins: string }[])
      if (/^[A-D]$/.test(member) && BigInt(coins) > 0n)
        await adjust(b.lane, [{ debit: `member:${member}:coins`, credit: 'pool:community', amount: decimal(coins) }]);
    const [{ rows }, corrected] = [await tried(b, { ruleSet: 'test/1', ...october }), random.below(10)];
    const changing = rows.filter(({ coins, draft_coins }) => coins !== draft_coins);
    const gone = changing[corrected % changing.length]?.['service_record'] ?? '';
    await annul(b.lane, gone);
    await decide(b.lane, approveRecomputation, id, 'operator:two');
    const posted = await goOn(b, id);
    t.equal(posted.state, 'posted');
    t.ok(posted.left_out > 0, `${posted.left_out} were left out`);
    await booksBalance(t, b.owner);
    const [{ owed } = {}] = await b.owner`select sum(debits - credits)::text as owed from timeledger.accounts
      where code like '%:receivable:coins'`;
    t.ok(BigInt(owed ?? 0) > 0n, `${owed} are owed`);
    for (let i = 0; i < 6; i += 1) {
      const { id: one } = random.pick(records as { id: string }[]);
      await annul(b.lane, one).catch(() => {});
    }
    await booksBalance(t, b.owner);
    await decide(b.lane, undoRecomputation, id, 'operator:two');
    await decide(b.lane, undoRecomputation, id, 'operator:three');
    t.equal((await goOn(b, id)).state, 'undone');
    await booksBalance(t, b.owner);
  });

t.test('a volunteer of whom a record came in after the proposal is left out, and nobody else is', async (t) => {
  const b = await town(t);
  for (const [id, volunteer, day] of [
    ['V1', 'A', '2026-10-06'],
    ['V2', 'B', '2026-10-06'],
    ['V3', 'C', '2026-10-06'],
  ] as const)
    t.equal((await record(b.lane, at(id, volunteer, day))).code, undefined);
  await adoptRules(b.lane, { cap_week: '8', cap_day: '4', cap_visit: '4', coin_per_hour: '2.00' }, '2026-11-30');
  const id = await propose(b, 'test/1');
  t.equal((await record(b.lane, at('V4', 'A', '2026-10-08'))).code, undefined, 'of the same week');
  t.equal((await record(b.lane, at('V5', 'B', '2026-09-10'))).code, undefined, 'of another week');
  await decide(b.lane, approveRecomputation, id, 'operator:two');
  t.match(await goOn(b, id), { state: 'posted', lines: 3, done: 3, left_out: 1 });
  const rows = await b.owner`select service_record_id from timebank.service_recomputations order by 1`;
  t.same(
    rows.map((row) => row['service_record_id']),
    ['V2', 'V3'],
  );
  await booksBalance(t, b.owner);
});

/** A volunteer runs an errand for D, for an hour from nine on. */
function at(id: string, volunteer: string, day: string): Visit {
  const [start, end] = ['09:00', '10:00'].map((time) => `${day}T${time}:00+08:00`) as [string, string];
  return {
    ...{ external_id: id, volunteer, recipient: 'D', recorded_by: 'XC', service_type: 'errand', proof_grade: 'A' },
    ...{ planned_start: start, planned_end: end, check_in: start, check_out: end },
  };
}

const decimal = (hundredths: string) => (Number(hundredths) / 100).toFixed(2);

t.test('what was withdrawn is not posted, and a set that nobody has approved proposes nothing', async (t) => {
  const b = await past(t, 7);
  await adoptRules(b.lane, { cap_visit: '0.50' }, '2026-11-30');
  const before = await figures(b);
  const id = await propose(b, 'test/1');
  await decide(b.lane, withdrawRecomputation, id, 'operator:one');
  t.equal((await decide(b.lane, approveRecomputation, id, 'operator:two')).code, 'recomputation_decided');
  await goOn(b, id);
  t.same(await figures(b), before);
});

t.test('a record of the week of a correction goes by the rules that it was judged by last', async (t) => {
  const b = await town(t);
  const visit = (id: string, day: string): Visit => {
    const time = (hour: string) => `2026-10-${day}T${hour}:00:00+08:00`;
    return {
      ...{
        external_id: id,
        volunteer: 'A',
        recipient: 'C',
        recorded_by: 'XC',
        service_type: 'errand',
        proof_grade: 'A',
      },
      ...{ planned_start: time('09'), planned_end: time('11'), check_in: time('09'), check_out: time('11') },
    };
  };
  for (const [id, day] of [
    ['V1', '05'],
    ['V2', '06'],
    ['V3', '07'],
  ] as const)
    await record(b.lane, visit(id, day));
  const values: Partial<RuleValues> = { cap_visit: '1.00', cap_day: '1.00', cap_week: '2.00' };
  await adoptRules(b.lane, values, '2026-11-30');
  const id = await propose(b, 'test/1');
  await decide(b.lane, approveRecomputation, id, 'operator:two');
  await goOn(b, id);
  const coins = async () => (await figures(b)).records.map((one) => `${one['id']} ${one['coins']}`);
  t.same(await coins(), ['V1 100', 'V2 100', 'V3 0']);
  await annul(b.lane, 'V1');
  t.equal((await coins())[2], 'V3 100', 'two coins a week, not six');
  await booksBalance(t, b.owner);
});

t.test('of two recomputations the later is undone first: what it stands on is left out', async (t) => {
  const b = await past(t, 11);
  const before = await figures(b);
  await adoptRules(b.lane, { cap_visit: '1.00', cap_day: '1.00' }, '2026-11-30');
  await adoptRules(b.lane, { cap_visit: '1.50', cap_day: '1.50' }, '2026-12-30');
  const ids: string[] = [];
  for (const ruleSet of ['test/1', 'test/2']) {
    const id = await propose(b, ruleSet);
    await decide(b.lane, approveRecomputation, id, 'operator:two');
    t.equal((await goOn(b, id)).state, 'posted');
    ids.push(id);
  }
  const [first = '', second = ''] = ids;
  const undo = async (id: string) => {
    for (const actor of ['operator:one', 'operator:two']) await decide(b.lane, undoRecomputation, id, actor);
    return goOn(b, id);
  };
  t.match(await undo(second), { state: 'undone', left_out: 0 });
  t.match(await undo(first), { state: 'undone', left_out: 0 });
  t.same(await figures(b), before);
  await booksBalance(t, b.owner);
});

t.test('a recomputation on which another stands is not taken from under it', async (t) => {
  const b = await past(t, 12);
  await adoptRules(b.lane, { cap_visit: '1.00', cap_day: '1.00' }, '2026-11-30');
  await adoptRules(b.lane, { cap_visit: '1.50', cap_day: '1.50' }, '2026-12-30');
  const ids: string[] = [];
  for (const ruleSet of ['test/1', 'test/2']) {
    const id = await propose(b, ruleSet);
    await decide(b.lane, approveRecomputation, id, 'operator:two');
    await goOn(b, id);
    ids.push(id);
  }
  for (const actor of ['operator:one', 'operator:two']) await decide(b.lane, undoRecomputation, ids[0] ?? '', actor);
  const undone = await goOn(b, ids[0] ?? '');
  t.equal(undone.state, 'undone');
  t.ok(undone.left_out > 0, `${undone.left_out} are left out`);
  for (const { id } of (await figures(b)).records as { id: string }[]) {
    const [row] = await b.owner`select coalesce(sum(coins + to_pool), 0)::int + (select (coins + to_pool)::int
      from timebank.service_records where service_record_id = ${id}) as minted
      from timebank.service_recomputations where service_record_id = ${id}`;
    t.ok(Number(row?.['minted']) >= 0, id);
  }
  await booksBalance(t, b.owner);
});

t.test('lines that are not those which were proposed are not posted', async (t) => {
  const b = await past(t, 13);
  await adoptRules(b.lane, { cap_visit: '1.00', cap_day: '1.00' }, '2026-11-30');
  const before = await figures(b);
  const id = await propose(b, 'test/1');
  await decide(b.lane, approveRecomputation, id, 'operator:two');
  await b.owner`update work.blob_pieces set content = convert_to(replace(convert_from(content, 'UTF8'), ',1.00,', ',9.00,'), 'UTF8')
    where blob_id = ${id}::uuid`;
  await t.rejects(goOn(b, id), /file_invalid/);
  t.same(await figures(b), before);
});
