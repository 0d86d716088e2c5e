/** Whatever members earned, spent and owed, and whoever turns out to be whom: merging loses and makes nothing, and the books verify. */
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import type { Pool } from '../../../src/db/connect.js';
import { mergeMembers } from '../../../src/timebank/credit/member-merge.js';
import { reverseByHand } from '../../../src/timebank/credit/reversal.js';
import { xinchangPilot1 as rules } from '../../../src/timebank/credit/xinchang-pilot.js';
import { freeHolds, refuseHeld } from '../../../src/timebank/free-holds.js';
import { authoriseRedemption } from '../../../src/timebank/partners/redemptions/authorise.js';
import { refundRedemption } from '../../../src/timebank/partners/redemptions/refund.js';
import { refuseServedTwice } from '../../../src/timebank/service/served-twice.js';
import { recordService } from '../../../src/timebank/service/service-records.js';
import { type Books, books, booksBalance, run } from '../../support/books.js';
import { type Random, seeded, seedOf } from '../../support/random.js';
import { adjust, enrol, partner, settle } from '../../support/story.js';

const holds = { refuseHolds: refuseHeld, freeHolds, refuseServedTwice };
const ids = Array.from({ length: 8 }, (_, i) => `P${i}`);

/** What all members hold less what they owe, by asset, and what they carry. */
async function wealthOf(owner: Pool): Promise<unknown> {
  return await owner`select a.asset, sum(a.credits - a.debits)::text as sum from timeledger.accounts a
    where a.code like 'member:%' group by a.asset
    union all select 'carry', sum(carry)::text from timebank.members order by 1`;
}

/** One of the things that happen to members, or nothing when it is refused. */
async function something({ lane }: Books, random: Random, done: { entries: number[]; redemptions: string[] }) {
  const [one, other] = [random.pick(ids), random.pick(ids)];
  const asset = random.pick(['POINT', 'COIN', 'HOUR'] as const);
  const what = random.below(10);
  if (what < 4) {
    const day = `2026-10-${String(12 + random.below(14))}`;
    const hour = `${day}T1${random.below(9)}`;
    const [start, end] = [`${hour}:00:00+08:00`, `${hour}:${10 + random.below(49)}:00+08:00`];
    const times = { planned_start: start, planned_end: end, check_in: start, check_out: end };
    const kind = { service_type: 'errand', proof_grade: random.pick(['A', 'C'] as const), recorded_by: 'XC' };
    const visit = { external_id: randomUUID(), volunteer: one, recipient: other, ...times, ...kind };
    await run(lane, (stage) => recordService(stage, visit, 'operator:second'));
  } else if (what < 6) {
    const [debit, purse, amount] = {
      POINT: ['point:issuance', 'points', `${1 + random.below(90)}`],
      COIN: ['coin:issuance', 'coins', `${random.below(1_600)}.25`],
      HOUR: ['record:service', 'hours', '1.50'],
    }[asset] as [string, string, string];
    const given = adjust(lane, [{ debit, credit: `member:${one}:${purse}`, amount }]);
    done.entries.push(await given.catch(() => 0));
  } else if (what < 8) {
    const points = BigInt(1 + random.below(120));
    const request = { id: randomUUID(), partnerId: partner, partnerReference: randomUUID(), memberId: one, points };
    await run(lane, (stage) => authoriseRedemption(stage, rules, { ...request, capture: true }));
    done.redemptions.push(request.id);
  } else if (what === 8 && done.redemptions.length > 0) {
    const part = { id: random.pick(done.redemptions), partnerId: partner, points: 1n, effectiveAt: undefined };
    await run(lane, (stage) => refundRedemption(stage, rules, part));
  } else if (done.entries.length > 0) {
    const entry = random.pick(done.entries);
    await run(lane, (stage) => reverseByHand(stage, entry, {}, holds.freeHolds));
  }
}

test('merging at random loses and makes nothing, and leaves one member of each person', {
  timeout: 300_000,
}, async (t) => {
  const b = await books(t);
  const random = seeded(seedOf(t));
  await settle(b.lane);
  for (const id of ids) await enrol(b.lane, id, '俞水英', 50n);
  const done = { entries: [] as number[], redemptions: [] as string[] };
  let merged = 0;
  for (let round = 0; round < 12; round += 1) {
    for (let i = 0; i < 15; i += 1) await something(b, random, done);
    const pair = { id: random.pick(ids), into: random.pick(ids), reach: null, ...holds };
    const before = await wealthOf(b.owner);
    for (const actor of ['operator:first', 'operator:second']) {
      const { result } = await run(b.lane, (stage) => mergeMembers(stage, { ...pair, actor }), { actor });
      if (result?.status === 'merged') merged += 1;
    }
    t.same(await wealthOf(b.owner), before, `${pair.id} into ${pair.into}`);
  }
  const [left] = await b.owner`select count(*)::int as n from timebank.members where merged_into is not null`;
  t.equal(left?.['n'], merged, 'whoever was merged is so');
  t.ok(merged > 0, 'some were');
  await booksBalance(t, b.owner);
});
