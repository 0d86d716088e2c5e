/**
 * What other rules would have made of a person's past: record by record in the order of service, with carry and caps, as `mintCoins` would
 * have decided them. Pure: it reads nothing and changes nothing.
 */
import { Refusal } from '../../../lib/refusal.js';
import { type CapUse, noUse } from '../../credit/further-caps.js';
import { type MintInput, type Minting, mintCoins } from '../../credit/mint.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { kinshipOn } from '../../people/kin-history.js';
import { levelAmong } from '../../people/talents/level-on.js';
import { lineRelations } from '../../people-words.js';
import { periodOfCap } from '../cap-periods.js';
import { covers, piecesOf } from '../dispatch/time.js';
import type { PastPerson, PastRecord } from './past.js';

export interface ReplayTerms {
  readonly rules: RuleSet;
  /** First and last day of service that they are tried on; what was given before or after stands as it is, and counts under caps. */
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  /** The units that lie within a unit which `calendar_bound` names, itself included. */
  readonly unitsWithin: (unit: string) => ReadonlySet<string>;
}

/** A record, and what would have become of it. Amounts are hundredths. */
export interface Replayed {
  readonly record: PastRecord;
  readonly after: Pick<Minting, 'toMember' | 'toPool'> & { readonly differences: ReadonlyMap<string, bigint> };
}

/** Records from the first day on, in the order of service. */
export function replay(person: PastPerson, terms: ReplayTerms): Replayed[] {
  const replayed: Replayed[] = [];
  const state = new State(person, terms);
  const isAfter = ({ servedOn }: PastRecord) => servedOn > terms.to;
  for (const record of person.records.filter(isAfter)) state.count(record, mintedOf(record));
  for (const record of person.records) {
    if (isAfter(record)) break;
    const stands = record.paid || record.servedOn < terms.from;
    const minting = stands ? null : mintedUnder(terms.rules, state.inputOf(record));
    state.add(record, minting);
    if (record.servedOn < terms.from) continue;
    const after = minting
      ? { ...minting, differences: new Map(minting.differences.map(({ code, amount }) => [code as string, amount])) }
      : { toMember: record.coins, toPool: record.toPool, differences: record.differences };
    replayed.push({ record, after });
  }
  return replayed;
}

type Judged = Pick<Minting, 'toMember' | 'toPool' | 'minted' | 'carryOut'> & {
  readonly differences: readonly { readonly code: string; readonly amount: bigint }[];
};

/** What has a type that the rules do not know would have been refused: it mints nothing. */
function mintedUnder(rules: RuleSet, { hours, ...input }: MintInput & { readonly hours: bigint }): Judged {
  try {
    return mintCoins({ ...input, rules });
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'service_type_unknown') throw error;
    const differences = [{ code: 'service_type_unknown', amount: hours }];
    return { toMember: 0n, toPool: 0n, minted: 0n, carryOut: input.carryIn, differences };
  }
}

/** What a record has minted, as it stands: what somebody paid was minted before. */
const mintedOf = ({ paid, coins, toPool }: PastRecord) => (paid ? 0n : coins + toPool);

/** What the records so far leave for the next: sums under caps, the carry, and the coins that the person would hold. */
class State {
  private carry = 0n;
  private held = 0n;
  private readonly uses = new Map<string, CapUse>();
  private readonly typesMinted = new Set<string>();
  private moved = 0;

  constructor(
    private readonly person: PastPerson,
    private readonly terms: ReplayTerms,
  ) {}

  inputOf(record: PastRecord): MintInput & { readonly hours: bigint } {
    const { rules } = this.terms;
    this.moveUntil(record.servedOn);
    return {
      rules,
      hours: record.hours,
      grade: record.grade,
      serviceType: record.serviceType,
      presentMicroseconds: record.present,
      plannedMicroseconds: record.planned,
      mintedThatDay: this.use(`day ${record.servedOn}`).coins,
      mintedThatWeek: this.use(`week ${record.week}`).coins,
      used: rules.further_caps.map((_, i) => this.use(keyOfCap(rules, i, record))),
      // A carry that an earlier record brought later is not there yet.
      carryIn: this.carry > 0n ? this.carry : 0n,
      coinBalance: this.held > 0n ? this.held : 0n,
      kin: !rules.earn_from_kin && this.isKin(record),
      level:
        Object.keys(rules.level_coefficients).length === 0 ? null : levelAmong(this.person.levels, record.servedOn),
      station: record.station,
      outsideCalendar: this.isOutside(record),
      mintedOnce: rules.once_service_types.includes(record.serviceType) && this.typesMinted.has(record.serviceType),
    };
  }

  /** Null: the record stands as it is. */
  add(record: PastRecord, minting: Judged | null): void {
    const minted = minting ? minting.minted : mintedOf(record);
    // What was carried in is none while the carry is below nothing; what it lacks stays.
    const lacking = this.carry < 0n ? this.carry : 0n;
    this.carry = minting ? minting.carryOut + lacking : this.carry + (record.differences.get('rounding_carry') ?? 0n);
    this.held += minting ? minting.toMember : record.coins;
    this.count(record, minted);
  }

  /** What a record has minted counts against the others of its day, week, month and year. */
  count(record: PastRecord, minted: bigint): void {
    if (minted === 0n) return;
    this.typesMinted.add(record.serviceType);
    const { rules } = this.terms;
    const keys = [`day ${record.servedOn}`, `week ${record.week}`];
    for (const key of [...keys, ...rules.further_caps.map((_, i) => keyOfCap(rules, i, record))]) {
      const { coins, records } = this.use(key);
      this.uses.set(key, { coins: coins + minted, records: records + 1 });
    }
  }

  private use(key: string): CapUse {
    return this.uses.get(key) ?? noUse;
  }

  /** What moved before a day by anything but service; days are asked for in their order. */
  private moveUntil(day: string): void {
    const { movements } = this.person;
    for (let next = movements[this.moved]; next && next.day < day; next = movements[this.moved]) {
      this.held += next.amount;
      this.moved += 1;
    }
  }

  private isKin({ recipients, servedOn }: PastRecord): boolean {
    return recipients.some((recipient) => {
      const relation = kinshipOn(this.person.kin.get(recipient) ?? [], servedOn, this.terms.zone);
      return relation !== null && lineRelations.includes(relation);
    });
  }

  private isOutside({ serviceType, began, recordedBy }: PastRecord): boolean {
    const { rules, zone, unitsWithin } = this.terms;
    const bound = Object.hasOwn(rules.calendar_bound, serviceType) ? rules.calendar_bound[serviceType] : undefined;
    if (!bound) return false;
    if (!covers(bound.hours, piecesOf({ start: began, end: began + 1n }, zone))) return true;
    return bound.units.length > 0 && !bound.units.some((unit) => unitsWithin(unit).has(recordedBy));
  }
}

function keyOfCap({ further_caps: caps }: RuleSet, i: number, { servedOn, recipient }: PastRecord): string {
  const { per = 'member', within = 'day' } = caps[i] ?? {};
  return `${i} ${periodOfCap(within, servedOn).first} ${per === 'pair' ? recipient : ''}`;
}
