/**
 * What other rules would have made of the past: record by record in the order of service, with carry and caps, as `mintCoins` would have
 * decided them. A person's past is replayed by itself, unless the rules have limits that many share: then everybody's at once. Pure: it reads
 * nothing and changes nothing.
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
import { hasSharedLimits, type LimitKey, limitsOn, nameOfLimit, usedUnder } from '../limits/keys.js';
import type { LimitSums } from './limit-sums.js';
import type { PastPerson, PastRecord } from './past.js';

export interface ReplayTerms {
  readonly rules: RuleSet;
  /** First and last day of service that they are tried on; what was given before or after stands as it is, and counts under caps. */
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  /** The units that lie within a unit which `calendar_bound` names, itself included. */
  readonly unitsWithin: (unit: string) => ReadonlySet<string>;
  /** A unit and those above it. */
  readonly unitsFrom: (unit: string) => readonly string[];
  /** What has been used of limits that many share, and by the records that are replayed is used. */
  readonly uses: LimitSums;
}

/** A record, and what would have become of it. Amounts are hundredths. */
export interface Replayed {
  readonly record: PastRecord;
  readonly after: Pick<Minting, 'toMember' | 'toPool'> & {
    readonly differences: ReadonlyMap<string, bigint>;
    /** Names of the limits that many share under which it would count. */
    readonly limits: readonly string[];
  };
}

/** Records of a person from the first day on, in the order of service. */
export function replay(person: PastPerson, terms: ReplayTerms): Replayed[] {
  const past = new Past(person, terms);
  return past.records.map((record) => past.judge(record));
}

/** The same of many, all in one order, one after another; each with whose it is. */
export function* replayTogether<Of>(pasts: readonly (readonly [Of, Past])[]): Generator<readonly [Of, Replayed]> {
  const records = pasts.flatMap(([of, past]) => past.records.map((record) => ({ record, of, past })));
  for (const { record, of, past } of records.sort((one, other) => inOrder(one.record, other.record)))
    yield [of, past.judge(record)];
}

/** As a file of visits is decided: by check-in, then id. */
function inOrder(one: PastRecord, other: PastRecord): number {
  if (one.began !== other.began) return one.began < other.began ? -1 : 1;
  return one.id < other.id ? -1 : 1;
}

/** A person's past, on its first day: what was given before or after stands, and is counted. */
export class Past {
  /** From the first day to the last, in the order of service. */
  readonly records: readonly PastRecord[];
  private readonly state: State;

  constructor(
    { records, ...person }: PastPerson,
    private readonly terms: ReplayTerms,
  ) {
    const { from, to } = terms;
    this.state = new State(person, terms);
    for (const record of records) if (record.servedOn > to) this.state.count(record, mintedOf(record));
    for (const record of records) if (record.servedOn < from) this.state.add(record, null);
    this.records = records.filter(({ servedOn }) => servedOn >= from && servedOn <= to);
  }

  /** Records are asked for in their order. */
  judge(record: PastRecord): Replayed {
    if (record.paid) {
      this.state.add(record, null);
      const { coins, toPool, differences } = record;
      return { record, after: { toMember: coins, toPool, differences, limits: [] } };
    }
    const minting = mintedUnder(this.terms.rules, this.state.inputOf(record));
    this.state.add(record, minting);
    const after = {
      ...{ toMember: minting.toMember, toPool: minting.toPool },
      differences: new Map(minting.differences.map(({ code, amount }) => [code as string, amount])),
      limits: this.state.limitsOf(record).map(nameOfLimit),
    };
    return { record, after };
  }
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
    private readonly person: Omit<PastPerson, 'records'>,
    private readonly terms: ReplayTerms,
  ) {}

  inputOf(record: PastRecord): MintInput & { readonly hours: bigint } {
    const { rules, uses } = this.terms;
    this.moveUntil(record.servedOn);
    const shared = usedUnder(rules, this.limitsOf(record), (key) => uses.of(key));
    return {
      rules,
      hours: record.hours,
      grade: record.grade,
      serviceType: record.serviceType,
      presentMicroseconds: record.present,
      plannedMicroseconds: record.planned,
      mintedThatDay: this.use(`day ${record.servedOn}`).coins,
      mintedThatWeek: this.use(`week ${record.week}`).coins,
      used: rules.further_caps.map((cap, i) =>
        cap.per === 'unit' ? (shared.used[i] ?? null) : this.use(keyOfCap(rules, i, record)),
      ),
      usedOfBudgets: shared.usedOfBudgets,
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
    // What stands counts already, where it does.
    if (minting) for (const key of this.limitsOf(record)) this.terms.uses.add(key, minted);
  }

  limitsOf({ servedOn, serviceType, unit }: PastRecord): LimitKey[] {
    const { rules, unitsFrom } = this.terms;
    if (!hasSharedLimits(rules)) return [];
    return limitsOn(rules, { servedOn, serviceType, units: unit === null ? [] : unitsFrom(unit) });
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
