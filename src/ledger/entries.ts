/**
 * Journal entries as commands: post one, post many, reverse one, open an account, close a period. Each is pure and runs on the
 * lane's stage. Also how an entry is shown. Knows no HTTP and no member.
 */
import { formatAmount, parseAmount } from '../lib/decimal.js';
import { Refusal } from '../lib/refusal.js';
import { type Account, type AccountType, balanceText } from './accounts.js';
import type { LegDraft, StagedEntry } from './drafts.js';
import { type Leaf, readLeaf } from './leaf.js';
import type { Stage } from './stage.js';

/** Kinds an operator may post by hand; all others come from the commands of the domain. docs/ledger.md explains each. */
export const manualKinds = ['adjustment', 'opening_balance', 'transfer', 'gift', 'donation'] as const;

/** Kinds the ledger itself posts. */
export const ledgerKinds = ['ledger_opened', 'account_opened', 'period_closed', 'reversal'] as const;

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
  readonly legs: { debit: string; credit: string; asset: string; amount: string }[];
  readonly balances: { account: string; balance: string; version: number }[];
}

/** Posts one entry. Refuses what `Stage.post` refuses. */
export function postEntry(stage: Stage, request: EntryRequest): StagedEntry {
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
    throw new Refusal('amount_invalid', 'an account opens with a balance of zero: its floor cannot be above it');
  if (ceiling !== null && ceiling < 0n) {
    throw new Refusal('amount_invalid', 'an account opens with a balance of zero: its ceiling cannot be below it');
  }
  const entry = stage.post({
    kind: 'account_opened',
    opens: [{ code: request.code, asset: request.asset, type: request.type, floor, ceiling }],
  });
  return entry.opened[0] as Account;
}

/** What a reversal may put in the place of a leg that can no longer be taken back in full. */
export type LegRecovery = (
  stage: Stage,
  leg: { debit: Account; credit: string; amount: bigint },
) => ReversalLegs | null;

export interface ReversalLegs {
  readonly legs: readonly LegDraft[];
  readonly opens: readonly { code: string; asset: string; type: AccountType; floor: bigint }[];
}

/**
 * Reverses an entry: the same legs, opposite, effective on the day given (default today).
 * Refuses: `entry_not_found`, `entry_not_reversible` (no legs, itself a reversal, or it changed a row of a sub-ledger),
 * `entry_already_reversed`, then what `Stage.post` refuses.
 */
export function reverseEntry(
  stage: Stage,
  number: number,
  request: { effective_on?: string; description?: string },
  recover: LegRecovery = () => null,
): StagedEntry {
  const entry = stage.entry(number);
  if (!entry) throw new Refusal('entry_not_found', `there is no entry ${number}`);
  const leaf = readLeaf(entry.leaf);
  if (!leaf.legs || leaf.kind === 'reversal') {
    throw new Refusal('entry_not_reversible', `entry ${number} is of kind ${leaf.kind}, which is not reversed`);
  }
  const bound = leaf.rows?.find((row) => row.key !== undefined);
  if (bound) {
    throw new Refusal('entry_not_reversible', `entry ${number} belongs to a row of ${bound.table}: correct it there`);
  }
  if (entry.reversedBy !== null) {
    throw new Refusal('entry_already_reversed', `entry ${number} was reversed by entry ${entry.reversedBy}`);
  }
  const opposite = leaf.legs.map(({ amount, credit, debit }) => ({ debit: credit, credit: debit, amount }));
  stage.prefetch({ accounts: opposite.flatMap(({ debit, credit }) => [debit, credit]) });
  const parts = opposite.map((leg) => reverseLeg(stage, leg, recover));
  return stage.post({
    kind: 'reversal',
    reverses: number,
    legs: parts.flatMap((part) => part.legs),
    opens: parts.flatMap((part) => part.opens),
    ...(request.effective_on !== undefined && { effectiveOn: request.effective_on }),
    ...(request.description !== undefined && { text: { description: request.description } }),
  });
}

function reverseLeg(
  stage: Stage,
  leg: { debit: string; credit: string; amount: string },
  recover: LegRecovery,
): ReversalLegs {
  const debit = stage.account(leg.debit);
  if (!debit) throw new Refusal('account_not_found', `there is no account ${leg.debit}`);
  const amount = parseAmount(leg.amount, debit.scale);
  return recover(stage, { debit, credit: leg.credit, amount }) ?? { legs: [{ ...leg, amount }], opens: [] };
}

/**
 * Closes all days up to the end of a period. Refuses: `period_invalid` (closed already, or not over yet).
 */
export function closePeriod(stage: Stage, lastDay: string): StagedEntry {
  const closed = stage.closedDay;
  if (closed !== null && lastDay <= closed)
    throw new Refusal('period_invalid', `the books are closed through ${closed} already`);
  if (lastDay >= stage.today)
    throw new Refusal('period_invalid', `the period ends on ${lastDay}, which is not over yet`);
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
