/**
 * Whatever is done in whatever order, the lots of a purse are what a plain account of single points says, and they come to its balance. Two sets
 * of books are led through the same story, one of which is never tidied up: both are the same to the effective day.
 */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import type { Lane } from '../../../../src/ledger/lane.js';
import { addDays } from '../../../../src/lib/clock.js';
import { approveAdjustment, proposeAdjustment } from '../../../../src/timebank/credit/adjustments.js';
import { readMemberLots } from '../../../../src/timebank/credit/lots/reads.js';
import { expireDueLots } from '../../../../src/timebank/credit/lots/sweep.js';
import { reverseByHand } from '../../../../src/timebank/credit/reversal.js';
import { xinchangPilot1 as rules } from '../../../../src/timebank/credit/xinchang-pilot.js';
import { freeHolds } from '../../../../src/timebank/free-holds.js';
import { readMemberBalances } from '../../../../src/timebank/member-balances.js';
import { authoriseRedemption } from '../../../../src/timebank/partners/redemptions/authorise.js';
import { captureRedemption } from '../../../../src/timebank/partners/redemptions/capture.js';
import { refundRedemption } from '../../../../src/timebank/partners/redemptions/refund.js';
import { voidRedemption } from '../../../../src/timebank/partners/redemptions/release.js';
import { expireDue } from '../../../../src/timebank/partners/redemptions/sweep.js';
import { type Books, books, booksBalance, fixedClock, run } from '../../../support/books.js';
import { runsOf, seeded, seedOf } from '../../../support/random.js';
import { must, partner, settle } from '../../../support/story.js';
import { counted, lastDayOf, PlainPurse } from './plain-purse.js';

const dayMilliseconds = 86_400_000;

interface Hold {
  readonly id: string;
  readonly member: string;
  readonly heldOn: string;
  /** Held and not captured, and captured: the last day of each point. */
  open: string[];
  captured: string[];
}

interface Earning {
  /** In each of the books. */
  readonly entries: readonly number[];
  readonly member: string;
  readonly count: number;
  readonly lastDay: string;
}

const ids = ['M1', 'M2'] as const;

t.test('lots are what single points would be, whoever tidies up and whenever', { timeout: 300_000 }, async (t) => {
  const random = seeded(seedOf(t));
  for (let turn = 0; turn < runsOf(2); turn++) {
    const { clock, advance } = fixedClock();
    const both = [await books(t, { clock }), await books(t, { clock })] as const;
    for (const { lane } of both) await settle(lane);
    await story(both, { clock, advance });
    for (const { lane, owner } of both) {
      await expireDueLots(lane, owner, clock);
      await booksBalance(t, owner);
    }
    t.same(await byDay(both[1]), await byDay(both[0]), 'the same to the effective day');
  }

  async function story(both: readonly [Books, Books], { clock, advance }: ReturnType<typeof fixedClock>) {
    const today = () => new Date(clock() + 8 * 3_600_000).toISOString().slice(0, 10);
    const everywhere = async <Result>(act: (lane: Lane) => Promise<Result>): Promise<Result[]> => {
      const told: Result[] = [];
      for (const { lane } of both) told.push(await act(lane));
      return told;
    };
    const purses = new Map(ids.map((id) => [id as string, new PlainPurse()]));
    for (const purse of purses.values()) purse.put(Array(500).fill(lastDayOf('2026-09-30')));
    let holds: Hold[] = [];
    const earnings: Earning[] = [];
    const purseOf = (member: string) => purses.get(member) as PlainPurse;
    const adjust = (lane: Lane, debit: string, credit: string, amount: number, effectiveOn = today()) =>
      must(lane, (stage) => {
        const legs = [{ debit, credit, amount: String(amount) }];
        const asked = {
          id: randomUUID(),
          kind: 'adjustment',
          reference: 'DOC',
          reason: 'x',
          legs,
          effectiveOn,
          freeHolds,
        } as const;
        const { adjustment_id: id } = proposeAdjustment(stage, rules, asked, 'operator:first');
        return approveAdjustment(stage, rules, { id, approvedBy: 'operator:second', freeHolds }).entry ?? 0;
      });

    for (let step = 0; step < 80; step++) {
      const member = random.pick(ids);
      const purse = purseOf(member);
      const act = random.pick([
        'wait',
        'wait',
        'earn',
        'earn',
        'redeem',
        'redeem',
        'capture',
        'void',
        'refund',
        'gift',
        'take back',
      ]);
      if (act === 'wait') {
        advance(random.pick([1, 20, 150, 500]) * dayMilliseconds);
        await everywhere((lane) => expireDue(lane, both[0].lane === lane ? both[0].owner : both[1].owner, clock));
        for (const hold of holds) {
          purseOf(hold.member).giveBack(hold.open, today());
          hold.open = [];
        }
        if (random.below(2) === 0) await expireDueLots(both[0].lane, both[0].owner, clock);
      } else if (act === 'earn') {
        const count = 1 + random.below(60);
        const day = addDays(today(), -random.below(100));
        if (day < '2026-10-01') continue;
        const entries = await everywhere((lane) =>
          adjust(lane, 'point:issuance', `member:${member}:points`, count, day),
        );
        purse.put(Array(count).fill(lastDayOf(day)));
        earnings.push({ entries, member, count, lastDay: lastDayOf(day) });
      } else if (act === 'redeem') {
        const count = 1 + random.below(300);
        // Time and again it was on the last day of something that is over by now.
        const [over] = purse.expired.filter((last) => last >= addDays(today(), -200));
        const day = over !== undefined && random.below(2) === 0 ? over : addDays(today(), -random.pick([0, 0, 1, 30]));
        if (day < '2026-10-01') continue;
        const request = {
          id: randomUUID(),
          partnerId: partner,
          partnerReference: `R${step}`,
          memberId: member,
        };
        const more = { points: BigInt(count), capture: random.below(2) === 0, effectiveAt: `${day}T08:00:00+08:00` };
        const told = await everywhere((lane) =>
          run(lane, (stage) => authoriseRedemption(stage, rules, { ...request, ...more })),
        );
        const used = purse.use(count, day, today());
        for (const { code } of told)
          t.equal(code, used ? undefined : 'balance_insufficient', `${act} ${count} on ${day}`);
        if (used) {
          const [open, captured] = more.capture ? [[], used] : [used, []];
          holds.push({ id: request.id, member, heldOn: day, open, captured });
        }
      } else if (act === 'gift') {
        const count = 1 + random.below(40);
        purse.expire(today());
        if (purse.points.length < count) continue;
        const other = member === 'M1' ? 'M2' : 'M1';
        await everywhere((lane) => adjust(lane, `member:${member}:points`, `member:${other}:points`, count));
        purseOf(other).put(purse.points.splice(0, count));
      } else if (act === 'take back') {
        const [earning] = earnings.splice(random.below(earnings.length), 1);
        if (!earning) continue;
        for (const [i, { lane }] of both.entries())
          await must(lane, (stage) => reverseByHand(stage, earning.entries[i] as number, {}, freeHolds).number);
        purseOf(earning.member).takeBack(earning.count, earning.lastDay, today());
      } else {
        const hold = holds[random.below(holds.length)];
        if (!hold) continue;
        const command = { id: hold.id, partnerId: partner };
        if (act === 'capture' && hold.open.length > 0) {
          const count = 1 + random.below(hold.open.length);
          await everywhere((lane) =>
            must(lane, (stage) => captureRedemption(stage, rules, { ...command, points: BigInt(count) }).entry),
          );
          hold.captured.push(...hold.open.splice(0, count));
        } else if (act === 'void' && hold.open.length > 0) {
          await everywhere((lane) => must(lane, (stage) => voidRedemption(stage, rules, hold.id, partner).entry));
          purseOf(hold.member).giveBack(hold.open.splice(0), today());
        } else if (act === 'refund' && hold.captured.length > 0) {
          const count = 1 + random.below(hold.captured.length);
          await everywhere((lane) =>
            must(lane, (stage) => refundRedemption(stage, rules, { ...command, points: BigInt(count) }).entry),
          );
          purseOf(hold.member).giveBack(hold.captured.splice(-count), today());
        }
      }
      holds = holds.filter(({ open, captured }) => open.length + captured.length > 0);
      for (const [i, { owner, lane }] of both.entries()) {
        for (const id of ids) {
          const plain = purseOf(id);
          plain.expire(today());
          const view = await readMemberLots(owner, lane.facts.id, id, today());
          const figures = (lots: typeof view.lots) =>
            Object.fromEntries(lots.map((lot) => [lot.expires_on, lot.amount]));
          t.same(
            [figures(view.lots), figures(view.expired)],
            [counted(plain.points), counted(plain.expired)],
            `${id} in books ${i} after step ${step}, ${act}`,
          );
          const { balances } = await readMemberBalances(owner, lane.facts.id, id, {
            now: clock(),
            zone: 'Asia/Shanghai',
          });
          t.equal(balances.find((one) => one.purse === 'points')?.balance, String(plain.points.length));
        }
      }
    }
  }
});

/** What was posted to each account on each day of effect, in all. */
async function byDay({ owner }: Books) {
  return owner`select a.code, e.effective_on::text as day, sum(p.amount)::text as amount
    from timeledger.postings p join timeledger.accounts a using (ledger_id, account_id)
    join timeledger.entries e on e.ledger_id = p.ledger_id and e.number = p.entry
    where a.asset = 'POINT' group by 1, 2 having sum(p.amount) <> 0 order by 1, 2`;
}
