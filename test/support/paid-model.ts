/**
 * Orders that somebody pays for as a plain model, once they are approved: who has what, who owes what, and what corrections of their records
 * make of it. Written from the rules and not from the code; amounts are hundredths of a coin, times are minutes.
 */

export interface Person {
  purse: number;
  owed: number;
}

/** What of a service can be corrected. */
export interface Given {
  readonly type: 'errand' | 'companionship';
  readonly grade: 'A' | 'B' | 'C';
  readonly lasted: number;
  readonly planned: number;
}

export interface PaidRecord extends Given {
  readonly id: string;
  readonly order: string;
  readonly volunteer: string;
  readonly recipients: readonly string[];
  /** Who paid, under the ids that they had; nobody where the fund did. */
  readonly payers: readonly string[];
  readonly price: number;
  readonly paid: number;
  readonly toPool: number;
}

const shareOf = (amount: number, payers: number) => Math.ceil(amount / (payers || 1));
/** Half up; an hour and a half count for `companionship`. */
const worthOf = (type: Given['type'], minutes: number) => {
  const hours = Math.floor((minutes * 5) / 3 + 0.5);
  return type === 'errand' ? hours : Math.floor((hours * 3) / 2 + 0.5);
};

export class PaidModel {
  readonly people = new Map<string, Person>();
  readonly records = new Map<string, PaidRecord>();
  /** Who somebody turned out to be. */
  readonly became = new Map<string, string>();
  fund = 0;
  community = 0;
  remainder = 0;
  held = 0;

  constructor(
    ids: readonly string[],
    private readonly holdingCap: number,
  ) {
    for (const id of ids) this.people.set(id, { purse: 0, owed: 0 });
  }

  person(id: string): Person {
    return this.people.get(this.now(id)) as Person;
  }

  now(id: string): string {
    return this.became.get(id) ?? id;
  }

  priceOf(type: Given['type'], planned: number): number {
    return worthOf(type, planned);
  }

  /** Whether a volunteer can be held for. */
  hold(price: number, payers: readonly string[]): boolean {
    const share = shareOf(price, payers.length);
    if (payers.length === 0 ? this.fund < price : payers.some((id) => this.person(id).purse < share)) return false;
    if (payers.length === 0) this.fund -= price;
    for (const id of payers) this.person(id).purse -= share;
    this.held += share * (payers.length || 1);
    return true;
  }

  /** The first record of a volunteer, for whom the price is held. */
  approve(record: Omit<PaidRecord, 'paid' | 'toPool'>): void {
    this.settle(record, shareOf(record.price, record.payers.length));
  }

  annul(id: string): string {
    const record = this.records.get(id) as PaidRecord;
    if (this.became.has(record.volunteer)) return 'member_merged';
    this.reverse(record);
    this.giveBack(record.payers, shareOf(record.paid, record.payers.length));
    return 'ok';
  }

  replace(id: string, by: Given & { readonly id: string }): string {
    const record = this.records.get(id) as PaidRecord;
    const { volunteer, recipients, payers, price } = record;
    if (this.became.has(volunteer)) return 'member_merged';
    const fields = ['type', 'grade', 'lasted', 'planned'] as const;
    if (fields.every((field) => record[field] === by[field])) return 'correction_invalid';
    if (recipients.some((one) => this.now(one) === volunteer)) return 'self_approval';
    const more = shareOf(this.paidFor(by, price), payers.length) - shareOf(record.paid, payers.length);
    if (payers.length === 0 && this.fund < more) return 'balance_insufficient';
    for (const one of new Set(payers.map((id) => this.now(id)))) {
      const shares = payers.filter((id) => this.now(id) === one).length;
      if (more > 0 && this.person(one).purse < more * shares) return 'balance_insufficient';
    }
    this.reverse(record);
    this.settle({ ...record, ...by }, shareOf(record.paid, payers.length));
    return 'ok';
  }

  merge(id: string, into: string): void {
    const [gone, stays] = [this.person(id), this.person(into)];
    const own = Math.min(gone.purse, gone.owed);
    const there = Math.min(gone.purse - own, stays.owed);
    const back = Math.min(gone.owed - own, stays.purse);
    this.people.set(into, {
      purse: stays.purse + gone.purse - own - there - back,
      owed: stays.owed + gone.owed - own - there - back,
    });
    this.people.set(id, { purse: 0, owed: 0 });
    this.became.set(id, into);
  }

  private paidFor({ type, grade, lasted, planned }: Given, price: number): number {
    if (grade === 'C' || lasted < 0.6 * planned) return 0;
    return Math.min(worthOf(type, lasted), price);
  }

  /** Pays out of what is held, `share` of each payer: what is more comes back, what is less is taken. */
  private settle(record: Omit<PaidRecord, 'paid' | 'toPool'>, share: number): void {
    const { payers, price, volunteer } = record;
    const paid = this.paidFor(record, price);
    const each = shareOf(paid, payers.length);
    this.giveBack(payers, share - each);
    const over = each * (payers.length || 1) - paid;
    this.remainder += over;
    const to = this.person(volunteer);
    const toPool = paid - Math.min(paid, Math.max(0, this.holdingCap - to.purse));
    this.community += toPool;
    this.held -= paid + over;
    this.credit(to, paid - toPool);
    this.records.set(record.id, { ...record, paid, toPool });
  }

  /** To each payer out of what is held; less than nothing is taken from them. */
  private giveBack(payers: readonly string[], share: number): void {
    this.held -= share * (payers.length || 1);
    if (payers.length === 0) this.fund += share;
    for (const one of payers)
      if (share < 0) this.person(one).purse += share;
      else this.credit(this.person(one), share);
  }

  /** What was paid is held again; what the volunteer does not have any more is owed. */
  private reverse(record: PaidRecord): void {
    const { volunteer, paid, toPool, payers } = record;
    const from = this.person(volunteer);
    const taken = Math.min(from.purse, paid - toPool);
    from.purse -= taken;
    from.owed += paid - toPool - taken;
    this.community -= toPool;
    const total = shareOf(paid, payers.length) * (payers.length || 1);
    this.remainder -= total - paid;
    this.held += total;
    this.records.delete(record.id);
  }

  private credit(to: Person, amount: number): void {
    const repaid = Math.min(to.owed, amount);
    to.owed -= repaid;
    to.purse += amount - repaid;
  }
}
