/**
 * The leaf: what is hashed into the transparency log for an entry, once and for ever. It is RFC 8785 JSON with every
 * amount and number a string; keys are written in sorted order by construction, so JSON.stringify yields canonical bytes.
 * It bears ids, amounts and codes only; free text and rows of the floors above enter as digests.
 */
import { createHash, randomBytes, randomFillSync } from 'node:crypto';

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

/** A part of an amount of units and when it expires; null: never. */
export interface LeafLot {
  readonly amount: string;
  readonly expires_on: string | null;
}

/** The keys stand in sorted order, and must: `writeLeaf` relies on it. */
export interface Leaf {
  readonly accounts?: readonly LeafAccount[];
  /** Who acted, as `role:id`; the id is pseudonymous for people. */
  readonly actor: string;
  readonly assets?: readonly { readonly asset: string; readonly scale: string }[];
  /** The client whose credentials were used, where it is not the actor itself. */
  readonly client?: string;
  readonly closed_through?: string;
  readonly effective_on: string;
  /** The entry whose free text this one had erased. */
  readonly erases?: string;
  readonly kind: string;
  /** Of the kind's meaning, so that an event can be rendered years later as it was; absent: the first. */
  readonly kind_version?: string;
  readonly ledger: string;
  readonly legs?: readonly LeafLeg[];
  /** With `ledger_opened`: the key that signs the log's checkpoints (C2SP vkey). */
  readonly log_key?: string;
  /** Which lots the units came from, or went back to. */
  readonly lots?: readonly LeafLot[];
  /** base64url of 16 random bytes: without it anyone could confirm a guess of an entry by the hash in a public tile. */
  readonly nonce: string;
  readonly number: string;
  /** With `ledger_opened`: the log's origin, fixed for ever. */
  readonly origin?: string;
  /** Decimal CNY for one unit. */
  readonly price?: string;
  /** Why, as a code. */
  readonly reason?: string;
  readonly recorded_at: string;
  readonly reference?: string;
  readonly reverses?: string;
  readonly rows?: readonly LeafRow[];
  readonly rule_set?: string;
  readonly text?: string;
  readonly v: '2';
  readonly zone?: string;
}

/** What a leaf may have, in bytes: a bundle of tlog-tiles gives the length of an entry in 16 bits. */
export const leafLimit = 65_535;

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

/** Random bytes are fetched for 256 nonces at a time: one by one they would cost more than the rest of the entry. */
const noncePool = Buffer.alloc(16 * 256);
let nonceBytesUsed = noncePool.length;

/** base64url of 16 random bytes. */
export function newNonce(): string {
  if (nonceBytesUsed === noncePool.length) {
    randomFillSync(noncePool);
    nonceBytesUsed = 0;
  }
  nonceBytesUsed += 16;
  return noncePool.toString('base64url', nonceBytesUsed - 16, nonceBytesUsed);
}
