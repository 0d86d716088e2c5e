/**
 * The leaf: what is hashed into the transparency log for an entry, once and for ever. It is RFC 8785 JSON with every
 * amount and number a string; keys are written in sorted order by construction, so JSON.stringify yields canonical bytes.
 * It bears ids, amounts and codes only; free text and rows of the floors above enter as digests.
 */
import { createHash, randomBytes } from 'node:crypto';

/** Legs as recorded: amount is a decimal string at the asset's scale. */
export interface LeafLeg {
  readonly amount: string;
  readonly asset: string;
  readonly credit: string;
  readonly debit: string;
}

export interface LeafAccount {
  readonly asset: string;
  readonly ceiling: string | null;
  readonly code: string;
  readonly control: boolean;
  readonly floor: string | null;
  readonly type: string;
}

/** A changed row of a floor above: `key` names one mutable row; without it the digest covers `count` new immutable rows. */
export interface LeafRow {
  readonly count?: string;
  readonly digest: string;
  readonly key?: string;
  readonly table: string;
}

/** The keys stand in sorted order, and must: `writeLeaf` relies on it. */
export interface Leaf {
  readonly accounts?: readonly LeafAccount[];
  readonly actor: string;
  readonly assets?: readonly { readonly asset: string; readonly scale: string }[];
  readonly client?: string;
  readonly closed_through?: string;
  readonly effective_on: string;
  readonly kind: string;
  readonly ledger: string;
  readonly legs?: readonly LeafLeg[];
  readonly number: string;
  readonly recorded_at: string;
  readonly reference?: string;
  readonly reverses?: string;
  readonly rows?: readonly LeafRow[];
  readonly rule_set?: string;
  readonly text?: string;
  readonly v: '1';
  readonly zone?: string;
}

export function writeLeaf(leaf: Leaf): string {
  return JSON.stringify(leaf);
}

export function readLeaf(text: string): Leaf {
  return JSON.parse(text) as Leaf;
}

/** Free text of an entry and the salt that hides it: 16 random bytes. */
export interface EntryText {
  readonly salt: Buffer;
  readonly reference: string | null;
  readonly description: string | null;
}

export function saltText(reference: string | undefined, description: string | undefined): EntryText {
  return { salt: randomBytes(16), reference: reference ?? null, description: description ?? null };
}

/** base64url SHA-256 over salt and RFC 8785 text: says that a text was there, not what it said, once the salt is erased. */
export function commitText(text: EntryText): string {
  const canonical = JSON.stringify({ description: text.description, reference: text.reference });
  return createHash('sha256').update(text.salt).update(canonical, 'utf8').digest('base64url');
}
