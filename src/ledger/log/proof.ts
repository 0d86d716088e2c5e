/**
 * Proofs over the log's tree (RFC 6962, section 2.1; RFC 9162, sections 2.1.3 and 2.1.4): that an entry is in it, and that
 * a later tree only added to an earlier one. Makes them from a few stored hashes, read through a function that is passed
 * in, and checks them; does not know where hashes are stored, nor who vouches for a root (see checkpoint.ts).
 */
import { Frontier, foldPeaks, hashBytes, nodeHash, tileHeight } from './merkle.js';

const tileWidth = 1n << BigInt(tileHeight);

/**
 * `count` (1 to 256) stored hashes side by side, from position `from`, at one stored level: level 0 is the leaf hashes,
 * level k the roots of perfect subtrees of 256^k leaves. A range lies within one aligned tile of 256.
 */
export interface HashRange {
  readonly level: number;
  readonly from: bigint;
  readonly count: number;
}

/**
 * Reads stored hashes: one list of `count` hashes for each range, in the order asked. Called once for a proof, with at
 * most two ranges a level (around the leaf, and at the tree's right edge), and not at all when nothing is needed.
 */
export type ReadHashes = (ranges: readonly HashRange[]) => Promise<readonly (readonly Buffer[])[]>;

/** Leaves `start` to `end - 1`, a node of the tree; full when a power of two. */
interface Span {
  readonly start: bigint;
  readonly end: bigint;
}

/** A full node: leaves `index * 2^height` to `(index + 1) * 2^height - 1`. */
interface Subtree {
  readonly height: number;
  readonly index: bigint;
}

/**
 * The audit path of leaf `index` (from 0) in the tree of the first `size` leaves: 32-byte hashes, from the leaf up.
 * Throws RangeError when the leaf is not in the tree; Error when `read` answers something else than it was asked.
 * Source: PATH(m, D[n]), RFC 6962, section 2.1.1.
 */
export async function inclusionProof(index: bigint, size: bigint, read: ReadHashes): Promise<Buffer[]> {
  if (index < 0n || index >= size) throw new RangeError(`leaf ${index} is not in a tree of ${size}`);
  return hashSpans(inclusionSpans(index, size), size, read);
}

/**
 * The proof that the tree of `size` leaves begins with the tree of `oldSize`: 32-byte hashes. Empty when the sizes are
 * equal, and when the old tree is empty, which every tree begins with.
 * Throws RangeError when the old tree is larger or negative; Error when `read` answers something else than it was asked.
 * Source: PROOF(m, D[n]), RFC 9162, section 2.1.4.1.
 */
export async function consistencyProof(oldSize: bigint, size: bigint, read: ReadHashes): Promise<Buffer[]> {
  if (oldSize < 0n || oldSize > size) throw new RangeError(`a tree of ${size} does not begin with one of ${oldSize}`);
  return oldSize === 0n ? [] : hashSpans(consistencySpans(oldSize, size), size, read);
}

/**
 * The root of the tree of the first `size` leaves: 32 bytes.
 * Throws RangeError when the tree is empty; Error when `read` answers something else than it was asked.
 * Source: MTH(D[n]), RFC 6962, section 2.1.
 */
export async function treeRoot(size: bigint, read: ReadHashes): Promise<Buffer> {
  const [root] = size > 0n ? await hashSpans([{ start: 0n, end: size }], size, read) : [];
  if (!root) throw new RangeError(`a tree of ${size} has no root to be read`);
  return root;
}

/**
 * Whether `proof` shows that `leafHash` is leaf `index` (from 0) of the tree with this size and root, which must come from
 * one trusted checkpoint: a path alone does not prove the size. Anything malformed is false, never an exception.
 * Source: RFC 9162, section 2.1.3.2.
 */
export function verifyInclusion(
  leafHash: Buffer,
  index: bigint,
  size: bigint,
  proof: readonly Buffer[],
  root: Buffer,
): boolean {
  if (index < 0n || index >= size || ![leafHash, ...proof].every(isHash)) return false;
  let hash = leafHash;
  const complete = climb(index, size - 1n, proof, (sibling, isLeft) => {
    hash = isLeft ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
  });
  return complete && hash.equals(root);
}

/**
 * Whether `proof` shows that the tree of `size` leaves with `root` begins with the tree of `oldSize` with `oldRoot`.
 * Anything malformed is false, never an exception. Source: RFC 9162, section 2.1.4.2.
 */
export function verifyConsistency(
  oldSize: bigint,
  size: bigint,
  proof: readonly Buffer[],
  oldRoot: Buffer,
  root: Buffer,
): boolean {
  if (oldSize < 0n || oldSize > size || !proof.every(isHash) || !isHash(oldRoot)) return false;
  if (oldSize === size) return proof.length === 0 && oldRoot.equals(root);
  if (oldSize === 0n) return proof.length === 0 && oldRoot.equals(foldPeaks([]));

  // The climb starts at the largest full subtree the old tree ends with. When that is the whole old tree, its hash is
  // the old root, which the verifier has, and the proof leaves it out.
  let node = oldSize - 1n;
  let last = size - 1n;
  for (; (node & 1n) === 1n; node >>= 1n) last >>= 1n;
  const [start, ...siblings] = node === 0n ? [oldRoot, ...proof] : proof;
  if (!start) return false;

  let oldHash = start;
  let hash = start;
  const complete = climb(node, last, siblings, (sibling, isLeft) => {
    if (isLeft) oldHash = nodeHash(sibling, oldHash);
    hash = isLeft ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
  });
  return complete && oldHash.equals(oldRoot) && hash.equals(root);
}

/**
 * Climbs from a node to the root, one sibling a step, and tells on which side the sibling stands; `last` is the last
 * node of the same height. False when there are more siblings than steps or fewer.
 */
function climb(
  node: bigint,
  last: bigint,
  siblings: readonly Buffer[],
  visit: (sibling: Buffer, isLeft: boolean) => void,
): boolean {
  for (const sibling of siblings) {
    if (last === 0n) return false;
    const isLeft = (node & 1n) === 1n || node === last;
    visit(sibling, isLeft);
    if (isLeft) {
      // A last node without a right sibling is its own parent, as often as it stays alone.
      for (; (node & 1n) === 0n && node !== 0n; node >>= 1n) last >>= 1n;
    }
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n;
}

function isHash(bytes: Buffer): boolean {
  return bytes.length === hashBytes;
}

/** The siblings on the way from a leaf to the root, lowest first. */
function inclusionSpans(index: bigint, size: bigint): Span[] {
  const spans: Span[] = [];
  let node: Span = { start: 0n, end: size };
  while (node.end - node.start > 1n) {
    const [left, right] = halves(node);
    const isLeft = index < left.end;
    spans.push(isLeft ? right : left);
    node = isLeft ? left : right;
  }
  return spans.reverse();
}

/** The node where the old tree ends, unless it is the whole old tree, and the siblings from it up. */
function consistencySpans(oldSize: bigint, size: bigint): Span[] {
  const spans: Span[] = [];
  let node: Span = { start: 0n, end: size };
  while (node.end !== oldSize) {
    const [left, right] = halves(node);
    const isLeft = oldSize <= left.end;
    spans.push(isLeft ? right : left);
    node = isLeft ? left : right;
  }
  if (node.start > 0n) spans.push(node);
  return spans.reverse();
}

/** RFC 6962 splits a node of n leaves at the largest power of two below n. */
function halves({ start, end }: Span): [Span, Span] {
  const middle = start + (1n << BigInt(bitLength(end - start - 1n) - 1));
  return [
    { start, end: middle },
    { start: middle, end },
  ];
}

/** The full nodes a node is made of, largest first: one, unless it is at the tree's right edge. */
function subtrees({ start, end }: Span): Subtree[] {
  const parts: Subtree[] = [];
  for (let at = start; at < end; ) {
    const height = bitLength(end - at) - 1;
    parts.push({ height, index: at >> BigInt(height) });
    at += 1n << BigInt(height);
  }
  return parts;
}

/** The hash of each span, by one read of the tiles that cover them. */
async function hashSpans(spans: readonly Span[], size: bigint, read: ReadHashes): Promise<Buffer[]> {
  const tiles = new Map<string, HashRange>();
  for (const subtree of spans.flatMap(subtrees)) {
    const tile = tileOf(subtree, size);
    tiles.set(tileKey(tile), tile);
  }
  if (tiles.size === 0) return [];
  const hashes = await readTiles([...tiles.values()], read);
  return spans.map((span) =>
    foldPeaks(subtrees(span).map((subtree) => hashSubtree(subtree, tileOf(subtree, size), hashes))),
  );
}

async function readTiles(tiles: readonly HashRange[], read: ReadHashes): Promise<Map<string, readonly Buffer[]>> {
  const answers = await read(tiles);
  const hashes = new Map<string, readonly Buffer[]>();
  for (const [i, tile] of tiles.entries()) {
    const answer = answers[i] ?? [];
    if (answer.length !== tile.count) {
      throw new Error(`asked for ${tile.count} hashes of level ${tile.level} from ${tile.from}, got ${answer.length}`);
    }
    hashes.set(tileKey(tile), answer);
  }
  return hashes;
}

/** The tile a full node is hashed from, as wide as a tree of `size` fills it. */
function tileOf(subtree: Subtree, size: bigint): HashRange {
  const level = Math.floor(subtree.height / tileHeight);
  const first = firstInLevel(subtree);
  const from = first - (first % tileWidth);
  const stored = (size >> BigInt(level * tileHeight)) - from;
  return { level, from, count: Number(stored < tileWidth ? stored : tileWidth) };
}

function hashSubtree(subtree: Subtree, tile: HashRange, hashes: ReadonlyMap<string, readonly Buffer[]>): Buffer {
  const offset = Number(firstInLevel(subtree) - tile.from);
  const width = 1 << (subtree.height % tileHeight);
  // Stored hashes of one level add up to their common root as leaf hashes do.
  const frontier = new Frontier();
  for (const hash of (hashes.get(tileKey(tile)) ?? []).slice(offset, offset + width)) frontier.append(hash);
  return frontier.root();
}

/** The position, at the stored level below it, of the first hash under a full node. */
function firstInLevel({ height, index }: Subtree): bigint {
  return index << BigInt(height % tileHeight);
}

function tileKey({ level, from }: HashRange): string {
  return `${level}/${from}`;
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}
