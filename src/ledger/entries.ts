/**
 * Journal entries as commands: post one, open an account, close a period. Each is pure and runs on the lane's stage. Also how an
 * entry is shown. Knows no HTTP and no member.
 */
import { formatAmount, parseAmount } from '../lib/decimal.js';
import { Refusal } from '../lib/refusal.js';
import { type Account, type AccountType, balanceText } from './accounts.js';
import { refuseFutureDay } from './dates.js';
import type { StagedEntry } from './drafts.js';
import type { Leaf } from './leaf.js';
import type { Stage } from './stage.js';

/** Kinds a person may post or propose; all others come from the commands of the domain. docs/ledger.md explains each. */
export const manualKinds = ['adjustment', 'opening_balance', 'transfer', 'gift', 'donation'] as const;
export type ManualKind = (typeof manualKinds)[number];

/** Kinds the ledger itself posts. */
export const ledgerKinds = ['ledger_opened', 'account_opened', 'period_closed', 'reversal', 'text_erased'] as const;
export type LedgerKind = (typeof ledgerKinds)[number];

export interface EntryRequest {
  readonly kind: string;
  readonly effective_on?: string;
  readonly reference?: string;
  readonly description?: string;
  readonly legs: readonly { readonly debit: string; readonly credit: string; readonly amount: string }[];
}

/** An entry as the interface shows it: amounts decimal strings, numbers strings. */
export interface EntryView {
  readonly number: string;
  readonly kind: string;
  readonly effective_on: string;
  readonly recorded_at: string;
  readonly actor: string;
  readonly reference: string | null;
  readonly description: string | null;
  readonly rule_set: string | null;
  readonly reverses: string | null;
  readonly reversed_by: string | null;
  /** The entry whose text this one erased, and why; only there with such an entry. */
  readonly erases?: string;
  readonly reason?: string;
  /** There when its text was erased. */
  readonly text_erased?: true;
  readonly legs: { debit: string; credit: string; asset: string; amount: string }[];
  readonly balances: { account: string; balance: string; version: number }[];
}

/** Posts one entry. Refuses: `date_in_future`, then what `Stage.post` refuses. */
export function postEntry(stage: Stage, request: EntryRequest): StagedEntry {
  if (request.effective_on !== undefined) refuseFutureDay(stage, request.effective_on);
  return stage.post({
    kind: request.kind,
    legs: request.legs,
    ...(request.effective_on !== undefined && { effectiveOn: request.effective_on }),
    ...((request.reference !== undefined || request.description !== undefined) && {
      text: { reference: request.reference, description: request.description },
    }),
  });
}

export interface AccountRequest {
  readonly code: string;
  readonly asset: string;
  readonly type: AccountType;
  readonly floor?: string | null;
  readonly ceiling?: string | null;
}

/** Opens an account. Refuses: `asset_not_found`, `amount_invalid` (a bound), `account_exists`, `balance_insufficient` (zero is below the floor). */
export function openAccount(stage: Stage, request: AccountRequest): Account {
  const scale = stage.scaleOf(request.asset);
  const bound = (text: string | null | undefined) =>
    text === null || text === undefined ? null : parseAmount(text, scale);
  const floor = bound(request.floor);
  const ceiling = bound(request.ceiling);
  if (floor !== null && floor > 0n)
    throw new Refusal('amount_invalid', {
      en: 'an account opens with a balance of zero: its floor cannot be above it',
      zh: '账户开立时余额为零，下限不能高于零',
    });
  if (ceiling !== null && ceiling < 0n) {
    throw new Refusal('amount_invalid', {
      en: 'an account opens with a balance of zero: its ceiling cannot be below it',
      zh: '账户开立时余额为零，上限不能低于零',
    });
  }
  const entry = stage.post({
    kind: 'account_opened',
    opens: [{ code: request.code, asset: request.asset, type: request.type, floor, ceiling }],
  });
  return entry.opened[0] as Account;
}

/**
 * Closes all days up to the end of a period. Refuses: `period_invalid` (closed already, or not over yet).
 */
export function closePeriod(stage: Stage, lastDay: string): StagedEntry {
  const closed = stage.closedDay;
  if (closed !== null && lastDay <= closed)
    throw new Refusal('period_invalid', {
      en: `the books are closed through ${closed} already`,
      zh: `账簿已关账至 ${closed}`,
    });
  if (lastDay >= stage.today)
    throw new Refusal('period_invalid', {
      en: `the period ends on ${lastDay}, which is not over yet`,
      zh: `会计期间至 ${lastDay} 止，尚未结束`,
    });
  return stage.post({ kind: 'period_closed', closedThrough: lastDay, effectiveOn: stage.today });
}

/** A staged entry as the interface shows it. */
export function viewStaged(entry: StagedEntry): EntryView {
  const { draft } = entry;
  return {
    number: String(entry.number),
    kind: draft.kind,
    effective_on: entry.effectiveOn,
    recorded_at: entry.recordedAt,
    actor: entry.actor,
    reference: draft.reference ?? entry.text?.reference ?? null,
    description: entry.text?.description ?? null,
    rule_set: draft.ruleSet ?? null,
    reverses: draft.reverses === undefined ? null : String(draft.reverses),
    reversed_by: null,
    ...(draft.erases !== undefined && { erases: String(draft.erases) }),
    ...(draft.reason !== undefined && { reason: draft.reason }),
    legs: entry.legs.map(({ debit, credit, amount }) => ({
      debit: debit.code,
      credit: credit.code,
      asset: debit.asset,
      amount: formatAmount(amount, debit.scale),
    })),
    balances: lastBalances(entry),
  };
}

/** The balance of each account after the entry, once an account. */
function lastBalances(entry: StagedEntry): EntryView['balances'] {
  const last = new Map<string, EntryView['balances'][number]>();
  for (const { account, balance, version } of entry.postings) {
    last.set(account.code, { account: account.code, balance: formatAmount(balance, account.scale), version });
  }
  return [...last.values()];
}

/** A recorded entry as the interface shows it, from its leaf and what stands beside it. */
export function viewRecorded(
  leaf: Leaf,
  beside: {
    reference: string | null;
    description: string | null;
    hasText: boolean;
    reversedBy: string | null;
    balances: EntryView['balances'];
  },
): EntryView {
  return {
    number: leaf.number,
    kind: leaf.kind,
    effective_on: leaf.effective_on,
    recorded_at: leaf.recorded_at,
    actor: leaf.actor,
    reference: leaf.reference ?? beside.reference,
    description: beside.description,
    rule_set: leaf.rule_set ?? null,
    reverses: leaf.reverses ?? null,
    reversed_by: beside.reversedBy,
    ...(leaf.erases !== undefined && { erases: leaf.erases }),
    ...(leaf.reason !== undefined && { reason: leaf.reason }),
    ...(leaf.text !== undefined && !beside.hasText && { text_erased: true }),
    legs: (leaf.legs ?? []).map(({ debit, credit, asset, amount }) => ({ debit, credit, asset, amount })),
    balances: beside.balances,
  };
}

/** An account as the interface shows it. */
export function viewAccount(account: Account) {
  const text = (minor: bigint | null) => (minor === null ? null : formatAmount(minor, account.scale));
  return {
    code: account.code,
    asset: account.asset,
    type: account.type,
    state: account.state,
    control: account.control,
    balance: balanceText(account),
    debits: formatAmount(account.debits, account.scale),
    credits: formatAmount(account.credits, account.scale),
    floor: text(account.floor),
    ceiling: text(account.ceiling),
    version: account.version,
  };
}
