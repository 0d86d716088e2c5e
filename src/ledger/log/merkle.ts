/**
 * The transparency log's tree: SHA-256 Merkle hashes as in RFC 6962 (and RFC 9162, section 2.1), and the frontier, the
 * few hashes from which a tree can grow without its leaves. Knows nothing of entries, tables or signatures.
 */
import { hash } from 'node:crypto';

/** Bytes of a SHA-256 hash. */
export const hashBytes = 32;

/** Leaf and node inputs start with a different byte, so that no leaf can pass for a node (RFC 6962, section 2.1). */
const leafPrefix = 0x00;
const nodePrefix = 0x01;

/**
 * Heights between stored levels: the tlog-tiles layout keeps every eighth level of the tree, because 256 hashes to a
 * tile make few rows and short reads.
 */
export const tileHeight = 8;

const leafScratchBytes = 4096;
const leafScratch = Buffer.alloc(1 + leafScratchBytes, leafPrefix);
const nodeScratch = Buffer.alloc(1 + 2 * hashBytes, nodePrefix);

/**
 * The hash of one leaf: SHA-256(0x00 || bytes), 32 bytes. A string is hashed as its UTF-8 bytes.
 * Source: RFC 6962, section 2.1.
 */
export function leafHash(bytes: Buffer | string): Buffer {
  if (typeof bytes === 'string') return Buffer.from(leafHashHex(bytes), 'hex');
  if (bytes.length > leafScratchBytes) return sha256(Buffer.concat([Buffer.of(leafPrefix), bytes]));
  leafScratch.set(bytes, 1);
  return sha256(leafScratch.subarray(0, 1 + bytes.length));
}

/** The hash of the leaf whose bytes are a text's UTF-8, in hex: for whoever compares it with a text. */
export function leafHashHex(text: string): string {
  return hash('sha256', `\0${text}`, 'hex');
}

/**
 * The hash of an interior node: SHA-256(0x01 || left || right), all of 32 bytes.
 * Throws RangeError when a side is not 32 bytes. Source: RFC 6962, section 2.1.
 */
export function nodeHash(left: Buffer, right: Buffer): Buffer {
  assertHash(left);
  assertHash(right);
  nodeScratch.set(left, 1);
  nodeScratch.set(right, 1 + hashBytes);
  return sha256(nodeScratch);
}

/**
 * The one-shot digest by way of hex: half as fast again as asking for a buffer, because a decoded string lands in
 * Node's pool while every digest buffer is an allocation of its own outside the heap (measured on Node 20).
 */
function sha256(bytes: Buffer | string): Buffer {
  return Buffer.from(hash('sha256', bytes, 'hex'), 'hex');
}

function assertHash(bytes: Buffer): void {
  if (bytes.length !== hashBytes) throw new RangeError(`a hash has ${hashBytes} bytes, not ${bytes.length}`);
}

/**
 * Told of a perfect subtree an append has just completed, at one of the stored levels.
 * `level` 1 is a subtree of 256 leaves, 2 of 65,536, k of 256^k; `index` is its place among subtrees of its size, from 0.
 */
export type NodeListener = (level: number, index: bigint, hash: Buffer) => void;

/**
 * The right edge of a growing tree: the roots of the perfect subtrees it is made of, one for each 1 in the binary
 * form of its size. Hashes handed in and out are shared, not copied: nobody may write into them.
 */
export class Frontier {
  #size: bigint;
  /** Largest subtree first, as the tree reads from left to right. */
  readonly #peaks: Buffer[];

  /** The empty tree. */
  constructor();
  /** For `decode` and `clone`: the peaks must be those of a tree of this size. */
  constructor(size: bigint, peaks: Buffer[]);
  constructor(size = 0n, peaks: Buffer[] = []) {
    this.#size = size;
    this.#peaks = peaks;
  }

  /**
   * Reads what `encode` wrote for a tree of `size` leaves.
   * Throws RangeError when the size is negative or the bytes are not one hash for each 1 in its binary form.
   */
  static decode(bytes: Buffer, size: bigint): Frontier {
    if (size < 0n) throw new RangeError(`a tree cannot have ${size} leaves`);
    const count = countOnes(size);
    if (bytes.length !== count * hashBytes) {
      throw new RangeError(`a frontier of ${size} leaves has ${count * hashBytes} bytes, not ${bytes.length}`);
    }
    // Copied, because a database driver may hand out a window into a buffer that it writes to again.
    const copy = Buffer.from(bytes);
    const peaks = Array.from({ length: count }, (_, i) => copy.subarray(i * hashBytes, (i + 1) * hashBytes));
    return new Frontier(size, peaks);
  }

  /** The number of leaves. */
  get size(): bigint {
    return this.#size;
  }

  /** The hashes in a row, 32 bytes each, largest subtree first; empty for the empty tree. */
  encode(): Buffer {
    return Buffer.concat(this.#peaks);
  }

  /**
   * Adds one leaf hash (32 bytes) at the right, and reports each stored level's subtree that it completes, lowest first.
   * Throws RangeError when the leaf is not 32 bytes, and then has changed nothing.
   */
  append(leaf: Buffer, onNode?: NodeListener): void {
    assertHash(leaf);
    let peak = leaf;
    let height = 0;
    // Each trailing 1 of the size is a perfect subtree as large as the one in hand: the two become one, twice as large.
    for (let index = this.#size; (index & 1n) === 1n; index >>= 1n) {
      peak = nodeHash(this.#takeSmallest(), peak);
      height += 1;
      if (height % tileHeight === 0) onNode?.(height / tileHeight, index >> 1n, peak);
    }
    this.#peaks.push(peak);
    this.#size += 1n;
  }

  /** The root hash of the tree, 32 bytes; of the empty tree, the SHA-256 of nothing. */
  root(): Buffer {
    return foldPeaks(this.#peaks);
  }

  /** A frontier that grows on its own; takes no hashing and no copying of hashes. */
  clone(): Frontier {
    return new Frontier(this.#size, [...this.#peaks]);
  }

  #takeSmallest(): Buffer {
    const peak = this.#peaks.pop();
    if (!peak) throw new Error(`the frontier of ${this.#size} leaves lacks a hash`);
    return peak;
  }
}

/** The root over perfect subtrees that stand side by side, each smaller than the one before (RFC 6962, section 2.1). */
export function foldPeaks(peaks: readonly Buffer[]): Buffer {
  if (peaks.length === 0) return sha256('');
  return peaks.reduceRight((right, left) => nodeHash(left, right));
}

function countOnes(size: bigint): number {
  return size.toString(2).replaceAll('0', '').length;
}
