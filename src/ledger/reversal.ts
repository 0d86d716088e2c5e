/**
 * Taking an entry back: its legs, opposite, netted for each account, so that what only passed through an account is not asked of
 * it. What a reversal may put in the place of an account that can no longer give, and which rows change with it, the floor
 * above says; here no member is known.
 */
import { largestAmount, parseAmount } from '../lib/decimal.js';
import { Refusal } from '../lib/refusal.js';
import type { Account, AccountSpec } from './accounts.js';
import { refuseFutureDay } from './dates.js';
import type { LegDraft, RowChange, StagedEntry } from './drafts.js';
import { type Leaf, readLeaf } from './leaf.js';
import type { Stage } from './stage.js';

type Side = 'debit' | 'credit';

/** One side of a reversal's legs, before anything is diverted. */
export interface ReversedSide {
  readonly side: Side;
  /** By account: all that it is debited, or credited. */
  readonly totals: ReadonlyMap<string, bigint>;
}

/** The account that takes a part of an amount in another's place, and how much of it. */
export interface Diversion {
  readonly account: AccountSpec;
  readonly amount: bigint;
}

/** What the floor above has to say about a reversal. */
export interface ReversalTerms {
  /** Asked once for each account of the reversal and side, with all that it is debited or credited there; null: it takes all of it. */
  readonly divert: (stage: Stage, side: ReversedSide, account: Account, amount: bigint) => Diversion | null;
  /** The rows that change because an entry that changed rows is reversed; null: that entry is corrected in another way. */
  readonly rowsOf: (stage: Stage, leaf: Leaf) => readonly RowChange[] | null;
  /** What is moved of the opposite legs, where not all of them are to be; left out: all. */
  readonly legsOf?: ((opposite: readonly Leg[]) => readonly Leg[]) | undefined;
}

/** Of the ledger alone: nothing is diverted, and an entry that changed a row is not reversed. */
const plainTerms: ReversalTerms = { divert: () => null, rowsOf: () => null };

/** A leg with what it moves, in minor units. */
export interface Leg {
  readonly debit: string;
  readonly credit: string;
  readonly asset: string;
  readonly amount: bigint;
}

/**
 * Reverses an entry: the same legs, opposite, effective on the day given (default today).
 * Refuses: `entry_not_found`, `entry_not_reversible` (no legs, itself a reversal, or it changed a row that is corrected
 * elsewhere), `entry_already_reversed`, `date_before_original`, `date_in_future`, then what `Stage.post` refuses.
 */
export function reverseEntry(
  stage: Stage,
  number: number,
  request: { effective_on?: string; description?: string },
  terms: ReversalTerms = plainTerms,
): StagedEntry {
  const leaf = requireReversible(stage, number);
  const effectiveOn = request.effective_on ?? stage.today;
  if (effectiveOn < leaf.effective_on) {
    throw new Refusal('date_before_original', {
      en: `entry ${number} took effect on ${leaf.effective_on}: its reversal cannot on ${effectiveOn}`,
      zh: `第 ${number} 号凭证的生效日期是 ${leaf.effective_on}，其红字冲销不能在 ${effectiveOn} 生效`,
    });
  }
  refuseFutureDay(stage, effectiveOn);
  const rows = leaf.rows?.some((row) => row.key !== undefined) ? terms.rowsOf(stage, leaf) : [];
  if (rows === null) {
    const { table } = leaf.rows?.find((row) => row.key !== undefined) ?? {};
    throw new Refusal('entry_not_reversible', {
      en: `entry ${number} belongs to a row of ${table}: correct it there`,
      zh: `第 ${number} 号凭证属于 ${table} 的记录，请在相应业务中更正`,
    });
  }
  const opposite = oppositeOf(stage, leaf);
  const legs = netOf(stage, terms.legsOf?.(opposite) ?? opposite);
  stage.prefetch({ accounts: legs.flatMap(({ debit, credit }) => [debit, credit]) });
  const debited = divertSide(stage, legs, 'debit', terms);
  const { legs: settled, opens } = divertSide(stage, debited.legs, 'credit', terms);
  return stage.post({
    kind: 'reversal',
    reverses: number,
    control: true,
    effectiveOn,
    legs: settled.map(({ debit, credit, amount }): LegDraft => ({ debit, credit, amount })),
    opens: [...debited.opens, ...opens],
    rows,
    ...(request.description !== undefined && { text: { description: request.description } }),
  });
}

/** Refuses: `entry_not_found`, `entry_not_reversible`, `entry_already_reversed`. */
function requireReversible(stage: Stage, number: number): Leaf {
  const entry = stage.entry(number);
  if (!entry)
    throw new Refusal('entry_not_found', { en: `there is no entry ${number}`, zh: `没有第 ${number} 号凭证` });
  const leaf = readLeaf(entry.leaf);
  if (!leaf.legs || leaf.kind === 'reversal') {
    throw new Refusal('entry_not_reversible', {
      en: `entry ${number} is of kind ${leaf.kind}, which is not reversed`,
      zh: `第 ${number} 号凭证的类型是 ${leaf.kind}，不能红字冲销`,
    });
  }
  if (entry.reversedBy !== null) {
    throw new Refusal('entry_already_reversed', {
      en: `entry ${number} was reversed by entry ${entry.reversedBy}`,
      zh: `第 ${number} 号凭证已由第 ${entry.reversedBy} 号凭证红字冲销`,
    });
  }
  return leaf;
}

function oppositeOf(stage: Stage, leaf: Leaf): Leg[] {
  return (leaf.legs ?? []).map(({ amount, asset, credit, debit }) => ({
    debit: credit,
    credit: debit,
    asset,
    amount: parseAmount(amount, stage.scaleOf(asset)),
  }));
}

/** Legs that move the same between all accounts, none of which is both debited and credited. */
function netOf(stage: Stage, legs: readonly Leg[]): readonly Leg[] {
  const debited = new Set(legs.map(({ debit }) => debit));
  if (!legs.some(({ credit }) => debited.has(credit))) return legs;
  const nets = new Map<string, { readonly code: string; readonly asset: string; net: bigint }>();
  const add = (code: string, asset: string, amount: bigint) =>
    nets.set(code, { code, asset, net: (nets.get(code)?.net ?? 0n) + amount });
  for (const { debit, credit, asset, amount } of legs) {
    add(debit, asset, amount);
    add(credit, asset, -amount);
  }
  const paired: Leg[] = [];
  for (const to of nets.values()) {
    while (to.net < 0n) {
      const from = [...nets.values()].find(({ asset, net }) => asset === to.asset && net > 0n);
      if (!from) throw new Error('the legs of an entry do not balance');
      // Many legs together may come to more than one leg can hold.
      const amount = [from.net, -to.net, largestAmount(stage.scaleOf(to.asset))].reduce((a, b) => (a < b ? a : b));
      from.net -= amount;
      to.net += amount;
      paired.push({ debit: from.code, credit: to.code, asset: to.asset, amount });
    }
  }
  return paired;
}

/** Splits the legs of accounts that cannot take all of one side: the account itself comes first, the other takes the rest. */
function divertSide(
  stage: Stage,
  legs: readonly Leg[],
  side: Side,
  terms: ReversalTerms,
): { legs: Leg[]; opens: AccountSpec[] } {
  const totals = new Map<string, bigint>();
  for (const leg of legs) totals.set(leg[side], (totals.get(leg[side]) ?? 0n) + leg.amount);
  const diversions = new Map<string, Diversion>();
  const left = new Map<string, bigint>();
  for (const [code, total] of totals) {
    const account = stage.account(code);
    if (!account) throw new Refusal('account_not_found', { en: `there is no account ${code}`, zh: `没有账户 ${code}` });
    const diversion = terms.divert(stage, { side, totals }, account, total);
    if (!diversion) continue;
    diversions.set(code, diversion);
    left.set(code, total - diversion.amount);
  }
  const opens = [...diversions.values()].flatMap(({ account }) => (stage.account(account.code) ? [] : [account]));
  return { legs: legs.flatMap((leg) => split(leg, side, diversions.get(leg[side]), left)), opens };
}

/** A leg as what its own account still takes of it, and what another takes in its place. */
function split(leg: Leg, side: Side, diversion: Diversion | undefined, left: Map<string, bigint>): Leg[] {
  if (!diversion) return [leg];
  const own = left.get(leg[side]) ?? 0n;
  const kept = leg.amount < own ? leg.amount : own;
  left.set(leg[side], own - kept);
  const parts = [
    { ...leg, amount: kept },
    { ...leg, [side]: diversion.account.code, amount: leg.amount - kept },
  ];
  return parts.filter(({ amount }) => amount > 0n);
}
