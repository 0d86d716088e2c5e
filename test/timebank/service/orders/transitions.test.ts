/**
 * Guarantees of an order's state machine: every command, in every status, by everybody who may have something to do with it. The table is
 * complete: whatever is not `ok` is refused, and with what.
 */
import { type Test, test } from 'tap';
import type { Stage } from '../../../../src/ledger/stage.js';
import { xinchangPilot1 as rules } from '../../../../src/timebank/credit/xinchang-pilot.js';
import { approveOrder, rejectOrder } from '../../../../src/timebank/service/orders/approve.js';
import { checkIn, checkOut } from '../../../../src/timebank/service/orders/attendance.js';
import { cancelOrder, recordNoShow } from '../../../../src/timebank/service/orders/cancel.js';
import { issueCode } from '../../../../src/timebank/service/orders/code.js';
import { confirmOrder, decideDispute, disputeOrder } from '../../../../src/timebank/service/orders/confirm.js';
import { claimOrder } from '../../../../src/timebank/service/orders/join.js';
import { acceptOffer, declineOffer, offerOrder } from '../../../../src/timebank/service/orders/offers.js';
import { placeOrder } from '../../../../src/timebank/service/orders/place.js';
import { orderRows } from '../../../../src/timebank/service/orders/rows.js';
import { allowedIn, judged, type Order } from '../../../../src/timebank/service/orders/state.js';
import type { Asking } from '../../../../src/timebank/service/orders/who.js';
import {
  type OrderCommand,
  type OrderStatus,
  orderCommands,
  orderStatuses,
} from '../../../../src/timebank/service-words.js';
import { books, booksBalance, fixedClock, run } from '../../../support/books.js';
import { enrol, must, settle } from '../../../support/story.js';

/** recipient, volunteer, another member, somebody who looks after the unit, after another, who has placed it for the recipient. */
const askers = ['recipient', 'volunteer', 'stranger', 'unit', 'elsewhere', 'placer'] as const;
type Asker = (typeof askers)[number];
const members: readonly Asker[] = ['recipient', 'volunteer', 'stranger'];

/** Who comes through the door with a command: `test/http/roles.test.ts` says so of every role. */
const door: Readonly<Record<OrderCommand, 'members' | 'others' | 'all'>> = {
  ...{ accept: 'members', decline: 'members', claim: 'members', issue_code: 'members' },
  ...{ offer: 'others', verdict: 'others', approve: 'others', reject: 'others' },
  ...{ check_in: 'all', check_out: 'all', no_show: 'all', confirm: 'all', dispute: 'all', cancel: 'all' },
};

/** Who may do what, where the status allows it; everybody else is told what stands here, or that there is no such order. */
const who: Readonly<Record<OrderCommand, Partial<Record<Asker, string>>>> = {
  offer: { unit: 'ok', placer: 'ok' },
  accept: { volunteer: 'ok' },
  decline: { volunteer: 'ok' },
  claim: { stranger: 'ok', volunteer: 'ok', recipient: 'self_approval' },
  issue_code: { recipient: 'ok', volunteer: 'order_role_invalid' },
  check_in: { volunteer: 'ok', unit: 'ok', placer: 'ok', recipient: 'order_role_invalid' },
  check_out: { volunteer: 'ok', unit: 'ok', placer: 'ok', recipient: 'order_role_invalid' },
  no_show: { recipient: 'ok', unit: 'ok', placer: 'ok', volunteer: 'order_role_invalid' },
  confirm: { recipient: 'ok', unit: 'ok', placer: 'ok', volunteer: 'order_role_invalid' },
  dispute: { recipient: 'ok', volunteer: 'ok', unit: 'ok', placer: 'ok' },
  verdict: { unit: 'ok', placer: 'self_approval' },
  approve: { unit: 'ok', placer: 'self_approval' },
  reject: { unit: 'ok', placer: 'self_approval' },
  cancel: { recipient: 'ok', volunteer: 'ok', unit: 'ok', placer: 'ok' },
};

/** The statuses that allow a command, said once more, so that neither table is copied from the other. */
const table = `
              offer accept decline claim issue_code check_in check_out no_show confirm dispute verdict approve reject cancel
requested     x     x      x       x     .          .        .         .       .       .       .       .       .      x
offered       x     x      x       x     .          .        .         .       .       .       .       .       .      x
accepted      x     x      x       x     x          x        .         x       .       .       .       .       .      x
checked_in    .     .      .       .     x          x        x         x       .       .       .       .       .      .
checked_out   .     .      .       .     .          .        .         .       x       x       .       .       x      .
confirmed     .     .      .       .     .          .        .         .       .       x       .       x       x      .
approved      .     .      .       .     .          .        .         .       .       .       .       .       .      .
rejected      .     .      .       .     .          .        .         .       .       .       .       .       .      .
cancelled     .     .      .       .     .          .        .         .       .       .       .       .       .      .
expired       .     .      .       .     .          .        .         .       .       .       .       .       .      .
disputed      .     .      .       .     .          .        .         .       .       .       x       .       .      .
upheld        .     .      .       .     .          .        .         .       .       .       x       x       x      .
to_volunteer  .     .      .       .     .          .        .         .       .       .       x       x       x      .
to_recipient  .     .      .       .     .          .        .         .       .       .       x       x       x      .
`;

const [header = '', ...lines] = table.trim().split('\n');
const columns = header.trim().split(/ +/);
const allowed = new Map(lines.map((line) => line.split(/ +/)).map(([status = '', ...cells]) => [status, cells]));

test('the table has every status and every command, and the code says the same', async (t) => {
  t.same([...allowed.keys()], orderStatuses);
  t.same(columns, orderCommands);
  for (const command of orderCommands)
    t.same(
      [...allowedIn[command]].sort(),
      orderStatuses.filter((status) => allowed.get(status)?.[columns.indexOf(command)] === 'x').sort(),
      command,
    );
});

test('in every status every command of everybody does what the tables say', async (t) => {
  const { lane, owner } = await orders(t);
  for (const [i, status] of orderStatuses.entries()) {
    for (const command of orderCommands) {
      for (const asker of askers) {
        const passes = door[command] === 'all' || (door[command] === 'members') === members.includes(asker);
        if (!passes) continue;
        const asking = askingOf(asker, i);
        // Tried only: the order stays in its status for the next one.
        const { code = 'ok' } = await run(lane, (stage) => attempt(stage, i, command, asking), {
          dryRun: true,
          actor: asking.actor,
        });
        t.equal(code, expected(status, command, asker), `${status}: ${command} by ${asker}`);
      }
    }
  }
  await booksBalance(t, owner);
});

/** Where the volunteer has left the order: it is not theirs to cancel. */
const hasLeft: readonly OrderStatus[] = ['offered'];

/** What is told, by the two tables. */
function expected(status: OrderStatus, command: OrderCommand, asker: Asker): string {
  const allows = allowed.get(status)?.[columns.indexOf(command)] === 'x';
  const may = who[command][asker];
  // Nobody joins what has begun, and its people do not cancel it any more.
  const begun =
    status === 'accepted' &&
    (command === 'claim' || command === 'offer' || (command === 'cancel' && members.includes(asker)));
  if (command === 'accept' || command === 'decline') return may && status === 'offered' ? 'ok' : 'offer_not_found';
  // Any volunteer may ask for an open order; one who has it already is told so.
  if (command === 'claim') {
    if (!allows || begun) return 'order_state_invalid';
    return status === 'accepted' && asker === 'volunteer' ? 'order_joined' : (may ?? 'ok');
  }
  // Who has left an order by themselves has no part in it, unless it is offered anew.
  const isGone = asker === 'volunteer' && (status === 'requested' || status === 'expired');
  if (may === undefined || isGone) return 'order_not_found';
  if (begun) return 'order_state_invalid';
  if (command === 'cancel' && asker === 'volunteer' && allows && hasLeft.includes(status)) return 'order_role_invalid';
  const roleFirst = may === 'order_role_invalid' && command !== 'no_show';
  return allows || roleFirst ? may : 'order_state_invalid';
}

function askingOf(asker: Asker, i: number): Asking {
  const as = (id: string): Asking => ({ actor: `member:${id}`, member: id, reach: null });
  const by = (name: string, reach: string): Asking => ({ actor: `coordinator:${name}`, member: null, reach });
  return {
    ...{ recipient: as(`R${i}`), volunteer: as(`V${i}`), stranger: as(`S${i}`) },
    ...{ unit: by('wang', 'XC'), elsewhere: by('far', 'YY'), placer: by('grid', 'XC') },
  }[asker];
}

function attempt(stage: Stage, i: number, command: OrderCommand, asking: Asking): unknown {
  const id = `N${i}`;
  const isIn = orderStatuses[i] === 'checked_in';
  // Where somebody is in already, the other one of the two comes in.
  const coming = isIn && command === 'check_in' ? `W${i}` : `V${i}`;
  const as =
    coming === `W${i}` && asking.member === `V${i}` ? { ...asking, actor: `member:W${i}`, member: `W${i}` } : asking;
  const moment = { orderId: id, volunteer: coming, proof: { means: 'reported' as const }, reason: null };
  const offer = { id: `O${i}`, members: null, recordIds: [`T${i}`] };
  const acts: Readonly<Record<OrderCommand, () => unknown>> = {
    offer: () => offerOrder(stage, rules, { orderId: id, volunteer: `S${i}`, id: `P${i}` }, asking),
    accept: () => acceptOffer(stage, rules, offer, asking),
    decline: () => declineOffer(stage, { id: `O${i}`, reason: null }, asking),
    claim: () => claimOrder(stage, rules, { orderId: id, volunteer: asking.member ?? '', recordId: `T${i}` }),
    issue_code: () => issueCode(stage, rules, { orderId: id, digest: 'x' }, asking),
    check_in: () => checkIn(stage, rules, moment, as),
    check_out: () => checkOut(stage, rules, moment, as),
    no_show: () => recordNoShow(stage, rules, { orderId: id, side: 'volunteer', volunteer: null }, asking),
    confirm: () => confirmOrder(stage, rules, { orderId: id, minutes: null, rating: null, comment: null }, asking),
    dispute: () => disputeOrder(stage, { orderId: id, reason: 'x' }, asking),
    verdict: () =>
      decideDispute(stage, rules, { orderId: id, verdict: 'upheld', minutes: null, volunteers: [] }, asking),
    approve: () => approveOrder(stage, rules, id, asking),
    reject: () => rejectOrder(stage, { orderId: id, reason: 'x' }, asking),
    cancel: () => cancelOrder(stage, { orderId: id, reason: 'x', series: false }, asking),
  };
  return acts[command]();
}

/**
 * An order in each status, number i in the i-th, at five past ten on a day when all that have begun were planned from nine to ten. Each has
 * people of its own; its volunteer has accepted it once, also where it waits again.
 */
async function orders(t: Test) {
  const time = fixedClock(Date.parse('2026-11-02T09:00:00+08:00'));
  const { lane, owner } = await books(t, { clock: time.clock });
  await settle(lane);
  const at = (clock: string) => time.advance(Date.parse(`2026-11-03T${clock}:00+08:00`) - time.clock());
  const act = (i: number, command: OrderCommand, asker: Asker) =>
    must(lane, (stage) => attempt(stage, i, command, askingOf(asker, i)));
  const past = (status: OrderStatus) => orderStatuses.indexOf(status);
  const served = [
    'checked_out',
    'confirmed',
    'approved',
    'rejected',
    'disputed',
    'upheld',
    'to_volunteer',
    'to_recipient',
  ];
  for (const [i, status] of orderStatuses.entries()) {
    for (const kind of ['R', 'V', 'S', 'W']) await enrol(lane, `${kind}${i}`, '何根仙', 10n);
    const day = status === 'requested' || status === 'offered' ? '2026-11-04' : '2026-11-03';
    await must(lane, (stage) => placeOrder(stage, rules, need(i, day), askingOf('placer', i)));
    await act(i, 'claim', 'volunteer');
    if (['requested', 'offered', 'expired'].includes(status)) await act(i, 'cancel', 'volunteer');
    if (status === 'cancelled') await act(i, 'cancel', 'recipient');
    if (status === 'checked_in')
      await must(lane, (stage) =>
        claimOrder(stage, rules, { orderId: `N${i}`, volunteer: `W${i}`, recordId: `U${i}` }),
      );
  }
  at('09:00');
  const moment = (i: number) => ({
    orderId: `N${i}`,
    volunteer: `V${i}`,
    proof: { means: 'reported' as const },
    reason: null,
  });
  for (const [i, status] of orderStatuses.entries())
    if (status === 'checked_in' || served.includes(status))
      await must(lane, (stage) => checkIn(stage, rules, moment(i), askingOf('volunteer', i)));
  at('10:00');
  for (const [i, status] of orderStatuses.entries())
    if (served.includes(status)) await act(i, 'check_out', 'volunteer');
  at('10:05');
  const offer = { orderId: `N${past('offered')}`, volunteer: `V${past('offered')}`, id: `O${past('offered')}` };
  await must(lane, (stage) => offerOrder(stage, rules, offer, askingOf('unit', past('offered'))));
  for (const status of ['confirmed', 'approved', 'rejected'] as const) await act(past(status), 'confirm', 'recipient');
  await act(past('approved'), 'approve', 'unit');
  await act(past('rejected'), 'reject', 'unit');
  for (const status of ['disputed', 'upheld', 'to_volunteer', 'to_recipient'] as const)
    await act(past(status), 'dispute', 'recipient');
  for (const verdict of ['upheld', 'to_volunteer', 'to_recipient'] as const) {
    const asked = { orderId: `N${past(verdict)}`, verdict, minutes: 50, volunteers: [] };
    await must(lane, (stage) => decideDispute(stage, rules, asked, askingOf('unit', past(verdict))));
  }
  for (const [i, status] of orderStatuses.entries()) {
    const { result } = await run(lane, (stage) => judged(stage.row(orderRows, `N${i}`) as Order, stage.now).status, {
      dryRun: true,
    });
    t.equal(result, status, `order N${i} is ${status}`);
  }
  return { lane, owner };
}

const need = (i: number, day: string) => ({
  ...{
    id: `N${i}`,
    recipient: `R${i}`,
    otherRecipients: [],
    serviceType: 'errand',
    mode: 'home' as const,
    station: null,
  },
  ...{ plannedStart: `${day}T09:00:00+08:00`, plannedEnd: `${day}T10:00:00+08:00`, volunteersNeeded: 2 },
  ...{ funding: 'mint' as const, note: null, recurrence: null },
});
