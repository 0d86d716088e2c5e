/** The lots that one entry changes: taken from and given to, before any of it is posted. It reads the books as they are before the entry. */
import { change, type RowChange } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { least } from '../../../lib/decimal.js';
import { Refusal } from '../../../lib/refusal.js';
import { memberAccount, type TimebankKind } from '../../chart.js';
import { lotRows } from '../rows.js';
import { type AgedPurse, emptyLot, type Lot, openLots } from './open-lots.js';
import { inOrderOfDays, type LotPart } from './parts.js';

export class ChangedLots {
  /** By purse and day, in the order of the days; those of a purse are the open ones and those given to. */
  private readonly purses = new Map<string, Map<string, Lot>>();
  private readonly changed = new Map<string, Lot>();

  constructor(
    private readonly stage: Stage,
    private readonly kind: TimebankKind,
  ) {}

  /**
   * Takes units from a purse: from the lots named, as far as something remains of them, then from those that expire first. Null: it does not
   * hold as much. Refuses: `balance_insufficient` (it does, and they have expired).
   */
  take(owner: AgedPurse, amount: bigint, named: readonly LotPart[]): LotPart[] | null {
    const lots = this.lotsOf(owner);
    const taken: LotPart[] = [];
    let left = amount;
    const takeFrom = (expiresOn: string, most: bigint) => {
      const lot = lots.get(expiresOn);
      const part = lot ? least(least(left, most), lot.remaining) : 0n;
      if (!lot || part === 0n) return;
      left -= part;
      taken.push({ expiresOn, amount: part });
      const expired = this.kind === 'points_expired' ? lot.expired + part : lot.expired;
      this.put(owner, { ...lot, remaining: lot.remaining - part, expired });
    };
    for (const part of named) takeFrom(part.expiresOn, part.amount);
    for (const day of [...lots.keys()].sort()) if (day >= this.stage.today) takeFrom(day, left);
    if (left === 0n) return inOrderOfDays(taken);
    const expired = [...lots.values()].reduce((sum, { remaining }) => sum + remaining, 0n);
    if (expired < left) return null;
    throw new Refusal('balance_insufficient', {
      en: `${expired} of what ${memberAccount(owner.memberId, owner.purse)} holds have expired`,
      zh: `账户 ${memberAccount(owner.memberId, owner.purse)} 的余额中有 ${expired} 已过期`,
    });
  }

  give(owner: AgedPurse, parts: readonly LotPart[]): void {
    const lots = this.lotsOf(owner);
    const key = (day: string) => [owner.memberId, owner.purse, day] as const;
    const unknown = parts.filter(({ expiresOn }) => !lots.has(expiresOn));
    this.stage.prefetch({ rows: unknown.map(({ expiresOn }) => [lotRows, ...key(expiresOn)] as const) });
    for (const { expiresOn, amount } of parts) {
      const lot = lots.get(expiresOn) ?? this.stage.row(lotRows, ...key(expiresOn)) ?? emptyLot(owner, expiresOn);
      const expired = this.kind === 'points_reinstated' ? lot.expired - amount : lot.expired;
      this.put(owner, { ...lot, remaining: lot.remaining + amount, expired });
    }
  }

  rows(): RowChange[] {
    return [...this.changed.values()].map((lot) => change(lotRows, lot));
  }

  private put(owner: AgedPurse, lot: Lot): void {
    const state = lot.remaining > 0n ? 'open' : lot.expired > 0n ? 'expired' : 'spent';
    const changed: Lot = { ...lot, state };
    this.lotsOf(owner).set(lot.expires_on, changed);
    this.changed.set([lot.member_id, lot.purse, lot.expires_on].join('/'), changed);
  }

  private lotsOf(owner: AgedPurse): Map<string, Lot> {
    const name = memberAccount(owner.memberId, owner.purse);
    let lots = this.purses.get(name);
    if (!lots) {
      lots = new Map(openLots(this.stage, owner).map((lot) => [lot.expires_on, lot]));
      this.purses.set(name, lots);
      // The one lot of a purse that was filled before lots were kept gets its row with the first change to the purse.
      for (const lot of lots.values()) if (lot.entry === undefined) this.put(owner, lot);
    }
    return lots;
  }
}
