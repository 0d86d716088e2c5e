/**
 * Whatever a platform sends in whatever order, corrects, takes back and has undone: what a member has had of points is what the items that stand
 * are worth, as a plain list of what was said tells it.
 */
import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { Refusal } from '../../../../src/lib/refusal.js';
import { undoBatch } from '../../../../src/timebank/credit/intake/batch.js';
import { type Sent, takeIn } from '../../../../src/timebank/credit/intake/item.js';
import { mergeMembers } from '../../../../src/timebank/credit/member-merge.js';
import { xinchangPilot1 as rules } from '../../../../src/timebank/credit/xinchang-pilot.js';
import { freeHolds, refuseHeld } from '../../../../src/timebank/free-holds.js';
import { authoriseRedemption } from '../../../../src/timebank/partners/redemptions/authorise.js';
import { refuseServedTwice } from '../../../../src/timebank/service/served-twice.js';
import { type Books, books, booksBalance, fixedClock, run } from '../../../support/books.js';
import { carryOut } from '../../../support/jobs.js';
import { type Random, runsOf, seeded, seedOf, shuffled } from '../../../support/random.js';
import { adoptRules } from '../../../support/rules.js';
import { enrol, must, partner, settle } from '../../../support/story.js';
import { lastDayOf, PlainItems, worthOf } from './plain-items.js';

const members = ['M1', 'M2', 'M3'] as const;
const platforms = ['gold-steward', 'civic-platform'] as const;
const days = ['2026-08-31', '2026-09-01', '2026-09-30', '2026-10-01', '2026-10-31', '2026-11-01'] as const;
const opening = 500;

/** M1 to M3 with their opening points; from 1 October on an act is worth 7 points. */
async function county(t: Test, clock = fixedClock().clock): Promise<Books> {
  const set = await books(t, { clock });
  await settle(set.lane);
  await enrol(set.lane, 'M3', '陈珍英', BigInt(opening));
  await adoptRules(set.lane, { points_per_occurrence: '7' }, '2026-10-01');
  return set;
}

/** Ids say what the item is: a platform does not change its mind about that. */
function someItem(random: Random, externalId: string): Sent {
  const isCount = externalId.startsWith('C');
  return {
    platform: random.pick(platforms),
    externalId,
    what: isCount ? 'service_count' : 'resolved_issue',
    member: random.pick(members),
    occurredOn: random.pick(days),
    occurrences: isCount ? 1 + random.below(5) : 1,
    state: isCount
      ? random.pick(['counted', 'counted', 'counted', 'withdrawn'] as const)
      : random.pick(['reported', 'resolved', 'resolved', 'rejected', 'withdrawn'] as const),
    revision: null,
    batch: null,
  };
}

const someId = (random: Random, of: number) => `${random.pick(['C', 'I'])}${random.below(of)}`;

/** Sends items together, each under its own savepoint; the code of each refusal, or undefined. */
async function send({ lane }: Books, items: readonly Sent[]): Promise<(string | undefined)[]> {
  return must(lane, (stage) => {
    const told = stage.savepoints(items.map((item) => () => takeIn(stage, item, freeHolds)));
    if (told.some((one) => one instanceof Refusal)) stage.requireAssumed();
    return told.map((one) => (one instanceof Refusal ? one.code : undefined));
  });
}

/** What remains of the lots of a member's points, by their last day. */
async function lotsOf({ owner }: Books, member: string): Promise<Record<string, number>> {
  const rows = await owner`select expires_on::text as day, remaining::int as remaining from timebank.lots
    where member_id = ${member} and remaining > 0 order by 1`;
  return Object.fromEntries(rows.map(({ day, remaining }) => [day, remaining]));
}

t.test(
  'in whatever order revisions arrive, and however often, the last one stands: the same points, in the same lots',
  async (t) => {
    const random = seeded(seedOf(t));
    for (let turn = 0; turn < runsOf(3); turn += 1) {
      const said = Array.from({ length: 12 }, (_, i) => `${i % 2 === 0 ? 'C' : 'I'}${i}`).flatMap((id) =>
        platforms.flatMap((platform) =>
          Array.from({ length: 1 + random.below(4) }, (_, i) => ({
            ...someItem(random, id),
            platform,
            revision: i + 1,
          })),
        ),
      );
      const plain = new PlainItems();
      for (const one of said) plain.send(one);
      for (const set of [await county(t), await county(t)]) {
        const arriving = shuffled([...said, ...said.filter(() => random.below(2) === 0)], random);
        while (arriving.length > 0) {
          const refused = (await send(set, arriving.splice(0, 1 + random.below(20)))).filter((code) => code);
          t.same(refused, []);
        }
        for (const member of members) {
          const wanted: Record<string, number> = { '2029-09-30': opening };
          for (const one of plain.standing.filter((one) => one.member === member && worthOf(one) > 0))
            wanted[lastDayOf(one)] = (wanted[lastDayOf(one)] ?? 0) + worthOf(one);
          t.same(await lotsOf(set, member), wanted, `lots of ${member}`);
        }
        await booksBalance(t, set.owner);
      }
    }
  },
);

t.test(
  'corrections, withdrawals, undone batches, merges, spending and time: all that a member has had is opening points and what stands',
  { timeout: 300_000 },
  async (t) => {
    const random = seeded(seedOf(t));
    for (let turn = 0; turn < runsOf(2); turn += 1) {
      const { clock, advance } = fixedClock();
      const set = await county(t, clock);
      const plain = new PlainItems();
      const spent = new Map<string, number>();
      for (let step = 0; step < 60; step += 1) {
        const act = random.pick(['send', 'send', 'send', 'send', 'redeem', 'redeem', 'undo', 'merge', 'wait']);
        if (act === 'send') {
          const batch = random.pick([null, 'B1', 'B2', 'B3', 'B4']);
          const items = Array.from({ length: 1 + random.below(8) }, () => ({
            ...someItem(random, someId(random, 6)),
            batch,
            revision: random.pick([null, null, 1 + random.below(5)]),
          }));
          t.same(
            await send(set, items),
            items.map((item) => plain.send(item)),
            `step ${step}`,
          );
        } else if (act === 'redeem') {
          const member = random.pick(members);
          const points = 1 + random.below(400);
          const request = {
            id: randomUUID(),
            partnerId: partner,
            partnerReference: `R${step}`,
            memberId: member,
            points: BigInt(points),
            effectiveAt: new Date(clock()).toISOString(),
            capture: true,
          };
          const { code } = await run(set.lane, (stage) => authoriseRedemption(stage, rules, request));
          if (code === undefined) spent.set(member, (spent.get(member) ?? 0) + points);
        } else if (act === 'undo') {
          const [platform, batch] = [random.pick(platforms), random.pick(['B1', 'B2', 'B3', 'B4'])];
          const name = { platform, batch };
          const proposed = await run(set.lane, (stage) => undoBatch(stage, name, { actor: 'operator:first' }));
          if (proposed.code !== undefined) continue;
          await must(set.lane, (stage) => undoBatch(stage, name, { actor: 'operator:second' }));
          const { state } = await carryOut(set, { kind: 'intake_undo', runsOn: 'lane', input: name });
          t.equal(state, 'done');
          const rows = await set.owner`select state, left_out from timebank.intake_batches
          where platform_id = ${platform} and batch_id = ${batch}`;
          t.same(rows[0], { state: 'undone', left_out: 0 });
          plain.undo(platform, batch);
        } else if (act === 'merge') {
          if (plain.merged.size > 0 || random.below(3) > 0) continue;
          const asked = { reach: null, id: 'M2', into: 'M1', refuseHolds: refuseHeld, freeHolds, refuseServedTwice };
          for (const actor of ['operator:first', 'operator:second'])
            await must(set.lane, (stage) => mergeMembers(stage, { ...asked, actor }));
          plain.merged.set('M2', 'M1');
          spent.set('M1', (spent.get('M1') ?? 0) + (spent.get('M2') ?? 0));
        } else advance(random.pick([10, 300, 800]) * 86_400_000);
        for (const member of members.filter((one) => !plain.merged.has(one))) {
          const ids = members.filter((one) => (plain.merged.get(one) ?? one) === member);
          const { held, owed, expired } = await figuresOf(set, ids);
          t.equal(
            held - owed + expired + (spent.get(member) ?? 0),
            ids.length * opening + plain.pointsOf(member),
            `${member} after step ${step}, ${act}`,
          );
          t.ok(held === 0 || owed === 0, 'nobody holds and owes at once');
        }
      }
      await booksBalance(t, set.owner);
    }
  },
);

/** What members hold, owe and have had expired of points, together. */
async function figuresOf({ owner }: Books, ids: readonly string[]) {
  const list = (suffix: string) => owner(ids.map((id) => `member:${id}:${suffix}`));
  const [row] = await owner`select
    coalesce((select sum(credits - debits) from timeledger.accounts where code in ${list('points')}), 0)::int as held,
    coalesce((select sum(debits - credits) from timeledger.accounts where code in ${list('receivable:points')}), 0)::int as owed,
    coalesce((select sum(expired) from timebank.lots where member_id in ${owner([...ids])}), 0)::int as expired`;
  return row as unknown as { held: number; owed: number; expired: number };
}
