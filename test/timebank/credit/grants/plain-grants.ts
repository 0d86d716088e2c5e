/**
 * Grants as a plain model: what the fund and each purse hold, what was held and paid for orders, and what corrections, a year's end, leaving and a merge
 * make of it. Written from the rules and not from the code; amounts are hundredths of a coin.
 */

interface Purse {
  held: number;
  /** What went from it to the fund, less what came back. */
  returned: number;
  ended: boolean;
}

/** A volunteer's part in an order, from when the price is held. */
export interface Paid {
  readonly payers: readonly string[];
  readonly year: number;
  /** What each of the payers has given. */
  share: number;
}

const shareOf = (amount: number, payers: number) => Math.ceil(amount / payers);

export class PlainGrants {
  fund = 0;
  /** What volunteers have, and what equal shares were too much. */
  spent = 0;
  held = 0;
  donated = 0;
  private readonly purses = new Map<string, Purse>();
  private readonly became = new Map<string, string>();

  constructor(public year: number) {}

  donate(amount: number): void {
    this.fund += amount;
    this.donated += amount;
  }

  grant(id: string, amount: number): boolean {
    if (this.fund < amount) return false;
    const purse = this.purse(id, this.year);
    this.fund -= amount;
    purse.held += amount;
    purse.ended = false;
    return true;
  }

  hold(price: number, payers: readonly string[]): Paid | null {
    const share = shareOf(price, payers.length);
    if (payers.some((id) => this.usable(id) < share)) return null;
    for (const id of payers) this.purse(id, this.year).held -= share;
    this.held += share * payers.length;
    return { payers, year: this.year, share };
  }

  /** What was held, or had been paid, is this much now: the rest goes back, more is taken; false: that cannot be had, and nothing moves. */
  settle(paid: Paid, amount: number, from: 'held' | 'spent'): boolean {
    const share = shareOf(amount, paid.payers.length);
    const more = share - paid.share;
    const owners = paid.payers.map((id) => this.now(id));
    const sums = new Map([...new Set(owners)].map((id) => [id, owners.filter((one) => one === id).length]));
    if (more > 0) {
      let fund = this.fund;
      for (const [id, shares] of sums) {
        const purse = this.purse(id, paid.year);
        if (!this.isOver(id, paid.year)) {
          if (purse.held < more * shares) return false;
        } else {
          fund -= more * shares;
          if (purse.returned < more * shares || fund < 0) return false;
        }
      }
    }
    for (const [id, shares] of sums) this.move(id, paid.year, -more * shares);
    this[from] -= paid.share * owners.length;
    this.spent += share * owners.length;
    paid.share = share;
    return true;
  }

  /** What was held goes back. */
  release({ payers, year, share }: Paid): void {
    this.held -= share * payers.length;
    for (const id of payers) this.move(this.now(id), year, share);
  }

  /** What a member can use now. */
  usable(id: string): number {
    const purse = this.purses.get(`${this.now(id)} ${this.year}`);
    return !purse || purse.ended ? 0 : purse.held;
  }

  /** A new year has begun. */
  turn(year: number): void {
    this.year = year;
    for (const name of this.purses.keys()) if (Number(name.split(' ')[1]) < year) this.end(name);
  }

  leave(id: string): void {
    for (const name of this.purses.keys()) if (name.startsWith(`${id} `)) this.end(name);
  }

  merge(id: string, into: string): void {
    for (const [name, gone] of [...this.purses]) {
      if (!name.startsWith(`${id} `)) continue;
      const known = this.purses.get(`${into} ${name.split(' ')[1]}`);
      const stays = known ?? this.purse(into, Number(name.split(' ')[1]));
      stays.held += gone.held;
      stays.returned += gone.returned;
      stays.ended = known ? known.ended && gone.ended : gone.ended;
      this.purses.delete(name);
    }
    this.became.set(id, into);
  }

  /** All balances by the code of the account; of purses that ended, too. */
  balances(): Record<string, number> {
    const purses = [...this.purses].map(([name, { held }]) => [`member:${name.replace(' ', ':grants:')}`, held]);
    return { 'pool:fund': this.fund, 'held:orders': this.held, ...Object.fromEntries(purses) };
  }

  now(id: string): string {
    return this.became.get(id) ?? id;
  }

  private isOver(id: string, year: number): boolean {
    return year < this.year || this.purse(id, year).ended;
  }

  /** To a purse, or from it; of one that is over, to the fund or from there. */
  private move(id: string, year: number, amount: number): void {
    const purse = this.purse(id, year);
    if (this.isOver(id, year)) {
      this.fund += amount;
      purse.returned += amount;
    } else purse.held += amount;
  }

  private end(name: string): void {
    const purse = this.purses.get(name) as Purse;
    this.fund += purse.held;
    purse.returned += purse.held;
    purse.held = 0;
    purse.ended = true;
  }

  private purse(id: string, year: number): Purse {
    const name = `${id} ${year}`;
    const purse = this.purses.get(name) ?? { held: 0, returned: 0, ended: false };
    this.purses.set(name, purse);
    return purse;
  }
}
