/** From an entry as decided to its leaf. Pure: the same entry gives the same bytes, however often it is sealed. */
import { formatAmount } from '../lib/decimal.js';
import type { Account } from './accounts.js';
import type { StagedEntry, StagedLeg, StagedRow } from './drafts.js';
import { commitText, type Leaf, type LeafAccount, type LeafLeg, type LeafRow, writeLeaf } from './leaf.js';
import { digestRows } from './rows.js';

/** The leaf of an entry as the text that is hashed; its keys are set in sorted order: see leaf.ts. */
export function leafOf(ledger: string, entry: StagedEntry): string {
  const { draft, opened, legs, rows, text } = entry;
  const leaf: { -readonly [Key in keyof Leaf]?: Leaf[Key] } = {};
  if (opened.length > 0) leaf.accounts = opened.map(leafAccount);
  leaf.actor = entry.actor;
  if (draft.assets) leaf.assets = draft.assets.map(({ asset, scale }) => ({ asset, scale: String(scale) }));
  if (entry.client !== undefined) leaf.client = entry.client;
  if (draft.closedThrough) leaf.closed_through = draft.closedThrough;
  leaf.effective_on = entry.effectiveOn;
  if (draft.erases !== undefined) leaf.erases = String(draft.erases);
  leaf.kind = draft.kind;
  if (draft.kindVersion !== undefined) leaf.kind_version = String(draft.kindVersion);
  leaf.ledger = ledger;
  if (legs.length > 0) leaf.legs = legs.map(leafLeg);
  if (draft.log) leaf.log_key = draft.log.logKey;
  if (draft.lots) leaf.lots = draft.lots;
  leaf.nonce = entry.nonce;
  leaf.number = String(entry.number);
  if (draft.log) leaf.origin = draft.log.origin;
  if (draft.price !== undefined) leaf.price = draft.price;
  if (draft.reason !== undefined) leaf.reason = draft.reason;
  leaf.recorded_at = entry.recordedAt;
  if (draft.reference !== undefined) leaf.reference = draft.reference;
  if (draft.reverses !== undefined) leaf.reverses = String(draft.reverses);
  if (rows.length > 0) leaf.rows = leafRows(rows);
  if (draft.ruleSet) leaf.rule_set = draft.ruleSet;
  if (text) leaf.text = commitText(text);
  leaf.v = '2';
  if (draft.zone) leaf.zone = draft.zone;
  return writeLeaf(leaf as Leaf);
}

function leafLeg({ debit, credit, amount }: StagedLeg): LeafLeg {
  return { amount: formatAmount(amount, debit.scale), asset: debit.asset, credit: credit.code, debit: debit.code };
}

function leafAccount(account: Account): LeafAccount {
  const bound = (minor: bigint | null) => (minor === null ? null : formatAmount(minor, account.scale));
  return {
    asset: account.asset,
    ceiling: bound(account.ceiling),
    code: account.code,
    control: account.control,
    floor: bound(account.floor),
    type: account.type,
  };
}

/** Mutable rows one by one, in the order they were put; immutable ones as one digest a table. */
function leafRows(rows: readonly StagedRow[]): LeafRow[] {
  const together = new Map<string, string[]>();
  const leaves: LeafRow[] = [];
  for (const { table, name, json } of rows) {
    if (table.mutable) leaves.push({ digest: digestRows([json]), key: name, table: table.name });
    else {
      const list = together.get(table.name);
      if (list) list.push(json);
      else together.set(table.name, [json]);
    }
  }
  for (const [table, list] of together) leaves.push({ count: String(list.length), digest: digestRows(list), table });
  return leaves;
}
