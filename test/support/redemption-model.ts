/**
 * What redemptions come to, told as plainly as can be: a member has points or owes them, a hold is taken from one and goes back to
 * the same, an expired hold is free at once. It knows no account, no entry and no order of writing.
 */

export interface Person {
  readonly id: string;
  points: number;
  owed: number;
}

export interface Shop {
  readonly id: string;
  /** In ten-thousandths of a yuan, as the books never have it. */
  readonly price: number;
}

export interface Hold {
  readonly id: string;
  readonly shop: Shop;
  readonly person: Person;
  readonly authorised: number;
  readonly expiresAt: number;
  captured: number;
  released: number;
  refunded: number;
  capturedFen: number;
  refundedFen: number;
  ended: 'voided' | 'expired' | null;
}

export interface Gift {
  readonly entry: string;
  readonly person: Person;
  readonly points: number;
  takenBack: boolean;
}

export class RedemptionModel {
  readonly holds: Hold[] = [];
  readonly gifts: Gift[] = [];

  constructor(
    readonly people: readonly Person[],
    readonly shops: readonly Shop[],
    public now: number,
  ) {}

  /** Time passes: what is held past its time goes back. */
  pass(milliseconds: number): void {
    this.now += milliseconds;
    for (const hold of this.holds) if (openOf(hold) > 0 && hold.expiresAt <= this.now) this.release(hold, 'expired');
  }

  hold(made: Pick<Hold, 'id' | 'shop' | 'person' | 'authorised' | 'expiresAt'>, capture: boolean): void {
    made.person.points -= made.authorised;
    const hold = { ...made, captured: 0, released: 0, refunded: 0, capturedFen: 0, refundedFen: 0, ended: null };
    this.holds.push(hold);
    if (capture) this.capture(hold, made.authorised);
  }

  capture(hold: Hold, points: number): void {
    const owed = owedFen(hold);
    hold.captured += points;
    hold.capturedFen += worthFen(hold) - owed;
  }

  refund(hold: Hold, points: number): void {
    const owed = owedFen(hold);
    hold.refunded += points;
    hold.refundedFen += owed - worthFen(hold);
    repay(hold.person, points);
  }

  release(hold: Hold, ended: 'voided' | 'expired'): void {
    const open = openOf(hold);
    hold.released += open;
    hold.ended = ended;
    repay(hold.person, open);
  }

  /** By hand, debt or no debt. */
  give(entry: string, person: Person, points: number): void {
    person.points += points;
    this.gifts.push({ entry, person, points, takenBack: false });
  }

  /** What is no longer there is owed. */
  takeBack(gift: Gift): void {
    const there = Math.min(gift.points, gift.person.points);
    gift.person.points -= there;
    gift.person.owed += gift.points - there;
    gift.takenBack = true;
  }

  /** What a shop holds, past its time excepted. */
  heldBy(shop: Shop): number {
    return this.holds.filter((hold) => hold.shop === shop).reduce((sum, hold) => sum + openOf(hold), 0);
  }

  /** What a shop held past its time, and may not have been given back in the books yet. */
  expiredAt(shop: Shop): number {
    const expired = this.holds.filter((hold) => hold.shop === shop && hold.ended === 'expired');
    return expired.reduce((sum, hold) => sum + hold.released, 0);
  }
}

export function openOf(hold: Hold): number {
  return hold.authorised - hold.captured - hold.released;
}

export function statusOf(hold: Hold): string {
  if (openOf(hold) > 0) return hold.captured > 0 ? 'partially_captured' : 'authorised';
  if (hold.captured === 0) return hold.ended ?? 'nothing became of it';
  if (hold.refunded === 0) return 'captured';
  return hold.refunded === hold.captured ? 'refunded' : 'partially_refunded';
}

/** As the interface shows it. */
export function viewOf(hold: Hold) {
  const yuan = (fen: number) => (fen / 100).toFixed(2);
  return {
    id: hold.id,
    partner: hold.shop.id,
    member: hold.person.id,
    status: statusOf(hold),
    authorised: String(hold.authorised),
    captured: String(hold.captured),
    released: String(hold.released),
    refunded: String(hold.refunded),
    captured_cny: yuan(hold.capturedFen),
    refunded_cny: yuan(hold.refundedFen),
  };
}

function repay(person: Person, points: number): void {
  const repaid = Math.min(points, person.owed);
  person.owed -= repaid;
  person.points += points - repaid;
}

const owedFen = (hold: Hold) => hold.capturedFen - hold.refundedFen;
/** What the points that were captured and stayed so cost, half a fen rounded up. */
const worthFen = (hold: Hold) => Math.floor(((hold.captured - hold.refunded) * hold.shop.price) / 100 + 0.5);
