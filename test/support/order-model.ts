/**
 * Orders as a plain model, slow and by the book: who may do what in which state, what is held, and what becomes of it by the clock alone.
 * Written from the rules and not from the code; amounts are hundredths, times are minutes.
 */
import type { Decision } from '../../src/timebank/service/orders/confirm.js';

export interface Person {
  readonly id: string;
  state: 'accepted' | 'in' | 'out' | 'attended' | 'no_show' | 'left' | 'released';
  came: number;
  left: number;
  by: string[];
  verdict?: number | undefined;
}

export interface ModelOrder {
  readonly id: string;
  readonly recipients: readonly string[];
  readonly placedBy: string;
  readonly paid: boolean;
  readonly needed: number;
  readonly start: number;
  readonly end: number;
  status: string;
  until: number;
  volunteers: Person[];
  minutes: number | null;
  verdict: number | null;
  confirmedBy: string | null;
  /** Of each recipient, for each volunteer that is held for. */
  readonly share: number;
}

export interface Service {
  readonly start: number;
  readonly end: number;
}

const day = 24 * 60;
/** Coins for an hour. */
const price = 100;
const active = (person: Person) => ['accepted', 'in', 'out', 'attended'].includes(person.state);
const person = (actor: string) => actor.replace(/^\w+:/, '');
const overlaps = (a: Service, b: Service) => a.start < b.end && b.start < a.end;

export class OrderModel {
  readonly orders = new Map<string, ModelOrder>();
  readonly coins = new Map<string, number>();
  readonly services = new Map<string, Service[]>();
  remainder = 0;
  now = 0;

  /** The order as it is by the clock. */
  order(id: string): ModelOrder {
    const order = this.orders.get(id) as ModelOrder;
    if (['requested', 'accepted'].includes(order.status) && this.now >= order.until) {
      this.giveBack(order, order.volunteers.filter(active).length);
      order.volunteers.forEach((one) => {
        if (one.state === 'accepted') one.state = 'no_show';
      });
      order.status = 'expired';
    }
    return order;
  }

  settleAll(): void {
    for (const id of this.orders.keys()) this.order(id);
  }

  held(order: ModelOrder): number {
    if (!order.paid || ['approved', 'rejected', 'cancelled', 'expired'].includes(order.status)) return 0;
    return order.volunteers.filter(active).length * order.share * order.recipients.length;
  }

  place(
    order: Omit<ModelOrder, 'status' | 'until' | 'volunteers' | 'minutes' | 'verdict' | 'confirmedBy' | 'share'>,
  ): string {
    const share = Math.ceil(price / order.recipients.length);
    const rest = {
      status: 'requested',
      until: order.start,
      volunteers: [],
      minutes: null,
      verdict: null,
      confirmedBy: null,
    };
    this.orders.set(order.id, { ...order, ...rest, share });
    return 'ok';
  }

  claim(id: string, volunteer: string): string {
    const order = this.order(id);
    if (!['requested', 'accepted'].includes(order.status) || this.now >= order.start) return 'order_state_invalid';
    if (order.volunteers.filter(active).length >= order.needed) return 'order_full';
    if (order.recipients.includes(volunteer) || order.placedBy === `member:${volunteer}`) return 'self_approval';
    if (order.volunteers.some((one) => one.id === volunteer && !['released', 'left'].includes(one.state)))
      return 'order_joined';
    if (this.isElsewhere(order, volunteer, true)) return 'service_overlap';
    if (order.recipients.some((one) => this.isElsewhere(order, one, false))) return 'service_overlap';
    if (order.paid) {
      this.settleAll();
      if (order.recipients.some((one) => (this.coins.get(one) ?? 0) < order.share)) return 'balance_insufficient';
      for (const one of order.recipients) this.coins.set(one, (this.coins.get(one) ?? 0) - order.share);
    }
    order.volunteers = order.volunteers.filter((one) => one.id !== volunteer);
    order.volunteers.push({ id: volunteer, state: 'accepted', came: 0, left: 0, by: [] });
    order.status = 'accepted';
    order.until = order.end + 3 * day;
    return 'ok';
  }

  /** Bound elsewhere at the time of an order: to give, or, where one is to give here, to receive. */
  private isElsewhere(order: ModelOrder, id: string, toGive: boolean): boolean {
    if ((this.services.get(id) ?? []).some((one) => overlaps(one, order))) return true;
    return [...this.orders.keys()]
      .map((other) => this.order(other))
      .some((other) => {
        if (other === order) return false;
        const gives = other.volunteers.some((one) => one.id === id && this.isBusy(other, one, order));
        if (!overlaps(other, order)) return gives;
        const receives =
          other.recipients.includes(id) &&
          other.volunteers.some((one) => ['accepted', 'in', 'out'].includes(one.state));
        return gives || (toGive && receives);
      });
  }

  /** Whether an order takes a volunteer's time then: by the plan until they have come, and then by when they were there. */
  private isBusy(order: ModelOrder, one: Person, time: Service): boolean {
    if (one.state === 'accepted') return overlaps(order, time);
    if (one.state === 'in') return overlaps({ start: one.came, end: Math.max(order.end, one.came + 1e-6) }, time);
    return one.state === 'out' && overlaps({ start: one.came, end: one.left }, time);
  }

  /** Who asks, if it is any business of theirs: `volunteer` of those who are still in it. */
  private role(order: ModelOrder, actor: string): 'unit' | 'orderer' | 'volunteer' | 'former' | null {
    if (actor.startsWith('coordinator:')) return 'unit';
    const id = person(actor);
    if (order.recipients.includes(id) || order.placedBy === actor) return 'orderer';
    const found = order.volunteers.find((one) => one.id === id);
    if (found === undefined || found.state === 'left') return null;
    return active(found) ? 'volunteer' : 'former';
  }

  checkIn(id: string, actor: string, volunteer: string): string {
    const order = this.order(id);
    const role = this.role(order, actor);
    if (role === null) return 'order_not_found';
    if (role !== 'unit' && person(actor) !== volunteer) return 'order_role_invalid';
    if (!['accepted', 'checked_in'].includes(order.status)) return 'order_state_invalid';
    const found = order.volunteers.find((one) => one.id === volunteer && one.state === 'accepted');
    if (!found) return 'order_state_invalid';
    if (Math.abs(this.now - order.start) > 120) return 'service_time_invalid';
    if (this.isTaken(order, volunteer, { start: this.now, end: this.now + 1e-7 })) return 'service_overlap';
    Object.assign(found, { state: 'in', came: this.now, by: [...found.by, actor] });
    order.status = 'checked_in';
    return 'ok';
  }

  /** Whether a volunteer is, or was, in another order in that time, or gave another service. */
  private isTaken(order: ModelOrder, volunteer: string, time: Service): boolean {
    if ((this.services.get(volunteer) ?? []).some((one) => overlaps(one, time))) return true;
    return [...this.orders.values()].some((other) =>
      other.volunteers.some((one) => {
        if (other === order || one.id !== volunteer || (one.state !== 'in' && one.state !== 'out')) return false;
        return overlaps({ start: one.came, end: one.state === 'in' ? one.came + day : one.left }, time);
      }),
    );
  }

  checkOut(id: string, actor: string, volunteer: string): string {
    const order = this.order(id);
    const role = this.role(order, actor);
    if (role === null) return 'order_not_found';
    if (role !== 'unit' && person(actor) !== volunteer) return 'order_role_invalid';
    if (order.status !== 'checked_in') return 'order_state_invalid';
    const found = order.volunteers.find((one) => one.id === volunteer && one.state === 'in');
    if (!found) return 'order_state_invalid';
    if (this.now <= found.came || this.now - found.came > day) return 'service_time_invalid';
    if (this.isTaken(order, volunteer, { start: found.came, end: this.now })) return 'service_overlap';
    Object.assign(found, { state: 'out', left: this.now, by: [...found.by, actor] });
    this.afterLeaving(order);
    return 'ok';
  }

  private afterLeaving(order: ModelOrder): void {
    const staying = order.volunteers.filter(active);
    if (staying.length > 0 && staying.every(({ state }) => state === 'out')) order.status = 'checked_out';
  }

  noShow(id: string, actor: string, volunteer: string): string {
    const order = this.order(id);
    const role = this.role(order, actor);
    if (role === null) return 'order_not_found';
    if (!['accepted', 'checked_in'].includes(order.status)) return 'order_state_invalid';
    if (role !== 'unit' && !order.recipients.includes(person(actor))) return 'order_role_invalid';
    const found = order.volunteers.find((one) => one.id === volunteer && one.state === 'accepted');
    if (!found || this.now < order.start) return 'order_state_invalid';
    this.letGo(order, found, 'no_show');
    return 'ok';
  }

  private letGo(order: ModelOrder, one: Person, state: 'no_show' | 'left'): void {
    this.giveBack(order, 1);
    one.state = state;
    if (order.volunteers.some(active)) {
      if (state === 'no_show') this.afterLeaving(order);
      return;
    }
    order.status = 'requested';
    order.until = order.start;
  }

  cancel(id: string, actor: string): string {
    const order = this.order(id);
    const role = this.role(order, actor);
    if (role === null) return 'order_not_found';
    if (!['requested', 'accepted'].includes(order.status)) return 'order_state_invalid';
    if (role !== 'unit' && order.status === 'accepted' && this.now >= order.start) return 'order_state_invalid';
    if (role === 'former') return 'order_role_invalid';
    const leaving = order.volunteers.find((one) => `member:${one.id}` === actor && active(one));
    if (leaving) this.letGo(order, leaving, 'left');
    else this.end(order, 'cancelled');
    return 'ok';
  }

  private end(order: ModelOrder, status: string): void {
    this.giveBack(order, order.volunteers.filter(active).length);
    order.volunteers.filter(active).forEach((one) => {
      one.state = 'released';
    });
    order.status = status;
  }

  private giveBack(order: ModelOrder, volunteers: number): void {
    if (!order.paid) return;
    for (const one of order.recipients) this.coins.set(one, (this.coins.get(one) ?? 0) + volunteers * order.share);
  }

  confirm(id: string, actor: string, minutes: number | null): string {
    const order = this.order(id);
    const role = this.role(order, actor);
    if (role === null) return 'order_not_found';
    if (role !== 'unit' && role !== 'orderer') return 'order_role_invalid';
    if (order.status !== 'checked_out') return 'order_state_invalid';
    Object.assign(order, { minutes, confirmedBy: actor });
    const agreed = this.served(order).every((one) => minutes === null || Math.abs(one.left - one.came - minutes) <= 15);
    order.status = agreed ? 'confirmed' : 'disputed';
    return 'ok';
  }

  dispute(id: string, actor: string): string {
    const order = this.order(id);
    const role = this.role(order, actor);
    if (role === null) return 'order_not_found';
    if (!['checked_out', 'confirmed'].includes(order.status)) return 'order_state_invalid';
    if (role === 'former') return 'order_role_invalid';
    order.status = 'disputed';
    return 'ok';
  }

  verdict(id: string, actor: string, { verdict, minutes, volunteers }: Omit<Decision, 'orderId'>): string {
    const order = this.order(id);
    if (!['disputed', 'upheld', 'to_volunteer', 'to_recipient'].includes(order.status)) return 'order_state_invalid';
    if (this.hasPart(order, actor)) return 'self_approval';
    const served = this.served(order);
    for (const { volunteer } of volunteers) if (!served.some((one) => one.id === volunteer)) return 'verdict_invalid';
    const absent = volunteers.filter((one) => one.minutes === 0);
    if (absent.length === served.length) return 'verdict_invalid';
    const isSaid = minutes !== null || order.minutes !== null || volunteers.length === served.length;
    if (verdict === 'to_recipient' && !isSaid) return 'verdict_invalid';
    for (const one of served) {
      const own = volunteers.find(({ volunteer }) => volunteer === one.id);
      one.verdict = own?.minutes;
      if (own?.minutes !== 0) continue;
      this.giveBack(order, 1);
      one.state = 'no_show';
    }
    Object.assign(order, { status: verdict, verdict: minutes });
    return 'ok';
  }

  reject(id: string, actor: string): string {
    const order = this.order(id);
    if (!['checked_out', 'confirmed', 'upheld', 'to_volunteer', 'to_recipient'].includes(order.status))
      return 'order_state_invalid';
    if (this.hasPart(order, actor)) return 'self_approval';
    this.end(order, 'rejected');
    return 'ok';
  }

  approve(id: string, actor: string): string {
    const order = this.order(id);
    if (!['confirmed', 'upheld', 'to_volunteer', 'to_recipient'].includes(order.status)) return 'order_state_invalid';
    if (this.hasPart(order, actor)) return 'self_approval';
    const counted = this.served(order).map((one) => ({ one, service: this.countedOf(order, one) }));
    for (const { one, service } of counted)
      if ((this.services.get(one.id) ?? []).some((other) => overlaps(other, service))) return 'service_overlap';
    for (const { one, service } of counted) this.record(order, one, service);
    order.status = 'approved';
    return 'ok';
  }

  private record(order: ModelOrder, one: Person, service: Service): void {
    this.services.set(one.id, [...(this.services.get(one.id) ?? []), service]);
    one.state = 'attended';
    if (!order.paid) return;
    const minutes = service.end - service.start;
    const mints = order.confirmedBy?.startsWith('member:') && minutes >= 0.6 * (order.end - order.start);
    const paid = mints ? Math.min(price, Math.floor((minutes * 100) / 60 + 0.5)) : 0;
    const each = Math.ceil(paid / order.recipients.length);
    this.remainder += each * order.recipients.length - paid;
    this.coins.set(one.id, (this.coins.get(one.id) ?? 0) + paid);
    for (const id of order.recipients) this.coins.set(id, (this.coins.get(id) ?? 0) + order.share - each);
  }

  private countedOf(order: ModelOrder, { came, left, verdict }: Person): Service {
    const own = left - came;
    const theirs = order.minutes ?? own;
    const decided = verdict ?? order.verdict;
    const said = {
      to_volunteer: decided ?? own,
      to_recipient: decided ?? theirs,
      upheld: decided ?? (own + theirs) / 2,
    }[order.status];
    // Confirmed: the mean, which both have agreed to.
    const time = Math.min(said ?? (own + theirs) / 2, 1.25 * (order.end - order.start));
    return time > own ? { start: left - time, end: left } : { start: came, end: came + time };
  }

  private served(order: ModelOrder): Person[] {
    return order.volunteers.filter(({ state }) => state === 'out');
  }

  private hasPart(order: ModelOrder, actor: string): boolean {
    const parts = [...order.volunteers.flatMap(({ by }) => by), order.confirmedBy ?? ''];
    if (!order.recipients.some((one) => order.placedBy === `member:${one}` && one === order.recipients[0]))
      parts.push(order.placedBy);
    return parts.includes(actor);
  }
}
