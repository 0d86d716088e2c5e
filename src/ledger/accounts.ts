/**
 * Accounts as the lane holds them: sums of debits and credits, the version, and the bounds a balance must keep. Debit-normal
 * types (asset, expense) grow by debits, the others by credits. Knows nothing of where accounts are stored.
 */
import { formatAmount, sumLimit } from '../lib/decimal.js';
import { Refusal } from '../lib/refusal.js';

export const accountTypes = ['asset', 'liability', 'equity', 'income', 'expense'] as const;
export type AccountType = (typeof accountTypes)[number];
export type AccountState = 'open' | 'frozen' | 'closed';

/** What an account is opened with. Amounts are minor units; null is no bound. */
export interface AccountSpec {
  readonly code: string;
  readonly asset: string;
  readonly type: AccountType;
  readonly floor?: bigint | null;
  readonly ceiling?: bigint | null;
  /** A control account mirrors a sub-ledger: only the commands that keep the sub-ledger may post to it. */
  readonly control?: boolean;
}

/** What was posted with effect on a day, in minor units, and the first and last entry that did. */
export interface DaySums {
  readonly day: string;
  readonly debits: bigint;
  readonly credits: bigint;
  readonly first: number;
  readonly last: number;
}

/** An account in the lane's memory; only the stage changes it. */
export interface Account {
  readonly id: number;
  readonly code: string;
  readonly asset: string;
  readonly scale: number;
  readonly type: AccountType;
  readonly debitNormal: boolean;
  readonly control: boolean;
  readonly floor: bigint | null;
  readonly ceiling: bigint | null;
  readonly state: AccountState;
  debits: bigint;
  credits: bigint;
  version: number;
  /** The latest day of effect; null before any posting. */
  latest: DaySums | null;
}

export function isDebitNormal(type: AccountType): boolean {
  return type === 'asset' || type === 'expense';
}

/** The balance on the account's normal side, in minor units. */
export function balanceOf(account: Pick<Account, 'debitNormal' | 'debits' | 'credits'>): bigint {
  return account.debitNormal ? account.debits - account.credits : account.credits - account.debits;
}

/** The account's balance as a decimal string. */
export function balanceText(account: Account): string {
  return formatAmount(balanceOf(account), account.scale);
}

/**
 * Adds a debit (positive) or credit (negative) to an account and returns the balance after it.
 * Refuses, leaving the account as it was: `account_frozen`, `account_closed`, `balance_insufficient` (below the floor),
 * `ceiling_exceeded`, `amount_invalid` (the sum would leave the number range).
 */
export function applyPosting(account: Account, amount: bigint): bigint {
  if (account.state !== 'open') {
    throw new Refusal(account.state === 'frozen' ? 'account_frozen' : 'account_closed', {
      en: `${account.code} is ${account.state}`,
      zh: `${account.code} 已${account.state === 'frozen' ? '冻结' : '关闭'}`,
    });
  }
  const debits = amount > 0n ? account.debits + amount : account.debits;
  const credits = amount > 0n ? account.credits : account.credits - amount;
  const balance = account.debitNormal ? debits - credits : credits - debits;
  const lowers = amount > 0n !== account.debitNormal;
  if (lowers) {
    if (account.floor !== null && balance < account.floor) throw insufficient(account, amount);
  } else if (account.ceiling !== null && balance > account.ceiling) {
    throw new Refusal('ceiling_exceeded', {
      en: `${account.code} may hold at most ${formatAmount(account.ceiling, account.scale)} ${account.asset}`,
      zh: `${account.code} 的余额最多为 ${formatAmount(account.ceiling, account.scale)} ${account.asset}`,
    });
  }
  if (debits > sumLimit || credits > sumLimit)
    throw new Refusal('amount_invalid', {
      en: `${account.code} would outgrow its range`,
      zh: `${account.code} 的累计数将超出可记录的范围`,
    });
  account.debits = debits;
  account.credits = credits;
  account.version += 1;
  return balance;
}

/**
 * Adds a posting to the days of an account. Returns what belongs to an earlier day than the latest: the day that was the latest
 * until now, or the posting itself when it is dated back.
 */
export function applyDay(account: Account, day: string, amount: bigint, entry: number): DaySums | null {
  const debit = amount > 0n;
  const sums = { day, debits: debit ? amount : 0n, credits: debit ? 0n : -amount, first: entry, last: entry };
  const { latest } = account;
  if (latest !== null && day < latest.day) return sums;
  account.latest = latest?.day === day ? mergeDays(latest, sums) : sums;
  return latest?.day === day ? null : latest;
}

/** The sums of one day, from two parts of it. */
export function mergeDays(a: DaySums, b: DaySums): DaySums {
  return {
    day: a.day,
    debits: a.debits + b.debits,
    credits: a.credits + b.credits,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
  };
}

/** An account as its row: all amounts and numbers as text, `account_id` apart. */
export function accountRow(account: Account) {
  const { code, asset, type, state, control, floor, ceiling, debits, credits, version, latest } = account;
  return {
    code,
    asset,
    type,
    state,
    control,
    floor: floor?.toString() ?? null,
    ceiling: ceiling?.toString() ?? null,
    debits: debits.toString(),
    credits: credits.toString(),
    version: String(version),
    day: latest?.day ?? null,
    day_debits: latest?.debits.toString() ?? null,
    day_credits: latest?.credits.toString() ?? null,
    day_first: latest?.first.toString() ?? null,
    day_last: latest?.last.toString() ?? null,
  };
}

function insufficient(account: Account, amount: bigint): Refusal {
  const needed = amount < 0n ? -amount : amount;
  return new Refusal('balance_insufficient', {
    en: `${account.code} has ${balanceText(account)} ${account.asset}, ${formatAmount(needed, account.scale)} needed`,
    zh: `${account.code} 的余额为 ${balanceText(account)} ${account.asset}，需要 ${formatAmount(needed, account.scale)}`,
  });
}
